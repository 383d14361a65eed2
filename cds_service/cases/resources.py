"""One line of a case becomes one FHIR resource: `{ Condition = "icd-10-cm|C25.4", text = "NET of the pancreas" }`.

The word with a capital letter is the type, and its value the codes, or the words where there is no code. The other
members are elements of that type under their FHIR names, in full or in the short form of their data type, and a few
that save words: `text`, `value`, `date`, `raw`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from cds_service.cases.short import Reader, forms, is_coded, is_quantity
from cds_service.errors import nearest
from cds_service.fhir.models import ElementKind, elements_of

Line = Mapping[str, Any]
Resource = dict[str, Any]

_MEDICATION = "medicationCodeableConcept"
# Where a type has its codes, and the date that is meant where a line just says `date`.
_CODES = MappingProxyType(
    {
        "MedicationRequest": _MEDICATION,
        "MedicationStatement": _MEDICATION,
        "MedicationAdministration": _MEDICATION,
        "MedicationDispense": _MEDICATION,
        "Specimen": "type",
        "Encounter": "type",
        "ImagingStudy": "modality",
    }
)
_DATES = MappingProxyType(
    {
        "Condition": "recordedDate",
        "Observation": "effectiveDateTime",
        "DiagnosticReport": "effectiveDateTime",
        "Procedure": "performedDateTime",
        "MedicationRequest": "authoredOn",
        "MedicationStatement": "effectiveDateTime",
        "MedicationAdministration": "effectiveDateTime",
        "MedicationDispense": "whenHandedOver",
        "ServiceRequest": "authoredOn",
        "ImagingStudy": "started",
    }
)
# What a line says where it does not say otherwise; an element given as "" is left out.
_DEFAULTS: Mapping[str, Line] = MappingProxyType(
    {
        "Condition": {"clinicalStatus": "active", "verificationStatus": "confirmed"},
        "Observation": {"status": "final"},
        "DiagnosticReport": {"status": "final"},
        "Procedure": {"status": "completed"},
        "MedicationRequest": {"status": "active", "intent": "order"},
        "MedicationStatement": {"status": "active"},
        "MedicationAdministration": {"status": "completed"},
        "MedicationDispense": {"status": "completed"},
        "ServiceRequest": {"status": "active", "intent": "order"},
        "ImagingStudy": {"status": "available"},
        "Encounter": {"status": "finished"},
    }
)
# Elements in which a bare word is a code of this system.
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_BOUND = MappingProxyType(
    {
        ("Condition", "clinicalStatus"): f"{_TERMINOLOGY}condition-clinical",
        ("Condition", "verificationStatus"): f"{_TERMINOLOGY}condition-ver-status",
        ("DiagnosticReport", "category"): f"{_TERMINOLOGY}v2-0074",
        ("Observation", "interpretation"): f"{_TERMINOLOGY}v3-ObservationInterpretation",
        ("ImagingStudy", "modality"): "http://dicom.nema.org/resources/ontology/DCM",
    }
)
# Members that are no elements.
_WORDS = ("text", "raw", "search")


def type_of(line: Line) -> str:
    """The type of resource that a line names; "" where it names none."""
    return next((name for name in line if name[:1].isupper()), "")


def resource(line: Line, id_: str, patient_id: str, reader: Reader) -> Resource:
    """The resource that a line stands for, of this patient unless the line names another `subject`.

    Raises:
        ValueError: naming the member and what is wrong with it.
    """
    kind = type_of(line)
    if not elements_of(kind):
        raise ValueError(f"{kind!r} is no FHIR R4 resource type{nearest(kind, {*_DEFAULTS, *_CODES})}")
    members = {**_DEFAULTS.get(kind, {}), **dict(_spelled_out(line, kind))}
    made: Resource = {"resourceType": kind, "id": id_}
    kinds = {name: _kind_of(kind, name) for name in members}
    made |= {name: _element(kind, name, value, kinds[name], reader) for name, value in members.items() if value != ""}
    if "subject" in elements_of(kind) and "subject" not in members:
        made["subject"] = {"reference": f"Patient/{patient_id}"}
    return made | _text(line, kind, made) | _raw(line)


def patient(line: Line, id_: str, reader: Reader) -> Resource:
    """The Patient of a case from the elements that it names.

    Raises:
        ValueError: as `resource`.
    """
    return resource({"Patient": "", **line}, id_, id_, reader)


def _spelled_out(line: Line, kind: str) -> Iterator[tuple[str, Any]]:
    """The members of a line under the names of elements."""
    for name, value in line.items():
        if name == kind:
            if value != "":
                yield _CODES.get(kind, "code"), value
        elif name == "date":
            yield _date_of(kind), value
        elif name == "value":
            yield _value_of(kind, value), value
        elif name not in _WORDS:
            yield name, value


def _date_of(kind: str) -> str:
    if kind not in _DATES:
        raise ValueError(f"date: {kind} has no date that goes without saying; name its element")
    return _DATES[kind]


def _value_of(kind: str, value: Any) -> str:
    if kind != "Observation":
        raise ValueError(f"value: {kind} has none")
    if isinstance(value, str) and is_coded(value):
        return "valueCodeableConcept"
    if value == "" or (isinstance(value, str) and is_quantity(value)):
        return "valueQuantity"
    raise ValueError(f"value: {value!r} is neither a quantity like 21.1 ug/L nor a code; words go into valueString")


def _kind_of(kind: str, name: str) -> ElementKind:
    known = elements_of(kind)
    if name not in known:
        hint = nearest(name, {*known, "date", "value", *_WORDS})
        raise ValueError(f"{name}: is no element of {kind}{hint or '; what FHIR does not know goes into raw'}")
    return known[name]


def _element(kind: str, name: str, value: Any, described: ElementKind, reader: Reader) -> Any:
    try:
        if isinstance(value, list):
            return [_short(kind, name, one, described, reader) for one in value]
        made = _short(kind, name, value, described, reader)
    except ValueError as fault:
        raise ValueError(f"{name}: {fault}") from None
    return [made] if described.repeats else made


def _short(kind: str, name: str, value: Any, described: ElementKind, reader: Reader) -> Any:
    if not isinstance(value, str):
        return plain(value)
    system = _BOUND.get((kind, name))
    if system and not is_coded(value):
        coding = {"system": system, "code": value}
        return coding if described.type == "Coding" else {"coding": [coding]}
    read = forms(reader).get(described.type)
    return read(value) if read else value


def _text(line: Line, kind: str, made: Resource) -> Resource:
    """The words beside the codes, or in their place."""
    if line.get("text", "") == "":
        return {}
    name = _CODES.get(kind, "code")
    described = elements_of(kind).get(name)
    if described is None or described.type != "CodeableConcept":
        raise ValueError(f"text: {kind} has no words beside its codes")
    words = {"text": line["text"]}
    if described.repeats:
        first, *more = made.get(name, [{}])
        return {name: [first | words, *more]}
    return {name: made.get(name, {}) | words}


def _raw(line: Line) -> Resource:
    """Members exactly as they are written, known to FHIR or not."""
    members: Resource = plain(line.get("raw", {}))
    if not isinstance(members, dict):
        raise ValueError("raw: must be a table { ... }")
    return members


def plain(value: Any) -> Any:
    """A value of TOML as JSON has it: dates and times become text."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value
