"""The extension of a card that says by data what fired and why (CDS Hooks 2.0, Extensions).

Says the same as the card's words; members without content are left out, because the standard forbids them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cds_service.guideline.features import Feature, Gap
from cds_service.guideline.judge import Verdict
from cds_service.guideline.vocabulary import VOCABULARY
from cds_service.hooks.card_material import Drawn
from cds_service.hooks.markdown import untagged
from cds_service.hooks.suggestions import Card

BASIS = "org.nen-cds.basis"


def basis_of(verdicts: Sequence[Verdict], unseen: Sequence[Feature], drawn: Drawn) -> Card:
    """The machine-readable reason of the card; members without content are left out."""
    basis: Card = {
        "knowledge": drawn.knowledge.version,
        "recommendations": [_named(verdict) for verdict in verdicts],
        "features": _features(verdict for verdict in verdicts if not verdict.recommendation.footer),
        "unseen": [{"name": f.name, "reason": str(f.gap or Gap.NOT_RECORDED)} for f in unseen],
    }
    return {name: value for name, value in basis.items() if value}


def _named(verdict: Verdict) -> Card:
    named: Card = {"id": verdict.recommendation.id, "statements": list(verdict.recommendation.statements)}
    return named | ({"tumor": verdict.tumor.reference} if verdict.tumor and verdict.tumor.reference else {})


def _features(verdicts: Iterable[Verdict]) -> list[Card]:
    """Each feature once, with the rows that asked for it."""
    listed: dict[tuple[str, str], Card] = {}
    for verdict in verdicts:
        for feature in verdict.decided_by:
            if not verdict.recommendation.asks(feature.name):
                continue
            of_tumor = VOCABULARY[feature.name].scope == "tumor" and verdict.tumor is not None
            tumor = verdict.tumor.reference if of_tumor and verdict.tumor else ""
            entry = listed.setdefault((feature.name, tumor), _feature(feature, tumor))
            if verdict.recommendation.id not in entry["for"]:
                entry["for"].append(verdict.recommendation.id)
    return list(listed.values())


def _feature(feature: Feature, tumor: str) -> Card:
    entry: dict[str, Any] = {"name": feature.name, "values": sorted(feature.values)}
    if tumor:
        entry["tumor"] = tumor
    entry["for"] = []
    evidence = [
        {"reference": item.reference, "text": untagged(item.text)} if item.reference else {"text": untagged(item.text)}
        for item in feature.evidence
    ]
    return entry | ({"evidence": evidence} if evidence else {})
