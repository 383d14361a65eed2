"""What the knowledge says about its own rows: statements they carry, subjects they speak on, pairs that were looked at.

Nothing here decides what a card says; it is for those who write and read the rows (`authoring`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import VOCABULARY, Scope


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


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject, with its words for a reader.

    Attributes:
        scope: what is said of it holds for one tumor, or for the patient whatever tumor it is about.
        part_of: the subject that holds this one: who speaks against the whole speaks against the part.
        orders: whose draft speaks for it.
        drafts: values of `ordering`; removing such a draft speaks against it.
    """

    id: str
    title: str
    scope: Scope
    part_of: str = ""
    orders: frozenset[str] = frozenset()
    drafts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Impossible:
    """Facts that no picture holds together, by the way they are derived, and why."""

    id: str
    facts: Mapping[str, frozenset[str]]
    why: str

    @property
    def asks_tumor(self) -> bool:
        return any(VOCABULARY[name].scope is Scope.TUMOR for name in self.facts)


@dataclass(frozen=True, slots=True)
class Opposed:
    """Two rows that can stand in one answer and speak for and against one subject."""

    subject: str
    speaks_for: str
    speaks_against: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Rows that speak for and against a subject and may stand together, each with each, and why that is right.

    `status`: who reviewed it.
    """

    subject: str
    speak_for: tuple[str, ...]
    speak_against: tuple[str, ...]
    why: str
    status: str

    @property
    def opposed(self) -> Iterator[Opposed]:
        pairs = product(self.speak_for, self.speak_against)
        return (Opposed(self.subject, one, other) for one, other in pairs)
