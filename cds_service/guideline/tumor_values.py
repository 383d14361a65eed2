"""The values of the features of a tumor, each an enumeration with `unknown`.

Which feature has which of them is in `vocabulary`.
"""

from __future__ import annotations

from enum import StrEnum


class Diagnosis(StrEnum):
    NET = "net"
    NEC = "nec"
    HIGH_GRADE_UNDETERMINED = "high-grade-undetermined"
    NEN_UNSPECIFIED = "nen-unspecified"
    SUSPECTED_NEN = "suspected-nen"
    OTHER_NEN = "other-nen"
    SCLC = "sclc"
    NEUROBLASTOMA = "neuroblastoma"
    NSCLC = "nsclc"
    BRAIN_TUMOR = "brain-tumor"
    OTHER_CANCER = "other-cancer"
    NONE = "none"
    UNKNOWN = "unknown"


class Histology(StrEnum):
    DOCUMENTED = "documented"
    CODED = "coded"
    NOT_FOUND = "not-found"
    UNKNOWN = "unknown"


class Course(StrEnum):
    ACTIVE = "active"
    AFTER_RESECTION = "after-resection"
    UNKNOWN = "unknown"


class Primary(StrEnum):
    SMALL_INTESTINE = "small-intestine"
    DUODENUM = "duodenum"
    PANCREAS = "pancreas"
    STOMACH = "stomach"
    APPENDIX = "appendix"
    COLON = "colon"
    RECTUM = "rectum"
    LUNG = "lung"
    THYMUS = "thymus"
    OTHER = "other"
    NOT_RECORDED = "not-recorded"
    UNKNOWN = "unknown"


class Extent(StrEnum):
    LOCALIZED = "localized"
    LOCOREGIONAL = "locoregional"
    METASTATIC = "metastatic"
    LIMITED = "limited"
    EXTENSIVE = "extensive"
    UNKNOWN = "unknown"


class Ki67Found(StrEnum):
    FOUND = "found"
    NOT_FOUND = "not-found"
    UNKNOWN = "unknown"


class Ki67Band(StrEnum):
    TO_2 = "to-2"
    OVER_2_UNDER_3 = "over-2-under-3"
    FROM_3_UNDER_10 = "3-to-under-10"
    FROM_10_TO_20 = "10-to-20"
    OVER_20_TO_55 = "over-20-to-55"
    OVER_55 = "over-55"
    UNKNOWN = "unknown"


class Grade(StrEnum):
    G1 = "G1"
    G1_OR_G2 = "G1-or-G2"
    G2 = "G2"
    G2_OR_G3 = "G2-or-G3"
    G3 = "G3"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


class GradeRecorded(StrEnum):
    AGREES = "agrees"
    CONFLICTS = "conflicts"
    NONE = "none"
    UNKNOWN = "unknown"


class P53Rb1(StrEnum):
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    INCOMPLETE = "incomplete"
    NOT_FOUND = "not-found"
    UNKNOWN = "unknown"


class Hormone(StrEnum):
    CARCINOID = "carcinoid"
    GASTRINOMA = "gastrinoma"
    INSULINOMA = "insulinoma"
    OTHER = "other"
    UNSPECIFIED = "unspecified"
    NONFUNCTIONING = "nonfunctioning"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class Sstr(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"


class Progression(StrEnum):
    YES = "yes"
    PAST = "past"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class Therapy(StrEnum):
    ACTIVE = "active"
    PAST = "past"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class SystemicTherapy(StrEnum):
    ACTIVE = "active"
    PAST = "past"
    SSA_ONLY = "ssa-only"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class Resection(StrEnum):
    CURATIVE = "curative"
    OTHER = "other"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class ResectionException(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class DiagnosisRecorded(StrEnum):
    RECENT = "recent"
    EARLIER = "earlier"
    UNKNOWN = "unknown"


class SstrImaging(StrEnum):
    RECENT = "recent"
    OLD = "old"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


class CtMri(StrEnum):
    WITHIN_8_WEEKS = "within-8-weeks"
    TO_3_MONTHS = "8-weeks-to-3-months"
    TO_6_MONTHS = "3-to-6-months"
    TO_12_MONTHS = "6-to-12-months"
    OVER_12_MONTHS = "over-12-months"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


class FollowUpImaging(StrEnum):
    OVERDUE = "overdue"
    NOT_DUE = "not-due"
    NOT_NEEDED = "not-needed"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


class Mdt(StrEnum):
    """Whether a multidisciplinary tumor board is on the record."""

    FOUND = "found"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


class Chemoradiation(StrEnum):
    ACTIVE = "active"
    COMPLETED_TO_12_WEEKS = "completed-to-12-weeks"
    COMPLETED_EARLIER = "completed-earlier"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class SsaLastDepot(StrEnum):
    TO_28_DAYS = "to-28-days"
    OVER_28_DAYS = "over-28-days"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"
