"""The hormone syndrome of one tumor: recorded as a Condition, named by pathology, or shown by its signs.

A syndrome that is only suspected, or a hypoglycemia beside an islet tumor, is no proof; each forbids to say that none
is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.fhir.codes import Meaning
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Level
from cds_service.guideline.tumor_values import Hormone
from cds_service.picture.drugs.medications import drugs
from cds_service.picture.markers.readings import by_own_range
from cds_service.picture.record import Record, is_refuted, is_true, none_found
from cds_service.picture.results import results
from cds_service.picture.tumor.neoplasms import Mark
from cds_service.picture.tumor.tumors import NEUROENDOCRINE, Tumor

_HIAA = concept_id("markers/hiaa")
_NET = concept_id("diagnoses/net")
_NEN_UNSPECIFIED = concept_id("diagnoses/nen-unspecified")
_BY_WEIGHT = (Hormone.INSULINOMA, Hormone.GASTRINOMA, Hormone.CARCINOID, Hormone.OTHER, Hormone.UNSPECIFIED)
_SYNDROMES = {
    "carcinoid-syndrome": Hormone.CARCINOID,
    "gastrinoma": Hormone.GASTRINOMA,
    "insulinoma": Hormone.INSULINOMA,
    "other-hormone": Hormone.OTHER,
    "functioning-unspecified": Hormone.UNSPECIFIED,
    "nonfunctioning": Hormone.NONFUNCTIONING,
}

_Said = tuple[Hormone, Evidence]


def hormone_feature(tumor: Tumor, everyone: tuple[Tumor, ...], tissue: Iterable[Mark], record: Record) -> Feature:
    """Which hormone makes the patient ill; of several the one that changes most.

    `tissue` are the marks of pathology: an insulinoma is often named only there.
    """
    rivals = sum(other.family in NEUROENDOCRINE for other in everyone)
    loose = list(_of_patient(record)) if tumor.family in (*NEUROENDOCRINE, "") else []
    said = [*_of_tumor(tumor, tissue), *(loose if rivals < 2 else ())]
    for hormone in _BY_WEIGHT:
        if evidence := [item for found, item in said if found is hormone]:
            return known("hormone", hormone, evidence=evidence)
    if loose and rivals > 1:
        note = "a hormone syndrome names none of the tumors"
        return unknown("hormone", Gap.NOT_LINKED, note, [item for _, item in loose])
    if suspected := list(_suspected(record)):
        return unknown("hormone", Gap.NOT_RECORDED, "a hormone syndrome is only suspected", suspected)
    if unexplained := list(_hypoglycemias(record)):
        return unknown("hormone", Gap.NOT_RECORDED, "hypoglycemia beside a tumor that may make insulin", unexplained)
    if said:
        return known("hormone", Hormone.NONFUNCTIONING, evidence=[item for _, item in said])
    return none_found(
        "hormone", Hormone.NONE_RECORDED, "Conditions searched, no hormone syndrome found", record, "conditions"
    )


def _of_tumor(tumor: Tumor, tissue: Iterable[Mark]) -> Iterator[_Said]:
    for mark in tissue:
        if mark.get("hormone"):
            yield Hormone(mark.get("hormone")), Evidence(mark.words, mark.reference)
    for condition in tumor.conditions:
        if condition.hormone and not condition.suspected:
            yield Hormone(condition.hormone), Evidence(condition.label, condition.resource.reference)


def _of_patient(record: Record) -> Iterator[_Said]:
    """Syndromes that name no tumor, and what stands for one beside a tumor of the islets or symptoms."""
    symptoms = hypoglycemia = False
    for condition in record.chart.of("Condition"):
        named = _named(condition, record) if is_true(condition) else frozenset()
        shown = Evidence(record.code(condition).shown, condition.reference)
        yield from ((_SYNDROMES[name], shown) for name in sorted(named & _SYNDROMES.keys()))
        symptoms |= bool(named & {"flushing", "diarrhea"})
        if "hyperinsulinemic-hypoglycemia" in named:
            hypoglycemia = True
            if _has_islet_tumor(record):
                yield Hormone.INSULINOMA, shown
    for drug in drugs(record) if _has_islet_tumor(record) else ():
        if "diazoxide" in drug.names:
            yield Hormone.INSULINOMA, drug.evidence
    if symptoms and not hypoglycemia:
        yield from _high_hiaa(record)


def _named(condition: Resource, record: Record) -> frozenset[str]:
    return frozenset(m.name for m in _syndromes(condition, record) if m.certainty is Certainty.AFFIRMED)


def _syndromes(condition: Resource, record: Record) -> tuple[Meaning, ...]:
    """What its code means and what its words say: words beside a code of an organ may name the syndrome."""
    code = record.code(condition)
    return (*record.book.meanings(code, "syndromes"), *record.book.in_text(code.texts, "syndromes"))


def _suspected(record: Record) -> Iterator[Evidence]:
    for condition in record.chart.of("Condition"):
        if is_refuted(condition):
            continue
        open_ = not is_true(condition)
        doubted = (m for m in _syndromes(condition, record) if open_ or m.certainty is Certainty.DOUBTFUL)
        if any(meaning.name in _SYNDROMES for meaning in doubted):
            yield Evidence(f"{record.code(condition).shown}, suspected", condition.reference)


def _hypoglycemias(record: Record) -> Iterator[Evidence]:
    """Hypoglycemia of no recorded cause beside a tumor of the islets: no insulinoma, but the question is open."""
    for condition in record.chart.of("Condition") if _has_islet_tumor(record) else ():
        if "hypoglycemia" in _named(condition, record) and is_true(condition):
            yield Evidence(record.code(condition).shown, condition.reference)


def _high_hiaa(record: Record) -> Iterator[_Said]:
    """5-HIAA above its own limit beside flushing or diarrhea."""
    for result in results(record, _HIAA):
        reading = by_own_range(result, record.knowledge.markers["hiaa"], record)
        if reading.level is Level.HIGH and record.recent(reading.when, record.limits.marker_look_back_months):
            yield Hormone.CARCINOID, reading.evidence


def _has_islet_tumor(record: Record) -> bool:
    """A neuroendocrine tumor of the pancreas, or one whose site is not recorded."""
    return any(
        meaning.attributes.get("site", "pancreas") == "pancreas"
        for condition in record.chart.of("Condition")
        for meaning in record.means(condition, _NET, _NEN_UNSPECIFIED)
    )
