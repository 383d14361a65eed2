"""Whether a tumor is one of the small ones that need no resection: accepted for surveillance or endoscopic removal.

Asks for site, size, gastric type and hormone; operations themselves are `surgery`.
"""

from __future__ import annotations

from decimal import Decimal

from cds_service.fhir.amounts import Amount
from cds_service.fhir.resources import Resource
from cds_service.fhir.units import Refused, factor
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import ResectionException
from cds_service.picture.record import Record, dated, is_refuted
from cds_service.picture.results import results
from cds_service.picture.tumor.neoplasms import Neoplasm
from cds_service.picture.tumor.tumors import Tumor, owners

_TUMOR_SIZE = concept_id("status/tumor-size")
_GASTRIC_TYPE_1 = concept_id("answers/gastric-type-1")
_AMPULLA = concept_id("answers/ampulla")
_SMALL_SITES = ("duodenum", "appendix", "rectum")


def exception_feature(tumor: Tumor, everyone: tuple[Tumor, ...], hormone: Feature, record: Record) -> Feature:
    """`resection-exception`: small tumors in which surveillance or endoscopic removal is accepted."""
    name = "resection-exception"
    if not tumor.all_conditions:
        return unknown(name, Gap.NOT_RECORDED)
    if hormone.values & {"carcinoid", "gastrinoma", "insulinoma", "other", "unspecified"}:
        return known(name, ResectionException.NO, evidence=hormone.evidence, note="a functioning tumor")
    if tumor.site == "stomach":
        typed = [c for c in tumor.conditions if record.tells(_GASTRIC_TYPE_1, c.text)]
        if typed:
            return known(name, ResectionException.YES, evidence=map(_shown, typed), note="gastric type 1")
        return unknown(name, Gap.NOT_RECORDED, "the gastric type is not recorded")
    if tumor.site == "duodenum" and (found := [c for c in tumor.conditions if record.says(_AMPULLA, c.text)]):
        return known(name, ResectionException.NO, evidence=map(_shown, found), note="of the ampulla")
    if tumor.site not in ("pancreas", *_SMALL_SITES):
        if not tumor.site:
            return unknown(name, Gap.NOT_RECORDED, "the site is not recorded")
        return known(name, ResectionException.NO, evidence=[_shown(c) for c in tumor.conditions if c.site])
    if hormone.is_unknown:
        return unknown(name, Gap.NOT_RECORDED, "whether the tumor is functioning is not known")
    return _by_size(tumor, everyone, record)


def _shown(condition: Neoplasm) -> Evidence:
    return Evidence(condition.label, condition.resource.reference)


def _by_size(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    name = "resection-exception"
    men1 = any(_may_be_men1(condition, record) for condition in record.chart.of("Condition"))
    sizes = _sizes(tumor, everyone, record)
    if not sizes:
        return unknown(name, Gap.NOT_RECORDED, "the size is not recorded")
    size, evidence = sizes[-1]
    if tumor.site == "pancreas":
        large = size.above(record.limits.size_pancreas_mm)
    else:
        smaller = size.below(record.limits.size_small_mm)
        large = None if smaller is None else not smaller
    if large is None:
        return unknown(name, Gap.NOT_READABLE, "the size lies on both sides of the limit", [evidence])
    if not large and men1:
        return unknown(name, Gap.CONTRADICTORY, "small, and MEN1 is recorded or suspected", [evidence])
    return known(name, ResectionException.NO if large else ResectionException.YES, evidence=[evidence])


def _may_be_men1(condition: Resource, record: Record) -> bool:
    """Recorded or only suspected."""
    meant = () if is_refuted(condition) else record.book.meanings(record.code(condition), "syndromes")
    return any(meaning.name == "men1" for meaning in meant)


def _sizes(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> list[tuple[Amount, Evidence]]:
    """Sizes in mm of this tumor, newest last; several dimensions of one result count by the largest."""
    found: dict[str, tuple[Amount, Evidence]] = {}
    for result in results(record, _TUMOR_SIZE):
        if result.value.amount is None or owners(result.resource, everyone, record, result.holder) != [tumor]:
            continue
        by = factor(result.value.unit, "mm")
        if isinstance(by, Refused):
            continue
        size = result.value.amount.scaled(by)
        key = result.resource.reference
        if key not in found or (size.high or Decimal(0)) > (found[key][0].high or Decimal(0)):
            found[key] = (size, Evidence(dated(f"size {size.shown} mm", result.when), key))
    return list(found.values())
