"""Kidney failure: the newest filtration rate, advanced chronic kidney disease, dialysis.

Judges the kidneys of today only; what a drug or a marker makes of them is said by the rows that ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.fhir.dates import When
from cds_service.fhir.texts import Certainty
from cds_service.fhir.units import normalized
from cds_service.fhir.values import code_of, date_of
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import KidneyFailure
from cds_service.picture.record import Record, dated, has_begun, has_ended, is_refuted, is_true, none_found
from cds_service.picture.results import Result, results

_EGFR = concept_id("status/egfr")
_FAILURE = concept_id("patient/kidney-failure")
_PER_MINUTE = "ml/min"


@dataclass(frozen=True, slots=True)
class _Rate:
    """The newest filtration rate. `low`: below the limit; `recent`: in the window; None where that cannot be told."""

    low: bool | None
    recent: bool | None
    evidence: tuple[Evidence, ...]


def kidney_feature(record: Record) -> Feature:
    """`kidney-failure`: a Condition or dialysis says yes, else the newest eGFR decides."""
    name, words = "kidney-failure", "Conditions and eGFR searched, no kidney failure found"
    signs = [*_conditions(record), *_dialyses(record)]
    rate = _newest_rate(record)
    measured = rate.evidence if rate else ()
    failing = [shown for certain, shown in signs if certain]
    if failing or (rate and rate.low and rate.recent):
        return known(name, KidneyFailure.YES, evidence=[*failing, *measured])
    if rate and rate.low is False and rate.recent and record.searched("conditions"):
        return known(name, KidneyFailure.NONE_RECORDED, evidence=measured)
    if signs:
        note = "kidney failure is only suspected, or was treated earlier"
        return unknown(name, Gap.NOT_READABLE, note, [*(shown for _, shown in signs), *measured])
    if rate and rate.low is not False:
        return unknown(name, Gap.NOT_READABLE, "the newest eGFR is old or does not decide", measured)
    return none_found(name, KidneyFailure.NONE_RECORDED, words, record, "conditions", "status")


def _conditions(record: Record) -> Iterator[tuple[bool, Evidence]]:
    """Each Condition that says it, and whether it surely does: words beside an ICD code of something else do not."""
    for condition in record.chart.of("Condition"):
        if is_refuted(condition) or has_ended(condition):
            continue
        code = record.code(condition)
        meant = record.book.meanings(code, "patient")
        named = [meaning for meaning in meant if meaning.concept.id == _FAILURE]
        beside = [m for m in record.book.in_text(code.texts, "patient") if m.concept.id == _FAILURE and not named]
        for meaning in (named or beside)[:1]:
            certain = bool(named) and is_true(condition) and meaning.certainty is Certainty.AFFIRMED
            yield certain, Evidence(meaning.words, condition.reference)


def _dialyses(record: Record) -> Iterator[tuple[bool, Evidence]]:
    """Dialysis as a Procedure: running or in the window it is certain, an older one may have ended."""
    for procedure in record.chart.of("Procedure"):
        if not has_begun(procedure) or not record.means(procedure, _FAILURE):
            continue
        when = date_of(procedure.data, "performedDateTime", "performedPeriod")
        recent = when is not None and bool(when.within_days(record.limits.kidney_days, record.now))
        shown = Evidence(dated(record.code(procedure).shown, when), procedure.reference)
        yield code_of(procedure.at("status")) == "in-progress" or recent, shown


def _newest_rate(record: Record) -> _Rate | None:
    """The eGFR of the newest day; several formulas of one day must agree."""
    found = results(record, _EGFR)
    final = [result for result in found if not result.preliminary] or found
    counted = [result for result in final if result.value.amount] or final
    if not counted:
        return None
    newest = [result for result in counted if _day(result) == _day(counted[-1])]
    verdicts = {_is_low(result, record) for result in newest}
    when = counted[-1].when
    return _Rate(
        low=verdicts.pop() if len(verdicts) == 1 else None,
        recent=when.within_days(record.limits.kidney_days, record.now) if when else None,
        evidence=tuple(_shown(result, when) for result in newest),
    )


def _day(result: Result) -> str:
    return result.when.text if result.when else ""


def _is_low(result: Result, record: Record) -> bool | None:
    """Below the limit in mL/min; a figure without a unit may be per second, so it is only believed where it is high."""
    value = result.value
    unit = normalized(value.unit)
    if value.amount is None or (unit and not unit.startswith(_PER_MINUTE)):
        return None
    low = value.amount.below(record.limits.egfr_below)
    return None if low and not unit else low


def _shown(result: Result, when: When | None) -> Evidence:
    words = f"eGFR {result.value.words or 'without a value'}"
    return Evidence(dated(f"{words}, preliminary" if result.preliminary else words, when), result.resource.reference)
