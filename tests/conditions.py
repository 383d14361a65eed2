"""Charts that decide: whether a call shows what one value does to a recommendation, and where there is such a call.

`python -m tests.conditions [ID ...]` completes the tables `conditions.toml`: a value that none decides yet gets the
verdict of the row, for a clinician to read, and a chart that shows it. A verdict that stands is never changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import click

from cds_service.answer import answer
from cds_service.authoring.pairs import Pairs
from cds_service.console.conditions import MISSING, NEVER, TABLE, Line, asked, asking, lines_of
from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Outcome, Verdict, judge
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import UNKNOWN
from tests.conftest import FIXTURES
from tests.test_fixtures import GUIDELINE, KNOWLEDGE, NOW, SERVICES

PAIRS = Pairs.of(KNOWLEDGE)
ROWS = [row for row in KNOWLEDGE.recommendations if not row.footer]
# Where charts are looked for, after the recommendation's own folder.
FOLDERS = ("recommendations/*/*", "stories/*/request", "vignettes/*/request", "dangers/*/*", "near-misses/*/*")
HEAD = """\
# What each value of each fact that this recommendation asks for does to it, where all else holds, and the chart in
# which it alone decides. A name without a folder is a fixture beside this file. "": no chart can hold the value beside
# the rest (cds_service/knowledge/impossible.toml says why); "?": no chart shows it yet.
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call once read."""

    picture: PatientPicture
    hook: str


@cache
def drawn(chart: str) -> Drawn | None:
    """None for a call that is answered without looking at a patient."""
    call = (FIXTURES / f"{chart}.json").read_bytes()
    hook = json.loads(call)["hook"]
    picture = answer(call, SERVICES[hook], GUIDELINE, NOW, lambda: "unused").picture
    return Drawn(picture, hook) if picture else None


def shows(line: Line, seen: Drawn) -> bool:
    """Whether the row has the outcome of the line there, and the row with this value flipped has another."""
    if seen.hook not in line.row.hooks:
        return False
    right, wrong = (judge(seen.picture, seen.hook, (row,)) for row in (line.row, line.mutant))
    return any(_is_changed(line, seen, before, after) for before, after in zip(right, wrong, strict=True))


def _is_changed(line: Line, seen: Drawn, before: Verdict, after: Verdict) -> bool:
    fact = seen.picture.feature(line.feature, before.tumor)
    is_meant = line.value in fact.values and (line.value == UNKNOWN) == fact.is_unknown
    return is_meant and before.outcome is line.outcome is not after.outcome


def decided(row: Recommendation, seen: Drawn) -> Iterator[tuple[str, str]]:
    """The facts and values that may alone decide there: those of which the row fires if it does not ask for them."""
    if seen.hook not in row.hooks:
        return
    for feature, values in asked(row).items():
        without = asking(row, feature, frozenset(values))
        for verdict in judge(seen.picture, seen.hook, (without,)):
            if verdict.outcome is Outcome.FIRES:
                found = seen.picture.feature(feature, verdict.tumor).values
                yield from ((feature, value) for value in sorted(found))


def charts() -> list[str]:
    """The names of all calls in which a chart is looked for."""
    found = (path for folder in FOLDERS for path in sorted(FIXTURES.glob(f"{folder}.json")))
    return [path.relative_to(FIXTURES).as_posix().removesuffix(".json") for path in found]


def verdict_of(row: Recommendation, feature: str, value: str) -> Outcome:
    if value in row.when[feature]:
        return Outcome.FIRES
    return Outcome.UNDETERMINED if value == UNKNOWN else Outcome.SILENT


def completed(row: Recommendation, index: Mapping[tuple[str, str], Iterable[str]]) -> list[Line]:
    """A line for every value, those that stand first; charts that show nothing any more are looked for again."""
    standing = {(line.feature, line.value): line for line in lines_of(row, FIXTURES)}
    made = []
    for feature, values in asked(row).items():
        for value in values:
            new = Line(row, feature, value, verdict_of(row, feature, value), MISSING)
            line = standing.get((feature, value), new)
            if not line.has_chart or not _is_shown(line, line.chart):
                line = replace(line, chart=_found(line, index.get((feature, value), ())))
            made.append(line)
    return made


def _is_shown(line: Line, chart: str) -> bool:
    seen = drawn(chart) if (FIXTURES / f"{chart}.json").is_file() else None
    return seen is not None and shows(line, seen)


def _found(line: Line, among: Iterable[str]) -> str:
    own = f"recommendations/{line.row.id}/"
    ordered = sorted(among, key=lambda chart: (not chart.startswith(own), chart.startswith("near-misses/"), chart))
    none = MISSING if PAIRS.can_hold(line.row, line.feature, line.value) else NEVER
    return next((chart for chart in ordered if _is_shown(line, chart)), none)


def written(lines: Iterable[Line]) -> str:
    """The table as it stands in its file."""
    parts = [HEAD]
    tables: dict[str, dict[Outcome, list[Line]]] = {}
    for line in lines:
        tables.setdefault(line.feature, {}).setdefault(line.outcome, []).append(line)
    for feature, outcomes in tables.items():
        for outcome in Outcome:
            if outcome in outcomes:
                rows = [f'{line.value} = "{_short(line)}"\n' for line in outcomes[outcome]]
                parts.append(f"\n[{feature}.{outcome}]\n{''.join(rows)}")
    return "".join(parts)


def _short(line: Line) -> str:
    return line.chart.removeprefix(f"recommendations/{line.row.id}/")


def write(rows: list[Recommendation]) -> None:
    index: dict[str, dict[tuple[str, str], list[str]]] = {row.id: {} for row in rows}
    with click.progressbar(charts(), label="reading charts", file=sys.stderr) as names:
        for name in names:
            seen = drawn(name)
            for row in rows if seen else ():
                assert seen is not None
                for key in decided(row, seen):
                    index[row.id].setdefault(key, []).append(name)
    for row in rows:
        lines = completed(row, index[row.id])
        (FIXTURES / "recommendations" / row.id / TABLE).write_text(written(lines), encoding="utf-8")
        for line in lines:
            if line.chart == MISSING:
                click.echo(f"{row.id}: no chart shows {line.feature} = {line.value} ({line.outcome})")


if __name__ == "__main__":
    write([KNOWLEDGE.by_id[name] for name in sys.argv[1:]] or ROWS)
