"""The table of recommendations, for README and for a terminal."""

from __future__ import annotations

from cds_service.console.listing import markdown_table, plain_table, statement_table
from cds_service.guideline.about_rows import Statement
from tests.hooks.made import GUIDELINE, row

ROWS = (
    row("net-b", hooks=frozenset({"order-sign", "order-select"})),
    row("net-a", group="grade", hooks=frozenset({"patient-view"}), statements=("S0-01", "S0-02")),
    row("nec-a", topic="nec", footer=True, hooks=frozenset({"patient-view"})),
)


def test_the_markdown_table_has_one_line_a_recommendation_by_topic_and_id() -> None:
    assert markdown_table(ROWS).splitlines() == [
        "| Recommendation | What it says | Hooks | Urgency | Statements |",
        "| --- | --- | --- | --- | --- |",
        "| `nec-a` | Title of nec-a | patient-view | footer | S0-01 |",
        "| `net-a` | Title of net-a | patient-view | info | S0-01 S0-02 |",
        "| `net-b` | Title of net-b | order-select, order-sign | warning | S0-01 |",
    ]


def test_the_plain_table_is_aligned() -> None:
    assert plain_table(ROWS).splitlines() == [
        "nec    footer    nec-a                               Title of nec-a",
        "net    info      net-a                               Title of net-a",
        "net    warning   net-b                               Title of net-b",
    ]


def test_the_table_of_statements_says_who_carries_each_or_why_nobody_does() -> None:
    listed = {
        "S0-01": Statement("S0-01", "A marker", "contested"),
        "S0-02": Statement("S0-02", "A share", "figure not traced", ("92 %", "9 of 10"), "too few patients"),
        "S0-03": Statement("S0-03", "A promise", "contested", not_printed="no document was found"),
        "S0-04": Statement("S0-04", "A pitfall", "holds"),
    }
    assert statement_table(listed, ROWS).splitlines() == [
        "| Statement | In short | Today | Recommendations |",
        "| --- | --- | --- | --- |",
        "| S0-01 | A marker | contested | `nec-a`, `net-a`, `net-b` |",
        "| S0-02 | A share | figure not traced; without 92 %, 9 of 10 | `net-a` |",
        "| S0-03 | A promise | contested | not printed: no document was found |",
        "| S0-04 | A pitfall | holds | none |",
    ]


def test_no_title_of_the_knowledge_breaks_the_table() -> None:
    rows = GUIDELINE.knowledge.recommendations
    assert all(line.count("|") == 6 for line in markdown_table(rows).splitlines())
    assert len(plain_table(rows).splitlines()) == len(rows)
    statements = GUIDELINE.knowledge.statements
    assert all(line.count("|") == 5 for line in statement_table(statements, rows).splitlines())
    assert len(statement_table(statements, rows).splitlines()) == len(statements) + 2
