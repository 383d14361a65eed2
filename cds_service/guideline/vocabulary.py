"""The vocabulary: every case feature a recommendation may name, its values and where it is read from.

Deriving the values from a chart is the work of the `picture` room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cds_service.guideline.call_values import Ordering, Regimen
from cds_service.guideline.patient_values import (
    AgeGroup,
    Biotin,
    CareGoal,
    Deceased,
    ImmunotherapyCaution,
    KidneyFailure,
    Level,
    MarkerAge,
    MarkerFound,
    NenCount,
    NseAboveNsclcRange,
    NseAfterSurgery,
    NseAge,
    NseConfounder,
    NseContext,
    NseCount,
    NseEvent,
    NseHalfLife,
    NseMethod,
    NseMultiple,
    NsePersistence,
    NseReading,
    NseSpecimen,
    NseTrend,
    OtherCancer,
    PerformanceStatus,
    Ppi,
    PpiNeeded,
    Pregnancy,
)
from cds_service.guideline.tumor_values import (
    Chemoradiation,
    Course,
    CtMri,
    Diagnosis,
    DiagnosisRecorded,
    Extent,
    FollowUpImaging,
    Grade,
    GradeRecorded,
    Histology,
    Hormone,
    Ki67Band,
    Ki67Found,
    Mdt,
    P53Rb1,
    Primary,
    Progression,
    Resection,
    ResectionException,
    SsaLastDepot,
    Sstr,
    SstrImaging,
    SystemicTherapy,
    Therapy,
)


class Scope(StrEnum):
    """Whom a feature is about."""

    PATIENT = "patient"
    TUMOR = "tumor"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class FeatureKind:
    """One word of the vocabulary.

    Attributes:
        name: the key in a row's `when`.
        scope: patient, tumor or call.
        values: the enumeration; `unknown` is a member of each.
        label: how a card calls the fact when it was not seen.
        searches: prefetch keys whose data can carry the fact.
        lone: of a feature that holds several values at once, the one that stands alone; else "".
    """

    name: str
    scope: Scope
    values: type[StrEnum]
    label: str
    searches: tuple[str, ...] = ()
    lone: str = ""


_MEDICATION = ("medication-requests", "medication-statements", "medication-administrations", "medication-dispenses")
_USABLE_NSE = ("nse", "specimens", "reports", "conditions", "procedures", *_MEDICATION)
_TREATMENT = (*_MEDICATION, "procedures")
_TUMOR = ("conditions", "pathology", "reports")
_IMAGING = ("reports", "imaging-studies", "procedures")

_KINDS = (
    FeatureKind("deceased", Scope.PATIENT, Deceased, "whether the patient is alive", ("patient",)),
    FeatureKind("age-group", Scope.PATIENT, AgeGroup, "age", ("patient",)),
    FeatureKind("care-goal", Scope.PATIENT, CareGoal, "comfort-only care", ("conditions", "procedures")),
    FeatureKind("pregnancy", Scope.PATIENT, Pregnancy, "pregnancy", ("patient", "conditions", "status", "procedures")),
    FeatureKind("performance-status", Scope.PATIENT, PerformanceStatus, "performance status", ("status",)),
    FeatureKind(
        "immunotherapy-caution",
        Scope.PATIENT,
        ImmunotherapyCaution,
        "reasons for caution with immunotherapy",
        ("conditions", "procedures", "pathology", "reports", *_MEDICATION),
    ),
    FeatureKind(
        "kidney-failure", Scope.PATIENT, KidneyFailure, "kidney failure", ("conditions", "status", "procedures")
    ),
    FeatureKind("ppi", Scope.PATIENT, Ppi, "proton pump inhibitors", ("markers", *_MEDICATION)),
    FeatureKind(
        "ppi-needed", Scope.PATIENT, PpiNeeded, "reasons for a proton pump inhibitor", ("conditions", *_MEDICATION)
    ),
    FeatureKind("biotin", Scope.PATIENT, Biotin, "biotin", ("nse", "markers", *_MEDICATION)),
    FeatureKind("nen-count", Scope.PATIENT, NenCount, "neuroendocrine diagnoses", _TUMOR),
    FeatureKind("other-cancer", Scope.PATIENT, OtherCancer, "other cancers", _TUMOR, OtherCancer.NONE),
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
        "nse-event",
        Scope.PATIENT,
        NseEvent,
        "events before the NSE draw",
        ("nse", "conditions", "procedures", "encounters"),
        NseEvent.NONE_RECORDED,
    ),
    FeatureKind("nse-above-nsclc-range", Scope.PATIENT, NseAboveNsclcRange, "NSE", ("nse",)),
    FeatureKind("nse-method", Scope.PATIENT, NseMethod, "NSE", _USABLE_NSE),
    FeatureKind("nse-trend", Scope.PATIENT, NseTrend, "earlier NSE", _USABLE_NSE),
    FeatureKind("nse-persistence", Scope.PATIENT, NsePersistence, "earlier NSE", _USABLE_NSE),
    FeatureKind("nse-half-life", Scope.PATIENT, NseHalfLife, "earlier NSE", _USABLE_NSE),
    FeatureKind(
        "nse-confounder",
        Scope.PATIENT,
        NseConfounder,
        "other causes of a raised NSE",
        ("nse", "conditions", "procedures", *_MEDICATION),
        NseConfounder.NONE_RECORDED,
    ),
    FeatureKind("nse-before-surgery", Scope.PATIENT, Level, "NSE before the resection", _USABLE_NSE),
    FeatureKind("nse-after-surgery", Scope.PATIENT, NseAfterSurgery, "NSE after the resection", _USABLE_NSE),
    FeatureKind("cga-level", Scope.PATIENT, Level, "chromogranin A", ("markers",)),
    FeatureKind("cga-age", Scope.PATIENT, MarkerAge, "chromogranin A", ("markers",)),
    FeatureKind("cea-level", Scope.PATIENT, Level, "CEA", ("markers",)),
    FeatureKind("hiaa-age", Scope.PATIENT, MarkerAge, "5-HIAA", ("markers",)),
    FeatureKind("progrp-or-cyfra", Scope.PATIENT, MarkerFound, "ProGRP and CYFRA 21-1", ("markers",)),
    FeatureKind("diagnosis", Scope.TUMOR, Diagnosis, "diagnosis", _TUMOR),
    FeatureKind("diagnosis-recorded", Scope.TUMOR, DiagnosisRecorded, "date of the diagnosis", ("conditions",)),
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
    FeatureKind("sstr-imaging", Scope.TUMOR, SstrImaging, "somatostatin receptor imaging", _IMAGING),
    FeatureKind("ct-mri", Scope.TUMOR, CtMri, "CT and MRI", _IMAGING),
    FeatureKind("follow-up-imaging", Scope.TUMOR, FollowUpImaging, "follow-up imaging", _IMAGING),
    FeatureKind("progression", Scope.TUMOR, Progression, "disease status", ("status", "reports")),
    FeatureKind("mdt", Scope.TUMOR, Mdt, "tumor board", ("encounters", "service-requests", "procedures")),
    FeatureKind("therapy-systemic", Scope.TUMOR, SystemicTherapy, "systemic therapy", _TREATMENT),
    FeatureKind("therapy-ssa", Scope.TUMOR, Therapy, "somatostatin analog therapy", _TREATMENT),
    FeatureKind("therapy-platinum", Scope.TUMOR, Therapy, "platinum therapy", _TREATMENT),
    FeatureKind("therapy-prrt", Scope.TUMOR, Therapy, "radionuclide therapy", _TREATMENT),
    FeatureKind("therapy-pd-l1", Scope.TUMOR, Therapy, "immunotherapy", _TREATMENT),
    FeatureKind("therapy-chemoradiation", Scope.TUMOR, Chemoradiation, "chemoradiation", ("conditions", *_TREATMENT)),
    FeatureKind(
        "ssa-last-depot", Scope.TUMOR, SsaLastDepot, "last depot somatostatin analog", (*_MEDICATION, "procedures")
    ),
    FeatureKind("resection", Scope.TUMOR, Resection, "resection", ("procedures", "reports", "conditions")),
    FeatureKind(
        "resection-exception", Scope.TUMOR, ResectionException, "tumor size", ("status", "conditions", "reports")
    ),
    FeatureKind("ordering", Scope.CALL, Ordering, "what is being ordered", (), Ordering.NONE),
    FeatureKind("ordering-regimen", Scope.CALL, Regimen, "the regimen being ordered", _TREATMENT),
)

VOCABULARY: Mapping[str, FeatureKind] = MappingProxyType({kind.name: kind for kind in _KINDS})

UNKNOWN = "unknown"
