"""The vocabulary: every case feature a recommendation may name, its values and where it is read from.

Deriving the values from a chart is the work of the `picture` room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    """Whom a feature is about."""

    PATIENT = "patient"
    TUMOR = "tumor"
    CALL = "call"


class Deceased(StrEnum):
    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class AgeGroup(StrEnum):
    ADULT = "adult"
    CHILD = "child"
    INFANT = "infant"
    UNKNOWN = "unknown"


class CareGoal(StrEnum):
    COMFORT_ONLY = "comfort-only"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class Pregnancy(StrEnum):
    PREGNANT = "pregnant"
    POSSIBLE = "possible"
    NOT_PREGNANT = "not-pregnant"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


class PerformanceStatus(StrEnum):
    GOOD = "0-1"
    REDUCED = "2"
    POOR = "3-4"
    UNKNOWN = "unknown"


class NenCount(StrEnum):
    NONE = "none"
    ONE = "one"
    TWO_OR_MORE = "two-or-more"
    UNKNOWN = "unknown"


class OtherCancer(StrEnum):
    BREAST = "breast"
    PROSTATE = "prostate"
    MELANOMA = "melanoma"
    SEMINOMA = "seminoma"
    NSCLC = "nsclc"
    OTHER = "other"
    NONE = "none"
    UNKNOWN = "unknown"


class NseContext(StrEnum):
    SCLC = "sclc"
    NEC = "nec"
    NET = "net"
    OTHER_NEN = "other-nen"
    NEUROBLASTOMA = "neuroblastoma"
    SUSPECTED_NEN = "suspected-nen"
    HISTOLOGY_UNKNOWN = "cancer-histology-unknown"
    BRAIN_TUMOR = "brain-tumor"
    OTHER_CANCER = "other-cancer"
    NEURO_PROGNOSIS = "neuro-prognosis"
    NONE = "none"
    UNKNOWN = "unknown"


class NseReading(StrEnum):
    USABLE = "usable"
    HEMOLYZED = "hemolyzed"
    EARLY_AFTER_EVENT = "early-after-event"
    NOT_CONVERTIBLE = "not-convertible"
    PRELIMINARY_ONLY = "preliminary-only"
    NO_VALUE = "no-value"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """Of a tumor marker against its limit; high is strictly above."""

    HIGH = "high"
    NORMAL = "normal"
    NONE = "none"
    UNKNOWN = "unknown"


class NseMultiple(StrEnum):
    NOT_HIGH = "not-high"
    UP_TO_2 = "up-to-2"
    OVER_2_TO_3 = "over-2-to-3"
    OVER_3 = "over-3"
    NONE = "none"
    UNKNOWN = "unknown"


class NseCount(StrEnum):
    NONE = "none"
    ONE = "one"
    TWO_OR_MORE = "two-or-more"
    UNKNOWN = "unknown"


class NseAge(StrEnum):
    TO_14_DAYS = "to-14-days"
    TO_12_MONTHS = "15-days-to-12-months"
    OVER_12_MONTHS = "over-12-months"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


class NseSpecimen(StrEnum):
    HEMOLYZED = "hemolyzed"
    SUITABLE = "suitable"
    NOT_RECORDED = "not-recorded"
    NONE = "none"
    UNKNOWN = "unknown"


class NseEvent(StrEnum):
    """What happened before the draw of the newest NSE; several at once."""

    NEURO_14_DAYS = "neuro-14-days"
    NEURO_30_DAYS = "neuro-30-days"
    PROCEDURE_14_DAYS = "procedure-14-days"
    BIOPSY_14_DAYS = "biopsy-14-days"
    CHEMO_START_10_DAYS = "chemo-start-10-days"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class MarkerAge(StrEnum):
    TO_12_MONTHS = "to-12-months"
    OVER_12_MONTHS = "over-12-months"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


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


class Ordering(StrEnum):
    NSE = "nse"
    CGA = "cga"
    OCTREOSCAN = "octreoscan"
    SSTR_PET = "sstr-pet"
    CT_MRI = "ct-mri"
    SSA_DEPOT = "ssa-depot"
    SSA_SHORT = "ssa-short"
    PLATINUM = "platinum"
    ETOPOSIDE = "etoposide"
    PD_L1 = "pd-l1"
    TEMOZOLOMIDE = "temozolomide"
    CAPECITABINE = "capecitabine"
    EVEROLIMUS = "everolimus"
    SUNITINIB = "sunitinib"
    CABOZANTINIB = "cabozantinib"
    PRRT = "prrt"
    IRINOTECAN = "irinotecan"
    OTHER_CHEMOTHERAPY = "other-chemotherapy"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FeatureKind:
    """One word of the vocabulary.

    Attributes:
        name: the key in a row's `when`.
        scope: patient, tumor or call.
        values: the enumeration; `unknown` is a member of each.
        label: how a card calls the fact when it was not seen.
        searches: prefetch keys whose data can carry the fact.
    """

    name: str
    scope: Scope
    values: type[StrEnum]
    label: str
    searches: tuple[str, ...] = ()


_MEDICATION = ("medication-requests", "medication-statements", "medication-administrations", "medication-dispenses")
_TUMOR = ("conditions", "pathology", "reports")

_KINDS = (
    FeatureKind("deceased", Scope.PATIENT, Deceased, "whether the patient is alive", ("patient",)),
    FeatureKind("age-group", Scope.PATIENT, AgeGroup, "age", ("patient",)),
    FeatureKind("care-goal", Scope.PATIENT, CareGoal, "comfort-only care", ("conditions", "procedures")),
    FeatureKind("pregnancy", Scope.PATIENT, Pregnancy, "pregnancy", ("patient", "conditions", "status", "procedures")),
    FeatureKind("performance-status", Scope.PATIENT, PerformanceStatus, "performance status", ("status",)),
    FeatureKind("nen-count", Scope.PATIENT, NenCount, "neuroendocrine diagnoses", _TUMOR),
    FeatureKind("other-cancer", Scope.PATIENT, OtherCancer, "other cancers", _TUMOR),
    FeatureKind("nse-context", Scope.PATIENT, NseContext, "diagnosis", _TUMOR),
    FeatureKind(
        "nse-reading", Scope.PATIENT, NseReading, "NSE", ("nse", "specimens", "reports", "conditions", "procedures")
    ),
    FeatureKind("nse-level", Scope.PATIENT, Level, "NSE", ("nse",)),
    FeatureKind("nse-multiple", Scope.PATIENT, NseMultiple, "NSE", ("nse",)),
    FeatureKind(
        "nse-count", Scope.PATIENT, NseCount, "NSE", ("nse", "specimens", "reports", "conditions", "procedures")
    ),
    FeatureKind("nse-age", Scope.PATIENT, NseAge, "NSE", ("nse",)),
    FeatureKind("nse-specimen", Scope.PATIENT, NseSpecimen, "hemolysis of the NSE sample", ("nse", "specimens")),
    FeatureKind(
        "nse-event", Scope.PATIENT, NseEvent, "events before the NSE draw", ("nse", "conditions", "procedures")
    ),
    FeatureKind("cga-level", Scope.PATIENT, Level, "chromogranin A", ("markers",)),
    FeatureKind("cga-age", Scope.PATIENT, MarkerAge, "chromogranin A", ("markers",)),
    FeatureKind("diagnosis", Scope.TUMOR, Diagnosis, "diagnosis", _TUMOR),
    FeatureKind("histology", Scope.TUMOR, Histology, "pathology", _TUMOR),
    FeatureKind("course", Scope.TUMOR, Course, "course of the disease", ("conditions", "procedures", "status")),
    FeatureKind("primary", Scope.TUMOR, Primary, "primary site", _TUMOR),
    FeatureKind("extent", Scope.TUMOR, Extent, "stage", ("conditions", "status", "reports")),
    FeatureKind("ki67-found", Scope.TUMOR, Ki67Found, "Ki-67", ("pathology", "reports")),
    FeatureKind("ki67-band", Scope.TUMOR, Ki67Band, "Ki-67", ("pathology", "reports")),
    FeatureKind("grade", Scope.TUMOR, Grade, "grade", ("conditions", "pathology", "reports")),
    FeatureKind("grade-recorded", Scope.TUMOR, GradeRecorded, "grade", ("conditions", "pathology", "reports")),
    FeatureKind("p53-rb1", Scope.TUMOR, P53Rb1, "p53 and RB1", ("pathology", "reports")),
    FeatureKind("hormone", Scope.TUMOR, Hormone, "hormone syndrome", ("conditions",)),
    FeatureKind("sstr", Scope.TUMOR, Sstr, "somatostatin receptor status", ("pathology", "reports")),
    FeatureKind("progression", Scope.TUMOR, Progression, "disease status", ("status", "reports")),
    FeatureKind("therapy-systemic", Scope.TUMOR, SystemicTherapy, "systemic therapy", _MEDICATION),
    FeatureKind("therapy-ssa", Scope.TUMOR, Therapy, "somatostatin analog therapy", _MEDICATION),
    FeatureKind("therapy-platinum", Scope.TUMOR, Therapy, "platinum therapy", _MEDICATION),
    FeatureKind("resection", Scope.TUMOR, Resection, "resection", ("procedures", "reports", "conditions")),
    FeatureKind(
        "resection-exception", Scope.TUMOR, ResectionException, "tumor size", ("status", "conditions", "reports")
    ),
    FeatureKind("ordering", Scope.CALL, Ordering, "what is being ordered"),
)

VOCABULARY: Mapping[str, FeatureKind] = MappingProxyType({kind.name: kind for kind in _KINDS})

UNKNOWN = "unknown"
