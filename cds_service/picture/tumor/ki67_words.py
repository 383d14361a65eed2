"""The Ki-67 figures in words: bounds and ranges, hot spot and mean, and figures that are of something else.

Knows texts only; whose they are and which counts is `ki67`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import reduce

from cds_service.fhir.amounts import Amount, from_text, signed
from cds_service.fhir.texts import Found, clauses, find

_NUMBER = r"\d+(?:[.,]\d+)?"
_FIGURE = (
    rf"(?P<value>(?:[<>]=?|≤|≥)?\s*(?<![-–\d.,]){_NUMBER}(?:\s*%?\s*(?:[-–—]|to\b|bis\b)\s*{_NUMBER})?)"
    r"\s*(?:%|percent\b|per cent\b|prozent\b)"
)
_NAME = re.compile(r"\bki\s?-?\s?67\b|\bmib[\s-]?1\b", re.IGNORECASE)
_OTHER = (  # what a figure behind it is about instead
    r"\bcd\s?\d|\bck\s?\d|\bp ?53|\bttf|\bcdx|\bgata|synaptoph"
    r"|chromogr|insm|sstr|somatostat|\brb\b|cytokerat|\ber\b|\bpr\b|necros|nekros|cellularity|content|gehalt"
    r"|pending|ausstehend|folgt"
)
_KI67_TEXT = re.compile(rf"(?:{_NAME.pattern})(?:(?!{_OTHER})[^.;\d<>≤≥]){{0,40}}?{_FIGURE}", re.IGNORECASE)
_CLONE = re.compile(  # "Ki-67 (30-9): 12 %": the antibody is no figure
    rf"({_NAME.pattern})\s{{0,3}}\(\s{{0,3}}(?:clone|klon)?\s{{0,3}}(?:30-9|SP6|MM1|K2|MIB-?1)\s{{0,3}}\)",
    re.IGNORECASE,
)
_NEXT_LINE = re.compile(
    rf"((?:{_NAME.pattern})[^\n\r\d.;]{{0,40}}?)[ \t]{{0,3}}[:=]?[ \t]{{0,3}}[\n\r]{{1,4}}\s{{0,9}}(?=[<>≤≥~\d])",
    re.IGNORECASE,
)
_UP_TO = re.compile(rf"({_NAME.pattern})\s{{0,3}}bis(?=\s*\d)", re.IGNORECASE)
_DEGREE = (
    r"\blow\b|\bhigh\b|\bmoderate|\bfew\b|\bminimal|\belevated|\bincreased"
    r"|niedrig|gering|\bhoch\b|\bhohe|erhöht|mäßig|mässig"
)
_PERCENTAGE = re.compile(_FIGURE, re.IGNORECASE)
_LOOSELY = re.compile(
    rf"(?:{_NAME.pattern})(?:(?!{_OTHER}|\bnot\b|\bnicht\b|\bkein)[^;]){{0,60}}?(?:\d|{_DEGREE})", re.IGNORECASE
)
_HOT_SPOT = re.compile(r"hot[\s-]?spots?|areas? of (?:the )?highest (?:labell?ing|proliferation)", re.IGNORECASE)
_OF_HOT_SPOT = re.compile(rf"(?:{_HOT_SPOT.pattern})[^,;/)%\d<>≤≥]{{0,25}}{_FIGURE}", re.IGNORECASE)
_BEFORE_HOT_SPOT = re.compile(  # of "10 % (hot spot 25 %)" the figure is behind
    rf"{_FIGURE}(?!\s*\((?:{_HOT_SPOT.pattern})[^)]*\d)\s*\(?(?:(?!mean|average|mittel|durchschnitt|and\b|und\b)[a-zäöü]+\s+){{0,3}}(?:{_HOT_SPOT.pattern})",
    re.IGNORECASE,
)
_SPREAD = (
    r"(?:(?:multi)?fo[ck]al\w*|fo[ck]i|lo[ck]al(?:ly)?|herd\w*|stellenweise|teil\w*|partly|areas?|areale?n?|bereich\w*"
    r"|regional\w*|maxim\w*|max\.?|highest|peak|range|spanne|overall|elsewhere|mean|average|insgesamt|sonst"
    r"|(?:im )?(?:durchschnitt|mittel))(?!\w)|<=|≤"
)
_MORE = re.compile(
    rf"(?:[\s,;:(/–-]|\b(?:and|und|but|aber|with|mit|however|jedoch|in|of|some|einzelne[nr]?)\b|{_SPREAD}){{1,12}}?"
    rf"(?P<value>{_NUMBER}(?:\s*%?\s*[-–—]\s*{_NUMBER})?)"
    rf"(?:\s*(?:%|percent\b|prozent\b)(?:\s*\(?(?:in )?(?:{_SPREAD}))?|(?=\s*(?:[,;.)]|$)))",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"nucle|kern|index|labell?ing|prolif", re.IGNORECASE)
_POINT = re.compile(r"(?<=\bprolif)\.|(?<=\bind)\.", re.IGNORECASE)
_AT_MOST = re.compile(r"^\s*(?:<=|≤)")


def names_hot_spot(words: str) -> bool:
    return bool(_HOT_SPOT.search(words))


def clauses_on_ki67(words: str) -> str:
    """The clauses that name Ki-67, or all of it where none does."""
    return " ".join(found.clause for found in find(_NAME, words)) or words


def lone_figure(words: str, *, counted: bool) -> list[Amount]:
    """The percentages of a text that is about Ki-67 already; `counted`: only if it says that nuclei were."""
    if re.search(_OTHER, words, re.IGNORECASE) or (counted and not _COUNTED.search(words)):
        return []
    return _spread(words, _PERCENTAGE, percentages(words))


def percentages(words: str) -> list[Amount]:
    """The different percentages of a text, whatever they are of."""
    return _reads(found.match["value"] for found in find(_PERCENTAGE, signed(words)))


def of_hot_spot(words: str) -> list[Amount]:
    """The figures said of the hot spot: of "up to 22 % (hot spot), mean 12 %" it is 22 %, its highest."""
    plain = signed(_NAME.sub("", words))
    matches = (*_OF_HOT_SPOT.finditer(plain), *_BEFORE_HOT_SPOT.finditer(plain))
    return _reads(_AT_MOST.sub("", match["value"]) for match in matches)


def figures(words: str) -> list[Amount]:
    """The different Ki-67 figures of a text; where it tells the hot spot's, only that one."""
    plain = _plain(words)
    found = find(_KI67_TEXT, plain)
    hot = [amount for clause in clauses(plain) for amount in of_hot_spot(clause)] if found else []
    if hot:
        return list(dict.fromkeys(hot))
    more = (re.split(_OTHER, rest, maxsplit=1, flags=re.IGNORECASE)[0] for rest in _behind(found))
    second = (other["value"] for rest in more for other in _PERCENTAGE.finditer(rest))
    told = _reads((*(item.match["value"] for item in found), *second))
    return _spread(plain, _KI67_TEXT, told)


def _spread(words: str, first: re.Pattern[str], told: list[Amount]) -> list[Amount]:
    """Of "2 %, focally 15 %" the range from 2 to 15 %, wherever a clause ends; else the figures that were told."""
    plain = signed(words)
    start = first.search(plain)
    more = start and _MORE.match(plain, start.end())
    if not told or start is None or not more or not re.search(_SPREAD, more[0], re.IGNORECASE):
        return told
    ends = _reads((start["value"], _AT_MOST.sub("", more["value"])))
    others = {amount.high for amount in told} - {amount.high for amount in ends}
    return told if others else [reduce(Amount.joined, ends)]


def _behind(found: list[Found]) -> Iterator[str]:
    """What each clause says behind a figure, as far as the next one that is found itself."""
    for item, after in itertools.zip_longest(found, found[1:]):
        same = after is not None and after.clause is item.clause
        yield item.clause[item.match.end() : after.match.start() if same else None]


def has_unclear_figure(words: str) -> bool:
    """Whether a figure or a degree ("low") stands near the name in a form that is not read."""
    return not figures(words) and bool(find(_LOOSELY, _plain(words)))


def _plain(words: str) -> str:
    """Bounds as signs; without the clone, a line end before the figure, and points that end no sentence."""
    named = _NEXT_LINE.sub(r"\1: ", _CLONE.sub(r"\1", words))
    return _POINT.sub("", signed(_UP_TO.sub(r"\1 <= ", named)))


def _reads(written: Iterable[str]) -> list[Amount]:
    return list(dict.fromkeys(read[0] for words in dict.fromkeys(written) if (read := from_text(words))))
