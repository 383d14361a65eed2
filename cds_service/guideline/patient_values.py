"""The values of the features of a patient, each an enumeration with `unknown`.

Which feature has which of them is in `vocabulary`.
"""

from __future__ import annotations

from enum import StrEnum


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
    """Fresh: not asked for again. Recent: within the look-back of the markers."""

    FRESH = "fresh"
    RECENT = "recent"
    OLD = "old"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


class NseSpecimen(StrEnum):
    HEMOLYZED = "hemolyzed"
    SUITABLE = "suitable"
    NOT_RECORDED = "not-recorded"
    NONE = "none"
    UNKNOWN = "unknown"


class NseEvent(StrEnum):
    """What happened before the draw of the newest NSE; several at once.

    Recent: within the window that a site may set; a neurological event then lies before the fixed 14 days.
    """

    NEURO_14_DAYS = "neuro-14-days"
    NEURO_RECENT = "neuro-recent"
    PROCEDURE_RECENT = "procedure-recent"
    BIOPSY_RECENT = "biopsy-recent"
    CHEMO_START_10_DAYS = "chemo-start-10-days"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class MarkerAge(StrEnum):
    RECENT = "recent"
    OLD = "old"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"


class ImmunotherapyCaution(StrEnum):
    """What speaks for care with PD-1 and PD-L1 antibodies; no contraindication."""

    RECORDED = "recorded"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class KidneyFailure(StrEnum):
    YES = "yes"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class Ppi(StrEnum):
    ACTIVE = "active"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class PpiNeeded(StrEnum):
    YES = "yes"
    NOT_RECORDED = "not-recorded"
    UNKNOWN = "unknown"


class Biotin(StrEnum):
    HIGH_DOSE = "high-dose"
    DOSE_NOT_RECORDED = "dose-not-recorded"
    LOW_DOSE = "low-dose"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class NseAboveNsclcRange(StrEnum):
    YES = "yes"
    NO = "no"
    NONE = "none"
    UNKNOWN = "unknown"


class NseMethod(StrEnum):
    SAME = "same"
    MIXED = "mixed"
    TOO_FEW = "too-few"
    UNKNOWN = "unknown"


class NseTrend(StrEnum):
    RISING_MARKED = "rising-marked"
    RISING_POSSIBLE = "rising-possible"
    WITHIN_VARIATION = "within-variation"
    FALLING_POSSIBLE = "falling-possible"
    FALLING_MARKED = "falling-marked"
    SUSPENDED = "suspended"
    TOO_FEW = "too-few"
    UNKNOWN = "unknown"


class NsePersistence(StrEnum):
    PERSISTENTLY_HIGH = "persistently-high"
    NO = "no"
    UNKNOWN = "unknown"


class NseHalfLife(StrEnum):
    OVER_20_DAYS = "over-20-days"
    TO_20_DAYS = "to-20-days"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


class NseConfounder(StrEnum):
    """What else raises NSE, or chromogranin A beside it, at the draw; several at once."""

    KIDNEY_FAILURE = "kidney-failure"
    LIVER_FAILURE = "liver-failure"
    HEMOLYTIC_ANEMIA = "hemolytic-anemia"
    PPI = "ppi"
    DEMENTIA = "dementia"
    NONE_RECORDED = "none-recorded"
    UNKNOWN = "unknown"


class NseAfterSurgery(StrEnum):
    PERSISTENTLY_HIGH = "persistently-high"
    HIGH_ONCE = "high-once"
    NORMAL = "normal"
    TOO_EARLY = "too-early"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


class MarkerFound(StrEnum):
    FOUND = "found"
    NONE_FOUND = "none-found"
    UNKNOWN = "unknown"
