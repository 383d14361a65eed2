"""The newest NSE of a patient: whether it counts, how high it is, how old, what preceded its draw; how many there are.

What several readings say together is `method_and_trend`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from cds_service.fhir.dates import months_before
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import (
    Level,
    NseAboveNsclcRange,
    NseAge,
    NseCount,
    NseEvent,
    NseMultiple,
    NseReading,
    NseSpecimen,
)
from cds_service.picture.markers.readings import Reading
from cds_service.picture.nse.readings import Judged, Series, judged_readings, missing, newest_of, nse_series
from cds_service.picture.record import Record, none_found

SEARCHED = Evidence("NSE results searched, none found")


def nse_features(series: Series, record: Record) -> Iterator[Feature]:
    """All features that the newest reading decides, and the count."""
    newest, gap = series.newest, series.gap
    yield _reading(newest, gap)
    yield _level(newest, gap)
    yield _multiple(newest, gap, record)
    yield _above_nsclc_range(newest, gap, record)
    yield _specimen(newest, gap)
    yield _count(series)
    yield _event(newest, gap, record)
    yield _age(record)


_Gap = tuple[Gap, str] | None


def _none(name: str, value: StrEnum, gap: _Gap) -> Feature:
    return unknown(name, *gap) if gap else known(name, value, evidence=[SEARCHED])


def _reading(newest: Judged | None, gap: _Gap) -> Feature:
    if newest is None:
        return _none("nse-reading", NseReading.NONE_FOUND, gap)
    if newest.state is None:
        return unknown("nse-reading", Gap.NOT_READABLE, newest.unclear, newest.evidence)
    return known("nse-reading", newest.state, evidence=newest.evidence, note=newest.reading.problem)


def _level(newest: Judged | None, gap: _Gap) -> Feature:
    if newest is None:
        return _none("nse-level", Level.NONE, gap)
    if newest.reading.level is Level.UNKNOWN:
        note = newest.reading.problem or "the bound lies on both sides of the limit"
        return unknown("nse-level", Gap.NOT_READABLE, note, [newest.reading.evidence])
    return known("nse-level", newest.reading.level, evidence=[newest.reading.evidence])


def _multiple(newest: Judged | None, gap: _Gap, record: Record) -> Feature:
    name = "nse-multiple"
    if newest is None:
        return _none(name, NseMultiple.NONE, gap)
    reading, limits = newest.reading, record.limits
    if reading.amount is None or reading.limit is None:
        return unknown(name, Gap.NOT_READABLE, "no limit to divide by", [reading.evidence])
    steps = [(limits.nse_multiple_high, NseMultiple.OVER_3), (limits.nse_multiple_low, NseMultiple.OVER_2_TO_3)]
    for times, band in [
        *((reading.limit.value * by, band) for by, band in steps),
        (reading.limit.value, NseMultiple.UP_TO_2),
    ]:
        match reading.amount.above(times):
            case True:
                return known(name, band, evidence=[reading.evidence])
            case None:
                return unknown(name, Gap.NOT_READABLE, "the bound spans several bands", [reading.evidence])
    return known(name, NseMultiple.NOT_HIGH, evidence=[reading.evidence])


def _specimen(newest: Judged | None, gap: _Gap) -> Feature:
    if newest is None:
        return _none("nse-specimen", NseSpecimen.NONE, gap)
    return known("nse-specimen", newest.sample.state, evidence=newest.sample.evidence or (newest.reading.evidence,))


def _above_nsclc_range(newest: Judged | None, gap: _Gap, record: Record) -> Feature:
    name = "nse-above-nsclc-range"
    if newest is None:
        return _none(name, NseAboveNsclcRange.NONE, gap)
    reading = newest.reading
    above = None if reading.amount is None else reading.amount.above(record.limits.nse_nsclc_high)
    if above is None or (reading.problem and reading.limit is None):
        note = reading.problem or f"the bound lies on both sides of {record.limits.nse_nsclc_high:f} ug/L"
        return unknown(name, Gap.NOT_READABLE, note, [reading.evidence])
    return known(name, NseAboveNsclcRange.YES if above else NseAboveNsclcRange.NO, evidence=[reading.evidence])


def _count(series: Series) -> Feature:
    usable = series.usable
    shown = [item.reading.evidence for item in usable]
    if len(usable) > 1:
        return known("nse-count", NseCount.TWO_OR_MORE, evidence=shown)
    if series.gap or series.doubtful:
        note = "an event near a draw, or a draw, has no exact date"
        return unknown("nse-count", *(series.gap or (Gap.NOT_READABLE, note)), shown)
    return known(
        "nse-count",
        NseCount.ONE if usable else NseCount.NONE,
        evidence=shown or [Evidence("NSE results searched, no usable value in the window")],
    )


def _event(newest: Judged | None, gap: _Gap, record: Record) -> Feature:
    name = "nse-event"
    if newest is None:
        return unknown(name, *gap) if gap else known(name, NseEvent.NONE_RECORDED, evidence=[SEARCHED])
    if newest.events:
        return known(name, *(event.kind for event in newest.events), evidence=[e.evidence for e in newest.events])
    if newest.unclear:
        return unknown(name, Gap.NOT_READABLE, newest.unclear)
    return none_found(
        name,
        NseEvent.NONE_RECORDED,
        "Conditions and procedures searched, no event found",
        record,
        "conditions",
        "procedures",
    )


def _age(record: Record) -> Feature:
    """Of any reading, whatever it may be used for; a sample without a value may have to be drawn again tomorrow."""
    every = judged_readings(record)
    newest = newest_of(item for item in every if item.when and item.state is not NseReading.NO_VALUE)
    if newest is None or newest.when is None:
        return _none("nse-age", NseAge.NONE_FOUND, missing(every, record))
    days = record.limits.nse_fresh_days
    fresh = newest.when.within_days(days, record.now)
    year = newest.when.is_before(months_before(record.now, record.limits.marker_look_back_months))
    evidence = [newest.reading.evidence]
    if fresh or newest.when.earliest > record.now - timedelta(days=days):
        return known("nse-age", NseAge.FRESH, evidence=evidence)
    if fresh is None or year is None:
        return unknown("nse-age", Gap.NOT_READABLE, "the date of the last NSE is too coarse", evidence)
    return known("nse-age", NseAge.OLD if year else NseAge.RECENT, evidence=evidence)


def newest_reading(record: Record) -> Reading | None:
    """The reading a card leads with: the newest of the last 12 months."""
    newest = nse_series(record).newest
    return newest.reading if newest else None
