"""Alive, age, care goal, pregnancy and performance status of the patient."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.cases.resources import patient as patient_of
from cds_service.guideline.features import Gap
from tests.charts import PATIENT, PATIENT_ID, READER, concept, condition, gap, observation, procedure, said, seen

WOMAN = PATIENT
MAN = WOMAN | {"gender": "male"}


def born(date: str) -> dict[str, Any]:
    return WOMAN | {"birthDate": date}


def ecog(score: Any, date: str = "2026-11-01", **members: Any) -> dict[str, Any]:
    return observation(
        "loinc|89247-1", date=date, **({"valueInteger": score} if isinstance(score, int) else score), **members
    )


def karnofsky(score: int, date: str = "2026-11-01") -> dict[str, Any]:
    return observation("loinc|89243-0", score, "{score}", date=date)


def pregnancy_status(code: str, date: str, **members: Any) -> dict[str, Any]:
    return observation("loinc|82810-3", concept(code), date=date, **members)


def pregnancy_test(value: Any, date: str, **members: Any) -> dict[str, Any]:
    return observation("loinc|2106-3", value, date=date, **members)


PREGNANT, NOT_PREGNANT = "snomed|77386006", "snomed|60001007"


# --- alive -------------------------------------------------------------------------------------------------------


def test_a_patient_without_a_word_on_death_is_alive() -> None:
    assert seen("deceased") == "no"
    assert seen("deceased", patient=WOMAN | {"deceasedBoolean": False}) == "no"


@pytest.mark.parametrize(
    "members", [{"deceasedBoolean": True}, {"deceasedBoolean": "true"}, {"deceasedDateTime": "2026-10"}]
)
def test_a_recorded_death_is_seen_in_each_form(members: dict[str, Any]) -> None:
    assert seen("deceased", patient=WOMAN | members) == "yes"


def test_a_patient_who_was_not_sent_may_be_dead() -> None:
    assert (seen("deceased", patient=None), gap("deceased", patient=None)) == ("unknown", Gap.NOT_SEARCHED)


# --- age ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "group"),
    [
        ("2008-11-15", "adult"),  # the eighteenth birthday is today
        ("2008-11-16", "child"),
        ("2025-11-15", "child"),  # the first birthday is today
        ("2025-11-16", "infant"),
        ("1985", "adult"),
        ("2015-06", "child"),
    ],
)
def test_age_groups_change_on_the_birthday(birth: str, group: str) -> None:
    assert seen("age-group", patient=born(birth)) == group


@pytest.mark.parametrize("birth", ["2008", "2008-11", "2025-11"])
def test_a_birth_date_that_allows_two_age_groups_decides_none(birth: str) -> None:
    assert (seen("age-group", patient=born(birth)), gap("age-group", patient=born(birth))) == (
        "unknown",
        Gap.NOT_READABLE,
    )


def test_without_a_birth_date_the_age_is_unknown() -> None:
    assert gap("age-group", patient=patient_of({}, PATIENT_ID, READER)) is Gap.NOT_RECORDED
    assert gap("age-group", patient=None) is Gap.NOT_SEARCHED


# --- care goal ---------------------------------------------------------------------------------------------------


def test_active_hospice_care_is_comfort_only() -> None:
    assert seen("care-goal", condition("snomed|385763009 'Hospice care'")) == "comfort-only"
    assert seen("care-goal", condition(text="Comfort measures only", clinicalStatus="")) == "comfort-only"


@pytest.mark.parametrize("status", ["in-progress", "completed"])
def test_an_admission_to_hospice_is_comfort_only(status: str) -> None:
    assert seen("care-goal", procedure("snomed|305336008 'Admission to hospice'", status=status)) == "comfort-only"


@pytest.mark.parametrize(
    "resource",
    [
        condition("snomed|385763009 'Hospice care'", clinicalStatus="resolved"),
        condition("snomed|385763009 'Hospice care'", verificationStatus="refuted"),
        procedure("snomed|305336008 'Admission to hospice'", status="not-done"),
        condition("snomed|103735009 'Palliative care'"),
        condition(text="Palliative care"),
        condition(text="Do not resuscitate"),
        condition(text="Hospice referral discussed"),
        condition("icd-10-cm|I10 'Hypertension'"),
    ],
)
def test_palliative_care_and_what_is_over_or_only_planned_is_not_comfort_only(resource: dict[str, Any]) -> None:
    assert seen("care-goal", resource) == "none-recorded"


def test_without_the_conditions_the_care_goal_is_unknown() -> None:
    assert gap("care-goal", without=("conditions",)) is Gap.NOT_SEARCHED


# --- pregnancy ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        condition("snomed|77386006 'Patient currently pregnant'", onsetDateTime="2026-08-01"),
        condition("icd-10-cm|Z34.90"),
        condition("icd-10-cm|O24.4", recordedDate="2026-10-01"),
        pregnancy_status(PREGNANT, "2026-10-01"),
    ],
)
def test_a_pregnancy_is_seen_in_conditions_and_in_the_status(resource: dict[str, Any]) -> None:
    assert seen("pregnancy", resource) == "pregnant"


@pytest.mark.parametrize(("onset", "value"), [("2026-01-19", "pregnant"), ("2026-01-18", "possible")])
def test_a_pregnancy_counts_for_300_days(onset: str, value: str) -> None:
    assert seen("pregnancy", condition("snomed|77386006", onsetDateTime=f"{onset}T12:00:00Z")) == value
    assert seen("pregnancy", pregnancy_status(PREGNANT, f"{onset}T12:00:00Z")) == value


@pytest.mark.parametrize(
    "members",
    [
        {"clinicalStatus": "resolved"},
        {"clinicalStatus": "inactive"},
        {"clinicalStatus": "remission"},
        {"abatementDateTime": "2026-10-30"},
        {"verificationStatus": "refuted"},
        {"onsetDateTime": "2023-05-01"},
    ],
)
def test_a_pregnancy_that_ended_or_that_nobody_closed_for_years_is_only_possible(members: dict[str, Any]) -> None:
    assert seen("pregnancy", condition("snomed|77386006", **members)) == "possible"


def test_a_record_of_pregnancy_wins_over_the_administrative_gender() -> None:
    assert seen("pregnancy", condition("snomed|77386006", onsetDateTime="2026-08-01"), patient=MAN) == "pregnant"


def test_a_preliminary_status_does_not_make_pregnant() -> None:
    assert seen("pregnancy", pregnancy_status(PREGNANT, "2026-10-01", status="preliminary")) == "possible"


@pytest.mark.parametrize(("drawn", "value"), [("2026-11-08", "not-pregnant"), ("2026-11-07", "possible")])
def test_a_negative_test_excludes_a_pregnancy_for_7_days(drawn: str, value: str) -> None:
    assert seen("pregnancy", pregnancy_test(concept("Negative"), f"{drawn}T12:00:00Z")) == value


@pytest.mark.parametrize(("seen_on", "value"), [("2026-11-08", "not-pregnant"), ("2026-11-07", "possible")])
def test_a_visit_with_a_negative_test_excludes_a_pregnancy_for_7_days(seen_on: str, value: str) -> None:
    assert seen("pregnancy", condition("icd-10-cm|Z32.02", recordedDate=f"{seen_on}T12:00:00Z")) == value


@pytest.mark.parametrize("members", [{}, {"recordedDate": "2026-11-14", "verificationStatus": "refuted"}])
def test_a_visit_with_a_negative_test_counts_only_with_its_date_and_if_true(members: dict[str, Any]) -> None:
    assert seen("pregnancy", condition("icd-10-cm|Z32.02", **members)) == "possible"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (concept("snomed|260385009 'Negative (qualifier value)'"), "not-pregnant"),
        (concept("snomed|260385009", text="Negative"), "not-pregnant"),
        (concept("snomed|10828004 'Positive (qualifier value)'"), "pregnant"),
        (concept("snomed|10828004", text="positiv"), "pregnant"),
    ],
)
def test_a_test_answered_by_snomed_is_read_by_its_words(answer: dict[str, Any], value: str) -> None:
    assert seen("pregnancy", pregnancy_test(answer, "2026-11-12")) == value


@pytest.mark.parametrize(("said_on", "value"), [("2026-10-16", "not-pregnant"), ("2026-10-15", "possible")])
def test_a_status_of_not_pregnant_counts_for_30_days(said_on: str, value: str) -> None:
    assert seen("pregnancy", pregnancy_status(NOT_PREGNANT, f"{said_on}T12:00:00Z")) == value


def test_a_newer_status_replaces_an_older_one() -> None:
    statuses = [pregnancy_status(NOT_PREGNANT, "2026-10-20"), pregnancy_status(PREGNANT, "2026-11-01")]
    assert seen("pregnancy", *statuses) == "pregnant"


@pytest.mark.parametrize(("value", "members"), [("Negative", {"status": "preliminary"}), ("invalid", {})])
def test_only_a_final_negative_test_excludes_a_pregnancy(value: str, members: dict[str, Any]) -> None:
    assert seen("pregnancy", pregnancy_test(value, "2026-11-14", **members)) == "possible"


def test_a_test_sent_as_words_is_read_and_shown() -> None:
    assert said("pregnancy", pregnancy_test("negative", "2026-11-14")) == "pregnancy test negative, 2026-11-14"


def test_the_newest_pregnancy_test_counts() -> None:
    tests = [pregnancy_test("negative", "2026-11-12"), pregnancy_test("positive", "2026-11-14")]
    assert seen("pregnancy", *tests) == "pregnant"


@pytest.mark.parametrize(
    ("birth", "value"),
    [
        ("2016-11-16", "not-applicable"),  # nine
        ("2016-11-15", "possible"),  # ten today
        ("1970-11-16", "possible"),  # still fifty-five
        ("1970-11-15", "not-applicable"),  # fifty-six today
        ("1970", "possible"),  # may be either
    ],
)
def test_pregnancy_is_asked_for_from_10_to_55_years(birth: str, value: str) -> None:
    assert seen("pregnancy", patient=born(birth)) == value


@pytest.mark.parametrize(
    "resource",
    [condition("icd-10-cm|Z90.710"), procedure("snomed|236886002 'Hysterectomy'"), procedure(text="Tubal ligation")],
)
def test_a_hysterectomy_or_recorded_sterility_makes_pregnancy_not_applicable(resource: dict[str, Any]) -> None:
    assert seen("pregnancy", resource) == "not-applicable"


@pytest.mark.parametrize(
    "resource",
    [
        procedure("snomed|236886002 'Hysterectomy'", status="in-progress"),
        condition("icd-10-cm|Z90.710", verificationStatus="refuted"),
        condition("icd-10-cm|Z90.712 'Acquired absence of cervix with remaining uterus'"),
    ],
)
def test_an_operation_that_was_not_done_leaves_pregnancy_possible(resource: dict[str, Any]) -> None:
    assert seen("pregnancy", resource) == "possible"


def test_a_man_is_not_asked_for_a_pregnancy() -> None:
    assert seen("pregnancy", patient=MAN) == "not-applicable"


def test_pregnancy_without_a_patient_is_unknown() -> None:
    assert gap("pregnancy", patient=None) is Gap.NOT_SEARCHED
    assert seen("pregnancy", patient=patient_of({}, PATIENT_ID, READER)) == "possible"


# --- performance status ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("score", "value"), [(0, "0-1"), (1, "0-1"), (2, "2"), (3, "3-4"), (4, "3-4"), (5, "unknown")])
def test_ecog_scores_fall_into_three_groups(score: int, value: str) -> None:
    assert seen("performance-status", ecog(score)) == value


@pytest.mark.parametrize(
    ("score", "value"),
    [
        (100, "0-1"),
        (80, "0-1"),
        (79, "2"),
        (70, "2"),
        (60, "2"),
        (59, "3-4"),
        (50, "3-4"),
        (10, "3-4"),
        (0, "unknown"),
        (150, "unknown"),
    ],
)
def test_karnofsky_scores_fall_into_the_same_groups(score: int, value: str) -> None:
    assert seen("performance-status", karnofsky(score)) == value


@pytest.mark.parametrize(("date", "value"), [("2026-08-17", "0-1"), ("2026-08-16", "unknown")])
def test_a_performance_status_counts_for_90_days(date: str, value: str) -> None:
    assert seen("performance-status", ecog(1, f"{date}T12:00:00Z")) == value


def test_the_newest_performance_status_counts() -> None:
    assert seen("performance-status", ecog(3, "2026-09-01"), ecog(1, "2026-11-01")) == "0-1"
    assert seen("performance-status", ecog(1, "2026-09-01"), karnofsky(60, "2026-11-01")) == "2"


@pytest.mark.parametrize(
    "score",
    [
        {"valueCodeableConcept": concept("loinc|LA9624-3")},
        {"valueCodeableConcept": concept("snomed|422894000")},
        {"valueCodeableConcept": concept("ECOG 2")},
        {"valueString": "2"},
    ],
)
def test_a_score_is_read_as_an_answer_code_or_in_words(score: dict[str, Any]) -> None:
    assert seen("performance-status", ecog(score)) == "2"


@pytest.mark.parametrize("score", [{"valueString": "1-2"}, {"valueString": "good"}, {"valueQuantity": {"value": 1.5}}])
def test_a_score_that_is_no_whole_number_is_unknown(score: dict[str, Any]) -> None:
    assert seen("performance-status", ecog(score)) == "unknown"


def test_a_preliminary_or_undated_score_does_not_count() -> None:
    assert seen("performance-status", ecog(1, status="preliminary"), ecog(1, "")) == "unknown"


def test_a_missing_performance_status_says_why_it_is_missing() -> None:
    assert gap("performance-status") is Gap.NOT_RECORDED
    assert gap("performance-status", without=("status",)) is Gap.NOT_SEARCHED


def test_words_without_a_date_make_a_pregnancy_only_where_they_are_called_active() -> None:
    assert seen("pregnancy", condition(text="Pregnant", clinicalStatus="")) == "possible"
    assert seen("pregnancy", condition(text="Pregnant")) == "pregnant"
    assert seen("pregnancy", condition(text="Pregnant", recordedDate="2026-09-01")) == "pregnant"


@pytest.mark.parametrize(
    "words",
    ["Pregnancy prevention", "Counseling about pregnancy", "Kinderwunsch", "Ectopic pregnancy", "Prior pregnancy"],
)
def test_words_about_another_pregnancy_or_none_make_none(words: str) -> None:
    assert seen("pregnancy", condition(text=words, recordedDate="2026-09-01")) == "possible"
