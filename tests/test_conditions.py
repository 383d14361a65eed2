"""Each condition of each recommendation matters: a table says what every value does, and whole charts show it.

The mutants of the guideline are its rows with one value flipped. A mutant is killed where the chart of that value is
answered otherwise than its table says. Where there is no chart it is killed by a picture made of the facts alone;
`impossible.toml` says why no chart can hold them, and a `?` that none was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from pathlib import Path

import pytest

from cds_service.authoring.pairs import Pairs
from cds_service.console.conditions import MISSING, TABLE, Line, asked, lines_of, table_problems
from cds_service.guideline.judge import Outcome
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import UNKNOWN, VOCABULARY, Scope
from tests.conditions import ROWS, drawn, shows, written
from tests.conftest import FIXTURES
from tests.guideline.rows import outcome, picture, tumor
from tests.test_fixtures import KNOWLEDGE

PAIRS = Pairs.of(KNOWLEDGE)
by_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def test_every_value_of_every_fact_that_is_asked_for_is_decided_by_a_table() -> None:
    assert list(table_problems(ROWS, FIXTURES)) == []


def test_every_near_miss_is_the_chart_of_some_value() -> None:
    named = {line.chart for row in ROWS for line in lines_of(row, FIXTURES)}
    there = {path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("near-misses/*/*")}
    assert {f"{chart}.json" for chart in named if chart.startswith("near-misses/")} == there


@pytest.mark.every_fixture
@by_row
def test_a_row_with_one_value_flipped_is_noticed_by_the_chart_of_that_value(row: Recommendation) -> None:
    survivors = [
        f"{line.feature} = {line.value}: {line.chart} does not show that the row {line.outcome}"
        for line in lines_of(row, FIXTURES)
        if line.has_chart and not ((seen := drawn(line.chart)) and shows(line, seen))
    ]
    assert survivors == []


@by_row
def test_a_value_is_said_to_have_no_chart_only_where_none_can_hold_it(row: Recommendation) -> None:
    without = [line for line in lines_of(row, FIXTURES) if not line.has_chart]
    can = {(line.feature, line.value): PAIRS.can_hold(row, line.feature, line.value) for line in without}
    assert can == {(line.feature, line.value): line.chart == MISSING for line in without}


def alone(row: Recommendation, facts: Mapping[str, str]) -> Outcome:
    """The outcome of the row in a picture of these facts, one value each."""
    sorted_: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for name, value in facts.items():
        sorted_[VOCABULARY[name].scope is Scope.TUMOR][name.replace("-", "_")] = value
    drawn_picture = picture(tumor(**sorted_[True]), **sorted_[False])
    return outcome(drawn_picture, row, next(iter(row.hooks)))


def pairwise(table: Mapping[str, list[Line]]) -> Iterator[tuple[Line, ...]]:
    """Every line alone and every two lines of two facts."""
    for lines in table.values():
        yield from ((line,) for line in lines)
    for one, other in combinations(table.values(), 2):
        yield from product(one, other)


def expected(lines: tuple[Line, ...]) -> Outcome:
    """A row is silent where one value silences it, else open where one is unknown."""
    outcomes = {line.outcome for line in lines}
    return next(o for o in (Outcome.SILENT, Outcome.UNDETERMINED, Outcome.FIRES) if o in outcomes)


@pytest.mark.every_fixture
@by_row
def test_each_value_and_each_two_values_give_the_verdicts_of_the_table(row: Recommendation) -> None:
    table: dict[str, list[Line]] = {}
    for line in lines_of(row, FIXTURES):
        table.setdefault(line.feature, []).append(line)
    whole = {name: next(iter(row.when[name])) for name in row.when.keys() - table.keys()}
    whole |= {
        name: next(line.value for line in lines if line.outcome is Outcome.FIRES) for name, lines in table.items()
    }
    wrong = [
        lines
        for lines in pairwise(table)
        if alone(row, whole | {line.feature: line.value for line in lines}) is not expected(lines)
    ]
    assert wrong == []


# --- the tables themselves ---------------------------------------------------------------------------------------

ROW = KNOWLEDGE.by_id["nec-avoid-ssa"]


def faults(folder: Path, text: str) -> list[str]:
    place = folder / "recommendations" / ROW.id
    place.mkdir(parents=True)
    (place / TABLE).write_text(text, encoding="utf-8")
    return [f"[{problem.key}] {problem.problem}" for problem in table_problems([ROW], folder)]


def test_a_table_is_written_as_it_is_read() -> None:
    assert written(lines_of(ROW, FIXTURES)) == (FIXTURES / "recommendations" / ROW.id / TABLE).read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "[] has no conditions.toml: python -m tests.conditions nec-avoid-ssa writes it"),
        (
            '[histology.fires]\ndocumented = ""',
            "[histology.coded] is decided by no line: python -m tests.conditions nec-avoid-ssa adds lines",
        ),
        ('[histology.fired]\ncoded = ""', "[] has the outcome 'fired'; write fires, silent, undetermined"),
        ('[grade.fires]\nG1 = ""', "[grade] is not asked for by this recommendation: take it out"),
        (
            '[histology.fires]\ncoded = ""\n[histology.silent]\ncoded = ""',
            "[histology.coded] must be decided by one line, and be a value:"
            " python -m tests.conditions nec-avoid-ssa adds lines",
        ),
        (
            '[histology.fires]\nread = ""',
            "[histology.read] must be decided by one line, and be a value:"
            " python -m tests.conditions nec-avoid-ssa adds lines",
        ),
        (
            '[histology.fires]\ndocumented = "fires--nothing"',
            "[histology.documented] names recommendations/nec-avoid-ssa/fires--nothing.json, which is not there",
        ),
    ],
)
def test_a_fault_of_a_table_is_named_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    assert fault in faults(tmp_path, text)


def test_a_mutant_differs_in_one_value() -> None:
    listed = ROW.when["histology"]
    one = Line(ROW, "histology", "coded", Outcome.SILENT, "silent--no-histology-recorded")
    assert one.mutant.when["histology"] == listed | {"coded"}
    other = Line(ROW, "histology", "documented", Outcome.FIRES, "fires--lanreotide-selected")
    assert other.mutant.when["histology"] == listed - {"documented"}
    assert {name for name in ROW.when if ROW.when[name] != one.mutant.when[name]} == {"histology"}


def test_a_fact_that_may_have_any_value_is_not_asked_for() -> None:
    assert "age-group" not in asked(KNOWLEDGE.by_id["source-status"])
    assert UNKNOWN in asked(ROW)["histology"]
