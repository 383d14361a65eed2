"""The table of recommendations, for the command line and for README (a test keeps them the same)."""

from __future__ import annotations

from collections.abc import Iterable

from cds_service.guideline.recommendations import Recommendation

_HEADER = ("Recommendation", "What it says", "Hooks", "Urgency", "Statements")


def markdown_table(rows: Iterable[Recommendation]) -> str:
    """One line a recommendation, by topic and id."""
    lines = ["| " + " | ".join(_HEADER) + " |", "|" + " --- |" * len(_HEADER)]
    for row in sorted(rows, key=lambda row: (row.topic, row.id)):
        cells = (f"`{row.id}`", row.title, ", ".join(sorted(row.hooks)), _urgency(row), " ".join(row.statements))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plain_table(rows: Iterable[Recommendation]) -> str:
    """The same for a terminal."""
    return "\n".join(
        f"{row.topic:<7}{_urgency(row):<10}{row.id:<36}{row.title}"
        for row in sorted(rows, key=lambda row: (row.topic, row.id))
    )


def _urgency(row: Recommendation) -> str:
    return "footer" if row.footer else str(row.indicator)
