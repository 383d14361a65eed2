"""When a tumor was first recorded: new within the last weeks, or known for longer.

Says nothing of when treatment began.
"""

from __future__ import annotations

from collections.abc import Iterator

from cds_service.fhir.dates import When
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import date_of, elements, text
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import DiagnosisRecorded
from cds_service.picture.record import Record, dated
from cds_service.picture.tumor.tumors import Tumor

_DATES = ("onsetDateTime", "onsetPeriod", "onsetString", "recordedDate")
_DAYS_A_WEEK = 7


def diagnosis_recorded_feature(tumor: Tumor, record: Record) -> Feature:
    """`diagnosis-recorded`: the earliest onset or recording of any of its Conditions."""
    name = "diagnosis-recorded"
    found = [(when, condition) for condition in tumor.all_conditions for when in _dates(condition.resource)]
    if not found:
        gap = Gap.NOT_RECORDED if tumor.all_conditions or record.searched("conditions") else Gap.NOT_SEARCHED
        return unknown(name, gap, "no date of the diagnosis is recorded")
    when, condition = min(found, key=lambda pair: pair[0].earliest)
    evidence = [Evidence(dated(condition.label, when), condition.resource.reference)]
    days = record.limits.diagnosis_recorded_weeks * _DAYS_A_WEEK
    verdicts = {date.within_days(days, record.now) for date, _ in found}
    if False in verdicts:
        return known(name, DiagnosisRecorded.EARLIER, evidence=evidence)
    if None in verdicts:
        return unknown(name, Gap.NOT_READABLE, "the date of the diagnosis is too coarse", evidence)
    return known(name, DiagnosisRecorded.RECENT, evidence=evidence)


def _dates(condition: Resource) -> Iterator[When]:
    """Each date of the Condition; mCODE keeps that of the diagnosis in an extension of its own."""
    yield from (when for name in _DATES if (when := date_of(condition.data, name)))
    for extension in elements(condition.at("extension")):
        if "asserteddate" in text(extension.get("url")).lower().replace("-", ""):
            yield from (when for when in (date_of(extension, "valueDateTime"),) if when)
