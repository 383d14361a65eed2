"""The days of a row that does not name them itself: when its documents were read, and when its review is due.

A day holds for the words that were read; whether they are right is for whoever reviews the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from cds_service.errors import Problem

FILE = "as_of.toml"
_NAME_IT = "read its documents and name the day, as_of = YYYY-MM-DD"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Once:
    """What stands once for the rows that say nothing else.

    Attributes:
        day: when the documents of the rows of `read` were read.
        read: id of a row -> digest of the words that were read that day.
        status, months: who reviewed a row, and how long after its day the next review is due.
    """

    day: date
    read: Mapping[str, str]
    status: str
    months: int

    def completed(self, name: str, row: Row, problems: list[Problem]) -> dict[str, Any]:
        """The row of a file with its days; from one in quotes, which is a fault of its own, nothing is counted."""
        if "as_of" not in row:
            problems.extend(self._unread(name, row))
        day = row.get("as_of", self.day)
        due = months_after(day, self.months) if isinstance(day, date) else date.max
        return {"as_of": day, "review": {"status": self.status, "next": due}, **row}

    def _unread(self, name: str, row: Row) -> Iterator[Problem]:
        known = self.read.get(_id(name))
        if known is None:
            yield Problem(name, "as_of", f"is missing, and the row is new: {_NAME_IT}", FILE)
        elif known != digest(row):
            words = f"is missing, and its words changed since {self.day}: {_NAME_IT}; take its line out of {FILE}"
            yield Problem(name, "as_of", words)

    def left_over(self, rows: Iterable[tuple[str, Row]]) -> Iterator[Problem]:
        """Lines of as_of.toml for rows that name their own day, and for rows that are not there."""
        own = {_id(name): "as_of" in row for name, row in rows}
        for id_ in self.read:
            if id_ not in own:
                words = "is not a recommendation: take the line out, or write the new name of the row"
                yield Problem(FILE, f"rows.{id_}", words, f"recommendations/*/{id_}.toml")
            elif own[id_]:
                yield Problem(FILE, f"rows.{id_}", "is not needed: the row names its own day; take the line out")


def once(read: Mapping[str, Any], review: Mapping[str, Any], problems: list[Problem]) -> Once:
    """Of as_of.toml and of what defaults.toml says about the review."""
    day = read.get("as_of", date.min)
    if isinstance(day, str):
        problems.append(Problem(FILE, "as_of", "is a date and stands without quotes"))
        day = date.min
    return Once(day, read.get("rows", {}), review.get("status", ""), review.get("months", 1))


def digest(row: Row) -> str:
    """Eight characters for the words of a row that are read against its documents, however they are spaced."""
    cited = [source.get(key, "") for source in row["evidence"] for key in ("document", "section", "strength")]
    words = [row["title"], row["summary"], row["advice"], *cited, *row.get("relies_on", ())]
    return sha256("\n".join(" ".join(text.split()) for text in words).encode()).hexdigest()[:8]


def months_after(day: date, months: int) -> date:
    """The same day of a later month, the 28th at most: every month has it."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def _id(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".toml")
