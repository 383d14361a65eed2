"""The numbered statements of the source articles, and which recommendations carry them.

Judges no statement: what became of it stands in statements.toml, and the words of a card in the recommendations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.errors import Problem
from cds_service.guideline.recommendations import Recommendation

FILE = "statements.toml"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in our own words.

    Attributes:
        standing: what today's documents made of it ("holds", "outdated", ...).
        figures_left_out: what no recommendation that carries it may print, `because` the reason.
        not_printed: why no recommendation carries it; "" for one that is to be carried.
    """

    id: str
    title: str
    standing: str
    figures_left_out: tuple[str, ...] = ()
    because: str = ""
    not_printed: str = ""

    def printed_in(self, row: Recommendation) -> Iterator[str]:
        """The figures left out that a row prints all the same."""
        words = " ".join((row.title, row.summary, row.advice))
        for figure in self.figures_left_out:
            spaced = r"\s*".join(re.escape(word) for word in figure.split())
            if re.search(rf"(?<![\d.]){spaced}(?![\d])", words):
                yield figure


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
