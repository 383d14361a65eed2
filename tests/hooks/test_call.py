"""How a hook call is read: what is required, what odd forms of real clients are tolerated."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.errors import BadHookRequest, BadJson
from cds_service.hooks.call import HookCall, hook_of, read_hook_call
from tests.conftest import INSTANCE, SERVICES, call_of, encoded


def read(call: dict[str, Any]) -> HookCall:
    return read_hook_call(encoded(call), SERVICES[call["hook"]])


def test_a_minimal_call_is_read() -> None:
    call = read(call_of())
    assert (call.hook, call.patient_id) == ("patient-view", "net-1")
    assert (call.fhir_server, call.selections) == (None, None)
    assert (call.drafts, call.unreadable, call.prefetch) == ((), (), {})


def test_an_upper_case_uuid_is_a_uuid() -> None:
    assert read(call_of(hookInstance=INSTANCE.upper())).patient_id == "net-1"


def test_a_reference_in_place_of_an_id_is_normalized() -> None:
    call = read(call_of(context={"patientId": "Patient/net-1", "encounterId": "Encounter/e1"}))
    assert call.patient_id == "net-1"


@pytest.mark.parametrize("patient_id", ["a" * 194, "net\u20111", "net_1", "urn:oid:1.2.3", "a=b@c|d~e+f"])
def test_ids_longer_and_odder_than_fhir_allows_are_accepted(patient_id: str) -> None:
    assert read(call_of(context={"patientId": patient_id})).patient_id == patient_id


@pytest.mark.parametrize(
    "user", ["Practitioner/p1", "PractitionerRole/r1", "https://ehr.example.org/fhir/Practitioner/1"]
)
def test_a_practitioner_is_a_clinician(user: str) -> None:
    assert read(call_of(context={"userId": user})).for_clinician()


@pytest.mark.parametrize("user", ["Patient/1", "RelatedPerson/2", "https://ehr.example.org/fhir/Patient/1"])
@pytest.mark.parametrize("hook", SERVICES)
def test_the_patient_and_relatives_are_valid_users_but_no_clinicians(hook: str, user: str) -> None:
    assert not read(call_of(hook, context={"userId": user})).for_clinician()


def test_nulls_in_place_of_optional_members_are_left_out() -> None:
    call = read(call_of(fhirServer=None, fhirAuthorization=None, prefetch=None, context={"encounterId": None}))
    assert (call.fhir_server, call.access_token, call.prefetch) == (None, "", {})


def test_unknown_members_change_nothing() -> None:
    odd: dict[str, Any] = {
        "redirect": "https://x.example",
        "extension": {"org.example.a": 1},
        "context": {"new": [1], "odd name": None},
    }
    assert read(call_of(**odd)) == read(call_of())


def test_prefetched_values_of_any_kind_stay_undecoded() -> None:
    given = {
        "patient": {"resourceType": "Patient"},
        "-user": "123",
        "item1": 5,
        "Condition": None,
        "Observation?a=b": [],
    }
    assert read(call_of(prefetch=given)).prefetch == {
        "patient": b'{"resourceType": "Patient"}',
        "-user": b'"123"',
        "item1": b"5",
        "Condition": None,
        "Observation?a=b": b"[]",
    }


@pytest.mark.parametrize(("sent", "scope"), [("patient/*.rs", "patient/*.rs"), (5, ""), (None, "")])
def test_the_scope_of_the_token_is_kept_if_it_is_one(sent: object, scope: str) -> None:
    given = {"access_token": "t", "scope": sent}
    assert read(call_of(fhirServer="https://ehr.example.org", fhirAuthorization=given)).scope == scope


def test_an_empty_access_token_is_accepted() -> None:
    call = read(call_of(fhirServer="http://ehr.example.org/fhir", fhirAuthorization={"access_token": ""}))
    assert call.fhir_server == "http://ehr.example.org/fhir"


def test_authorization_for_the_same_patient_is_accepted() -> None:
    allowed = {"access_token": "t", "patient": "Patient/net-1"}
    assert read(call_of(fhirServer="https://ehr.example.org", fhirAuthorization=allowed)).patient_id == "net-1"


def test_a_draft_without_intent_in_a_bundle_without_type_is_kept_as_it_is() -> None:
    draft = {"resourceType": "MedicationRequest", "id": "request-123", "category": {"text": "x"}, "_resolved": {}}
    drafts = read(call_of("order-sign", context={"draftOrders": bundle({"resource": draft})})).drafts
    assert [(order.path, order.resource) for order in drafts] == [("$.context.draftOrders.entry[0].resource", draft)]


def bundle(*entries: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": list(entries)}


def test_entries_without_a_resource_are_named_and_cost_nothing_else() -> None:
    entries = bundle(None, {"resource": "x"}, {}, {"resource": {"resourceType": "ServiceRequest"}})
    call = read(call_of("order-sign", context={"draftOrders": entries}))
    assert call.unreadable == tuple(f"$.context.draftOrders.entry[{i}].resource" for i in range(3))
    assert [order.path for order in call.drafts] == ["$.context.draftOrders.entry[3].resource"]


def test_a_lone_entry_in_place_of_a_list_is_read() -> None:
    orders = {"resourceType": "Bundle", "entry": {"resource": {"resourceType": "ServiceRequest"}}}
    assert len(read(call_of("order-sign", context={"draftOrders": orders})).drafts) == 1


def test_a_bundle_without_entries_has_no_drafts() -> None:
    assert read(call_of("order-sign", context={"draftOrders": {"resourceType": "Bundle"}})).drafts == ()


def test_only_order_select_has_selections() -> None:
    assert read(call_of("order-select")).selections == frozenset({"ServiceRequest/o1"})
    assert read(call_of("order-sign", context={"selections": ["ServiceRequest/o1"]})).selections is None


def test_a_call_of_another_hook_is_refused_before_anything_else() -> None:
    body = encoded({"hook": "medication-prescribe", "context": {}})
    with pytest.raises(BadHookRequest) as caught:
        read_hook_call(body, SERVICES["order-sign"])
    assert (caught.value.path, caught.value.problem) == (
        "$.hook",
        "must be 'order-sign' for the service nen-order-sign",
    )


def test_two_patient_ids_are_refused() -> None:
    body = encoded(call_of()).replace(b'"patientId"', b'"patientId": "other", "patientId"')
    with pytest.raises(BadJson) as caught:
        read_hook_call(body, SERVICES["patient-view"])
    assert caught.value.path == "$.context"


@pytest.mark.parametrize(
    ("body", "hook"), [(b'{"hook": "order-sign"}', "order-sign"), (b"{}", ""), (b"nothing", ""), (b'{"hook": NaN}', "")]
)
def test_the_hook_is_read_from_the_call(body: bytes, hook: str) -> None:
    assert hook_of(body) == hook
