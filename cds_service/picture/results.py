"""Observations as results: components flattened, statuses respected, only the last correction of one result kept.

Says what was measured and when; what it means is the work of the modules that ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cds_service.fhir.codes import Codeable
from cds_service.fhir.dates import LONG_AGO, When, parse
from cds_service.fhir.resources import OBSERVATION_FOLDERS, Resource
from cds_service.fhir.values import (
    Element,
    Value,
    code_of,
    codeable,
    elements,
    listed,
    reference,
    span_of,
    text,
    value_of,
)
from cds_service.guideline.concepts import ConceptId, concept_id, concept_ids
from cds_service.picture.record import Record, date_of_result

_RANK = {"corrected": 2, "amended": 2, "final": 1, "preliminary": 0}
_MORE_EXACT = concept_ids("markers/nse-other-specimen", "pathology/ki67-breast", "pathology/mitoses-breast")
ANY_STAIN = concept_id("pathology/ihc-generic")
_SHARED = ("specimen", "focus", "bodySite")
_EFFECTIVE = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "effectiveTiming")
_WITHDRAWN = ("entered-in-error", "cancelled")


@dataclass(frozen=True, slots=True)
class Result:
    """One value of one Observation (or of a component of it).

    Attributes:
        concept: id of the concept its code means ("markers/nse").
        holder: the Observation or component that holds value, range and interpretation.
    """

    resource: Resource
    concept: ConceptId
    holder: Element
    value: Value
    when: When | None
    preliminary: bool

    @property
    def sort_key(self) -> tuple[datetime, datetime, str]:
        """Order by effective time, then issue, then id; undated results first."""
        return (self.when.order if self.when else LONG_AGO, _moment(self.resource.at("issued")), self.resource.id)


_Named = tuple[Result, tuple[ConceptId, ...]]  # a result with all that its code means


def results(record: Record, *concepts: ConceptId) -> list[Result]:
    """All results of these concepts whose status counts, newest last; preliminary ones are marked."""
    if "results" not in record.once:
        record.once["results"] = _not_withdrawn(_all_results(record), record)
    found = []
    for result, named in record.once["results"]:
        concept = _wanted(named, concepts)
        if concept:
            found.append(replace(result, concept=concept))
    return found


def _all_results(record: Record) -> list[_Named]:
    """Every result of the chart with the concepts its code means, oldest first."""
    counted = [resource for resource in record.chart.of("Observation") if _rank(resource) >= 0]
    gathering = _gathering(record)
    found = [
        pair
        for resource in _corrected(counted, record)
        for pair in _flattened(_completed(resource, gathering, record), record)
    ]
    return sorted(found, key=lambda pair: pair[0].sort_key)


def _rank(resource: Resource) -> int:
    return _RANK.get(code_of(resource.at("status")), -1)


def _moment(value: object) -> datetime:
    when = parse(value)
    return when.order if when else LONG_AGO


def _gathering(record: Record) -> dict[str, Resource]:
    """The panel each result is a member of, else the report it came with."""
    found: dict[str, Resource] = {}
    for kind, members in (("DiagnosticReport", "result"), ("Observation", "hasMember")):
        for resource in record.chart.of(kind):
            if _rank(resource) >= 0:
                found |= {reference(item): resource for item in elements(resource.at(members))}
    return found


def _completed(resource: Resource, gathering: Mapping[str, Resource], record: Record) -> Resource:
    """A result with what only its panel, report or specimen says: the sample, whose it is, when it was taken."""
    panel = gathering.get(resource.reference)
    if panel and not _may_be_one_draw(resource, panel):
        panel = None
    shared = {name: _outside(panel, name) for name in _SHARED if panel and _is_one(panel.at(name))}
    data = {**shared, **resource.data}
    if resource.at("specimen"):
        data["specimen"] = _outside(resource, "specimen")
    if not any(data.get(name) for name in _EFFECTIVE):
        data |= _taken(replace(resource, data=data), panel, record)
    return replace(resource, data=data)


def _may_be_one_draw(resource: Resource, panel: Resource) -> bool:
    """A report may bring older results along: what it says of sample and time is not theirs."""
    own, theirs = span_of(resource.data, *_EFFECTIVE), span_of(panel.data, *_EFFECTIVE)
    if own is None and theirs is not None:
        issued = parse(resource.at("issued"))
        return issued is None or theirs.earliest <= issued.latest
    if own is None or theirs is None or own.text[:10] == theirs.text[:10]:
        return True
    return own.earliest <= theirs.latest and theirs.earliest <= own.latest


def _is_one(value: object) -> bool:
    return isinstance(value, dict) or len(listed(value)) == 1


def _outside(resource: Resource, name: str) -> Any:
    """A reference as others may use it: "#s" is the contained resource of this one alone."""
    target = reference(resource.at(name))
    return {"reference": f"{resource.reference}{target}"} if target.startswith("#") else resource.at(name)


def _taken(resource: Resource, panel: Resource | None, record: Record) -> dict[str, Any]:
    """When the sample was taken, in the words of the specimen, else of the panel or report."""
    specimen = record.chart.find(reference(resource.at("specimen")))
    collection = specimen.at("collection") if specimen else None
    times = collection if isinstance(collection, dict) else {}
    own = {"effectiveDateTime": times.get("collectedDateTime"), "effectivePeriod": times.get("collectedPeriod")}
    told = {name: value for name, value in own.items() if value}
    return told or {name: panel.at(name) for name in _EFFECTIVE if panel and panel.at(name)}


def _corrected(observations: Iterable[Resource], record: Record) -> list[Resource]:
    """Of the results of one kind with one identifier only the latest correction.

    Results of different kinds may share one: the number of the order they came with.
    """
    best: dict[tuple[str, ...], Resource] = {}
    for observation in observations:
        meant = _concepts(record.code(observation), record) or (record.code(observation).shown,)
        key = (_identifier(observation) or observation.reference, *meant)
        if key not in best or _newer(observation, best[key]):
            best[key] = observation
    return list(best.values())


def _newer(one: Resource, other: Resource) -> bool:
    def key(resource: Resource) -> tuple[int, datetime, datetime, str]:
        meta = resource.at("meta")
        updated = _moment(meta.get("lastUpdated")) if isinstance(meta, dict) else LONG_AGO
        return (_rank(resource), _moment(resource.at("issued")), updated, resource.id)

    return key(one) > key(other)


def _identifier(observation: Resource) -> str:
    for identifier in elements(observation.at("identifier")):
        if value := text(identifier.get("value")):
            return f"{text(identifier.get('system'))}|{value}"
    return ""


def _concepts(code: Codeable, record: Record) -> tuple[ConceptId, ...]:
    """What the code means; one that only says that something was stained leaves it to the words to say what."""
    named = [meaning.concept.id for meaning in record.book.meanings(code, *OBSERVATION_FOLDERS)]
    if set(named) == {ANY_STAIN}:
        named += [meaning.concept.id for meaning in record.book.in_text(code.texts, *OBSERVATION_FOLDERS)]
    return tuple(name for name in named if name != ANY_STAIN) or tuple(named)


def _flattened(resource: Resource, record: Record) -> Iterator[_Named]:
    holders = [(resource.data, record.code(resource))]
    holders += [(part, codeable(part.get("code"), record.book)) for part in elements(resource.at("component"))]
    for holder, code in holders:
        if holder is resource.data and _is_panel(resource, record):
            continue
        named = _concepts(code, record)
        if named:
            value = value_of(holder, record.book)
            yield Result(resource, named[0], holder, value, date_of_result(resource), _rank(resource) == 0), named


def _wanted(named: tuple[ConceptId, ...], concepts: tuple[ConceptId, ...]) -> ConceptId | None:
    """The wanted concept among those a code means; a more exact sibling (breast-only Ki-67) hides it."""
    if any(name in _MORE_EXACT and name not in concepts for name in named):
        return None
    return next((name for name in named if name in concepts), None)


def _is_panel(resource: Resource, record: Record) -> bool:
    """An Observation that only gathers: no value of its own and no word on why, but components or members."""
    gathers = bool(elements(resource.at("component")) or resource.at("hasMember"))
    value = value_of(resource.data, record.book)
    return gathers and value.is_empty and not value.absent


def _not_withdrawn(found: list[_Named], record: Record) -> list[_Named]:
    """Without those that a later version of the same test under the same identifier took back."""
    taken_back = [
        resource
        for resource in record.chart.of("Observation")
        if code_of(resource.at("status")) in _WITHDRAWN and _identifier(resource)
    ]
    return [pair for pair in found if not any(_takes_back(one, pair[0].resource, record) for one in taken_back)]


def _takes_back(withdrawn: Resource, resource: Resource, record: Record) -> bool:
    same = _identifier(withdrawn) == _identifier(resource)
    tests = [
        [meaning.concept.id for meaning in record.book.meanings(record.code(one), *OBSERVATION_FOLDERS)]
        for one in ((withdrawn, resource) if same else ())
    ]
    return same and tests[0] == tests[1] and _version(withdrawn) > _version(resource)


def _version(resource: Resource) -> tuple[datetime, ...]:
    meta = resource.at("meta")
    told = resource.at("issued"), meta.get("lastUpdated") if isinstance(meta, dict) else None
    return tuple(when.earliest if (when := parse(moment)) else LONG_AGO for moment in told)
