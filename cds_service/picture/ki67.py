"""Ki-67 of one tumor: read as intervals from results and reports, never from a breast specimen for another tumor.

Says nothing of the grade; that is `grading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce

from cds_service.fhir.amounts import Amount, from_text
from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import find
from cds_service.fhir.units import Refused, percent_factor
from cds_service.fhir.values import notes
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.limits import Limits
from cds_service.guideline.tumor_values import Ki67Band, Ki67Found
from cds_service.picture.pathology import joined, loose_words, pathology_words
from cds_service.picture.record import Record, date_of_result, dated
from cds_service.picture.results import Result, results
from cds_service.picture.tumors import Tumor

_KI67_TEXT = re.compile(
    r"\b(?:ki[\s-]?67|mib[\s-]?1)\b[^.;\d<>≤≥]{0,40}?(?P<value>[<>≤≥]?\s*\d+(?:[.,]\d+)?(?:\s*[-–]\s*\d+(?:[.,]\d+)?)?)"
    r"\s*(?:%|percent\b|per cent\b|prozent\b)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\bki[\s-]?67\b|\bmib[\s-]?1\b", re.IGNORECASE)
_HOT_SPOT = re.compile(r"hot[\s-]?spot", re.IGNORECASE)
_MEAN = re.compile(r"\b(?:mean|average|mittel\w*|durchschnitt\w*)\b", re.IGNORECASE)
_LEADING_WORDS = re.compile(r"^[^\d<>≤≥]*")


@dataclass(frozen=True, slots=True)
class Percent:
    """One Ki-67: the share of positive nuclei in percent."""

    amount: Amount
    when: When | None
    hot_spot: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Ki67:
    """What is known of the Ki-67 of one tumor.

    Attributes:
        chosen: the figure that counts, None if there is none.
        unlinked: another one could be of several tumors.
        unreadable: those that are there and say no figure.
    """

    chosen: Percent | None
    unlinked: bool
    unreadable: tuple[Evidence, ...]


def ki67_of(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Ki67:
    """The Ki-67 that belongs to this tumor, from results and from the words of reports."""
    concepts = ("pathology/ki67", "pathology/ki67-breast") if tumor.family == "breast" else ("pathology/ki67",)
    own, unlinked = joined(results(record, *concepts), tumor, everyone, record)
    read = [(result, _percent(result)) for result in own]
    told = [(report, words, _figures(words)) for report, words in pathology_words(tumor, everyone, record)]
    percents = [percent for _, percent in read if percent is not None]
    percents += [_from_report(report, words, found[0]) for report, words, found in told if len(found) == 1]
    unlinked |= any(_figures(words) for words in loose_words(tumor, everyone, record))
    unreadable = tuple(_unreadable(result) for result, percent in read if percent is None)
    unreadable += tuple(_ambiguous(report, found) for report, _, found in told if len(found) > 1)
    return Ki67(_chosen(percents), unlinked, unreadable)


def _percent(result: Result) -> Percent | None:
    value = result.value
    if _HOT_SPOT.search(value.words):
        reading = _hot_spot_value(value.words)
        return None if reading is None else _as_percent(reading, result, value.words)
    if value.amount is None:
        said = (found for words in (*value.texts, *notes(result.resource.data)) if (found := _figures(words)))
        first = next(said, [])
        return _as_percent(first[0], result, value.words) if len(first) == 1 else None
    probe = value.amount.high if value.amount.high is not None else value.amount.low
    by = percent_factor(value.unit, probe or Decimal(0))
    if isinstance(by, Refused) or (by != 1 and "%" in value.words):  # a fraction by its code, percent by its unit
        return None
    amount = value.amount.scaled(by)
    return None if _exceeds_100(amount) else _as_percent(amount, result, value.words)


def _exceeds_100(amount: Amount) -> bool:
    return bool(amount.above(Decimal(100)))


def _as_percent(amount: Amount, result: Result, words: str) -> Percent:
    label = f"Ki-67 {amount.shown} %" + (" (preliminary)" if result.preliminary else "")
    shown = Evidence(dated(label, result.when), result.resource.reference)
    return Percent(amount, result.when, bool(_HOT_SPOT.search(words)), shown)


def _hot_spot_value(words: str) -> Amount | None:
    """Of "up to 22 % (hot spot), mean 12 %" the hot spot's figure; None where one clause names both."""
    for part in re.split(r";|,\s", words):
        if _HOT_SPOT.search(part) and not _MEAN.search(part) and (read := from_text(_LEADING_WORDS.sub("", part, 1))):
            return read[0]
    return None


def _figures(words: str) -> list[Amount]:
    """The different Ki-67 figures of a text; where it tells the hot spot's, only that one."""
    found = find(_KI67_TEXT, words)
    for item in found:
        if _HOT_SPOT.search(item.clause) and (hot_spot := _hot_spot_value(_NAME.sub("", item.clause))):
            return [hot_spot]
    reads = (from_text(item.match["value"]) for item in found)
    return list(dict.fromkeys(read[0] for read in reads if read))


def _from_report(report: Resource, words: str, amount: Amount) -> Percent:
    when = date_of_result(report)
    shown = Evidence(dated(f"Ki-67 {amount.shown} % (report text)", when), report.reference)
    return Percent(amount, when, bool(_HOT_SPOT.search(words)), shown)


def _ambiguous(report: Resource, found: list[Amount]) -> Evidence:
    figures = " and ".join(amount.shown for amount in found)
    return Evidence(dated(f"Ki-67 {figures} % in one report", date_of_result(report)), report.reference)


def _unreadable(result: Result) -> Evidence:
    return Evidence(dated(f"Ki-67 {result.value.words or 'without a value'}", result.when), result.resource.reference)


def _chosen(percents: Iterable[Percent]) -> Percent | None:
    """The newest specimen; of one day the hot spot before the mean, and of several that differ all they allow."""
    ordered = sorted(percents, key=lambda p: (_day(p), p.hot_spot, p.evidence.reference))
    if not ordered:
        return None
    chosen = ordered[-1]
    rivals = [p for p in ordered if (_day(p), p.hot_spot) == (_day(chosen), chosen.hot_spot)]
    span = reduce(Amount.joined, (p.amount for p in rivals))
    if span == chosen.amount:
        return chosen
    shown = Evidence(dated(f"Ki-67 {span.shown} % (results that differ)", chosen.when), chosen.evidence.reference)
    return replace(chosen, amount=span, evidence=shown)


def _day(percent: Percent) -> str:
    return percent.when.text[:10] if percent.when else ""


def ki67_features(ki67: Ki67, record: Record) -> Iterator[Feature]:
    """`ki67-found` and `ki67-band`."""
    if ki67.chosen is None:
        gap, note = ki67_gap(ki67, record)
        if gap is None:
            yield known("ki67-found", Ki67Found.NOT_FOUND, evidence=[Evidence("pathology searched, no Ki-67 found")])
            yield unknown("ki67-band", Gap.NOT_RECORDED, "no Ki-67 was found")
        else:
            yield unknown("ki67-found", gap, note, ki67.unreadable)
            yield unknown("ki67-band", gap, note, ki67.unreadable)
        return
    yield known("ki67-found", Ki67Found.FOUND, evidence=[ki67.chosen.evidence])
    band = _band(ki67.chosen.amount, record.limits)
    if band is None:
        yield unknown("ki67-band", Gap.NOT_READABLE, "the range spans several bands", [ki67.chosen.evidence])
    else:
        yield known("ki67-band", band, evidence=[ki67.chosen.evidence])


def ki67_gap(ki67: Ki67, record: Record) -> tuple[Gap | None, str]:
    """Why there is no Ki-67, and in words; no gap where pathology was searched and has none."""
    if ki67.unlinked:
        return Gap.NOT_LINKED, "a Ki-67 is not linked to one of several tumors"
    if ki67.unreadable:
        return Gap.NOT_READABLE, "a Ki-67 cannot be read"
    return (None, "") if record.searched("pathology", "reports") else (Gap.NOT_SEARCHED, "")


def _band(amount: Amount, limits: Limits) -> Ki67Band | None:
    """The band that holds every value the result allows."""
    steps = (
        (Ki67Band.TO_2, amount.above(limits.ki67_to_2)),
        (Ki67Band.OVER_2_UNDER_3, _not(amount.below(limits.ki67_g2_from))),
        (Ki67Band.FROM_3_UNDER_10, _not(amount.below(limits.ki67_from_10))),
        (Ki67Band.FROM_10_TO_20, amount.above(limits.ki67_g3_above)),
        (Ki67Band.OVER_20_TO_55, amount.above(limits.ki67_to_55)),
    )
    for band, beyond in steps:
        if beyond is not True:
            return None if beyond is None else band
    return Ki67Band.OVER_55


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
