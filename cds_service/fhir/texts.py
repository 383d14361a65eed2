"""Guarded text: a phrase counts only where nobody denies it, doubts it or says it of a relative or of the past.

Knows the words of doubt and denial in English and German; the phrases themselves are knowledge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_ABBREVIATIONS = (
    (re.compile(r"\bV\.?\s?a\.", re.IGNORECASE), "suspected "),
    (re.compile(r"\bZ\.?\s?n\.", re.IGNORECASE), "history of "),
    (re.compile(r"\bDD\b[:.]?"), "differential "),
    (re.compile(r"\br/o\b", re.IGNORECASE), "rule out "),
    (re.compile(r"\bh/o\b", re.IGNORECASE), "history of "),
)
_CLAUSES = re.compile(r"[;\n\r]+|\.(?=\s|$)|\b(?:but|however|aber|jedoch)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:no|not|nor|non-diagnostic|without|negative for|den(?:y|ies|ied)|absen(?:t|ce)|free of|rul(?:e|ed|es) out|exclud\w*"
    r"|kein\w*|ohne|nicht|ausschlu(?:ss|ß)|ausgeschlossen\w*)\b",
    re.IGNORECASE,
)
_NEGATED_AFTER = re.compile(
    r"^[^,]{0,25}\b(?:(?:was |is |were |has been )?(?:ruled out|excluded|not (?:seen|found|identified|present|confirmed|detected))"
    r"|ausgeschlossen|nicht nachweisbar|negativ(?:e)?)\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\b(?:suspect\w*|suspicious|possib\w*|probabl\w*|presumed|likely|differential|question of|concern(?:ing)? for|verd(?:acht|ächtig)\w*"
    r"|fraglich\w*|möglich\w*|vermutlich)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:family|familial|familien\w*|mother|father|brother|sister|aunt|uncle|mutter|vater|bruder|schwester|fh[x]?"
    r"|history of|previous|former|screening for|risk of|anamnes\w*|früher\w*|vorgeschichte)\b",
    re.IGNORECASE,
)
_SCOPE = 70  # characters before the phrase in which a denial still reaches it


class Certainty(StrEnum):
    """How sure the text is of the phrase; denied phrases are not returned at all."""

    AFFIRMED = "affirmed"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Found:
    """One phrase that counts."""

    match: re.Match[str]
    certainty: Certainty
    clause: str


def clauses(text: str) -> list[str]:
    """The clauses of a text, with abbreviations of doubt and history written out."""
    for pattern, words in _ABBREVIATIONS:
        text = pattern.sub(words, text)
    return [clause.strip() for clause in _CLAUSES.split(text) if clause.strip()]


def find(pattern: re.Pattern[str], text: str) -> list[Found]:
    """Every occurrence of the pattern that is neither denied nor said of somebody or some time else."""
    found = []
    for clause in clauses(text):
        for match in pattern.finditer(clause):
            certainty = _certainty(clause, match)
            if certainty is not None:
                found.append(Found(match, certainty, clause))
    return found


def _certainty(clause: str, match: re.Match[str]) -> Certainty | None:
    before = clause[max(0, match.start() - _SCOPE) : match.start()]
    after = clause[match.end() :]
    if _NEGATION.search(before) or _NEGATED_AFTER.search(after) or _OTHERS.search(before):
        return None
    if _DOUBT.search(before) or re.match(r"\s*(?:\w+\s*)?\?", after):
        return Certainty.DOUBTFUL
    return Certainty.AFFIRMED
