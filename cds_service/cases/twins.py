"""Twins: the same patient with one fact changed. A small change that gives a fact a value, applied to any case.

The changes stand on one page for all recommendations (`twins.toml`), in the words of a page of cases: a table
`[fact.value]`, or several of them where one change does not fit every chart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.cases.calls import CallMaker, Told
from cds_service.cases.pages import WORDS, Case, checked, toml_of, varied
from cds_service.cases.resources import type_of
from cds_service.errors import CasesError, Problem, nearest
from cds_service.guideline.vocabulary import VOCABULARY

_JOIN = " + "
_OF_A_CASE = ("like", "call", "expect")
_ALONE = ("hook", "patient", "without", "searched")  # words of a case that say the same wherever they stand


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


def read_twins(path: Path, maker: CallMaker) -> Mapping[str, Twin]:
    """All twins of a page, by name.

    Raises:
        CasesError: naming every fault: what the vocabulary does not hold, what no case could be changed by.
    """
    file = path.relative_to(path.parent.parent).as_posix()
    told = toml_of(path, file)
    problems = tuple(Problem(file, key, fault) for key, fault in _faults(told, maker))
    if problems:
        raise CasesError(problems)
    twins = [twin for fact, values in told.items() for twin in _twins(fact, values)]
    return {twin.name: twin for twin in twins}


def _twins(fact: str, values: Mapping[str, Any]) -> Iterator[Twin]:
    for value, changes in values.items():
        for number, change in enumerate(changes if isinstance(changes, list) else [changes], 1):
            yield Twin(fact, value, number, change)


def _faults(told: Mapping[str, Any], maker: CallMaker) -> Iterator[tuple[str, str]]:
    """What is wrong with the page, by its keys."""
    for fact, values in told.items():
        if fact not in VOCABULARY:
            yield fact, f"is no fact of the vocabulary{nearest(fact, VOCABULARY)}"
        elif not isinstance(values, dict):
            yield fact, f"holds no changes, which are tables [{fact}.value]"
        else:
            known = [str(value) for value in VOCABULARY[fact].values]
            for value in values:
                if value not in known:
                    hint = nearest(value, known) or f"; it has {', '.join(known)}"
                    yield f"{fact}.{value}", f"is no value of this fact{hint}"
            for twin in _twins(fact, values):
                try:
                    _try(twin, maker)
                except ValueError as fault:
                    yield f"{fact}.{twin.value}", str(fault)


def _try(twin: Twin, maker: CallMaker) -> None:
    """Reads of a change what needs no case: all but what it does to lines that are there.

    Raises:
        ValueError: it cannot be understood.
    """
    if not isinstance(twin.change, dict):
        raise ValueError(f"is no change, which is a table [{twin.fact}.{twin.value}]")
    change = checked(twin.change)
    for word in _OF_A_CASE:
        if word in change:
            raise ValueError(f"{word}: belongs to a case, not to a change that fits many")
    lines = {**change, **change.get("drafts", {})}
    alone = {
        key: lines[key]
        for key in lines
        if key not in WORDS and (not isinstance(lines[key], dict) or type_of(lines[key]))
    }
    maker.call("", varied(Told(), alone | {word: change[word] for word in _ALONE if word in change}))


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
