"""Twins: the same patient with one fact changed. A small change that gives a fact a value, applied to any case.

The changes stand on one page for all recommendations (`twins.toml`), in the words of a page of cases: a table
`[fact.value]`, or several of them where one change does not fit every chart.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from cds_service.cases.calls import CallMaker
from cds_service.cases.pages import Case, varied
from cds_service.errors import CasesError, Problem
from cds_service.guideline.vocabulary import VOCABULARY

_JOIN = " + "


@dataclass(frozen=True, slots=True)
class Twin:
    """One way to give a fact a value.

    Attributes:
        number: which of the changes for this value, from 1.
        change: the words of a case.
    """

    fact: str
    value: str
    number: int
    change: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.fact} = {self.value}" + (f" ({self.number})" if self.number > 1 else "")


def read_twins(path: Path) -> Mapping[str, Twin]:
    """All twins of a page, by name.

    Raises:
        CasesError: it is no TOML, or names what the vocabulary does not hold.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise CasesError((Problem(path.name, "", f"is no TOML: {fault}"),)) from None
    problems = tuple(_problems(told, path.name))
    if problems:
        raise CasesError(problems)
    found = (
        Twin(fact, value, number, change)
        for fact, values in told.items()
        for value, changes in values.items()
        for number, change in enumerate(changes if isinstance(changes, list) else [changes], 1)
    )
    return {twin.name: twin for twin in found}


def _problems(told: Mapping[str, Any], file: str) -> Iterator[Problem]:
    for fact, values in told.items():
        if fact not in VOCABULARY:
            yield Problem(file, fact, "is no fact of the vocabulary")
            continue
        known = {str(value) for value in VOCABULARY[fact].values}
        for value in sorted(values.keys() - known):
            yield Problem(file, f"{fact}.{value}", f"is no value of this fact; it has {', '.join(sorted(known))}")


def twin_of(case: Case, twin: Twin, maker: CallMaker) -> Case:
    """The case with one fact changed.

    Raises:
        ValueError: the change cannot be made there, or names what FHIR does not know.
    """
    if case.told is None:
        raise ValueError(f"{case.name} is a whole call: it has no lines to change")
    told = varied(case.told, dict(twin.change))
    name = f"{case.name}{_JOIN}{twin.name}"
    return Case(name, "", told, maker.call(case.name, told))


def parts_of(name: str) -> tuple[str, str]:
    """The names of the case and of the change that a twin's name is made of; "" where it is no twin."""
    case, _, twin = name.partition(_JOIN)
    return case, twin
