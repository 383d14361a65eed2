"""Mutants of the conditions: a value left out or added, a key not asked, and whether a fixture notices.

A mutant is killed where one of the row's own fixtures, or a story, would show the row where it must be absent, or the
reverse. `python -m tests.test_guideline_mutations [ID ...]` lists the mutants that nothing notices; they fail no build.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from cds_service.answer import answer
from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Outcome, Verdict, judge, with_replacements
from cds_service.guideline.recommendations import Indicator, Recommendation
from cds_service.guideline.vocabulary import VOCABULARY
from tests.test_fixtures import GUIDELINE, KNOWLEDGE, NOW, RECOMMENDATIONS, SERVICES, STORIES

pytestmark = pytest.mark.every_fixture

ROWS = KNOWLEDGE.recommendations
DANGEROUS = [
    row for row in ROWS if row.indicator is Indicator.CRITICAL or any(plan.deletes_order for plan in row.suggestions)
]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fixture once read: its picture, the hook, and the verdicts of all rows."""

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
    """None for a call that is answered without looking at a patient."""
    call = path.read_bytes()
    hook = json.loads(call)["hook"]
    picture = answer(call, SERVICES[hook], GUIDELINE, NOW, lambda: "unused").picture
    return Drawn(picture, hook, judge(picture, hook, ROWS)) if picture else None


def promises(row: Recommendation) -> list[Path]:
    """The fixtures whose answer says something of the row."""
    own = [path for path in RECOMMENDATIONS if path.parent.name == row.id]
    return own + [story / "request.json" for story in STORIES]


def mutants(row: Recommendation) -> Iterator[Mutant]:
    """Every row that differs in one value or one key; a key that takes everything asks nothing and may go."""
    for key in sorted(row.own_keys):
        listed = row.when[key]
        everything = frozenset(map(str, VOCABULARY[key].values))
        if listed != everything:
            yield Mutant(asking(row, key, everything), f"{key} not asked")
        for value in sorted(everything):
            change = "without" if value in listed else "also"
            yield Mutant(asking(row, key, listed ^ {value}), f"{key} {change} {value}")


def asking(row: Recommendation, key: str, values: frozenset[str]) -> Recommendation:
    return replace(row, when=row.when | {key: values})  # type: ignore[operator]


def is_killed(mutant: Mutant) -> bool:
    seen = filter(None, map(drawn, promises(mutant.row)))
    return any(is_seen(mutant.row, fixture) for fixture in seen if fixture.hook in mutant.row.hooks)


def is_seen(wrong: Recommendation, fixture: Drawn) -> bool:
    """Whether the wrong row is shown where the right one is not, or the reverse."""
    before = [verdict for verdict in fixture.verdicts if verdict.recommendation.id == wrong.id]
    after = judge(fixture.picture, fixture.hook, (wrong,))
    if [v.outcome is Outcome.FIRES for v in before] == [v.outcome is Outcome.FIRES for v in after]:
        return False
    others = (verdict for verdict in fixture.verdicts if verdict.recommendation.id != wrong.id)
    return is_shown(wrong, (*others, *after)) != is_shown(wrong, fixture.verdicts)


def is_shown(row: Recommendation, verdicts: Iterable[Verdict]) -> bool:
    return any(verdict.is_shown and verdict.recommendation.id == row.id for verdict in with_replacements(verdicts))


def survivors(row: Recommendation) -> list[str]:
    return [mutant.change for mutant in mutants(row) if not is_killed(mutant)]


def test_a_mutant_differs_in_one_place() -> None:
    row = KNOWLEDGE.by_id["nec-avoid-ssa"]
    found = {mutant.change: mutant.row for mutant in mutants(row)}
    assert found["histology also coded"].when["histology"] == {"documented", "coded"}
    assert found["ordering without ssa-depot"].when["ordering"] == frozenset()
    assert found["diagnosis not asked"].when["diagnosis"] >= {"net", "unknown"}
    assert all({key for key in row.when if row.when[key] != one.when[key]} for one in found.values())


def test_a_key_that_takes_every_value_asks_nothing() -> None:
    changes = {mutant.change for mutant in mutants(KNOWLEDGE.by_id["source-status"])}
    assert "deceased not asked" in changes
    assert "age-group not asked" not in changes


@pytest.mark.parametrize("row", DANGEROUS, ids=lambda row: row.id)
def test_each_condition_of_a_row_that_deletes_an_order_or_is_critical_is_proven_by_a_fixture(
    row: Recommendation,
) -> None:
    assert [change for change in survivors(row) if change.endswith(" not asked")] == []


def report(ids: Iterable[str]) -> None:
    """Prints for each row how many mutants there are and which survive."""
    every = alive = 0
    for row in sorted((KNOWLEDGE.by_id[name] for name in ids), key=lambda row: row.id):
        total, left = len(list(mutants(row))), survivors(row)
        every, alive = every + total, alive + len(left)
        print(f"{row.id}: {len(left)} of {total} survive: {', '.join(left)}")
    print(f"{alive} of {every} mutants survive")


if __name__ == "__main__":
    report(sys.argv[1:] or KNOWLEDGE.by_id)
