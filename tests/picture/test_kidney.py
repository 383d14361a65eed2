"""Kidney failure: by the newest eGFR, by a Condition, by dialysis; and when the chart leaves it open."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, condition, feature, gap, observation, procedure, said, seen

NAME = "kidney-failure"
STAGE_4 = "icd-10-cm|N18.4"


def egfr(value: Any, unit: str = "mL/min/{1.73_m2}", *, code: str = "loinc|98979-8", date: str = "2026-11-01",
         **members: Any) -> Resource:  # fmt: skip
    return observation(code, value, unit, date=date, **members)


def failure(*resources: Resource, **options: Any) -> str:
    return seen(NAME, *resources, **options)


# --- by the filtration rate --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "value"), [(29.9, "yes"), (30, "none-recorded"), (90, "none-recorded"), (4, "yes")])
def test_an_egfr_below_30_is_kidney_failure(rate: float, value: str) -> None:
    assert failure(egfr(rate)) == value


@pytest.mark.parametrize(("day", "value"), [("2026-08-17", "yes"), ("2026-08-16", "unknown")])
def test_an_egfr_counts_for_90_days(day: str, value: str) -> None:
    assert failure(egfr(20, date=f"{day}T12:00:00Z")) == value


@pytest.mark.parametrize(
    "code",
    ["98980-6", "62238-1", "94677-2", "50210-4", "77147-7", "33914-3", "69405-9", "88293-6", "88294-4", "48642-3",
     "48643-1", "50044-7", "70969-1", "76633-7", "97952-6"],
)  # fmt: skip
def test_an_egfr_is_known_by_each_formula(code: str) -> None:
    assert failure(egfr(20, code=f"loinc|{code}")) == "yes"


@pytest.mark.parametrize("words", ["eGFR (CKD-EPI)", "GFR, estimated", "Glomeruläre Filtrationsrate"])
def test_an_egfr_with_a_local_code_is_known_by_its_words(words: str) -> None:
    assert failure(egfr(20, code="", text=words)) == "yes"


@pytest.mark.parametrize("words", ["EGFR gene mutation", "Creatinine clearance, GFR in 24 h urine"])
def test_the_egfr_gene_and_a_clearance_are_no_filtration_rate(words: str) -> None:
    assert failure(egfr(20, code="", text=words)) == "none-recorded"


def test_the_newest_egfr_counts() -> None:
    assert failure(egfr(20, date="2026-10-01"), egfr(45)) == "none-recorded"
    assert failure(egfr(45, date="2026-10-01"), egfr(20)) == "yes"


def test_an_older_egfr_that_was_not_low_says_nothing_of_today_and_harms_nothing() -> None:
    assert failure(egfr(60, date="2024-01-01")) == "none-recorded"


def test_an_old_low_egfr_leaves_it_open() -> None:
    old = egfr(20, date="2024-01-01")
    assert (failure(old), gap(NAME, old)) == ("unknown", Gap.NOT_READABLE)
    assert said(NAME, old) == "eGFR 20 mL/min/{1.73_m2}, 2024-01-01"


@pytest.mark.parametrize(("words", "value"), [(">60 mL/min", "none-recorded"), ("<15 mL/min", "yes"),
                                              ("<60 mL/min", "unknown"), ("see note", "unknown")])  # fmt: skip
def test_a_bound_decides_where_it_lies_on_one_side(words: str, value: str) -> None:
    assert failure(egfr(words)) == value


@pytest.mark.parametrize(
    ("rate", "unit", "value"),
    [(">60", "", "none-recorded"), (20, "", "unknown"), (0.9, "mL/s", "unknown"), (20, "ml/min/1,73m²", "yes")],
)
def test_without_its_unit_only_a_high_figure_is_believed(rate: Any, unit: str, value: str) -> None:
    assert failure(egfr(rate, unit)) == value


def test_two_formulas_of_one_day_that_disagree_leave_it_open() -> None:
    both = [egfr(28, code="loinc|48642-3"), egfr(34, code="loinc|48643-1")]
    assert (failure(*both), gap(NAME, *both)) == ("unknown", Gap.NOT_READABLE)
    assert failure(egfr(28, code="loinc|48642-3"), egfr(29, code="loinc|48643-1")) == "yes"


def test_an_undated_low_egfr_leaves_it_open() -> None:
    assert failure(egfr(20, date="")) == "unknown"


def test_a_preliminary_egfr_counts_only_alone_and_is_labelled() -> None:
    early = egfr(20, status="preliminary")
    assert failure(early, egfr(45, date="2026-10-01")) == "none-recorded"
    assert (failure(early), "preliminary" in said(NAME, early)) == ("yes", True)


def test_an_egfr_without_a_value_gives_way_to_the_one_before() -> None:
    assert failure(egfr(None), egfr(20, date="2026-10-20")) == "yes"
    assert failure(egfr(None)) == "unknown"


# --- by Conditions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        condition(STAGE_4),
        condition("icd-10-cm|N185"),
        condition("icd-10-cm|N18.6"),
        condition("icd-10|N18.5"),
        condition("icd-10|Z99.2"),
        condition("snomed|431857002"),
        condition("snomed|433146000"),
        condition("snomed|46177005"),
        condition(text="CKD stage 4"),
        condition(text="Chronic kidney disease G5"),
        condition(text="Dialysepflichtige Niereninsuffizienz"),
        condition(text="Chronische Niereninsuffizienz im Stadium 4"),
        condition(text="End-stage renal disease", clinicalStatus=""),
    ],
)
def test_chronic_kidney_disease_of_stage_4_and_5_is_kidney_failure(resource: Resource) -> None:
    assert failure(resource) == "yes"
    assert failure(resource, egfr(35)) == "yes"


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|N18.30"),
        condition("icd-10-cm|N18.32"),
        condition("icd-10-cm|N18.9"),
        condition("snomed|433144002"),
        condition(text="CKD stage 3"),
        condition(text="No dialysis"),
        condition(text="Dialysis not required"),
        condition(text="Pre-dialysis education"),
        condition(STAGE_4, verificationStatus="refuted"),
        condition(STAGE_4, clinicalStatus="resolved"),
        condition("icd-10-cm|I10"),
    ],
)
def test_earlier_stages_and_what_is_denied_or_over_are_no_kidney_failure(resource: Resource) -> None:
    assert failure(resource) == "none-recorded"


@pytest.mark.parametrize(
    "resource",
    [
        condition(STAGE_4, verificationStatus="provisional"),
        condition(text="CKD 4?"),
        condition("icd-10-cm|N18.9 'Chronic kidney disease'", text="CKD stage 4"),
    ],
)
def test_a_suspicion_or_a_code_that_says_less_than_its_words_leaves_it_open(resource: Resource) -> None:
    assert (failure(resource), gap(NAME, resource)) == ("unknown", Gap.NOT_READABLE)
    assert failure(resource, egfr(55)) == "none-recorded"


# --- dialysis ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        procedure("snomed|302497006 'Hemodialysis'", date="2026-11-10"),
        procedure("snomed|71192002", status="in-progress", date="2024-01-01"),
        procedure(text="Hämodialyse", date="2026-11-10"),
    ],
)
def test_running_or_recent_dialysis_is_kidney_failure(resource: Resource) -> None:
    assert failure(resource) == "yes"


@pytest.mark.parametrize(("day", "value"), [("2026-08-17", "yes"), ("2026-08-16", "unknown"), ("", "unknown")])
def test_a_dialysis_counts_for_90_days(day: str, value: str) -> None:
    dated = procedure("snomed|302497006", date=f"{day}T12:00:00Z" if day else "")
    assert failure(dated) == value


def test_kidneys_that_recovered_after_a_dialysis_do_not_fail() -> None:
    assert failure(procedure("snomed|302497006", date="2023-01-01"), egfr(60)) == "none-recorded"


@pytest.mark.parametrize("status", ["not-done", "preparation", "entered-in-error"])
def test_a_dialysis_that_was_not_done_says_nothing(status: str) -> None:
    assert failure(procedure("snomed|302497006", date="2026-11-10", status=status)) == "none-recorded"


# --- absence -----------------------------------------------------------------------------------------------------


def test_nothing_found_is_none_recorded_only_after_both_searches() -> None:
    assert said(NAME) == "Conditions and eGFR searched, no kidney failure found"
    assert gap(NAME, without=("conditions",)) is Gap.NOT_SEARCHED
    assert gap(NAME, without=("status",)) is Gap.NOT_SEARCHED
    assert failure(egfr(60), without=("status",)) == "none-recorded"
    assert failure(egfr(60), without=("conditions",)) == "unknown"


def test_the_figure_stands_beside_the_condition_that_decided() -> None:
    shown = feature(NAME, condition(STAGE_4, id="ckd"), egfr(35, id="rate")).evidence
    assert [item.reference for item in shown] == ["Condition/ckd", "Observation/rate"]


@pytest.mark.parametrize("words", ["CKD G4A2", "CKD G5 A3", "CKD 5D", "Chronische Niereninsuffizienz, Stadium G4A1"])
def test_a_stage_with_its_albuminuria_is_a_stage(words: str) -> None:
    assert seen("kidney-failure", condition(text=words)) == "yes"
    assert seen("kidney-failure", condition(text="CKD G3bA2")) == "none-recorded"
