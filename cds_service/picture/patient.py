"""Draws the whole picture of one patient: every word of the vocabulary gets a value, known or not.

Only puts the derivations in order; each of them lives in a module of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cds_service.guideline.features import Feature, PatientPicture, Remark, TumorPicture
from cds_service.guideline.tumor_values import Diagnosis
from cds_service.guideline.vocabulary import VOCABULARY, Scope
from cds_service.picture.across_tumors import Seen, overview_features
from cds_service.picture.drugs.biotin import biotin_feature
from cds_service.picture.drugs.chemoradiation import chemoradiation_feature
from cds_service.picture.drugs.depot import depot_feature
from cds_service.picture.drugs.immunotherapy import caution_feature
from cds_service.picture.drugs.ppi import ppi_features
from cds_service.picture.drugs.regimen import regimen_feature
from cds_service.picture.drugs.treatment import therapy_features
from cds_service.picture.imaging.follow_up import follow_up_feature
from cds_service.picture.imaging.recency import ct_mri_feature, last_ct_mri, sstr_imaging_feature
from cds_service.picture.kidney import kidney_feature
from cds_service.picture.markers.others import marker_features, newest_cga
from cds_service.picture.nse.around_surgery import surgery_features
from cds_service.picture.nse.confounders import confounder_feature
from cds_service.picture.nse.method_and_trend import series_features
from cds_service.picture.nse.newest import newest_reading, nse_features
from cds_service.picture.nse.on_treatment import treatment_features
from cds_service.picture.nse.readings import nse_series
from cds_service.picture.orders import Draft, ordering_feature, without_drafts
from cds_service.picture.person import person_features
from cds_service.picture.record import Record
from cds_service.picture.tumor.diagnosis import Named, histology_feature, name_tumor, primary_feature
from cds_service.picture.tumor.diagnosis_date import diagnosis_recorded_feature
from cds_service.picture.tumor.extent import extent_feature
from cds_service.picture.tumor.grading import UNGRADED_SITES, grade_features, grading_of
from cds_service.picture.tumor.hormone import hormone_feature
from cds_service.picture.tumor.ki67 import ki67_features
from cds_service.picture.tumor.progression import progression_feature, worsened_since
from cds_service.picture.tumor.receptors import sstr_feature
from cds_service.picture.tumor.resection_exception import exception_feature
from cds_service.picture.tumor.stains import p53_rb1_feature
from cds_service.picture.tumor.surgery import (
    Operation,
    course_feature,
    last_removal,
    operations,
    resection_feature,
    words_about,
)
from cds_service.picture.tumor.tissue import tissue_of
from cds_service.picture.tumor.tumors import Tumor, tumors
from cds_service.picture.tumor_board import mdt_feature

_GRADED = (Diagnosis.NET, Diagnosis.NEN_UNSPECIFIED, Diagnosis.HIGH_GRADE_UNDETERMINED, Diagnosis.SUSPECTED_NEN)
_FOLLOWED_BY_NSE = {"nen", "sclc"}


@dataclass(frozen=True, slots=True)
class _Drawn:
    tumor: Tumor
    picture: TumorPicture
    removed: datetime | None
    operations: tuple[Operation, ...]


def draw_picture(record: Record, drafted: tuple[Draft, ...]) -> PatientPicture:
    """All case features of the patient of this call."""
    record = without_drafts(record, drafted)
    everyone = tumors(record)
    drawn = [_draw(tumor, everyone, drafted, record) for tumor in everyone]
    seen = tuple(Seen(d.tumor, d.picture.features["diagnosis"], d.picture.features["course"]) for d in drawn)
    patient = _table(
        [
            *person_features(record),
            kidney_feature(record),
            caution_feature(everyone, _diagnoses(drawn), record),
            *overview_features(seen, record),
            *_nse(drawn, record),
            *marker_features(record),
            *ppi_features([d.picture.features["hormone"] for d in drawn], drafted, record),
            biotin_feature(record),
        ],
        Scope.PATIENT,
    )
    call = _table([ordering_feature(drafted), regimen_feature(drafted, record)], Scope.CALL)
    return PatientPicture(patient, tuple(d.picture for d in drawn), call, _leads(record), tuple(_remarks(record)))


def _diagnoses(drawn: list[_Drawn]) -> set[str]:
    return {value for tumor in drawn for value in tumor.picture.features["diagnosis"].values}


def _leads(record: Record) -> Mapping[str, str]:
    readings = {"nse": newest_reading(record), "cga": newest_cga(record)}
    return {name: reading.shown for name, reading in readings.items() if reading is not None}


def _table(features: Iterable[Feature], scope: Scope) -> Mapping[str, Feature]:
    """The features by name, each word of the scope exactly once."""
    table = {feature.name: feature for feature in features}
    missing = {kind.name for kind in VOCABULARY.values() if kind.scope is scope} ^ table.keys()
    if missing:
        raise LookupError(f"the picture and the vocabulary differ in {sorted(missing)}")
    return table


def _draw(tumor: Tumor, everyone: tuple[Tumor, ...], drafted: tuple[Draft, ...], record: Record) -> _Drawn:
    grading = grading_of(tumor, everyone, record)
    tissue = tissue_of(tumor, everyone, record)
    named = name_tumor(tumor, tissue, grading, record)
    extent = extent_feature(tumor, everyone, record)
    removed = operations(tumor, everyone, extent, record)
    last = last_removal(removed)
    hormone = hormone_feature(tumor, everyone, tissue.marks, record)
    primary = primary_feature(tumor, tissue, record)
    words = tuple(words_about(tumor, everyone, record))
    course = course_feature(tumor, removed, worsened_since(last, tumor, everyone, record), words, record)
    exception = exception_feature(tumor, everyone, hormone, record)
    imaged = last_ct_mri(primary, record)
    features = [
        named.feature,
        diagnosis_recorded_feature(tumor, record),
        histology_feature(tumor, named, tissue, record),
        course,
        primary,
        extent,
        *ki67_features(grading.ki67, record),
        *grade_features(grading, _is_graded(primary, named), record),
        p53_rb1_feature(tumor, everyone, record),
        hormone,
        sstr_feature(tumor, everyone, last, record),
        progression_feature(tumor, everyone, record),
        *therapy_features(tumor, everyone, record),
        chemoradiation_feature(tumor, everyone, record),
        depot_feature(tumor, everyone, drafted, record),
        resection_feature(removed, words, record),
        exception,
        sstr_imaging_feature(record),
        ct_mri_feature(tumor, imaged, record),
        follow_up_feature(tumor, course, removed, exception, imaged, record),
        mdt_feature(tumor, everyone, record),
    ]
    ki67 = grading.ki67.chosen
    leads = {"ki67": f"Ki-67 {ki67.amount.shown} %"} if ki67 else {}
    picture = TumorPicture(tumor.reference, tumor.label, _table(features, Scope.TUMOR), leads)
    return _Drawn(tumor, picture, last.latest if last else None, tuple(removed))


def _is_graded(primary: Feature, named: Named) -> bool | None:
    """WHO grades NET of the gut and pancreas; not lung, thymus, breast, NEC, SCLC or other tumors."""
    if primary.values & set(UNGRADED_SITES):
        return False
    return None if named.value is Diagnosis.UNKNOWN else named.value in _GRADED


def _nse(drawn: list[_Drawn], record: Record) -> Iterable[Feature]:
    """What NSE says: its newest reading, the series, and around the resections of the tumors it follows."""
    series = nse_series(record, _nse_from(drawn))
    followed = [d for d in drawn if d.tumor.family in _FOLLOWED_BY_NSE]
    resections = [d.picture.features["resection"] for d in followed]
    yield from nse_features(series, record)
    yield from series_features(series, record)
    yield from treatment_features(series, record)
    yield confounder_feature(series, record)
    yield from surgery_features([one for d in followed for one in d.operations], resections, record)


def _nse_from(drawn: list[_Drawn]) -> datetime | None:
    """The last resection, where every NEN and SCLC of the patient is after resection."""
    followed = [d for d in drawn if d.tumor.family in _FOLLOWED_BY_NSE]
    resected = [d for d in followed if "after-resection" in d.picture.features["course"].values]
    dates = [d.removed for d in resected if d.removed]
    return max(dates) if followed and len(resected) == len(followed) and dates else None


def _remarks(record: Record) -> Iterable[Remark]:
    for item in record.chart.set_aside:
        yield Remark(f"{item.type or 'resource'} not used: {item.reason}", item.reference)
    for fault in record.chart.faults:
        yield Remark(f"not readable: {fault}")
    if record.chart.others:
        yield Remark(f"{record.chart.others} resources of another patient were left out")
