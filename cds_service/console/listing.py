"""The tables of recommendations, statements and services, for the command line and for README.

What is printed comes from the knowledge; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cds_service.authoring.statements import carriers
from cds_service.guideline.about_rows import Statement
from cds_service.guideline.recommendations import Recommendation
from cds_service.hooks.services import Service

_HEADER = ("Recommendation", "What it says", "Hooks", "Urgency", "Statements")
_SERVICES = ("Service", "Hook", "Prefetch keys")
_STATEMENTS = ("Statement", "In short", "Today", "Recommendations")


def markdown_table(rows: Iterable[Recommendation]) -> str:
    """One line a recommendation, by topic and id."""
    return _markdown(_HEADER, (_cells(row) for row in sorted(rows, key=lambda row: (row.topic, row.id))))


def statement_table(listed: Mapping[str, Statement], rows: Iterable[Recommendation]) -> str:
    """One line a statement: what became of it, and the recommendations that carry it or why none does."""
    carried = carriers(listed, rows)
    return _markdown(_STATEMENTS, (_of_statement(listed[number], by) for number, by in carried.items()))


def service_table(offered: Iterable[Service]) -> str:
    """One line a service: its hook, and the keys of its prefetch."""
    return _markdown(_SERVICES, ((f"`{one.id}`", f"`{one.hook}`", _keys(one)) for one in offered))


def plain_table(rows: Iterable[Recommendation]) -> str:
    """The same for a terminal."""
    return "\n".join(
        f"{row.topic:<7}{_urgency(row):<10}{row.id:<36}{row.title}"
        for row in sorted(rows, key=lambda row: (row.topic, row.id))
    )


def _markdown(header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, ("---",) * len(header), *lines))


def _cells(row: Recommendation) -> tuple[str, ...]:
    return f"`{row.id}`", row.title, ", ".join(sorted(row.hooks)), _urgency(row), " ".join(row.statements)


def _of_statement(statement: Statement, carried_by: tuple[Recommendation, ...]) -> tuple[str, ...]:
    ids = (f"`{name}`" for name in sorted(row.id for row in carried_by))
    figures = f"; without {', '.join(statement.figures_left_out)}" if statement.figures_left_out else ""
    where = ", ".join(ids) or (f"not printed: {statement.not_printed}" if statement.not_printed else "none")
    return statement.id, statement.title, statement.standing + figures, where


def _keys(service: Service) -> str:
    return ", ".join(f"`{key}`" for key in service.templates)


def _urgency(row: Recommendation) -> str:
    return "footer" if row.footer else str(row.indicator)
