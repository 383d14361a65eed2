"""Which figures of the knowledge are pinned: each has calls on both sides of it below `fhir_fixtures/boundaries`.

Counts the folders only; that the calls hold, and that a moved figure is noticed, is asked by the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from cds_service.guideline.knowledge import Knowledge

_ENOUGH = 2  # calls: one on either side


def figures(knowledge: Knowledge) -> tuple[str, ...]:
    """Their names, which are those of their folders: limits.toml, and what markers bring where a result does not."""
    return (*(field.name for field in fields(knowledge.limits)), *_of_markers(knowledge))


def _of_markers(knowledge: Knowledge) -> Iterator[str]:
    for name, marker in sorted(knowledge.markers.items()):
        if marker.upper_limit:
            yield f"markers.{name}.upper_limit"
        if any(marker.plausible_limit):
            yield from (f"markers.{name}.plausible_limit.{end}" for end in ("low", "high"))


def pinned_line(knowledge: Knowledge, fixtures: Path) -> str:
    """How many of them have their calls, in words for the table of `check`."""
    names = figures(knowledge)
    pinned = [name for name in names if len(list((fixtures / "boundaries" / name).glob("*.json"))) >= _ENOUGH]
    return f"{len(pinned)} of {len(names)} figures pinned by a pair of fixtures"
