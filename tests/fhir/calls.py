"""Prefetch values as bytes, and the chart that is read from them, with the small code book of these tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cds_service.fhir.prefetch import Supply, gather
from cds_service.fhir.resources import Chart, relevant
from tests.fhir.books import BOOK, LOINC

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
PATIENT = "net-1"
TEMPLATES = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}",
    "nse": "Observation?patient={{context.patientId}}&code=http://loinc.org|15060-7,http://loinc.org|57371-7",
    "reports": "DiagnosticReport?patient={{context.patientId}}",
}


def observation(id_: str = "o1", **changes: Any) -> dict[str, Any]:
    made = {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "15060-7"}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": "2026-11-01",
        "valueQuantity": {"value": 21.1, "unit": "ug/L"},
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def condition(id_: str = "c1", **changes: Any) -> dict[str, Any]:
    made = {
        "resourceType": "Condition",
        "id": id_,
        "code": {"text": "NET"},
        "subject": {"reference": f"Patient/{PATIENT}"},
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def bundle(*resources: Any, **members: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources]} | members


def raw(value: Any) -> bytes | None:
    return value if value is None or isinstance(value, bytes) else json.dumps(value).encode()


def supply(templates: dict[str, str] | None = None, **values: Any) -> Supply:
    prefetch = {key.replace("_", "-"): raw(value) for key, value in values.items()}
    return gather(prefetch, TEMPLATES if templates is None else templates, PATIENT)


def chart(**values: Any) -> Chart:
    return relevant(supply(**values), PATIENT, BOOK, TEMPLATES, NOW)


def references(read: Chart) -> list[str]:
    return [resource.reference for resource in read.resources]


def reasons(read: Chart) -> list[tuple[str, str]]:
    return [(item.reference, item.reason) for item in read.set_aside]
