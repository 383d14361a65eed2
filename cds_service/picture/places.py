"""Where something was taken from or found: body sites and specimens of results, organs in words.

Joins nothing to a tumor; that is `tumors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.fhir.codes import Codeable
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import codeables, elements, reference, text
from cds_service.picture.record import Record

ELSEWHERE = "other"


def named_sites(texts: Iterable[str], record: Record) -> Iterator[str]:
    """The organs that texts surely name; those to which a tumor has spread are left out."""
    for words in texts:
        for phrase in record.phrases("answers/spread-place"):
            words = phrase.pattern.sub(" ", words)
        for meaning in record.book.in_text([words], "diagnoses"):
            if meaning.name == "words" and "site" in meaning.attributes and meaning.certainty is Certainty.AFFIRMED:
                yield meaning.attributes["site"]


def sites_of(resource: Resource, record: Record) -> frozenset[str]:
    """The organs of ours at the body site of a result, in its specimen or in its name."""
    texts = [words for place in (*_places(resource, record), record.code(resource)) for words in place.texts]
    return frozenset(named_sites(texts, record)) - {ELSEWHERE}


def organ_elsewhere(resource: Resource, record: Record) -> str:
    """The family of tumors of an organ that is none of ours ("breast", "prostate", "other"); "" for all else.

    A report that names a neuroendocrine tumor is of a metastasis there, not of a tumor of that organ.
    """
    conclusion = text(resource.at("conclusion"))
    if any(phrase.pattern.search(conclusion) for phrase in record.phrases("answers/neuroendocrine")):
        return ""
    texts = [words for place in (*_places(resource, record), record.code(resource)) for words in place.texts]
    organs = (p for p in record.phrases("answers/other-organ") if any(p.pattern.search(words) for words in texts))
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


def holders(resource: Resource, record: Record) -> tuple[Resource, ...]:
    """The reports and panels a result came with."""
    if "holders" not in record.once:
        found: dict[str, list[Resource]] = {}
        for holder in record.chart.of("DiagnosticReport", "Observation"):
            for member in (*elements(holder.at("result")), *elements(holder.at("hasMember"))):
                found.setdefault(reference(member), []).append(holder)
        record.once["holders"] = found
    return tuple(record.once["holders"].get(resource.reference, ()))
