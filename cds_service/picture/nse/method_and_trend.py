"""What the newest NSE readings say against each other: one method or several, and which way the value goes.

Reads nothing into a change; whether treatment explains it is `on_treatment`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import NseMethod, NseReading, NseTrend
from cds_service.picture.markers.comparability import difference
from cds_service.picture.nse.readings import Judged, Series
from cds_service.picture.record import Record

_TOO_FEW = "NSE results searched, fewer than two usable readings in the window"
_SPOILED = (NseReading.HEMOLYZED, NseReading.EARLY_AFTER_EVENT)
_RISES = (NseTrend.RISING_POSSIBLE, NseTrend.RISING_MARKED)
_FALLS = (NseTrend.FALLING_POSSIBLE, NseTrend.FALLING_MARKED)


def series_features(series: Series, record: Record) -> Iterator[Feature]:
    """`nse-method` and `nse-trend`."""
    yield _method(series, record)
    yield _trend(series, record)


def _method(series: Series, record: Record) -> Feature:
    name = "nse-method"
    newest = series.usable[-2:]
    shown = [item.reading.evidence for item in newest]
    if len(newest) < 2:
        return _too_few(name, NseMethod.TOO_FEW, series, shown)
    what = difference(newest[0].reading.result, newest[1].reading.result, record)
    if what:
        return known(name, NseMethod.MIXED, evidence=shown, note=f"they differ in their {what}")
    return known(name, NseMethod.SAME, evidence=shown)


def _trend(series: Series, record: Record) -> Feature:
    name, newest = "nse-trend", series.newest
    if newest is None or newest.state is NseReading.PRELIMINARY_ONLY:
        return _too_few(name, NseTrend.TOO_FEW, series, [newest.reading.evidence] if newest else [])
    if newest.state in _SPOILED:
        return known(name, NseTrend.SUSPENDED, evidence=newest.evidence)
    if newest.state is not NseReading.USABLE:
        note = newest.unclear or f"the newest NSE cannot be compared: {newest.reading.problem}"
        return unknown(name, Gap.NOT_READABLE, note, [newest.reading.evidence])
    earlier, open_ = series.before(newest, record.limits.nse_trend_days)
    if open_:
        return unknown(name, Gap.NOT_READABLE, open_, [newest.reading.evidence])
    if earlier is None:
        return _too_few(name, NseTrend.TOO_FEW, series, [newest.reading.evidence])
    return _change(earlier, newest, series, record)


def _change(earlier: Judged, newest: Judged, series: Series, record: Record) -> Feature:
    name, shown = "nse-trend", [earlier.reading.evidence, newest.reading.evidence]
    if what := mixed(earlier, newest, series, record):
        return unknown(name, Gap.NOT_READABLE, f"the readings differ in their {what}: no trend across them", shown)
    first, last = earlier.figure, newest.figure
    if first is None or last is None or first == 0:
        return unknown(name, Gap.NOT_READABLE, "one of the values is a bound or cannot be calculated with", shown)
    note = f"change of {100 * (last - first) / first:+.0f} %"
    return known(name, _grade(first, last, record), evidence=shown, note=note)


def mixed(earlier: Judged, newest: Judged, series: Series, record: Record) -> str:
    """In what two readings, or one between them and the newest, differ; "" if a comparison holds."""
    between = [item for item in series.usable if item.first_day >= earlier.last_day and item is not newest]
    differences = (difference(item.reading.result, newest.reading.result, record) for item in (earlier, *between))
    return next(filter(None, differences), "")


def _grade(first: Decimal, last: Decimal, record: Record) -> NseTrend:
    """By the reference change values; falls are held against the same figures."""
    change = 100 * abs(last - first)
    if change <= record.limits.nse_possible_percent * first:
        return NseTrend.WITHIN_VARIATION
    possible, marked = _RISES if last > first else _FALLS
    return possible if change <= record.limits.nse_marked_percent * first else marked


def _too_few(name: str, value: NseMethod | NseTrend, series: Series, shown: list[Evidence]) -> Feature:
    """Said only if no reading is missing and none may yet count."""
    if series.gap:
        return unknown(name, *series.gap, shown)
    if series.doubtful:
        return unknown(name, Gap.NOT_READABLE, "a draw, or an event near it, has no exact date", shown)
    return known(name, value, evidence=shown or [Evidence(_TOO_FEW)])
