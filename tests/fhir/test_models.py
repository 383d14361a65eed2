"""The door to R4B: what is repaired before parsing, which faults are decisive, and that hostile input never raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.fhir.models import Parsed, build, load_models, parse_cited
from cds_service.fhir.resources import Resource

SUBJECT = {"reference": "Patient/net-1"}
VALID: dict[str, dict[str, Any]] = {
    "Patient": {"gender": "female", "birthDate": "1960-05", "deceasedBoolean": False},
    "Observation": {
        "status": "final",
        "code": {"text": "NSE"},
        "subject": SUBJECT,
        "effectiveDateTime": "2026-11-01T10:00:00Z",
        "valueQuantity": {"value": 21.1, "unit": "ug/L"},
        "referenceRange": [{"high": {"value": 16.3}}],
    },
    "Condition": {"code": {"text": "NET"}, "subject": SUBJECT, "stage": [{"summary": {"text": "IV"}}]},
    "DiagnosticReport": {"status": "final", "code": {"text": "Pathology"}, "conclusion": "NET G2"},
    "Specimen": {"type": {"text": "serum"}, "condition": [{"text": "HEM"}]},
    "Procedure": {"status": "completed", "subject": SUBJECT, "performedDateTime": "2026-10"},
    "Medication": {},
    "MedicationRequest": {
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "lanreotide"},
    },
    "MedicationStatement": {"status": "active", "subject": SUBJECT, "medicationReference": {"reference": "#m"}},
    "MedicationAdministration": {
        "status": "completed",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "octreotide"},
        "effectiveDateTime": "2026-11-01",
    },
    "MedicationDispense": {"status": "completed", "medicationCodeableConcept": {"text": "everolimus"}},
    "ServiceRequest": {"status": "active", "intent": "order", "subject": SUBJECT, "code": {"text": "NSE"}},
}


def parsed(kind: str = "Observation", id_: str = "x1", **changes: Any) -> Parsed:
    return parse_cited(Resource(kind, id_, {"resourceType": kind} | VALID[kind] | changes, "$"))


@pytest.mark.parametrize("kind", VALID)
def test_a_valid_resource_of_each_type_passes_unrepaired(kind: str) -> None:
    assert parsed(kind) == Parsed()


@pytest.mark.parametrize(
    ("kind", "changes", "repair"),
    [
        ("Observation", {"note": {"text": "a"}}, "note was no list"),
        ("Observation", {"interpretation": {"text": "H"}}, "interpretation was no list"),
        ("Observation", {"referenceRange": {"high": {"value": 16.3}}}, "referenceRange was no list"),
        ("Condition", {"bodySite": {"text": "ileum"}}, "bodySite was no list"),
        ("Specimen", {"condition": {"text": "HEM"}}, "condition was no list"),
        ("Observation", {"status": " final "}, "status had blanks around it"),
        ("Observation", {"code": {"text": "NSE "}}, "text had blanks around it"),
        ("Observation", {"effectiveDateTime": "2026-11-01T10:00:00"}, "effectiveDateTime had no usable zone"),
        ("Observation", {"effectiveDateTime": "2026-11-01 10:00"}, "effectiveDateTime had no usable zone"),
        ("Observation", {"effectiveDateTime": "2026-11-01T10:00:00.123"}, "effectiveDateTime had no usable zone"),
        ("Observation", {"effectiveDateTime": "2026-11-01T10:00:00+0100"}, "effectiveDateTime had no usable zone"),
        ("Observation", {"issued": "2026-11-01T10:00:00"}, "issued had no usable zone"),
        ("Observation", {"code": {"text": "NSE", "color": "red"}}, "unknown members were dropped"),
        ("Observation", {"component": [{"code": {"text": "a"}, "b": {}, "c": 1}]}, "unknown members were dropped"),
    ],
)
def test_what_real_systems_send_is_repaired_and_noted(kind: str, changes: dict[str, Any], repair: str) -> None:
    assert parsed(kind, **changes) == Parsed((repair,))


def test_an_id_that_breaks_the_grammar_is_left_out_and_no_id_is_none() -> None:
    assert parsed(id_="a_b") == Parsed(("id was left out",))
    assert parsed(id_="x" * 256) == Parsed(("id was left out",))
    assert parsed(id_="") == Parsed()


@pytest.mark.parametrize(
    "changes",
    [
        {"bodySite": {"text": "ileum"}},
        {"note": [], "interpretation": None, "specimen": {}, "valueString": ""},
        {"issued": ""},
        {"code": {"text": "NSE", "coding": [{}, ""]}},
        {"extension": [{"bogus": 1}], "contained": 5, "category": "lab", "colour": "red"},
        {"code": {"text": "NSE", "extension": "bogus"}},
    ],
)
def test_blanks_extensions_and_what_is_not_read_do_not_matter(changes: dict[str, Any]) -> None:
    assert parsed(**changes) == Parsed()


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        ("Observation", {"status": None}, "status"),
        ("Observation", {"status": ""}, "status"),
        ("Observation", {"status": {"coding": []}}, "status"),
        ("Observation", {"code": None}, "code"),
        ("Observation", {"code": "NSE"}, "code"),
        ("Observation", {"code": {"text": {"a": 1}}}, "code"),
        ("Observation", {"subject": "Patient/net-1"}, "subject"),
        ("Observation", {"valueQuantity": {"value": "elevated"}}, "valueQuantity"),
        ("Observation", {"valueQuantity": [21.1]}, "valueQuantity"),
        ("Observation", {"valueQuantity": None, "valueInteger": "many"}, "valueInteger"),
        ("Observation", {"valueString": "2"}, "valueCodeableConcept"),
        ("Condition", {"subject": None}, "subject"),
        ("MedicationRequest", {"medicationCodeableConcept": None}, "medicationCodeableConcept"),
        ("MedicationRequest", {"medicationCodeableConcept": "lanreotide"}, "medicationCodeableConcept"),
    ],
)
def test_a_fault_in_status_code_subject_or_value_is_decisive(kind: str, changes: dict[str, Any], fault: str) -> None:
    assert parsed(kind, **changes) == Parsed((), fault, True)


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        ("Patient", {"birthDate": "60"}, "birthDate"),
        ("Observation", {"effectiveDateTime": "soon"}, "effectiveDateTime"),
        ("Observation", {"issued": "2026-11-01"}, "issued"),
        ("Observation", {"bodySite": [{"text": "ileum"}]}, "bodySite"),
        ("Observation", {"component": [{"valueQuantity": {"value": 1}}]}, "component"),
        ("Condition", {"clinicalStatus": "active"}, "clinicalStatus"),
        ("Procedure", {"performedDateTime": {"a": 1}}, "performedDateTime"),
        ("MedicationRequest", {"doNotPerform": "never"}, "doNotPerform"),
        ("DiagnosticReport", {"result": "Observation/1"}, "result"),
    ],
)
def test_a_fault_elsewhere_is_named_and_not_decisive(kind: str, changes: dict[str, Any], fault: str) -> None:
    assert parsed(kind, **changes) == Parsed((), fault, False)


@pytest.mark.parametrize("kind", ["Nope", "", "Element", "../observation", "Resource"])
def test_a_type_without_a_model_is_a_fault_of_structure(kind: str) -> None:
    found = parse_cited(Resource(kind, "x", {"resourceType": kind, "bogus": 1}, "$"))
    assert not found.decisive


def test_the_deepest_nesting_that_a_call_may_have_is_a_fault_and_no_crash() -> None:
    deep: dict[str, Any] = {}
    for _ in range(95):
        deep = {"coding": [deep]}
    assert parsed(code=deep).fault == "code"


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.decimals(), st.text(max_size=6), st.just("2026-11-01T10:00")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["coding", "code", "text", "value", "reference", "note", "_text", "__class__", "fhir_comments"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(
    kind=st.sampled_from(sorted(VALID)), name=st.sampled_from(["status", "code", "subject", "note", "stage"]), sent=JSON
)
def test_hostile_input_never_raises(kind: str, name: str, sent: Any) -> None:
    found = parsed(kind, **{name: sent})
    assert found.fault or not found.decisive


def test_all_models_can_be_loaded_before_the_first_call() -> None:
    load_models()
    assert parsed("Specimen") == Parsed()


def test_the_resource_handed_in_is_not_changed_by_its_repairs() -> None:
    data = {"resourceType": "Observation"} | VALID["Observation"] | {"note": {"text": " a ", "color": "red"}}
    before = repr(data)
    parse_cited(Resource("Observation", "x1", data, "$"))
    assert repr(data) == before


def test_a_suggested_order_is_checked_and_handed_back_as_planned() -> None:
    draft = {"resourceType": "ServiceRequest"} | VALID["ServiceRequest"]
    assert build(draft) == draft


def test_a_plan_that_makes_no_valid_order_is_refused() -> None:
    with pytest.raises(ValueError, match="intent"):
        build({"resourceType": "ServiceRequest", "status": "draft", "subject": SUBJECT})
