"""What all tumors of a patient say together: how many, which other cancers, and in what context an NSE stands.

Looks at finished tumor pictures, never at resources - but for the event that explains an NSE without a tumor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import NenCount, NseContext, OtherCancer
from cds_service.guideline.tumor_values import Course, Diagnosis
from cds_service.picture.events import arrests
from cds_service.picture.record import Record, none_found
from cds_service.picture.tumor.tumors import Tumor
from cds_service.picture.tumor.unnamed_tumor import malignant_elsewhere, neuroendocrine_hints, tumor_hints

_COUNTED = (
    Diagnosis.NET,
    Diagnosis.NEC,
    Diagnosis.HIGH_GRADE_UNDETERMINED,
    Diagnosis.NEN_UNSPECIFIED,
    Diagnosis.SUSPECTED_NEN,
    Diagnosis.OTHER_NEN,
    Diagnosis.SCLC,
    Diagnosis.NEUROBLASTOMA,
)
_CONTEXTS = (
    (NseContext.SCLC, (Diagnosis.SCLC,)),
    (NseContext.NEC, (Diagnosis.NEC, Diagnosis.HIGH_GRADE_UNDETERMINED)),
    (NseContext.NET, (Diagnosis.NET, Diagnosis.NEN_UNSPECIFIED)),
    (NseContext.OTHER_NEN, (Diagnosis.OTHER_NEN,)),
    (NseContext.NEUROBLASTOMA, (Diagnosis.NEUROBLASTOMA,)),
    (NseContext.SUSPECTED_NEN, (Diagnosis.SUSPECTED_NEN,)),
)
_LATER_CONTEXTS = (
    (NseContext.BRAIN_TUMOR, (Diagnosis.BRAIN_TUMOR,)),
    (NseContext.OTHER_CANCER, (Diagnosis.OTHER_CANCER, Diagnosis.NSCLC)),
)
_PLACES = ("site-only", "metastasis", "mass")  # families of tumors whose Conditions say no kind
_SETTLED_BY_PATHOLOGY = (Diagnosis.NEC, Diagnosis.HIGH_GRADE_UNDETERMINED)
_NAMED_CANCERS = {"breast": OtherCancer.BREAST, "prostate": OtherCancer.PROSTATE, "melanoma": OtherCancer.MELANOMA,
                  "seminoma": OtherCancer.SEMINOMA}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """One tumor with the two features that matter here."""

    tumor: Tumor
    diagnosis: Feature
    course: Feature

    @property
    def is_after_resection(self) -> bool:
        return Course.AFTER_RESECTION in self.course.values

    def is_one_of(self, diagnoses: tuple[Diagnosis, ...]) -> bool:
        return bool(self.diagnosis.values & set(diagnoses))

    @property
    def lacks_histology(self) -> bool:
        """A confirmed cancer of lung, pancreas or small intestine whose code does not say which kind."""
        return self.diagnosis.is_unknown and self.tumor.family == "site-only"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The tumor, and what pathology adds to its Conditions where that may have settled the kind."""
        own = Evidence(self.tumor.label, self.tumor.reference)
        settled = self.tumor.family in _PLACES or self.is_one_of(_SETTLED_BY_PATHOLOGY)
        return (own, *self.diagnosis.evidence) if settled else (own,)


def _evidence(found: Iterable[Seen]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(shown for item in found for shown in item.evidence))


def overview_features(seen: tuple[Seen, ...], record: Record) -> Iterator[Feature]:
    yield _nen_count(seen, record)
    yield _other_cancer(seen, record)
    yield _nse_context(seen, record)


def _nen_count(seen: tuple[Seen, ...], record: Record) -> Feature:
    name = "nen-count"
    counted = [item for item in seen if item.is_one_of(_COUNTED)]
    active = [item for item in counted if Course.ACTIVE in item.course.values]
    open_ = [item for item in counted if item.course.is_unknown]
    evidence = _evidence((*active, *open_))
    if len(active) > 1:
        return known(name, NenCount.TWO_OR_MORE, evidence=evidence)
    if open_:
        return unknown(name, Gap.NOT_RECORDED, "the course of a tumor is not recorded", evidence)
    if active:
        return known(name, NenCount.ONE, evidence=evidence)
    named = {reference for item in seen for reference in item.tumor.references}
    if hints := [hint for hint in neuroendocrine_hints(record) if hint.reference not in named]:
        return unknown(name, Gap.NOT_RECORDED, "something recorded may be a neuroendocrine tumor", hints)
    return none_found(name, NenCount.NONE, "Conditions searched, no neuroendocrine tumor found", record, "conditions")


def _other_cancer(seen: tuple[Seen, ...], record: Record) -> Feature:
    name = "other-cancer"
    values: set[str] = set()
    found: list[Seen] = []
    for item in seen:
        if item.is_after_resection or not item.tumor.all_conditions:
            continue
        if item.diagnosis.is_unknown or (item.is_one_of((Diagnosis.OTHER_CANCER, Diagnosis.NSCLC)) and _is_open(item)):
            values.add(OtherCancer.UNKNOWN)
            found.append(item)
        elif item.is_one_of((Diagnosis.OTHER_CANCER, Diagnosis.NSCLC)):
            values.add(_named_cancer(item))
            found.append(item)
    if OtherCancer.UNKNOWN in values:
        held = frozenset(str(value) for value in values)
        return Feature(name, held, _evidence(found), Gap.NOT_RECORDED, "the kind of a cancer is not recorded")
    if values:
        return Feature(name, frozenset(str(value) for value in values), _evidence(found))
    if unsorted := list(malignant_elsewhere(record)):
        return unknown(name, Gap.NOT_RECORDED, "the kind of a cancer is not recorded", unsorted)
    return none_found(name, OtherCancer.NONE, "Conditions searched, no other cancer found", record, "conditions")


def _named_cancer(item: Seen) -> OtherCancer:
    if item.is_one_of((Diagnosis.NSCLC,)):
        return OtherCancer.NSCLC
    return _NAMED_CANCERS.get(item.tumor.family, OtherCancer.OTHER)


def _is_open(item: Seen) -> bool:
    """Only suspected, or neither active nor surely gone."""
    return item.tumor.suspected or item.course.is_unknown


def _nse_context(seen: tuple[Seen, ...], record: Record) -> Feature:
    """Over the active tumors, and only if there is none over those after resection, the first that holds."""
    name = "nse-context"
    present = [item for item in seen if item.tumor.all_conditions]
    pool = [item for item in present if not item.is_after_resection] or present
    for context, diagnoses in _CONTEXTS:
        if found := [item for item in pool if item.is_one_of(diagnoses)]:
            return known(name, context, evidence=_evidence(found))
    if found := [item for item in pool if item.lacks_histology]:
        return known(name, NseContext.HISTOLOGY_UNKNOWN, evidence=_evidence(found))
    if found := [item for item in pool if item.diagnosis.is_unknown]:
        return unknown(name, Gap.NOT_RECORDED, "the kind of a tumor is not recorded", _evidence(found))
    for context, diagnoses in _LATER_CONTEXTS:
        if found := [item for item in pool if item.is_one_of(diagnoses)]:
            return known(name, context, evidence=_evidence(found))
    return _without_tumor(record)


def _without_tumor(record: Record) -> Feature:
    """No Condition names a tumor: what else may explain the NSE, or forbids to say that nothing does."""
    name = "nse-context"
    happened = list(arrests(record))
    if recent := [shown for certain, shown in happened if certain]:
        return known(name, NseContext.NEURO_PROGNOSIS, evidence=recent)
    if happened:
        return unknown(name, Gap.NOT_READABLE, "when it happened is not recorded", [shown for _, shown in happened])
    if hints := list(tumor_hints(record)):
        return unknown(name, Gap.NOT_RECORDED, "something recorded may be a tumor", hints)
    return none_found(name, NseContext.NONE, "Conditions searched, no cancer or suspicion found", record, "conditions")
