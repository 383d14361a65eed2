"""Readings of tumor markers: the value in our unit, the limit it is held against, its level and its sample.

Knows NSE only as one marker among others; what an NSE series says is `picture.nse`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from cds_service.fhir.amounts import Amount
from cds_service.fhir.codes import Codeable
from cds_service.fhir.dates import When
from cds_service.fhir.units import Refused, factor
from cds_service.fhir.values import Element, codeable, codeables, elements, reference, text
from cds_service.guideline.concepts import MarkerLimits, concept_id
from cds_service.guideline.features import Evidence
from cds_service.guideline.patient_values import Level
from cds_service.picture.markers.reference_ranges import own_limit, unit_of_range
from cds_service.picture.record import Record, dated
from cds_service.picture.results import Result

_INTERPRETATION = concept_id("answers/interpretation")
_OTHER_FLUID = re.compile(
    r"\bcsf\b|cerebrospinal|\bliquor|pleura|ascit|aszites|peritone|pericard|effusion|erguss|tissue|gewebe|punktat|biops"
    r"|aspirat|lavage|\bfluid\b|\bcyst|\bzyste|\bsemen\b|saliva|speichel|stool|f(?:a?e)ces|stuhl",
    re.IGNORECASE,
)
_BLOOD = re.compile(r"serum|plasma|\bblood|\bblut", re.IGNORECASE)
_URINE = re.compile(r"urine?\b|\bharn", re.IGNORECASE)

_ONCE = Decimal(1)
_ACTIVITY = concept_id("markers/nse-not-comparable")
_LIMIT_WORDS = {"laboratory": "limit", "site": "site limit", "assumed": "assumed limit"}


@dataclass(frozen=True, slots=True)
class Limit:
    """The upper limit a value is held against, and whose it is: "laboratory", "site" or "assumed"."""

    value: Decimal
    origin: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One result of a marker.

    Attributes:
        amount: in the marker's unit (or as sent, where only the result's own range is used); None if there is none.
        problem: why there is no comparable amount, "" if there is one.
        level: high is strictly above the limit.
    """

    result: Result
    name: str
    amount: Amount | None
    unit: str
    problem: str
    limit: Limit | None
    level: Level

    @property
    def when(self) -> When | None:
        return self.result.when

    @property
    def shown(self) -> str:
        """ "NSE 21.1 ug/L (limit 16.3)": the number judged."""
        if self.amount is None:
            return f"{self.name} {self.result.value.words or self.result.value.absent or 'without a value'}".strip()
        value = f"{self.name} {self.amount.shown} {self.unit}".strip()
        if self.limit is None:
            return value
        return f"{value} ({_LIMIT_WORDS[self.limit.origin]} {self.limit.value:f})"

    @property
    def evidence(self) -> Evidence:
        words = self.shown
        sent = self.result.value.words
        if self.amount is not None and sent and self.unit and self.unit.lower() not in sent.lower():
            words = f"{words}, sent as {sent}"
        if self.result.preliminary:
            words = f"{words}, preliminary"
        return Evidence(dated(words, self.when), self.result.resource.reference)


def is_of_other_fluid(result: Result, record: Record, *, urine: bool = False) -> bool:
    """Spinal fluid, an effusion or tissue under the code of blood; `urine`: the marker is measured in it."""
    words = [*_specimen_words(result, record), *_named_fluids(result, record)]
    return any(_OTHER_FLUID.search(word) or (not urine and _URINE.search(word)) for word in words)


def _specimen_words(result: Result, record: Record) -> Iterator[str]:
    """What the result and its Specimen call the sample, in words or by a code that is a word ("CSF")."""
    named = result.resource.at("specimen")
    yield from (text(item.get("display")) for item in elements(named))
    specimen = record.chart.find(reference(named))
    for kind in codeables(specimen.at("type"), record.book) if specimen else ():
        yield from kind.texts
        yield from (coding.code for coding in kind.codings)


def _named_fluids(result: Result, record: Record) -> Iterator[str]:
    """Where body site or test name say that the sample came from; "serum or CSF" says nothing."""
    for item in (record.code(result.resource, "bodySite"), codeable(result.holder.get("code"), record.book)):
        yield from (words for words in item.texts if not _BLOOD.search(words))


def comparable(result: Result, marker: MarkerLimits, record: Record) -> Reading:
    """A reading in the marker's own unit, with a fallback limit (NSE)."""
    value = result.value
    if value.amount is None:
        level = _interpreted(result.holder, record) or _called(value.coded, record) or Level.UNKNOWN
        return Reading(result, marker.name, None, marker.unit, "no number was given", None, level)
    by = _factor(result, marker, record)
    if isinstance(by, Refused):
        return Reading(result, marker.name, None, marker.unit, by.reason, None, Level.UNKNOWN)
    amount = value.amount.scaled(by)
    own = own_limit(result.holder, by, marker.unit, result.when, record)
    if own is None:
        return _without_range(result, amount, marker, record)
    if not _is_plausible(own, marker, record.limits.plausible_limit_times):
        problem = f"its own limit, {own:f} {marker.unit}, cannot be that of {marker.name}"
        return Reading(result, marker.name, amount, marker.unit, problem, None, Level.UNKNOWN)
    return Reading(result, marker.name, amount, marker.unit, "", Limit(own, "laboratory"), _level(amount, own))


def _without_range(result: Result, amount: Amount, marker: MarkerLimits, record: Record) -> Reading:
    """By the laboratory's interpretation, else by the limit of the site or the assumed one."""
    interpreted = _interpreted(result.holder, record)
    if interpreted:
        return Reading(result, marker.name, amount, marker.unit, "", None, interpreted)
    limit = _site_limit(result, marker, record) or Limit(Decimal(marker.upper_limit), "assumed")
    level, problem = _level(amount, limit.value), ""
    if level is Level.NORMAL and "abnormal" in _flags(result.holder, record):
        level, problem = Level.UNKNOWN, "the laboratory calls it abnormal and sent no limit"
    return Reading(result, marker.name, amount, marker.unit, problem, limit, level)


def _site_limit(result: Result, marker: MarkerLimits, record: Record) -> Limit | None:
    """The limit of the site's laboratory for the method the result states, else the one it gives for all methods."""
    stated = list(_stated_methods(result, record))
    of_method = [one for one in marker.site_limits if one.method and any(_names(words, one.method) for words in stated)]
    of_all = [one for one in marker.site_limits if not one.method]
    # Of "Roche" and "Roche Cobas" the longer is meant; two that have nothing in common are a riddle.
    best = max(of_method, key=lambda one: len(one.method), default=None)
    if best is None or not all(_names(best.method, one.method) for one in of_method):
        best = next(iter(of_all), None)
    return Limit(best.upper, "site") if best else None


def _stated_methods(result: Result, record: Record) -> Iterator[str]:
    """Where laboratories say how a value was measured: the method, else who or what measured it."""
    yield from record.code(result.resource, "method").texts
    for name in ("performer", "device"):
        for item in elements(result.resource.at(name)):
            yield text(item.get("display"))


def _names(words: str, method: str) -> bool:
    pattern = r"\W+".join(map(re.escape, re.findall(r"\w+", method)))
    return re.search(rf"\b{pattern}\b", words, re.IGNORECASE) is not None


def by_own_range(result: Result, marker: MarkerLimits, record: Record) -> Reading:
    """A reading against the result's own range or interpretation only (chromogranin A: assays do not compare)."""
    value = result.value
    unit = value.unit
    own = own_limit(result.holder, Decimal(1), unit, result.when, record)
    if value.amount is not None and own is not None:
        return Reading(result, marker.name, value.amount, unit, "", Limit(own, "laboratory"), _level(value.amount, own))
    level = _interpreted(result.holder, record) or Level.UNKNOWN
    problem = "" if value.amount is not None else "no number was given"
    return Reading(result, marker.name, value.amount, unit, problem, None, level)


def _factor(result: Result, marker: MarkerLimits, record: Record) -> Decimal | Refused:
    unit = result.value.unit
    if result.concept == _ACTIVITY:  # whatever unit stands beside it
        return Refused(f"{unit or 'a value without unit'}: the code of the test says activity or arbitrary units")
    if unit:
        return factor(unit, marker.unit)
    printed = {unit_of_range(range_) for range_ in elements(result.holder.get("referenceRange"))} - {""}
    own = own_limit(result.holder, Decimal(1), marker.unit, result.when, record)
    if own is not None and _is_plausible(own, marker) and all(factor(u, marker.unit) == Decimal(1) for u in printed):
        return Decimal(1)
    return Refused(f"no unit was given, and no reference range that shows it is {marker.unit}")


def _is_plausible(limit: Decimal, marker: MarkerLimits, times: Decimal = _ONCE) -> bool:
    """Whether laboratories have such a limit; `times`: how far beyond the known ones it may lie."""
    low, high = (Decimal(end) for end in marker.plausible_limit)
    return low / times <= limit <= high * times


def _level(amount: Amount, limit: Decimal) -> Level:
    match amount.above(limit):
        case True:
            return Level.HIGH
        case False:
            return Level.NORMAL
        case _:
            return Level.UNKNOWN


def _interpreted(holder: Element, record: Record) -> Level | None:
    """What the laboratory itself thought of the value."""
    levels = {_called(item, record) for item in codeables(holder.get("interpretation"), record.book)}
    levels.discard(None)
    return levels.pop() if len(levels) == 1 else None


def _called(item: Codeable, record: Record) -> Level | None:
    values = _values(item, record)
    if "high" in values:
        return Level.HIGH
    return Level.NORMAL if values and values <= {"normal", "low"} else None


def _flags(holder: Element, record: Record) -> frozenset[str]:
    items = codeables(holder.get("interpretation"), record.book)
    return frozenset(value for item in items for value in _values(item, record))


def _values(item: Codeable, record: Record) -> set[str]:
    """Of a coded or a bare answer ("H", high); a code without a system, or of the laboratory's own, as one of HL7."""
    codings = (replace(c, system=c.system or "v3-interpretation") for c in item.codings)
    bare = Codeable(tuple(codings), item.text)
    return {m.attributes.get("value", "") for m in record.book.which(bare, _INTERPRETATION)}
