"""How far a tumor has spread, from metastasis Conditions, TNM, stage groups and words.

The absence of a metastasis code is not M0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.fhir.codes import Codeable
from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.texts import Certainty, clauses, find
from cds_service.fhir.values import codeable, elements
from cds_service.guideline.concepts import concept_id, concept_ids
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Extent
from cds_service.picture.record import Record, date_of_result, dated, is_countable, report_texts
from cds_service.picture.results import results
from cds_service.picture.tumor.tumors import Tumor, owners

_TNM_VALUE = concept_id("answers/tnm-value")
_STAGE_VALUE = concept_id("answers/stage-value")
_SPREAD = concept_id("answers/spread")
_NODE_WORD = concept_id("answers/node-word")
_STAGE = re.compile(
    r"\b(?i:stage|stadium|uicc|ajcc)[\s:]*(?P<value>IV|III|II|I)(?:[A-C]\d?)?\b|^\s*(?P<bare>IV|III|II|I)[A-C]?\d?\s*$"
)
_TNM = re.compile(r"(?<![A-Za-z])[cpy]{0,2}(?P<value>M1[a-c]?|M0|N[1-3][a-c]?|N0)(?![a-z0-9])")
_DISTANT = ("distant", "M1", "IV")
_FAR = (Extent.METASTATIC, Extent.EXTENSIVE)
_TNM_CONCEPTS = concept_ids("status/tnm-n", "status/tnm-m", "status/stage-group")


@dataclass(frozen=True, slots=True)
class _Sign:
    """One statement about the spread. `lasting`: a Condition that is still active, which no later result undoes."""

    value: str
    when: When | None
    evidence: Evidence
    lasting: bool = False


def extent_feature(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    """`extent` of one tumor; what is contradicted or of several tumors is unknown."""
    signs = list(_signs(tumor, everyone, record))
    evidence = [sign.evidence for sign in signs]
    value = _small_cell(signs) if tumor.family == "sclc" else _solid(signs)
    if tumor.unlinked_metastases and value not in _FAR:
        return unknown("extent", Gap.NOT_LINKED, "metastases are recorded that no tumor names", evidence)
    if value is None:
        gap = Gap.CONTRADICTORY if evidence else Gap.NOT_RECORDED
        searched = record.searched("conditions", "status")
        return unknown("extent", gap if searched or evidence else Gap.NOT_SEARCHED, "", evidence)
    if value not in _FAR and (told := _told_since(signs, tumor, everyone, record)):
        return unknown("extent", Gap.CONTRADICTORY, "a later report tells of a metastasis", [*evidence, *told])
    return known("extent", value, evidence=evidence)


def _told_since(signs: list[_Sign], tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> list[Evidence]:
    """Reports of a distant metastasis that no later staging answers: enough to doubt, too little to stage by."""
    found = []
    for report in record.chart.of("DiagnosticReport"):
        if is_countable(report) and owners(report, everyone, record) == [tumor]:
            shown = Evidence(dated(record.code(report).shown, date_of_result(report)), report.reference)
            told = _Sign("distant", date_of_result(report), shown)
            if _tells_metastasis(report, record) and not any(_after(sign, told) for sign in signs):
                found.append(shown)
    return found


def _tells_metastasis(report: Resource, record: Record) -> bool:
    """Whether a clause surely tells of a metastasis, and of no lymph nodes."""
    told = (clause for words in report_texts(report, record.book) for clause in clauses(words))
    return any(_words(one, record) & set(_DISTANT) for one in told if not record.says(_NODE_WORD, one))


def _solid(signs: list[_Sign]) -> Extent | None:
    far, near = _current(signs, _DISTANT, ("M0",))
    if far and near:
        return None
    if far:
        return Extent.METASTATIC
    said = {sign.value for sign in signs}
    if said & {"nodes", "N+", "III"}:
        return Extent.LOCOREGIONAL
    return Extent.LOCALIZED if said & {"M0", "I", "II", "localized"} else None


def _small_cell(signs: list[_Sign]) -> Extent | None:
    extensive, limited = _current(signs, (*_DISTANT, "extensive"), ("limited", "I", "II", "III"))
    if extensive and limited:
        return None
    if extensive:
        return Extent.EXTENSIVE
    return Extent.LIMITED if limited else None


def _current(signs: list[_Sign], more: tuple[str, ...], less: tuple[str, ...]) -> tuple[list[_Sign], list[_Sign]]:
    """Of statements that contradict each other the later ones, where all are dated."""
    far, near = [s for s in signs if s.value in more], [s for s in signs if s.value in less]
    if any(all(_after(one, other) for other in near) for one in far):
        return far, []
    if near and all(not one.lasting and any(_after(other, one) for other in near) for one in far):
        return [], near
    return far, near


def _after(one: _Sign, other: _Sign) -> bool:
    return one.when is not None and other.when is not None and one.when.earliest > other.when.latest


def _signs(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[_Sign]:
    for metastasis in tumor.metastases:
        if metastasis.is_active and not metastasis.suspected:
            nodes = all(mark.get("value") in ("nodes", "nen-nodes") for mark in metastasis.marks)
            shown = Evidence(metastasis.label, metastasis.resource.reference)
            yield _Sign("nodes" if nodes else "distant", metastasis.recorded, shown, True)
    for condition in tumor.conditions:
        code = record.code(condition.resource)
        for value in {*_coded(code, record), *_words(condition.text, record)}:
            shown = Evidence(condition.label, condition.resource.reference)
            yield _Sign(value, condition.recorded, shown, condition.is_active)
        for stage in elements(condition.resource.at("stage")):
            summary = codeable(stage.get("summary"), record.book)
            shown = Evidence(f"stage {summary.shown}", condition.resource.reference)
            yield from (_Sign(value, condition.recorded, shown) for value in _read(summary, record))
    yield from _tnm(tumor, everyone, record)


def _tnm(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[_Sign]:
    """The newest TNM and stage results of this tumor, one for each kind."""
    newest = {
        result.concept: result
        for result in results(record, *_TNM_CONCEPTS)
        if not result.preliminary and owners(result.resource, everyone, record) == [tumor]
    }
    for result in newest.values():
        coded = result.value.coded
        shown = Evidence(dated(coded.shown or result.value.words, result.when), result.resource.reference)
        written = {value for text in result.value.texts for value in _words(text, record)}
        yield from (_Sign(value, result.when, shown) for value in _read(coded, record) | written)


def _read(code: Codeable, record: Record) -> set[str]:
    """A stage by its code, its words, or a code that is a word itself ("IVB")."""
    return _coded(code, record) | {value for words in (*code.texts, code.shown) for value in _words(words, record)}


def _coded(code: Codeable, record: Record) -> set[str]:
    meant = record.book.which(Codeable(code.codings), _TNM_VALUE, _STAGE_VALUE)
    return {meaning.attributes["value"] for meaning in meant if "value" in meaning.attributes}


def _words(text: str, record: Record) -> set[str]:
    signs = {p.attributes["value"] for p in record.phrases(_SPREAD) if any(_affirmed(p.pattern, text))}
    signs |= {match["value"] or match["bare"] for match in _affirmed(_STAGE, text)}
    for match in _affirmed(_TNM, text):
        value = match["value"]
        signs.add("N+" if value[0] == "N" and value != "N0" else value[:2])
    return signs


def _affirmed(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return (found.match for found in find(pattern, text) if found.certainty is Certainty.AFFIRMED)
