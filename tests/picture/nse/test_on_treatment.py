"""NSE under a running treatment: persistently high, or falling slowly."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, administration, condition, feature, gap, nse, procedure, request, said, seen

ETOPOSIDE = request("Etoposide", date="2026-08-01")
NO_DRUGS = ("medication-requests", "medication-statements")


def persistence(*resources: Resource) -> str:
    return seen("nse-persistence", *resources)


def half_life(*resources: Resource) -> str:
    return seen("nse-half-life", *resources)


def series(*values: Any, first: str = "2026-09-20", between: str = "2026-10-20", last: str = "2026-11-10",
           **members: Any) -> list[Resource]:  # fmt: skip
    return [nse(value, date=date, **members) for value, date in zip(values, (first, between, last), strict=False)]


# --- persistence -------------------------------------------------------------------------------------------------


def test_three_high_readings_over_7_weeks_of_treatment_are_persistently_high() -> None:
    assert persistence(*series(60, 58, 61), ETOPOSIDE) == "persistently-high"
    assert "Etoposide" in said("nse-persistence", *series(60, 58, 61), ETOPOSIDE)


def test_two_readings_are_too_few_to_persist() -> None:
    assert persistence(*series(60, 58), ETOPOSIDE) == "no"
    assert persistence() == "no"
    assert gap("nse-persistence", *series(60, 58), ETOPOSIDE, without=("nse",)) is Gap.NOT_SEARCHED


@pytest.mark.parametrize(("first", "expected"), [("2026-09-29", "persistently-high"), ("2026-09-30", "no")])
def test_persistence_takes_6_weeks(first: str, expected: str) -> None:
    assert persistence(*series(60, 58, 61, first=first), ETOPOSIDE) == expected


@pytest.mark.parametrize(("last", "expected"), [(61, "persistently-high"), (60.9, "no")])
def test_a_fall_of_more_than_39_percent_is_no_persistence(last: float, expected: str) -> None:
    assert persistence(*series(100, 80, last), ETOPOSIDE) == expected


def test_a_normal_reading_ends_the_run() -> None:
    assert persistence(*series(60, 12, 61), ETOPOSIDE) == "no"
    assert persistence(*series(60, 61, 12), ETOPOSIDE) == "no"
    assert persistence(nse(12, date="2026-08-20"), *series(60, 58, 61), ETOPOSIDE) == "persistently-high"


@pytest.mark.parametrize(("begin", "expected"), [("2026-09-09", "persistently-high"), ("2026-10-01", "no")])
def test_readings_before_the_treatment_do_not_count(begin: str, expected: str) -> None:
    assert persistence(*series(60, 58, 61), request("Etoposide", date=begin)) == expected


def test_a_line_begins_with_its_earliest_trace() -> None:
    cycles = [administration("Carboplatin", date) for date in ("2026-08-20", "2026-09-30", "2026-11-01")]
    assert persistence(*series(60, 58, 61), *cycles) == "persistently-high"
    late = [administration("Carboplatin", date) for date in ("2026-05-01", "2026-10-06", "2026-11-01")]
    assert persistence(*series(60, 58, 61), *late) == "no"


@pytest.mark.parametrize(("earlier", "expected"), [("2026-06-27", "persistently-high"), ("2026-06-26", "no")])
def test_a_pause_of_more_than_90_days_begins_a_new_line(earlier: str, expected: str) -> None:
    readings = series(60, 58, 61, first="2026-09-01")
    assert persistence(*readings, administration("Carboplatin", earlier), request("Etoposide", date="2026-09-25")) == (
        expected
    )


def test_without_a_running_treatment_nothing_persists_under_it() -> None:
    assert persistence(*series(60, 58, 61)) == "no"
    assert persistence(*series(60, 58, 61), request("Etoposide", status="stopped", date="2026-08-01")) == "no"
    assert persistence(*series(60, 58, 61), request("Lanreotide", date="2026-08-01")) == "no"
    assert gap("nse-persistence", *series(60, 58, 61), without=NO_DRUGS) is Gap.NOT_SEARCHED
    assert seen("nse-persistence", *series(60, 58, 61), without=NO_DRUGS[:1]) == "no"


def test_an_unnamed_running_drug_leaves_the_treatment_open() -> None:
    assert gap("nse-persistence", *series(60, 58, 61), request("")) is Gap.NOT_READABLE


def test_an_undated_treatment_leaves_persistence_open() -> None:
    assert gap("nse-persistence", *series(60, 58, 61), request("Etoposide", date="")) is Gap.NOT_READABLE
    dated = administration("Carboplatin", "2026-10-30"), administration("Carboplatin", "2026-09-01")
    assert persistence(*series(60, 58, 61), request("Etoposide", date=""), *dated) == "persistently-high"


def test_prrt_given_as_a_procedure_is_a_treatment() -> None:
    cycles = [procedure(text="PRRT", date=date) for date in ("2026-08-05", "2026-10-05")]
    assert persistence(*series(60, 58, 61), *cycles) == "persistently-high"


def test_a_coarse_date_leaves_open_whether_a_reading_is_under_the_treatment() -> None:
    begin = request("Etoposide", date="2026-09")
    assert gap("nse-persistence", *series(60, 58, 61), begin) is Gap.NOT_READABLE
    stroke = condition("icd-10-cm|I63.9", onsetDateTime="2026-10")
    assert gap("nse-persistence", *series(60, 58, 61), nse(60), stroke, ETOPOSIDE) is Gap.NOT_READABLE


@pytest.mark.parametrize("bound", [0, 2])
def test_a_bound_at_an_end_is_not_calculated_with(bound: int) -> None:
    values: list[Any] = [60, 58, 61]
    values[bound] = ">50 ug/L"
    assert gap("nse-persistence", *series(*values), ETOPOSIDE) is Gap.NOT_READABLE


def test_a_bound_between_may_be_high() -> None:
    assert persistence(*series(60, ">50 ug/L", 61), ETOPOSIDE) == "persistently-high"


def test_a_reading_without_a_level_leaves_persistence_open() -> None:
    assert gap("nse-persistence", *series(60, ">10 ug/L", 61), ETOPOSIDE) is Gap.NOT_READABLE
    long_ago = nse(">10 ug/L", date="2026-08-20"), nse(12, date="2026-08-30")
    assert persistence(*long_ago, *series(60, 58, 61), ETOPOSIDE) == "persistently-high"


def test_a_coarse_first_date_leaves_the_six_weeks_open() -> None:
    assert gap("nse-persistence", *series(60, 58, 61, first="2026-09"), ETOPOSIDE) is Gap.NOT_READABLE


def test_readings_of_other_laboratories_are_not_counted() -> None:
    own: dict[str, Any] = {"performer": [{"display": "City lab"}]}
    other = nse(58, date="2026-10-20", performer=[{"display": "County lab"}])
    first, last = series(60, 0, 61, **own)[::2]
    assert persistence(first, other, last, ETOPOSIDE) == "no"
    assert persistence(first, other, nse(60, date="2026-10-25", **own), last, ETOPOSIDE) == "persistently-high"


def test_readings_that_cannot_be_used_are_not_counted() -> None:
    first, between, last = series(60, 58, 61)
    assert persistence(first, between | {"note": [{"text": "hemolyzed"}]}, last, ETOPOSIDE) == "no"


# --- half-life ---------------------------------------------------------------------------------------------------


def falling(first: Any, last: Any, days_before: str = "2026-10-20", **members: Any) -> list[Resource]:
    """The first on that day, the last on 2026-11-10."""
    return [nse(first, date=days_before, **members), nse(last, **members)]


def test_a_slow_fall_under_treatment_has_a_long_half_life() -> None:
    found = feature("nse-half-life", *falling(100, 62), ETOPOSIDE)
    assert (found.shown, found.note) == ("over-20-days", "apparent half-life about 30 days")
    assert half_life(*falling(100, 36), ETOPOSIDE) == "to-20-days"


@pytest.mark.parametrize(("last", "expected"), [(100, "to-20-days"), (99.9, "to-20-days"), (100.1, "over-20-days")])
def test_a_half_life_of_20_days_is_not_over_20(last: float, expected: str) -> None:
    assert half_life(*falling(200, last, "2026-10-21"), ETOPOSIDE) == expected


@pytest.mark.parametrize(("before", "expected"), [("2026-10-27", "over-20-days"), ("2026-10-28", "not-applicable")])
def test_a_slope_takes_14_days(before: str, expected: str) -> None:
    assert half_life(*falling(100, 80, before), ETOPOSIDE) == expected


@pytest.mark.parametrize(("last", "expected"), [(32.6, "not-applicable"), (32.7, "to-20-days")])
def test_near_the_limit_the_slope_says_nothing(last: float, expected: str) -> None:
    assert half_life(*falling(100, last), ETOPOSIDE) == expected


@pytest.mark.parametrize("last", [100, 120])
def test_an_nse_that_does_not_fall_has_no_half_life(last: float) -> None:
    assert half_life(*falling(100, last), ETOPOSIDE) == "not-applicable"


def test_one_reading_has_no_slope() -> None:
    assert (half_life(), half_life(nse(), ETOPOSIDE)) == ("not-applicable", "not-applicable")
    assert gap("nse-half-life", nse(), ETOPOSIDE, without=("nse",)) is Gap.NOT_SEARCHED
    assert gap("nse-half-life", without=("nse",)) is Gap.NOT_SEARCHED


def test_without_a_running_treatment_there_is_no_half_life_on_it() -> None:
    assert half_life(*falling(100, 62)) == "not-applicable"
    assert "no running systemic treatment" in said("nse-half-life", *falling(100, 62))
    assert gap("nse-half-life", *falling(100, 62), without=NO_DRUGS) is Gap.NOT_SEARCHED
    assert gap("nse-half-life", *falling(100, 62), request("Etoposide", date="")) is Gap.NOT_READABLE


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        ("2026-10-30", "over-20-days"),  # 10 days after the first reading
        ("2026-11-03", "not-applicable"),  # the newest is early
        ("2026-11-12", "not-applicable"),  # after both readings
    ],
)
def test_the_newest_reading_is_of_the_treatment(begin: str, expected: str) -> None:
    assert half_life(*falling(100, 62), request("Etoposide", date=begin)) == expected


@pytest.mark.parametrize(("before", "expected"), [("2026-10-16", "over-20-days"), ("2026-10-15", "not-applicable")])
def test_a_reading_up_to_14_days_before_the_first_dose_is_its_beginning(before: str, expected: str) -> None:
    assert half_life(*falling(100, 62, before), request("Etoposide", date="2026-10-30")) == expected


def test_coarse_dates_leave_the_slope_open() -> None:
    assert gap("nse-half-life", *falling(100, 62), request("Etoposide", date="2026-10")) is Gap.NOT_READABLE
    for begin, expected in (("2026-09", None), ("2026-10", None), ("2026-11", Gap.NOT_READABLE)):
        assert gap("nse-half-life", *falling(100, 62), request("Atezolizumab", date=begin)) is expected
    early = falling(100, 45, "2026-10-12")
    assert gap("nse-half-life", *early, request("Atezolizumab", date="2026-10")) is Gap.NOT_READABLE
    assert gap("nse-half-life", *falling(100, 62, "2026-10"), ETOPOSIDE) is Gap.NOT_READABLE
    assert gap("nse-half-life", *falling(100, 45, "2026-09"), ETOPOSIDE) is None
    assert gap("nse-half-life", *falling(100, 12.0, "2026-09", high=10), ETOPOSIDE) is None
    assert gap("nse-half-life", *falling(150, 34, "2026-09"), ETOPOSIDE) is Gap.NOT_READABLE


@pytest.mark.parametrize(("first", "last"), [(">100 ug/L", 62), (100, "60-64 ug/L")])
def test_bounds_have_no_slope(first: Any, last: Any) -> None:
    assert gap("nse-half-life", *falling(first, last), ETOPOSIDE) is Gap.NOT_READABLE


def test_a_value_without_a_limit_has_no_slope() -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    flagged: dict[str, Any] = {"interpretation": [{"coding": [{"code": "H", "system": system}]}], "high": None}
    assert gap("nse-half-life", *falling(100, 62, **flagged), ETOPOSIDE) is Gap.NOT_READABLE


def test_readings_of_two_laboratories_have_no_slope() -> None:
    first, last = falling(100, 62)
    other = first | {"performer": [{"display": "A"}]}, last | {"performer": [{"display": "B"}]}
    assert half_life(*other, ETOPOSIDE) == "not-applicable"
