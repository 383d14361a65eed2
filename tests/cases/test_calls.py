"""The call of a case: the envelope of the standard, each resource under its prefetch key, drafts, the patient's id."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.answer import answer
from cds_service.cases.calls import CallMaker, Told, bundle, patient_id_of
from cds_service.cases.resources import Line
from cds_service.fhir.prefetch import State
from cds_service.hooks.call import read_hook_call
from cds_service.hooks.templates import SERVER_SEARCHES, templates_for
from tests.cases.made import BASE, KNOWLEDGE, NOW, cases, maker
from tests.hooks.made import GUIDELINE, SERVICES

EMPTY = {"resourceType": "Bundle", "type": "searchset", "total": 0}


def call(**parts: Any) -> dict[str, Any]:
    return maker().call("dangers/page/case", Told(**parts))


def places(*lines: Line, **parts: Any) -> list[str]:
    """The prefetch key under which each line stands."""
    sent = call(lines={str(number): line for number, line in enumerate(lines)}, **parts)["prefetch"]
    found = {
        entry["resource"]["id"]: key
        for key, value in sent.items()
        if value and key != "patient"
        for entry in value.get("entry", ())
    }
    assert len(found) == len(lines)
    return [found[str(number)] for number in range(len(lines))]


def test_a_call_is_what_the_standard_asks_for() -> None:
    for hook in SERVICES:
        case = call(hook=hook, patient={"gender": "male"}, drafts={"d1": {"ServiceRequest": "NSE"}})
        assert sorted(case) == ["context", "hook", "hookInstance", "prefetch"]


@pytest.mark.parametrize("hook", sorted(SERVICES))
def test_the_service_reads_the_call_of_every_hook(tmp_path: Path, hook: str) -> None:
    drafts = "" if hook == "patient-view" else 'drafts.d1 = { ServiceRequest = "loinc|15060-7" }'
    case = cases(tmp_path, f"{BASE.replace('[base]', f'[base]{chr(10)}hook = {hook!r}')}\n{drafts}")["base"]
    read = read_hook_call(case.body, SERVICES[hook])
    assert (read.hook, read.patient_id) == (hook, "dangers.page.base")
    assert read.for_clinician()


def test_a_call_has_the_same_instance_each_time_and_no_two_cases_share_one() -> None:
    first, again = (maker().call("a/b/c", Told())["hookInstance"] for _ in range(2))
    assert first == again != maker().call("a/b/d", Told())["hookInstance"]


def test_all_searches_of_the_hook_came_back_empty_where_nothing_is_said() -> None:
    for hook in SERVICES:
        keys = templates_for(KNOWLEDGE, hook).keys() - {"patient"}
        assert call(hook=hook)["prefetch"] == {"patient": None} | dict.fromkeys(keys, EMPTY)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ({"Condition": "NET"}, "conditions"),
        ({"Observation": "loinc|15060-7"}, "nse"),
        ({"Observation": "loinc|9811-1"}, "markers"),
        ({"Observation": "loinc|29593-1"}, "pathology"),
        ({"Observation": "loinc|33762-6; loinc|15060-7"}, "nse"),
        ({"DiagnosticReport": "CT"}, "reports"),
        ({"Specimen": ""}, "specimens"),
        ({"Procedure": "x"}, "procedures"),
        ({"MedicationRequest": "x"}, "medication-requests"),
        ({"MedicationStatement": "x"}, "medication-statements"),
        ({"MedicationAdministration": "x"}, "medication-administrations"),
        ({"MedicationDispense": "x"}, "medication-dispenses"),
        ({"ServiceRequest": "x"}, "service-requests"),
        ({"Encounter": "x"}, "encounters"),
        ({"ImagingStudy": "CT"}, "imaging-studies"),
        ({"Observation": "NSE in words alone"}, "more"),
        ({"Observation": "http://example.org|15060-7"}, "more"),
        ({"Observation": ""}, "more"),
        ({"CarePlan": ""}, "more"),
        ({"Patient": ""}, "more"),
    ],
)
def test_a_resource_stands_under_the_key_whose_search_finds_it(line: Line, key: str) -> None:
    assert places(line) == [key]


def test_every_code_that_a_search_asks_for_is_found_by_it() -> None:
    asked = {c.search: line for c in KNOWLEDGE.concepts.values() if c.search for line in c.codes}
    for search, line in asked.items():
        assert places({"Observation": f"{line.system}|{line.code}"}) == [search]


@pytest.mark.parametrize("key", ["pathology", "more", "more-of-a-client", "encounters"])
def test_a_line_may_say_under_which_key_it_stands(key: str) -> None:
    assert places({"Condition": "NET", "search": key}) == [key]


def test_a_bundle_names_each_resource_as_a_match() -> None:
    one = {"resourceType": "Condition"}
    assert bundle([]) == EMPTY
    assert bundle([one]) == {**EMPTY, "total": 1, "entry": [{"resource": one, "search": {"mode": "match"}}]}


def test_a_search_that_is_not_available_is_null_whatever_the_chart_holds() -> None:
    sent = call(without=("conditions", "patient", "encounters"), patient={}, lines={"c1": {"Condition": "x"}})
    assert [sent["prefetch"][key] for key in ("conditions", "patient", "encounters")] == [None, None, None]


@pytest.mark.parametrize("key", SERVER_SEARCHES)
def test_a_search_beyond_those_of_the_hook_came_back_where_the_case_says_so(key: str) -> None:
    assert key not in call()["prefetch"]
    assert call(searched=(key,))["prefetch"][key] == EMPTY


def test_what_came_back_empty_and_what_did_not_come_are_told_apart_by_the_service(tmp_path: Path) -> None:
    page = BASE.replace("[base]", '[base]\nwithout = ["specimens"]\nsearched = ["encounters"]')
    body = cases(tmp_path, page)["base"].body
    states = answer(body, SERVICES["patient-view"], GUIDELINE, NOW, lambda: "unused").states or {}
    assert states["conditions"] is State.GIVEN
    assert states["specimens"] is State.NOT_AVAILABLE
    assert [states[key] for key in ("procedures", "encounters")] == [State.EMPTY, State.EMPTY]


# --- drafts --------------------------------------------------------------------------------------------------------

DRAFTS = {"d1": {"MedicationRequest": "Lanreotide"}, "d2": {"ServiceRequest": "NSE", "status": "active"}}


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_drafts_stand_in_the_context_and_are_drafts_where_they_do_not_say_otherwise(hook: str) -> None:
    orders = call(hook=hook, drafts=DRAFTS)["context"]["draftOrders"]
    assert (orders["resourceType"], orders["type"]) == ("Bundle", "collection")
    first, second = (entry["resource"] for entry in orders["entry"])
    assert (first["id"], first["status"], first["intent"]) == ("d1", "draft", "order")
    assert first["subject"] == {"reference": "Patient/dangers.page.case"}
    assert (second["id"], second["status"]) == ("d2", "active")


@pytest.mark.parametrize(
    ("selections", "named"),
    [
        (None, ["MedicationRequest/d1", "ServiceRequest/d2"]),
        (("d2",), ["ServiceRequest/d2"]),
        (("d2", "d1"), ["MedicationRequest/d1", "ServiceRequest/d2"]),
        ((), []),
    ],
)
def test_all_drafts_are_selected_where_the_case_does_not_choose(selections: Any, named: list[str]) -> None:
    assert call(hook="order-select", drafts=DRAFTS, selections=selections)["context"]["selections"] == named


@pytest.mark.parametrize(
    ("hook", "members"),
    [
        ("patient-view", ["userId", "patientId"]),
        ("order-select", ["userId", "patientId", "selections", "draftOrders"]),
        ("order-sign", ["userId", "patientId", "draftOrders"]),
    ],
)
def test_the_context_has_the_members_of_its_hook(hook: str, members: list[str]) -> None:
    context = call(hook=hook, drafts=DRAFTS, user="PractitionerRole/b")["context"]
    assert list(context) == members
    assert context["userId"] == "PractitionerRole/b"


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"hook": "order-sing"}, "did you mean 'order-sign'"),
        ({"without": ("nes",)}, "without: 'nes' is no prefetch key; did you mean 'nse'"),
        ({"selections": ("d3",), "drafts": DRAFTS}, "selections: 'd3' is no draft of this case; there are d1, d2"),
        ({"lines": {"c1": {"Condition": "", "date": "-1"}}}, "c1: recordedDate: '-1' is no time before the case"),
        ({"hook": "order-sign", "drafts": {"d1": {"Order": ""}}}, "d1: 'Order' is no FHIR R4 resource type"),
        ({"patient": {"birthDate": "-1"}}, "patient: birthDate: '-1' is no time before the case"),
    ],
)
def test_a_call_that_cannot_be_made_says_which_line_is_at_fault(parts: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        call(**parts)


def test_days_count_from_the_moment_of_the_cases() -> None:
    later = CallMaker.of(KNOWLEDGE, NOW.replace(year=2030))
    sent = later.call("a/b/c", Told(lines={"c1": {"Condition": "x", "date": "-1d"}}))
    assert sent["prefetch"]["conditions"]["entry"][0]["resource"]["recordedDate"] == "2030-11-14"


# --- who the patient is --------------------------------------------------------------------------------------------

NAMES = st.lists(st.from_regex(r"[a-z0-9-]{1,60}", fullmatch=True), min_size=3, max_size=3).map("/".join)


@given(st.sets(NAMES, min_size=2, max_size=5))
def test_the_id_of_a_patient_is_one_of_fhir_and_no_two_cases_share_it(names: set[str]) -> None:
    ids = {patient_id_of(name) for name in names}
    assert len(ids) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", one) for one in ids)


@pytest.mark.parametrize("length", [63, 64, 65, 200])
def test_long_names_that_begin_alike_have_ids_of_their_own(length: int) -> None:
    names = [f"a/{'b' * (length - 3)}{end}" for end in "xy"]
    ids = [patient_id_of(name) for name in names]
    assert [len(one) for one in ids] == [min(length, 64)] * 2
    assert ids[0] != ids[1]
    assert (ids[0] == names[0].replace("/", ".")) == (length <= 64)
