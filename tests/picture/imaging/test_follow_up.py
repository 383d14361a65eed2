"""Imaging after the resection of a tumor: due, not due, not needed."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    condition,
    disease_status,
    feature,
    gap,
    observation,
    pathology,
    procedure,
    report,
    said,
    seen,
)

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
APPENDIX = condition("icd-10-cm|C7A.020", id="appendix")
RECTUM = condition("icd-10-cm|C7A.026", id="rectum")
R0 = "Completely resected, R0"


def follow_up(*resources: Resource, tumor: Resource = ILEUM, **options: Any) -> str:
    return seen("follow-up-imaging", tumor, *resources, **options)


def why(*resources: Resource, tumor: Resource = ILEUM, **options: Any) -> Gap | None:
    return gap("follow-up-imaging", tumor, *resources, **options)


def resected(date: str, text: str = "Small bowel resection") -> Resource:
    return procedure(text=text, date=date)


def ct(date: str, text: str = "CT abdomen and pelvis") -> Resource:
    return report(text, "No lesion", date=date)


def size(millimeters: float) -> Resource:
    return observation("loinc|33728-7", millimeters, "mm", date="2025-07-01")


# --- the clock ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("date", "value"), [("2025-11-15T12:00:00Z", "not-due"), ("2025-11-15T11:59:59Z", "overdue")])
def test_the_clock_starts_at_the_resection(date: str, value: str) -> None:
    assert follow_up(resected(date)) == value


@pytest.mark.parametrize(("date", "value"), [("2025-11-15T12:00:00Z", "not-due"), ("2025-11-15T11:59:59Z", "overdue")])
def test_a_later_ct_starts_it_again(date: str, value: str) -> None:
    assert follow_up(resected("2023-02-01"), ct(date)) == value


def test_a_ct_before_the_resection_does_not() -> None:
    assert follow_up(resected("2026-02-01"), ct("2024-01-01")) == "not-due"


@pytest.mark.parametrize(
    ("operation", "imaging", "value"),
    [
        ("2021-11-15T12:00:00Z", "2025-01-15", "overdue"),
        ("2021-11-15T11:59:59Z", "2025-01-15", "not-due"),
        ("2018-01-01", "2024-11-15T12:00:00Z", "not-due"),
        ("2018-01-01", "2024-11-15T11:59:59Z", "overdue"),
    ],
)
def test_after_5_years_the_interval_is_24_months(operation: str, imaging: str, value: str) -> None:
    assert follow_up(resected(operation), ct(imaging)) == value


@pytest.mark.parametrize(
    ("operation", "imaging", "value"),
    [
        ("2025-11", None, "unknown"),
        ("2025-10", None, "overdue"),
        ("2023-02-01", "2025-11", "unknown"),
        ("2021-11", "2025-01-15", "unknown"),  # within or after the fifth year
        ("2021-11", "2026-01-15", "not-due"),
        ("2021-11", "2023-01-15", "overdue"),
    ],
)
def test_a_date_that_allows_both_leaves_it_open(operation: str, imaging: str | None, value: str) -> None:
    found = [ct(imaging)] if imaging else []
    assert follow_up(resected(operation), *found) == value
    assert value != "unknown" or why(resected(operation), *found) is Gap.NOT_READABLE


def test_imaging_of_another_region_does_not_count() -> None:
    assert follow_up(resected("2023-02-01"), ct("2026-10-01", "MRI brain")) == "overdue"
    assert why(resected("2023-02-01"), ct("2026-10-01", "CT")) is Gap.NOT_READABLE


def test_an_undated_resection_starts_no_clock() -> None:
    assert why(resected("")) is Gap.NOT_RECORDED
    assert why(resected(""), resected("2023-02-01"), ct("2024-01-01")) is Gap.NOT_RECORDED


def test_overdue_needs_a_search_of_imaging() -> None:
    missing: dict[str, Any] = {"without": ("reports", "imaging-studies")}
    assert why(resected("2023-02-01"), **missing) is Gap.NOT_SEARCHED
    assert follow_up(resected("2026-02-01"), **missing) == "not-due"
    assert "in the data given" in said("follow-up-imaging", ILEUM, resected("2023-02-01"))


def test_the_evidence_names_resection_and_imaging() -> None:
    words = said("follow-up-imaging", ILEUM, resected("2023-02-01"), ct("2024-01-01"))
    assert words == "Small bowel resection, 2023-02-01 | CT abdomen and pelvis, 2024-01-01"
    assert feature("follow-up-imaging", ILEUM, resected("2023-02-01")).note == "later than 12 months"


# --- who is followed ---------------------------------------------------------------------------------------------


def test_a_tumor_that_was_not_resected_or_came_back_is_not_followed_this_way() -> None:
    assert follow_up() == "not-applicable"
    assert follow_up(resected("2023-02-01"), disease_status("worsened", "2024-10-01")) == "not-applicable"


def test_an_unknown_course_leaves_it_open() -> None:
    assert why(tumor=condition("icd-10-cm|C7A.012", clinicalStatus="inactive")) is Gap.NOT_RECORDED
    assert gap("follow-up-imaging") is Gap.NOT_RECORDED


@pytest.mark.parametrize(
    ("tumor", "operation"), [(APPENDIX, "Appendectomy"), (RECTUM, "Endoscopic mucosal resection of rectal tumor")]
)
@pytest.mark.parametrize(("millimeters", "value"), [(9.9, "not-needed"), (10, "overdue")])
def test_a_small_tumor_of_appendix_or_rectum_removed_whole_needs_none(
    tumor: Resource, operation: str, millimeters: float, value: str
) -> None:
    removed = resected("2023-02-01", operation)
    assert follow_up(removed, size(millimeters), pathology(R0), tumor=tumor) == value


def test_a_small_ileal_tumor_is_followed() -> None:
    assert follow_up(resected("2023-02-01"), size(9), pathology(R0)) == "overdue"


def test_size_or_margin_not_recorded_leaves_a_tumor_of_the_appendix_open() -> None:
    removed = resected("2023-02-01", "Appendectomy")
    assert why(removed, pathology(R0), tumor=APPENDIX) is Gap.NOT_RECORDED
    assert why(removed, size(9), tumor=APPENDIX) is Gap.NOT_RECORDED
    assert follow_up(resected("2026-02-01", "Appendectomy"), tumor=APPENDIX) == "not-due"
