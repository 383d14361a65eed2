"""The patient as a person: alive, age, care goal, pregnancy, performance status.

Gender is administrative: a record of pregnancy wins over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cds_service.fhir.codes import Codeable
from cds_service.fhir.dates import When, parse
from cds_service.fhir.resources import Resource
from cds_service.fhir.values import code_of, date_of
from cds_service.guideline.concepts import ConceptId, concept_id
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.limits import Limits
from cds_service.guideline.patient_values import AgeGroup, CareGoal, Deceased, PerformanceStatus, Pregnancy
from cds_service.picture.record import (
    ACTIVE,
    Record,
    clinical_status,
    dated,
    has_begun,
    has_ended,
    is_true,
    none_found,
    took_place,
)
from cds_service.picture.results import Result, results

_ECOG_SCORE = concept_id("answers/ecog-score")
_KARNOFSKY_SCORE = concept_id("answers/karnofsky-score")
_PREGNANCY_TEST = concept_id("status/pregnancy-test")
_PREGNANT = concept_id("answers/pregnant")
_POSITIVE = concept_id("answers/positive")
_NOT_PREGNANT = concept_id("answers/not-pregnant")
_NEGATIVE = concept_id("answers/negative")
_PREGNANCY = concept_id("patient/pregnancy")
_PREGNANCY_EXCLUDED = concept_id("patient/pregnancy-excluded")
_PREGNANCY_STATUS = concept_id("status/pregnancy-status")
_STATUS_ECOG = concept_id("status/ecog")
_KARNOFSKY = concept_id("status/karnofsky")
_COMFORT_ONLY = concept_id("patient/comfort-only")
_STERILE = concept_id("patient/sterile")


def person_features(record: Record) -> Iterator[Feature]:
    yield _deceased(record)
    yield _age_group(record)
    yield _care_goal(record)
    yield _pregnancy(record)
    yield _performance_status(record)


def _deceased(record: Record) -> Feature:
    patient = record.chart.patient
    if patient is None:
        return unknown("deceased", Gap.NOT_SEARCHED)
    flag, when = patient.at("deceasedBoolean"), patient.at("deceasedDateTime")
    if flag is True or str(flag).lower() == "true" or isinstance(when, str):
        return known("deceased", Deceased.YES, evidence=[Evidence("recorded as deceased", patient.reference)])
    return known("deceased", Deceased.NO, evidence=[Evidence("not recorded as deceased", patient.reference)])


def _birth(record: Record) -> When | None:
    return parse(record.chart.patient.at("birthDate")) if record.chart.patient else None


def _years(birth: datetime, now: datetime) -> int:
    return now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))


def _age_group(record: Record) -> Feature:
    birth = _birth(record)
    if birth is None:
        return unknown("age-group", Gap.NOT_RECORDED if record.chart.patient else Gap.NOT_SEARCHED)
    groups = {_group(_years(end, record.now), record) for end in (birth.earliest, birth.latest)}
    assert record.chart.patient is not None
    evidence = [Evidence(f"born {birth.text}", record.chart.patient.reference)]
    if len(groups) > 1:
        return unknown("age-group", Gap.NOT_READABLE, "the birth date allows two age groups", evidence)
    return known("age-group", groups.pop(), evidence=evidence)


def _group(years: int, record: Record) -> AgeGroup:
    if years >= record.limits.adult_age:
        return AgeGroup.ADULT
    return AgeGroup.INFANT if years < record.limits.infant_age else AgeGroup.CHILD


def _care_goal(record: Record) -> Feature:
    for resource in record.chart.of("Condition", "Procedure"):
        if _is_current(resource) and (meant := record.means(resource, _COMFORT_ONLY)):
            return known("care-goal", CareGoal.COMFORT_ONLY, evidence=[Evidence(meant[0].words, resource.reference)])
    return none_found(
        "care-goal", CareGoal.NONE_RECORDED, "Conditions searched, no comfort care found", record, "conditions"
    )


def _is_current(resource: Resource) -> bool:
    if resource.type == "Procedure":
        return has_begun(resource)
    return is_true(resource) and clinical_status(resource) in ACTIVE


def _pregnancy(record: Record) -> Feature:
    """A record of pregnancy first, then one that excludes it, then age and gender."""
    name = "pregnancy"
    pregnant = [
        *_pregnant_conditions(record),
        *_said(record, _PREGNANT, record.limits.pregnancy_days),
        *_tests(record, _POSITIVE, record.limits.pregnancy_status_days),
    ]
    if pregnant:
        return known(name, Pregnancy.PREGNANT, evidence=pregnant)
    excluded = [
        *_said(record, _NOT_PREGNANT, record.limits.pregnancy_status_days),
        *_tests(record, _NEGATIVE, record.limits.pregnancy_test_days),
        *_negative_test_conditions(record),
    ]
    if excluded:
        return known(name, Pregnancy.NOT_PREGNANT, evidence=excluded)
    reason = _not_applicable(record)
    if reason:
        return known(name, Pregnancy.NOT_APPLICABLE, evidence=[reason])
    if record.chart.patient is None:
        return unknown(name, Gap.NOT_SEARCHED)
    return known(name, Pregnancy.POSSIBLE, evidence=[Evidence("no record excludes it", record.chart.patient.reference)])


def _pregnant_conditions(record: Record) -> Iterator[Evidence]:
    for condition in record.chart.of("Condition"):
        meant = record.means(condition, _PREGNANCY) if is_true(condition) else ()
        if not meant or has_ended(condition):
            continue
        when = date_of(condition.data, "onsetDateTime", "onsetPeriod", "recordedDate")
        if when is None and not meant[0].by_code and clinical_status(condition) != "active":
            continue  # words alone do not say when
        if when is None or when.within_days(record.limits.pregnancy_days, record.now) is not False:
            yield Evidence(dated(meant[0].words, when), condition.reference)


def _negative_test_conditions(record: Record) -> Iterator[Evidence]:
    """A visit for a pregnancy test that was negative: as good as the test itself, and for as long."""
    for condition in record.chart.of("Condition"):
        meant = record.means(condition, _PREGNANCY_EXCLUDED) if is_true(condition) else ()
        when = date_of(condition.data, "onsetDateTime", "onsetPeriod", "recordedDate")
        if meant and when and when.within_days(record.limits.pregnancy_test_days, record.now):
            yield Evidence(dated(meant[0].words, when), condition.reference)


def _said(record: Record, answer: ConceptId, days: int) -> Iterator[Evidence]:
    """The newest pregnancy status, if it gives this answer and is not older than that."""
    stated = [r for r in results(record, _PREGNANCY_STATUS) if r.when and not r.preliminary]
    for result in stated[-1:]:
        assert result.when is not None
        if record.book.has(result.value.coded, answer) and result.when.within_days(days, record.now):
            yield Evidence(dated(result.value.coded.shown, result.when), result.resource.reference)


def _tests(record: Record, answer: ConceptId, days: int) -> Iterator[Evidence]:
    """The newest pregnancy test, if it is final, gives this answer and no other, and is not older than that."""
    for result in results(record, _PREGNANCY_TEST)[-1:]:
        recent = result.when and result.when.within_days(days, record.now)
        said = result.value.coded if not result.value.coded.is_empty else Codeable((), result.value.words)
        answers = {name for name in (_POSITIVE, _NEGATIVE) if record.book.has(said, name)}
        if recent and not result.preliminary and answers == {answer}:
            words = result.value.coded.shown or result.value.words
            yield Evidence(dated(f"pregnancy test {words}", result.when), result.resource.reference)


def _not_applicable(record: Record) -> Evidence | None:
    patient, birth = record.chart.patient, _birth(record)
    if patient is not None and code_of(patient.at("gender")) == "male":
        return Evidence("gender male", patient.reference)
    if patient is not None and birth is not None:
        oldest, youngest = (_years(birth.earliest, record.now), _years(birth.latest, record.now))
        if oldest < record.limits.pregnancy_age_from or youngest > record.limits.pregnancy_age_to:
            return Evidence(f"born {birth.text}", patient.reference)
    for resource in record.chart.of("Condition", "Procedure"):
        if took_place(resource) and (meant := record.means(resource, _STERILE)):
            return Evidence(meant[0].words, resource.reference)
    return None


_ECOG = {0: PerformanceStatus.GOOD, 1: PerformanceStatus.GOOD, 2: PerformanceStatus.REDUCED, 3: PerformanceStatus.POOR,
         4: PerformanceStatus.POOR}  # fmt: skip


def _performance_status(record: Record) -> Feature:
    """The newest ECOG or Karnofsky within the window."""
    name = "performance-status"
    stated = [r for r in results(record, _STATUS_ECOG, _KARNOFSKY) if r.when and not r.preliminary]
    for result in reversed(stated):
        assert result.when is not None
        if not result.when.within_days(record.limits.performance_days, record.now):
            break
        score = _score(result, record)
        if score is not None:
            scale = "Karnofsky" if result.concept.endswith("karnofsky") else "ECOG"
            shown = Evidence(dated(f"{scale} {score}", result.when), result.resource.reference)
            value = _karnofsky(score, record.limits) if scale == "Karnofsky" else _ECOG.get(score)
            if value is not None:
                return known(name, value, evidence=[shown])
    gap = Gap.NOT_RECORDED if record.searched("status") else Gap.NOT_SEARCHED
    return unknown(name, gap, "no ECOG or Karnofsky in the window")


def _score(result: Result, record: Record) -> int | None:
    coded = record.book.which(result.value.coded, _ECOG_SCORE, _KARNOFSKY_SCORE)
    if coded:
        return int(coded[0].attributes["value"])
    exact = result.value.amount.exact if result.value.amount else None
    return int(exact) if exact is not None and exact == int(exact) else None


def _karnofsky(score: int, limits: Limits) -> PerformanceStatus | None:
    if score not in range(1, 101):
        return None
    if score >= limits.karnofsky_good_from:
        return PerformanceStatus.GOOD
    return PerformanceStatus.REDUCED if score >= limits.karnofsky_reduced_from else PerformanceStatus.POOR
