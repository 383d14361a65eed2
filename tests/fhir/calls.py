"""Prefetch values as bytes, and the chart that is read from them, with the small code book of these tests.

Resources come from the maker of the package, odd members laid over them as they stand; a Bundle is as raw as its test.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cds_service.cases.resources import Line, resource
from cds_service.cases.short import Reader
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


def made(line: Line, id_: str, **odd: Any) -> dict[str, Any]:
    """The resource of a line with these members as they stand, without those that are None."""
    whole = resource({**line, "raw": odd}, id_, PATIENT, Reader({}, NOW))
    return {name: value for name, value in whole.items() if value is not None}


def observation(id_: str = "o1", **odd: Any) -> dict[str, Any]:
    return made({"Observation": f"{LOINC}|15060-7", "value": "21.1 ug/L", "date": "2026-11-01"}, id_, **odd)


def condition(id_: str = "c1", **odd: Any) -> dict[str, Any]:
    return made({"Condition": "NET"}, id_, **odd)


def bundle(*resources: Any, **members: Any) -> dict[str, Any]:
    """What came back of a search: entries of any shape, and no total unless a test names one."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources]} | members


def raw(value: Any) -> bytes | None:
    return value if value is None or isinstance(value, bytes) else json.dumps(value, default=float).encode()


def supply(templates: dict[str, str] | None = None, **values: Any) -> Supply:
    prefetch = {key.replace("_", "-"): raw(value) for key, value in values.items()}
    return gather(prefetch, TEMPLATES if templates is None else templates, PATIENT)


def chart(**values: Any) -> Chart:
    return relevant(supply(**values), PATIENT, BOOK, TEMPLATES, NOW)


def references(read: Chart) -> list[str]:
    return [resource.reference for resource in read.resources]


def reasons(read: Chart) -> list[tuple[str, str]]:
    return [(item.reference, item.reason) for item in read.set_aside]
