"""Everything the cards of one call are made from, and the facts that were not seen.

Makes no card; that is `cards`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cds_service.guideline.features import Feature, PatientPicture
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.guideline.knowledge import Knowledge
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything the cards of one call are made from."""

    verdicts: tuple[Verdict, ...]
    picture: PatientPicture
    record: Record
    drafts: tuple[Draft, ...]
    new_id: Callable[[], str]

    @property
    def knowledge(self) -> Knowledge:
        return self.record.knowledge


def unseen_facts(bundle: Iterable[Verdict], drawn: Drawn) -> tuple[Feature, ...]:
    """Unknown facts that could change this advice: of undetermined rows about the same tumor or order, and its own."""
    tumors = [verdict.tumor for verdict in bundle]
    found: dict[str, Feature] = {}
    for verdict in drawn.verdicts:
        is_open = verdict.outcome is Outcome.UNDETERMINED and not verdict.recommendation.footer
        if is_open and verdict.tumor in tumors:
            found.update((f.name, f) for f in verdict.decided_by if verdict.recommendation.asks(f.name))
    for verdict in bundle:
        row = verdict.recommendation
        found.update((f.name, f) for f in verdict.decided_by if f.is_unknown and row.asks(f.name))
    return tuple(found[name] for name in sorted(found))
