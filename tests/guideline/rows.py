"""Rows and pictures made by hand, as small as a test can have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from cds_service.guideline.features import Evidence, Feature, Gap, PatientPicture, TumorPicture
from cds_service.guideline.judge import Outcome, Verdict, judge
from cds_service.guideline.recommendations import Indicator, Recommendation, Review
from cds_service.guideline.vocabulary import UNKNOWN, VOCABULARY, Scope

HOOK = "patient-view"


def row(id_: str = "row", when: Mapping[str, Iterable[str]] | None = None, **changes: Any) -> Recommendation:
    """Information about what is asked in `when`, as bare as it can be."""
    asked = {name: frozenset(values) for name, values in (when or {"nse-level": ["high"]}).items()}
    made = Recommendation(
        id=id_,
        topic="nse",
        title=id_,
        statements=("S0-01",),
        summary="summary",
        advice="advice",
        indicator=Indicator.INFO,
        hooks=frozenset({HOOK}),
        when=asked,
        own_keys=frozenset(asked),
        citations=(),
        as_of=date(2026, 11, 15),
        review=Review("not reviewed by a clinician"),
    )
    sets: dict[str, Any] = {name: frozenset(changes[name]) for name in ("hooks", "replaces") if name in changes}
    return replace(made, **{**changes, **sets})


def feature(
    name: str = "nse-level", *values: str, evidence: tuple[Evidence, ...] = (), gap: Gap | None = None, note: str = ""
) -> Feature:
    """A fact with these values, or that is high; one that is unknown is not recorded if no other reason is given."""
    missing = Gap.NOT_RECORDED if UNKNOWN in values else None
    return Feature(name, frozenset(values or {"high"}), evidence, gap or missing, note)


def unseen(name: str, gap: Gap = Gap.NOT_SEARCHED, note: str = "") -> Feature:
    return feature(name, UNKNOWN, gap=gap, note=note)


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
