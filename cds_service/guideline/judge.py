"""Holds every recommendation against the picture of one patient.

Decides nothing about cards: that a verdict is shown, grouped or left out is the work of `hooks.cards`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from cds_service.guideline.features import Feature, PatientPicture, TumorPicture
from cds_service.guideline.recommendations import Recommendation


class Outcome(StrEnum):
    """Three-valued: one unknown condition among holding ones leaves a row undetermined."""

    FIRES = "fires"
    SILENT = "silent"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one recommendation says about one picture (and one tumor, if it asks tumor features).

    Attributes:
        decided_by: the features that decided it: all of them for a row that fires, the one that failed
            for a silent row, the unknown ones for an undetermined row.
        replaced_by: id of the firing row that takes this one's place.
        withheld: why the advice of a row whose conditions hold is not given all the same.
    """

    recommendation: Recommendation
    outcome: Outcome
    tumor: TumorPicture | None
    decided_by: tuple[Feature, ...]
    replaced_by: str = ""
    withheld: str = ""

    @property
    def is_shown(self) -> bool:
        return self.outcome is Outcome.FIRES and not self.replaced_by


def judge(picture: PatientPicture, hook: str, recommendations: Iterable[Recommendation]) -> tuple[Verdict, ...]:
    """Verdicts of all rows of this hook, replacements applied, in the order of the rows."""
    verdicts = [
        _verdict(row, picture, tumor)
        for row in recommendations
        if hook in row.hooks
        for tumor in (picture.tumors if row.asks_tumor else (None,))
    ]
    return with_replacements(verdicts)


def _verdict(row: Recommendation, picture: PatientPicture, tumor: TumorPicture | None) -> Verdict:
    asked = [(picture.feature(name, tumor), listed) for name, listed in row.when.items()]
    for feature, listed in asked:
        if not feature.is_unknown and not feature.values & listed:
            return Verdict(row, Outcome.SILENT, tumor, (feature,))
    open_ = tuple(feature for feature, listed in asked if not feature.values & listed)
    if open_:
        return Verdict(row, Outcome.UNDETERMINED, tumor, open_)
    return Verdict(row, Outcome.FIRES, tumor, tuple(feature for feature, _ in asked))


def with_replacements(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts, each firing one marked by the other firing one that takes its place."""
    bare = tuple(replace(verdict, replaced_by="") for verdict in verdicts)
    return tuple(_with_replacement(verdict, bare) for verdict in bare)


def _with_replacement(verdict: Verdict, verdicts: Iterable[Verdict]) -> Verdict:
    if verdict.outcome is not Outcome.FIRES:
        return verdict
    for other in verdicts:
        replaces = other.outcome is Outcome.FIRES and verdict.recommendation.id in other.recommendation.replaces
        if replaces and (verdict.tumor is None or other.tumor is None or verdict.tumor is other.tumor):
            return replace(verdict, replaced_by=other.recommendation.id)
    return verdict
