"""Chromogranin A: its level and its age."""

from __future__ import annotations

import pytest

from cds_service.guideline.features import Gap
from tests.picture.charts import cga, gap, picture, seen


@pytest.mark.parametrize(
    ("date", "age", "level"),
    [
        ("2026-11-01", "to-12-months", "high"),
        ("2025-11-15T12:00:00Z", "to-12-months", "high"),
        ("2025-11-15T11:59:59Z", "over-12-months", "none"),
        ("2025-11", "unknown", "unknown"),
    ],
)
def test_level_and_age_look_back_12_months(date: str, age: str, level: str) -> None:
    assert (seen("cga-age", cga(date=date)), seen("cga-level", cga(date=date))) == (age, level)


def test_no_chromogranin_a_is_said_only_after_a_search() -> None:
    assert (seen("cga-age"), seen("cga-level")) == ("none-found", "none")
    for name in ("cga-age", "cga-level"):
        assert gap(name, without=("markers",)) is Gap.NOT_SEARCHED


def test_an_undated_result_is_neither_found_nor_missing() -> None:
    for name in ("cga-age", "cga-level"):
        assert gap(name, cga(date="")) is Gap.NOT_READABLE


def test_the_newest_final_result_counts() -> None:
    assert seen("cga-level", cga(390, date="2026-06-01"), cga(50, date="2026-11-01")) == "normal"
    assert seen("cga-level", cga(50, status="preliminary"), cga(390, date="2026-06-01")) == "high"
    assert seen("cga-level", cga(390, status="preliminary")) == "high"


def test_the_lead_of_the_patient_holds_chromogranin_a() -> None:
    assert picture(cga()).leads["cga"] == "CgA 390 ug/L (limit 93)"
    assert "cga" not in picture().leads
