"""The statements of the articles: each is carried or has a reason why not, and untraced figures stay off the cards."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from cds_service.authoring.reading import read_knowledge
from cds_service.authoring.statements import carriers, coverage_line, coverage_problems
from cds_service.guideline.about_rows import Statement
from tests.guideline.rows import row

PLAIN = Statement("S0-01", "A marker", "contested")
SHARE = Statement("S0-01", "A share", "figure not traced", ("33 %", "44.6", "19 months"), "it was not traced")


def problems(statement: Statement, **changes: Any) -> list[str]:
    made = replace(row("row"), **changes)
    return [str(problem) for problem in coverage_problems({statement.id: statement}, (made,))]


def test_the_list_holds_every_statement_of_both_articles_and_the_topics_they_lack() -> None:
    numbers = [f"S0-{n:02}" for n in range(1, 33)] + [f"S1-{n:02}" for n in range(1, 39)]
    assert list(read_knowledge().statements) == numbers + [f"X-{n:02}" for n in range(1, 15)]


def test_only_the_topics_that_the_articles_lack_are_added() -> None:
    for number, statement in read_knowledge().statements.items():
        assert (statement.standing == "added") == number.startswith("X")


def test_a_figure_that_was_not_traced_is_left_out() -> None:
    untraced = [s for s in read_knowledge().statements.values() if s.standing == "figure not traced"]
    assert untraced
    assert all(statement.figures_left_out for statement in untraced)


def test_a_statement_is_carried_or_has_a_reason_and_never_both() -> None:
    reasoned = replace(PLAIN, not_printed="no document was found")
    elsewhere = replace(PLAIN, id="S0-02")
    assert problems(PLAIN) == []
    assert problems(reasoned) == ["statements.toml [S0-01.not_printed]: gives a reason, but row carries it"]
    assert problems(replace(reasoned, id="S0-02")) == []
    assert problems(elsewhere) == [
        "statements.toml [S0-02]: is carried by no recommendation and gives no reason (not_printed)"
    ]


@pytest.mark.parametrize("words", ["in 33 % of them", "in 33% of them", "in 33\n% of them", "33 %", "after 19 months"])
def test_a_row_that_prints_a_figure_left_out_is_refused(words: str) -> None:
    [found] = problems(SHARE, advice=words)
    assert re.fullmatch(
        r"recommendations/nse/row\.toml \[advice\]: prints '.+', which S0-01 leaves out: it was not traced", found
    )
    assert problems(SHARE, summary=words) == [found]
    assert problems(SHARE, title=words) == [found]


@pytest.mark.parametrize("words", ["in 133 % of them", "in 1.33 %", "44.67", "144.6", "33 of 100", "19 patients"])
def test_a_longer_figure_is_another_figure(words: str) -> None:
    assert problems(SHARE, advice=words) == []


def test_the_coverage_counts_statements_not_rows() -> None:
    listed = {"S0-01": PLAIN, "S0-02": replace(PLAIN, id="S0-02", not_printed="why"), "S0-03": PLAIN}
    rows = (row("a"), row("b"))
    assert carriers(listed, rows) == {"S0-01": rows, "S0-02": (), "S0-03": ()}
    assert coverage_line(listed, rows) == "1 of 3 carried, 1 not printed on purpose"
