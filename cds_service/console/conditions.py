"""The tables of conditions: what each value of a fact does to a recommendation that asks for it, and the chart of it.

Reads the tables and holds them complete. That the charts say so, and that each flipped value is noticed, is a test.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cds_service.errors import Problem
from cds_service.guideline.judge import Outcome
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import VOCABULARY

TABLE = "conditions.toml"
# In the place of a chart: `impossible.toml` says that none can hold the value; none was found.
NEVER, MISSING = "", "?"


@dataclass(frozen=True, slots=True)
class Line:
    """One value of one fact that a row asks for.

    Attributes:
        outcome: of the row, where all else that it asks for holds.
        chart: the call in which this value alone decides, below the fixtures; or `NEVER`, or `MISSING`.
    """

    row: Recommendation
    feature: str
    value: str
    outcome: Outcome
    chart: str

    @property
    def has_chart(self) -> bool:
        return self.chart not in (NEVER, MISSING)

    @property
    def mutant(self) -> Recommendation:
        """The row that is wrong in this one value."""
        return asking(self.row, self.feature, self.row.when[self.feature] ^ {self.value})


def asking(row: Recommendation, feature: str, values: frozenset[str]) -> Recommendation:
    """The row with other values for one fact."""
    return replace(row, when={**row.when, feature: values})


def asked(row: Recommendation) -> dict[str, list[str]]:
    """What a row asks for, with all values of the vocabulary; a fact that may have any value is not asked for."""
    every = {name: [str(value) for value in VOCABULARY[name].values] for name in row.when}
    return {name: values for name, values in every.items() if row.when[name] != frozenset(values)}


def table_of(row: Recommendation, fixtures: Path) -> dict[str, Any]:
    """The table of one row as it stands in its file; empty where there is none."""
    path = fixtures / "recommendations" / row.id / TABLE
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def lines_of(row: Recommendation, fixtures: Path) -> tuple[Line, ...]:
    """The table of one row. What its outcomes are called is held to the words of `Outcome`."""
    own = f"recommendations/{row.id}/"
    return tuple(
        Line(row, feature, value, Outcome(word), chart if "/" in chart or chart in (NEVER, MISSING) else own + chart)
        for feature, outcomes in table_of(row, fixtures).items()
        for word, charts in outcomes.items()
        for value, chart in charts.items()
    )


def table_problems(rows: Iterable[Recommendation], fixtures: Path) -> Iterator[Problem]:
    """Values that no table decides, that two lines decide, or that nobody asks for; charts that are not there."""
    for row in (row for row in rows if not row.footer):
        table = table_of(row, fixtures)
        if not table:
            yield Problem(row.file, "", f"has no {TABLE}: python -m tests.conditions {row.id} writes it")
            continue
        file = f"fhir_fixtures/recommendations/{row.id}/{TABLE}"
        words = {word for outcomes in table.values() for word in outcomes} - set(Outcome)
        if words:
            yield Problem(file, "", f"has the outcome {sorted(words)[0]!r}; write {', '.join(Outcome)}")
            continue
        yield from _undecided(row, table, file)
        for line in lines_of(row, fixtures):
            if line.has_chart and not (fixtures / f"{line.chart}.json").is_file():
                yield Problem(file, f"{line.feature}.{line.value}", f"names {line.chart}.json, which is not there")


def _undecided(row: Recommendation, table: Mapping[str, Mapping[str, Any]], file: str) -> Iterator[Problem]:
    wanted = asked(row)
    for feature in sorted(table.keys() - wanted.keys()):
        yield Problem(file, feature, "is not asked for by this recommendation: take it out")
    for feature, values in wanted.items():
        given = Counter(value for charts in table.get(feature, {}).values() for value in charts)
        for value in sorted(given.keys() | set(values)):
            if given[value] != 1 or value not in values:
                fault = "is decided by no line" if not given[value] else "must be decided by one line, and be a value"
                yield Problem(file, f"{feature}.{value}", f"{fault}: python -m tests.conditions {row.id} adds lines")


def conditions_line(knowledge: Knowledge, fixtures: Path) -> str:
    """How many values are decided, for the table of `check`."""
    lines = [line for row in knowledge.recommendations if not row.footer for line in lines_of(row, fixtures)]
    shown = sum(line.has_chart for line in lines)
    never = sum(line.chart == NEVER for line in lines)
    rest = len(lines) - shown - never
    killed = f"{shown} by a chart, {never + rest} by facts alone ({never} of them no chart can hold)"
    return f"{len(lines)} values of conditions, each flipped by the tests: {killed}"
