"""The reference range of a result: which of those sent fits this patient, and its upper limit in our unit.

Assumes no limit where the laboratory sent none; that is `readings`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from cds_service.fhir.amounts import number
from cds_service.fhir.dates import When, parse
from cds_service.fhir.units import factor, normalized
from cds_service.fhir.values import Element, code_of, codeables, elements, from_words, text, upper_limit
from cds_service.picture.record import Record

_CHILDREN = re.compile(r"child|infant|newborn|neonat|p(?:a?e|ä)diat|\bkind|säugling", re.IGNORECASE)
_SEXES = {
    "male": re.compile(r"\b(?:males?|m[ae]n|männer|männlich\w*)\b", re.IGNORECASE),
    "female": re.compile(r"\b(?:females?|wom[ae]n|frauen|weiblich\w*)\b", re.IGNORECASE),
}
_LABEL = re.compile(r"^(?:[^\d<>≤≥]*:\s*)?[(\[]?\s*(?:bis(?! zu)\s+)?", re.IGNORECASE)
_WHOSE = re.compile(
    r"^\W*(?:ref(?:erence|erenz\w*)?\b\.?(?:\s*range)?|norm(?:al\w*)?\b\.?|adults?\b|erwachsene\w*)[\s:=]*",
    re.IGNORECASE,
)
_YEARS = re.compile(  # "18 years and older", "> 18 J.": an age, no limit
    r"(?P<sign>[<>≤≥]=?|\b(?:ab|from|over|above|über|unter|under|below|bis|up to)\b)?\s{0,3}(?P<low>\d{1,3})"
    r"(?:\s{0,3}(?:-|–|to|bis)\s{0,3}(?P<high>\d{1,3}))?\s{0,3}-?\s{0,3}"
    r"(?:y(?:ea)?rs?\b\.?(?: old| of age)?|y\b\.?|jahren?\b|jahre\b|j\b\.?)"
    r"(?P<up>\s{0,3}(?:and|or|und|oder)\s{1,3}(?:older|above|over|älter|mehr))?\s{0,3}:?",
    re.IGNORECASE,
)
_UNDER = ("<", "≤", "unter", "under", "below", "bis", "up to")
_DAYS_A_YEAR = Decimal("365.2425")
_A_YEAR = {
    **dict.fromkeys(("", "a", "y", "yr", "yrs", "year", "years", "jahr", "jahre"), Decimal(1)),
    **dict.fromkeys(("mo", "month", "months", "monat", "monate"), Decimal(12)),
    **dict.fromkeys(("wk", "week", "weeks", "woche", "wochen"), Decimal(52)),
    **dict.fromkeys(("d", "day", "days", "tag", "tage"), _DAYS_A_YEAR),
    **dict.fromkeys(("h", "hour", "hours"), _DAYS_A_YEAR * 24),
}


def own_limit(holder: Element, by: Decimal, unit: str, when: When | None, record: Record) -> Decimal | None:
    """The upper limit of the result's own adult range, in our unit; None if there is none or several differ."""
    found = set()
    for range_ in elements(holder.get("referenceRange")):
        limit = upper_limit(_readable(range_))
        if limit is not None and limit > 0 and _fits(range_, when, record):
            own = _range_factor(range_, by, unit)
            if own is not None:
                found.add(limit * own)
    return found.pop() if len(found) == 1 else None


def _range_factor(range_: Element, by: Decimal, unit: str) -> Decimal | None:
    """What the limit is multiplied by; a range without a unit is in the unit of its value."""
    sent = unit_of_range(range_)
    if not sent or not unit:
        return by
    own, target = factor(sent, "ug/L"), factor(unit, "ug/L")
    if isinstance(own, Decimal) and isinstance(target, Decimal):
        return own / target
    return Decimal(1) if normalized(sent) == normalized(unit) else None


def unit_of_range(range_: Element) -> str:
    """The unit of the upper end; of a range sent as text only one that we know ("0-16.3 ng/mL")."""
    high = range_.get("high")
    if isinstance(high, dict) and number(high.get("value")) is not None:
        return text(high.get("code")) or text(high.get("unit"))
    printed = from_words(text(_readable(range_).get("text"))).unit
    return printed if isinstance(factor(printed, "ug/L"), Decimal) else ""


def _readable(range_: Element) -> Element:
    """ "Normal: (0-16.3 ng/mL)", "bis 15,5", "18-99 years: < 16.3" without what stands before the figure."""
    words = _YEARS.sub(" ", text(range_.get("text"))).strip()
    return {**range_, "text": _LABEL.sub("", _WHOSE.sub("", words, count=1), count=1)}


def _is_of_adults(words: str, record: Record) -> bool:
    """Whether an age in the words reaches into adult age: "0-17 years: < 25" does not."""
    for age in _YEARS.finditer(words):
        young = age["high"] or (
            age["low"] if (age["sign"] or "").lower().startswith(_UNDER) and not age["up"] else None
        )
        if young and int(young) <= record.limits.adult_age:
            return False
    return True


def _fits(range_: Element, when: When | None, record: Record) -> bool:
    """A normal range of adults, of the sex and the age of this patient where it names one."""
    kind = code_of(range_.get("type"))
    named = [words for item in codeables(range_.get("appliesTo"), record.book) for words in item.texts]
    words = " ".join((*named, text(range_.get("text"))))
    if not (kind == "" or kind.startswith("normal")) or _CHILDREN.search(words):
        return False
    return _is_of_adults(words, record) and _is_of_sex(words, record) and _is_of_age(range_.get("age"), when, record)


def _is_of_sex(words: str, record: Record) -> bool:
    named = {sex for sex, pattern in _SEXES.items() if pattern.search(words)}
    gender = code_of(record.chart.patient.at("gender")) if record.chart.patient else ""
    return len(named) != 1 or gender not in _SEXES or gender in named


def _is_of_age(age: object, when: When | None, record: Record) -> bool:
    """Reaches beyond the age of children, and holds the age of the patient at the draw where that is known."""
    if not isinstance(age, dict):
        return True
    low, high = _years(age.get("low"), Decimal(0)), _years(age.get("high"), Decimal(200))
    if low is None or high is None or high <= record.limits.adult_age:
        return False
    birth = parse(record.chart.patient.at("birthDate")) if record.chart.patient else None
    if birth is None or when is None:
        return True
    years = Decimal((when.earliest - birth.earliest).days) / _DAYS_A_YEAR
    return years < record.limits.adult_age or low <= years < high + 1


def _years(end: object, without: Decimal) -> Decimal | None:
    """One end of an age in years, `without` where there is none; None if its unit is not known."""
    if not isinstance(end, dict) or (figure := number(end.get("value"))) is None:
        return without
    unit = (text(end.get("code")) or text(end.get("unit"))).lower()
    return figure / _A_YEAR[unit] if unit in _A_YEAR else None
