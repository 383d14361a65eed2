"""What is taken beside the treatment of a tumor, and whether it ran at a blood draw: the question all such drugs share.

Which drugs matter, and why, is said by the modules that ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cds_service.fhir.dates import When
from cds_service.fhir.texts import Certainty
from cds_service.guideline.features import Evidence
from cds_service.picture.courses import course_of, day_end, day_start
from cds_service.picture.medications import Entry, entries
from cds_service.picture.record import Record


@dataclass(frozen=True, slots=True)
class Taken:
    """The entries of one drug: those that surely ran then, those of which it cannot be told, and the others."""

    ran: tuple[Entry, ...]
    open: tuple[Entry, ...]
    not_then: tuple[Entry, ...]

    @property
    def evidence(self) -> list[Evidence]:
        return [entry.evidence for entry in (*self.ran, *self.open, *self.not_then)]


def taken(name: str, draw: When | None, days: int, record: Record) -> Taken:
    """The drug at a draw or in so many days before it; without a draw today."""
    own = [entry for entry in entries(record) if means(entry, name, record)]
    answers = [(entry, _ran(entry, draw, days, record)) for entry in own]
    return Taken(
        tuple(entry for entry, ran in answers if ran is True),
        tuple(entry for entry, ran in answers if ran is None),
        tuple(entry for entry, ran in answers if ran is False),
    )


def means(entry: Entry, name: str, record: Record) -> bool:
    """Whether the drug is this one, or holds it: by a code or by words, for products are coded by their other part."""
    concept = record.knowledge.concepts[f"treatments/{name}"]
    texts = entry.medication.texts
    if any(phrase.pattern.search(words) for phrase in concept.not_phrases for words in texts):
        return False
    named = (m.name for m in record.book.in_text(texts, "treatments") if m.certainty is Certainty.AFFIRMED)
    return record.book.has(entry.medication, concept.id) or name in named


def _ran(entry: Entry, draw: When | None, days: int, record: Record) -> bool | None:
    course = course_of(entry.resource, record)
    at = draw or When(record.now, record.now, "")
    before = timedelta(days=days)
    if not (ran := course.ran(day_start(at.earliest, record) - before, day_end(at.latest, record))):
        return ran
    # Of a draw that is only known to the month the drug must have run before its first and its last day.
    ends = [course.ran(day_start(end, record) - before, day_end(end, record)) for end in (at.earliest, at.latest)]
    return True if ends == [True, True] else None
