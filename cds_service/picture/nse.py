"""The NSE series of a patient: which reading counts, how high it is, how many there are, whether the sample is usable.

Each reading is judged by its own date and sample; trends over readings come with the rows that ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cds_service.fhir.dates import When, months_before
from cds_service.fhir.values import codeables, date_of, reference
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Level, NseAge, NseCount, NseEvent, NseMultiple, NseReading, NseSpecimen
from cds_service.picture.events import Event, events
from cds_service.picture.hemolysis import Sample, sample_of
from cds_service.picture.markers import Reading, comparable
from cds_service.picture.record import Record, none_found
from cds_service.picture.results import Result, results

_OTHER_FLUID = re.compile(
    r"\bcsf\b|cerebrospinal|\bliquor|pleura|ascit|aszites|peritone|effusion|erguss|tissue|gewebe|urine?\b|punktat|biops",
    re.IGNORECASE,
)
_SEARCHED = "NSE results searched, none found"


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
        if self.reading.amount is None and self.reading.result.value.amount is None:
            return NseReading.NO_VALUE
        if self.reading.amount is None:
            return NseReading.NOT_CONVERTIBLE
        if self.reading.result.preliminary:
            return NseReading.PRELIMINARY_ONLY
        if self.sample.state is NseSpecimen.HEMOLYZED:
            return NseReading.HEMOLYZED
        if any(event.spoils for event in self.events):
            return NseReading.EARLY_AFTER_EVENT
        return None if self.unclear else NseReading.USABLE

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (self.reading.evidence, *self.sample.evidence, *(e.evidence for e in self.events if e.spoils))


def nse_features(record: Record, not_before: datetime | None) -> Iterator[Feature]:
    """All NSE features. `not_before`: the last resection, where every tumor that NSE follows was resected."""
    judged = [_judge(result, record) for result in _results(record) if _counts_from(result, not_before)]
    dated = [item for item in judged if item.when is not None]
    if len(dated) < len(judged):
        gap = Gap.NOT_READABLE, "an NSE result has no date"
    elif not record.searched("nse"):
        gap = Gap.NOT_SEARCHED, ""
    else:
        gap = None
    recent = _recent(judged, record)
    open_ = [item for item in dated if record.recent(item.when, record.limits.marker_look_back_months) is None]
    newest = _newest(recent)
    if newest is None and open_:
        gap = Gap.NOT_READABLE, "the date of an NSE result is too coarse for its window"
    yield _reading(newest, gap)
    yield _level(newest, gap)
    yield _multiple(newest, gap, record)
    yield _specimen(newest, gap)
    yield _count(recent, gap)
    yield _event(newest, gap, record)
    yield _age(dated, gap, record)


def _results(record: Record) -> list[Result]:
    found = results(record, "markers/nse", "markers/nse-not-comparable")
    return [result for result in found if not _is_of_other_fluid(result, record)]


def _is_of_other_fluid(result: Result, record: Record) -> bool:
    """NSE of cerebrospinal fluid, an effusion or tissue under the code of serum."""
    specimen = record.chart.find(reference(result.resource.at("specimen")))
    kinds = codeables(specimen.at("type"), record.book) if specimen else []
    return any(_OTHER_FLUID.search(words) for kind in kinds for words in kind.texts)


def _recent(judged: list[Judged], record: Record) -> list[Judged]:
    """Those of the window; a preliminary one only if there is nothing else in it."""
    found = [item for item in judged if record.recent(item.when, record.limits.marker_look_back_months)]
    return [item for item in found if not item.reading.result.preliminary] or found


def _counts_from(result: Result, not_before: datetime | None) -> bool:
    return not_before is None or (result.when is not None and result.when.earliest >= not_before)


def _judge(result: Result, record: Record) -> Judged:
    marker = record.knowledge.markers["nse"]
    reading = comparable(result, marker, record)
    before, unclear = events(result.when, record) if result.when else ((), "")
    return Judged(reading, sample_of(result, record), before, unclear)


def _newest(readings: Iterable[Judged]) -> Judged | None:
    """The newest; a result without a comparable number does not hide a comparable one of the same draw."""
    ordered = sorted(
        readings, key=lambda item: (_day(item), item.reading.amount is not None, item.reading.result.sort_key)
    )
    return ordered[-1] if ordered else None


def _day(item: Judged) -> str:
    return item.when.earliest.date().isoformat() if item.when else ""


_Gap = tuple[Gap, str] | None


def _none(name: str, value: NseReading | Level | NseMultiple | NseSpecimen | NseCount | NseAge, gap: _Gap) -> Feature:
    if gap:
        return unknown(name, *gap)
    return known(name, value, evidence=[Evidence(_SEARCHED)])


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


def _count(recent: list[Judged], gap: _Gap) -> Feature:
    usable = {_sample_key(item): item for item in recent if item.state is NseReading.USABLE}
    shown = [item.reading.evidence for item in usable.values()]
    if len(usable) > 1:
        return known("nse-count", NseCount.TWO_OR_MORE, evidence=shown)
    if gap or any(item.state is None for item in recent):
        return unknown("nse-count", *(gap or (Gap.NOT_READABLE, "an event near a draw has no exact date")), shown)
    return known(
        "nse-count",
        NseCount.ONE if usable else NseCount.NONE,
        evidence=shown or [Evidence("NSE results searched, no usable value in the window")],
    )


def _sample_key(item: Judged) -> str:
    observation = item.reading.result.resource
    when = date_of(observation.data, "effectiveDateTime", "effectivePeriod", "issued")
    return reference(observation.at("specimen")) or (when.earliest.isoformat() if when else observation.reference)


def _event(newest: Judged | None, gap: _Gap, record: Record) -> Feature:
    name = "nse-event"
    if newest is None:
        return unknown(name, *gap) if gap else known(name, NseEvent.NONE_RECORDED, evidence=[Evidence(_SEARCHED)])
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


def _age(dated: list[Judged], gap: _Gap, record: Record) -> Feature:
    newest = _newest(dated)
    if newest is None or newest.when is None:
        return _none("nse-age", NseAge.NONE_FOUND, gap)
    days = record.limits.nse_fresh_days
    fresh = newest.when.within_days(days, record.now)
    year = newest.when.is_before(months_before(record.now, record.limits.marker_look_back_months))
    evidence = [newest.reading.evidence]
    if fresh or newest.when.earliest > record.now - timedelta(days=days):
        return known("nse-age", NseAge.TO_14_DAYS, evidence=evidence)
    if fresh is None or year is None:
        return unknown("nse-age", Gap.NOT_READABLE, "the date of the last NSE is too coarse", evidence)
    return known("nse-age", NseAge.OVER_12_MONTHS if year else NseAge.TO_12_MONTHS, evidence=evidence)


def newest_reading(record: Record) -> Reading | None:
    """The reading a card leads with: the newest of the last 12 months."""
    newest = _newest(_recent([_judge(result, record) for result in _results(record)], record))
    return newest.reading if newest else None
