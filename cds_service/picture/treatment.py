"""Which drugs were given for a tumor, and which run now.

A drug joins the tumor it names as its reason, else every tumor it makes sense for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.fhir.prefetch import State
from cds_service.fhir.values import codeables, reference
from cds_service.fhir.values import elements as objects
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import SystemicTherapy, Therapy
from cds_service.picture.medications import Drug, Running, drugs, given_as_procedures, unnamed_drugs
from cds_service.picture.record import Record
from cds_service.picture.tumors import Tumor

_NEN_ONLY = ("ssa", "prrt")
_NEN_FAMILIES = ("nen", "other-nen", "mass", "metastasis", "")
_OTHER_REASONS = ("syndromes/acromegaly", "syndromes/variceal-bleeding")
_REASONS = {
    "net": ("nen",), "nec": ("nen",), "nen-unspecified": ("nen",), "small-cell": ("nen", "sclc"), "sclc": ("sclc",),
    "other-nen": ("other-nen",), "neuroblastoma": ("neuroblastoma",), "nsclc": ("nsclc",), "breast": ("breast",),
    "prostate": ("prostate",), "melanoma": ("melanoma",), "seminoma": ("seminoma",), "brain-tumor": ("brain-tumor",),
    "other-cancer": ("other-cancer",),
}  # fmt: skip
_ANY_CANCER = ("cancer", "krebs", "malignant neoplasm", "malignant tumor")
_DRUG_SEARCHES = ("medication-requests", "medication-statements")
_UNNAMED = "a running medication does not say which drug it is"
_SYSTEMIC = (
    "platinum", "etoposide", "irinotecan", "temozolomide", "capecitabine", "everolimus", "sunitinib", "cabozantinib",
    "prrt", "pd-l1", "other-chemotherapy",
)  # fmt: skip


def therapy_features(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[Feature]:
    """`therapy-systemic`, `therapy-ssa` and `therapy-platinum` of one tumor."""
    own = [drug for drug in drugs(record) if _joins(drug, tumor, everyone, record)]
    own += [drug for drug in given_as_procedures(record) if _joins(drug, tumor, everyone, record)]
    yield _systemic(own, record)
    yield _class("therapy-ssa", "ssa", own, record)
    yield _class("therapy-platinum", "platinum", own, record)


def _joins(drug: Drug, tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> bool:
    reasons = {reference(item) for item in objects(drug.resource.at("reasonReference"))}
    if reasons & tumor.references:
        return True
    if any(reasons & other.references for other in everyone) or _for_something_else(drug, reasons, record):
        return False
    named = _reasons(drug, record)
    if named and tumor.family not in ("site-only", "mass", "metastasis"):
        return tumor.family in named
    return tumor.family in _NEN_FAMILIES if drug.names & set(_NEN_ONLY) else tumor.family != "brain-tumor"


def _for_something_else(drug: Drug, reasons: set[str], record: Record) -> bool:
    """A drug for acromegaly or variceal bleeding, or for a Condition that is no tumor of this patient."""
    if any(record.book.has(code, *_OTHER_REASONS) for code in codeables(drug.resource.at("reasonCode"), record.book)):
        return True
    named = [condition for condition in record.chart.of("Condition") if condition.reference in reasons]
    return bool(named)


def _reasons(drug: Drug, record: Record) -> frozenset[str]:
    """The histologies that the reason of the drug names; empty if it names none."""
    meant = (
        meaning
        for code in codeables(drug.resource.at("reasonCode"), record.book)
        for meaning in record.book.meanings(code, "diagnoses")
    )
    return frozenset(family for m in meant if m.words.lower() not in _ANY_CANCER for family in _REASONS.get(m.name, ()))


def _class(name: str, drug_class: str, own: Iterable[Drug], record: Record) -> Feature:
    given = [drug for drug in own if drug_class in drug.names]
    evidence = [drug.evidence for drug in given]
    if given:
        running = any(drug.running is Running.ACTIVE for drug in given)
        return known(name, Therapy.ACTIVE if running else Therapy.PAST, evidence=evidence)
    if unread := list(unnamed_drugs(record)):
        return unknown(name, Gap.NOT_READABLE, _UNNAMED, unread)
    if _searched(record):
        return known(name, Therapy.NONE_RECORDED, evidence=[Evidence(f"medications searched, no {drug_class} found")])
    return unknown(name, Gap.NOT_SEARCHED)


def _systemic(own: list[Drug], record: Record) -> Feature:
    name = "therapy-systemic"
    given = [drug for drug in own if drug.names & set(_SYSTEMIC)]
    if given:
        running = any(drug.running is Running.ACTIVE for drug in given)
        value = SystemicTherapy.ACTIVE if running else SystemicTherapy.PAST
        return known(name, value, evidence=[drug.evidence for drug in given])
    if unread := list(unnamed_drugs(record)):
        return unknown(name, Gap.NOT_READABLE, _UNNAMED, unread)
    if not _searched(record):
        return unknown(name, Gap.NOT_SEARCHED)
    ssa = [drug.evidence for drug in own if "ssa" in drug.names]
    if ssa:
        return known(name, SystemicTherapy.SSA_ONLY, evidence=ssa)
    return known(name, SystemicTherapy.NONE_RECORDED, evidence=[Evidence("medications searched, no therapy found")])


def _searched(record: Record) -> bool:
    """Whether requests or statements came whole, and neither of them only in part."""
    broken = any(record.chart.states.get(key) in (State.PARTIAL, State.FAILED) for key in _DRUG_SEARCHES)
    return not broken and any(record.searched(key) for key in _DRUG_SEARCHES)
