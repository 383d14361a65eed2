"""What happened shortly before a blood draw and raises NSE: neurological events, operations, a new chemotherapy.

Counts by onset or admission; the day of recording alone counts as no event and leaves the question open. What was not
searched leaves the reading usable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from cds_service.fhir.codes import Codeable, Meaning
from cds_service.fhir.dates import When, parse
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import code_of, codeables, date_of, elements, reference
from cds_service.guideline.concepts import concept_id, concept_ids
from cds_service.guideline.features import Evidence
from cds_service.guideline.patient_values import NseEvent
from cds_service.picture.drugs.medications import line_starts
from cds_service.picture.record import Record, dated, has_begun, has_ended, is_true

_TISSUE_WORD = concept_id("answers/tissue-word")
_NEURO_EVENT = concept_id("events/neuro-event")
_OUTPATIENT_WORD = concept_id("answers/outpatient-word")
_BIOPSY = concept_ids("procedures/biopsy")
_STAYED = ("arrived", "triaged", "in-progress", "onleave", "finished")
_VISITS = ("AMB", "HH", "VR", "PRENC")  # v3-ActCode: ambulatory, at home, virtual, before an admission
_OPERATIONS = concept_ids("procedures/resection", "procedures/surgery", "events/transfusion")


@dataclass(frozen=True, slots=True)
class Event:
    """Something recorded in the window before a draw. `spoils`: the reading must not be used."""

    kind: NseEvent
    evidence: Evidence
    when: When

    @property
    def spoils(self) -> bool:
        return self.kind not in (NseEvent.NEURO_RECENT, NseEvent.BIOPSY_RECENT)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something that happened, and the windows in which it counts, the narrowest first."""

    when: When
    evidence: Evidence
    windows: tuple[tuple[int, NseEvent], ...]


def events(draw: When, record: Record) -> tuple[tuple[Event, ...], str]:
    """The events before a draw, and a word on one whose date does not tell."""
    found: list[Event] = []
    unclear = _only_recorded(draw, record)
    if "events" not in record.once:
        record.once["events"] = tuple(_candidates(record))
    for candidate in record.once["events"]:
        for days, kind in candidate.windows:
            before = _in_window(candidate.when, draw, days)
            if before:
                found.append(Event(kind, candidate.evidence, candidate.when))
                break
            if before is None and Event(kind, candidate.evidence, candidate.when).spoils:
                unclear = f"{candidate.evidence.text}: its date is too coarse to place it before or after the draw"
    return tuple(found), unclear


def _only_recorded(draw: When, record: Record) -> str:
    """A neurological event of which only the day of recording is known: it may have been then, or long ago."""
    days = record.limits.neuro_event_days
    for condition in record.chart.of("Condition"):
        when = (
            None
            if any(name.startswith("onset") for name in condition.data)
            else date_of(condition.data, "recordedDate")
        )
        if not when or not is_true(condition) or has_ended(condition):
            continue
        near = _in_window(when, draw, days) is not False or _in_window(draw, when, days) is not False
        if near and (meant := record.means(condition, _NEURO_EVENT)):
            return f"{meant[0].words}, recorded {when.text}: when it happened is not recorded"
    return ""


def _in_window(when: When, draw: When, days: int) -> bool | None:
    """Whether an event lies in the so many days before the draw; the day of the draw counts."""
    start, end = draw.earliest - timedelta(days=days), draw.latest
    if when.latest < start or when.earliest > end:
        return False
    inside = when.earliest >= start - timedelta(days=1) and when.latest <= end + timedelta(days=1)
    return True if inside else None


def _candidates(record: Record) -> Iterator[_Candidate]:
    limits = record.limits
    neuro = ((limits.neuro_event_days, NseEvent.NEURO_14_DAYS), (limits.neuro_event_soft_days, NseEvent.NEURO_RECENT))
    for condition in record.chart.of("Condition"):
        when = date_of(condition.data, "onsetDateTime", "onsetPeriod")
        if when and is_true(condition) and (meant := record.means(condition, _NEURO_EVENT)):
            yield _Candidate(when, _evidence(condition, meant[0].words, when), neuro)
    for stay, meant, when in neuro_admissions(record):
        yield _Candidate(when, _evidence(stay, f"admission: {meant[0].words}", when), neuro)
    for procedure in record.chart.of("Procedure"):
        when = date_of(procedure.data, "performedDateTime", "performedPeriod")
        for concepts, kind in ((_OPERATIONS, NseEvent.PROCEDURE_RECENT), (_BIOPSY, NseEvent.BIOPSY_RECENT)):
            if when and has_begun(procedure) and (meant := record.means(procedure, *concepts)):
                yield _Candidate(when, _evidence(procedure, meant[0].words, when), ((limits.procedure_days, kind),))
    for specimen in record.chart.of("Specimen"):
        collection = specimen.at("collection")
        when = date_of(collection, "collectedDateTime", "collectedPeriod") if isinstance(collection, dict) else None
        if when and record.says(_TISSUE_WORD, " ".join(record.code(specimen, "type").texts)):
            window = (limits.procedure_days, NseEvent.BIOPSY_RECENT)
            yield _Candidate(when, _evidence(specimen, "tissue specimen", when), (window,))
    for start in line_starts(record):
        window = (limits.chemotherapy_start_days, NseEvent.CHEMO_START_10_DAYS)
        yield _Candidate(start.when, start.evidence, (window,))


def neuro_admissions(record: Record) -> Iterator[tuple[Resource, tuple[Meaning, ...], When]]:
    """Admissions for a neurological event, by their start; a visit for an old stroke or epilepsy is no event."""
    for stay in record.chart.of("Encounter"):
        period = stay.at("period")
        when = parse(period.get("start")) if isinstance(period, dict) else None
        if when is None or code_of(stay.at("status")) not in _STAYED or _is_visit(stay, record):
            continue
        meant = tuple(
            meaning for reason in _reasons(stay, record) for meaning in record.book.which(reason, _NEURO_EVENT)
        )
        if meant:
            yield stay, meant, when


def _is_visit(stay: Resource, record: Record) -> bool:
    kind = record.code(stay, "class")
    coded = any(coding.code.upper() in _VISITS for coding in kind.codings)
    return coded or any(record.says(_OUTPATIENT_WORD, words) for words in kind.texts)


def _reasons(stay: Resource, record: Record) -> Iterator[Codeable]:
    """Why the patient was admitted, in codes or as a Condition of the chart."""
    yield from codeables(stay.at("reasonCode"), record.book)
    for item in elements(stay.at("reasonReference")):
        condition = record.chart.find(reference(item))
        if condition is not None and condition.type == "Condition" and is_true(condition):
            yield record.code(condition)


def _evidence(resource: Resource, words: str, when: When) -> Evidence:
    return Evidence(dated(words, when), resource.reference)


def arrests(record: Record) -> Iterator[tuple[bool, Evidence]]:
    """Cardiac arrest or coma: NSE then answers another question. True if its onset surely lies in the last days."""
    days = record.limits.neuro_prognosis_days
    for stay, meant, start in neuro_admissions(record):
        recent = start.within_days(days, record.now)
        if _is_arrest(meant) and recent is not False:
            yield bool(recent), Evidence(dated(f"admission: {meant[0].words}", start), stay.reference)
    for condition in record.chart.of("Condition"):
        if _is_arrest(record.means(condition, _NEURO_EVENT) if is_true(condition) else ()):
            onset = date_of(condition.data, "onsetDateTime", "onsetPeriod")
            when = onset or date_of(condition.data, "recordedDate")
            recent = when.within_days(days, record.now) if when else None
            if recent is not False:
                shown = Evidence(dated(record.code(condition).shown, when), condition.reference)
                yield bool(recent and onset), shown


def _is_arrest(meant: Iterable[Meaning]) -> bool:
    return any(meaning.attributes.get("value") == "arrest-or-coma" for meaning in meant)
