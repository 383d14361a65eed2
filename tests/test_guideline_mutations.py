"""Mutants of the conditions: each value left out or added, each key dropped, and whether a fixture notices.

A mutant is killed where one of the row's own fixtures, or a story, would be answered otherwise: with the row where it
was absent, or the reverse. `python -m tests.test_guideline_mutations` lists those that nothing notices.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from cds_service.answer import answer
from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Outcome, Verdict, judge, with_replacements
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import VOCABULARY
from tests.conftest import FIXTURES
from tests.test_fixtures import GUIDELINE, KNOWLEDGE, NOW, RECOMMENDATIONS, SERVICES, STORIES

ALLOWED = Path(__file__).parent / "surviving_mutants.json"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fixture once read: its picture, the hook, and the verdicts before any row takes the place of another."""

    picture: PatientPicture
    hook: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A row that is wrong in one place, and the words for that place."""

    row: Recommendation
    change: str


@cache
def drawn(path: Path) -> Drawn | None:
    """None for a call that is answered without looking at the picture."""
    call = path.read_bytes()
    hook = json.loads(call)["hook"]
    picture = answer(call, SERVICES[hook], GUIDELINE, NOW, lambda: "unused").picture
    return Drawn(picture, hook, judge(picture, hook, KNOWLEDGE.recommendations)) if picture else None


def looked_at(row: Recommendation) -> Iterator[Drawn]:
    """What a mutant of the row is held against: the fixtures that make a promise about it."""
    own = [path for path in RECOMMENDATIONS if path.parent.name == row.id]
    yield from filter(None, map(drawn, own + [story / "request.json" for story in STORIES]))


def mutants(row: Recommendation) -> Iterator[Mutant]:
    for key in sorted(row.own_keys):
        yield Mutant(with_values(row, key, None), f"{key} not asked")
        for value in map(str, VOCABULARY[key].values):
            listed = value in row.when[key]
            changed = row.when[key] ^ {value}
            if changed:
                yield Mutant(with_values(row, key, changed), f"{key} {'without' if listed else 'also'} {value}")


def with_values(row: Recommendation, key: str, values: frozenset[str] | None) -> Recommendation:
    when = {name: listed for name, listed in row.when.items() if name != key}
    return replace(row, when=when if values is None else when | {key: values})


def is_killed(mutant: Mutant) -> bool:
    return any(answered_otherwise(mutant.row, seen) for seen in looked_at(mutant.row))


def answered_otherwise(row: Recommendation, seen: Drawn) -> bool:
    """Whether the wrong row is shown where the right one is not, or the reverse."""
    if seen.hook not in row.hooks:
        return False
    before = [verdict for verdict in seen.verdicts if verdict.recommendation.id == row.id]
    after = judge(seen.picture, seen.hook, (row,))
    if outcomes(before) == outcomes(after):
        return False
    others = [verdict for verdict in seen.verdicts if verdict.recommendation.id != row.id]
    return shown(row, (*others, *after)) != shown(row, seen.verdicts)


def outcomes(verdicts: Iterator[Verdict] | list[Verdict] | tuple[Verdict, ...]) -> list[bool]:
    return [verdict.outcome is Outcome.FIRES for verdict in verdicts]


def shown(row: Recommendation, verdicts: tuple[Verdict, ...]) -> bool:
    return any(v.is_shown and v.recommendation.id == row.id for v in with_replacements(verdicts))


def survivors(row: Recommendation) -> list[str]:
    return [mutant.change for mutant in mutants(row) if not is_killed(mutant)]
