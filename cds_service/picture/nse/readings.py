"""The NSE results of a patient as a series: each judged by its own date and sample, which of them count, in order.

Draws no conclusion over them; that is `newest`, `method_and_trend`, `on_treatment` and `around_surgery`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from cds_service.fhir.dates import When
from cds_service.fhir.values import reference
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Gap
from cds_service.guideline.patient_values import NseEvent, NseReading, NseSpecimen
from cds_service.picture.events import Event, events
from cds_service.picture.markers.readings import Reading, comparable, is_of_other_fluid
from cds_service.picture.nse.hemolysis import Sample, sample_of
from cds_service.picture.record import Record
from cds_service.picture.results import Result, results

_NSE = concept_id("markers/nse")
_NSE_NOT_COMPARABLE = concept_id("markers/nse-not-comparable")
_TO_THE_DAY = len("2026-11-10")
_OPEN_DATE = "the date of an NSE leaves open which reading came before"


@dataclass(frozen=True, slots=True)
class Judged:
    """One NSE result with what its sample and its date say about using it."""

    reading: Reading
    sample: Sample
    events: tuple[Event, ...]
    unclear: str

    @property
    def when(self) -> When | None:
        return self.reading.when

    @property
    def state(self) -> NseReading | None:
        """The first that holds, in the order of the vocabulary; None if the date of an event leaves it open."""
        result = self.reading.result
        if self.reading.amount is None and (result.value.amount is not None or not result.preliminary):
            return NseReading.NO_VALUE if result.value.amount is None else NseReading.NOT_CONVERTIBLE
        if result.preliminary:
            return NseReading.PRELIMINARY_ONLY
        if self.sample.state is NseSpecimen.HEMOLYZED:
            return NseReading.HEMOLYZED
        if any(event.spoils for event in self.events):
            return NseReading.EARLY_AFTER_EVENT
        return None if self.unclear else NseReading.USABLE

    @property
    def figure(self) -> Decimal | None:
        """The value for arithmetic: no bound, no range, none whose own limit shows that its unit is wrong."""
        doubtful = bool(self.reading.problem) and self.reading.limit is None
        return None if self.reading.amount is None or doubtful else self.reading.amount.exact

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (self.reading.evidence, *self.sample.evidence, *(e.evidence for e in self.events if e.spoils))

    @property
    def first_day(self) -> date:
        return days_of(self.when)[0] if self.when else date.min

    @property
    def last_day(self) -> date:
        return days_of(self.when)[1] if self.when else date.max

    def spared(self, operation: When) -> Judged:
        """As if the operation of that day had not spoiled it."""
        kept = (e for e in self.events if e.kind is not NseEvent.PROCEDURE_RECENT or e.when.text != operation.text)
        return replace(self, events=tuple(kept))


@dataclass(frozen=True, slots=True)
class Series:
    """The NSE results that count, oldest first.

    Attributes:
        dated: of any age.
        recent: of the last 12 months; a preliminary one only if there is nothing else.
        usable: the usable readings among them, one of each sample.
        doubtful: readings that may be usable ones of the last 12 months: an event or the draw has no exact date.
        gap: why nothing may be said of a reading that was not found.
    """

    dated: tuple[Judged, ...]
    recent: tuple[Judged, ...]
    usable: tuple[Judged, ...]
    doubtful: tuple[Judged, ...]
    gap: tuple[Gap, str] | None

    @property
    def newest(self) -> Judged | None:
        return newest_of(self.recent)

    def before(self, last: Judged, days: int) -> tuple[Judged | None, str]:
        """The usable reading before this one, at least so many days earlier; or a word on why that is open."""
        others = [item for item in (*self.usable, *self.doubtful) if item is not last]
        sure = [item for item in self.usable if item is not last and days_between(item, last)[0] >= days]
        chosen = max(sure, key=lambda item: item.reading.result.sort_key, default=None)
        after = chosen.last_day if chosen else date.min
        rivals = [i for i in others if i is not chosen and i.last_day > after and days_between(i, last)[1] >= days]
        newer = [item for item in others if item.last_day > last.last_day]
        return (None, _OPEN_DATE) if rivals or newer else (chosen, "")


def nse_series(record: Record, not_before: datetime | None = None) -> Series:
    """`not_before`: the last resection, where every tumor that NSE follows was resected."""
    judged = [item for item in judged_readings(record) if _counts_from(item, not_before)]
    dated = tuple(item for item in judged if item.when is not None)
    within = {id(item): record.recent(item.when, record.limits.marker_look_back_months) for item in dated}
    every = tuple(item for item in dated if within[id(item)])
    recent = tuple(item for item in every if not item.reading.result.preliminary) or every
    open_ = [item for item in dated if within[id(item)] is None]
    gap = missing(judged, record)
    if open_ and not recent:
        gap = Gap.NOT_READABLE, "the date of an NSE result is too coarse for its window"
    usable = one_per_sample(item for item in recent if item.state is NseReading.USABLE)
    unclear = [item for item in recent if item.state is None]
    unclear += [item for item in open_ if item.state in (None, NseReading.USABLE)]
    return Series(dated, recent, usable, tuple(unclear), gap)


def missing(judged: Iterable[Judged], record: Record) -> tuple[Gap, str] | None:
    """Why nothing may be said of a reading that is not among these."""
    if any(item.when is None for item in judged):
        return Gap.NOT_READABLE, "an NSE result has no date"
    return None if record.searched("nse") else (Gap.NOT_SEARCHED, "")


def judged_readings(record: Record) -> tuple[Judged, ...]:
    """Every NSE result of blood, oldest first."""
    if "nse" not in record.once:
        found = results(record, _NSE, _NSE_NOT_COMPARABLE)
        record.once["nse"] = tuple(_judge(result, record) for result in found if not is_of_other_fluid(result, record))
    kept: tuple[Judged, ...] = record.once["nse"]
    return kept


def _judge(result: Result, record: Record) -> Judged:
    reading = comparable(result, record.knowledge.markers["nse"], record)
    before, unclear = events(result.when, record) if result.when else ((), "")
    return Judged(reading, sample_of(result, record), before, unclear)


def _counts_from(item: Judged, not_before: datetime | None) -> bool:
    return not_before is None or (item.when is not None and item.when.earliest >= not_before)


def newest_of(readings: Iterable[Judged]) -> Judged | None:
    """The newest; a result without a comparable number does not hide a comparable one of the same day."""
    ordered = sorted(readings, key=lambda item: item.reading.result.sort_key)
    if not ordered or ordered[-1].reading.amount is not None:
        return ordered[-1] if ordered else None
    same = [item for item in ordered if item.reading.amount is not None and item.first_day == ordered[-1].first_day]
    return same[-1] if same else ordered[-1]


def one_per_sample(readings: Iterable[Judged]) -> tuple[Judged, ...]:
    """The last result of each sample, oldest first: one specimen where it is named, else one day."""
    kept: list[Judged] = []
    specimens: set[str] = set()
    days: set[str] = set()
    unnamed: set[str] = set()
    for item in reversed(list(readings)):
        specimen = reference(item.reading.result.resource.at("specimen"))
        day = item.when.text if item.when else ""
        if not specimen and any(_at_one_instant(item, other) for other in kept):  # one draw, told in two zones
            continue
        if (specimen in specimens or day in unnamed) if specimen else day in days:
            continue
        kept.append(item)
        days.add(day)
        (specimens if specimen else unnamed).add(specimen or day)
    return tuple(reversed(kept))


def _at_one_instant(one: Judged, other: Judged) -> bool:
    instants = {moment for item in (one, other) if item.when for moment in (item.when.earliest, item.when.latest)}
    return len(instants) == 1


def days_of(when: When) -> tuple[date, date]:
    """The first and the last calendar day it may mean, as people read it."""
    if len(when.text) == _TO_THE_DAY:
        day = date.fromisoformat(when.text)
        return day, day
    return when.earliest.date(), when.latest.date()


def days_between(one: Judged, later: Judged) -> tuple[int, int]:
    """The least and the most calendar days from one draw to a later one; negative where it may have come first."""
    return (later.first_day - one.last_day) // timedelta(days=1), (later.last_day - one.first_day) // timedelta(days=1)
