"""The door to fhir.resources (R4B): what a card cites is parsed with it, what a card suggests is built with it.

No other module imports the package. It accepts any `status` and `comparator`, so those are checked by the readers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from cds_service.fhir.resources import Resource

_MEDICATION = "status medicationCodeableConcept medicationReference subject"
_READ = {  # the elements that are read of a cited resource; the rest of it is not our business
    "Patient": "gender birthDate deceasedBoolean deceasedDateTime",
    "Observation": "status code subject focus effectiveDateTime effectivePeriod issued valueQuantity valueRange"
    " valueRatio valueString valueInteger valueCodeableConcept dataAbsentReason interpretation note bodySite specimen"
    " referenceRange component",
    "Condition": "clinicalStatus verificationStatus code bodySite subject onsetDateTime recordedDate stage",
    "DiagnosticReport": "status code subject effectiveDateTime issued conclusion conclusionCode result specimen",
    "Specimen": "status type subject condition note",
    "Procedure": "status code subject performedDateTime performedPeriod bodySite reasonCode reasonReference",
    "MedicationRequest": f"{_MEDICATION} intent doNotPerform authoredOn",
    "MedicationStatement": f"{_MEDICATION} effectiveDateTime effectivePeriod",
    "MedicationAdministration": f"{_MEDICATION} effectiveDateTime effectivePeriod",
    "MedicationDispense": f"{_MEDICATION} whenHandedOver daysSupply",
    "ServiceRequest": "status intent doNotPerform code subject authoredOn",
    "ImagingStudy": "status modality subject started procedureCode description",
    "Encounter": "status class type serviceType subject reasonCode reasonReference period",
    "CarePlan": "status intent category title subject created period addresses",
}
_ALL_ELEMENTS = {name for names in _READ.values() for name in names.split()}
_LISTS = {"interpretation", "note", "referenceRange", "component", "bodySite", "stage", "condition", "reasonCode"}
_LONE = {"Observation": {"bodySite"}}  # elements that are lists elsewhere but not in this type
_DECISIVE = {
    "status",
    "code",
    "subject",
    "valueQuantity",
    "valueRange",
    "valueRatio",
    "valueString",
    "valueInteger",
    "valueCodeableConcept",
    "medicationCodeableConcept",
}
_NAME = re.compile(r"'(\w+)'")
_DATA_TYPE = re.compile(r"abc\.(\w+)Type\b|(\w+)\(")  # how the package writes the type of a field
_ID = re.compile(r"[A-Za-z0-9\-.]{1,255}")
_ZONELESS = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(\+\d{4})?")


@dataclass(frozen=True, slots=True)
class Parsed:
    """How a cited resource fared.

    Attributes:
        repairs: what had to be put right first, in words.
        fault: the element that still fails, "" if the resource is valid R4.
        decisive: the fault lies in status, code, subject or value: advice must not rest on it.
    """

    repairs: tuple[str, ...] = ()
    fault: str = ""
    decisive: bool = False


@dataclass(frozen=True, slots=True)
class ElementKind:
    """What R4 says of an element: its data type ("CodeableConcept", "DateTime") and whether it repeats."""

    type: str
    repeats: bool


@cache
def elements_of(resource_type: str) -> Mapping[str, ElementKind]:
    """Every element of a resource type by its name in JSON; empty for a type that R4 does not know."""
    try:
        fields = _model(resource_type).model_fields.values()
    except (ImportError, AttributeError):
        return {}
    kinds = {field.alias: str(field.annotation) for field in fields}
    named = {name: (kind, _DATA_TYPE.search(kind)) for name, kind in kinds.items()}
    return {
        name: ElementKind(match[1] or match[2], "List[" in kind) if match else ElementKind("", False)
        for name, (kind, match) in named.items()
    }


@cache
def _model(resource_type: str) -> Any:
    module = import_module(f"fhir.resources.R4B.{resource_type.lower()}")
    return getattr(module, resource_type)


def load_models() -> None:
    """Imports every model now, so that the first call does not wait for it."""
    for resource_type in _READ:
        _model(resource_type)


def parse_cited(resource: Resource) -> Parsed:
    """Parses what was read of a resource, after the short list of repairs."""
    repairs: list[str] = []
    wanted = _READ.get(resource.type, "").split()
    data: dict[str, Any] = {"resourceType": resource.type}
    for name in wanted:
        if name in resource.data:
            data[name] = _repaired(resource.data[name], name, resource.type, repairs)
    if _ID.fullmatch(resource.id):
        data["id"] = resource.id
    elif resource.id:
        repairs.append("id was left out")
    try:
        _validate(_without_blanks(data), repairs)
    except Exception as fault:  # on hostile input the package raises more than ValidationError
        element = _element(fault)
        return Parsed(tuple(repairs), element, element in _DECISIVE)
    return Parsed(tuple(repairs))


def _validate(data: dict[str, Any], repairs: list[str]) -> None:
    """Members that FHIR does not know are dropped once, then the resource has to be valid."""
    model = _model(data["resourceType"])
    try:
        model.model_validate(data)
    except ValidationError as fault:
        unknown = [error["loc"] for error in fault.errors() if error["type"] == "extra_forbidden"]
        if not unknown:
            raise
        for *place, name in unknown:
            holder: Any = data
            for step in place:
                holder = holder[step]
            del holder[name]
        repairs.append("unknown members were dropped")
        model.model_validate(data)


def _element(fault: Exception) -> str:
    """The element at fault: named by its place, or (two values, no medication) only in the words of the fault."""
    errors = fault.errors() if isinstance(fault, ValidationError) else []
    steps = (step for error in errors for step in (*error["loc"], *_NAME.findall(error["msg"])))
    return next((str(step) for step in steps if step in _ALL_ELEMENTS), "structure")


def _repaired(value: Any, name: str, resource_type: str, repairs: list[str]) -> Any:
    if name in _LISTS and name not in _LONE.get(resource_type, ()) and isinstance(value, dict):
        repairs.append(f"{name} was no list")
        value = [value]
    if isinstance(value, dict):
        return {
            k: _repaired(v, k, "", repairs) for k, v in value.items() if k not in ("extension", "modifierExtension")
        }
    if isinstance(value, list):
        return [_repaired(item, "", "", repairs) for item in value]
    if isinstance(value, str):
        return _repaired_text(value, name, repairs)
    return value


def _repaired_text(value: str, name: str, repairs: list[str]) -> str:
    zoneless = _ZONELESS.fullmatch(value.strip())
    if zoneless:
        repairs.append(f"{name} had no usable zone")
        return "" if name == "issued" else zoneless[1]  # an instant without its time is none
    if value != value.strip():
        repairs.append(f"{name} had blanks around it")
    return value.strip()


def _without_blanks(value: Any) -> Any:
    if isinstance(value, dict):
        cleaned = {k: _without_blanks(v) for k, v in value.items()}
        return {k: v for k, v in cleaned.items() if v not in ("", None, [], {})}
    if isinstance(value, list):
        return [v for v in (_without_blanks(item) for item in value) if v not in ("", None, [], {})]
    return value


def build(draft: Mapping[str, Any]) -> dict[str, Any]:
    """A resource to be suggested, checked against R4B.

    Raises:
        ValueError: if the plan does not make a valid resource (a fault of the knowledge, found by `check`).
    """
    _model(str(draft["resourceType"])).model_validate(dict(draft))
    return dict(draft)
