"""The days of a row that does not name them itself: when the review of its text is due.

What they mean for a card is `hooks`; that a review is overdue is said by `check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


def with_review(row: Mapping[str, Any], default: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the review that stands in defaults.toml, unless it names its own.

    From a day in quotes, which is a fault of its own, nothing is counted.
    """
    read = row["as_of"]
    due = months_after(read, default.get("months", 1)) if isinstance(read, date) else date.max
    return {"review": {"status": default.get("status", ""), "next": due}, **row}


def months_after(day: date, months: int) -> date:
    """The same day of a later month, the 28th at most: every month has it."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))
