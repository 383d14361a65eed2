"""Small lenient views of FHIR elements: each odd form that is seen in practice is read on purpose or gives None.

Reads what is there; whether it counts is the `picture` room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from cds_service.fhir.amounts import Amount, bounded, exactly, from_text, number
from cds_service.fhir.codes import Codeable, CodeBook, Coding
from cds_service.fhir.dates import When, parse
from cds_service.fhir.units import contradict

Element = Mapping[str, Any]
_UCUM = "http://unitsofmeasure.org"
_FLAGS = {"H", "HH", "HU", "HX", "L", "LL", "LU", "N", "A", "AA", "*", "**", "+", "++", "+++", "-", "!"}
_LEADING_FLAG = re.compile(r"^(?:HH?|LL?|\*+|!)\s+(?=[\d<>≤≥])")
_HL7 = ("http://terminology.hl7.org/", "http://hl7.org/fhir/")  # whose codes the statuses are


def listed(value: object) -> list[Any]:
    """A list, a lone object in its place, or nothing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def elements(value: object) -> list[dict[str, Any]]:
    """The objects among a list (or the lone object)."""
    return [item for item in listed(value) if isinstance(item, dict)]


def text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def codeable(value: object, book: CodeBook) -> Codeable:
    """A CodeableConcept; also a bare Coding, a plain string, and a list of which the first counts."""
    for item in listed(value):
        if isinstance(item, str):
            return Codeable((), item.strip())
        if isinstance(item, dict):
            codings = elements(item.get("coding"))
            if not codings and "code" in item:
                codings = [item]
            return Codeable(tuple(_coding(entry, book) for entry in codings), text(item.get("text")))
    return Codeable()


def codeables(value: object, book: CodeBook) -> list[Codeable]:
    return [codeable(item, book) for item in listed(value)]


def _coding(entry: Element, book: CodeBook) -> Coding:
    uri = text(entry.get("system"))
    return Coding(book.alias(uri), text(entry.get("code")), text(entry.get("display")), uri)


def code_of(value: object) -> str:
    """A code: a plain string, or the code of a CodeableConcept (statuses come both ways): HL7's before a local one."""
    if isinstance(value, str):
        return value.strip().lower()
    for item in elements(value):
        codings = [coding for coding in elements(item.get("coding")) if text(coding.get("code"))]
        for coding in sorted(codings, key=lambda coding: not text(coding.get("system")).startswith(_HL7)):
            return text(coding.get("code")).lower()
        return text(item.get("text")).lower()
    return ""


def reference(value: object) -> str:
    """ "Type/id" of a literal reference (absolute ones are cut), "#id" of a contained one, else ""."""
    for item in elements(value):
        target = text(item.get("reference"))
        if target.startswith(("#", "urn:")):
            return target
        parts = target.partition("/_history")[0].rstrip("/").split("/")
        return "/".join(parts[-2:]) if len(parts) >= 2 else ""
    return ""


def date_of(resource: Element, *names: str) -> When | None:
    """The first of these elements that holds a date; a Period counts by its start, else its end."""
    for name in names:
        value = resource.get(name)
        moments = (value.get("start"), value.get("end")) if isinstance(value, dict) else (value,)
        for moment in moments:
            if found := parse(moment):
                return found
    return None


def span_of(resource: Element, *names: str) -> When | None:
    """As `date_of`, but a Period is all of it, and a Timing counts by its events."""
    for name in names:
        value = resource.get(name)
        moments = [value] if not isinstance(value, dict) else [value.get("start"), value.get("end")]
        moments += listed(value.get("event")) if isinstance(value, dict) else []
        if found := sorted(when for moment in moments if (when := parse(moment))):
            return found[0] if len(found) == 1 else found[0].through(found[-1])
    return None


def end_of(period: object) -> When | None:
    """The end of a Period."""
    return parse(period.get("end")) if isinstance(period, dict) else None


@dataclass(frozen=True, slots=True)
class Value:
    """One value[x].

    Attributes:
        amount: the number, bound or range; None if it has none.
        unit: as sent (code of UCUM before the printed unit); "" if missing.
        words: the text as sent.
        coded: a coded answer.
        absent: dataAbsentReason in words.
    """

    amount: Amount | None = None
    unit: str = ""
    words: str = ""
    coded: Codeable = field(default_factory=Codeable)
    absent: str = ""

    @property
    def is_empty(self) -> bool:
        return self.amount is None and not self.words and self.coded.is_empty

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(t for t in (self.words, *self.coded.texts) if t)


def value_of(holder: Element, book: CodeBook) -> Value:
    """value[x] of an Observation or a component of one."""
    absent = codeable(holder.get("dataAbsentReason"), book).shown
    if isinstance(quantity := holder.get("valueQuantity"), dict):
        return _quantity(quantity, absent)
    if isinstance(range_ := holder.get("valueRange"), dict):
        return _range(range_, absent)
    if isinstance(ratio := holder.get("valueRatio"), dict):
        return _ratio(ratio, absent)
    for name in ("valueInteger", "valueDecimal"):
        if (plain := _count(holder.get(name))) is not None:
            return Value(exactly(plain), words=str(plain), absent=absent)
    if words := text(holder.get("valueString")):
        return from_words(words, absent)
    if "valueCodeableConcept" in holder:
        coded = codeable(holder["valueCodeableConcept"], book)
        return Value(coded=coded, words=coded.text, absent=absent)
    return Value(absent=absent)


def _count(value: object) -> Decimal | None:
    """A number of something: none of the results that are read here can be negative."""
    figure = number(value)
    return None if figure is None or figure < 0 else figure


def _unit(quantity: Element) -> str:
    """Its UCUM code, else the printed unit; both, which no unit is, where they contradict each other."""
    code, printed = text(quantity.get("code")), text(quantity.get("unit"))
    if printed and text(quantity.get("system")) not in ("", _UCUM):
        return printed
    if code and printed and contradict(code, printed):
        return f"{code} or {printed}"
    return code or printed


def _quantity(quantity: Element, absent: str) -> Value:
    sent, unit = quantity.get("value"), _unit(quantity)
    figure, comparator = _count(sent), quantity.get("comparator") or ""
    told = from_words(sent.strip(), absent) if isinstance(sent, str) and figure is None and not comparator else Value()
    if told.amount is not None:  # ">370" as the value
        return replace(told, unit=unit or told.unit, words=f"{told.words} {unit}".strip())
    if figure is None or not isinstance(comparator, str):  # a bound we cannot read must not pass for an exact value
        return Value(unit=unit, absent=absent)
    printed = f"{comparator}{sent} {text(quantity.get('unit')) or unit}".strip()
    return Value(bounded(figure, comparator.strip()), unit, printed, absent=absent)


def _range(range_: Element, absent: str) -> Value:
    ends = [end if isinstance(end := range_.get(name), dict) else {} for name in ("low", "high")]
    low, high = (_count(end.get("value")) for end in ends)
    units = list(dict.fromkeys(filter(None, (_unit(end) for end in ends))))
    unit = units[0] if units else ""
    empty = low is None and high is None
    crossed = low is not None and high is not None and low > high
    if empty or crossed or len(units) > 1:
        return Value(unit=unit, absent=absent)
    amount = Amount(low, high)
    return Value(amount, unit, f"{amount.shown} {unit}".strip(), absent=absent)


def _ratio(ratio: Element, absent: str) -> Value:
    """ "3 per 2 mm2", "75 of 500 cells": the figure above, with what stands below in its unit."""
    above, below = (part if isinstance(part := ratio.get(name), dict) else {} for name in ("numerator", "denominator"))
    value, per = _quantity(above, absent), _quantity(below, absent)
    if value.amount is None or per.amount is None or not per.amount.exact:
        return Value(absent=absent)
    unit = f"{value.unit}/{'' if per.amount.exact == 1 else per.amount.shown}{per.unit}"
    return replace(value, unit=unit, words=f"{value.words}/{per.words}")


def from_words(words: str, absent: str = "") -> Value:
    """A result sent as text: "21,1 ug/L H" has an amount and a unit, "elevated" only words."""
    read = from_text(_LEADING_FLAG.sub("", words))
    if read is None:
        return Value(words=words, absent=absent)
    amount, rest = read
    return Value(amount, _unit_in(rest), words, absent=absent)


def _unit_in(rest: str) -> str:
    """The unit among the words behind a figure; behind a flag only what looks like one."""
    parts = [part.strip("[](),;") for part in re.sub(r"\s*/\s*", "/", rest).split()]
    if parts and parts[0].upper() in _FLAGS:
        return next((part for part in parts[1:] if "/" in part or "%" in part), "")
    return parts[0] if parts else ""


def notes(resource: Element) -> Iterator[str]:
    """The texts of note (Annotation) and of the narrative-free comment elements."""
    for note in elements(resource.get("note")):
        if words := text(note.get("text")):
            yield words
    if words := text(resource.get("comment")):
        yield words


def upper_limit(range_: Element) -> Decimal | None:
    """The upper end of one referenceRange, from `high` or from its text ("<=15", "0-16.3")."""
    high = range_.get("high")
    if isinstance(high, dict) and (figure := number(high.get("value"))) is not None:
        return figure
    read = from_text(text(range_.get("text")))
    return read[0].high if read else None
