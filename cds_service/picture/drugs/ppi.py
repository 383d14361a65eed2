"""Proton pump inhibitors beside chromogranin A: whether one ran at its draw, and whether the record says why.

Bought without prescription they are seldom recorded; nothing here says that none was taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import date_of, elements
from cds_service.guideline.call_values import Ordering
from cds_service.guideline.concepts import concept_ids
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Ppi, PpiNeeded
from cds_service.picture.drugs.comedication import Taken, taken
from cds_service.picture.drugs.courses import REQUESTS, STATEMENTS, course_of, day_start
from cds_service.picture.drugs.medications import Entry, unseen_drugs
from cds_service.picture.markers.others import newest_cga
from cds_service.picture.orders import Draft
from cds_service.picture.record import ACTIVE, Record, clinical_status, dated, is_refuted, is_true

_LASTING = ("barrett", "gastrinoma", "thinner", "anti-inflammatory")
_CONCEPTS = concept_ids("syndromes/ppi-reason", "syndromes/gastrinoma", "syndromes/variceal-bleeding")

_Reasons = Iterator[tuple[bool | None, Evidence]]


def ppi_features(hormones: Iterable[Feature], drafted: Iterable[Draft], record: Record) -> Iterator[Feature]:
    """`ppi` and `ppi-needed`. `hormones`: the hormone syndromes of the tumors."""
    ordered = any(draft.selected and Ordering.CGA in draft.classes for draft in drafted)
    draw = None if ordered else _draw(record)
    found = taken("ppi", draw, record.limits.ppi_days if draw else 0, record)
    when = f"in the {record.limits.ppi_days} days to the draw of {draw.text}" if draw else "today"
    yield _ppi(found, when, record)
    yield _needed([*_in_conditions(record), *_in_tumors(hormones, record), *_in_drugs(record)], record)


def _draw(record: Record) -> When | None:
    """Of the chromogranin A in question; beside one that is too old to be read, what matters is what runs today."""
    reading = newest_cga(record)
    if reading is None or record.recent(reading.when, record.limits.marker_look_back_months) is False:
        return None
    return reading.when


def _ppi(found: Taken, when: str, record: Record) -> Feature:
    name = "ppi"
    if found.ran:
        return known(name, Ppi.ACTIVE, evidence=[entry.evidence for entry in found.ran])
    if found.open:
        note = f"the record does not tell whether it ran {when}"
        return unknown(name, Gap.NOT_READABLE, note, [entry.evidence for entry in found.open])
    if unseen := unseen_drugs(record):
        return unknown(name, *unseen)
    words = Evidence(f"medications searched, no proton pump inhibitor that ran {when} is recorded")
    return known(name, Ppi.NONE_RECORDED, evidence=[words, *found.evidence])


def _needed(reasons: list[tuple[bool | None, Evidence]], record: Record) -> Feature:
    name = "ppi-needed"
    if sure := [evidence for counts, evidence in reasons if counts]:
        return known(name, PpiNeeded.YES, evidence=sure)
    if open_ := [evidence for counts, evidence in reasons if counts is None]:
        return unknown(name, Gap.NOT_READABLE, "a reason is recorded, and not whether it holds today", open_)
    if not record.searched("conditions"):
        return unknown(name, Gap.NOT_SEARCHED)
    if unseen := unseen_drugs(record):
        return unknown(name, *unseen)
    words = "Conditions and medications searched, no reason for a proton pump inhibitor found"
    return known(name, PpiNeeded.NOT_RECORDED, evidence=[Evidence(words), *(evidence for _, evidence in reasons)])


def _in_conditions(record: Record) -> _Reasons:
    for condition in record.chart.of("Condition"):
        if is_refuted(condition):
            continue
        meant = record.book.meanings(record.code(condition), "syndromes")
        for meaning in (found for found in meant if found.concept.id in _CONCEPTS):
            kind = meaning.attributes.get("value") or meaning.name
            sure = meaning.certainty is Certainty.AFFIRMED and is_true(condition)
            counts = _holds(kind, condition, record)
            shown = Evidence(dated(record.code(condition).shown, _date(condition)), condition.reference)
            yield (None if counts and not sure else counts), shown


def _holds(kind: str, condition: Resource, record: Record) -> bool | None:
    """Whether the reason holds today: what lasts until it is closed, an ulcer or bleeding of the last months."""
    status = clinical_status(condition)
    if kind in _LASTING:
        return True if status in ACTIVE else None
    recent = record.recent(_date(condition), record.limits.ppi_reason_months)
    # An old ulcer that nobody closed is neither recent nor gone.
    return None if recent is False and status in ACTIVE[1:] else recent


def _date(condition: Resource) -> When | None:
    return date_of(condition.data, "abatementDateTime", "onsetDateTime", "onsetPeriod", "recordedDate")


def _in_tumors(hormones: Iterable[Feature], record: Record) -> _Reasons:
    """A gastrinoma that the code of a tumor, its words or pathology name; a suspected or former one leaves it open."""
    for feature in hormones:
        for evidence in feature.evidence if "gastrinoma" in feature.values else ():
            condition = record.chart.find(evidence.reference)
            if condition is None or condition.type != "Condition":
                yield True, evidence
            else:
                yield (_holds("gastrinoma", condition, record) if is_true(condition) else None), evidence


def _in_drugs(record: Record) -> _Reasons:
    thinners = taken("anticoagulant", None, 0, record)
    yield from ((True, entry.evidence) for entry in thinners.ran)
    yield from ((None, entry.evidence) for entry in thinners.open)
    platelets = taken("antiplatelet", None, 0, record)
    yield from _two_of(platelets.ran, True, record)
    yield from _two_of((*platelets.ran, *platelets.open), None, record)
    for entry in taken("nsaid", None, 0, record).ran:
        yield _is_long(entry, record), entry.evidence


def _two_of(found: Iterable[Entry], counts: bool | None, record: Record) -> _Reasons:
    """Two agents against platelets at once; the same one ordered and told is one."""
    found = tuple(found)
    named = {
        meaning.attributes["value"]
        for entry in found
        for meaning in record.book.in_text(entry.medication.texts, "treatments")
        if meaning.name == "antiplatelet"
    }
    coded = {c.code for entry in found for c in entry.medication.codings if c.system == "atc"}
    if len(named) > 1 or len(coded) > 1:
        yield from ((counts, entry.evidence) for entry in found)


def _is_long(entry: Entry, record: Record) -> bool | None:
    """Whether an anti-inflammatory drug is taken for long: ordered or told for a month, and not as needed."""
    dosages = [d for name in ("dosageInstruction", "dosage") for d in elements(entry.resource.at(name))]
    if entry.resource.type not in (REQUESTS, STATEMENTS) or any(d.get("asNeededBoolean") is True for d in dosages):
        return False
    course = course_of(entry.resource, record)
    if course.start is None or not course.is_begin:
        return None
    # By days of the calendar: begun so many days ago, at whatever hour, it has run so long.
    return course.start.is_before(day_start(record.now, record) - timedelta(days=record.limits.nsaid_long_days - 1))
