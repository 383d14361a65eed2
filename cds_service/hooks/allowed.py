"""What may be said: advice rests on valid FHIR, and nothing is said where the Conditions are missing altogether.

Whether a row fires is `guideline.judge`; this only takes back, or refuses the call.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cds_service.errors import DataMissing
from cds_service.fhir.models import Parsed, parse_cited
from cds_service.fhir.prefetch import State
from cds_service.fhir.resources import Chart
from cds_service.guideline.features import Evidence, Feature, Gap, PatientPicture
from cds_service.guideline.judge import Outcome, Verdict, with_replacements
from cds_service.hooks.services import Service
from cds_service.picture.orders import Draft
from cds_service.picture.record import Record


def verified(verdicts: tuple[Verdict, ...], record: Record) -> tuple[Verdict, ...]:
    """Parses every resource that a firing row rests on; withholds advice whose status, code, subject or value fails.

    What a withheld row would have replaced stands again.
    """
    door = _Door(record)
    return with_replacements(door.verified(v) if v.outcome is Outcome.FIRES else v for v in verdicts)


@dataclass(frozen=True, slots=True)
class _Door:
    """Each cited resource goes through the door to fhir.resources once, however many rows rest on it."""

    record: Record
    parsed: dict[str, Parsed | None] = field(default_factory=dict)

    def verified(self, verdict: Verdict) -> Verdict:
        checked = tuple(self._checked(feature) for feature in verdict.decided_by)
        unread = {feature.name for feature in verdict.decided_by if feature.gap is Gap.NOT_READABLE}
        failed = tuple(f for f in checked if f.gap is Gap.NOT_READABLE and f.name not in unread)
        if failed:
            withheld = "; ".join(dict.fromkeys(feature.note for feature in failed))
            return replace(verdict, outcome=Outcome.UNDETERMINED, decided_by=failed, withheld=withheld)
        return replace(verdict, decided_by=checked)

    def _checked(self, feature: Feature) -> Feature:
        """The feature with a word on each cited resource that is no valid FHIR."""
        shown = []
        for item in feature.evidence:
            parsed = self._parsed(item.reference)
            if parsed and parsed.decisive:
                note = f"{item.reference} is no valid FHIR in its {parsed.fault}"
                return replace(feature, values=frozenset({"unknown"}), gap=Gap.NOT_READABLE, note=note)
            care = f", read with care: no valid FHIR in its {parsed.fault}" if parsed and parsed.fault else ""
            shown.append(Evidence(item.text + care, item.reference))
        return replace(feature, evidence=tuple(shown))

    def _parsed(self, reference: str) -> Parsed | None:
        if reference not in self.parsed:
            resource = self.record.chart.find(reference)
            self.parsed[reference] = parse_cited(resource) if resource else None
        return self.parsed[reference]


def require(
    verdicts: tuple[Verdict, ...], picture: PatientPicture, record: Record, drafted: tuple[Draft, ...], service: Service
) -> None:
    """412 where nothing fires and no Conditions came under any key - on order hooks only for a draft we know."""
    if any(v.is_shown and not v.recommendation.footer for v in verdicts) or "yes" in picture.patient["deceased"].values:
        return
    if _conditions_came(record.chart):
        return
    if service.hook != "patient-view" and not any(draft.concepts for draft in drafted):
        return
    raise DataMissing(
        tuple((key, _missing(key, record.chart)) for key in service.templates if _is_missing(key, record.chart))
    )


def _is_missing(key: str, chart: Chart) -> bool:
    return chart.states[key] in (State.NOT_AVAILABLE, State.FAILED)


def _missing(key: str, chart: Chart) -> str:
    reason = chart.failures.get(key, "")
    return f"{chart.states[key]} (the FHIR server {reason})" if reason else str(chart.states[key])


def _conditions_came(chart: Chart) -> bool:
    """Whether any key brought Conditions, usable or not, or the answer that there are none."""
    brought = bool(chart.of("Condition")) or any(item.type == "Condition" for item in chart.set_aside)
    answered = chart.states.get("conditions") in (State.GIVEN, State.EMPTY, State.PARTIAL, State.FETCHED)
    return brought or answered or "conditions" in chart.searched
