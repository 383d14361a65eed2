"""Reads pages of cases: TOML files in which each table is one case, and each line of it one resource or one change.

A page that cannot be understood is refused with its file, case and line; no case is left out in silence.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from cds_service.cases.calls import Call, CallMaker, Told
from cds_service.cases.resources import Line, type_of
from cds_service.errors import CasesError, Problem

HEAD = {"title", "why", "step"}
# Members of a case; every other key of it is the id of a resource.
WORDS = {
    "why",
    "like",
    "hook",
    "call",
    "patient",
    "take",
    "drafts",
    "without",
    "searched",
    "selections",
    "user",
    "expect",
}
_KINDS: dict[str, type] = {"why": str, "like": str, "hook": str, "call": str, "user": str}
_KINDS |= dict.fromkeys(("patient", "drafts", "expect"), dict)
_KINDS |= dict.fromkeys(("take", "without", "searched", "selections"), list)

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its name, what it is there for, its call and what its page expects of the answer.

    Attributes:
        name: folders, page and case, as in "recommendations/nec-avoid-ssa/silent--insulinoma".
        why: a sentence, where the difference does not say it.
        told: the parts of the call; None where the page names a file that holds it whole.
        expect: the words of the page about the answer.
    """

    name: str
    why: str
    told: Told | None
    call: Call
    expect: Mapping[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> str:
        return self.name.rpartition("/")[0]

    @property
    def body(self) -> bytes:
        """The call as it is posted."""
        return json.dumps(self.call, indent=2, ensure_ascii=False, default=_as_number).encode()


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what stands at its head, and its cases by their names on the page."""

    name: str
    head: Mapping[str, Any]
    cases: Mapping[str, Case]


def _as_number(value: Decimal) -> float:
    return float(value)


def read_pages(folder: Path, maker: CallMaker, pattern: str = "**/*.toml") -> tuple[Page, ...]:
    """All pages below a folder, in the order of their names.

    Raises:
        CasesError: naming every fault.
    """
    found: list[Page] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob(pattern)):
        try:
            found.append(read_page(path, folder, maker))
        except CasesError as fault:
            problems += fault.problems
    if problems:
        raise CasesError(tuple(problems))
    return tuple(found)


def read_page(path: Path, folder: Path, maker: CallMaker) -> Page:
    """One page; its cases are named from the folder on.

    Raises:
        CasesError: naming every fault.
    """
    file = path.relative_to(folder.parent).as_posix()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CasesError((Problem(file, "", f"is no TOML: {fault}"),)) from None
    head = {key: value for key, value in told.items() if key in HEAD}
    tables = {key: value for key, value in told.items() if key not in HEAD}
    name = path.relative_to(folder).with_suffix("").as_posix()
    reading = _Reading(file, name, path.parent, tables, maker)
    cases = {key: case for key in tables if (case := reading.case(key))}
    if reading.problems:
        raise CasesError(tuple(reading.problems))
    return Page(name, head, cases)


def varied(told: Told, change: Table) -> Told:
    """A case with a small change, in the words of a page; what is to be taken away need not be there.

    Raises:
        ValueError: naming the line that cannot be understood.
    """
    taken = change.get("take", [])
    lines = _without(told.lines or {}, taken)
    drafts = _without(told.drafts or {}, taken)
    for key in change.keys() - WORDS:
        if not isinstance(change[key], dict):
            raise ValueError(f"{key}: is no word of a case{_nearest(key, WORDS)}, nor a line {'{ ... }'}")
    return replace(
        told,
        hook=change.get("hook", told.hook),
        patient=_patient(told.patient, change.get("patient")),
        lines=_joined(lines, {key: line for key, line in change.items() if key not in WORDS}),
        drafts=_joined(drafts, change.get("drafts", {})),
        without=tuple(change.get("without", told.without)),
        searched=tuple(change.get("searched", told.searched)),
        selections=tuple(change["selections"]) if "selections" in change else told.selections,
        user=change.get("user", told.user),
    )


def _patient(before: Line | None, change: Line | None) -> Line | None:
    return before if change is None else {**(before or {}), **change}


def _without(lines: Mapping[str, Line], taken: Iterable[str]) -> dict[str, Line]:
    names = list(taken)
    return {id_: line for id_, line in lines.items() if not any(_is_meant(name, id_, line) for name in names)}


def _is_meant(name: str, id_: str, line: Line) -> bool:
    """What `take` names: an id, a type of resource, or a code that the line carries."""
    kind = type_of(line)
    return name in (id_, kind) or ("|" in name and f"{name} " in f"{line.get(kind)} ".replace("; ", " "))


def _joined(lines: Mapping[str, Line], changes: Mapping[str, Line]) -> dict[str, Line]:
    """Lines with further ones; one without a type changes members of the line of that id."""
    made = dict(lines)
    for id_, line in changes.items():
        if not isinstance(line, dict):
            raise ValueError(f"{id_}: is no line {'{ ... }'}")
        if type_of(line):
            made[id_] = line
        elif id_ in made:
            made[id_] = {**made[id_], **line}
        else:
            raise ValueError(
                f"{id_}: names no type of resource, and there is no such line to change{_nearest(id_, made)}"
            )
    return made


def _nearest(word: str, words: Collection[str]) -> str:
    near = difflib.get_close_matches(word, sorted(words), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


@dataclass(slots=True)
class _Reading:
    """The page being read, and what was found wrong with it."""

    file: str
    name: str
    folder: Path
    tables: Mapping[str, Any]
    maker: CallMaker
    problems: list[Problem] = field(default_factory=list)

    def case(self, key: str) -> Case | None:
        try:
            table = self._table(key)
            name = f"{self.name}/{key}"
            told = None if "call" in table else self.told(key, ())
            call = self._whole(table["call"]) if told is None else self._made(name, told)
        except ValueError as fault:
            self.problems.append(Problem(self.file, key, str(fault)))
            return None
        return Case(name, table.get("why", ""), told, call, table.get("expect", {}))

    def told(self, key: str, above: tuple[str, ...]) -> Told:
        """A case with all that it takes over."""
        table = self._table(key)
        like = table.get("like")
        if like is None:
            return varied(Told(), table)
        if like not in self.tables:
            raise ValueError(f"like: {like!r} is no case of this page{_nearest(like, self.tables)}")
        if like in above or like == key:
            raise ValueError(f"like: {' -> '.join((*above, key, like))} comes back to itself")
        base = self.told(like, (*above, key))
        self._held(table.get("take", []), base)
        return varied(base, table)

    def _held(self, taken: Iterable[str], base: Told) -> None:
        lines = {**(base.lines or {}), **(base.drafts or {})}
        for name in taken:
            if not any(_is_meant(name, id_, line) for id_, line in lines.items()):
                raise ValueError(f"take: {name!r} is not in the case it is like{_nearest(name, lines)}")

    def _table(self, key: str) -> Table:
        table = self.tables[key]
        if not isinstance(table, dict):
            raise ValueError(f"is no case, which is a table [{key}]{_nearest(key, HEAD)}")
        for word, kind in _KINDS.items():
            if word in table and not isinstance(table[word], kind):
                raise ValueError(f"{word}: must be {_NAMES[kind]}")
        return table

    def _whole(self, name: str) -> Call:
        path = self.folder / name
        if not path.is_file():
            raise ValueError(f"call: there is no file {name} beside this page")
        call: Call = json.loads(path.read_bytes())
        return call

    def _made(self, name: str, told: Told) -> Call:
        unknown = sorted({*told.without, *told.searched} - self.maker.searches.keys())
        if unknown:
            raise ValueError(
                f"without, searched: {unknown[0]!r} is no prefetch key{_nearest(unknown[0], self.maker.searches)}"
            )
        if told.hook not in self.maker.templates:
            raise ValueError(f"hook: {told.hook!r} is none of {', '.join(sorted(self.maker.templates))}")
        astray = sorted(set(told.selections or ()) - (told.drafts or {}).keys())
        if astray:
            raise ValueError(f"selections: {astray[0]!r} is no draft of this case")
        return self.maker.call(name, told)


_NAMES: dict[type, str] = {str: "text in quotes", dict: "a table", list: "a list in [ ]"}
