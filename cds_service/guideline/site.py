"""What a hospital adds to the knowledge: codes, keys, limits, windows, languages, and what it does not want.

Knows no FHIR and reads no file; that is `site_file`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from cds_service.guideline.concepts import CodeLine, Concept, MarkerLimits, SiteLimit
from cds_service.guideline.knowledge import Knowledge, SwitchedOff
from cds_service.guideline.recommendations import Approval


@dataclass(frozen=True, slots=True)
class Site:
    """The configuration of one hospital.

    Attributes:
        codes: concept id -> local codes that mean it; recognized and searched for, never sent out.
        systems: the code systems of these codes that the knowledge does not know.
        prefetch_keys: key of the client -> the keys of ours that it answers.
        limits: marker -> limits of the site's laboratory.
        windows: figures of limits.toml in place of the default.
        languages: of the guarded texts that are read; None is all of them.
        switched_off: recommendations that it does not want, each with the reason.
        approvals: what holds here of an approval or label, in the site's own words.
    """

    name: str = ""
    codes: Mapping[str, tuple[CodeLine, ...]] = field(default_factory=dict)
    systems: frozenset[str] = frozenset()
    prefetch_keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limits: Mapping[str, tuple[SiteLimit, ...]] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)
    languages: frozenset[str] | None = None
    switched_off: Mapping[str, str] = field(default_factory=dict)
    approvals: Mapping[str, str] = field(default_factory=dict)

    def applied_to(self, knowledge: Knowledge) -> Knowledge:
        """The knowledge as this site uses it. What can be drafted, and with which codes, stays the same."""
        if self == NO_SITE:
            return knowledge
        figures: dict[str, Any] = dict(self.windows)
        return replace(
            knowledge,
            recommendations=tuple(row for row in knowledge.recommendations if row.id not in self.switched_off),
            switched_off=tuple(SwitchedOff(knowledge.by_id[name], why) for name, why in self.switched_off.items()),
            approvals=MappingProxyType({key: self._approval(one) for key, one in knowledge.approvals.items()}),
            concepts=MappingProxyType({id_: self._concept(one) for id_, one in knowledge.concepts.items()}),
            systems=MappingProxyType({**knowledge.systems, **{uri: (uri,) for uri in sorted(self.systems)}}),
            markers=MappingProxyType({name: self._marker(name, one) for name, one in knowledge.markers.items()}),
            limits=replace(knowledge.limits, **figures),
        )

    def _concept(self, concept: Concept) -> Concept:
        read = tuple(p for p in concept.phrases if self.languages is None or not p.lang or p.lang in self.languages)
        return replace(concept, codes=(*concept.codes, *self.codes.get(concept.id, ())), phrases=read)

    def _approval(self, approval: Approval) -> Approval:
        return replace(approval, here=self.approvals.get(approval.key, ""))

    def _marker(self, name: str, marker: MarkerLimits) -> MarkerLimits:
        return replace(marker, site_limits=self.limits.get(name, ()))


NO_SITE = Site()
