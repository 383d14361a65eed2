"""What besides a tumor may raise NSE at its draw."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, condition, feature, gap, nse, procedure, request, said, seen

NAME = "nse-confounder"
DRAW = nse()  # 2026-11-10


def confounders(*resources: Resource) -> str:
    return seen(NAME, DRAW, *resources)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (condition("icd-10-cm|N18.6"), "kidney-failure"),
        (condition(text="End-stage renal disease"), "kidney-failure"),
        (condition("icd-10-cm|K72.10"), "liver-failure"),
        (condition("snomed|59927004"), "liver-failure"),
        (condition(text="Akutes Leberversagen"), "liver-failure"),
        (condition("icd-10-cm|D59.1"), "hemolytic-anemia"),
        (condition("icd-10|D55.0"), "hemolytic-anemia"),
        (condition(text="Autoimmune hemolytic anemia"), "hemolytic-anemia"),
        (condition("icd-10-cm|A81.01"), "dementia"),
        (condition(text="Rapidly progressive dementia"), "dementia"),
    ],
)
def test_a_recorded_condition_is_a_confounder(resource: Resource, expected: str) -> None:
    assert confounders(resource) == expected


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|N18.30"),  # stage 3
        condition("icd-10-cm|K74.60"),  # cirrhosis
        condition("icd-10-cm|D50.9"),  # iron deficiency
        condition("icd-10-cm|G30.9"),  # Alzheimer
        condition(text="Sickle cell trait"),
        condition(text="No liver failure"),
        condition("icd-10-cm|K72.10", verificationStatus="provisional"),
        condition("icd-10-cm|K72.10", verificationStatus="refuted"),
    ],
)
def test_what_is_milder_denied_or_only_suspected_is_none(resource: Resource) -> None:
    assert confounders(resource) == "none-recorded"


def test_several_confounders_stand_together() -> None:
    found = condition("icd-10-cm|N18.6"), condition("icd-10-cm|D59.1"), condition("icd-10-cm|N18.5")
    assert confounders(*found) == "hemolytic-anemia kidney-failure"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"onsetDateTime": "2026-11-10"}, "liver-failure"),
        ({"onsetDateTime": "2026-11-11"}, "none-recorded"),
        ({"onsetDateTime": "2026-11"}, "unknown"),
        ({"clinicalStatus": "resolved", "abatementDateTime": "2026-11-10"}, "liver-failure"),
        ({"clinicalStatus": "resolved", "abatementDateTime": "2026-11-09"}, "none-recorded"),
        ({"clinicalStatus": "resolved", "abatementPeriod": {"end": "2026-11-12"}}, "liver-failure"),
        ({"clinicalStatus": "resolved", "abatementDateTime": "2026-11"}, "unknown"),
        ({"clinicalStatus": "resolved"}, "unknown"),  # when it ended is not recorded
        ({"clinicalStatus": "resolved", "onsetDateTime": "2026-11-12"}, "none-recorded"),
        ({"clinicalStatus": ""}, "liver-failure"),
    ],
)
def test_a_condition_counts_that_was_there_at_the_draw(members: dict[str, Any], expected: str) -> None:
    assert confounders(condition("icd-10-cm|K72.10", **members)) == expected


def test_a_doubtful_one_beside_a_certain_one_stays_open() -> None:
    certain, doubtful = condition("icd-10-cm|N18.6"), condition("icd-10-cm|K72.10", clinicalStatus="resolved")
    assert confounders(certain, doubtful) == "kidney-failure unknown"
    assert gap(NAME, DRAW, certain, doubtful) is Gap.NOT_READABLE
    again = condition("icd-10-cm|N18.5", clinicalStatus="resolved")
    assert confounders(certain, again) == "kidney-failure"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-11-09", "kidney-failure"),
        ("2026-08-12", "kidney-failure"),
        ("2026-08-11", "none-recorded"),
        ("2026-11-12", "none-recorded"),
        ("2026-08", "unknown"),
        ("", "none-recorded"),
    ],
)
def test_dialysis_as_a_procedure_counts_for_90_days(date: str, expected: str) -> None:
    assert confounders(procedure(text="Hemodialysis", date=date)) == expected
    assert confounders(procedure(text="Hemodialysis", date=date, status="not-done")) == "none-recorded"


def test_the_draw_is_that_of_the_newest_reading() -> None:
    ended = condition("icd-10-cm|K72.10", clinicalStatus="resolved", abatementDateTime="2026-10-01")
    assert seen(NAME, ended, nse(date="2026-09-20")) == "liver-failure"
    assert seen(NAME, ended, nse(date="2026-09-20"), DRAW) == "none-recorded"
    assert seen(NAME, condition("icd-10-cm|N18.6"), nse(date="2024-09-20")) == "kidney-failure"
    assert "N18.6" not in said(NAME, DRAW)


def test_without_an_nse_there_is_nothing_to_confound() -> None:
    assert seen(NAME, condition("icd-10-cm|N18.6")) == "none-recorded"
    assert gap(NAME, condition("icd-10-cm|N18.6"), without=("nse",)) is Gap.NOT_SEARCHED
    assert gap(NAME, nse(date="")) is Gap.NOT_READABLE


def test_none_is_said_only_after_conditions_and_medications_were_searched() -> None:
    assert confounders() == "none-recorded"
    assert gap(NAME, DRAW, without=("conditions",)) is Gap.NOT_SEARCHED
    assert gap(NAME, DRAW, without=("medication-requests", "medication-statements")) is Gap.NOT_SEARCHED
    assert gap(NAME, DRAW, without=("medication-requests",)) is None
    assert feature(NAME, DRAW).evidence[0].text.startswith("Conditions and medications searched")


# --- proton pump inhibitors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (request("atc|A02BC01"), "ppi"),
        (request("Nexium 40 mg"), "ppi"),
        (request("atc|A02BC01", date="2026-11-12"), "none-recorded"),
        (request("atc|A02BC01", status="stopped"), "unknown"),  # when it was stopped is not recorded
        (request("Metformin"), "none-recorded"),
    ],
)
def test_a_ppi_that_ran_on_the_day_of_the_draw_is_a_confounder(resource: Resource, expected: str) -> None:
    assert confounders(resource) == expected
