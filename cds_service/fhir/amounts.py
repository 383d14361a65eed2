"""A measured amount as an interval of values: a plain number, a bound (">370"), a range ("10-15").

Holds numbers only; units are `units`, and what a number means is the `picture` room.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

_NUMBER = r"\d+(?:[.,]\d+)?"
_PLAIN = re.compile(
    rf"\s*(?P<cmp>[<>]=?|≤|≥)?\s*(?P<low>{_NUMBER})(?:\s*%?\s*(?:-|–|—|to|bis)\s*(?P<high>{_NUMBER}))?"
    r"(?!\d|[.,:]\d|\s*[-–—]\s*\d)"  # of a date, a time, a titer or "1,234.5" no part is an amount
)
_GROUPED = re.compile(r"[1-9]\d{0,2},\d{3}")  # 1234 to one reader, 1.234 to another
_SMALLEST_EXPONENT = -30  # printed in full, 1e-999999999 would fill the memory
_BETWEEN = re.compile(rf"\b(?:between|zwischen)\s+({_NUMBER})\s*%?\s*(?:and|und)\s+({_NUMBER})", re.IGNORECASE)
_BIG, _SMALL = r"(?:greater|more|higher|larger)", r"(?:less|lower|fewer|smaller)"
_WORDS = (  # only right before the figure they belong to
    (r"(?:\b(?:ca|circa|about|approx(?:imately)?|etwa|rund)\b\.?|~)(?=\s*[\d<>])", ""),
    (rf"\b(?:not? {_SMALL} than|nicht (?:weniger als|unter))(?=\s*\d)", ">="),
    (rf"\b(?:not? {_BIG} than|not exceeding|nicht (?:mehr als|über))(?=\s*\d)", "<="),
    (rf"(?:=>|\b{_BIG} than or equal(?: to)?|\bgrö(?:ß|ss)er (?:oder )?gleich|\bat least|\bmindestens)(?=\s*\d)", ">="),
    (rf"(?:=<|\b{_SMALL} than or equal(?: to)?|\bkleiner (?:oder )?gleich)(?=\s*\d)", "<="),
    (r"\b(?:up to|at most|bis zu|höchstens|max(?:imal)?\.?)(?=\s*\d)", "<="),
    (r"(^\s*|[^\s\d%]\s*)\bbis(?=\s*\d)", r"\1<="),  # "5 bis 8" is a range
    (rf"\b(?:{_BIG} than|above|over|(?:grö(?:ß|ss)er|groesser|mehr|höher) als|über|oberhalb(?: von)?)(?=\s*\d)", ">"),
    (rf"\b(?:{_SMALL} than|below|under|(?:kleiner|weniger|niedriger) als|unter|unterhalb(?: von)?)(?=\s*\d)", "<"),
)
_SIGNS = tuple((re.compile(words, re.IGNORECASE), sign) for words, sign in _WORDS)


@dataclass(frozen=True, slots=True)
class Amount:
    """All values the result allows.

    Attributes:
        low, high: ends; None where there is no bound.
        low_open, high_open: the end itself is not allowed.
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False

    @property
    def exact(self) -> Decimal | None:
        return self.low if self.low is not None and self.low == self.high else None

    def scaled(self, by: Decimal) -> Amount:
        return replace(
            self, low=None if self.low is None else self.low * by, high=None if self.high is None else self.high * by
        )

    def joined(self, other: Amount) -> Amount:
        """The interval that holds both."""
        lows = [(end, is_open) for end, is_open in ((self.low, self.low_open), (other.low, other.low_open))]
        highs = [(end, not is_open) for end, is_open in ((self.high, self.high_open), (other.high, other.high_open))]
        low = None if None in (self.low, other.low) else min(lows)
        high = None if None in (self.high, other.high) else max(highs)
        return Amount(low and low[0], high and high[0], bool(low and low[1]), bool(high and not high[1]))

    def above(self, limit: Decimal) -> bool | None:
        """Strictly above the limit: True if all values are, False if none is, None if both are possible."""
        if self.low is not None and (self.low > limit or (self.low == limit and self.low_open)):
            return True
        return False if self.high is not None and self.high <= limit else None

    def below(self, limit: Decimal) -> bool | None:
        """Strictly below the limit: True, False or None as in `above`."""
        if self.high is not None and (self.high < limit or (self.high == limit and self.high_open)):
            return True
        return False if self.low is not None and self.low >= limit else None

    @property
    def shown(self) -> str:
        if self.exact is not None:
            return f"{self.exact:f}"
        if self.low is None or (self.low == 0 and self.high_open):
            return f"{'<' if self.high_open else '≤'}{self.high:f}"
        if self.high is None:
            return f"{'>' if self.low_open else '≥'}{self.low:f}"
        return f"{self.low:f}-{self.high:f}"


def exactly(value: Decimal) -> Amount:
    return Amount(value, value)


def bounded(value: Decimal, comparator: str) -> Amount | None:
    """FHIR comparators (and their one-character forms); None for one we do not know."""
    match comparator:
        case "":
            return exactly(value)
        case "<" | "<=" | "≤":
            return Amount(None, value, high_open=comparator == "<")
        case ">" | ">=" | "≥":
            return Amount(value, None, low_open=comparator == ">")
        case _:
            return None


def number(value: object) -> Decimal | None:
    """A JSON number, or a number sent as a string (with a decimal comma); never a boolean, NaN or infinity."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return None
    written = str(value).strip()
    if _GROUPED.fullmatch(written):
        return None
    try:
        parsed = Decimal(written.replace(",", "."))
    except InvalidOperation:
        return None
    return parsed if _is_sensible(parsed) else None


def _is_sensible(parsed: Decimal) -> bool:
    exponent = parsed.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= _SMALLEST_EXPONENT and abs(parsed) < Decimal("1e12")


def signed(text: str) -> str:
    """The text with the words of bounds and ranges as signs: "greater than 20 %" -> "> 20 %"."""
    words = _BETWEEN.sub(r"\1-\2", text)
    for pattern, sign in _SIGNS:
        words = pattern.sub(sign, words)
    return words


def from_text(text: str) -> tuple[Amount, str] | None:
    """The first amount of a text and what follows it: "21,1 ug/L H" -> (21.1, "ug/L H"), "<1-2 %" -> (<2, "%")."""
    words = signed(text).strip()
    match = _PLAIN.match(words)
    if match is None:
        return None
    rest = words[match.end() :].strip()
    ends = [number(match[end]) for end in ("low", "high") if match[end]]
    figures = [end for end in ends if end is not None]
    if len(figures) < len(ends):
        return None
    amount = _between(min(figures), max(figures), match["cmp"] or "")
    return None if amount is None else (amount, rest)


def _between(low: Decimal, high: Decimal, comparator: str) -> Amount | None:
    """A bound takes the end that says least: "<1-2" is below 2."""
    if not comparator:
        return Amount(low, high)
    return bounded(high if comparator.startswith(("<", "≤")) else low, comparator)
