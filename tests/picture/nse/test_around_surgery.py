"""NSE before and after the resection of a neuroendocrine tumor."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, condition, gap, line, nse, procedure, ref, said, seen

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
BEFORE, AFTER = "nse-before-surgery", "nse-after-surgery"


def removed(date: str = "2026-09-01", **members: Any) -> Resource:
    return procedure(text="Small bowel resection", date=date, **members)


def before(*resources: Resource, operation: Resource | None = None) -> str:
    return seen(BEFORE, ILEUM, operation or removed(), *resources)


def after(*resources: Resource, operation: Resource | None = None) -> str:
    return seen(AFTER, ILEUM, operation or removed(), *resources)


# --- no resection ------------------------------------------------------------------------------------------------


def test_without_a_resection_there_is_no_before_and_no_after() -> None:
    assert (seen(BEFORE, ILEUM, nse()), seen(AFTER, ILEUM, nse())) == ("none", "not-applicable")
    assert (seen(BEFORE), seen(AFTER)) == ("none", "not-applicable")


@pytest.mark.parametrize("name", [BEFORE, AFTER])
def test_no_resection_is_said_only_after_a_search(name: str) -> None:
    assert gap(name, ILEUM, without=("procedures",)) is Gap.NOT_SEARCHED
    assert gap(name, without=("conditions",)) is Gap.NOT_SEARCHED


@pytest.mark.parametrize("name", [BEFORE, AFTER])
def test_a_resection_without_a_date_leaves_it_open(name: str) -> None:
    assert gap(name, ILEUM, removed(""), nse()) is Gap.NOT_READABLE


@pytest.mark.parametrize("name", [BEFORE, AFTER])
def test_a_resection_told_only_in_words_leaves_it_open(name: str) -> None:
    told = condition("icd-10-cm|C7A.012", text="Ileal NET, status post resection")
    assert gap(name, told, nse()) is Gap.NOT_READABLE


def test_the_resection_of_another_cancer_is_none_of_ours() -> None:
    breast = condition("icd-10-cm|C50.911")
    assert seen(AFTER, breast, procedure(text="Mastectomy", date="2026-09-01"), nse()) == "not-applicable"


# --- before ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "expected"), [(34, "high"), (12, "normal")])
def test_the_last_reading_before_the_resection_counts(value: float, expected: str) -> None:
    assert before(nse(90, date="2026-05-01"), nse(value, date="2026-08-01"), nse(90, date="2026-10-10")) == expected
    assert "Small bowel resection" in said(BEFORE, ILEUM, removed(), nse(value, date="2026-08-01"))


@pytest.mark.parametrize(("date", "expected"), [("2026-03-05", "high"), ("2026-03-04", "none")])
def test_a_reading_before_the_resection_counts_for_180_days(date: str, expected: str) -> None:
    assert before(nse(34, date=date)) == expected


def test_a_resection_of_more_than_a_year_ago_has_its_reading_too() -> None:
    assert before(nse(34, date="2025-06-20"), operation=removed("2025-07-01")) == "high"


def test_of_the_day_of_the_resection_only_a_draw_that_surely_came_first_counts() -> None:
    operation = removed("2026-09-01T09:00:00Z")
    assert before(nse(34, date="2026-09-01T07:00:00Z"), operation=operation) == "high"
    assert before(nse(34, date="2026-09-01T11:00:00Z"), operation=operation) == "none"
    assert before(nse(34, date="2026-09-01")) == "unknown"


def test_readings_that_cannot_be_used_are_not_the_one_before() -> None:
    hemolyzed = nse(90, date="2026-08-20", note="hemolyzed")
    assert before(hemolyzed, nse(12, date="2026-08-01")) == "normal"
    assert before(hemolyzed) == "none"
    assert before(nse(90, date="2026-08-20", status="preliminary")) == "none"


def test_coarse_dates_before_the_resection_leave_it_open() -> None:
    for readings in ([nse(34, date="2026-09")], [nse(34, date="2026-03")], [nse(date="")]):
        assert gap(BEFORE, ILEUM, removed("2026-09-02"), *readings) is Gap.NOT_READABLE
    stroke = condition("icd-10-cm|I63.9", onsetDateTime="2026-08")
    assert gap(BEFORE, ILEUM, removed(), nse(34, date="2026-08-10"), stroke) is Gap.NOT_READABLE
    assert before(nse(34, date="2026-08")) == "high"
    assert before(nse(90, date="2026-03"), nse(12, date="2026-08-10")) == "normal"


def test_a_reading_before_without_a_level_leaves_it_open() -> None:
    assert gap(BEFORE, ILEUM, removed(), nse(">10 ug/L", date="2026-08-10")) is Gap.NOT_READABLE


def test_no_reading_before_is_said_only_after_a_search() -> None:
    assert gap(BEFORE, ILEUM, removed(), without=("nse",)) is Gap.NOT_SEARCHED


def test_of_two_resections_the_last_counts() -> None:
    first = removed("2026-01-01")
    assert before(nse(34, date="2025-12-20"), nse(12, date="2026-08-01"), first) == "normal"


# --- after -------------------------------------------------------------------------------------------------------


def test_two_high_readings_after_the_resection_are_persistently_high() -> None:
    assert after(nse(34, date="2026-10-01"), nse(30, date="2026-10-16")) == "persistently-high"


@pytest.mark.parametrize(("date", "expected"), [("2026-09-07", "too-early"), ("2026-09-08", "high-once")])
def test_readings_count_from_the_seventh_day_after_the_resection(date: str, expected: str) -> None:
    assert after(nse(34, date=date)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((34, 30), "persistently-high"),
        ((12, 30), "high-once"),
        ((34, 12), "normal"),
        ((34, 34, 12), "normal"),
        ((12, 34, 30), "persistently-high"),
        ((12,), "normal"),
        ((30,), "high-once"),
    ],
)
def test_the_last_two_readings_after_the_resection_decide(values: tuple[float, ...], expected: str) -> None:
    readings = [nse(value, date=f"2026-10-{10 + 5 * i}") for i, value in enumerate(values)]
    assert after(*readings) == expected


def test_two_results_of_one_sample_after_the_resection_are_one() -> None:
    same: dict[str, Any] = {"specimen": ref("Specimen/s")}
    assert (
        after(nse(34, date="2026-10-01", **same), nse(33, date="2026-10-02", **same), line(Specimen="", id="s"))
        == "high-once"
    )


def test_another_operation_after_the_resection_spoils_its_readings() -> None:
    later = procedure(text="Cholecystectomy", date="2026-10-01")
    assert after(nse(34, date="2026-10-05"), later) == "unknown"
    assert after(nse(34, date="2026-09-12"), procedure(text="Cholecystectomy", date="2026-09-01")) == "high-once"


def test_only_hemolyzed_readings_after_the_resection_leave_it_open() -> None:
    assert gap(AFTER, ILEUM, removed(), nse(34, date="2026-10-05", note="hemolyzed")) is Gap.NOT_RECORDED
    assert gap(AFTER, ILEUM, removed(), nse(34, date="2026-08-05")) is Gap.NOT_RECORDED


def test_no_second_reading_is_said_only_after_a_search() -> None:
    assert gap(AFTER, ILEUM, removed(), nse(34, date="2026-10-05"), without=("nse",)) is Gap.NOT_SEARCHED
    assert gap(AFTER, ILEUM, removed(), nse(34, date="2026-09-03"), without=("nse",)) is Gap.NOT_SEARCHED
    found = nse(34, date="2026-10-05"), nse(34, date="2026-10-25")
    assert seen(AFTER, ILEUM, removed(), *found, without=("nse",)) == "persistently-high"


def test_coarse_dates_after_the_resection_leave_it_open() -> None:
    assert gap(AFTER, ILEUM, removed(), nse(34, date="2026-09")) is Gap.NOT_READABLE
    assert gap(AFTER, ILEUM, removed("2026-09"), nse(34, date="2026-09-20")) is Gap.NOT_READABLE
    stroke = condition("icd-10-cm|I63.9", onsetDateTime="2026-10")
    assert gap(AFTER, ILEUM, removed(), nse(34, date="2026-10-10"), stroke) is Gap.NOT_READABLE
    assert after(nse(34, date="2026-10")) == "high-once"


@pytest.mark.parametrize("values", [(">10 ug/L", 30), (30, ">10 ug/L"), (">10 ug/L",)])
def test_a_reading_after_without_a_level_leaves_it_open(values: tuple[Any, ...]) -> None:
    readings = [nse(value, date=f"2026-10-{10 + 5 * i}") for i, value in enumerate(values)]
    assert gap(AFTER, ILEUM, removed(), *readings) is Gap.NOT_READABLE
