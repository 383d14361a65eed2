"""What happened shortly before a blood draw and raises NSE: neurological events, operations, a new chemotherapy.

Counts by onset, never by the day of recording; an event kind that was not searched leaves the reading usable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import code_of, date_of
from cds_service.guideline.features import Evidence
from cds_service.picture.medications import line_starts
from cds_service.picture.record import Record, dated

_OPERATIONS = ("procedures/resection", "procedures/surgery", "events/transfusion")


@dataclass(frozen=True, slots=True)
class Event:
    """Something recorded in the window before a draw. `spoils`: the reading must not be used."""

    kind: str
    evidence: Evidence
    spoils: bool = True


def events(draw: When, record: Record) -> tuple[tuple[Event, ...], str]:
    """The events before a draw, and a word on one whose date is too coarse to tell."""
    found: list[Event] = []
    unclear = ""
    for kind, when, days, evidence in _candidates(record):
        before = _in_window(when, draw, days)
        if before:
            found.append(Event(kind, evidence))
        elif before is None:
            unclear = f"{evidence.text}: its date is too coarse to place it before or after the draw"
    return tuple(found), unclear


def _in_window(when: When, draw: When, days: int) -> bool | None:
    """Whether an event lies in the so many days before the draw; the day of the draw counts."""
    start, end = draw.earliest - timedelta(days=days), draw.latest
    if when.latest < start or when.earliest > end:
        return False
    inside = when.earliest >= start - timedelta(days=1) and when.latest <= end + timedelta(days=1)
    return True if inside else None


def _candidates(record: Record) -> Iterator[tuple[str, When, int, Evidence]]:
    limits = record.limits
    for condition in record.chart.of("Condition"):
        when = date_of(condition.data, "onsetDateTime", "onsetPeriod")
        if when and is_true(condition) and (meant := record.means(condition, "events/neuro-event")):
            yield (
                "neuro",
                when,
                limits.neuro_event_days,
                _evidence(condition, meant[0].words, when),
            )
    for procedure in record.chart.of("Procedure"):
        when = date_of(procedure.data, "performedDateTime", "performedPeriod")
        done = code_of(procedure.at("status")) in ("completed", "in-progress")
        if when and done and (meant := record.means(procedure, *_OPERATIONS)):
            yield (
                "procedure",
                when,
                limits.procedure_days,
                _evidence(procedure, meant[0].words, when),
            )
    for start in line_starts(record):
        yield "chemotherapy", start.when, limits.chemotherapy_start_days, start.evidence


def is_true(condition: Resource) -> bool:
    """Neither refuted nor entered in error (and not merely suspected)."""
    return code_of(condition.at("verificationStatus")) in ("", "confirmed")


def _evidence(resource: Resource, words: str, when: When) -> Evidence:
    return Evidence(dated(words, when), resource.reference)
