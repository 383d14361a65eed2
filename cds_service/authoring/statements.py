"""The numbered statements of the source articles, and which recommendations carry them.

Judges no statement: what became of it stands in statements.toml, and the words of a card in the recommendations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cds_service.errors import Problem
from cds_service.guideline.about_rows import Statement
from cds_service.guideline.recommendations import Recommendation

FILE = "statements.toml"


def statements(document: Mapping[str, Mapping[str, Any]]) -> dict[str, Statement]:
    return {
        number: Statement(number, **{**entry, "figures_left_out": tuple(entry.get("figures_left_out", ()))})
        for number, entry in document.items()
    }


def carriers(listed: Iterable[str], rows: Iterable[Recommendation]) -> dict[str, tuple[Recommendation, ...]]:
    """The rows that carry each statement; none for one that nobody carries."""
    known = tuple(rows)
    return {number: tuple(row for row in known if number in row.statements) for number in listed}


def coverage_problems(listed: Mapping[str, Statement], rows: Iterable[Recommendation]) -> Iterator[Problem]:
    """A statement is carried, or has a reason why not, never both; and no carrier prints a figure left out."""
    for number, carried_by in carriers(listed, rows).items():
        statement = listed[number]
        if not carried_by and not statement.not_printed:
            yield Problem(FILE, number, "is carried by no recommendation and gives no reason (not_printed)")
        if carried_by and statement.not_printed:
            yield Problem(FILE, f"{number}.not_printed", f"gives a reason, but {carried_by[0].id} carries it")
        for row in carried_by:
            for figure in statement.printed_in(row):
                yield Problem(row.file, "advice", f"prints {figure!r}, which {number} leaves out: {statement.because}")


def coverage_line(listed: Mapping[str, Statement], rows: Iterable[Recommendation]) -> str:
    """How many are carried, and how many are left out on purpose."""
    carried = sum(bool(by) for by in carriers(listed, rows).values())
    reasons = sum(bool(statement.not_printed) for statement in listed.values())
    return f"{carried} of {len(listed)} carried, {reasons} not printed on purpose"
