"""What a change of the knowledge changes: its recommendations, and the answers to calls that are at hand.

Judges no change; a clinician reads which patients would get a new, lost or reworded card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from cds_service.answer import Guideline, answer
from cds_service.errors import BadHookRequest, BadJson, DataMissing
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation
from cds_service.hooks.basis import BASIS
from cds_service.hooks.call import hook_of
from cds_service.hooks.services import services
from cds_service.hooks.templates import templates_for

_ALIKE = {"id", "own_keys", "topic", "citations"}  # names, what follows from others, and what has lines of its own


@dataclass(frozen=True, slots=True)
class Change:
    """What one call gets otherwise: the recommendation, and whether it is "new", "lost" or "reworded"."""

    call: str
    kind: str
    recommendation: str


def changed_rows(old: Knowledge, new: Knowledge) -> Iterator[str]:
    """One line a recommendation that was added, removed or changed, with what changed in it."""
    for name in sorted(old.by_id.keys() | new.by_id.keys()):
        before, after = old.by_id.get(name), new.by_id.get(name)
        if before is None:
            yield f"added    {name}"
        elif after is None:
            yield f"removed  {name}"
        elif differences := list(_differences(before, after)):
            yield f"changed  {name}: {'; '.join(differences)}"


def _differences(before: Recommendation, after: Recommendation) -> Iterator[str]:
    if before.topic != after.topic:
        yield f"topic {before.topic} -> {after.topic}"
    yield from _condition_differences(before.when, after.when)
    if [(c.source.key, c.section, c.strength) for c in before.citations] != [
        (c.source.key, c.section, c.strength) for c in after.citations
    ]:
        yield "documents"
    for field in fields(Recommendation):
        if field.name not in (*_ALIKE, "when") and getattr(before, field.name) != getattr(after, field.name):
            yield field.name


def _condition_differences(before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield f"{key}: {_listed(before.get(key))} -> {_listed(after.get(key))}"


def _listed(values: frozenset[str] | None) -> str:
    return "not asked" if values is None else " ".join(sorted(values))


def changed_answers(old: Knowledge, new: Knowledge, calls: Iterable[tuple[str, bytes, datetime]]) -> Iterator[Change]:
    """What each call (its name, its body, its moment) would get otherwise."""
    shown_before, shown_after = _shower(old), _shower(new)
    for name, body, now in calls:
        before, after = shown_before(body, now), shown_after(body, now)
        for row in sorted(before.keys() | after.keys()):
            if row not in before:
                yield Change(name, "new", row)
            elif row not in after:
                yield Change(name, "lost", row)
            elif before[row] != after[row]:
                yield Change(name, "reworded", row)


def _shower(knowledge: Knowledge) -> Callable[[bytes, datetime], dict[str, Any]]:
    """From a call to the recommendations it is shown, each with the words of its card; footers are such words."""
    guideline = Guideline.of(knowledge)
    offered = {service.hook: service for service in services(partial(templates_for, knowledge))}

    def shown(body: bytes, now: datetime) -> dict[str, Any]:
        service = offered.get(hook_of(body))
        try:
            cards = answer(body, service, guideline, now, lambda: "").body["cards"] if service else []
        except (BadHookRequest, BadJson, DataMissing):
            cards = []  # no advice: that is what a clinician would have seen
        return {name: _words(card) for card in cards for name in _rows(card) if not knowledge.by_id[name].footer}

    return shown


def _rows(card: Mapping[str, Any]) -> list[str]:
    return [row["id"] for row in card["extension"][BASIS].get("recommendations", [])]


def _words(card: Mapping[str, Any]) -> tuple[Any, ...]:
    offers = tuple(suggestion["label"] for suggestion in card.get("suggestions", ()))
    return card["indicator"], card["summary"], card.get("detail"), offers


def report(rows: Iterable[str], changes: Iterable[Change], calls: int) -> str:
    """Both as people read them: the recommendations first, then the patients, then the numbers."""
    listed, met = list(rows), list(changes)
    numbers = Counter(change.kind for change in met)
    counted = ", ".join(f"{numbers[kind]} {kind}" for kind in ("new", "lost", "reworded"))
    lines = ["Recommendations", "===============", *(listed or ["none changed"])]
    lines += ["", "Patients", "========"]
    lines += [f"{change.kind:<9}{change.recommendation:<36}{change.call}" for change in met]
    concerned = len({change.call for change in met})
    return "\n".join([*lines, f"{concerned} of {calls} calls get another answer: {counted}"])


def calls_below(folder: Path) -> Iterator[Path]:
    """The files below a folder that hold hook calls; those that must be refused and whole answers hold none."""
    for path in sorted(folder.rglob("*.json")):
        if "refused" not in path.parts and hook_of(path.read_bytes()):
            yield path
