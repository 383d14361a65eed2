"""Units: a quantity converts exactly, or it is refused with a reason.

Covers the units of the markers and counts we read (mass concentrations, masses, percent, hemolysis index, length),
not UCUM.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_MASS_PER_VOLUME = {  # in ug/L; ng/mL = ug/L exactly
    "ug/l": Decimal(1),
    "ng/ml": Decimal(1),
    "pg/ml": Decimal("0.001"),
    "ng/l": Decimal("0.001"),
    "ng/dl": Decimal("0.01"),
    "ug/dl": Decimal(10),
    "ug/ml": Decimal(1000),
    "mg/l": Decimal(1000),
}
_PERCENT = {"%": Decimal(1), "percent": Decimal(1), "prozent": Decimal(1)}
_PER_CELLS = re.compile(r"(?:cells?)?/([1-9]\d{1,4})(?:cells?)?")
_FRACTION = {"1", "{fraction}", "fraction", "ratio"}
_HEMOLYSIS_MG_DL = {
    "mg/dl": Decimal(1),
    "g/l": Decimal(100),
    "g/dl": Decimal(1000),
    "mg/l": Decimal("0.1"),
    "{index}": Decimal(1),
    "index": Decimal(1),
    "1": Decimal(1),
    "": Decimal(1),
}
_LENGTH_MM = {"mm": Decimal(1), "cm": Decimal(10)}
_MASS_MG = {
    "mg": Decimal(1),
    "milligram": Decimal(1),
    "milligrams": Decimal(1),
    "ug": Decimal("0.001"),
    "microgram": Decimal("0.001"),
    "micrograms": Decimal("0.001"),
    "mikrogramm": Decimal("0.001"),
    "g": Decimal(1000),
    "gram": Decimal(1000),
}
_FAMILIES = {"ug/L": _MASS_PER_VOLUME, "mg/dL": _HEMOLYSIS_MG_DL, "mm": _LENGTH_MM, "mg": _MASS_MG}
_NOT_MASS = re.compile(r"mol|(^|\W)[kmµμ]?i?u\s*/|\[iu\]|\[arb|kat|unit|au\s*/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a quantity cannot be compared."""

    reason: str


def normalized(unit: str) -> str:
    """One spelling for the many: "mcg/L", "\u00b5g/L", "NG/ML ", "ng/mL{NSE}" -> "ug/l", "ug/l", "ng/ml", "ng/ml"."""
    text = re.sub(r"\s+", "", unit).replace("\u00b5", "u").replace("\u03bc", "u")
    bare = re.sub(r"\{[^{}]*\}", "", text)
    text = (bare or text).casefold()
    return re.sub(r"^mcg", "ug", text)


def contradict(one: str, other: str) -> bool:
    """Whether two units of one quantity (its code and what is printed) cannot both be right."""
    first, second = normalized(one), normalized(other)
    for family in _FAMILIES.values():
        factors = family.get(first), family.get(second)
        if None not in factors and factors[0] != factors[1]:
            return True
    mass = first in _MASS_PER_VOLUME, second in _MASS_PER_VOLUME
    return any(mass) and not all(mass) and bool(_NOT_MASS.search(other if mass[0] else one))


def factor(unit: str, target: str) -> Decimal | Refused:
    """What a value in `unit` is multiplied by to be in `target` ("ug/L", "mg/dL" for a hemolysis index, "mm", "mg")."""
    spelled = normalized(unit)
    known = _FAMILIES[target].get(spelled)
    if known is not None:
        return known
    if _NOT_MASS.search(unit):
        return Refused(f"{unit.strip()} measures amount or activity and does not convert to {target}")
    return Refused(f"unit {unit.strip() or 'missing'} is not known and was not converted to {target}")


def percent_factor(unit: str, value: Decimal) -> Decimal | Refused:
    """For Ki-67: 0.25 in unit 1 is 25 %, in unit % it is 0.25 %; without a unit only a value above 1 is percent.

    A plain 1 may be 1 % or all of it.
    """
    spelled = normalized(unit)
    if spelled in _PERCENT:
        return Decimal(1)
    if per_cells := _PER_CELLS.fullmatch(spelled):
        return Decimal(100) / Decimal(per_cells[1])
    if spelled in _FRACTION and value < 1:
        return Decimal(100)
    if not spelled and value > 1:
        return Decimal(1)
    return Refused(f"{value} {unit}".strip() + " is neither a percentage nor a fraction")
