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
from urllib.parse import parse_qsl, urlsplit

from cds_service.errors import BadJson
from cds_service.json_bytes import decode, elements, head, members

_PAGING = {"_sort", "_format", "_pretty", "_count", "_total", "_bundletype", "_getpages", "_getpagesoffset", "page"}
_NARROWING = {"date", "status", "clinical-status", "verification-status", "category", "_lastUpdated", "encounter"}
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
        is_flawed: it holds an outcome, an entry without resource, or a label that something was withheld.
        total: how many resources the search matched, if the Bundle says so.
    """

    state: State
    resources: tuple[Sent, ...] = ()
    is_bundle: bool = False
    is_flawed: bool = False
    total: int = 0
    self_link: str = ""
    next_link: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """Where the rest of a Bundle is to be had, and how many resources have come of it."""

    address: str
    come: int


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
            searched |= _covered(value.self_link, templates, patient_id)
    return Supply(
        states={key: _state(answers[key]) for key in templates},
        searched=frozenset(searched),
        resources=tuple(sent for value in values.values() for sent in value.resources),
        faults=tuple(value.fault for value in values.values() if value.fault),
        rests={key: rest for key, came in answers.items() if (rest := _rest(came))},
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


def _rest(answers: Mapping[str, Value]) -> Rest | None:
    """Where the rest is, if one Bundle came and lacks nothing but further pages."""
    values = list(answers.values())
    if len(values) != 1 or not values[0].next_link or values[0].is_flawed:
        return None
    return Rest(values[0].next_link, len(values[0].resources))


def _is_proven(key: str, answers: Mapping[str, Value], template: str, patient_id: str) -> bool:
    """Whether everything that came for the key is whole and asked for no less than its template."""
    return bool(answers) and all(
        _proves(value)
        and not _is_narrower(value.self_link, template, patient_id)
        and (name == key or not _is_of_another_type(value.self_link, template))
        for name, value in answers.items()
    )


def _is_of_another_type(self_link: str, template: str) -> bool:
    """Whether a client's own key asked for other resources than the site says; "$everything" is no type."""
    asked = _asked(self_link)
    return asked is not None and asked[0][:1].isupper() and asked[0] != template.partition("?")[0]


def _proves(value: Value) -> bool:
    return value.is_bundle and value.state in (State.GIVEN, State.EMPTY)


def _is_narrower(self_link: str, template: str, patient_id: str) -> bool:
    """Whether a Bundle's own link says that the search asked for less than declared, or for another patient."""
    asked = _asked(self_link)
    if asked is None or asked[0] != template.partition("?")[0]:
        return False  # no link, or one in a server's own words: it says nothing
    query = asked[1]
    patients = {value.rpartition("/")[2] for name, value in query if name in ("patient", "subject")}
    codes = {code for name, value in query if name == "code" for code in value.split(",")}
    narrower = bool(codes) and not _codes(template) <= codes
    return narrower or bool(patients - {patient_id}) or any(name in _NARROWING for name, _ in query)


def _asked(self_link: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Type and parameters of a search link, paging left out; None where there is no query in it."""
    try:
        parts = urlsplit(self_link)
    except ValueError:
        return None
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _PAGING]
    return (parts.path.rstrip("/").rpartition("/")[2], query) if query else None


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
    sent, flawed = [], _is_withheld(parts.get("meta", b""))
    for index, entry in enumerate(elements(parts.get("entry", b"[]"), f"{path}.entry")):
        one = _entry(entry, f"{path}.entry[{index}]")
        if one is None or head(one.raw).resource_type == "OperationOutcome":
            flawed = True
        else:
            sent.append(one)
            flawed = flawed or _is_withheld(one.raw)
    total = _total(parts, path)
    whole = not flawed and "next" not in links and len(sent) >= total
    state = (State.GIVEN if sent else State.EMPTY) if whole else State.PARTIAL
    return Value(state, tuple(sent), True, flawed, total, links.get("self", ""), links.get("next", ""))


def _is_withheld(raw: bytes) -> bool:
    """Whether a security label says that part of it was masked or taken out (v3-ObservationValue)."""
    return b'"REDACTED"' in raw or b'"MASKED"' in raw


def _entry(entry: bytes, path: str) -> Sent | None:
    inner = members(entry, path) if entry.lstrip().startswith(b"{") else {}
    resource = inner.get("resource", b"")
    if not resource.lstrip().startswith(b"{"):
        return None
    return Sent(resource, f"{path}.resource", _text_of(inner.get("fullUrl")))


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


def _covered(self_link: str, templates: Mapping[str, str], patient_id: str) -> set[str]:
    """The declared searches that a Bundle's own link proves: same type and patient, no narrower filter than ours."""
    kind, query = _asked(self_link) or ("", [])
    patient = [value.rpartition("/")[2] for name, value in query if name in ("patient", "subject")]
    filters = {name: set(value.split(",")) for name, value in query if name not in ("patient", "subject")}
    is_plain = len(query) == len({name for name, _ in query})  # a parameter given twice narrows the search
    if patient != [patient_id] or filters.keys() - {"code"} or not is_plain:
        return set()
    return {
        key
        for key, template in templates.items()
        if template.startswith(f"{kind}?") and _codes(template) <= (filters.get("code") or _codes(template))
    }


def _codes(template: str) -> set[str]:
    query = dict(parse_qsl(template.partition("?")[2].replace("{{", "").replace("}}", "")))
    return set(query["code"].split(",")) if "code" in query else {"*"}
