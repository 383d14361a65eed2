"""Immunohistochemistry of one tumor that helps to tell NET G3 from NEC: p53 and RB1.

Settles no diagnosis; a p53 that is only "positive" says neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cds_service.fhir.texts import Certainty, clauses, find
from cds_service.fhir.values import notes
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import P53Rb1
from cds_service.picture.record import Record, date_of_result, dated, none_found
from cds_service.picture.results import results
from cds_service.picture.tumor.pathology import joined, loose_words, pathology_words
from cds_service.picture.tumor.tumors import Tumor

_STAIN_NAMES = {
    "p53": re.compile(r"\bt?p ?53\b", re.IGNORECASE),
    "rb1": re.compile(r"\bp?rb-?1?\b|\bretinoblastoma[- ]prot\w*", re.IGNORECASE),
}
NEXT_STAIN = re.compile(
    r"(?:[,/(]|\b(?:and|und|with|mit|sowie)\b)\s*"
    r"(?=(?:[a-zäöü-]+\s+){0,3}?"
    r"t?(?:p ?53|p?rb-?1?\b|retinobl|ki[- ]?67|mib|sstr|synapto|chromogr|cd ?\d|ttf|insm|cdx))",
    re.IGNORECASE,
)
_NAME = r"\b(?:t?p ?53|p?rb-?1?\b|retinoblastoma[- ]prot\w*)(?:\s+(?:immun\w+|ihc|stain\w*|expression))?"
_PAIR = re.compile(rf"{_NAME}\s*(?:[,/&+]|\b(?:and|und|sowie|or|oder|and/or|und/oder)\b)\s*{_NAME}", re.IGNORECASE)
_ONE_OF_TWO = re.compile(r"\b(?:or|one|either|only|oder|einer|eines|entweder|nur)\b", re.IGNORECASE)
_KEPT = re.compile(
    r"\b(?:normale?[rsnm]?|retained|intact|preserved|erhalten\w*|unauffällig\w*|wild[\s-]?typ\w*)\b", re.IGNORECASE
)
_STAINS = {  # abnormal, normal
    "p53": (
        re.compile(
            r"\bmut(?:ant|ated|iert|ation)\w*|\bnull(?:[- ]?(?:muster|phänotyp|typ|pattern|type))?\b|overexpress\w*"
            r"|überexpr\w*|\baberrant\b|\babnormal\b",
            re.IGNORECASE,
        ),
        re.compile(r"\bwild[\s-]?type?\b|\bwildtyp\w*|\bnormale?[rsnm]?\b|\bunauffällig\b", re.IGNORECASE),
    ),
    "rb1": (
        re.compile(
            r"\b(?:lost|loss|absent|(?:expressions)?verlust|verloren|negativ\w*(?! for\b))\b"
            r"|\b(?:not|nicht) (?:retained|erhalten)|\bno (?:nuclear )?(?:expression|staining)\b",
            re.IGNORECASE,
        ),
        re.compile(r"\b(?:retained|intact|preserved|positiv\w*|erhalten|normale?[rsnm]?|present)\b", re.IGNORECASE),
    ),
}
_CONCEPTS = {stain: concept_id(f"pathology/{stain}") for stain in _STAINS}
_NOT = re.compile(r"\b(?:no|not|without|kein\w*|nicht|ohne)\b", re.IGNORECASE)
_NON = re.compile(r"\bnon[- ]?(?=mut|aberr|abnorm|null)", re.IGNORECASE)
_DENIED_AFTER = re.compile(
    r"\b(?:not|nicht) (?:seen|found|identified|present|detected|nachweisbar|nachgewiesen)\b|\bexcluded\b|\bruled out\b"
    r"|\bausgeschlossen\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|without|kein\w*|nicht|ohne)\b[^,]{0,20}\b"
    r"(?:mut\w*|null|overexpress\w*|überexpr\w*|aberrant|abnormal|loss|lost|verlust|expressionsverlust)",
    re.IGNORECASE,
)


def p53_rb1_feature(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> Feature:
    """Immunohistochemistry that helps to tell NET G3 from NEC. "p53 positive" alone says neither."""
    name = "p53-rb1"
    found: dict[str, set[str]] = {}
    shown: list[Evidence] = []
    for stain in _STAINS:
        for words, item in _stain_words(stain, tumor, everyone, record):
            found.setdefault(stain, set()).add(_stain_state(stain, words))
            shown.append(item)
    states = [_settled(states) for states in found.values()]
    if "abnormal" in states:
        return known(name, P53Rb1.ABNORMAL, evidence=shown)
    if "unclear" in states:
        return unknown(name, Gap.NOT_READABLE, "reported, but neither as normal nor as abnormal", shown)
    if _has_loose_stain(tumor, everyone, record):
        return unknown(name, Gap.NOT_LINKED, "a p53 or RB1 is not linked to one of several tumors", shown)
    if states:
        return known(name, P53Rb1.NORMAL if len(states) == len(_STAINS) else P53Rb1.INCOMPLETE, evidence=shown)
    return none_found(name, P53Rb1.NOT_FOUND, "pathology searched, no p53 or RB1 found", record, "pathology", "reports")


def _settled(states: set[str]) -> str:
    """What several results of one stain say together; normal and abnormal contradict each other."""
    if {"normal", "abnormal"} <= states:
        return "unclear"
    return next(state for state in ("abnormal", "normal", "unclear") if state in states)


def _stain_words(
    stain: str, tumor: Tumor, everyone: tuple[Tumor, ...], record: Record
) -> Iterator[tuple[str, Evidence]]:
    own, _ = joined(results(record, _CONCEPTS[stain]), tumor, everyone, record)
    for result in own:
        words = " ".join((*result.value.texts, *notes(result.resource.data)))
        shown = dated(f"{stain.upper() if stain == 'rb1' else stain} {words}", result.when)
        yield f"{stain} {words}", Evidence(shown, result.resource.reference)
    for report, text in pathology_words(tumor, everyone, record):
        for clause in _stain_clauses(stain, text):
            yield clause, Evidence(dated(clause[:80], date_of_result(report)), report.reference)


def _stain_clauses(stain: str, text: str) -> Iterator[str]:
    """What is said of the stain: the words behind its name; those before it too where these deny or alone tell."""
    for clause in clauses(text):
        for part in NEXT_STAIN.split(_said_of_one(stain, clause)):
            if name := _STAIN_NAMES[stain].search(part):
                behind = part[name.start() :]
                alone = _stain_state(stain, behind) != "unclear" and not _NOT.search(part[: name.start()])
                yield behind if alone else part


def _said_of_one(stain: str, clause: str) -> str:
    """What "p53 and RB1 retained" says of each of the two; of "p53 or RB1 retained" nobody knows which is."""
    pair = _PAIR.search(clause)
    if pair is None or not all(name.search(pair[0]) for name in _STAIN_NAMES.values()):
        return clause
    before, behind = clause[: pair.start()], clause[pair.end() :]
    if any(name.search(f"{before} ; {behind}") for name in _STAIN_NAMES.values()):
        return clause
    kept = "" if _ONE_OF_TWO.search(clause) and not _NOT.search(before) else "normal"
    return f"{_KEPT.sub(kept, before)}{stain}{_KEPT.sub(kept, behind)}"


def _has_loose_stain(tumor: Tumor, everyone: tuple[Tumor, ...], record: Record) -> bool:
    if joined(results(record, *_CONCEPTS.values()), tumor, everyone, record)[1]:
        return True
    loose = list(loose_words(tumor, everyone, record))
    return any(pattern.search(words) for words in loose for pattern in _STAIN_NAMES.values())


def _stain_state(stain: str, words: str) -> str:
    """ "normal" or "abnormal"; "unclear" where the words say neither or both."""
    abnormal, normal = _STAINS[stain]
    words = _NON.sub("not ", words)
    said = find(abnormal, words)
    is_abnormal = any(found.certainty is Certainty.AFFIRMED for found in said)
    denied = bool(_DENIED.search(words))
    if not said and abnormal.search(words):
        denied |= bool(_DENIED_AFTER.search(words))
    kept = any(found.certainty is Certainty.AFFIRMED for found in find(normal, words))
    is_normal = kept or (not is_abnormal and denied)
    if is_abnormal is is_normal:
        return "unclear"
    return "abnormal" if is_abnormal else "normal"
