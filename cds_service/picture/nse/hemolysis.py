"""Whether a blood sample was hemolyzed, from the places where records say so.

Absence of a word about hemolysis is "not recorded", never "suitable". What an index means is `hemolysis_index`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from cds_service.fhir.codes import Codeable
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import clauses
from cds_service.fhir.values import Element, Value, code_of, codeable, codeables, elements, from_words, notes, reference
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence
from cds_service.guideline.patient_values import NseSpecimen
from cds_service.picture.nse.hemolysis_extensions import told_in, value_or_flag
from cds_service.picture.nse.hemolysis_index import index_state, index_words
from cds_service.picture.record import Record, date_of_result, is_countable, report_texts
from cds_service.picture.results import Result, results

_HEMOLYSIS_INDEX = concept_id("markers/hemolysis-index")
_HEMOLYZED = concept_id("answers/specimen-hemolyzed")
_COMPANION = concept_id("markers/hemolysis-companion")
_COUNTED = re.compile(  # an index or a class within a text: "Hemolysis: 2+", "HI 0", "Hämolyse-Index: 40 mg/dL"
    r"(?:\bh(?:a?e|ä)moly(?:sis|se)(?:[ -]?(?:index|grade?))?|\bH-?I(?:ndex)?)"
    r"\s*(?:[:=]|(?<=index)|(?<=grade)|(?<=grad)|(?<=HI))"
    r"\s*(?P<value>[^,;()]{1,24})",
    re.IGNORECASE,
)
_NON = re.compile(r"\bnon[-\s]?(?=h(?:a?e|ä)moly)", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:no|not|without|negative|absent|free|neither|kein\w*|nicht|ohne|weder|negativ)\b", re.IGNORECASE
)
_WORD = re.compile(r"h(?:a?e|ä)moly", re.IGNORECASE)
_ABSENT = re.compile(  # "Hemolysis, icterus, lipemia: none"
    r"h(?:a?e|ä)moly(?:sis|se)(?:\s*[,/]\s*\w+)*\s*:?\s*(?:absent|none|nil|keine?|neg\w*|fehlt)\W*$", re.IGNORECASE
)
_LISTED = re.compile(r"\b(?:or|nor|oder|noch)\b", re.IGNORECASE)  # "no lipemia, icterus or hemolysis"
_GENERAL = re.compile(
    r"\b(?:if|wenn|falls|bei|avoid|vermeiden)\b[^.]{0,40}h(?:a?e|ä)moly"
    r"|h(?:a?e|ä)moly\w*(?: (?:samples?|specimens?|proben?|blood))?"
    r" (?:(?:may|can|could|might|will)\b(?! not| have)|is known|increases?|causes?|interferes?|leads?|elevates?|raises?"
    r"|(?:kann|können)\b(?! nicht)|führ\w*|erhöh\w*|verfälsch\w*)"
    r"|h(?:a?e|ä)moly\w* (?:samples?|specimens?|proben?) (?:are|is|must|should|werden|sind|sollten)\b",
    re.IGNORECASE,
)
_DAY = len("2026-11-10")  # coarser dates may be of two draws


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


_Signals = Iterator[tuple[NseSpecimen, Evidence]]


def _signals(result: Result, record: Record) -> _Signals:
    observation = result.resource
    tubes = _tubes(observation, record)
    yield from _observation_words(result, record)
    for specimen in tubes.values():
        yield from _specimen_words(specimen, record)
    for index in results(record, _HEMOLYSIS_INDEX):
        if _same_sample(index.resource, observation, record):
            value = value_or_flag(index.holder, record.book)
            yield from _index(value, _implied_unit(index.holder, record), index.resource, record)
    for companion in results(record, _COMPANION):
        if _same_sample(companion.resource, observation, record):
            yield from _observation_words(companion, record)
    for report in record.chart.of("DiagnosticReport"):
        if _speaks_of(report, observation, _samples(observation, record)):
            for words in report_texts(report, record.book):
                yield from _said(words, report, record)


def _speaks_of(report: Resource, observation: Resource, tubes: Collection[str]) -> bool:
    """Whether a report that counts brought the result, or is about its sample."""
    named = {reference(item) for item in elements(report.at("result"))}
    samples = {reference(item) for item in elements(report.at("specimen"))}
    counts = is_countable(report) or code_of(report.at("status")) == "preliminary"
    return counts and (observation.reference in named or bool(samples & set(tubes)))


def _observation_words(result: Result, record: Record) -> _Signals:
    observation = result.resource
    for holder in {id(item): item for item in (observation.data, result.holder)}.values():
        for item in codeables(holder.get("interpretation"), record.book):
            yield from _answer(item, observation, record)
    yield from _extensions(observation, record)
    absent = codeable(result.holder.get("dataAbsentReason"), record.book)
    for words in (*notes(observation.data), *result.value.texts, *absent.texts):
        yield from _said(words, observation, record)


def _extensions(resource: Resource, record: Record) -> _Signals:
    for told in told_in(resource, record.book):
        if isinstance(told, Value):
            yield from _index(told, "", resource, record)
        else:
            yield from _answer(told, resource, record)


def _answer(item: Codeable, resource: Resource, record: Record) -> _Signals:
    """A coded statement about the sample: by its words, and by its code where it has none."""
    said = [signal for words in item.texts for signal in _said(words, resource, record)]
    if not said and record.book.has(item, _HEMOLYZED):
        said = [(NseSpecimen.HEMOLYZED, Evidence(f"sample: {item.shown}", resource.reference))]
    yield from said


def _said(words: str, resource: Resource, record: Record) -> _Signals:
    """ "slightly hemolyzed" says so, "no hemolysis" says the opposite, "hemolysis may raise NSE" says neither."""
    for clause in clauses(words):
        state = None if _GENERAL.search(clause) else _state_in(clause, record)
        if state is not None:
            yield state, Evidence(f"sample: {clause[:120]}", resource.reference)


def _state_in(words: str, record: Record) -> NseSpecimen | None:
    """Hemolyzed, or suitable where the words deny it; words on another sample or on the disease say neither."""
    if (counted := _COUNTED.search(words)) and (
        state := index_state(from_words(counted["value"].strip()), record.limits)
    ):
        return state
    if _ABSENT.search(words):
        return NseSpecimen.SUITABLE
    concept = record.knowledge.concepts[_HEMOLYZED]
    named = any(phrase.pattern.search(words) for phrase in concept.phrases)
    if not named or any(phrase.pattern.search(words) for phrase in concept.not_phrases):
        return None
    plain = _NON.sub("no ", words)
    if any(meaning.concept.id == _HEMOLYZED for meaning in record.book.in_text([plain], "answers")):
        return NseSpecimen.HEMOLYZED
    part = next((part for part in plain.split(",") if _WORD.search(part)), plain)
    denied = _DENIED.search(part) or (_LISTED.search(part) and _DENIED.search(plain))
    return NseSpecimen.SUITABLE if denied else None  # "no lipemia, hemolyzed" may mean either


def _specimen_words(specimen: Resource, record: Record) -> _Signals:
    for item in codeables(specimen.at("condition"), record.book):
        bare = tuple(coding if coding.uri else replace(coding, system="v2-0493") for coding in item.codings)
        yield from _answer(Codeable(bare, item.text), specimen, record)
    for words in notes(specimen.data):
        yield from _said(words, specimen, record)
    yield from _extensions(specimen, record)


def _index(value: Value, unit: str, resource: Resource, record: Record) -> _Signals:
    state = index_state(value, record.limits, unit)
    if state is not None:
        yield state, Evidence(index_words(value, record.limits, unit), resource.reference)
    else:
        for words in value.texts:
            yield from _said(words, resource, record)


def _implied_unit(holder: Element, record: Record) -> str:
    """The code HEMOLYSIS of HL7 is defined as an index in g/L."""
    codings = codeable(holder.get("code"), record.book).codings
    return "g/L" if any(coding.system == "v3-act-code" for coding in codings) else ""


def _tubes(observation: Resource, record: Record) -> dict[str, Resource]:
    """The specimen of a result and the tube it was taken from."""
    found: dict[str, Resource] = {}
    specimen = record.chart.find(reference(observation.at("specimen")))
    while specimen is not None and specimen.reference not in found:
        found[specimen.reference] = specimen
        specimen = record.chart.find(reference(specimen.at("parent")))
    return found


def _samples(observation: Resource, record: Record) -> set[str]:
    """The names of its specimen and tubes; also of one that is not in the chart."""
    tubes = _tubes(observation, record)
    named = (observation, *tubes.values())
    return {reference(item.at(name)) for item in named for name in ("specimen", "parent")} - {""}


def _same_sample(one: Resource, other: Resource, record: Record) -> bool:
    """One specimen (or tube) where both name one, else the same day."""
    named = [reference(resource.at("specimen")) for resource in (one, other)]
    if one.reference == other.reference:
        return True
    if all(named):
        return bool(_samples(one, record) & _samples(other, record))
    whens = [date_of_result(resource) for resource in (one, other)]
    days = [when.text[:10] if when else "" for when in whens]
    at_once = len({(when.earliest, when.latest) for when in whens if when}) == 1  # also where two zones tell two days
    return (days[0] == days[1] or (all(whens) and at_once)) and len(days[0]) == _DAY
