"""Biotin at the draw of a marker: high, low or unreadable daily dose."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, administration, cga, gap, nse, observation, record, request, said, seen, statement

DRAWN = nse(date="2026-10-15")
KEYS = ("medication-requests", "medication-statements")


def biotin(*resources: Resource, **options: Any) -> str:
    return seen("biotin", *resources, **options)


def daily(value: float, unit: str) -> dict[str, Any]:
    timing = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    return {"dosage": [{"doseAndRate": [{"doseQuantity": {"value": value, "unit": unit}}], "timing": timing}]}


@pytest.mark.parametrize(
    ("value", "unit", "dose"),
    [
        (5000, "ug", "low-dose"),
        (5, "mg", "low-dose"),
        (5.01, "mg", "high-dose"),
        (5001, "µg", "high-dose"),
        (10000, "mcg", "high-dose"),
        (30, "ug", "low-dose"),
        (1, "drop", "dose-not-recorded"),
    ],
)
def test_more_than_5_mg_a_day_is_a_high_dose(value: float, unit: str, dose: str) -> None:
    assert biotin(statement("Biotin", **daily(value, unit))) == dose


@pytest.mark.parametrize(
    ("drug", "dose"),
    [
        ("biotin 10 mg daily", "high-dose"),
        ("Biotin 5 mg daily", "low-dose"),
        ("Biotin 5,000 mcg daily", "low-dose"),
        ("Biotin 10,000 mcg daily", "high-dose"),
        ("Biotin 30 ug", "low-dose"),
        ("Biotin 10 mg", "dose-not-recorded"),
        ("Biotin", "dose-not-recorded"),
        ("Vitamin B7", "dose-not-recorded"),
        ("atc|A11HA05", "dose-not-recorded"),
        ("rxnorm|1588 'biotin'", "dose-not-recorded"),
        ("Biotinidase test", "none-recorded"),
        ("Biotin shampoo", "none-recorded"),
        ("Vitamin B12", "none-recorded"),
    ],
)
def test_biotin_is_known_by_code_or_words(drug: str, dose: str) -> None:
    assert biotin(statement(drug)) == dose


def test_the_evidence_tells_the_daily_dose() -> None:
    assert said("biotin", statement("Biotin", **daily(10000, "mcg"))) == (
        "Biotin (statement, active), 2026-09-01: 10 mg a day"
    )
    assert said("biotin", statement("Biotin")).endswith("daily dose not readable")


# --- several -----------------------------------------------------------------------------------------------------


def test_several_preparations_add_up_and_the_same_one_ordered_and_told_counts_once() -> None:
    three = statement("Biotin 3 mg daily")
    assert biotin(three, request("Biotin 3 mg daily")) == "low-dose"
    assert biotin(three, statement("Hair biotin 2 mg daily")) == "low-dose"
    assert biotin(three, statement("Hair biotin 2.5 mg daily")) == "dose-not-recorded"  # one after the other, or both
    assert biotin(three, statement("Biotin")) == "dose-not-recorded"
    assert biotin(statement("Biotin"), statement("Biotin 10 mg daily")) == "high-dose"


def test_an_administration_counts_where_nothing_else_tells_the_dose() -> None:
    given = administration("Biotin 30 ug", "2026-11-15")
    assert biotin(given) == "low-dose"
    assert biotin(given, statement("Biotin 10 mg daily")) == "high-dose"


def test_one_that_may_have_been_taken_leaves_a_low_dose_open() -> None:
    perhaps = statement("Biotin 10 mg daily", status="unknown")
    assert biotin(statement("Biotin 1 mg daily"), perhaps) == "dose-not-recorded"
    assert biotin(perhaps) == "unknown"


# --- when --------------------------------------------------------------------------------------------------------


def taken(start: str, end: str) -> Resource:
    return statement("Biotin 10 mg daily", date="", effectivePeriod={"start": start, "end": end})


@pytest.mark.parametrize(
    ("start", "end", "dose"),
    [
        ("2026-10-01", "2026-10-15", "high-dose"),
        ("2026-10-15", "2026-10-20", "high-dose"),
        ("2026-10-01", "2026-10-14", "none-recorded"),
        ("2026-10-16", "2026-10-20", "none-recorded"),
        ("2026-10-01", "2026-10", "unknown"),
    ],
)
def test_it_ran_on_the_day_of_the_draw(start: str, end: str, dose: str) -> None:
    assert biotin(DRAWN, taken(start, end)) == dose


def test_the_draw_of_nse_is_asked_about_before_that_of_another_marker() -> None:
    later = cga(date="2026-11-01")
    assert biotin(DRAWN, later, taken("2026-10-30", "2026-11-02")) == "none-recorded"
    assert biotin(later, taken("2026-10-30", "2026-11-02")) == "high-dose"
    assert biotin(later, cga(date="2026-03-01"), taken("2026-02-01", "2026-03-02")) == "none-recorded"


def test_without_a_draw_of_the_last_year_the_question_is_today() -> None:
    assert biotin(taken("2026-10-01", "2026-11-15")) == "high-dose"
    assert biotin(cga(date="2025-01-01"), taken("2025-01-01", "2025-01-02")) == "none-recorded"
    assert biotin(observation("loinc|9811-1", 90, date=""), taken("2026-10-01", "2026-11-15")) == "high-dose"


def test_none_is_said_after_a_search_alone() -> None:
    assert biotin() == "none-recorded"
    assert biotin(without=KEYS[:1]) == "none-recorded"
    assert gap("biotin", without=KEYS) is Gap.NOT_SEARCHED
    assert gap("biotin", request("")) is Gap.NOT_READABLE
    assert "at the draw of 2026-10-15" in said("biotin", DRAWN)
    assert record().searched(*KEYS)
