"""The same chart with things in it that say nothing to this service: extensions, metadata, narrative, contained parts.

Never a modifierExtension: that may change the meaning of what it stands in.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.properties.charts import Json, everything

_VALUES: tuple[Json, ...] = (
    {"valueString": "NSE 500 ug/L, hemolyzed; Ki-67 95 %; small cell carcinoma; R0"},
    {"valueCode": "entered-in-error"},
    {"valueBoolean": True},
    {"valueDateTime": "2031-02-03"},
    {"valueQuantity": {"value": 500, "unit": "ug/L", "system": "http://unitsofmeasure.org", "code": "ug/L"}},
    {"valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "254632001"}], "text": "SCLC"}},
    {"valueReference": {"reference": "Patient/someone-else"}},
    {"extension": [{"url": "part", "valueDecimal": 0.5}, {"url": "other", "valueString": "x"}]},
)
_DIVS = (
    '<div xmlns="http://www.w3.org/1999/xhtml">Generated narrative</div>',
    '<div xmlns="http://www.w3.org/1999/xhtml"><p>NSE 500 ug/L, hemolyzed. Ki-67 95 %. Small cell carcinoma.</p></div>',
)
_JUNK: tuple[Json, ...] = (
    {"resourceType": "Organization", "id": "junk-1", "name": "Laboratory of small cell carcinoma and NSE"},
    {"resourceType": "Practitioner", "id": "junk-2", "name": [{"text": "Dr. Cisplatin"}]},
    {"resourceType": "Medication", "id": "junk-3", "code": {"text": "cisplatin"}},
)
_NO_PRIMITIVE = ("resourceType", "id", "url", "reference")  # resourceType is no element; the others stay plain


def unknown_extensions(call: Json, chance: Random) -> None:
    """Extensions with unknown urls on the call, on resources, their parts and data types, and on primitive values."""
    call["extension"] = {"org.example.unknown": [1]}
    call["context"]["extension"] = {"org.example.unknown": {}}
    for resource in everything(call):
        for element in list(_elements(resource)):
            if chance.random() < 0.5:
                listed = element.setdefault("extension", [])
                listed.insert(chance.randint(0, len(listed)), _extension(chance))
            for name in [name for name, value in element.items() if isinstance(value, str)]:
                if name not in _NO_PRIMITIVE and chance.random() < 0.1:
                    element[f"_{name}"] = {"extension": [_extension(chance)]}


def _extension(chance: Random) -> Json:
    url = f"https://example.org/fhir/StructureDefinition/local-{chance.randint(1, 9)}"
    return {"url": url} | copy.deepcopy(chance.choice(_VALUES))


def _elements(value: Any, name: str = "") -> Iterator[Json]:
    """The objects that may carry an extension: all but extensions themselves, which have a value or parts."""
    if isinstance(value, list):
        for part in value:
            yield from _elements(part, name)
    elif isinstance(value, dict):
        if name != "extension":
            yield value
        for key, part in list(value.items()):
            yield from _elements(part, key)


def metadata(call: Json, chance: Random) -> None:
    """Versions, times, sources and tags; the same for a resource that stands in the call twice."""
    seed = chance.random()
    for resource in everything(call):
        own = Random(f"{seed} {resource['resourceType']} {resource.get('id')}")
        added = {
            "versionId": str(own.randint(1, 40)),
            "lastUpdated": f"2026-{own.randint(1, 10):02d}-{own.randint(1, 28):02d}T08:15:00Z",
            "source": "https://example.org/ehr",
            "tag": [{"system": "https://example.org/tags", "code": "from-interface"}],
        }
        resource["meta"] = added | resource.get("meta", {})


def narrative(call: Json, chance: Random) -> None:
    """Narrative of any wording: it is for people, the elements are for machines."""
    for resource in everything(call):
        resource["text"] = {"status": chance.choice(("generated", "additional")), "div": chance.choice(_DIVS)}


def contained_junk(call: Json, chance: Random) -> None:
    """Contained resources that nothing refers to."""
    for resource in everything(call):
        listed = resource.setdefault("contained", [])
        listed.insert(chance.randint(0, len(listed)), copy.deepcopy(chance.choice(_JUNK)))
