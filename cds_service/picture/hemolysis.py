"""Whether a blood sample was hemolyzed, from the places where records say so.

Absence of a word about hemolysis is "not recorded", never "suitable".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cds_service.fhir.codes import Codeable
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import clauses
from cds_service.fhir.units import Refused, factor
from cds_service.fhir.values import codeable, codeables, elements, notes, reference, text
from cds_service.guideline.features import Evidence
from cds_service.guideline.patient_values import NseSpecimen
from cds_service.picture.record import Record, date_of_result, report_texts
from cds_service.picture.results import Result, results

_HEMOLYZED = "answers/specimen-hemolyzed"
_SIGNS = re.compile(r"\s*(?:[1-4]?\s*\+{1,4})\s*|\s*[1-4]\+\s*")
_NON = re.compile(r"\bnon[-\s]?(?=h(?:a?e|ä)moly)", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|without|negative|absent|free|kein\w*|nicht|ohne|negativ)\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:if|wenn|falls|bei|avoid|vermeiden)\b[^.]{0,40}h(?:a?e|ä)moly"
    r"|h(?:a?e|ä)moly\w*(?: (?:samples?|specimens?|proben?|blood))?"
    r" (?:(?:may|can|could|might|will)\b(?! not| have)|is known|increases?|causes?|interferes?|leads?|elevates?|raises?"
    r"|(?:kann|können)\b(?! nicht)|führ\w*|erhöh\w*|verfälsch\w*)"
    r"|h(?:a?e|ä)moly\w* (?:samples?|specimens?|proben?) (?:are|is|must|should|werden|sind|sollten)\b",
    re.IGNORECASE,
)
_CLEAN = re.compile(r"\s*(?:0|-|neg(?:ative)?\.?|none|keine?|n)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sample:
    """What the record says of one sample."""

    state: NseSpecimen
    evidence: tuple[Evidence, ...] = ()


def sample_of(result: Result, record: Record) -> Sample:
    """All signals about the sample of one result; one that says hemolyzed outweighs the others."""
    signals = list(_signals(result, record))
    for state in (NseSpecimen.HEMOLYZED, NseSpecimen.SUITABLE):
        said = tuple(evidence for found, evidence in signals if found is state)
        if said:
            return Sample(state, said)
    return Sample(NseSpecimen.NOT_RECORDED)


def _signals(result: Result, record: Record) -> Iterator[tuple[NseSpecimen, Evidence]]:
    observation = result.resource
    yield from _observation_words(result, record)
    for specimen in record.chart.of("Specimen"):
        if specimen.reference == reference(observation.at("specimen")):
            yield from _specimen_words(specimen, record)
    yield from _indices(result, record)
    for report in record.chart.of("DiagnosticReport"):
        if observation.reference in {reference(item) for item in elements(report.at("result"))}:
            for words in report_texts(report, record.book):
                yield from _said(words, report, record)


def _observation_words(result: Result, record: Record) -> Iterator[tuple[NseSpecimen, Evidence]]:
    observation = result.resource
    for item in codeables(observation.at("interpretation"), record.book):
        yield from _answer(item, observation, record)
    for extension in elements(observation.at("modifierExtension")):
        item = codeable(extension.get("valueCodeableConcept") or extension.get("valueCoding"), record.book)
        yield from _answer(item, observation, record)
    absent = codeable(result.holder.get("dataAbsentReason"), record.book)
    for words in (*notes(observation.data), result.value.words, *absent.texts):
        yield from _said(words, observation, record)


def _answer(item: Codeable, resource: Resource, record: Record) -> Iterator[tuple[NseSpecimen, Evidence]]:
    """A coded statement about the sample: by its words, and by its code where it has none."""
    said = [signal for words in item.texts for signal in _said(words, resource, record)]
    if not said and record.book.has(item, _HEMOLYZED):
        said = [(NseSpecimen.HEMOLYZED, Evidence(f"sample: {item.shown}", resource.reference))]
    yield from said


def _said(words: str, resource: Resource, record: Record) -> Iterator[tuple[NseSpecimen, Evidence]]:
    """ "slightly hemolyzed" says so, "no hemolysis" says the opposite, "hemolysis may raise NSE" says neither."""
    for clause in clauses(words):
        state = None if _GENERAL.search(clause) else _state_in(clause, record)
        if state is not None:
            yield state, Evidence(f"sample: {clause[:120]}", resource.reference)


def _state_in(words: str, record: Record) -> NseSpecimen | None:
    """Hemolyzed, or suitable where the words deny it; words on another sample or on the disease say neither."""
    concept = record.knowledge.concepts[_HEMOLYZED]
    named = any(phrase.pattern.search(words) for phrase in concept.phrases)
    if not named or any(phrase.pattern.search(words) for phrase in concept.not_phrases):
        return None
    plain = _NON.sub("no ", words)
    if any(meaning.concept.id == _HEMOLYZED for meaning in record.book.in_text([plain], "answers")):
        return NseSpecimen.HEMOLYZED
    return NseSpecimen.SUITABLE if _DENIED.search(plain) else None


def _specimen_words(specimen: Resource, record: Record) -> Iterator[tuple[NseSpecimen, Evidence]]:
    for item in codeables(specimen.at("condition"), record.book):
        yield from _answer(item, specimen, record)
    for words in notes(specimen.data):
        yield from _said(words, specimen, record)


def _indices(result: Result, record: Record) -> Iterator[tuple[NseSpecimen, Evidence]]:
    for index in results(record, "markers/hemolysis-index"):
        if _same_sample(index.resource, result.resource):
            state = _index_state(index, record)
            if state is not None:
                shown = index.value.words or index.value.coded.shown
                words = f"hemolysis index {shown}{_inflation(index, record)}"
                yield state, Evidence(words, index.resource.reference)


def _inflation(index: Result, record: Record) -> str:
    """How much NSE the free hemoglobin could account for; never a corrected result."""
    limits = record.limits
    by = factor(_without_sign(index.value.unit), "mg/dL")
    exact = index.value.amount.exact if index.value.amount else None
    if (
        exact is None
        or isinstance(by, Refused)
        or not limits.hemolysis_index_mg_dl < exact * by <= limits.hemolysis_index_most
    ):
        return ""
    steps = (limits.hemolysis_ng_per_mg, limits.hemolysis_ng_per_mg_low, limits.hemolysis_ng_per_mg_high)
    about, least, most = (exact * by * step for step in steps)
    return f" (could account for about {about:.0f} ug/L of NSE, {least:.0f} to {most:.0f})"


def _same_sample(one: Resource, other: Resource) -> bool:
    """One specimen where both name one, else the same day."""
    specimens = reference(one.at("specimen")), reference(other.at("specimen"))
    if all(specimens):
        return specimens[0] == specimens[1]
    dates = date_of_result(one), date_of_result(other)
    return dates[0] is not None and dates[1] is not None and dates[0].text[:10] == dates[1].text[:10]


def _index_state(index: Result, record: Record) -> NseSpecimen | None:
    words = index.value.words or index.value.coded.shown
    if index.value.amount is None or _SIGNS.fullmatch(words):
        if _SIGNS.fullmatch(words):
            return NseSpecimen.HEMOLYZED
        return NseSpecimen.SUITABLE if _CLEAN.fullmatch(words) else None
    by = factor(_without_sign(index.value.unit), "mg/dL")
    if isinstance(by, Refused):
        return None
    match index.value.amount.scaled(by).above(Decimal(record.limits.hemolysis_index_mg_dl)):
        case True:
            return NseSpecimen.HEMOLYZED
        case False:
            return NseSpecimen.SUITABLE
        case _:
            return None


def _without_sign(unit: str) -> str:
    return "" if text(unit) in ("+", "++", "+++") else unit
