"""What one recommendation is: a row of conditions with its words, sources and review, read from one TOML file.

Reading and checking the files is `knowledge`; holding them against a patient is `judge`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cds_service.guideline.vocabulary import VOCABULARY, Scope

TOPICS = ("net", "nec", "sclc", "other", "nse")


class Indicator(StrEnum):
    """Urgency of a card (CDS Hooks 2.0, Card attributes), most urgent first."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Source:
    """A cited document. `status` is "primary", "origin only" (never authority) or "house" (a design choice)."""

    key: str
    title: str
    publisher: str
    year: int | None
    status: str
    url: str = ""

    @property
    def label(self) -> str:
        """Title, publisher and, where it was seen, the year."""
        return f"{self.title} ({self.publisher}{f', {self.year}' if self.year else ''})"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a row takes its advice from; section and strength only where they were seen."""

    source: Source
    section: str = ""
    strength: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A fact with a shelf life: what an authority approved, or what a label says, in one region.

    Attributes:
        what: the drug and its use, or the label.
        date: of the approval or of the text that was seen ("2025-03-26", "2024-04"); "" where it was not seen.
        note: what must be said besides ("no decision was seen").
        document: its key in sources.toml, "" where it has none.
        checked: where it was seen.
        here: what a site says of it.
    """

    key: str
    what: str
    authority: str
    region: str
    date: str = ""
    note: str = ""
    document: str = ""
    checked: str = ""
    here: str = ""

    @property
    def label(self) -> str:
        """What is approved, by whom and where, the date and what the site says of it."""
        date = self.date or ("" if self.note else "date not seen")
        facts = "; ".join(filter(None, (self.authority, self.region, date, self.note)))
        return f"{self.what} ({facts}){f' - this site: {self.here}' if self.here else ''}"


@dataclass(frozen=True, slots=True)
class SuggestionPlan:
    """What a row offers: delete the draft that matched, create orders of these ids, or both at once."""

    label: str
    creates: tuple[str, ...] = ()
    deletes_order: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """Who checked the row, and when it has to be looked at again."""

    status: str
    next: date | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One row of the guideline.

    Attributes:
        when: feature name -> listed values; keys are ANDed, values ORed. The defaults are merged in.
        own_keys: the keys that the row's own file names.
        lead: the reading a card puts before the summary ("nse", "cga", "ki67", "order" or "").
        group: info rows of one group share a card; a warning stands alone.
        replaces: ids whose place this row takes when both fire.
        kind: what a warning is about; decides its override reasons.
        footer: stands under the cards it belongs to, never alone.
        as_of: the day the advice was checked against its documents.
        relies_on: keys of the approvals and labels that the words name; they age faster than the medicine.
        favors, opposes: the subjects it speaks for and against.
    """

    id: str
    topic: str
    title: str
    statements: tuple[str, ...]
    summary: str
    advice: str
    indicator: Indicator
    hooks: frozenset[str]
    when: Mapping[str, frozenset[str]]
    own_keys: frozenset[str]
    citations: tuple[Citation, ...]
    as_of: date
    review: Review
    group: str = ""
    kind: str = ""
    lead: str = ""
    replaces: frozenset[str] = frozenset()
    suggestions: tuple[SuggestionPlan, ...] = ()
    footer: bool = False
    relies_on: tuple[str, ...] = ()
    favors: frozenset[str] = frozenset()
    opposes: frozenset[str] = frozenset()

    @property
    def file(self) -> str:
        """Where the row stands in the knowledge folder."""
        return f"recommendations/{self.topic}/{self.id}.toml"

    @property
    def asks_tumor(self) -> bool:
        return any(VOCABULARY[name].scope is Scope.TUMOR for name in self.when)

    def asks(self, name: str) -> bool:
        """Whether the row itself asks this key: one that lists every value only lifts a default."""
        return name in self.own_keys and len(self.when[name]) < len(VOCABULARY[name].values)

    @property
    def searches(self) -> frozenset[str]:
        """The prefetch keys whose data this row's conditions are read from."""
        return frozenset(search for name in self.when for search in VOCABULARY[name].searches)

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Most urgent first, then what is said of the patient's own tumor, then what holds for any NSE."""
        topic = TOPICS.index(self.topic) if self.topic in TOPICS else len(TOPICS)
        return (list(Indicator).index(self.indicator), topic, self.id)
