"""What besides a tumor may raise NSE at its draw: failing kidneys or liver, hemolysis in the body, a PPI, dementia.

Names what is recorded; how much of the NSE it explains nobody can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import date_of, end_of
from cds_service.guideline.concepts import concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import NseConfounder
from cds_service.picture.drugs.comedication import taken
from cds_service.picture.drugs.medications import unseen_drugs
from cds_service.picture.nse.newest import SEARCHED
from cds_service.picture.nse.readings import Series, days_of, newest_of
from cds_service.picture.record import ENDED, Record, clinical_status, dated, has_begun, is_true, none_found

_NAME = "nse-confounder"
_KIDNEY = concept_id("patient/kidney-failure")
_CONDITIONS = {
    _KIDNEY: NseConfounder.KIDNEY_FAILURE,
    concept_id("patient/liver-failure"): NseConfounder.LIVER_FAILURE,
    concept_id("patient/hemolytic-anemia"): NseConfounder.HEMOLYTIC_ANEMIA,
    concept_id("patient/rapid-dementia"): NseConfounder.DEMENTIA,
}


@dataclass(frozen=True, slots=True)
class _Sign:
    """Something that was there at the draw; `certain`: its dates leave no doubt."""

    kind: NseConfounder
    certain: bool
    evidence: Evidence


def confounder_feature(series: Series, record: Record) -> Feature:
    """`nse-confounder` at the draw of the newest reading of the last 12 months, else of any age."""
    newest = series.newest or newest_of(series.dated)
    if newest is None or newest.when is None:
        return (
            unknown(_NAME, *series.gap)
            if series.gap
            else known(_NAME, NseConfounder.NONE_RECORDED, evidence=[SEARCHED])
        )
    signs = [*_recorded(newest.when, record), *_dialyses(newest.when, record)]
    ppi = taken("ppi", newest.when, 0, record)
    signs += [_Sign(NseConfounder.PPI, True, entry.evidence) for entry in ppi.ran]
    signs += [_Sign(NseConfounder.PPI, False, entry.evidence) for entry in ppi.open]
    if not signs:
        return _none(record)
    kinds = {sign.kind for sign in signs if sign.certain}
    evidence = tuple(dict.fromkeys(sign.evidence for sign in signs))
    if all(sign.certain or sign.kind in kinds for sign in signs):
        return known(_NAME, *kinds, evidence=evidence)
    held = frozenset(str(kind) for kind in (*kinds, NseConfounder.UNKNOWN))
    return Feature(_NAME, held, evidence, Gap.NOT_READABLE, "dates leave open what was there at the draw")


def _none(record: Record) -> Feature:
    words = "Conditions and medications searched, nothing found that raises NSE"
    if unseen := unseen_drugs(record):
        return unknown(_NAME, *unseen)
    return none_found(_NAME, NseConfounder.NONE_RECORDED, words, record, "conditions")


def _recorded(draw: When, record: Record) -> Iterator[_Sign]:
    for condition in record.chart.of("Condition"):
        if not is_true(condition):
            continue
        for meaning in record.means(condition, *_CONDITIONS)[:1]:
            held = _held_at(condition, draw)
            if held is not False:
                when = date_of(condition.data, "onsetDateTime", "onsetPeriod", "recordedDate")
                shown = Evidence(dated(meaning.words, when), condition.reference)
                yield _Sign(_CONDITIONS[meaning.concept.id], bool(held), shown)


def _held_at(condition: Resource, draw: When) -> bool | None:
    """Whether it had begun and not yet ended; a running one without dates counts, an ended one without is open."""
    began = date_of(condition.data, "onsetDateTime", "onsetPeriod")
    end = date_of(condition.data, "abatementDateTime") or end_of(condition.at("abatementPeriod"))
    if end is None and clinical_status(condition) in ENDED:
        return None if began is None or days_of(began)[0] <= days_of(draw)[1] else False
    return _spans(began, end, draw)


def _spans(began: When | None, end: When | None, draw: When) -> bool | None:
    """Whether the time from one date to the other, open where there is none, holds the day of the draw."""
    first, last = days_of(draw)
    begins = days_of(began) if began else (date.min, date.min)
    ends = days_of(end) if end else (date.max, date.max)
    if begins[0] > last or ends[1] < first:
        return False
    return True if begins[1] <= first and ends[0] >= last else None


def _dialyses(draw: When, record: Record) -> Iterator[_Sign]:
    """Dialysis as a Procedure within the window of kidney failure before the draw."""
    for procedure in record.chart.of("Procedure"):
        meant = record.means(procedure, _KIDNEY) if has_begun(procedure) else ()
        when = date_of(procedure.data, "performedDateTime", "performedPeriod")
        if not meant or when is None:
            continue
        lasting = timedelta(days=record.limits.kidney_days)
        held = _spans(when, When(when.earliest + lasting, when.latest + lasting, ""), draw)
        if held is not False:
            shown = Evidence(dated(meant[0].words, when), procedure.reference)
            yield _Sign(NseConfounder.KIDNEY_FAILURE, bool(held), shown)
