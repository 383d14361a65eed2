"""What on the chart asks for care with PD-1 and PD-L1 antibodies: a caution, never a contraindication.

Reads no dose: a running steroid of which nobody says how high and how long leaves the question open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.fhir.codes import Codeable, Meaning
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.fhir.values import Value, codeables, elements, text
from cds_service.guideline.concepts import concept_id, concept_ids
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import ImmunotherapyCaution
from cds_service.picture.drugs.medications import classes, drugs, entries, medication_of, unseen_drugs
from cds_service.picture.record import (
    Record,
    clinical_status,
    date_of_result,
    dated,
    has_begun,
    has_ended,
    is_countable,
    is_refuted,
    is_true,
    none_found,
    report_texts,
)
from cds_service.picture.results import results
from cds_service.picture.tumor.pathology import pathology_texts
from cds_service.picture.tumor.tumors import Tumor

_EGFR_ALK = concept_id("pathology/egfr-alk")
_GENE_UNALTERED = concept_id("answers/unaltered")
_PATHOLOGY_REPORT = concept_id("pathology/pathology-report")
_MORPHOLOGY = concept_id("pathology/morphology")
_GENE_ALTERED = concept_id("answers/altered")
_POSITIVE = concept_id("answers/positive")
_NEGATIVE = concept_id("answers/negative")
_TRANSPLANT = concept_id("patient/transplant")
_ALTERATION = concept_id("patient/egfr-alk-alteration")
_EVER = (_TRANSPLANT, *concept_ids("patient/interstitial-lung", "patient/immune-toxicity"), _ALTERATION)
_ACTIVE = concept_ids("patient/autoimmune", "patient/long-term-steroid")
_STEROID, _SHORT = concept_id("patient/systemic-steroid"), concept_id("patient/short-steroid")
_ALTERED = (_POSITIVE, _GENE_ALTERED)
_UNALTERED = (_NEGATIVE, _GENE_UNALTERED)
_INHIBITOR = "egfr-alk"
_Sign = tuple[bool, Evidence]  # whether it is certain, and what it says


def caution_feature(everyone: tuple[Tumor, ...], diagnoses: Iterable[str], record: Record) -> Feature:
    """`immunotherapy-caution`; `diagnoses` are those of all tumors."""
    name = "immunotherapy-caution"
    signs = [
        *_conditions(record),
        *_transplantations(record),
        *_tests(record),
        *_narrated(record),
        *_inhibitors(record),
        *_transformations(everyone, frozenset(diagnoses), record),
        *_steroids(record),
    ]
    if certain := [shown for is_certain, shown in signs if is_certain]:
        return known(name, ImmunotherapyCaution.RECORDED, evidence=certain)
    if signs:
        note = "something is recorded that may be a reason for care"
        return unknown(name, Gap.NOT_READABLE, note, [shown for _, shown in signs])
    if unseen := unseen_drugs(record):
        return unknown(name, *unseen)
    words = "Conditions and medications searched, no reason for care found"
    return none_found(name, ImmunotherapyCaution.NONE_RECORDED, words, record, "conditions")


def _conditions(record: Record) -> Iterator[_Sign]:
    """An autoimmune disease and steroids count while they last, all else whenever it was."""
    for condition in record.chart.of("Condition"):
        if is_refuted(condition):
            continue
        wanted = (*_EVER, *_ACTIVE) if _may_last(condition) else _EVER
        for meaning in _meanings(record.code(condition), record):
            if meaning.concept.id in wanted:
                open_ = meaning.certainty is not Certainty.AFFIRMED or meaning.attributes.get("value") == "grade-open"
                asleep = has_ended(condition) and meaning.concept.id in _ACTIVE
                yield is_true(condition) and not open_ and not asleep, Evidence(meaning.words, condition.reference)


def _meanings(code: Codeable, record: Record) -> Iterator[Meaning]:
    """By code and by words: an ICD code of the organ ("lung cancer") does not contradict the words beside it."""
    coded = record.book.meanings(code, "patient")
    yield from coded
    yield from (
        m for m in record.book.in_text(code.texts, "patient") if m.concept.id not in {c.concept.id for c in coded}
    )


def _may_last(condition: Resource) -> bool:
    """Neither resolved nor ended; an autoimmune disease that is only in remission may wake up."""
    return clinical_status(condition) != "resolved" and condition.at("abatementDateTime") is None


def _transplantations(record: Record) -> Iterator[_Sign]:
    for procedure in record.chart.of("Procedure"):
        if has_begun(procedure):
            for meaning in record.means(procedure, _TRANSPLANT)[:1]:
                yield True, Evidence(meaning.words, procedure.reference)


def _tests(record: Record) -> Iterator[_Sign]:
    """EGFR and ALK tests that are not negative."""
    for result in results(record, _EGFR_ALK):
        answers = _answers(result.value, record)
        altered = _is_altered(answers)
        if answers & set(_ALTERED) or not answers & set(_UNALTERED):
            shown = dated(f"EGFR or ALK test {result.value.coded.shown or result.value.words}".strip(), result.when)
            yield altered, Evidence(shown, result.resource.reference)


def _is_altered(answers: set[str]) -> bool:
    """A named alteration stands beside others that were not found; a bare "positive" beside "negative" says nothing."""
    if _GENE_UNALTERED in answers:
        return False
    return _GENE_ALTERED in answers or (_POSITIVE in answers and _NEGATIVE not in answers)


def _answers(value: Value, record: Record) -> set[str]:
    meant = (*record.book.meanings(value.coded, "answers"), *record.book.in_text(value.texts, "answers"))
    return {meaning.concept.id for meaning in meant if meaning.certainty is Certainty.AFFIRMED}


def _narrated(record: Record) -> Iterator[_Sign]:
    """What reports tell: an alteration is a finding, pneumonitis or a transplant on an image is only a question."""
    for resource, words in _narratives(record):
        for meaning in record.book.in_text([words], "patient"):
            if meaning.concept.id in _EVER:
                certain = meaning.concept.id == _ALTERATION and meaning.certainty is Certainty.AFFIRMED
                yield certain, Evidence(dated(meaning.words, date_of_result(resource)), resource.reference)


def _narratives(record: Record) -> Iterator[tuple[Resource, str]]:
    """The words of all reports: a CT may tell the history of a tumor as well as a pathologist."""
    for report in record.chart.of("DiagnosticReport"):
        if is_countable(report):
            yield from ((report, words) for words in report_texts(report, record.book))
    for result in results(record, _PATHOLOGY_REPORT):
        yield from ((result.resource, words) for words in result.value.texts)


def _inhibitors(record: Record) -> Iterator[_Sign]:
    """An EGFR or ALK inhibitor, now or earlier."""
    for drug in drugs(record):
        meant = classes(medication_of(drug.resource.data, record, []), record)
        if any(meaning.attributes.get("value") == _INHIBITOR for meaning in meant):
            yield True, drug.evidence


def _transformations(everyone: tuple[Tumor, ...], diagnoses: frozenset[str], record: Record) -> Iterator[_Sign]:
    """A non-small cell lung cancer beside the small cell one: one may have become the other."""
    if "sclc" not in diagnoses:
        return
    for tumor in everyone:
        if any(mark.kind == "nsclc" for mark in tumor.marks):
            yield not tumor.suspected, Evidence(tumor.label, tumor.reference)
    for resource, words in pathology_texts(record):
        for meaning in record.book.in_text([words], "diagnoses"):
            if meaning.name == "nsclc":
                shown = Evidence(dated(meaning.words, date_of_result(resource)), resource.reference)
                yield meaning.certainty is Certainty.AFFIRMED, shown
    for result in results(record, _MORPHOLOGY):
        for meaning in record.book.meanings(result.value.coded, "diagnoses"):
            if meaning.name == "nsclc":
                yield not result.preliminary, Evidence(dated(meaning.words, result.when), result.resource.reference)


def _steroids(record: Record) -> Iterator[_Sign]:
    """Running systemic steroids, but for those given for a few days: how high and how long is not known."""
    for entry in entries(record):
        if entry.is_active and not _is_short(entry.resource, record) and record.book.has(entry.medication, _STEROID):
            yield False, Evidence(f"{entry.medication.shown}, dose and duration not read", entry.resource.reference)


def _is_short(resource: Resource, record: Record) -> bool:
    """As needed, or for a few days around something else."""
    dosages = [*elements(resource.at("dosageInstruction")), *elements(resource.at("dosage"))]
    if any(dosage.get("asNeededBoolean") is True for dosage in dosages):
        return True
    words = [text(dosage.get(name)) for dosage in dosages for name in ("text", "patientInstruction")]
    words += [words for reason in codeables(resource.at("reasonCode"), record.book) for words in reason.texts]
    return any(meaning.concept.id == _SHORT for meaning in record.book.in_text(words, "patient"))
