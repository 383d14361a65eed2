"""Rows and pictures made by hand, as small as a test can have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from cds_service.guideline.features import Feature, Gap, PatientPicture, TumorPicture
from cds_service.guideline.judge import Outcome, Verdict, judge
from cds_service.guideline.recommendations import Indicator, Recommendation, Review
from cds_service.guideline.vocabulary import UNKNOWN, VOCABULARY, Scope

HOOK = "patient-view"


def row(
    id_: str = "row",
    when: Mapping[str, Iterable[str]] | None = None,
    *,
    replaces: Iterable[str] = (),
    hooks: Iterable[str] = (HOOK,),
    indicator: Indicator = Indicator.INFO,
    topic: str = "nse",
) -> Recommendation:
    asked = {name: frozenset(values) for name, values in (when or {"nse-level": ["high"]}).items()}
    return Recommendation(
        id=id_,
        topic=topic,
        title=id_,
        statements=("S0-01",),
        summary="summary",
        advice="advice",
        indicator=indicator,
        hooks=frozenset(hooks),
        when=asked,
        own_keys=frozenset(asked),
        citations=(),
        as_of=date(2026, 11, 15),
        review=Review("not reviewed by a clinician"),
        replaces=frozenset(replaces),
    )


def feature(name: str, *values: str) -> Feature:
    gap = Gap.NOT_RECORDED if UNKNOWN in values else None
    return Feature(name, frozenset(values), gap=gap)


def tumor(reference: str = "Condition/1", **values: str) -> TumorPicture:
    return TumorPicture(reference, reference, _all(Scope.TUMOR, values))


def picture(*tumors: TumorPicture, **values: str) -> PatientPicture:
    """A picture in which everything is unknown but the values given ("nse_level" for nse-level, "a b" for a set)."""
    return PatientPicture(_all(Scope.PATIENT, values), tumors or (tumor(""),), _all(Scope.CALL, values))


def _all(scope: Scope, values: Mapping[str, str]) -> dict[str, Feature]:
    given = {name.replace("_", "-"): words.split() for name, words in values.items()}
    return {
        name: feature(name, *given.get(name, [UNKNOWN])) for name, kind in VOCABULARY.items() if kind.scope is scope
    }


def verdicts(drawn: PatientPicture, *rows: Recommendation) -> tuple[Verdict, ...]:
    return judge(drawn, HOOK, rows)


def outcome(drawn: PatientPicture, one: Recommendation, hook: str = HOOK) -> Outcome:
    (verdict,) = judge(drawn, hook, (one,))
    return verdict.outcome
