"""Which results and texts of pathology belong to which tumor, and from what tissue they come.

Reads no finding out of them; that is `grading`, `stains` and `diagnosis`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds_service.fhir.resources import Resource
from cds_service.fhir.values import codeables, elements, reference
from cds_service.guideline.concepts import concept_id, concept_ids
from cds_service.picture.record import Record, is_countable, is_pathology, report_texts
from cds_service.picture.results import ANY_STAIN, Result, results
from cds_service.picture.tumor.body_sites import ELSEWHERE, named_sites, place_of
from cds_service.picture.tumor.tumors import Tumor, owners

_OTHER_ORGAN = concept_id("answers/other-organ")
_PATHOLOGY_REPORT = concept_id("pathology/pathology-report")
_NEUROENDOCRINE = concept_id("answers/neuroendocrine")
_TISSUE_OF_METASTASIS = concept_id("answers/tissue-of-metastasis")
_NO_PRIMARY_PLACE = concept_id("answers/no-primary-place")
_TISSUES = concept_ids("answers/tissue-of-resection", "answers/tissue-of-biopsy")
_OURS = ("nen", "sclc", "site-only")  # the families of a tumor of lung, gut or pancreas


def is_resection(resource: Resource, record: Record, words: str = "") -> bool | None:
    """Whether the tissue came from a resection, False for a biopsy, None where neither or both are said."""
    for texts in (_tissue_texts(resource, record), [words]):
        resected, biopsied = (any(record.says(kind, t) for t in texts) for kind in _TISSUES)
        if resected is not biopsied:
            return resected
    return None


def is_of_metastasis(resource: Resource, record: Record, words: str = "") -> bool:
    """Whether the tissue is said to be a metastasis, or comes from where no tumor of ours begins."""
    texts = _tissue_texts(resource, record)
    named = any(record.tells(_TISSUE_OF_METASTASIS, told) for told in (words, *texts))
    return named or any(record.says(_NO_PRIMARY_PLACE, told) for told in texts)


def _tissue_texts(resource: Resource, record: Record) -> list[str]:
    """What code, body site, method and specimen of a result or report say of the tissue."""
    items = [record.code(resource), *codeables(resource.at("bodySite"), record.book)]
    items += codeables(resource.at("method"), record.book)
    for named in elements(resource.at("specimen")):
        specimen = record.chart.find(reference(named))
        taken = specimen.at("collection") if specimen else None
        items += codeables(specimen.at("type"), record.book) if specimen else []
        if isinstance(taken, dict):
            items += [i for name in ("method", "bodySite") for i in codeables(taken.get(name), record.book)]
    return [words for item in items for words in item.texts]


def joined(
    found: Iterable[Result], tumor: Tumor, everyone: tuple[Tumor, ...], record: Record
) -> tuple[list[Result], bool]:
    """The results of this tumor, and whether some could be of several."""
    own, unlinked = [], False
    for result in found:
        belongs = owners(result.resource, everyone, record, result.holder)
        if belongs == [tumor]:
            own.append(result)
        elif tumor in belongs:
            unlinked = True
    final = [result for result in own if not result.preliminary]
    return final or own, unlinked


def pathology_words(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[tuple[Resource, str]]:
    """The texts of pathology reports and narrative pathology results that can only belong to this tumor."""
    for resource, words in pathology_texts(record):
        if owners(resource, everyone, record) == [tumor] and not _is_of_another(tumor, resource, words, record):
            yield resource, words


def loose_words(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[str]:
    """The texts of pathology that may belong to this tumor or to another one."""
    for resource, words in pathology_texts(record):
        belongs = owners(resource, everyone, record)
        if tumor in belongs and (len(belongs) > 1 or _is_of_another(tumor, resource, words, record)):
            yield words


def _is_of_another(tumor: Tumor, resource: Resource, words: str, record: Record) -> bool:
    """Whether a text is about an organ that is none of ours ("breast: ductal carcinoma"), and says nothing of ours.

    The one tumor of the problem list is not the only one a report may be about.
    """
    if tumor.family not in _OURS or tumor.site == ELSEWHERE:
        return False
    known: dict[tuple[str, str], bool] = record.once.setdefault("texts of other organs", {})
    if (resource.path, words) not in known:
        known[resource.path, words] = _names_another(resource, words, record)
    return known[resource.path, words]


def _names_another(resource: Resource, words: str, record: Record) -> bool:
    if record.says(_NEUROENDOCRINE, words) or place_of(resource, record).sites:
        return False
    if {*named_sites([words], record)} - {ELSEWHERE}:
        return False
    return record.affirms(_OTHER_ORGAN, words)


def pathology_texts(record: Record) -> Iterator[tuple[Resource, str]]:
    """The texts of all pathology reports and narrative results, whosever tumor they are about."""
    for report in record.chart.of("DiagnosticReport"):
        if is_countable(report) and is_pathology(report, record):
            for words in report_texts(report, record.book):
                yield report, words
    for result in results(record, _PATHOLOGY_REPORT, ANY_STAIN):
        for words in result.value.texts:
            yield result.resource, words
