"""How much of a drug is taken in a day, as an interval: from coded dosages, else from words, else not readable.

Knows no drug and no limit of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from cds_service.fhir.amounts import Amount, exactly, number
from cds_service.fhir.units import factor, normalized
from cds_service.fhir.values import Element, code_of, codeable, elements, listed, text
from cds_service.guideline.concepts import ConceptId
from cds_service.picture.drugs.medications import Entry, product_of
from cds_service.picture.record import Record

_NUMBER = r"\d{1,9}(?:[.,]\d{3}){0,3}(?:[.,]\d{1,6})?"
_MASS = re.compile(
    rf"(?<![\d.,/–-])(?:(?P<low>{_NUMBER})\s*(?:-|–|to|bis)\s*)?(?P<high>{_NUMBER})[\s-]*"
    r"(?P<unit>mg|mcg|[uµμ]g|micrograms?|mikrogramm|milligrams?|g)\b(?!\s*/\s*(?:m?l|kg|m2|m²)\b)",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_COUNT = re.compile(
    r"(?<![\d.,/-])(?P<count>\d+(?:[.,]5)?)\s*(?:tab(?:let)?s?|tbl|tabletten?|cap(?:sule)?s?|kapseln?)\b", re.IGNORECASE
)
_BY_MEALS = re.compile(r"(?<![\d-])(\d)-(\d)-(\d)(?:-(\d))?(?![\d-])")  # morning-noon-evening(-night), in units
_COUNTED = {"", "1", "tab", "tabs", "tbl", "tablet", "tablets", "tablette", "tabletten", "cap", "caps", "capsule",
            "capsules", "kapsel", "kapseln", "each", "ea", "dose"}  # fmt: skip
_DAYS = {"h": Decimal(1) / 24, "d": Decimal(1), "wk": Decimal(7), "mo": Decimal(30), "a": Decimal(365)}
_BY_CODE = {"qd": 1, "am": 1, "pm": 1, "hs": 1, "bed": 1, "bid": 2, "tid": 3, "qid": 4, "q4h": 6, "q6h": 4, "q8h": 3}
_NONE, _SENSIBLE = Decimal(0), Decimal(10**9)


def daily_mg(entry: Entry, concept: ConceptId, most: int, record: Record) -> Amount | None:
    """All daily doses in mg that an order, statement or dispense allows; None if it names none.

    `concept` is what is counted where a product has several ingredients, `most` how many doses a day are thinkable
    where it does not say. What is not taken every day counts by the dose of its day.
    """
    data = entry.resource.data
    dosages = [*elements(data.get("dosageInstruction")), *elements(data.get("dosage"))] or [{}]
    strength = _strength(entry, concept, record)
    read = [_daily(dosage, strength, entry, most, record) for dosage in dosages]
    known = [amount for amount in read if amount is not None]
    return _together(known, dosages) if len(known) == len(read) else None


def _together(amounts: Sequence[Amount], dosages: Sequence[Element]) -> Amount:
    """Several dosages: one after the other if they are numbered so, else perhaps beside each other."""
    lows, highs = [a.low or _NONE for a in amounts], [a.high or _NONE for a in amounts]
    if len({str(dosage.get("sequence")) for dosage in dosages}) == len(dosages):
        return Amount(min(lows), max(highs))
    return Amount(max(lows), sum(highs, _NONE))


def _daily(dosage: Element, strength: Amount | None, entry: Entry, most: int, record: Record) -> Amount | None:
    dose = _dose(dosage, strength)
    if dose is None:
        return None
    times = _times(dosage, entry, record)
    low, high = (_NONE, Decimal(most)) if times is None else times
    if dosage.get("asNeededBoolean") is True or dosage.get("asNeededCodeableConcept"):
        low = _NONE
    return Amount(_short((dose.low or _NONE) * low), _short((dose.high or _NONE) * max(high, Decimal(1))))


def _short(figure: Decimal) -> Decimal:
    return round(figure, 4).normalize() if figure < _SENSIBLE else figure


def _dose(dosage: Element, strength: Amount | None) -> Amount | None:
    """One intake in mg: coded, in words, by the number of units, else one unit of the product."""
    coded = [amount for part in (dosage, *elements(dosage.get("doseAndRate"))) for amount in _coded(part, strength)]
    if coded:
        return coded[0] if all(amount == coded[0] for amount in coded) else None
    words = text(dosage.get("text"))
    if masses := list(_MASS.finditer(words)):  # "5 mg in the morning, 5 mg at night" is no single dose
        return _mass(masses[0]) if len(masses) == 1 else None
    counts = {found["count"] for found in _COUNT.finditer(words)}
    if counts:
        count = number(counts.pop()) if len(counts) == 1 else None
        return strength.scaled(count) if strength and count is not None else None
    return strength


def _coded(part: Element, strength: Amount | None) -> Iterator[Amount | None]:
    if isinstance(quantity := part.get("doseQuantity"), dict):
        yield _quantity(quantity, strength)
    if isinstance(range_ := part.get("doseRange"), dict):
        ends = [_quantity(end, strength) if isinstance(end := range_.get(name), dict) else None
                for name in ("low", "high")]  # fmt: skip
        yield Amount(ends[0].low, ends[1].high) if ends[0] and ends[1] else None


def _quantity(quantity: Element, strength: Amount | None) -> Amount | None:
    figure = number(quantity.get("value"))
    unit = normalized(text(quantity.get("code")) or text(quantity.get("unit"))).strip("{}[]()")
    if figure is None or figure <= 0 or quantity.get("comparator"):
        return None
    if unit in _COUNTED:
        return strength.scaled(figure) if strength else None
    by = factor(unit, "mg")
    return exactly(figure * by) if isinstance(by, Decimal) else None


def _times(dosage: Element, entry: Entry, record: Record) -> tuple[Decimal, Decimal] | None:
    """How often in 24 hours: coded, else in the words of the dosage, else in those of the drug."""
    for timing in elements(dosage.get("timing")):
        for repeat in elements(timing.get("repeat")):
            if found := _repeated(repeat):
                return found
        code = codeable(timing.get("code"), record.book)
        if by := _BY_CODE.get(code_of(timing.get("code"))):
            return Decimal(by), Decimal(by)
        if found := _often(code.texts, record):
            return found
    return _often([text(dosage.get("text"))], record) or _often(entry.medication.texts, record)


def _repeated(repeat: Element) -> tuple[Decimal, Decimal] | None:
    slots = len(listed(repeat.get("timeOfDay"))) or len(listed(repeat.get("when"))) or 1
    unit = text(repeat.get("periodUnit")) or text(repeat.get("periodUnits"))
    period = number(repeat.get("period"))
    if period is None or unit not in _DAYS:
        named = repeat.get("timeOfDay") or repeat.get("when") or repeat.get("dayOfWeek")
        period, unit = (Decimal(1), "d") if named and period is None else (_NONE, "d")
    longest = number(repeat.get("periodMax")) or period
    least = number(repeat.get("frequency")) or Decimal(slots)
    if min(period, longest, least) <= 0:
        return None
    share = Decimal(len(listed(repeat.get("dayOfWeek"))) or 7) / 7 if unit == "d" else Decimal(1)
    most = max(number(repeat.get("frequencyMax")) or least, least, Decimal(slots))
    return least * share / (longest * _DAYS[unit]), most * share / (period * _DAYS[unit])


def _often(texts: Iterable[str], record: Record) -> tuple[Decimal, Decimal] | None:
    words = [item for item in texts if item]
    if meals := next((found for item in words if (found := _BY_MEALS.search(item))), None):
        units = Decimal(sum(int(part) for part in meals.groups() if part))
        return units, units
    meant = (m for m in record.book.in_text(words, "answers") if m.name == "times-a-day")
    times = {Decimal(meaning.attributes["value"]) for meaning in meant}
    exact = times - {Decimal(1)} or times
    return (min(exact), min(exact)) if len(exact) == 1 else None


def _strength(entry: Entry, concept: ConceptId, record: Record) -> Amount | None:
    """What one unit of the product holds: by its ingredient, else by its name."""
    product = product_of(entry.resource.data, record, [])
    parts = elements(product.get("ingredient")) if product else []
    own = [p for p in parts if record.book.has(codeable(p.get("itemCodeableConcept"), record.book), concept)]
    held = [amount for part in own if (amount := _ratio(part.get("strength"))) is not None]
    if held:
        return held[0] if len(held) == 1 else None
    masses = _masses(entry.medication.texts)
    return masses[0] if len(masses) == 1 else None


def _ratio(strength: Any) -> Amount | None:
    if not isinstance(strength, dict) or not isinstance(strength.get("numerator"), dict):
        return None
    per = strength.get("denominator")
    units = number(per.get("value")) if isinstance(per, dict) else Decimal(1)
    unit = normalized(text(per.get("code")) or text(per.get("unit"))).strip("{}[]()") if isinstance(per, dict) else ""
    return _quantity(strength["numerator"], None) if units == 1 and unit in _COUNTED else None


def _masses(texts: Iterable[str]) -> list[Amount]:
    """The different masses that the words name, in mg."""
    found = [_mass(match) for words in texts for match in _MASS.finditer(words)]
    return list(dict.fromkeys(found))


def _mass(match: re.Match[str]) -> Amount:
    by = factor(match["unit"], "mg")
    assert isinstance(by, Decimal)
    ends = [_figures(match[end], normalized(match["unit"])) for end in ("low", "high") if match[end]]
    return Amount(min(low for low, _ in ends) * by, max(high for _, high in ends) * by)


def _figures(written: str, unit: str) -> tuple[Decimal, Decimal]:
    """What a figure may mean: "5,000" of micrograms is five thousand, "5.000" five or five thousand."""
    marks = re.sub(r"\d", "", written)
    digits = re.sub(r"[.,]", "", written)
    if not marks:
        return Decimal(digits), Decimal(digits)
    fraction = len(re.split(r"[.,]", written)[-1])
    small = Decimal(digits).scaleb(-fraction)
    if _GROUPED.fullmatch(written) is None or len(set(marks)) > 1:
        return small, small
    whole = Decimal(digits)
    return (whole, whole) if len(marks) > 1 or (marks == "," and unit != "mg") else (small, whole)
