"""What is not in an answer though something speaks for it, and why: for those who check the service.

Holds nothing back itself: each reason is given by the code that decides (`cards`, `suggestions`, `allowed`, `answer`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Outcome, Verdict, judge
from cds_service.guideline.knowledge import Knowledge


class Kind(StrEnum):
    """What was held back."""

    ANSWER = "answer"
    RECOMMENDATION = "recommendation"
    FOOTER = "footer"
    CARD = "card"
    ORDER = "order"
    REMOVAL = "removal"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """One thing that was held back.

    Attributes:
        what: how it is called, with the id of its recommendation.
        why: the reason, in words that fit behind it.
    """

    kind: Kind
    what: str
    why: str


NOT_A_CLINICIAN = HeldBack(
    Kind.ANSWER, "every card", "the user of this call is the patient or a relative; the advice is for clinicians"
)


def named(verdict: Verdict) -> str:
    """The recommendation, and its tumor where it is about one that can be named."""
    tumor = verdict.tumor.reference if verdict.tumor else ""
    return f"{verdict.recommendation.id} [{tumor}]" if tumor else verdict.recommendation.id


def of_verdicts(verdicts: Iterable[Verdict]) -> Iterator[HeldBack]:
    """Advice that does not stand: the patient has died, what it rests on is no valid FHIR, another takes its place."""
    listed = tuple(verdicts)
    if died := [one for verdict in listed if verdict.outcome is Outcome.SILENT for one in _death(verdict)]:
        yield HeldBack(Kind.ANSWER, "every card", f"the patient has died: {died[0]}")
    for verdict in listed:
        if verdict.withheld:
            yield HeldBack(Kind.RECOMMENDATION, named(verdict), verdict.withheld)
        elif verdict.replaced_by:
            yield HeldBack(Kind.RECOMMENDATION, named(verdict), f"{verdict.replaced_by} takes its place")


def _death(verdict: Verdict) -> Iterator[str]:
    for feature in verdict.decided_by:
        if feature.name == "deceased":
            yield "; ".join(f"{item.text} [{item.reference}]" for item in feature.evidence)


def switched_off(picture: PatientPicture, hook: str, knowledge: Knowledge) -> Iterator[HeldBack]:
    """Recommendations that the site does not want and that would speak now."""
    for off in knowledge.switched_off:
        for verdict in judge(picture, hook, (off.recommendation,)):
            if verdict.outcome is Outcome.FIRES:
                yield HeldBack(Kind.RECOMMENDATION, named(verdict), f"switched off by this site: {off.why}")
