"""How long ago the region of a tumor, and somatostatin receptors, were imaged.

Says nothing of the findings. "None found" is of the data given: imaging often lives in another system.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from cds_service.fhir.dates import months_before
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import CtMri, Primary, SstrImaging
from cds_service.picture.imaging.studies import SEARCHES, TRUNK, Newest, Study, newest
from cds_service.picture.record import Record
from cds_service.picture.tumor.tumors import Tumor

_ABDOMEN = frozenset({"abdomen"}), frozenset({"abdomen", "pelvis", "liver"})
_CHEST = frozenset({"chest"}), frozenset({"chest"})
_REGIONS = {  # primary: what a study of its region shows; what may show the tumor, or may not
    Primary.SMALL_INTESTINE: _ABDOMEN,
    Primary.DUODENUM: _ABDOMEN,
    Primary.PANCREAS: _ABDOMEN,
    Primary.STOMACH: _ABDOMEN,
    Primary.APPENDIX: _ABDOMEN,
    Primary.COLON: _ABDOMEN,
    Primary.RECTUM: (frozenset({"pelvis"}), frozenset({"abdomen", "pelvis"})),
    Primary.LUNG: _CHEST,
    Primary.THYMUS: _CHEST,
}
_ANYWHERE = TRUNK - {"pelvis"}, TRUNK | {"liver"}


def last_ct_mri(primary: Feature, record: Record) -> Newest:
    """The newest CT or MRI that covers the region of a tumor of this primary."""
    site = next(iter(primary.values))
    whole, part = _REGIONS.get(Primary(site), _ANYWHERE)

    def shows(study: Study) -> bool | None:
        if whole <= study.regions:
            return True
        return None if study.is_open or part & study.regions else False

    return newest(record, shows)


def ct_mri_feature(tumor: Tumor, last: Newest, record: Record) -> Feature:
    """`ct-mri`: the band in which the newest CT or MRI of the tumor's region lies."""
    limits, now = record.limits, record.now
    bands: list[tuple[datetime, StrEnum]] = [
        (now - timedelta(weeks=limits.ct_mri_weeks), CtMri.WITHIN_8_WEEKS),
        (months_before(now, limits.ct_mri_short_months), CtMri.TO_3_MONTHS),
        (months_before(now, limits.ct_mri_middle_months), CtMri.TO_6_MONTHS),
        (months_before(now, limits.ct_mri_long_months), CtMri.TO_12_MONTHS),
    ]
    if not tumor.all_conditions:
        return unknown("ct-mri", Gap.NOT_RECORDED, "no tumor is recorded")
    if last.latest is None:
        return _none("ct-mri", CtMri.NONE_FOUND, "CT or MRI of the tumor's region", record)
    return _banded("ct-mri", last, bands, CtMri.OVER_12_MONTHS)


def sstr_imaging_feature(record: Record) -> Feature:
    """`sstr-imaging`: receptor imaging shows the whole body, so it is of every tumor."""
    last = newest(record, lambda study: study.receptors)
    edge = months_before(record.now, record.limits.sstr_imaging_months)
    if last.latest is None:
        return _none("sstr-imaging", SstrImaging.NONE_FOUND, "somatostatin receptor imaging", record)
    return _banded("sstr-imaging", last, [(edge, SstrImaging.RECENT)], SstrImaging.OLD)


def _banded(name: str, last: Newest, bands: list[tuple[datetime, StrEnum]], beyond: StrEnum) -> Feature:
    """The band that holds all the time in which the newest study may have been done."""
    ends = {
        next((value for edge, value in bands if end >= edge), beyond) for end in (last.earliest, last.latest) if end
    }
    if last.earliest is not None and len(ends) == 1:
        return known(name, ends.pop(), evidence=last.evidence)
    return unknown(name, last.gap, last.note, last.evidence)


def _none(name: str, value: StrEnum, words: str, record: Record) -> Feature:
    searched = [key.replace("-", " ") for key in SEARCHES if key in record.chart.listed]
    told = f"{' and '.join(searched)} searched, no {words} found in the data given"
    return known(name, value, evidence=[Evidence(told)])
