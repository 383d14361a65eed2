"""One line, one resource: defaults, words that save words, short forms in their places, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from cds_service.cases.resources import patient, type_of
from tests.cases.made import made, maker

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"


def refused(**line: Any) -> str:
    with pytest.raises(ValueError) as fault:  # noqa: PT011
        made(**line)
    return str(fault.value)


@pytest.mark.parametrize(
    ("kind", "members"),
    [
        ("Observation", {"status": "final"}),
        ("DiagnosticReport", {"status": "final"}),
        ("Procedure", {"status": "completed"}),
        ("MedicationRequest", {"status": "active", "intent": "order"}),
        ("MedicationStatement", {"status": "active"}),
        ("MedicationAdministration", {"status": "completed"}),
        ("MedicationDispense", {"status": "completed"}),
        ("ServiceRequest", {"status": "active", "intent": "order"}),
        ("ImagingStudy", {"status": "available"}),
        ("Encounter", {"status": "finished"}),
        ("Specimen", {}),
        ("CarePlan", {}),
    ],
)
def test_a_line_without_a_status_has_the_usual_one_of_its_type(kind: str, members: dict[str, str]) -> None:
    assert made(**{kind: ""}) == {"resourceType": kind, "id": "x1", **members, "subject": {"reference": "Patient/p1"}}


def test_a_diagnosis_is_active_and_confirmed_where_it_does_not_say_otherwise() -> None:
    assert made(Condition="NET") == {
        "resourceType": "Condition",
        "id": "x1",
        "code": {"text": "NET"},
        "clinicalStatus": {"coding": [{"system": f"{TERMINOLOGY}/condition-clinical", "code": "active"}]},
        "verificationStatus": {"coding": [{"system": f"{TERMINOLOGY}/condition-ver-status", "code": "confirmed"}]},
        "subject": {"reference": "Patient/p1"},
    }


def test_what_is_said_stands_in_the_place_of_the_default() -> None:
    said = made(Condition="NET", clinicalStatus="resolved", verificationStatus="snomed|1")
    assert said["clinicalStatus"]["coding"][0]["code"] == "resolved"
    assert said["verificationStatus"]["coding"][0]["system"] == "http://snomed.info/sct"


@pytest.mark.parametrize("element", ["clinicalStatus", "verificationStatus", "subject", "code"])
def test_an_element_given_as_nothing_is_left_out(element: str) -> None:
    whole = made(Condition="NET")
    assert made(**{"Condition": "NET", element: ""}) == {name: whole[name] for name in whole if name != element}


def test_words_given_as_nothing_leave_the_codes_alone() -> None:
    assert made(Condition="loinc|1", text="") == made(Condition="loinc|1")


def test_nothing_in_the_place_of_the_codes_leaves_them_out() -> None:
    assert "code" not in made(Condition="")
    assert "code" not in made(Condition="NET", code="")


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("Observation", "code"),
        ("Procedure", "code"),
        ("MedicationRequest", "medicationCodeableConcept"),
        ("MedicationStatement", "medicationCodeableConcept"),
        ("MedicationAdministration", "medicationCodeableConcept"),
        ("MedicationDispense", "medicationCodeableConcept"),
        ("Specimen", "type"),
    ],
)
def test_codes_and_words_stand_where_the_type_has_them(kind: str, place: str) -> None:
    coded = {"coding": [{"system": "http://loinc.org", "code": "1"}]}
    assert made(**{kind: "loinc|1", "text": "words"})[place] == {**coded, "text": "words"}
    assert made(**{kind: "words"})[place] == {"text": "words"}
    assert made(**{kind: "", "text": "words"})[place] == {"text": "words"}


def test_words_stand_beside_the_first_of_several_codes_and_none_is_lost() -> None:
    first, second = {"coding": [{"system": "http://loinc.org", "code": "1"}]}, {"text": "second"}
    assert made(Encounter="loinc|1", text="words")["type"] == [{**first, "text": "words"}]
    assert made(Encounter=["loinc|1", "second"], text="words")["type"] == [{**first, "text": "words"}, second]
    assert made(Encounter="", text="words")["type"] == [{"text": "words"}]


@pytest.mark.parametrize("kind", ["ImagingStudy", "Appointment"])
def test_a_type_without_words_beside_its_codes_is_refused_them(kind: str) -> None:
    assert refused(**{kind: "", "text": "words"}) == f"text: {kind} has no words beside its codes"


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("Condition", "recordedDate"),
        ("Observation", "effectiveDateTime"),
        ("DiagnosticReport", "effectiveDateTime"),
        ("Procedure", "performedDateTime"),
        ("MedicationRequest", "authoredOn"),
        ("MedicationStatement", "effectiveDateTime"),
        ("MedicationAdministration", "effectiveDateTime"),
        ("MedicationDispense", "whenHandedOver"),
        ("ServiceRequest", "authoredOn"),
        ("ImagingStudy", "started"),
    ],
)
def test_a_date_stands_where_the_type_has_it(kind: str, place: str) -> None:
    assert made(**{kind: "", "date": "-14d"})[place] == "2026-11-01"
    assert made(**{kind: "", "date": date(2026, 3, 1)})[place] == "2026-03-01"


def test_a_type_of_several_dates_is_refused_one_without_a_name() -> None:
    assert refused(Specimen="", date="-1d") == "date: Specimen has no date that goes without saying; name its element"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (datetime(2026, 3, 1, 8, tzinfo=UTC), "2026-03-01T08:00:00+00:00"),
        (time(8, 30), "08:30:00"),
        ({"start": date(2026, 3, 1)}, {"start": "2026-03-01"}),
        ([date(2026, 3, 1), 5], ["2026-03-01", 5]),
        (True, True),
    ],
)
def test_dates_and_times_of_toml_become_text_wherever_they_stand(given: Any, kept: Any) -> None:
    assert made(Observation="", raw={"odd": given})["odd"] == kept
    assert made(Observation="", effectiveDateTime=given)["effectiveDateTime"] == kept


@pytest.mark.parametrize(
    ("value", "place", "kept"),
    [
        ("5 %", "valueQuantity", {"value": 5, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}),
        ("snomed|1", "valueCodeableConcept", {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}),
    ],
)
def test_a_value_is_a_quantity_or_a_code(value: str, place: str, kept: Any) -> None:
    assert made(Observation="", value=value)[place] == kept


def test_a_value_given_as_nothing_is_left_out() -> None:
    assert not [name for name in made(Observation="", value="") if name.startswith("value")]


@pytest.mark.parametrize("value", ["positive", "21.1ug/L", 5, True])
def test_a_value_of_another_kind_is_refused(value: Any) -> None:
    words = f"value: {value!r} is neither a quantity like 21.1 ug/L nor a code; words go into valueString"
    assert refused(Observation="", value=value) == words


def test_only_an_observation_has_a_value() -> None:
    assert refused(Condition="", value="5 %") == "value: Condition has none"


@pytest.mark.parametrize(
    ("line", "element", "kept"),
    [
        ({"Observation": "", "note": "by phone"}, "note", [{"text": "by phone"}]),
        ({"Observation": "", "focus": "Condition/c1"}, "focus", [{"reference": "Condition/c1"}]),
        ({"Observation": "", "specimen": "Specimen/s1"}, "specimen", {"reference": "Specimen/s1"}),
        ({"Observation": "", "effectivePeriod": "-7d/"}, "effectivePeriod", {"start": "2026-11-08"}),
        ({"Observation": "", "issued": "-1d"}, "issued", "2026-11-14"),
        ({"Observation": "", "valueString": "5 %"}, "valueString", "5 %"),
        ({"Observation": "", "referenceRange": "15"}, "referenceRange", [{"high": {"value": 15}}]),
        ({"Condition": "", "stage": "Stage IV"}, "stage", [{"summary": {"text": "Stage IV"}}]),
        ({"Condition": "", "bodySite": ["liver", "bone"]}, "bodySite", [{"text": "liver"}, {"text": "bone"}]),
        ({"MedicationRequest": "", "dosageInstruction": "once"}, "dosageInstruction", [{"text": "once"}]),
        ({"Observation": "", "subject": "Patient/other"}, "subject", {"reference": "Patient/other"}),
        ({"Observation": "", "component": {"code": {"text": "x"}}}, "component", [{"code": {"text": "x"}}]),
        ({"Observation": "", "code": {"text": "in full"}}, "code", {"text": "in full"}),
    ],
)
def test_each_data_type_is_read_in_its_short_form_or_in_full(line: dict[str, Any], element: str, kept: Any) -> None:
    assert made(**line)[element] == kept


@pytest.mark.parametrize(
    ("line", "element", "codes"),
    [
        ({"ImagingStudy": "CT"}, "modality", [{"system": DICOM, "code": "CT"}]),
        ({"ImagingStudy": ["PT", "CT"]}, "modality", [{"system": DICOM, "code": c} for c in ("PT", "CT")]),
        ({"ImagingStudy": "loinc|1"}, "modality", [{"system": "http://loinc.org", "code": "1"}]),
        (
            {"DiagnosticReport": "", "category": ["PAT", "RAD"]},
            "category",
            [{"coding": [{"system": f"{TERMINOLOGY}/v2-0074", "code": code}]} for code in ("PAT", "RAD")],
        ),
        (
            {"Observation": "", "interpretation": "H"},
            "interpretation",
            [{"coding": [{"system": f"{TERMINOLOGY}/v3-ObservationInterpretation", "code": "H"}]}],
        ),
    ],
)
def test_a_bare_word_is_a_code_where_fhir_binds_the_element(line: dict[str, Any], element: str, codes: Any) -> None:
    assert made(**line)[element] == codes


def test_raw_is_taken_as_it_stands_and_over_all_else() -> None:
    odd = {"status": "odd", "code": "loinc|1", "valueQuantity": {"value": "21,1"}, "unheard": [1, {"of": True}]}
    assert made(Observation="loinc|1", raw=odd) == {
        "resourceType": "Observation",
        "id": "x1",
        "subject": {"reference": "Patient/p1"},
        **odd,
    }


def test_raw_is_a_table() -> None:
    assert refused(Observation="", raw="x") == "raw: must be a table { ... }"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"Observaton": ""}, "'Observaton' is no FHIR R4 resource type; did you mean 'Observation'?"),
        ({"Specimn": ""}, "'Specimn' is no FHIR R4 resource type; did you mean 'Specimen'?"),
        ({"Tumor": ""}, "'Tumor' is no FHIR R4 resource type"),
        ({"text": ""}, "'' is no FHIR R4 resource type"),
        ({"Observation": "", "statuss": ""}, "statuss: is no element of Observation; did you mean 'status'?"),
        (
            {"Observation": "", "effectiveDatetime": "x"},
            "effectiveDatetime: is no element of Observation; did you mean 'effectiveDateTime'?",
        ),
        ({"Observation": "", "dte": "x"}, "dte: is no element of Observation; did you mean 'date'?"),
        ({"Observation": "", "vlue": "x"}, "vlue: is no element of Observation; did you mean 'value'?"),
        ({"Observation": "", "serch": "x"}, "serch: is no element of Observation; did you mean 'search'?"),
        (
            {"Observation": "", "grading": "x"},
            "grading: is no element of Observation; what FHIR does not know goes into raw",
        ),
        ({"Observation": "lonic|1"}, "code: 'lonic' is no code system of systems.toml; did you mean 'loinc'?"),
        ({"Observation": "", "valueQuantity": "many"}, "valueQuantity: 'many' is no quantity like 21.1 ug/L"),
        (
            {"Condition": "", "bodySite": ["liver", "lonic|1"]},
            "bodySite: 'lonic' is no code system of systems.toml; did you mean 'loinc'?",
        ),
    ],
)
def test_what_fhir_does_not_know_is_refused_with_the_nearest_word(line: dict[str, Any], problem: str) -> None:
    assert refused(**line) == problem


def test_a_type_without_a_subject_gets_none() -> None:
    assert made(Medication="") == {"resourceType": "Medication", "id": "x1"}


def test_a_patient_is_the_elements_that_are_named() -> None:
    line = {"gender": "female", "birthDate": date(1960, 2, 3), "deceasedBoolean": "", "raw": {"odd": 1}}
    assert patient(line, "p1", maker().reader) == {
        "resourceType": "Patient",
        "id": "p1",
        "gender": "female",
        "birthDate": "1960-02-03",
        "odd": 1,
    }


def test_an_element_that_no_patient_has_is_refused() -> None:
    with pytest.raises(ValueError, match="birthdate: is no element of Patient; did you mean 'birthDate'"):
        patient({"birthdate": "1960"}, "p1", maker().reader)


def test_the_type_of_a_line_is_its_word_with_a_capital_letter() -> None:
    assert [type_of({"date": "", "Condition": ""}), type_of({"date": ""}), type_of({"": 1})] == ["Condition", "", ""]
