"""Everything the service knows about medicine, as one frozen object.

Reads no file and checks nothing; that is `authoring.reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from cds_service.guideline.about_rows import Impossible, Reviewed, Statement, Subject
from cds_service.guideline.concepts import Concept, MarkerLimits, OrderPlan
from cds_service.guideline.limits import Limits, Window
from cds_service.guideline.recommendations import Approval, Recommendation, Source


@dataclass(frozen=True, slots=True)
class Group:
    """Info rows that share a card: the card's topic and the reasons for which it may be put aside.

    Attributes:
        order: ids of its rows, what matters most first; rows that are not named stand after these.
    """

    id: str
    title: str
    override_reasons: tuple[str, ...]
    order: tuple[str, ...] = ()

    def place(self, name: str) -> int:
        """Where a row of this id stands on the card."""
        return self.order.index(name) if name in self.order else len(self.order)


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A recommendation that a site does not want, and its reason."""

    recommendation: Recommendation
    why: str


@dataclass(frozen=True)
class Knowledge:
    """Everything the service knows about medicine. Immutable."""

    version: str
    recommendations: tuple[Recommendation, ...]
    statements: Mapping[str, Statement]
    subjects: Mapping[str, Subject]
    impossible: tuple[Impossible, ...]
    reviewed_pairs: tuple[Reviewed, ...]
    sources: Mapping[str, Source]
    concepts: Mapping[str, Concept]
    orders: Mapping[str, OrderPlan]
    markers: Mapping[str, MarkerLimits]
    systems: Mapping[str, tuple[str, ...]]
    limits: Limits
    windows: Mapping[str, Window]
    groups: Mapping[str, Group]
    override_reasons: Mapping[str, str]
    warning_reasons: Mapping[str, tuple[str, ...]]
    approvals: Mapping[str, Approval]
    switched_off: tuple[SwitchedOff, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Recommendation]:
        return MappingProxyType({row.id: row for row in self.recommendations})

    def in_folder(self, folder: str) -> tuple[Concept, ...]:
        return tuple(concept for concept in self.concepts.values() if concept.folder == folder)
