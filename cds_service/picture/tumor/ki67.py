"""Ki-67 of one tumor: read as intervals from results and reports, never from a breast specimen for another tumor.

Says nothing of the grade; that is `grading`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import reduce

from cds_service.fhir.amounts import Amount
from cds_service.fhir.dates import LONG_AGO, When
from cds_service.fhir.resources import Resource
from cds_service.fhir.units import Refused, percent_factor
from cds_service.fhir.values import notes
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.limits import Limits
from cds_service.guideline.tumor_values import Ki67Band, Ki67Found
from cds_service.picture.record import Record, date_of_result, dated
from cds_service.picture.results import Result, results
from cds_service.picture.tumor.ki67_words import (
    clauses_on_ki67,
    figures,
    has_unclear_figure,
    lone_figure,
    names_hot_spot,
    of_hot_spot,
    percentages,
)
from cds_service.picture.tumor.pathology import is_of_metastasis, is_resection, joined, loose_words, pathology_words
from cds_service.picture.tumor.tumors import Tumor

_KI67 = concept_id("pathology/ki67")
_KI67_BREAST = concept_id("pathology/ki67-breast")


@dataclass(frozen=True, slots=True)
class Percent:
    """One Ki-67: the share of positive nuclei in percent.

    Attributes:
        resected: the tissue came from a resection; False for a biopsy, None where it is not said.
    """

    amount: Amount
    when: When | None
    hot_spot: bool
    evidence: Evidence
    resected: bool | None = None


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
    concepts = (_KI67, _KI67_BREAST) if tumor.family == "breast" else (_KI67,)
    own, unlinked = joined(results(record, *concepts), tumor, everyone, record)
    read = [(result, _percent(result, record)) for result in own]
    told = [(report, words, figures(words)) for report, words in pathology_words(tumor, everyone, record)]
    percents = [percent for _, percent in read if percent is not None]
    percents += [_from_report(report, words, found[0], record) for report, words, found in told if len(found) == 1]
    unlinked |= any(figures(words) for words in loose_words(tumor, everyone, record))
    unreadable = tuple(_unreadable(result) for result, percent in read if percent is None)
    unreadable += tuple(_ambiguous(report, found) for report, _, found in told if len(found) > 1)
    unreadable += tuple(_unclear(report) for report, words, _ in told if has_unclear_figure(words))
    return Ki67(_chosen(percents), unlinked, unreadable)


def _percent(result: Result, record: Record) -> Percent | None:
    amount = _amount(result)
    if amount is None or amount.above(Decimal(100)):
        return None
    label = f"Ki-67 {amount.shown} %" + (" (preliminary)" if result.preliminary else "")
    return _percent_of(amount, label, result.value.words, result.resource, record)


def _from_report(report: Resource, words: str, amount: Amount, record: Record) -> Percent:
    return _percent_of(amount, f"Ki-67 {amount.shown} % (report text)", words, report, record)


def _percent_of(amount: Amount, label: str, words: str, resource: Resource, record: Record) -> Percent:
    when = date_of_result(resource)
    foreign = is_of_metastasis(resource, record, clauses_on_ki67(words))
    named = f"{label} of a metastasis" if foreign else label
    return Percent(
        amount,
        when,
        names_hot_spot(words),
        Evidence(dated(named, when), resource.reference),
        is_resection(resource, record, words),
    )


def _only(amounts: list[Amount]) -> Amount | None:
    return amounts[0] if len(amounts) == 1 else None


def _amount(result: Result) -> Amount | None:
    """The figure of a result in percent; None where it has none, or several and no hot spot among them."""
    value = result.value
    if names_hot_spot(value.words):
        return _only(of_hot_spot(value.words))
    if value.amount is None:
        said = [figures(words) or lone_figure(words, counted=False) for words in value.texts]
        said += [figures(words) or lone_figure(words, counted=True) for words in notes(result.resource.data)]
        return _only(next((found for found in said if found), []))
    told, single = lone_figure(value.words, counted=False), percentages(value.words)
    if len(single) > 1 or (told and told != single):
        return _only(told)
    probe = value.amount.high if value.amount.high is not None else value.amount.low
    by = percent_factor(value.unit, probe or Decimal(0))
    if isinstance(by, Refused) or (by > 1 and "%" in value.words):  # a fraction by its code, percent by its unit
        return None
    return value.amount.scaled(by)


def _ambiguous(report: Resource, found: list[Amount]) -> Evidence:
    told = " and ".join(amount.shown for amount in found)
    return Evidence(dated(f"Ki-67 {told} % in one report", date_of_result(report)), report.reference)


def _unclear(report: Resource) -> Evidence:
    return Evidence(dated("Ki-67 named with a figure that cannot be read", date_of_result(report)), report.reference)


def _unreadable(result: Result) -> Evidence:
    return Evidence(dated(f"Ki-67 {result.value.words or 'without a value'}", result.when), result.resource.reference)


def _chosen(percents: Iterable[Percent]) -> Percent | None:
    """The newest specimen, a resection before its own biopsy of that month; the hot spot before the mean.

    Of several of one time that differ: all they allow.
    """
    ordered = sorted(percents, key=lambda p: (_order(p), p.evidence.reference))
    if not ordered:
        return None
    newest = ordered[-1]
    if newest.resected is False:
        newest = next((p for p in reversed(ordered) if p.resected and _month(p) == _month(newest)), newest)
    same = [p for p in ordered if _at_one_time(p, newest) and not (newest.resected and p.resected is False)]
    rivals = [p for p in same if p.hot_spot] or same
    chosen = rivals[-1]
    span = reduce(Amount.joined, (p.amount for p in rivals))
    if span == chosen.amount:
        return chosen
    shown = Evidence(dated(f"Ki-67 {span.shown} % (results that differ)", chosen.when), chosen.evidence.reference)
    return replace(chosen, amount=span, evidence=shown)


def _order(percent: Percent) -> datetime:
    return percent.when.order if percent.when else LONG_AGO


def _month(percent: Percent) -> str:
    return percent.when.text[:7] if percent.when else ""


def _at_one_time(one: Percent, other: Percent) -> bool:
    """One day; of dates that do not name the day, those that may be it."""
    if one.when is None or other.when is None:
        return one.when is other.when
    days = one.when.text[:10], other.when.text[:10]
    if min(map(len, days)) == len("2026-03-15"):
        return days[0] == days[1]
    return one.when.earliest <= other.when.latest and other.when.earliest <= one.when.latest


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
