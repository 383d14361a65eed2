"""Which drugs were given for a tumor, and which run now.

A drug joins the tumor it names as its reason, else every tumor it makes sense for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.fhir.codes import Codeable
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import codeables, reference, text
from cds_service.fhir.values import elements as objects
from cds_service.guideline.concepts import concept_id, concept_ids
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import SystemicTherapy, Therapy
from cds_service.picture.drugs.courses import Running
from cds_service.picture.drugs.medications import ANTICANCER, Drug, all_drugs, unseen_drugs
from cds_service.picture.drugs.told_treatments import told_treatments, told_without_drug
from cds_service.picture.record import Record, is_true
from cds_service.picture.tumor.tumors import NEUROENDOCRINE, Tumor

_NEN_ONLY = ("ssa", "prrt")
_OTHER_REASONS = concept_ids("syndromes/acromegaly", "syndromes/variceal-bleeding", "patient/transplant")
_PRESCRIBED_BY = ("request", "authorizingPrescription", "basedOn", "derivedFrom")
_REASONS = {
    "net": ("nen",), "nec": ("nen",), "nen-unspecified": ("nen",), "small-cell": ("nen", "sclc"), "sclc": ("sclc",),
    "other-nen": ("other-nen",), "neuroblastoma": ("neuroblastoma",), "nsclc": ("nsclc",), "breast": ("breast",),
    "prostate": ("prostate",), "melanoma": ("melanoma",), "seminoma": ("seminoma",), "brain-tumor": ("brain-tumor",),
    "other-cancer": ("other-cancer",),
}  # fmt: skip
_ANY_CANCER = ("cancer", "krebs", "malignant neoplasm", "malignant tumor")
_CLASSES = ("ssa", "platinum", "prrt", "pd-l1")
_OTHER_USES = (  # class, disease, and the forms that are given for it
    ("ssa", concept_id("syndromes/acromegaly"), ("", "short", "depot")),
    ("ssa", concept_id("syndromes/variceal-bleeding"), ("", "short")),
    ("everolimus", concept_id("patient/transplant"), ("",)),
)
_UNTOLD = "neither status nor date tell whether it runs"
_OTHER_USE = "it may be for another disease on the record"
_TOLD = "a treatment is only told in words"


def therapy_features(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[Feature]:
    """`therapy-systemic` and the therapies by class of one tumor."""
    own = drugs_of(tumor, everyone, record)
    told = [*told_treatments(ANTICANCER, tumor, everyone, record), *told_without_drug(tumor, everyone, record)]
    yield _systemic(own, told, record)
    for drug_class in _CLASSES:
        told = list(told_treatments([drug_class], tumor, everyone, record))
        yield _class(f"therapy-{drug_class}", drug_class, own, told, record)


def drugs_of(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> list[Drug]:
    """What was ordered or given for this tumor."""
    return [drug for drug in all_drugs(record) if joins(drug, tumor, everyone, record)]


def joins(drug: Drug, tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> bool:
    """Whether a drug belongs to this tumor: by its reason, else because it makes sense for it."""
    told = list(_told_by(drug.resource, record))
    reasons = {reference(item) for resource in told for item in objects(resource.at("reasonReference"))}
    if reasons & tumor.references:
        return True
    words = list(_reason_words(told, record))
    if any(reasons & other.references for other in everyone) or _for_something_else(words, reasons, record):
        return False
    named = families_of_reasons(words, record)
    if named and tumor.family not in ("site-only", "mass", "metastasis"):
        return tumor.family in named
    return suits_analogs(tumor) if drug.names & set(_NEN_ONLY) else tumor.family != "brain-tumor"


def suits_analogs(tumor: Tumor) -> bool:
    """Whether somatostatin analogs and receptor radionuclides make sense for it."""
    return tumor.family in (*NEUROENDOCRINE, "")


def _told_by(resource: Resource, record: Record) -> Iterator[Resource]:
    """The resource and the prescription it carries out, which often alone names the reason."""
    yield resource
    for name in _PRESCRIBED_BY:
        for item in objects(resource.at(name)):
            if order := record.chart.find(reference(item)):
                yield order


def _reason_words(told: Iterable[Resource], record: Record) -> Iterator[Codeable]:
    """The coded reasons, and the words of a reason that is no resource of the chart."""
    for resource in told:
        yield from codeables(resource.at("reasonCode"), record.book)
        for item in objects(resource.at("reasonReference")):
            if record.chart.find(reference(item)) is None and text(item.get("display")):
                yield Codeable((), text(item.get("display")))


def _for_something_else(words: Iterable[Codeable], reasons: set[str], record: Record) -> bool:
    """A drug for acromegaly, bleeding or a transplant, or for a Condition that is no tumor of this patient."""
    if any(record.book.has(code, *_OTHER_REASONS) for code in words):
        return True
    return any(condition.reference in reasons for condition in record.chart.of("Condition"))


def families_of_reasons(words: Iterable[Codeable], record: Record) -> frozenset[str]:
    """The histologies that the reasons of the drug name; empty if they name none."""
    meant = (meaning for code in words for meaning in record.book.meanings(code, "diagnoses"))
    return frozenset(family for m in meant if m.words.lower() not in _ANY_CANCER for family in _REASONS.get(m.name, ()))


def _class(name: str, drug_class: str, own: Iterable[Drug], told: list[Evidence], record: Record) -> Feature:
    given = [drug for drug in own if drug_class in drug.names]
    if given:
        return _given(name, given, record)
    if told:
        return unknown(name, Gap.NOT_READABLE, _TOLD, told)
    if unseen := unseen_drugs(record):
        return unknown(name, *unseen)
    words = f"medications searched, no {drug_class} found"
    return known(name, Therapy.NONE_RECORDED, evidence=[Evidence(words)])


def _given(name: str, given: list[Drug], record: Record) -> Feature:
    """Active, past or untold, of drugs that were given; `past` and `active` are words of both enumerations."""
    value = SystemicTherapy if name == "therapy-systemic" else Therapy
    evidence = [drug.evidence for drug in given]
    sure = [drug for drug in given if not _may_be_for_another(drug, record)]
    if any(drug.running is Running.ACTIVE for drug in sure):
        return known(name, value.ACTIVE, evidence=evidence)
    if len(sure) < len(given):
        return unknown(name, Gap.NOT_LINKED, _OTHER_USE, evidence)
    if any(drug.running is Running.UNCLEAR for drug in given):
        return unknown(name, Gap.NOT_READABLE, _UNTOLD, evidence)
    return known(name, value.PAST, evidence=evidence)


def _may_be_for_another(drug: Drug, record: Record) -> bool:
    """A drug without a reason on a chart with another disease it is given for: that disease may be the reason."""
    told = list(_told_by(drug.resource, record))
    if any(resource.at(name) for resource in told for name in ("reasonCode", "reasonReference")):
        return False
    uses = [use for name, use, forms in _OTHER_USES if name in drug.names and drug.form in forms]
    return any(is_true(c) and record.means(c, *uses) for c in record.chart.of("Condition")) if uses else False


def _systemic(own: list[Drug], told: list[Evidence], record: Record) -> Feature:
    name = "therapy-systemic"
    if given := [drug for drug in own if drug.names & ANTICANCER]:
        return _given(name, given, record)
    if told:
        return unknown(name, Gap.NOT_READABLE, _TOLD, told)
    if unseen := unseen_drugs(record):
        return unknown(name, *unseen)
    if ssa := [drug for drug in own if "ssa" in drug.names]:
        evidence = [drug.evidence for drug in ssa]
        if all(_may_be_for_another(drug, record) for drug in ssa):
            return unknown(name, Gap.NOT_LINKED, _OTHER_USE, evidence)
        return known(name, SystemicTherapy.SSA_ONLY, evidence=evidence)
    return known(name, SystemicTherapy.NONE_RECORDED, evidence=[Evidence("medications searched, no therapy found")])
