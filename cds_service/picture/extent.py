"""How far a tumor has spread, from metastasis Conditions, TNM, stage groups and words.

The absence of a metastasis code is not M0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cds_service.fhir.codes import Codeable, Coding
from cds_service.fhir.texts import Certainty, find
from cds_service.fhir.values import codeable, elements
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Extent
from cds_service.picture.record import Record, dated
from cds_service.picture.results import results
from cds_service.picture.tumors import Tumor, owners

_METASTATIC = re.compile(
    r"\bmetasta(?:tic|s[ei]s|siert\w*|sen|sed|sized)\b|\b(?:liver|bone|lung|brain) mets?\b|\bmets\b|\bfiliae\b",
    re.IGNORECASE,
)
_EXTENSIVE = re.compile(r"\bextensive(?:[\s-](?:stage|disease))?\b|\bES-?SCLC\b|\bED\b", re.IGNORECASE)
_LIMITED = re.compile(r"\blimited(?:[\s-](?:stage|disease))?\b|\bLS-?SCLC\b|\bLD\b", re.IGNORECASE)
_LOCAL = re.compile(r"\blocali[sz]ed\b|\blokalisiert\w*\b", re.IGNORECASE)
_STAGE = re.compile(
    r"\b(?i:stage|stadium|uicc|ajcc)[\s:]*(?P<value>IV|III|II|I)(?:[A-C]\d?)?\b|^\s*(?P<bare>IV|III|II|I)[A-C]?\d?\s*$"
)
_TNM = re.compile(r"(?<![A-Za-z])[cpy]{0,2}(?P<value>M1[a-c]?|M0|N[1-3][a-c]?|N0)(?![a-z0-9])")
_SIGNS = ((_METASTATIC, "distant"), (_EXTENSIVE, "extensive"), (_LIMITED, "limited"), (_LOCAL, "localized"))
_TNM_CONCEPTS = ("status/tnm-n", "status/tnm-m", "status/stage-group")


def extent_feature(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    """`extent` of one tumor; what is contradicted or of several tumors is unknown."""
    said: dict[str, list[Evidence]] = {}
    for sign, item in _signs(tumor, everyone, record):
        said.setdefault(sign, []).append(item)
    evidence = [item for items in said.values() for item in items]
    value = _small_cell(said) if tumor.family == "sclc" else _solid(said)
    if tumor.unlinked_metastases and value not in (Extent.METASTATIC, Extent.EXTENSIVE):
        return unknown("extent", Gap.NOT_LINKED, "metastases are recorded that no tumor names", evidence)
    if value is None:
        gap = Gap.CONTRADICTORY if evidence else Gap.NOT_RECORDED
        searched = record.searched("conditions", "status")
        return unknown("extent", gap if searched or evidence else Gap.NOT_SEARCHED, "", evidence)
    return known("extent", value, evidence=evidence)


def _solid(said: dict[str, list[Evidence]]) -> Extent | None:
    distant = said.keys() & {"distant", "M1", "IV"}
    free = said.keys() & {"M0"}
    if distant and free:
        return None
    if distant:
        return Extent.METASTATIC
    if said.keys() & {"nodes", "N+", "III"}:
        return Extent.LOCOREGIONAL
    return Extent.LOCALIZED if said.keys() & {"M0", "I", "II", "localized"} else None


def _small_cell(said: dict[str, list[Evidence]]) -> Extent | None:
    extensive = said.keys() & {"distant", "M1", "IV", "extensive"}
    limited = said.keys() & {"limited", "I", "II", "III"}
    if extensive and limited:
        return None
    if extensive:
        return Extent.EXTENSIVE
    return Extent.LIMITED if limited else None


def _signs(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[tuple[str, Evidence]]:
    for metastasis in tumor.metastases:
        if metastasis.is_active and not metastasis.suspected:
            nodes = all(mark.get("value") in ("nodes", "nen-nodes") for mark in metastasis.marks)
            shown = Evidence(metastasis.label, metastasis.resource.reference)
            yield ("nodes" if nodes else "distant"), shown
    for condition in tumor.conditions:
        for sign in _words(condition.text):
            yield sign, Evidence(condition.label, condition.resource.reference)
        for stage in elements(condition.resource.at("stage")):
            summary = codeable(stage.get("summary"), record.book)
            for sign in (*_coded(summary.codings, record), *(s for text in summary.texts for s in _words(text))):
                yield (sign, Evidence(f"stage {summary.shown}", condition.resource.reference))
    yield from _tnm(tumor, everyone, record)


def _tnm(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Iterator[tuple[str, Evidence]]:
    """The newest TNM and stage results of this tumor, one for each kind."""
    newest = {
        result.concept: result
        for result in results(record, *_TNM_CONCEPTS)
        if not result.preliminary and owners(result.resource, everyone, record) == [tumor]
    }
    for result in newest.values():
        coded = result.value.coded
        for sign in {*_coded(coded.codings, record), *(s for text in result.value.texts for s in _words(text))}:
            shown = coded.shown or result.value.words
            yield sign, Evidence(dated(shown, result.when), result.resource.reference)


def _coded(codings: tuple[Coding, ...], record: Record) -> set[str]:
    code = Codeable(codings)
    meant = record.book.which(code, "answers/tnm-value", "answers/stage-value")
    return {meaning.attributes["value"] for meaning in meant if "value" in meaning.attributes}


def _words(text: str) -> set[str]:
    signs = {sign for pattern, sign in _SIGNS if any(_affirmed(pattern, text))}
    signs |= {match["value"] or match["bare"] for match in _affirmed(_STAGE, text)}
    for match in _affirmed(_TNM, text):
        value = match["value"]
        signs.add("N+" if value[0] == "N" and value != "N0" else value[:2])
    return signs


def _affirmed(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return (found.match for found in find(pattern, text) if found.certainty is Certainty.AFFIRMED)
