"""Where something was taken from or found: body sites and specimens of results, organs in words.

Joins nothing to a tumor; that is `tumors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_service.fhir.codes import Codeable
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty, find
from cds_service.fhir.values import Element, codeable, codeables, elements, reference, text
from cds_service.guideline.concepts import concept_id
from cds_service.picture.record import Record

_NEUROENDOCRINE = concept_id("answers/neuroendocrine")
_SPREAD_PLACE = concept_id("answers/spread-place")
_WORDS = concept_id("diagnoses/words")
_OTHER_ORGAN = concept_id("answers/other-organ")
ELSEWHERE = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result is from.

    Attributes:
        sites: organs of ours.
        elsewhere: the family of tumors of an organ that is none of ours ("breast", "prostate", "other"), else "".
    """

    sites: frozenset[str]
    elsewhere: str


def named_sites(texts: Iterable[str], record: Record) -> Iterator[str]:
    """The organs that texts surely name; those to which a tumor has spread are left out."""
    organs = [phrase for phrase in record.phrases(_WORDS) if "site" in phrase.attributes]
    for words in texts:
        for spread in record.phrases(_SPREAD_PLACE):
            words = spread.pattern.sub(" ", words)
        for organ in organs:
            if any(found.certainty is Certainty.AFFIRMED for found in find(organ.pattern, words)):
                yield organ.attributes["site"]


def place_of(resource: Resource, record: Record, holder: Element | None = None) -> Place:
    """The place of a result by its body site, its specimen, its name and that of its component; read once a call."""
    known: dict[tuple[str, Codeable], Place] = record.once.setdefault("places", {})
    part = codeable((holder or {}).get("code"), record.book)
    if (resource.path, part) not in known:
        named = (*_places(resource, record), record.code(resource), part)
        texts = [words for place in named for words in place.texts]
        sites = frozenset(named_sites(texts, record)) - {ELSEWHERE}
        known[resource.path, part] = Place(sites, _elsewhere(resource, texts, record))
    return known[resource.path, part]


def _elsewhere(resource: Resource, texts: list[str], record: Record) -> str:
    """A report that names a neuroendocrine tumor is of a metastasis there, not of a tumor of that organ."""
    if record.says(_NEUROENDOCRINE, text(resource.at("conclusion"))):
        return ""
    organs = (p for p in record.phrases(_OTHER_ORGAN) if any(p.pattern.search(words) for words in texts))
    return next((phrase.attributes["value"] for phrase in organs), "")


def _places(resource: Resource, record: Record) -> list[Codeable]:
    """The body site of a result and of its specimens."""
    places = codeables(resource.at("bodySite"), record.book)
    for named in elements(resource.at("specimen")):
        specimen = record.chart.find(reference(named))
        if specimen is not None:
            collection = specimen.at("collection")
            places += codeables(collection.get("bodySite"), record.book) if isinstance(collection, dict) else []
            places += codeables(specimen.at("type"), record.book)
    return places


def came_with(resource: Resource, record: Record) -> tuple[Resource, ...]:
    """The reports and panels a result came with."""
    if "came with" not in record.once:
        found: dict[str, list[Resource]] = {}
        for holder in record.chart.of("DiagnosticReport", "Observation"):
            for member in (*elements(holder.at("result")), *elements(holder.at("hasMember"))):
                found.setdefault(reference(member), []).append(holder)
        record.once["came with"] = found
    return tuple(record.once["came with"].get(resource.reference, ()))
