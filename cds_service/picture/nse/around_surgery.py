"""NSE around the resection of a neuroendocrine tumor: the last reading before it, and those from the second week on.

An operation raises NSE by itself: readings of the first days after it say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_service.fhir.dates import When
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Level, NseAfterSurgery, NseReading
from cds_service.picture.nse.readings import Judged, days_of, judged_readings, missing, one_per_sample
from cds_service.picture.record import Record, none_found
from cds_service.picture.tumor.surgery import Operation

_NONE = "Conditions and procedures searched, no resection of a neuroendocrine tumor found"
_BEFORE, _AFTER = "nse-before-surgery", "nse-after-surgery"


@dataclass(frozen=True, slots=True)
class _Removal:
    """The last resection of a primary."""

    when: When
    evidence: Evidence

    def days_before(self, item: Judged) -> tuple[int, int]:
        """The least and the most days from a draw to the resection."""
        first, last = days_of(self.when)
        return (first - item.last_day).days, (last - item.first_day).days

    def days_after(self, item: Judged) -> tuple[int, int]:
        least, most = self.days_before(item)
        return -most, -least


def surgery_features(
    operations: Iterable[Operation], resections: Iterable[Feature], record: Record
) -> Iterator[Feature]:
    """Of all NEN and SCLC of the patient: their operations, and what `resection` says of each."""
    removals = [operation for operation in operations if operation.of_primary]
    dated = [_Removal(one.when, one.evidence) for one in removals if one.when]
    if dated:
        last = max(dated, key=lambda removal: removal.when.latest)
        yield _before(last, record)
        yield _after(last, record)
        return
    open_ = next((feature for feature in resections if feature.is_unknown), None)
    for name, value in ((_BEFORE, Level.NONE), (_AFTER, NseAfterSurgery.NOT_APPLICABLE)):
        if removals:
            yield unknown(name, Gap.NOT_READABLE, "the resection has no date", [one.evidence for one in removals])
        elif open_ is not None:
            yield unknown(name, open_.gap or Gap.NOT_RECORDED, open_.note, open_.evidence)
        else:
            yield none_found(name, value, _NONE, record, "conditions", "procedures")


def _before(removal: _Removal, record: Record) -> Feature:
    """Of the usable readings in the window before the resection the last one."""
    readings = _candidates(item.spared(removal.when) for item in judged_readings(record))
    window = record.limits.nse_before_surgery_days
    possible = [item for item in readings if _may_be_before(item, removal, window)]
    sure = [item for item in possible if _is_before(item, removal, window)]
    chosen = sure[-1] if sure else None
    rivals = [item for item in possible if item not in sure and (chosen is None or item.last_day > chosen.last_day)]
    shown = [*([chosen.reading.evidence] if chosen else []), removal.evidence]
    if rivals:
        return unknown(_BEFORE, Gap.NOT_READABLE, "a date leaves open which NSE came last before the resection", shown)
    if chosen is None:
        gap = missing(judged_readings(record), record)
        return unknown(_BEFORE, *gap, shown) if gap else known(_BEFORE, Level.NONE, evidence=shown)
    if chosen.reading.level is Level.UNKNOWN:
        return unknown(_BEFORE, Gap.NOT_READABLE, "the NSE before the resection has no level", shown)
    return known(_BEFORE, chosen.reading.level, evidence=shown)


def _may_be_before(item: Judged, removal: _Removal, window: int) -> bool:
    ahead = item.when is not None and item.when.earliest < removal.when.latest
    return ahead and removal.days_before(item)[0] <= window


def _is_before(item: Judged, removal: _Removal, window: int) -> bool:
    """Surely drawn before the resection and within the window; of one day only where the times say so."""
    ahead = item.when is not None and item.when.latest < removal.when.earliest
    return ahead and removal.days_before(item)[1] <= window and item.state is NseReading.USABLE


def _candidates(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """Readings that are usable, or may be, one of each sample."""
    return one_per_sample(item for item in judged if item.when and item.state in (None, NseReading.USABLE))


def _after(removal: _Removal, record: Record) -> Feature:
    """The resection itself spoils no reading from its day on that the limit names."""
    judged = judged_readings(record)
    days = record.limits.nse_after_surgery_days
    late = [i for i in _candidates(i.spared(removal.when) for i in judged) if removal.days_after(i)[1] >= days]
    shown = [*(item.reading.evidence for item in late[-2:]), removal.evidence]
    if any(removal.days_after(item)[0] < days or item.state is None for item in late):
        return unknown(_AFTER, Gap.NOT_READABLE, "a date leaves open whether an NSE after the resection counts", shown)
    gap = missing(judged, record)
    if not late:
        early = [i for i in judged if i.when and i.when.earliest >= removal.when.earliest]
        return _none_late([i for i in early if removal.days_after(i)[1] < days], removal, gap)
    return _levels([item.reading.level for item in late[-2:]], gap, shown)


def _none_late(early: list[Judged], removal: _Removal, gap: tuple[Gap, str] | None) -> Feature:
    shown = [*(item.reading.evidence for item in early), removal.evidence]
    if gap:
        return unknown(_AFTER, *gap, shown)
    if early:
        return known(_AFTER, NseAfterSurgery.TOO_EARLY, evidence=shown)
    return unknown(_AFTER, Gap.NOT_RECORDED, "no usable NSE after the resection", shown)


def _levels(last_two: list[Level], gap: tuple[Gap, str] | None, shown: list[Evidence]) -> Feature:
    """One normal reading before a high one makes it a single high one."""
    match last_two:
        case [*_, Level.NORMAL]:
            return known(_AFTER, NseAfterSurgery.NORMAL, evidence=shown)
        case [Level.HIGH, Level.HIGH]:
            return known(_AFTER, NseAfterSurgery.PERSISTENTLY_HIGH, evidence=shown)
        case [Level.NORMAL, Level.HIGH]:
            return known(_AFTER, NseAfterSurgery.HIGH_ONCE, evidence=shown)
        case [Level.HIGH]:
            return unknown(_AFTER, *gap, shown) if gap else known(_AFTER, NseAfterSurgery.HIGH_ONCE, evidence=shown)
        case _:
            return unknown(_AFTER, Gap.NOT_READABLE, "an NSE after the resection has no level", shown)
