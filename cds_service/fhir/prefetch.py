"""What came for each declared search, with the call or from its server: given, known empty, failed, not available.

Three states of data are never merged: only a search that came back whole proves that something is not there.
CDS Hooks 2.0, Prefetch Template; paged and failed results: CDS Hooks 2.0, "Example prefetch".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cds_service.errors import BadJson
from cds_service.fhir.links import covered, is_narrower, is_of_another_type
from cds_service.json_bytes import decode, elements, head, members

NOTHING_MAPPED: Mapping[str, Collection[str]] = MappingProxyType({})


class State(StrEnum):
    """What came for one key."""

    GIVEN = "given"
    EMPTY = "empty"
    PARTIAL = "partial"
    FETCHED = "fetched"
    FAILED = "failed"
    NOT_AVAILABLE = "not available"


@dataclass(frozen=True, slots=True)
class Sent:
    """One undecoded resource and where it stood in the call."""

    raw: bytes
    path: str
    full_url: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """All that the call supplied.

    Attributes:
        states: for each declared key.
        searched: names of the declared searches that surely came back whole.
        resources: every resource, from all keys, whatever they are called.
        faults: what could not be read at all, with its path.
        rests: of the Bundles that came in part, by key.
        failures: why the FHIR server did not give a search, by key, in words that fit behind "the FHIR server".
    """

    states: Mapping[str, State]
    searched: frozenset[str]
    resources: tuple[Sent, ...]
    faults: tuple[str, ...]
    rests: Mapping[str, Rest] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the prefetch, or one page of a search.

    Attributes:
        is_flawed: it holds an outcome (that says more than a greeting), an entry without resource, a Bundle, or a label
            that something was left out.
        matches: names of the resources the search matched; those that came along with them are none.
        total: how many resources the search matched, if the Bundle says so.
    """

    state: State
    resources: tuple[Sent, ...] = ()
    is_bundle: bool = False
    is_flawed: bool = False
    matches: tuple[str, ...] = ()
    total: int = 0
    self_link: str = ""
    next_link: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """Where the rest of a Bundle is to be had, and the names of what the search matched so far."""

    address: str
    come: tuple[str, ...]


def gather(
    prefetch: Mapping[str, bytes | None],
    templates: Mapping[str, str],
    patient_id: str,
    mapped: Mapping[str, Collection[str]] = NOTHING_MAPPED,
) -> Supply:
    """Sorts out the prefetch of one call.

    Args:
        prefetch: what came, by key.
        templates: the searches we declare.
        patient_id: whose they are.
        mapped: keys of the client's own and the keys of ours that each of them answers.
    """
    values = {key: read_value(raw, f"$.prefetch.{key}") for key, raw in prefetch.items()}
    answers = {key: _answers(key, values, mapped) for key in templates}
    searched = {key for key, template in templates.items() if _is_proven(key, answers[key], template, patient_id)}
    for value in values.values():
        if _proves(value):
            searched |= covered(value.self_link, templates, patient_id)
    return Supply(
        states={key: _state(answers[key]) for key in templates},
        searched=frozenset(searched),
        resources=tuple(sent for value in values.values() for sent in value.resources),
        faults=tuple(value.fault for value in values.values() if value.fault),
        rests={key: rest for key, came in answers.items() if (rest := _rest(key, came, templates[key], patient_id))},
    )


def _answers(key: str, values: Mapping[str, Value], mapped: Mapping[str, Collection[str]]) -> Mapping[str, Value]:
    """What came for a key of ours, under its own name and the client's; `null` answers nothing."""
    named = {name: value for name, value in values.items() if name == key or key in mapped.get(name, ())}
    return {name: value for name, value in named.items() if value.state is not State.NOT_AVAILABLE}


def _state(answers: Mapping[str, Value]) -> State:
    """One state for all that came; several are whole only together."""
    states = {value.state for value in answers.values()}
    if len(states) < 2:
        return next(iter(states), State.NOT_AVAILABLE)
    return State.GIVEN if states == {State.GIVEN, State.EMPTY} else State.PARTIAL


def _rest(key: str, answers: Mapping[str, Value], template: str, patient_id: str) -> Rest | None:
    """Where the rest is, if one Bundle came, asked for no less than its template and lacks only further pages."""
    if len(answers) != 1:
        return None
    [(name, value)] = answers.items()
    if not value.next_link or value.is_flawed or not _fits(value, template, patient_id, name == key):
        return None
    return Rest(value.next_link, value.matches)


def _is_proven(key: str, answers: Mapping[str, Value], template: str, patient_id: str) -> bool:
    """Whether everything that came for the key is whole and asked for no less than its template."""
    return bool(answers) and all(
        _proves(value) and _fits(value, template, patient_id, name == key) for name, value in answers.items()
    )


def _fits(value: Value, template: str, patient_id: str, is_ours: bool) -> bool:
    """Whether the Bundle's own link does not speak against its being the search that was declared."""
    if is_narrower(value.self_link, template, patient_id):
        return False
    return is_ours or not is_of_another_type(value.self_link, template)


def _proves(value: Value) -> bool:
    return value.is_bundle and value.state in (State.GIVEN, State.EMPTY)


def read_value(raw: bytes | None, path: str) -> Value:
    """What one prefetch value or one page of a search holds; `path` names it in faults."""
    if raw is None:
        return Value(State.NOT_AVAILABLE)
    if not raw.lstrip().startswith(b"{"):
        return Value(State.FAILED, fault=f"{path} is no FHIR resource")
    try:
        parts = members(raw, path)
        kind = decode(parts.get("resourceType", b"null"), f"{path}.resourceType")
        if kind == "Bundle":
            return _bundle(parts, path)
    except BadJson as fault:
        return Value(State.FAILED, fault=f"{fault.path} {fault.problem}")
    if kind == "OperationOutcome":
        return Value(State.FAILED)
    if not isinstance(kind, str):
        return Value(State.FAILED, fault=f"{path} has no resourceType")
    return Value(State.GIVEN, (Sent(raw, path),))


def _bundle(parts: Mapping[str, bytes], path: str) -> Value:
    """The resources of a Bundle; it is whole without a flaw, a next page or a higher total."""
    links = {_text(link, "relation"): _text(link, "url") for link in _objects(parts.get("link"), path)}
    sent: list[Sent] = []
    matches: list[str] = []
    flawed = _is_withheld(parts.get("meta", b""))
    for index, entry in enumerate(elements(parts.get("entry", b"[]"), f"{path}.entry")):
        one, came_along = _entry(entry, f"{path}.entry[{index}]")
        kind, name = name_of(one) if one else ("", "")
        if one is None or kind in ("OperationOutcome", "Bundle"):
            flawed = flawed or one is None or not _is_harmless(one)
        else:
            sent.append(one)
            matches.extend(() if came_along else (name,))
            flawed = flawed or _is_withheld(one.raw)
    total = _total(parts, path)
    whole = not flawed and "next" not in links and len(matches) >= total
    state = (State.GIVEN if sent else State.EMPTY) if whole else State.PARTIAL
    ends = links.get("self", ""), links.get("next", "")
    return Value(state, tuple(sent), True, flawed, tuple(matches), total, *ends)


def _is_harmless(sent: Sent) -> bool:
    """Whether it is an outcome whose every issue has nothing to do with how the search went (IssueType)."""
    issues = list(_objects(members(sent.raw, sent.path).get("issue"), sent.path))
    return bool(issues) and all(_text(issue, "code") in ("informational", "success") for issue in issues)


def _is_withheld(raw: bytes) -> bool:
    """Whether a label says that part of it was masked, taken out or summarized away."""
    return any(label in raw for label in (b'"REDACTED"', b'"MASKED"', b'"SUBSETTED"'))


def _entry(entry: bytes, path: str) -> tuple[Sent | None, bool]:
    """The resource of an entry, and whether it only came along with another."""
    inner = members(entry, path) if entry.lstrip().startswith(b"{") else {}
    resource = inner.get("resource", b"")
    if not resource.lstrip().startswith(b"{"):
        return None, False
    came_along = any(_text(item, "mode") == "include" for item in _objects(inner.get("search"), path))
    return Sent(resource, f"{path}.resource", _text_of(inner.get("fullUrl"))), came_along


def name_of(sent: Sent) -> tuple[str, str]:
    """Type and "Type/id"; without an id, the place where it stood."""
    try:
        top = head(sent.raw)
    except BadJson:
        return "", sent.path
    kind = str(top.resource_type)
    return kind, f"{kind}/{top.id or sent.path}"


def _total(parts: Mapping[str, bytes], path: str) -> int:
    """How many resources the search matched; a Bundle may say so and bring none (_summary=count)."""
    total = decode(parts.get("total", b"0"), f"{path}.total")
    return total if isinstance(total, int) else 0


def _objects(raw: bytes | None, path: str) -> Iterator[Mapping[str, Any]]:
    value = decode(raw, path) if raw is not None else []
    return (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _text(link: Mapping[str, Any], name: str) -> str:
    value = link.get(name)
    return value if isinstance(value, str) else ""


def _text_of(raw: bytes | None) -> str:
    value = decode(raw, "$") if raw is not None else ""
    return value if isinstance(value, str) else ""
