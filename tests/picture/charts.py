"""Small charts for the tests of the picture: FHIR resources in few words, and the picture that is drawn of them.

Knows no medicine; each test says what must be seen.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cds_service.answer import Guideline
from cds_service.authoring.reading import read_knowledge
from cds_service.fhir.prefetch import gather
from cds_service.fhir.resources import relevant
from cds_service.guideline.features import Feature, Gap, PatientPicture
from cds_service.picture.orders import Draft, drafts
from cds_service.picture.patient import draw_picture
from cds_service.picture.record import Record

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
PATIENT_ID = "p1"
Resource = dict[str, Any]

TEMPLATES: Mapping[str, str] = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}",
    "nse": "Observation?patient={{context.patientId}}&code=nse",
    "markers": "Observation?patient={{context.patientId}}&code=markers",
    "pathology": "Observation?patient={{context.patientId}}&code=pathology",
    "status": "Observation?patient={{context.patientId}}&code=status",
    "reports": "DiagnosticReport?patient={{context.patientId}}",
    "specimens": "Specimen?patient={{context.patientId}}",
    "procedures": "Procedure?patient={{context.patientId}}",
    "medication-requests": "MedicationRequest?patient={{context.patientId}}",
    "medication-statements": "MedicationStatement?patient={{context.patientId}}",
    "medication-administrations": "MedicationAdministration?patient={{context.patientId}}",
    "medication-dispenses": "MedicationDispense?patient={{context.patientId}}",
    "imaging-studies": "ImagingStudy?patient={{context.patientId}}",
    "service-requests": "ServiceRequest?patient={{context.patientId}}",
    "encounters": "Encounter?patient={{context.patientId}}",
}
PATIENT: Resource = {"resourceType": "Patient", "gender": "female", "birthDate": "1985-04-11"}
MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
RELATED = "http://hl7.org/fhir/StructureDefinition/condition-related"


@cache
def guideline() -> Guideline:
    return Guideline.of(read_knowledge())


# --- what a chart holds ------------------------------------------------------------------------------------------


def concept(*codes: str, text: str = "") -> Resource:
    """A CodeableConcept of "system:code" or "system:code:display" (our short names of systems, or a URI)."""
    codings = [_coding(code) for code in codes]
    return ({"coding": codings} if codings else {}) | ({"text": text} if text else {})


def _coding(code: str) -> Resource:
    system, value, *display = code.split("|")
    uri = guideline().knowledge.systems.get(system, (system,))[0]
    return {"system": uri, "code": value} | ({"display": display[0]} if display else {})


def ref(target: str) -> Resource:
    return {"reference": target}


def condition(*codes: str, text: str = "", status: str = "active", verification: str = "confirmed",
              morphology: str = "", related: str = "", **members: Any) -> Resource:  # fmt: skip
    resource: Resource = {"resourceType": "Condition", "code": concept(*codes, text=text)}
    if status:
        resource["clinicalStatus"] = concept(f"http://terminology.hl7.org/CodeSystem/condition-clinical|{status}")
    if verification:
        resource["verificationStatus"] = concept(
            f"http://terminology.hl7.org/CodeSystem/condition-ver-status|{verification}"
        )
    extensions = []
    if morphology:
        extensions.append({"url": MORPHOLOGY, "valueCodeableConcept": concept(morphology)})
    if related:
        extensions.append({"url": RELATED, "valueReference": ref(related)})
    return resource | ({"extension": extensions} if extensions else {}) | members


def observation(code: str, value: Any = None, unit: str = "", *, text: str = "", date: str = "2026-11-10",
                high: float | None = None, status: str = "final", **members: Any) -> Resource:  # fmt: skip
    """`value`: a number is a Quantity, words a string, a dict a CodeableConcept."""
    resource: Resource = {
        "resourceType": "Observation",
        "status": status,
        "code": concept(*([code] if code else []), text=text),
    }
    if date:
        resource["effectiveDateTime"] = date
    if isinstance(value, dict):
        resource["valueCodeableConcept"] = value
    elif isinstance(value, str):
        resource["valueString"] = value
    elif value is not None:
        resource["valueQuantity"] = {"value": value} | ({"unit": unit, "code": unit} if unit else {})
    if high is not None:
        resource["referenceRange"] = [{"high": {"value": high}}]
    return resource | members


def nse(value: Any = 21.1, unit: str = "ug/L", *, high: float | None = 16.3, **members: Any) -> Resource:
    return observation("loinc|15060-7", value, unit, high=high, **members)


def cga(value: Any = 390, unit: str = "ug/L", *, high: float | None = 93, **members: Any) -> Resource:
    return observation("loinc|9811-1", value, unit, high=high, **members)


def ki67(value: Any, unit: str = "%", *, date: str = "2026-03-15", **members: Any) -> Resource:
    return observation("loinc|29593-1", value, unit, date=date, **members)


def mitoses(value: Any, unit: str = "/2mm2", *, date: str = "2026-03-15", **members: Any) -> Resource:
    return observation("", value, unit, text="Mitotic count", date=date, **members)


def histology(*codes: str, text: str = "", date: str = "2026-03-15", **members: Any) -> Resource:
    return observation("loinc|59847-4", concept(*codes, text=text), date=date, **members)


def grade(value: Any, date: str = "2026-03-15", **members: Any) -> Resource:
    return observation("loinc|33732-9", value, date=date, **members)


def p53(words: str, **members: Any) -> Resource:
    return observation("loinc|14229-9", words, date="2026-03-15", **members)


def rb1(words: str, **members: Any) -> Resource:
    return observation("", words, text="RB1 immunohistochemistry", date="2026-03-15", **members)


def disease_status(code: str, date: str, **members: Any) -> Resource:
    """`code`: "worsened", "stable" or a "system|code"."""
    known = {"worsened": "snomed|271299001", "stable": "snomed|359746009", "improved": "snomed|268910001"}
    return observation("loinc|97509-4", concept(known.get(code, code)), date=date, **members)


def report(text: str, conclusion: str = "", *, category: str = "", date: str = "2026-03-16", status: str = "final",
           **members: Any) -> Resource:  # fmt: skip
    resource: Resource = {
        "resourceType": "DiagnosticReport",
        "status": status,
        "code": concept(text=text),
        "effectiveDateTime": date,
    }
    if conclusion:
        resource["conclusion"] = conclusion
    if category:
        resource["category"] = [concept(f"http://terminology.hl7.org/CodeSystem/v2-0074|{category}")]
    return resource | members


def pathology(conclusion: str, **members: Any) -> Resource:
    return report("Surgical pathology", conclusion, category="PAT", **members)


def attached(words: str, content_type: str = "text/plain") -> list[Resource]:
    return [{"contentType": content_type, "data": base64.b64encode(words.encode()).decode()}]


def procedure(
    *codes: str, text: str = "", date: str = "2025-07-01", status: str = "completed", **members: Any
) -> Resource:
    dates = {"performedDateTime": date} if date else {}
    return {"resourceType": "Procedure", "status": status, "code": concept(*codes, text=text)} | dates | members


def imaging_study(
    modality: str = "CT", site: str = "", *, started: str = "2026-10-20", status: str = "available", **members: Any
) -> Resource:
    """`modality`: a DICOM code, or several with "/"; `site`: the body site of its one series."""
    codes = [{"code": code} for code in modality.split("/") if code]
    series = [{"modality": codes[0], "bodySite": {"display": site}}] if site else []
    dates = {"started": started} if started else {}
    return {"resourceType": "ImagingStudy", "status": status, "modality": codes, "series": series} | dates | members


def specimen(id_: str, **members: Any) -> Resource:
    return {"resourceType": "Specimen", "id": id_} | members


def request(
    drug: str, *, status: str = "active", intent: str = "order", date: str = "2026-09-01", **members: Any
) -> Resource:
    return _medication("MedicationRequest", drug, status, "authoredOn", date) | {"intent": intent} | members


def statement(drug: str, *, status: str = "active", date: str = "2026-09-01", **members: Any) -> Resource:
    return _medication("MedicationStatement", drug, status, "effectiveDateTime", date) | members


def administration(drug: str, date: str = "2026-11-05", *, status: str = "completed", **members: Any) -> Resource:
    return _medication("MedicationAdministration", drug, status, "effectiveDateTime", date) | members


def dispense(drug: str, date: str = "2026-11-05", *, status: str = "completed", **members: Any) -> Resource:
    return _medication("MedicationDispense", drug, status, "whenHandedOver", date) | members


def _medication(kind: str, drug: str, status: str, when: str, date: str) -> Resource:
    code = concept(drug) if "|" in drug else concept(text=drug)
    coded = {"medicationCodeableConcept": code} if drug else {}
    return {"resourceType": kind, "status": status} | coded | ({when: date} if date else {})


def draft(kind: str = "ServiceRequest", *codes: str, text: str = "", **members: Any) -> Resource:
    name = "medicationCodeableConcept" if kind.startswith("Medication") else "code"
    resource: Resource = {"resourceType": kind, "id": "d1", "status": "draft", "intent": "order"}
    code = concept(*codes, text=text)
    return resource | ({name: code} if code else {}) | members


# --- what is seen of it ------------------------------------------------------------------------------------------


def record(*resources: Resource, without: Iterable[str] = (), patient: Resource | None = PATIENT,
           now: datetime = NOW, broken: Mapping[str, bytes] = {}) -> Record:  # fmt: skip
    """The record of a call: every declared search came back whole but those in `without`."""
    given = [*([patient] if patient else []), *resources]
    numbered = [_owned(resource, index) for index, resource in enumerate(given)]
    prefetch: dict[str, bytes | None] = {key: _bundle([]) for key in TEMPLATES if key not in ("patient", *without)}
    prefetch |= {"everything": _bundle(numbered), **broken}
    supply = gather(prefetch, TEMPLATES, PATIENT_ID)
    chart = relevant(supply, PATIENT_ID, guideline().book, TEMPLATES, now)
    return Record(chart, guideline().book, guideline().knowledge, now)


def _owned(resource: Resource, index: int) -> Resource:
    if resource["resourceType"] == "Patient":
        return {"id": PATIENT_ID} | resource
    return {"id": f"r{index}", "subject": ref(f"Patient/{PATIENT_ID}")} | resource


def _bundle(resources: list[Resource]) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries}).encode()


def picture(*resources: Resource, drafted: tuple[Draft, ...] = (), **options: Any) -> PatientPicture:
    return draw_picture(record(*resources, **options), drafted)


def feature(name: str, *resources: Resource, tumor: str = "", **options: Any) -> Feature:
    """The feature of that name; `tumor` is a reference where there are several tumors."""
    drawn = picture(*resources, **options)
    assert tumor or len(drawn.tumors) == 1 or name in drawn.patient, "which tumor is meant?"
    return drawn.feature(name, next(t for t in drawn.tumors if not tumor or t.reference == tumor))


def seen(name: str, *resources: Resource, **options: Any) -> str:
    return feature(name, *resources, **options).shown


def gap(name: str, *resources: Resource, **options: Any) -> Gap | None:
    return feature(name, *resources, **options).gap


def said(name: str, *resources: Resource, **options: Any) -> str:
    """All evidence of a feature in one text."""
    return " | ".join(item.text for item in feature(name, *resources, **options).evidence)


def drafted(
    *resources: Resource, selections: Iterable[str] | None = None, on: tuple[Resource, ...] = ()
) -> tuple[Draft, ...]:
    listed = [(f"$.context.draftOrders.entry[{i}].resource", resource) for i, resource in enumerate(resources)]
    return drafts(listed, None if selections is None else frozenset(selections), record(*on))
