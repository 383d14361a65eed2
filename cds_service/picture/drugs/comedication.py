"""What is taken beside the treatment of a tumor, and whether it ran at a blood draw: the question all such drugs share.

Which drugs matter, and why, is said by the modules that ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cds_service.fhir.codes import Codeable
from cds_service.fhir.dates import When
from cds_service.fhir.texts import Certainty
from cds_service.guideline.features import Evidence
from cds_service.picture.drugs.courses import course_of, day_end, day_start
from cds_service.picture.drugs.medications import BESIDE, Entry, entries
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
    own = [entry for entry, names in _named(record) if name in names]
    answers = [(entry, _ran(entry, draw, days, record)) for entry in own]
    return Taken(
        tuple(entry for entry, ran in answers if ran is True),
        tuple(entry for entry, ran in answers if ran is None),
        tuple(entry for entry, ran in answers if ran is False),
    )


def _named(record: Record) -> list[tuple[Entry, frozenset[str]]]:
    """Every medication with what it is beside a treatment of a tumor."""
    if "beside" not in record.once:
        record.once["beside"] = [(entry, _names(entry.medication, record)) for entry in entries(record)]
    kept: list[tuple[Entry, frozenset[str]]] = record.once["beside"]
    return kept


def _names(medication: Codeable, record: Record) -> frozenset[str]:
    """By a code or by words, for products are coded by their other part; but for the words a concept excludes."""
    meant = list(record.book.meanings(medication, "treatments"))
    if any(meaning.by_code for meaning in meant):
        meant += record.book.in_text(medication.texts, "treatments")
    return frozenset(
        m.name
        for m in meant
        if m.name in BESIDE
        and m.certainty is Certainty.AFFIRMED
        and not any(phrase.pattern.search(words) for phrase in m.concept.not_phrases for words in medication.texts)
    )


def _ran(entry: Entry, draw: When | None, days: int, record: Record) -> bool | None:
    course = course_of(entry.resource, record)
    at = draw or When(record.now, record.now, "")
    before = timedelta(days=days)
    if not (ran := course.ran(day_start(at.earliest, record) - before, day_end(at.latest, record))):
        return ran
    # Of a draw that is only known to the month the drug must have run before its first and its last day.
    ends = [course.ran(day_start(end, record) - before, day_end(end, record)) for end in (at.earliest, at.latest)]
    return True if ends == [True, True] else None
