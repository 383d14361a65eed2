"""The short forms in which a page of cases writes FHIR data types, and what they stand for.

A short form is text; everything else is taken as it stands, so that any odd shape can be written out in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cds_service.errors import nearest

Systems = Mapping[str, tuple[str, ...]]

UCUM = "http://unitsofmeasure.org"
_NUMBER = r"-?\d+(?:\.\d+)?"
_CODED = re.compile(r"[^\s|']+\|")
_CODING = re.compile(r"(?P<system>[^\s|']+)\|(?P<code>[^\s;']+)(?: '(?P<display>.*?)')?(?:; (?=\S)|$)")
_QUANTITY = re.compile(rf"(?P<comparator><=|>=|<|>)?\s*(?P<value>{_NUMBER})(?: (?P<unit>\S.*))?")
_UP_TO = re.compile(rf"(?P<sign><=)?(?P<value>{_NUMBER})(?: (?P<unit>\S.*))?")
_AGO = re.compile(r"-(\d{1,5})([dwmy])")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads short forms. `systems` are the names of code systems, `now` is the moment from which "-14d" counts."""

    systems: Systems
    now: datetime

    def concept(self, words: str) -> dict[str, Any]:
        """CodeableConcept: codings, or plain words for its text."""
        return {"coding": self.codings(words)} if _CODED.match(words) else {"text": words}

    def codings(self, words: str) -> list[dict[str, Any]]:
        """Codings as "icd-10-cm|C25.4 'Malignant neoplasm of endocrine pancreas'", several with "; " between them.

        Raises:
            ValueError: they are written otherwise, or the name of a system is not in the knowledge.
        """
        found, rest = [], words
        while rest:
            match = _CODING.match(rest)
            if match is None:
                raise ValueError(f"{rest!r} is not written as system|code 'display'")
            found.append(self._coding(match))
            rest = rest[match.end() :]
        return found

    def coding(self, words: str) -> dict[str, Any]:
        """Coding: one alone.

        Raises:
            ValueError: as `codings`, or there are several.
        """
        found = self.codings(words)
        if len(found) != 1:
            raise ValueError(f"{words!r} is not one code system|code; several are a list in [ ]")
        return found[0]

    def _coding(self, match: re.Match[str]) -> dict[str, Any]:
        display = match["display"]
        coding = {"system": self._uri(match["system"]), "code": match["code"]}
        return coding | ({} if display is None else {"display": display})

    def _uri(self, name: str) -> str:
        if ":" in name:
            return name
        if name not in self.systems:
            hint = nearest(name, self.systems) or "; write its URI, or give it a name there"
            raise ValueError(f"{name!r} is no code system of systems.toml{hint}")
        return self.systems[name][0]

    def moment(self, words: str) -> str:
        """A date or time as FHIR writes it; "-14d", "-8w", "-3m" and "-2y" are days before the moment of the case.

        Raises:
            ValueError: it goes back from that moment in other words, or further than there are years.
        """
        if not words.startswith("-"):
            return words
        match = _AGO.fullmatch(words)
        if match is None:
            raise ValueError(f"{words!r} is no time before the case like -14d, -8w, -3m or -2y")
        return _before(self.now.date(), int(match[1]), match[2]).isoformat()

    def period(self, words: str) -> dict[str, str]:
        """Period as "2025-01-01/2025-03-01"; one end may be left out.

        Raises:
            ValueError: it is written otherwise.
        """
        start, stroke, end = words.partition("/")
        if not stroke or stroke == words:
            raise ValueError(f"{words!r} is no period like 2025-01-01/2025-03-01, of which one end may be left out")
        ends = {"start": self.moment(start), "end": self.moment(end)}
        return {name: day for name, day in ends.items() if day}


def _before(day: date, number: int, unit: str) -> date:
    if unit in "dw":
        return day - timedelta(days=number * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 - number * (12 if unit == "y" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def quantity(words: str) -> dict[str, Any]:
    """Quantity as "21.1 ug/L" or "<0.5 ug/L", its unit in UCUM.

    Raises:
        ValueError: it is written otherwise.
    """
    match = _QUANTITY.fullmatch(words)
    if match is None:
        raise ValueError(f"{words!r} is no quantity like 21.1 ug/L")
    comparator = {"comparator": match["comparator"]} if match["comparator"] else {}
    return {"value": _number(match["value"])} | comparator | _in_ucum(match["unit"])


def _in_ucum(unit: str | None) -> dict[str, str]:
    return {"unit": unit, "system": UCUM, "code": unit} if unit else {}


def _number(words: str) -> int | Decimal:
    return Decimal(words) if "." in words else int(words)


def reference_range(words: str) -> dict[str, Any]:
    """Reference range as "<=16.3 ug/L", its words kept beside the number; or as "16.3 ug/L", the upper limit alone.

    Raises:
        ValueError: it is written otherwise.
    """
    match = _UP_TO.fullmatch(words)
    if match is None:
        raise ValueError(f"{words!r} is no reference range like <=16.3 ug/L, or 16.3 ug/L for the upper limit alone")
    if not match["sign"]:
        return {"high": quantity(words)}
    unit = {"unit": match["unit"]} if match["unit"] else {}
    return {"high": {"value": _number(match["value"])} | unit, "text": f"<={match['value']}"}


def is_coded(words: str) -> bool:
    """Whether words are codings, not plain text."""
    return bool(_CODED.match(words))


def is_quantity(words: str) -> bool:
    """Whether words can be read as a quantity."""
    return bool(_QUANTITY.fullmatch(words))


def forms(reader: Reader) -> Mapping[str, Callable[[str], Any]]:
    """For each FHIR data type that has a short form: how it is read."""
    return {
        "CodeableConcept": reader.concept,
        "Coding": reader.coding,
        "Quantity": quantity,
        "Reference": lambda words: {"reference": words},
        "Period": reader.period,
        "Annotation": lambda words: {"text": words},
        "Dosage": lambda words: {"text": words},
        "ConditionStage": lambda words: {"summary": {"text": words}},
        "ObservationReferenceRange": reference_range,
        "DateTime": reader.moment,
        "Date": reader.moment,
        "Instant": reader.moment,
    }
