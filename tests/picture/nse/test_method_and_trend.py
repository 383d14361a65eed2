"""Several NSE readings: one method or several, and which way the value goes."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.picture.charts import (
    Resource,
    condition,
    feature,
    gap,
    nse,
    observation,
    ref,
    report,
    request,
    said,
    seen,
    specimen,
)

HEMOLYZED: dict[str, Any] = {"note": [{"text": "hemolyzed"}]}


def method(*resources: Resource) -> str:
    return seen("nse-method", *resources)


def trend(*resources: Resource) -> str:
    return seen("nse-trend", *resources)


def pair(first: Any, last: Any, before: str = "2026-10-01", **members: Any) -> tuple[Resource, Resource]:
    return nse(first, date=before, **members), nse(last, **members)


# --- the trend ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (100, 139, "within-variation"),
        (100, 139.1, "rising-possible"),
        (100, 166, "rising-possible"),
        (100, 166.1, "rising-marked"),
        (100, 61, "within-variation"),
        (100, 60.9, "falling-possible"),
        (100, 34, "falling-possible"),
        (100, 33.9, "falling-marked"),
        (100, 100, "within-variation"),
        (18, 40, "rising-marked"),
        (20, 25, "within-variation"),
        (20, 30, "rising-possible"),
        (46, 17, "falling-possible"),
        (0.1, 0.139, "within-variation"),  # no float between
    ],
)
def test_a_change_is_held_against_the_reference_change_values(first: float, last: float, expected: str) -> None:
    assert trend(*pair(first, last)) == expected


def test_the_trend_shows_both_readings_and_the_change() -> None:
    found = feature("nse-trend", *pair(18, 40))
    assert [item.text[:6] for item in found.evidence] == ["NSE 18", "NSE 40"]
    assert found.note == "change of +122 %"


@pytest.mark.parametrize(("before", "expected"), [("2026-11-03", "rising-marked"), ("2026-11-04", "too-few")])
def test_readings_of_a_trend_are_7_days_apart(before: str, expected: str) -> None:
    assert trend(*pair(18, 40, before)) == expected


def test_days_are_counted_by_the_calendar_not_by_hours() -> None:
    early = nse(18, date="2026-11-03T18:00:00Z")
    assert trend(early, nse(40, date="2026-11-10T07:00:00Z")) == "rising-marked"


def test_a_second_reading_of_the_same_week_does_not_hide_the_one_before() -> None:
    assert trend(nse(20, date="2026-10-01"), nse(45, date="2026-11-08"), nse(47)) == "rising-marked"


def test_of_several_earlier_readings_the_last_is_compared() -> None:
    assert trend(nse(90, date="2026-08-01"), nse(38, date="2026-10-01"), nse(40)) == "within-variation"


@pytest.mark.parametrize(
    ("date", "expected"), [("2025-11-15T12:00:00Z", "rising-marked"), ("2025-11-15T11:59:00Z", "too-few")]
)
def test_the_trend_looks_back_12_months(date: str, expected: str) -> None:
    assert trend(*pair(18, 40, date)) == expected


@pytest.mark.parametrize("date", ["2026-11", "2025-11", "2026"])
def test_a_coarse_date_that_leaves_the_gap_open_makes_no_trend(date: str) -> None:
    assert gap("nse-trend", *pair(18, 40, date)) is Gap.NOT_READABLE


def test_a_coarse_date_that_is_surely_earlier_counts() -> None:
    assert trend(*pair(18, 40, "2026-09")) == "rising-marked"


def test_a_coarse_date_that_may_be_of_the_reading_between_leaves_it_open() -> None:
    assert gap("nse-trend", nse(30, date="2026-09"), nse(20, date="2026-09-20"), nse(40)) is Gap.NOT_READABLE
    assert trend(nse(30, date="2026-08"), nse(20, date="2026-09-20"), nse(40)) == "rising-marked"


def test_a_coarse_date_that_may_be_the_newest_leaves_it_open() -> None:
    assert gap("nse-trend", nse(18, date="2026-10-01"), nse(40, date="2026-11-02"), nse(20, date="2026-11")) is (
        Gap.NOT_READABLE
    )


@pytest.mark.parametrize("newest", [nse(40, **HEMOLYZED), nse(40, date="2026-11-03", note=[{"text": "hemolyzed"}])])
def test_a_hemolyzed_newest_reading_suspends_the_trend(newest: Resource) -> None:
    assert trend(nse(18, date="2026-10-01"), newest) == "suspended"


def test_a_stroke_or_a_new_chemotherapy_before_the_newest_reading_suspends_the_trend() -> None:
    stroke = condition("icd-10-cm|I63.9", onsetDateTime="2026-11-08")
    assert trend(*pair(15, 40), stroke) == "suspended"
    assert trend(*pair(40, 90), request("Carboplatin", date="2026-11-02")) == "suspended"
    assert trend(*pair(40, 90), request("Carboplatin", date="2026-09-02")) == "rising-marked"


def test_an_unusable_reading_between_is_passed_over() -> None:
    between = nse(90, date="2026-10-20", **HEMOLYZED)
    assert trend(nse(18, date="2026-10-01"), between, nse(40)) == "rising-marked"


def test_an_event_that_cannot_be_placed_leaves_the_trend_open() -> None:
    stroke = condition("icd-10-cm|I63.9", onsetDateTime="2026-11")
    assert gap("nse-trend", *pair(18, 40), stroke) is Gap.NOT_READABLE
    earlier = condition("icd-10-cm|I63.9", onsetDateTime="2026-09")
    assert gap("nse-trend", *pair(18, 40), earlier) is Gap.NOT_READABLE
    assert gap("nse-trend", nse(18, date="2026-10-01"), earlier, nse(40), nse(20, date="2026-10-25")) is None


@pytest.mark.parametrize(
    ("first", "last"), [(">18 ug/L", 40), (18, ">40 ug/L"), ("15-20 ug/L", 40), (0, 40), (18, "<40 ug/L")]
)
def test_bounds_and_ranges_never_enter_a_calculation(first: Any, last: Any) -> None:
    assert gap("nse-trend", *pair(first, last)) is Gap.NOT_READABLE


@pytest.mark.parametrize("newest", [nse(40, "nmol/L"), nse("see comment")])
def test_a_newest_result_that_cannot_be_compared_leaves_the_trend_open(newest: Resource) -> None:
    assert gap("nse-trend", nse(18, date="2026-10-01"), newest) is Gap.NOT_READABLE
    assert "cannot be compared" in feature("nse-trend", nse(18, date="2026-10-01"), newest).note


def test_a_value_whose_own_limit_cannot_be_right_is_not_calculated_with() -> None:
    assert gap("nse-trend", nse(18, date="2026-10-01"), nse(40, high=370)) is Gap.NOT_READABLE


def test_a_preliminary_result_makes_no_trend() -> None:
    assert trend(*pair(18, 40, status="preliminary")) == "too-few"
    assert trend(nse(18, date="2026-10-01"), nse(40, status="preliminary")) == "too-few"
    assert trend(*pair(18, 40, "2026-09-01"), nse(90, status="preliminary", date="2026-11-12")) == "rising-marked"


def test_too_few_readings_are_said_only_after_a_search() -> None:
    assert (trend(), trend(nse())) == ("too-few", "too-few")
    assert gap("nse-trend", nse(), without=("nse",)) is Gap.NOT_SEARCHED
    assert gap("nse-trend", nse(), nse(date="")) is Gap.NOT_READABLE
    assert gap("nse-trend", nse(date=""), without=("nse",)) is Gap.NOT_READABLE
    assert trend(*pair(18, 40)) == seen("nse-trend", *pair(18, 40), without=("nse",)) == "rising-marked"


def test_two_results_of_one_sample_are_one_reading() -> None:
    same: dict[str, Any] = {"specimen": ref("Specimen/s")}
    assert trend(nse(18, date="2026-10-01", **same), nse(40, **same), specimen("s")) == "too-few"
    assert trend(nse(18, date="2026-10-01"), nse(38, issued="2026-11-11T08:00:00Z"), nse(20)) == "rising-marked"


# --- the method --------------------------------------------------------------------------------------------------


def lab(name: str = "", target: str = "", number: str = "", kind: str = "") -> dict[str, Any]:
    performer: dict[str, Any] = {"display": name} if name else {}
    performer |= {"reference": target} if target else {}
    performer |= {"identifier": {"value": number}} if number else {}
    return {"performer": [performer | ({"type": kind} if kind else {})]}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {}, "same"),  # stated of neither
        (lab("Roche lab"), {}, "same"),  # stated of one
        (lab("City lab"), lab("CITY LAB"), "same"),
        (lab("City lab"), lab("County lab"), "mixed"),
        (lab(target="Organization/1"), lab(target="https://x.org/fhir/Organization/1"), "same"),
        (lab(target="Organization/1"), lab(target="Organization/2"), "mixed"),
        (lab("City lab", "Organization/1"), lab("City lab", "Organization/2"), "same"),
        (lab(number="4711"), lab(number="4712"), "mixed"),
        (lab("City lab"), lab(target="Organization/2"), "same"),  # may be the same
        (lab("Dr. A", "Practitioner/a"), lab("Dr. B", "Practitioner/b"), "same"),  # people, not laboratories
        (lab("Dr. A", kind="Practitioner"), lab("Dr. B", kind="Practitioner"), "same"),
        ({"method": {"text": "Roche ECLIA"}}, {"method": {"text": "DiaSorin"}}, "mixed"),
        ({"method": {"text": "Roche ECLIA"}}, {"method": {"text": "roche eclia"}}, "same"),
        ({"method": {"coding": [{"code": "E"}]}}, {"method": {"coding": [{"code": "C"}]}}, "mixed"),
    ],
)
def test_laboratory_and_method_count_where_both_state_them(
    first: dict[str, Any], second: dict[str, Any], expected: str
) -> None:
    readings = nse(18, date="2026-10-01", **first), nse(40, **second)
    assert method(*readings) == expected
    assert trend(*readings) == ("rising-marked" if expected == "same" else "unknown")


@pytest.mark.parametrize(
    ("code", "other", "expected"),
    [
        ("loinc|15060-7", "loinc|57371-7", "same"),  # the plain code names no method
        ("loinc|57371-7", "loinc|48138-2", "mixed"),
        ("", "loinc|57371-7", "same"),
    ],
)
def test_codes_that_name_different_methods_do_not_compare(code: str, other: str, expected: str) -> None:
    first = observation(code, 18, "ug/L", text="NSE", date="2026-10-01")
    assert method(first, observation(other, 40, "ug/L")) == expected


@pytest.mark.parametrize(
    ("unit", "value", "expected"), [("ng/mL", 40, "same"), ("mcg/L", 40, "same"), ("pg/mL", 40000, "mixed")]
)
def test_units_of_one_size_compare(unit: str, value: float, expected: str) -> None:
    assert method(nse(18, date="2026-10-01"), nse(value, unit, high=None)) == expected


def test_a_unit_that_is_missing_separates_nothing() -> None:
    assert method(nse(18, date="2026-10-01"), nse(40, "")) == "same"


def test_the_laboratory_may_stand_on_the_report_or_within_the_result() -> None:
    first, second = nse(18, date="2026-10-01", id="a"), nse(40, id="b")
    reports = [
        report("Labor", result=[ref(f"Observation/{one}")], performer=[{"display": name}])
        for one, name in (("a", "City lab"), ("b", "County lab"))
    ]
    assert method(first, second, *reports) == "mixed"
    held = [
        {
            "contained": [{"id": "s"}, {"resourceType": "Organization", "id": "o", "name": name}],
            "performer": [ref("#o")],
        }
        for name in ("City lab", "County lab")
    ]
    assert method(first | held[0], second | held[1]) == "mixed"
    assert method(first | held[0], second | held[0]) == "same"


def test_a_reading_of_another_laboratory_between_breaks_the_comparison() -> None:
    own, other = lab("City lab"), lab("County lab")
    series = nse(20, date="2026-10-01", **own), nse(45, date="2026-11-08", **other), nse(47, **own)
    assert (method(*series), trend(*series)) == ("mixed", "unknown")
    assert "laboratory" in feature("nse-method", *series).note


def test_one_reading_has_no_method_to_compare() -> None:
    assert (method(), method(nse())) == ("too-few", "too-few")
    assert method(nse(), nse(date="2026-10-01", **HEMOLYZED)) == "too-few"
    assert gap("nse-method", nse(), without=("nse",)) is Gap.NOT_SEARCHED
    assert gap("nse-method", nse(), nse(date="2025-11")) is Gap.NOT_READABLE
    assert "fewer than two" in said("nse-method")


# --- above the range of NSCLC -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [(20.5, "no"), (20.6, "yes"), (">30 ug/L", "yes"), ("<15 ug/L", "no"), (">15 ug/L", "unknown"), (20500, "yes")],
)
def test_above_the_range_of_nsclc_is_above_20_point_5(value: Any, expected: str) -> None:
    assert seen("nse-above-nsclc-range", nse(value)) == expected


def test_the_range_of_nsclc_needs_a_comparable_number() -> None:
    name = "nse-above-nsclc-range"
    assert seen(name) == "none"
    assert seen(name, nse(24, "nmol/L")) == seen(name, nse("elevated")) == "unknown"
    assert seen(name, nse(24, high=370)) == "unknown"  # its own limit shows that the unit is wrong
    assert gap(name, without=("nse",)) is Gap.NOT_SEARCHED
