"""Resections of a tumor, and the course of the disease after them.

A biopsy is never a resection; a metastasis removed is not the primary removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_service.fhir.codes import Codeable, Meaning
from cds_service.fhir.dates import LONG_AGO, When
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import codeables, date_of, elements, notes, reference
from cds_service.guideline.concepts import ConceptId, concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Course, Extent, Resection
from cds_service.picture.record import ENDED, Record, dated, none_found, took_place
from cds_service.picture.tumor.pathology import pathology_words
from cds_service.picture.tumor.tumors import Tumor, owners
from cds_service.picture.tumor.unnamed_tumor import neuroendocrine_hints

_PALLIATIVE_INTENT = concept_id("answers/palliative-intent")
_OPERATION_TOLD = concept_id("answers/operation-told")
_RESECTION_TOLD = concept_id("answers/resection-told")
_RESECTION = concept_id("procedures/resection")
_REMOVED_WHOLE = concept_id("answers/removed-whole")
_RIGHT_COLON = concept_id("answers/right-colon")
_CURATIVE_INTENT = concept_id("answers/curative-intent")
_AGAIN = ("recurrence", "relapse")
_TAKEN_WITH_RIGHT_COLON = ("small-intestine", "appendix")
_ENDOSCOPIC_SITES = ("stomach", "duodenum", "colon", "rectum")


@dataclass(frozen=True, slots=True)
class Operation:
    """One completed resection.

    `of_primary`: it took the organ of the tumor, not a metastasis; `complete`: R0, or the words for it, is recorded.
    """

    when: When | None
    curative: bool
    complete: bool
    of_primary: bool
    evidence: Evidence


def operations(tumor: Tumor, everyone: tuple[Tumor, ...], extent: Feature, record: Record) -> list[Operation]:
    """The resections that belong to this tumor, oldest first; without a tumor there are none."""
    found: list[Operation] = []
    if not tumor.all_conditions:
        return found
    for resource in (*record.chart.of("Procedure"), *record.chart.of("Condition")):
        meant = record.means(resource, _RESECTION) if took_place(resource) else ()
        if meant and _belongs(resource, meant, tumor, everyone, record):
            found.append(_operation(resource, meant, tumor, everyone, extent, record))
    return sorted(found, key=lambda o: (o.when.order if o.when else LONG_AGO, o.evidence.reference))


def _belongs(
    resource: Resource, meant: Iterable[Meaning], tumor: Tumor, everyone: tuple[Tumor, ...], record: Record
) -> bool:
    reasons = {reference(item) for item in elements(resource.at("reasonReference"))}
    if reasons & {ref for other in everyone for ref in other.references}:
        return bool(reasons & tumor.references)
    if not _reaches(resource, meant, tumor, record):
        return False
    return owners(resource, everyone, record) == [tumor] or tumor.site in _sites_of(meant)


def _reaches(resource: Resource, meant: Iterable[Meaning], tumor: Tumor, record: Record) -> bool:
    """Whether the operation takes the organ of the tumor; one of no named organ may take any."""
    sites = _sites_of(meant)
    if sites:
        right_colon = "colon" in sites and any(record.says(_RIGHT_COLON, text) for text in record.code(resource).texts)
        return tumor.site in sites or (right_colon and tumor.site in _TAKEN_WITH_RIGHT_COLON)
    if all(meaning.attributes.get("value") == "local" for meaning in meant):
        return tumor.site in _ENDOSCOPIC_SITES
    return True


def _sites_of(meant: Iterable[Meaning]) -> frozenset[str]:
    return frozenset(meaning.attributes["site"] for meaning in meant if "site" in meaning.attributes)


def _operation(
    resource: Resource,
    meant: tuple[Meaning, ...],
    tumor: Tumor,
    everyone: tuple[Tumor, ...],
    extent: Feature,
    record: Record,
) -> Operation:
    when = date_of(resource.data, "performedDateTime", "performedPeriod", "onsetDateTime")
    kinds = {meaning.attributes.get("value", "other") for meaning in meant}
    sites = _sites_of(meant)
    complete = any(record.affirms(_REMOVED_WHOLE, text) for text in _told_of(resource, tumor, everyone, record))
    localized = not extent.is_unknown and not extent.values & {Extent.METASTATIC, Extent.EXTENSIVE}
    of_organ = bool(sites & {tumor.site}) and "radical" in kinds
    whole = complete or (of_organ and localized) or (tumor.site == "appendix" and "appendix" in sites)
    # Metastases are removed by operations that name no organ of a primary and are neither radical nor local.
    palliative = _is_meant(_PALLIATIVE_INTENT, resource, record)
    of_primary = not palliative and bool(sites or kinds & {"radical", "local"})
    return Operation(
        when=when,
        curative=of_primary and (whole or _is_meant(_CURATIVE_INTENT, resource, record)),
        complete=complete,
        of_primary=of_primary,
        evidence=Evidence(dated(record.code(resource).shown, when), resource.reference),
    )


def _told_of(resource: Resource, tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[str]:
    """Its name, its notes, and what pathology says of the tumor."""
    yield from record.code(resource).texts
    yield from notes(resource.data)
    yield from (text for _, text in pathology_words(tumor, everyone, record))


def _is_meant(intent: ConceptId, resource: Resource, record: Record) -> bool:
    """Whether it is called curative or palliative, by its reason or by the treatment-intent of mCODE."""
    intents = codeables(resource.at("reasonCode"), record.book) + _intents(resource, record)
    return any(record.book.has(code, intent) for code in intents)


def _intents(resource: Resource, record: Record) -> list[Codeable]:
    return [
        code
        for extension in elements(resource.at("extension"))
        if "treatment-intent" in str(extension.get("url", ""))
        for code in codeables(extension.get("valueCodeableConcept"), record.book)
    ]


def resection_feature(found: list[Operation], words: Iterable[tuple[str, str]], record: Record) -> Feature:
    """`words`: texts about the tumor with their references; one that tells of a resection forbids to say none."""
    evidence = [operation.evidence for operation in found]
    if any(operation.curative for operation in found):
        return known("resection", Resection.CURATIVE, evidence=evidence)
    if found:
        return known("resection", Resection.OTHER, evidence=evidence)
    if told := _told(_RESECTION_TOLD, words, record):
        return unknown("resection", Gap.NOT_READABLE, "a resection is only told in words", told)
    return none_found(
        "resection", Resection.NONE_RECORDED, "procedures searched, no resection found", record, "procedures"
    )


def _told(concept: ConceptId, words: Iterable[tuple[str, str]], record: Record) -> list[Evidence]:
    return [Evidence("a text tells of a resection", source) for text, source in words if record.says(concept, text)]


def course_feature(
    tumor: Tumor, found: list[Operation], progressed: bool, words: Iterable[tuple[str, str]], record: Record
) -> Feature:
    """Active, or after a resection with nothing since - even where the problem list still says active.

    `words`: texts about the tumor with their references; a resection that only they tell leaves the course open.
    """
    if not tumor.all_conditions:
        return unknown("course", Gap.NOT_RECORDED, "no tumor is recorded")
    statuses = [(c.status, Evidence(f"{c.label}: {c.status or 'no clinical status'}", c.resource.reference))
                for c in tumor.all_conditions]  # fmt: skip
    evidence = [item for _, item in statuses]
    removed = [operation for operation in found if operation.of_primary]
    spread = any(metastasis.is_active for metastasis in tumor.metastases)
    again = any(status in _AGAIN for status, _ in statuses)
    if removed and tumor.unlinked_metastases and not (spread or again or progressed):
        return unknown("course", Gap.NOT_LINKED, "resected, and metastases are recorded that no tumor names", evidence)
    if removed and not (spread or again or progressed):
        return known("course", Course.AFTER_RESECTION, evidence=[*evidence, *(o.evidence for o in removed)])
    past = all(c.kind == "personal-history" or c.status in ENDED for c in tumor.all_conditions)
    if past:
        return unknown("course", Gap.NOT_RECORDED, "not active, and no resection was found", evidence)
    told = _told(_OPERATION_TOLD, words, record)
    if told and not (found or spread or again or progressed):
        return unknown("course", Gap.NOT_READABLE, "a resection is only told in words", [*evidence, *told])
    return known("course", Course.ACTIVE, evidence=evidence)


def words_about(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[tuple[str, str]]:
    """What Conditions and pathology say of the tumor in words, each with its reference."""
    for condition in tumor.all_conditions:
        yield from ((text, condition.resource.reference) for text in (condition.text, *notes(condition.resource.data)))
    if not tumor.all_conditions:
        yield from ((hint.text, hint.reference) for hint in neuroendocrine_hints(record))
    for report, text in pathology_words(tumor, everyone, record):
        yield text, report.reference
        yield from ((code, report.reference) for code in record.code(report).texts)


def last_removal(found: list[Operation]) -> When | None:
    dates = [operation.when for operation in found if operation.of_primary and operation.when]
    return max(dates, key=lambda when: when.latest) if dates else None
