"""Reads pages of cases: TOML files in which each table is one case, and each line of it one resource or one change.

A page that cannot be understood is refused with its file, case and line; no case is left out in silence.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from cds_service.cases.calls import Call, CallMaker, Told, meant
from cds_service.cases.resources import Line, type_of
from cds_service.errors import CasesError, Problem, nearest

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
_NAMES: Mapping[type, str] = {str: "text in quotes", dict: "a table", list: "a list of texts in [ ]"}
_BESIDE_CALL = {"why", "call", "expect"}
_CODE = re.compile(r"[^\s|';\"]+\|[^\s;'\"]+")

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
    def short_name(self) -> str:
        """Its name on its page."""
        return self.name.rpartition("/")[2]

    @property
    def body(self) -> bytes:
        """The call as it is posted."""
        return json.dumps(self.call, ensure_ascii=False, default=float).encode()

    @property
    def text(self) -> str:
        """The call as it is read."""
        return json.dumps(self.call, indent=2, ensure_ascii=False, default=float)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: what stands at its head, and its cases by their names on the page."""

    name: str
    head: Mapping[str, Any]
    cases: Mapping[str, Case]


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
    told = toml_of(path, file)
    head = {key: value for key, value in told.items() if key in HEAD}
    tables = {key: value for key, value in told.items() if key not in HEAD}
    name = path.relative_to(folder).with_suffix("").as_posix()
    reading = _Reading(name, path.parent, tables, maker)
    cases = {key: case for key in tables if (case := reading.case(key))}
    if reading.faults:
        raise CasesError(tuple(Problem(file, key, fault) for key, fault in reading.own_faults()))
    return Page(name, head, cases)


def toml_of(path: Path, file: str) -> Table:
    """What a TOML file says, its figures kept as they are written.

    Raises:
        CasesError: it is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CasesError((Problem(file, "", f"is no TOML: {fault}"),)) from None


def call_in(path: Path, maker: CallMaker) -> Call:
    """The hook call that a file holds whole.

    Raises:
        ValueError: it holds no JSON, or no call of a hook of the service.
    """
    try:
        call = json.loads(path.read_bytes())
    except ValueError as fault:
        raise ValueError(f"{path.name} is no JSON: {fault}") from None
    hooks = sorted(maker.templates)
    if not isinstance(call, dict) or call.get("hook") not in hooks:
        raise ValueError(f"{path.name} holds no call of a hook of this service: {', '.join(hooks)}")
    return call


def checked(table: Table) -> Table:
    """A case or a change as it stands on a page, each of its words of the kind that it takes.

    Raises:
        ValueError: naming the word.
    """
    for key, value in table.items():
        kind = _KINDS.get(key, dict)
        if isinstance(value, kind) and (not isinstance(value, list) or all(isinstance(one, str) for one in value)):
            continue
        if key not in WORDS:
            raise ValueError(f"{key}: is neither a word of a case nor a line {'{ ... }'}{nearest(key, WORDS)}")
        raise ValueError(f"{key}: must be {_NAMES[kind]}")
    return dict(table)


def varied(told: Told, change: Table) -> Told:
    """A case with a small change, in the words of a page; what is to be taken away need not be there.

    Raises:
        ValueError: naming the line that cannot be understood.
    """
    taken = change.get("take", ())
    lines, drafts = _without(told.lines, taken), _without(told.drafts, taken)
    left = None if told.selections is None else [name for name in told.selections if name in drafts]
    selections = change.get("selections", left)
    return replace(
        told,
        hook=change.get("hook", told.hook),
        patient=_patient(told.patient, change.get("patient")),
        lines=_joined(lines, {key: line for key, line in change.items() if key not in WORDS}),
        drafts=_joined(drafts, change.get("drafts", {})),
        without=tuple(change.get("without", told.without)),
        searched=tuple(change.get("searched", told.searched)),
        selections=None if selections is None else tuple(selections),
        user=change.get("user", told.user),
    )


def _patient(before: Line | None, change: Line | None) -> Line | None:
    return before if change is None else {**(before or {}), **change}


def _without(lines: Mapping[str, Line], taken: Collection[str]) -> dict[str, Line]:
    return {id_: line for id_, line in lines.items() if not any(_is_meant(name, id_, line) for name in taken)}


def _is_meant(name: str, id_: str, line: Line) -> bool:
    """What `take` names: an id, a type of resource, or a code that the line carries."""
    kind = type_of(line)
    return name in (id_, kind) or name in _CODE.findall(str(line[kind]))


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
            hint = nearest(id_, {*made, *WORDS}) or meant(id_, made)
            raise ValueError(f"{id_}: names no type of resource, and there is no such line to change{hint}")
    return made


@dataclass(slots=True)
class _Reading:
    """The page being read, and what was found wrong with its cases."""

    name: str
    folder: Path
    tables: Mapping[str, Any]
    maker: CallMaker
    faults: dict[str, str] = field(default_factory=dict)

    def case(self, key: str) -> Case | None:
        name = f"{self.name}/{key}"
        try:
            table = self._table(key)
            told = None if "call" in table else self._told(key, ())
            call = self._whole(table) if told is None else self.maker.call(name, told)
            if "drafts" in table and call["hook"] == "patient-view":
                raise ValueError("drafts: the hook patient-view has none; `hook` names another")
        except ValueError as fault:
            self.faults[key] = str(fault)
            return None
        return Case(name, table.get("why", ""), told, call, table.get("expect", {}))

    def own_faults(self) -> Iterable[tuple[str, str]]:
        """The faults by their cases; what is wrong in a case already is not said of those that are like it."""
        for key, fault in self.faults.items():
            like = self._like(key)
            if like == key or self.faults.get(like) != fault:
                yield key, fault

    def _like(self, key: str) -> str:
        table = self.tables[key]
        return str(table.get("like", "")) if isinstance(table, dict) else ""

    def _told(self, key: str, above: tuple[str, ...]) -> Told:
        """A case with all that it takes over."""
        table = self._table(key)
        like = table.get("like")
        base = Told() if like is None else self._base(like, (*above, key))
        lines = {**base.lines, **base.drafts}
        for name in table.get("take", ()):
            if not any(_is_meant(name, id_, line) for id_, line in lines.items()):
                raise ValueError(f"take: {name!r} is not in the case that this one is like{meant(name, lines)}")
        return varied(base, table)

    def _base(self, like: str, above: tuple[str, ...]) -> Told:
        if like not in self.tables:
            raise ValueError(f"like: {like!r} is no case of this page{nearest(like, self.tables)}")
        if like in above:
            raise ValueError(f"like: {' -> '.join((*above, like))} comes back to itself")
        if "call" in self._table(like):
            raise ValueError(f"like: {like!r} is a whole call and has no lines to take over")
        return self._told(like, above)

    def _table(self, key: str) -> Table:
        table = self.tables[key]
        if not isinstance(table, dict):
            raise ValueError(f"is no case, which is a table [{key}]{nearest(key, HEAD)}")
        return checked(table)

    def _whole(self, table: Table) -> Call:
        beside = [word for word in table if word not in _BESIDE_CALL]
        if beside:
            raise ValueError(f"{beside[0]}: cannot stand beside `call`, whose file holds the whole case")
        path = self.folder / table["call"]
        if not path.is_file():
            raise ValueError(f"call: there is no file {table['call']} beside this page")
        return call_in(path, self.maker)
