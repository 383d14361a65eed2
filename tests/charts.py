"""Small charts in Python: the lines of a page of cases as calls, and the picture that is drawn of them.

Makes nothing itself, the maker of the package does; knows no medicine, each test says what must be seen.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cds_service.answer import Guideline
from cds_service.authoring.reading import read_knowledge
from cds_service.cases.calls import bundle
from cds_service.cases.resources import patient as patient_of
from cds_service.cases.resources import resource
from cds_service.cases.short import Reader, forms, is_coded
from cds_service.fhir.prefetch import gather
from cds_service.fhir.resources import relevant
from cds_service.guideline.features import Feature, Gap, PatientPicture
from cds_service.json_bytes import encode
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
MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
RELATED = "http://hl7.org/fhir/StructureDefinition/condition-related"
GUIDELINE = Guideline.of(read_knowledge())
READER = Reader(GUIDELINE.knowledge.systems, NOW)
PATIENT = patient_of({"gender": "female", "birthDate": "1985-04-11"}, PATIENT_ID, READER)


# --- what a chart holds ------------------------------------------------------------------------------------------


def line(**members: Any) -> Resource:
    """The resource of a line as a page of cases writes it; without an `id` it has none yet."""
    made = resource(members, "", PATIENT_ID, READER)
    return made if made["id"] else {name: value for name, value in made.items() if name != "id"}


def concept(words: str, text: str = "") -> Resource:
    """A CodeableConcept where a line does not reach: inside another element, or in an extension."""
    return READER.concept(words) | ({"text": text} if text else {})


def ref(target: str) -> Resource:
    """A Reference where a line does not reach."""
    made: Resource = forms(READER)["Reference"](target)
    return made


def condition(codes: str = "", text: str = "", *, morphology: str = "", related: str = "",
              **members: Any) -> Resource:  # fmt: skip
    extensions = []
    if morphology:
        extensions.append({"url": MORPHOLOGY, "valueCodeableConcept": concept(morphology)})
    if related:
        extensions.append({"url": RELATED, "valueReference": ref(related)})
    return line(Condition=codes, text=text, **{"extension": extensions or "", **members})


def observation(codes: str, value: Any = None, unit: str = "", *, date: str = "2026-11-10", high: float | None = None,
                **members: Any) -> Resource:  # fmt: skip
    """`value`: a number in `unit`, a code, words, or a CodeableConcept in full; `high`: the limit of the laboratory."""
    limit = "" if high is None else f"{high}"
    return line(Observation=codes, date=date, **{"referenceRange": limit, **_value(value, unit), **members})


def _value(value: Any, unit: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"valueCodeableConcept": value}
    if isinstance(value, str):
        return {"value" if is_coded(value) else "valueString": value}
    return {} if value is None else {"value": f"{value} {unit}".rstrip()}


def nse(value: Any = 21.1, unit: str = "ug/L", *, high: float | None = 16.3, **members: Any) -> Resource:
    return observation("loinc|15060-7", value, unit, high=high, **members)


def cga(value: Any = 390, unit: str = "ug/L", *, high: float | None = 93, **members: Any) -> Resource:
    return observation("loinc|9811-1", value, unit, high=high, **members)


def on_tissue(codes: str, value: Any = None, unit: str = "", *, date: str = "2026-03-15", **members: Any) -> Resource:
    """What pathology found in the specimen of March."""
    return observation(codes, value, unit, date=date, **members)


def ki67(value: Any, unit: str = "%", **members: Any) -> Resource:
    return on_tissue("loinc|29593-1", value, unit, **members)


def mitoses(value: Any, unit: str = "/2mm2", **members: Any) -> Resource:
    return on_tissue("", value, unit, text="Mitotic count", **members)


def histology(words: str | Resource, **members: Any) -> Resource:
    return on_tissue("loinc|59847-4", valueCodeableConcept=words, **members)


def grade(value: Any, **members: Any) -> Resource:
    return on_tissue("loinc|33732-9", value, **members)


def p53(words: str, **members: Any) -> Resource:
    return on_tissue("loinc|14229-9", words, **members)


def rb1(words: str, **members: Any) -> Resource:
    return on_tissue("", words, text="RB1 immunohistochemistry", **members)


def disease_status(code: str, date: str, **members: Any) -> Resource:
    """`code`: "worsened", "stable", "improved" or a "system|code"."""
    known = {"worsened": "snomed|271299001", "stable": "snomed|359746009", "improved": "snomed|268910001"}
    return observation("loinc|97509-4", known.get(code, code), date=date, **members)


def report(text: str, conclusion: str = "", *, date: str = "2026-03-16", **members: Any) -> Resource:
    return line(DiagnosticReport="", text=text, conclusion=conclusion, date=date, **members)


def pathology(conclusion: str, **members: Any) -> Resource:
    return report("Surgical pathology", conclusion, category="PAT", **members)


def attached(words: str, content_type: str = "text/plain") -> list[Resource]:
    return [{"contentType": content_type, "data": base64.b64encode(words.encode()).decode()}]


def procedure(codes: str = "", text: str = "", *, date: str = "2025-07-01", **members: Any) -> Resource:
    return line(Procedure=codes, text=text, date=date, **members)


def imaging_study(modality: str = "CT", site: str = "", *, date: str = "2026-10-20", **members: Any) -> Resource:
    """`modality`: a DICOM code, or several with "/"; `site`: the body site of its one series."""
    codes = modality.split("/")
    series = [{"modality": {"code": codes[0]}, "bodySite": {"display": site}}] if site else ""
    return line(ImagingStudy=codes if modality else "", date=date, **{"series": series, **members})


def request(drug: str, *, date: str = "2026-09-01", **members: Any) -> Resource:
    return line(MedicationRequest=drug, date=date, **members)


def statement(drug: str, *, date: str = "2026-09-01", **members: Any) -> Resource:
    return line(MedicationStatement=drug, date=date, **members)


def administration(drug: str, date: str = "2026-11-05", **members: Any) -> Resource:
    return line(MedicationAdministration=drug, date=date, **members)


def dispense(drug: str, date: str = "2026-11-05", **members: Any) -> Resource:
    return line(MedicationDispense=drug, date=date, **members)


def draft(kind: str = "ServiceRequest", codes: str = "", **members: Any) -> Resource:
    return line(**{kind: codes, "id": "d1", "status": "draft", **members})


# --- what is seen of it ------------------------------------------------------------------------------------------


def record(*resources: Resource, without: Iterable[str] = (), patient: Resource | None = PATIENT,
           now: datetime = NOW, broken: Mapping[str, bytes] = {}) -> Record:  # fmt: skip
    """The record of a call: every declared search came back whole but those in `without`."""
    given = owned([*([{"id": PATIENT_ID} | patient] if patient else []), *resources])
    prefetch: dict[str, bytes | None] = {key: encode(found()) for key in TEMPLATES if key not in ("patient", *without)}
    prefetch |= {"everything": encode(bundle(given)), **broken}
    supply = gather(prefetch, TEMPLATES, PATIENT_ID)
    chart = relevant(supply, PATIENT_ID, GUIDELINE.book, TEMPLATES, now)
    return Record(chart, GUIDELINE.book, GUIDELINE.knowledge, now)


def owned(resources: Iterable[Resource]) -> list[Resource]:
    """Resources with an id by their place and this patient as subject where they name no other."""
    owner = ref(f"Patient/{PATIENT_ID}")
    return [{"id": f"r{index}", "subject": owner} | one for index, one in enumerate(resources)]


def found(*resources: Resource) -> Resource:
    """What a search of this patient came back with, whole."""
    return bundle(owned(resources))


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
    listed = [(f"$.context.draftOrders.entry[{i}].resource", one) for i, one in enumerate(resources)]
    return drafts(listed, None if selections is None else frozenset(selections), record(*on))
