"""The chart: whose resources are read, which are set aside and why, and what that leaves proven."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.fhir.prefetch import Sent
from cds_service.fhir.resources import Resource, relevant
from tests.fhir.books import BOOK, LOINC
from tests.fhir.calls import (
    NOW,
    PATIENT,
    TEMPLATES,
    bundle,
    chart,
    condition,
    made,
    observation,
    reasons,
    references,
    supply,
)

PATIENT_RESOURCE = {"resourceType": "Patient", "id": PATIENT, "gender": "female"}
URN = "urn:uuid:3b2f0c1e-7a64-4f0e-9d55-2f5d8a1c9e70"


def own(reference: Any) -> dict[str, Any]:
    return condition(subject={"reference": reference})


def test_the_patient_stands_apart_from_the_sorted_resources() -> None:
    read = chart(patient=PATIENT_RESOURCE, nse=bundle(observation("b"), observation("a")))
    assert read.patient is not None
    assert read.patient.reference == f"Patient/{PATIENT}"
    assert references(read) == ["Observation/a", "Observation/b"]
    assert [resource.id for resource in read.of("Observation")] == ["a", "b"]
    assert read.of("Condition") == []


def test_a_resource_is_found_by_its_reference() -> None:
    read = chart(nse=bundle(observation("a")))
    assert read.find("Observation/a") is read.resources[0]
    assert read.find("Observation/b") is None


def test_a_resource_without_id_is_known_by_its_place_in_the_call() -> None:
    read = chart(nse=bundle(observation("")))
    assert references(read) == ["$.prefetch.nse.entry[0].resource"]


@pytest.mark.parametrize(
    "reference", ["Patient/net-1", "https://ehr.example.org/fhir/Patient/net-1", "Patient/net-1/_history/2", "net-1"]
)
def test_a_resource_of_this_patient_is_read(reference: str) -> None:
    read = chart(conditions=bundle(own(reference)))
    assert (references(read), read.others, read.set_aside) == (["Condition/c1"], 0, ())


@pytest.mark.parametrize("reference", ["Patient/other", "https://x/Patient/net-11", "Group/net-1", "other"])
def test_a_resource_of_somebody_else_is_counted_and_hides_nothing(reference: str) -> None:
    read = chart(conditions=bundle(own(reference)))
    assert (references(read), read.others, read.set_aside) == ([], 1, ())
    assert read.was_searched("conditions")


@pytest.mark.parametrize("reference", [None, "", 5, "#contained", URN, "Patient?identifier=https://x|1"])
def test_a_resource_that_names_no_patient_is_set_aside_and_may_hide_a_fact(reference: object) -> None:
    read = chart(conditions=bundle(own(reference)))
    assert (references(read), read.others) == ([], 0)
    assert reasons(read) == [("Condition/c1", "names no patient")]
    assert not read.was_searched("conditions")


def test_another_patients_patient_resource_is_not_the_patient() -> None:
    read = chart(patient={"resourceType": "Patient", "id": "other"})
    assert (read.patient, read.others) == (None, 1)


def test_a_reference_by_full_url_is_resolved_within_the_call() -> None:
    entries = [
        {"fullUrl": URN, "resource": PATIENT_RESOURCE},
        {"fullUrl": f"{URN}-2", "resource": {"resourceType": "Patient", "id": "other"}},
        {"fullUrl": f"{URN}-3", "resource": own(URN)},
        {"fullUrl": f"{URN}-4", "resource": own(f"{URN}-2") | {"id": "c2"}},
    ]
    read = chart(conditions={"resourceType": "Bundle", "entry": entries})
    assert references(read) == ["Condition/c1"]
    assert read.others == 2


def test_the_element_patient_stands_for_subject() -> None:
    sent = condition(subject=None, patient={"reference": "Patient/net-1"})
    assert references(chart(conditions=bundle(sent))) == ["Condition/c1"]


def test_a_medication_belongs_to_nobody_and_is_read() -> None:
    assert references(chart(anything={"resourceType": "Medication", "id": "m1"})) == ["Medication/m1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"code": {"coding": [{"system": LOINC, "code": "15060-7"}]}},
        {"code": {"text": "NSE"}},
        {"code": None, "component": [{"code": {"text": "Ki-67"}}]},
        {"code": {"text": "panel"}, "component": {"code": {"text": "NSE"}}},
        {"code": {"text": "panel"}, "hasMember": [{"reference": "Observation/x"}]},
    ],
)
def test_an_observation_is_picked_by_its_code_its_parts_or_its_members(changes: dict[str, Any]) -> None:
    assert references(chart(nse=bundle(observation(**changes)))) == ["Observation/o1"]


@pytest.mark.parametrize("changes", [{"code": {"text": "sodium"}}, {"code": None}, {"code": 5, "component": "x"}])
def test_an_observation_of_something_else_is_passed_over(changes: dict[str, Any]) -> None:
    read = chart(nse=bundle(observation(**changes)))
    assert (references(read), read.set_aside) == ([], ())


@pytest.mark.parametrize("kind", ["Goal", "OperationOutcome", "", None, 5, [], {}, ["Condition"]])
def test_types_that_are_not_ours_are_passed_over(kind: object) -> None:
    read = chart(anything={"resourceType": kind, "id": "x"})
    assert (references(read), read.set_aside) == ([], ())


def test_a_marker_code_that_its_display_contradicts_is_set_aside_by_name() -> None:
    code = {"coding": [{"system": LOINC, "code": "2039-6", "display": "NSE"}]}
    read = chart(nse=bundle(observation(code=code)))
    assert reasons(read) == [("Observation/o1", "has a code that does not mean 'NSE'")]
    assert not read.was_searched("nse")


@pytest.mark.parametrize(
    "changes",
    [
        {"modifierExtension": [{"url": "https://example.org/negated", "valueBoolean": True}]},
        {"modifierExtension": {"url": "https://example.org/negated"}},
        {"modifierExtension": ["x"]},
        {"modifierExtension": [{"url": 5}]},
        {"component": [{"code": {"text": "NSE"}, "modifierExtension": [{"url": "https://example.org/negated"}]}]},
    ],
)
def test_an_unknown_modifier_extension_sets_the_resource_aside(changes: dict[str, Any]) -> None:
    read = chart(nse=bundle(observation(**changes)))
    assert reasons(read) == [("Observation/o1", "carries a modifierExtension this service does not know")]
    assert not read.was_searched("nse")


def test_the_modifier_extension_about_hemolysis_is_known() -> None:
    url = "https://www.medizininformatik-initiative.de/fhir/core/StructureDefinition/InterpretationsbeeinflussendeEigenschaft"
    read = chart(nse=bundle(observation(modifierExtension=[{"url": url}])))
    assert (references(read), read.was_searched("nse")) == (["Observation/o1"], True)


def test_a_modifier_that_names_hemolysis_is_known_but_not_one_that_corrects_for_it() -> None:
    for url, is_read in (("https://lab/ext/hemolysis-index", True), ("https://lab/ext/hemolysis-corrected", False)):
        read = chart(nse=bundle(observation(modifierExtension=[{"url": url, "valueInteger": 3}])))
        assert bool(read.resources) is is_read


def test_a_contained_resource_is_found_under_its_holder() -> None:
    inner = {"resourceType": "Specimen", "id": "s", "status": "available"}
    read = chart(nse=bundle(observation("a", contained=[{"id": "x"}, inner])))
    found = read.find("Observation/a#s")
    assert found is not None
    assert (found.type, found.reference, found.at("status")) == ("Specimen", "Observation/a#s", "available")
    assert [read.find(name) for name in ("Observation/a#t", "Observation/b#s", "#s", "")] == [None] * 4


@pytest.mark.parametrize(
    ("moment", "is_read"),
    [
        ("2026-11-15", True),
        ("2026-11-16T12:00:00Z", True),
        ("2026-11-16T12:00:01Z", False),
        ("2026-11-16", True),
        ("2026-11-17", False),
        ("2026-11-16T12:00:00", True),
        ("2026-11-16T12:00:01", False),
        ("2026-11", True),
        ("2026", True),
        ("2026-12", False),
        ("2027", False),
        ("no date", True),
    ],
)
def test_a_future_date_is_an_error_of_the_data(moment: str, is_read: bool) -> None:
    read = chart(nse=bundle(observation(effectiveDateTime=moment)))
    if is_read:
        assert references(read) == ["Observation/o1"]
    else:
        assert reasons(read) == [("Observation/o1", f"is dated in the future ({moment[:10]})")]
        assert not read.was_searched("nse")


@pytest.mark.parametrize(
    ("kind", "dated"),
    [
        ("Observation", {"effectivePeriod": {"start": "2027-01-01"}}),
        ("Observation", {"effectiveInstant": "2027-01-01T00:00:00Z"}),
        ("Observation", {"issued": "2027-01-01T00:00:00Z"}),
        ("Procedure", {"performedDateTime": "2027-01-01"}),
        ("Procedure", {"performedPeriod": {"start": "2027-01-01"}}),
        ("Condition", {"onsetDateTime": "2027-01-01"}),
        ("Condition", {"recordedDate": "2027-01-01"}),
        ("MedicationRequest", {"authoredOn": "2027-01-01"}),
        ("MedicationDispense", {"whenHandedOver": "2027-01-01"}),
    ],
)
def test_the_future_is_seen_in_each_element_that_holds_the_past(kind: str, dated: dict[str, Any]) -> None:
    read = chart(anything=made({kind: f"{LOINC}|15060-7", **dated}, "x"))
    assert reasons(read) == [(f"{kind}/x", "is dated in the future (2027-01-01)")]


def test_a_resource_under_two_keys_counts_once() -> None:
    read = chart(nse=bundle(observation()), anything=bundle(observation()))
    assert references(read) == ["Observation/o1"]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z", "second"),
        ("2026-11-02T10:00:00Z", "2026-11-01T10:00:00Z", "first"),
        ("2026-11-01T10:00:00+02:00", "2026-11-01T09:00:00Z", "second"),
        ("2026-11-01T10:00:00Z", None, "first"),
        ("2026-11-01T10:00:00Z", "bogus", "first"),
    ],
)
def test_of_two_versions_the_later_one_counts(first: str, second: str | None, kept: str) -> None:
    one = observation(meta={"lastUpdated": first}, valueString="first")
    other = observation(meta=None if second is None else {"lastUpdated": second}, valueString="second")
    for pair in ((one, other), (other, one)):
        read = chart(nse=bundle(pair[0]), anything=bundle(pair[1]))
        assert [resource.at("valueString") for resource in read.resources] == [kept]


def test_two_versions_without_a_date_are_chosen_alike_in_every_order() -> None:
    one, other = observation(valueString="one"), observation(valueString="other", meta="x")
    found = [chart(a=bundle(*pair)).resources[0].at("valueString") for pair in ((one, other), (other, one))]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (b'"note": 1, "note": 2', "repeats a member name"),
        (b'"valueQuantity": {"value": 1, "value": 2}', "repeats a member name"),
        (b'"note": ' + b"[" * 300 + b"]" * 300, "is nested too deeply"),
    ],
)
def test_a_resource_that_cannot_be_read_is_set_aside_and_may_hide_a_fact(broken: bytes, problem: str) -> None:
    sent = b'{"resourceType": "Condition", "id": "c9", ' + broken + b"}"
    read = chart(conditions=b'{"resourceType": "Bundle", "entry": [{"resource": ' + sent + b"}]}", nse=bundle())
    assert reasons(read) == [("$.prefetch.conditions.entry[0].resource", f"cannot be read: {problem}")]
    assert not read.was_searched("conditions")
    assert read.was_searched("nse")


def test_what_is_no_json_at_all_may_hide_any_fact() -> None:
    given = supply(conditions=bundle(), nse=bundle())
    broken = Sent(b'{"id": ', "$.prefetch.anything", URN)
    read = relevant(replace(given, resources=(broken,)), PATIENT, BOOK, TEMPLATES, NOW)
    assert reasons(read) == [("$.prefetch.anything", "cannot be read: is not JSON")]
    assert read.searched == frozenset()


def test_the_states_and_faults_of_the_call_stay_with_the_chart() -> None:
    read = chart(conditions=[], nse=bundle())
    assert read.faults == ("$.prefetch.conditions is no FHIR resource",)
    assert read.searched == {"nse"}
    assert read.patient_id == PATIENT


def test_an_unread_resource_of_one_type_leaves_other_searches_proven() -> None:
    read = chart(conditions=bundle(own(None)), nse=bundle(observation()), reports=bundle())
    assert read.searched == {"nse", "reports"}
    assert read.was_searched("nse", "reports")
    assert not read.was_searched("nse", "conditions")


def test_a_resource_shows_its_members() -> None:
    resource = Resource("Condition", "c1", {"code": 1}, "$")
    assert (resource.at("code"), resource.at("subject")) == (1, None)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["resourceType", "id", "code", "subject", "component", "hasMember", "meta", "modifierExtension", "issued"]
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=4), st.sampled_from(["Observation", "Condition", "Patient"]))
def test_hostile_resources_never_raise(members: dict[str, Any], kind: str) -> None:
    sent = {"resourceType": kind, "id": "x", "code": {"text": "NSE"}} | members
    read = chart(conditions=bundle(sent, sent), anything=sent)
    assert all(resource.data for resource in read.resources)


PDF = {"contentType": "application/pdf", "data": "AAAA"}


@pytest.mark.parametrize(
    ("members", "aside"),
    [
        ({"presentedForm": [PDF]}, True),
        ({"presentedForm": [{"url": "Binary/1"}]}, True),
        ({"presentedForm": [{"contentType": "text/rtf", "data": "TkVU"}]}, True),
        ({"presentedForm": [{"contentType": "text/plain", "data": "a"}]}, True),
        ({"presentedForm": [PDF], "conclusion": "NET G1"}, False),
        ({"presentedForm": [PDF], "conclusionCode": [{"text": "NET G1"}]}, False),
        ({"presentedForm": [PDF, {"contentType": "text/plain", "data": "TkVU"}]}, False),
        ({"presentedForm": [PDF], "category": [{"coding": [{"code": "LAB"}]}]}, False),
        ({}, False),
    ],
)
def test_a_report_that_is_only_a_pdf_hides_facts(members: dict[str, Any], aside: bool) -> None:
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "Pathology"}}
    read = chart(reports=bundle(report | {"subject": {"reference": f"Patient/{PATIENT}"}} | members))
    assert bool(read.set_aside) is aside
    assert read.was_searched("reports") is not aside
    assert references(read) == ["DiagnosticReport/r"]
    assert all(item.words_only for item in read.set_aside)
    assert "reports" in read.listed


def own_resource(kind: str, **members: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": "x", "subject": {"reference": f"Patient/{PATIENT}"}} | members


def test_what_is_set_aside_whole_is_not_even_listed() -> None:
    strange = own_resource("DiagnosticReport", presentedForm=[PDF], modifierExtension=[{"url": "https://x"}])
    read = chart(reports=bundle(strange))
    assert ("reports" in read.listed, references(read)) == (False, [])
    assert not any(item.words_only for item in read.set_aside)


@pytest.mark.parametrize(
    ("resource", "aside"),
    [
        (own_resource("ImagingStudy", status="available", started="2030-01-01"), True),
        (own_resource("ImagingStudy", status="available", started="2026-01-01"), False),
        (own_resource("Encounter", status="finished", period={"start": "2030-01-01"}), True),
        (own_resource("Encounter", status="planned", period={"start": "2030-01-01"}), False),
        (own_resource("CarePlan", status="active", period={"start": "2030-01-01"}), False),
        (own_resource("CarePlan", status="active", created="2030-01-01"), True),
    ],
)
def test_only_what_is_planned_may_lie_in_the_future(resource: dict[str, Any], aside: bool) -> None:
    assert bool(chart(anything=resource).set_aside) is aside
