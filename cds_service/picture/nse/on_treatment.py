"""NSE under a running systemic treatment: whether it stays high, and how slowly it falls.

Whose tumor the treatment is for is asked by the rows; somatostatin analogs are no such treatment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import takewhile

from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Level, NseHalfLife, NsePersistence
from cds_service.picture.drugs.courses import Running
from cds_service.picture.drugs.medications import ANTICANCER, all_drugs, unseen_drugs
from cds_service.picture.markers.comparability import difference
from cds_service.picture.nse.method_and_trend import mixed
from cds_service.picture.nse.readings import Judged, Series, days_between, days_of
from cds_service.picture.record import Record

_NOT_TREATED = Evidence("medications searched, no running systemic treatment found")


@dataclass(frozen=True, slots=True)
class Treatment:
    """The systemic treatment that runs now: the first and the last day on which it may have begun."""

    begin: tuple[date, date] | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Open:
    """Why it cannot be told."""

    gap: Gap
    note: str
    evidence: tuple[Evidence, ...] = ()


def treatment_features(series: Series, record: Record) -> Iterator[Feature]:
    """`nse-persistence` and `nse-half-life`."""
    treatment = running_treatment(record)
    yield _feature("nse-persistence", _persistence(series, treatment, record))
    yield _feature("nse-half-life", _half_life(series, treatment, record))


_Said = tuple[NsePersistence | NseHalfLife, tuple[Evidence, ...], str]


def _feature(name: str, found: _Said | _Open) -> Feature:
    if isinstance(found, _Open):
        return unknown(name, found.gap, found.note, found.evidence)
    value, evidence, note = found
    return known(name, value, evidence=evidence, note=note)


# --- the treatment -----------------------------------------------------------------------------------------------


def running_treatment(record: Record) -> Treatment | _Open | None:
    """The line that runs now, from its earliest trace; None if medications were searched and none runs."""
    given = [d for d in all_drugs(record) if d.names & ANTICANCER]
    running = [drug for drug in given if drug.running is Running.ACTIVE]
    if not running:
        unclear = tuple(drug.evidence for drug in given if drug.running is Running.UNCLEAR)
        if unclear:
            return _Open(Gap.NOT_READABLE, "the record does not tell whether a treatment still runs", unclear)
        unseen = unseen_drugs(record)
        return _Open(*unseen) if unseen else None
    shown = tuple(drug.evidence for drug in running)
    begins = [days_of(drug.when) for drug in running if drug.when]
    if not begins:
        return Treatment(None, shown)
    begin = min(begins)
    longest = timedelta(days=record.limits.chemotherapy_gap_days)
    for days in sorted((days_of(drug.when) for drug in given if drug.when), reverse=True):
        begin = days if days < begin and begin[0] - days[1] <= longest else begin
    return Treatment(begin, shown)


def _undated(treatment: Treatment) -> _Open:
    return _Open(Gap.NOT_READABLE, "the begin of the running treatment has no date", treatment.evidence)


# --- persistence -------------------------------------------------------------------------------------------------


def _persistence(series: Series, treatment: Treatment | _Open | None, record: Record) -> _Said | _Open:
    shown = tuple(item.reading.evidence for item in series.usable)
    if len(series.usable) + len(series.doubtful) < record.limits.nse_persistence_readings:
        evidence = (
            *shown,
            Evidence(f"fewer than {record.limits.nse_persistence_readings} usable NSE readings in the window"),
        )
        return _Open(*series.gap, shown) if series.gap else (NsePersistence.NO, evidence, "")
    if treatment is None:
        return NsePersistence.NO, (_NOT_TREATED,), ""
    if isinstance(treatment, _Open):
        return treatment
    if treatment.begin is None:
        return _undated(treatment)
    first, last = treatment.begin
    coarse = [item for item in series.usable if item.first_day < last]
    if any(item.last_day >= first for item in (*coarse, *series.doubtful)):
        return _Open(Gap.NOT_READABLE, "a date leaves open whether an NSE was drawn under the treatment", shown)
    return _stayed_high([item for item in series.usable if item.first_day >= last], treatment, record)


def _stayed_high(under: list[Judged], treatment: Treatment, record: Record) -> _Said | _Open:
    """Over the readings under treatment: the run of high ones that ends with the newest, as far as they compare."""
    high = list(takewhile(lambda item: item.reading.level is Level.HIGH, reversed(under)))
    run = [i for i in reversed(high) if not difference(i.reading.result, under[-1].reading.result, record)]
    evidence = (*(item.reading.evidence for item in run or under[-1:]), *treatment.evidence)
    if any(item.reading.level is Level.UNKNOWN for item in under[: len(under) - len(high)][-1:]):
        return _Open(Gap.NOT_READABLE, "an NSE under the treatment has no level", evidence)
    weeks = timedelta(weeks=record.limits.nse_persistence_weeks).days
    if len(run) < record.limits.nse_persistence_readings or days_between(run[0], run[-1])[1] < weeks:
        return NsePersistence.NO, evidence, ""
    first, last = run[0].figure, run[-1].figure
    if first is None or last is None or days_between(run[0], run[-1])[0] < weeks:
        return _Open(Gap.NOT_READABLE, "a bound or a coarse date leaves open how the NSE went", evidence)
    fallen = 100 * (first - last) > record.limits.nse_possible_percent * first
    return NsePersistence.NO if fallen else NsePersistence.PERSISTENTLY_HIGH, evidence, ""


# --- half-life ---------------------------------------------------------------------------------------------------


def _half_life(series: Series, treatment: Treatment | _Open | None, record: Record) -> _Said | _Open:
    newest = series.usable[-1] if series.usable else None
    if newest is None:
        return _no_pair(series, ())
    earlier, open_ = series.before(newest, record.limits.nse_half_life_gap_days)
    if open_:
        return _Open(Gap.NOT_READABLE, open_, (newest.reading.evidence,))
    if earlier is None:
        return _no_pair(series, (newest.reading.evidence,))
    shown = (earlier.reading.evidence, newest.reading.evidence)
    if what := mixed(earlier, newest, series, record):
        return NseHalfLife.NOT_APPLICABLE, shown, f"they differ in their {what}"
    first, last, limit = earlier.figure, newest.figure, newest.reading.limit
    if first is None or last is None or limit is None:
        return _Open(Gap.NOT_READABLE, "a bound, or a value without a limit", shown)
    if last >= first or last <= record.limits.nse_half_life_multiple * limit.value:
        return NseHalfLife.NOT_APPLICABLE, shown, ""
    under = _is_under(earlier, newest, treatment, record)
    if under is not True:
        return under or (NseHalfLife.NOT_APPLICABLE, (*shown, _NOT_TREATED) if treatment is None else shown, "")
    return _slope((first, last), days_between(earlier, newest), shown, record)


def _no_pair(series: Series, shown: tuple[Evidence, ...]) -> _Said | _Open:
    if series.gap:
        return _Open(*series.gap, shown)
    if series.doubtful:
        return _Open(Gap.NOT_READABLE, "a draw, or an event near it, has no exact date", shown)
    return NseHalfLife.NOT_APPLICABLE, (*shown, Evidence("no second usable NSE far enough before it")), ""


def _is_under(
    earlier: Judged, newest: Judged, treatment: Treatment | _Open | None, record: Record
) -> bool | _Open | None:
    """Whether the newest was drawn under the treatment and the other not long before it; None or False: it was not."""
    if treatment is None or isinstance(treatment, _Open):
        return treatment
    if treatment.begin is None:
        return _undated(treatment)
    first, last = treatment.begin
    baseline = timedelta(days=record.limits.nse_baseline_days)
    if newest.last_day < first or earlier.last_day < first - baseline:
        return False
    if newest.first_day < last or earlier.first_day < last - baseline:
        return _Open(Gap.NOT_READABLE, "a date leaves open whether an NSE was drawn under the treatment")
    return True


def _slope(
    values: tuple[Decimal, Decimal], between: tuple[int, int], shown: tuple[Evidence, ...], record: Record
) -> _Said | _Open:
    """Over so many days exactly if (first / last) ** limit < 2 ** days: no logarithm is rounded at the boundary."""
    ratio, limit = Fraction(values[0]) / Fraction(values[1]), record.limits.nse_half_life_days
    slow = {ratio**limit < 2**days for days in between}
    if len(slow) > 1:
        return _Open(Gap.NOT_READABLE, "a coarse date leaves the slope open", shown)
    days = between[0] * Decimal(2).ln() / (values[0] / values[1]).ln()
    value = NseHalfLife.OVER_20_DAYS if slow.pop() else NseHalfLife.TO_20_DAYS
    return value, shown, f"apparent half-life about {days:.0f} days"
