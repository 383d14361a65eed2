"""When a drug ran, as one medication resource tells it: from when, until when, and how sure that is.

Knows no drug; whether a course decides a feature is asked elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from cds_service.fhir.amounts import number
from cds_service.fhir.dates import LONG_AGO, When
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import Element, code_of, date_of, elements, end_of, text
from cds_service.picture.record import Record

REQUESTS = "MedicationRequest"
STATEMENTS = "MedicationStatement"
ADMINISTRATIONS = "MedicationAdministration"
DISPENSES = "MedicationDispense"
_DATES = {
    REQUESTS: ("authoredOn",),
    STATEMENTS: ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    ADMINISTRATIONS: ("effectiveDateTime", "effectivePeriod"),
    DISPENSES: ("whenHandedOver", "whenPrepared"),
}
_DAYS = {"": 1, "d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7, "mo": 30, "month": 30, "months": 30}
_UNTOLD = ("", "unknown")
_HALTED = ("stopped", "on-hold")
_FIRST, _LAST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_MOMENT = timedelta(microseconds=1)


class Running(StrEnum):
    """Whether a drug runs at the moment of the call; unclear where status or date do not tell."""

    ACTIVE = "active"
    PAST = "past"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Course:
    """The time one resource speaks of.

    Attributes:
        start: None where it is not recorded.
        is_begin: it began then; otherwise it ran by then and may have begun earlier.
        end: the last moment, None where none is recorded.
        goes_on: without an end it still runs.
        untold: its status is not known, so it may not have run at all.
    """

    start: When | None
    is_begin: bool
    end: When | None
    goes_on: bool
    untold: bool = False

    def ran(self, first: datetime, last: datetime) -> bool | None:
        """Whether it ran at some moment of these days; None if that cannot be told."""
        answers = (self._had_begun(last), self._had_not_ended(first))
        if False in answers:
            return False
        return None if None in answers or self.untold else True

    def _had_begun(self, last: datetime) -> bool | None:
        if self.start is None:
            return None
        if self.start.latest <= last:
            return True
        return False if self.is_begin and self.start.earliest > last else None

    def _had_not_ended(self, first: datetime) -> bool | None:
        if self.start is not None and self.is_begin and self.start.earliest >= first:
            return True  # what began in the window ran in it, however soon it ended
        if self.end is None:
            return True if self.goes_on else None
        before = self.end.is_before(first)
        return None if before is None else not before


def day_start(moment: datetime, record: Record) -> datetime:
    """Of the zone of the call; days at the ends of the calendar, which only a fault sends, leave room to count."""
    return (
        min(max(moment, _FIRST), _LAST).astimezone(record.now.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)
    )


def day_end(moment: datetime, record: Record) -> datetime:
    return day_start(moment, record) + timedelta(days=1) - _MOMENT


def date_of_drug(resource: Resource) -> When | None:
    """The day by which people know the resource: ordered, taken from, given or handed over."""
    return date_of(resource.data, *_DATES[resource.type])


def course_of(resource: Resource, record: Record) -> Course:
    status = code_of(resource.at("status"))
    untold = status in _UNTOLD
    start = date_of_drug(resource)
    match resource.type:
        case "MedicationAdministration":
            return Course(start, True, end_of(resource.at("effectivePeriod")) or start, status == "in-progress", untold)
        case "MedicationDispense":
            return Course(start, True, _supplied_until(resource, start, record), False, untold)
        case _:
            return _taken(resource, status, start, record)


def _taken(resource: Resource, status: str, start: When | None, record: Record) -> Course:
    """A request or statement: what is active goes on, what is not ended before today."""
    today = day_start(record.now, record)
    is_begin = not (resource.type == STATEMENTS and date_of(resource.data, *_DATES[STATEMENTS][:2]) is None)
    end = _declared_end(resource)
    if status == "active" or status in _UNTOLD:
        if start is None or start.earliest > record.now:  # it runs by its status, whatever the clock of its author
            start, is_begin = When(today, today, ""), is_begin and start is not None
        return Course(start, is_begin, end, True, status in _UNTOLD)
    if end is None or status != "completed":
        latest = today - _MOMENT if end is None else min(end.latest, today - _MOMENT)
        earliest = min(start.earliest if start and is_begin else LONG_AGO, latest)
        end = When(earliest, latest, "")
    return Course(start, is_begin, end, False)


def _declared_end(resource: Resource) -> When | None:
    """The end of what is taken, of the validity of a request, or of the last of its dosages."""
    if own := end_of(resource.at("effectivePeriod")):
        return own
    dispense = resource.at("dispenseRequest")
    if isinstance(dispense, dict) and (valid := end_of(dispense.get("validityPeriod"))):
        return valid
    ends = [_end_of_dosage(dosage) for dosage in elements(resource.at("dosageInstruction"))]
    known = [end for end in ends if end is not None]
    return max(known, key=lambda end: end.latest) if known and len(known) == len(ends) else None


def _end_of_dosage(dosage: Element) -> When | None:
    for timing in elements(dosage.get("timing")):
        for repeat in elements(timing.get("repeat")):
            if end := end_of(repeat.get("boundsPeriod")):
                return end
    return None


def _supplied_until(resource: Resource, start: When | None, record: Record) -> When | None:
    if start is None or start.earliest > record.now:
        return None
    lasting = timedelta(days=supplied_days(resource, record))
    return When(start.earliest + lasting, start.latest + lasting, "")


def supplied_days(dispense: Resource, record: Record) -> float:
    """How long what was handed over lasts; without a readable supply as long as any drug is taken to run."""
    supply: Any = dispense.at("daysSupply")
    if isinstance(supply, dict):
        days = number(supply.get("value"))
        by = _DAYS.get((text(supply.get("code")) or text(supply.get("unit"))).lower())
        if days is not None and by is not None:
            return min(max(float(days), 0), 3650) * by
    return record.limits.therapy_active_days


def running(resource: Resource, lasting: float, record: Record) -> Running:
    """Whether it runs now. `lasting`: days that one administration of such a drug counts."""
    status = code_of(resource.at("status"))
    course = course_of(resource, record)
    if status in _HALTED:
        return Running.PAST
    match resource.type:
        case "MedicationAdministration":
            lasts = _within(course.end, lasting, record)
        case "MedicationDispense":
            lasts = _within(course.start, supplied_days(resource, record), record)
        case _:
            lasts = course.ran(day_start(record.now, record), day_end(record.now, record))
    if lasts is None or (lasts and course.untold):
        return Running.UNCLEAR
    return Running.ACTIVE if lasts else Running.PAST


def _within(when: When | None, days: float, record: Record) -> bool | None:
    return None if when is None else when.within_days(days, record.now)
