"""Guarded text: a phrase counts only where nobody denies it, doubts it or says it of a relative or of the past.

Knows the words of doubt and denial in English and German; the phrases themselves are knowledge.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from enum import StrEnum

_ABBREVIATIONS = (
    (re.compile(r"\bV\.?\s?a\.", re.IGNORECASE), "suspected "),
    (re.compile(r"\bZ\.?\s?n\.", re.IGNORECASE), "history of "),
    (re.compile(r"\bDD\b[:.]?"), "differential "),
    (re.compile(r"\br/o['d]*(?=\s+\w)", re.IGNORECASE), "rule out "),
    (re.compile(r"\br/o['d]*", re.IGNORECASE), "ruled out"),
    (re.compile(r"\bvs\b\.?", re.IGNORECASE), "versus"),
    (re.compile(r"\bs/p\b|\bstatus post\b|\bzustand nach\b", re.IGNORECASE), "history of "),
    (re.compile(r"\bh/o\b", re.IGNORECASE), "history of "),
)
_CLAUSES = re.compile(r"[;\n\r]+|\.(?=\s|$)|\b(?:but|however|aber|jedoch)\b", re.IGNORECASE)
_LINES = re.compile(r"[ \t]*(?:\r\n|\n|\r)[ \t]*")
_UNFINISHED = re.compile(
    r"(?:[,:<>≤≥]|\b(?:of|for|no|not|without|the|an?|is|was|with|and|or|to|in"
    r"|von|für|auf|kein\w*|ohne|nicht|und|oder|der|die|des|dem|den|ein\w*|ist|war|mit|bis|im|am))$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"[a-zäöüß%<>≤≥(]|\d+(?![.)]\s|\d)")
_WRAPPED_FROM = 50  # a line this long that does not end its sentence was broken by a printer
_NOT_EXCLUDED = re.compile(
    r"\b(?:(?:can ?not|could not|not) (?:be )?(?:(?:safely|fully|entirely) )?(?:ruled? out|excluded?)"
    r"|nicht (?:sicher )?(?:ausgeschlossen|auszuschließen|auszuschliessen))\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:no|not|nor|neither|weder|never|non-diagnostic|without|negative for|den(?:y|ies|ied)|absen(?:t|ce)|free of"
    r"|rul(?:e|ed|es) out|exclud\w*|unlikely|kein\w*|ohne|nicht|nie|ausschlu(?:ss|ß)|ausgeschlossen\w*"
    r"|unwahrscheinlich\w*)\b",
    re.IGNORECASE,
)
_NEGATED_AFTER = re.compile(
    r"^(?:[^,]{0,25}\b|[\s,(:–-]*)(?:(?:was |is |were |has been )?(?:ruled out|excluded|unlikely"
    r"|not (?:seen|found|identified|present|confirmed|detected))"
    r"|ausgeschlossen|unwahrscheinlich|nicht (?:nachweisbar|nachgewiesen|bestätigt)|negativ(?:e)?)\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\b(?:suspect\w*|suspicious|possib\w*|probabl\w*|presumed|likely|differential|question of|concern(?:ing)? for"
    r"|verd(?:acht|ächtig)\w*|fraglich\w*|möglich\w*|vermutlich|wahrscheinlich\w*|versus|at risk (?:for|of))\b|\?\s*$",
    re.IGNORECASE,
)
_DOUBT_AFTER = re.compile(
    r"\s*(?:\w+\s*)?\?"
    r"|(?:\s*(?:\w+\s+){0,2}|[\s,(:–-]*)(?:suspected|possible|probable|likely|presumed|questionable"
    r"|vermutet|möglich|wahrscheinlich|fraglich)(?=\s*(?:$|[,()]))"
    r"|[^;]{0,40}\bversus\b",
    re.IGNORECASE,
)
# "progression of the known liver lesions ...": what the phrase is said of, up to the verb that denies or doubts it
_VERBS = r"is|are|was|were|has|have|shows?|ist|sind|war|waren|hat|haben|wurden?|zeigt|but|aber|while"
_OF_ONE = rf"(?:(?!\b(?:{_VERBS}|and|with|und|mit|bei)\b)[^,:()]){{0,60}}?\b"
_OF_SEVERAL = rf"(?:(?!\b(?:{_VERBS})\b)[^,:()]){{0,60}}?\b"
_IS = r"(?:(?:is|are|was|were|(?:has|have) been|ist|sind|war|waren|wurden?)\s+(?:(?!not\b|nicht\b)\w+\s+)?)"
_DENIED = (
    r"(?:ruled out|excluded|unlikely|not (?:seen|found|identified|present|confirmed|detected|likely)"
    r"|ausgeschlossen|unwahrscheinlich|nicht (?:nachweisbar|nachgewiesen|bestätigt|erkennbar))"
)
_DOUBTED = r"(?:suspected|possible|probable|likely|presumed|questionable|vermutet|möglich|wahrscheinlich|fraglich)"
_AT_THE_END = r"(?=\s*(?:$|[,()]))"
_DENIED_OF = re.compile(rf"{_OF_ONE}(?:{_IS}{_DENIED}\b|{_DENIED}{_AT_THE_END})", re.IGNORECASE)
_DOUBTED_OF = re.compile(  # what is denied of several things may be denied of one of them only
    rf"{_OF_SEVERAL}{_IS}(?:{_DOUBTED}|{_DENIED})\b|{_OF_ONE}{_DOUBTED}{_AT_THE_END}", re.IGNORECASE
)
_KIN = (
    r"(?:family|familial|familien\w*|(?:grand|groß|gross)?(?:mother|father|mutter|vater)|parents?|brother|sister|siblings?"
    r"|aunt|uncle|cousins?|daughter|son|bruder|schwester|geschwister\w*|tante|onkel|tochter|sohn|eltern\w*)"
)
_OTHERS = re.compile(
    rf"\b(?:{_KIN}|fhx?|history of|previous|former|screening for|risk of|anamnes\w*|früher\w*|vorgeschichte)\b",
    re.IGNORECASE,
)
_OTHERS_AFTER = re.compile(
    rf"\s*[:(–-]?\s*(?:(?:in|of|bei|der|des|seiner|seines|ihrer|ihres|his|her|the|maternal|paternal)\s+){{0,3}}{_KIN}\b",
    re.IGNORECASE,
)
_LONGEST = 2000  # no sentence is longer: a text without any stop must not take minutes
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
    text = _unwrapped(text)
    for pattern, words in _ABBREVIATIONS:
        text = pattern.sub(words, text)
    pieces = (clause[at : at + _LONGEST] for clause in _CLAUSES.split(text) for at in range(0, len(clause), _LONGEST))
    return [piece.strip() for piece in pieces if piece.strip()]


def _unwrapped(text: str) -> str:
    """Lines that were only broken to fit the page are one line again: a denial reaches over such a break."""
    lines = _LINES.split(text)
    joined = lines[:1]
    for before, line in itertools.pairwise(lines):
        wrapped = len(before) >= _WRAPPED_FROM and before[-1] not in ".;!?" and _GOES_ON.match(line)
        if line and (wrapped or _UNFINISHED.search(before)):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return "\n".join(joined)


def find(pattern: re.Pattern[str], text: str) -> list[Found]:
    """Every occurrence of the pattern that is neither denied nor said of somebody or some time else."""
    if pattern.search(text) is None:  # nearly always: clauses are worth their cost only where something is found
        return []
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
    if _OTHERS.search(before) or _OTHERS_AFTER.match(after):
        return None
    open_before, open_after = _NOT_EXCLUDED.sub("is possible", before), _NOT_EXCLUDED.sub("is possible", after)
    if _NEGATION.search(open_before) or _NEGATED_AFTER.search(open_after) or _DENIED_OF.match(open_after):
        return None
    if _DOUBT.search(open_before) or _DOUBT_AFTER.match(open_after) or _DOUBTED_OF.match(open_after):
        return Certainty.DOUBTFUL
    return Certainty.AFFIRMED
