"""Somatostatin receptors of one tumor: the newest receptor imaging that was reported, else the stain in tissue.

FDG PET says nothing about somatostatin receptors; uptake that is mixed or weak decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import clauses
from cds_service.fhir.values import code_of, notes, value_of
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Sstr
from cds_service.picture.imaging.studies import studies
from cds_service.picture.record import Record, date_of_result, dated, is_countable, report_texts
from cds_service.picture.results import results
from cds_service.picture.tumor.pathology import pathology_words
from cds_service.picture.tumor.stains import NEXT_STAIN
from cds_service.picture.tumor.tumors import NEUROENDOCRINE, Tumor, owners

_NO_UPTAKE = concept_id("answers/no-uptake")
_UPTAKE = concept_id("answers/uptake")
_WEAK_UPTAKE = concept_id("answers/weak-uptake")
_OTHER_UPTAKE = concept_id("answers/other-uptake")
_REPORTED = ("DiagnosticReport", "Observation")
_STAIN = concept_id("pathology/sstr2")


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one study or stain says; None where it gives no clear statement."""

    state: Sstr | None
    when: When | None
    evidence: Evidence
    note: str = ""


def sstr_feature(tumor: Tumor, everyone: tuple[Tumor, ...], removed: When | None, record: Record) -> Feature:
    """`sstr`. `removed`: when the tumor was last resected: a study without uptake after that is no negative tumor."""
    candidates = tuple(other for other in everyone if other.family in NEUROENDOCRINE) or everyone
    imaged, loose = [], []
    for resource in _reports(record):
        belongs = owners(resource, candidates, record)
        if belongs == [tumor]:
            imaged.append(_imaged(resource, removed, record))
        elif tumor in belongs:
            loose.append(Evidence(record.code(resource).shown, resource.reference))
    if found := imaged or [*_stained(tumor, candidates, record), *_told(tumor, candidates, record)]:
        return _decided(found)
    if loose:
        return unknown("sstr", Gap.NOT_LINKED, "the receptor imaging names no tumor", loose)
    gap = Gap.NOT_RECORDED if record.searched("reports", "pathology") else Gap.NOT_SEARCHED
    return unknown("sstr", gap, "no somatostatin receptor result was found")


def _reports(record: Record) -> list[Resource]:
    """The reports of receptor imaging; a preliminary one only if there is no other."""
    found = [study.resource for study in studies(record) if study.receptors and study.resource.type in _REPORTED]
    final = [resource for resource in found if is_countable(resource)]
    return final or [resource for resource in found if code_of(resource.at("status")) == "preliminary"]


def _imaged(resource: Resource, removed: When | None, record: Record) -> _Finding:
    study = next(study for study in studies(record) if study.resource is resource)
    state = _receptor_words(" ; ".join(_words(resource, record)), record)
    note = "the receptor imaging gives no clear statement"
    if state is Sstr.NEGATIVE and removed and not (study.when and study.when.latest < removed.earliest):
        state, note = None, "no uptake after the resection says nothing of the tumor"
    shown = Evidence(f"{study.evidence.text}: {state or 'no clear statement'}", resource.reference)
    return _Finding(state, study.when, shown, note)


def _words(resource: Resource, record: Record) -> Iterator[str]:
    yield from report_texts(resource, record.book)
    yield from value_of(resource.data, record.book).texts
    yield from notes(resource.data)


def _stained(tumor: Tumor, candidates: tuple[Tumor, ...], record: Record) -> Iterator[_Finding]:
    own = [r for r in results(record, _STAIN) if owners(r.resource, candidates, record) == [tumor]]
    for result in [r for r in own if not r.preliminary] or own:
        words = " ".join(result.value.texts)
        shown = Evidence(dated(f"SSTR2 {words}", result.when), result.resource.reference)
        yield _Finding(_receptor_words(words, record), result.when, shown, "the stain gives no clear statement")


def _told(tumor: Tumor, candidates: tuple[Tumor, ...], record: Record) -> Iterator[_Finding]:
    """What pathology says of the stain among others; that it was only named or is pending says nothing."""
    for resource, text in pathology_words(tumor, candidates, record):
        parts = (part for clause in clauses(text) for part in NEXT_STAIN.split(clause))
        for part in (part for part in parts if _names_stain(part, record)):
            state, when = _receptor_words(part, record), date_of_result(resource)
            if state or record.says(_WEAK_UPTAKE, part):
                shown = Evidence(dated(part[:80], when), resource.reference)
                yield _Finding(state, when, shown, "the stain gives no clear statement")


def _names_stain(words: str, record: Record) -> bool:
    """SSTR2 as a stain, not as what an image shows."""
    stain = record.knowledge.concepts[_STAIN]
    return record.says(_STAIN, words) and not any(phrase.pattern.search(words) for phrase in stain.not_phrases)


def _decided(found: Iterable[_Finding]) -> Feature:
    """By the newest; several that may be the newest must agree."""
    listed = list(found)
    last = max((finding.when.earliest for finding in listed if finding.when), default=None)
    newest = [f for f in listed if last is None or f.when is None or f.when.latest >= last]
    states = {finding.state for finding in newest}
    evidence = [finding.evidence for finding in newest]
    if len(states) > 1:
        return unknown("sstr", Gap.CONTRADICTORY, "results that may be the newest differ", evidence)
    state = states.pop()
    return (
        known("sstr", state, evidence=evidence)
        if state
        else unknown("sstr", Gap.NOT_READABLE, newest[0].note, evidence)
    )


def _receptor_words(words: str, record: Record) -> Sstr | None:
    """Positive or negative; mixed, weak or both is neither."""
    told = " ; ".join(clause for clause in clauses(words) if not record.says(_OTHER_UPTAKE, clause))
    negative = record.says(_NO_UPTAKE, told)
    positive = record.affirms(_UPTAKE, told)
    if record.says(_WEAK_UPTAKE, told) or positive == negative:
        return None
    return Sstr.POSITIVE if positive else Sstr.NEGATIVE
