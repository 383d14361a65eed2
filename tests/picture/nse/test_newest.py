"""The NSE series: which reading counts, how high, how many, how old, how usable."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    administration,
    condition,
    feature,
    gap,
    line,
    nse,
    observation,
    picture,
    procedure,
    ref,
    report,
    request,
    said,
    seen,
)

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
FEATURES = ("nse-reading", "nse-level", "nse-multiple", "nse-count", "nse-age", "nse-specimen", "nse-event")
NONE = {
    "nse-reading": "none-found",
    "nse-level": "none",
    "nse-multiple": "none",
    "nse-count": "none",
    "nse-age": "none-found",
    "nse-specimen": "none",
    "nse-event": "none-recorded",
}


def reading(*resources: Resource) -> str:
    return seen("nse-reading", *resources)


def level(*resources: Resource) -> str:
    return seen("nse-level", *resources)


def multiple(*resources: Resource) -> str:
    return seen("nse-multiple", *resources)


# --- none and unknown --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FEATURES)
def test_no_nse_is_said_only_after_a_search(name: str) -> None:
    assert seen(name) == NONE[name]
    assert gap(name, without=("nse",)) is Gap.NOT_SEARCHED


@pytest.mark.parametrize("name", FEATURES)
def test_an_nse_without_a_date_is_no_reading_of_today(name: str) -> None:
    assert gap(name, nse(date="")) is Gap.NOT_READABLE


def test_a_dated_reading_counts_beside_an_undated_one() -> None:
    assert reading(nse(), nse(date="")) == "usable"
    assert gap("nse-count", nse(), nse(date="")) is Gap.NOT_READABLE


@pytest.mark.parametrize(
    "resource",
    [
        observation("loinc|44802-7", 21.1, "ug/L"),  # CSF
        observation("loinc|47053-4", 21.1, "ug/L"),
        observation("loinc|19194-0", 21.1, "ug/L"),  # pleural
        observation("loinc|10477-8", "positive"),  # tissue
        observation("loinc|2039-6 'Carcinoembryonic Ag'", 21.1, "ug/L"),
        observation("", 21.1, "ug/L", text="NSE in CSF"),
        nse(status="cancelled"),
        nse(status="registered"),
        nse(status="entered-in-error"),
        nse(status="unknown"),
    ],
)
def test_other_fluids_tissue_and_withdrawn_results_are_never_readings(resource: Resource) -> None:
    assert reading(resource) == "none-found"


@pytest.mark.parametrize(
    "resource",
    [
        observation("loinc|15060-7", 21.1, "ug/L"),
        observation("loinc|57371-7", 21.1, "ug/L"),
        observation("loinc|48138-2", 21.1, "ug/L"),
        observation("urn:oid:1.2.3|XNSEN 'Neuron Specific Enolase'", 21.1, "ng/mL"),
        observation("", 21.1, "ng/mL", text="NSE"),
        observation("", 21.1, "ng/mL", text="Neuronenspezifische Enolase"),
    ],
)
def test_serum_codes_local_codes_and_words_are_readings(resource: Resource) -> None:
    assert (reading(resource), level(resource)) == ("usable", "high")


# --- the state of the newest -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "state"),
    [
        (nse(), "usable"),
        (nse(21.1, ""), "usable"),  # its range shows the unit
        (nse(None), "no-value"),
        (nse("elevated"), "no-value"),
        (nse(21.1, "nmol/L"), "not-convertible"),
        (nse(21.1, "U/L"), "not-convertible"),
        (nse(21.1, "", high=None), "not-convertible"),
        (nse(21.1, "", high=300), "not-convertible"),
        (observation("loinc|2225-1", 21.1, "U/L"), "not-convertible"),
        (observation("loinc|19193-2", 21.1, "[arb'U]/mL"), "not-convertible"),
        (nse(status="preliminary"), "preliminary-only"),
        (nse(None, status="preliminary"), "preliminary-only"),  # no status that counts
        (nse(21.1, "nmol/L", status="preliminary"), "not-convertible"),
        (nse(note="slightly hemolyzed"), "hemolyzed"),
    ],
)
def test_the_newest_reading_has_one_state(resource: Resource, state: str) -> None:
    assert reading(resource) == state


def test_an_event_before_the_draw_makes_it_early() -> None:
    stroke = condition("icd-10-cm|I63.9", onsetDateTime="2026-11-01")
    assert reading(nse(), stroke) == "early-after-event"
    assert "2026-11-01" in said("nse-reading", nse(), stroke)


def test_hemolysis_comes_before_an_early_draw() -> None:
    stroke = condition("icd-10-cm|I63.9", onsetDateTime="2026-11-01")
    assert reading(nse(note="hemolyzed"), stroke) == "hemolyzed"


def test_an_event_too_coarse_to_place_leaves_the_reading_open() -> None:
    stroke = condition("icd-10-cm|I63.9", onsetDateTime="2026-11")
    assert gap("nse-reading", nse(), stroke) is Gap.NOT_READABLE
    assert gap("nse-count", nse(), stroke) is Gap.NOT_READABLE
    assert level(nse(), stroke) == "high"


def test_a_preliminary_result_counts_only_where_the_window_holds_nothing_else() -> None:
    assert reading(nse(status="preliminary"), nse(date="2026-06-01")) == "usable"
    assert reading(nse(status="preliminary"), nse(date="2020-06-01")) == "preliminary-only"


def test_a_newer_result_replaces_an_unreadable_one() -> None:
    assert reading(nse(21.1, "nmol/L", date="2026-10-01"), nse()) == "usable"
    assert reading(nse(date="2026-10-01"), nse(21.1, "nmol/L")) == "not-convertible"


def test_of_one_draw_the_comparable_number_counts() -> None:
    same = observation("loinc|2225-1", 21.1, "U/L", id="z")
    assert reading(same, nse(id="a")) == "usable"


@pytest.mark.parametrize(
    ("date", "state"), [("2025-11-15T12:00:00Z", "usable"), ("2025-11-15T11:59:59Z", "none-found")]
)
def test_a_reading_counts_for_12_months(date: str, state: str) -> None:
    assert reading(nse(date=date)) == state


def test_a_date_too_coarse_for_the_window_is_undecided() -> None:
    assert gap("nse-reading", nse(date="2025-11")) is Gap.NOT_READABLE
    assert reading(nse(date="2026-11")) == "usable"


def test_a_date_in_the_future_is_set_aside() -> None:
    assert gap("nse-reading", nse(date="2027-03-01")) is Gap.NOT_SEARCHED
    assert any("future" in remark.text for remark in picture(nse(date="2027-03-01")).remarks)


def test_the_note_says_why_a_value_was_not_compared() -> None:
    assert "does not convert" in feature("nse-reading", nse(21.1, "nmol/L")).note
    assert "no unit was given" in feature("nse-reading", nse(21.1, "", high=None)).note


# --- after a resection -------------------------------------------------------------------------------------------


def test_after_the_resection_of_every_tumor_only_later_readings_count() -> None:
    removed = procedure(text="Small bowel resection", date="2026-09-01")
    before, after = nse(date="2026-08-01"), nse(12, date="2026-10-20")
    assert reading(ILEUM, removed, before) == "none-found"
    assert level(ILEUM, removed, before, after) == "normal"


def test_a_second_tumor_that_was_not_resected_keeps_the_earlier_readings() -> None:
    removed = procedure(text="Small bowel resection", date="2026-09-01")
    assert reading(ILEUM, condition("snomed|254632001"), removed, nse(date="2026-08-01")) == "usable"


def test_an_undated_resection_hides_no_reading() -> None:
    assert reading(ILEUM, procedure(text="Small bowel resection", date=""), nse(date="2026-08-01")) == "usable"


# --- the level ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "high", "expected"),
    [
        (16.3, 16.3, "normal"),  # strictly above
        (16.31, 16.3, "high"),
        (21.1, 25.4, "normal"),
        (13, 12.5, "high"),
        (16.3, None, "normal"),  # the assumed limit
        (16.4, None, "high"),
    ],
)
def test_high_is_strictly_above_the_limit(value: float, high: float | None, expected: str) -> None:
    assert level(nse(value, high=high)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (">370", "high"),
        ("<0.5", "normal"),
        (">10", "unknown"),
        ("<20", "unknown"),
        (">370 ng/mL", "high"),
        ("10-15 ug/L", "normal"),
    ],
)
def test_a_bound_counts_if_it_lies_on_one_side(value: str, expected: str) -> None:
    assert level(nse(f"{value} ug/L" if "/" not in value else value)) == expected


def test_a_bound_on_both_sides_says_so() -> None:
    assert gap("nse-level", nse("<20 ug/L")) is Gap.NOT_READABLE
    assert feature("nse-level", nse("<20 ug/L")).note == "the bound lies on both sides of the limit"


def test_a_level_is_given_for_hemolyzed_and_early_readings_too() -> None:
    assert level(nse(note="hemolyzed")) == "high"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (21.1, "mcg/L", "high"),
        (21.1, "µg/L", "high"),
        (21.1, "NG/ML", "high"),
        (21100, "pg/mL", "high"),
        (15100, "pg/mL", "normal"),
        (2110, "ng/dL", "high"),
        (1500, "ng/dL", "normal"),
        (21.1, "nmol/L", "unknown"),
    ],
)
def test_units_are_converted_or_refused(value: float, unit: str, expected: str) -> None:
    assert level(nse(value, unit, high=None)) == expected


def test_a_range_without_a_unit_is_in_the_unit_of_its_value() -> None:
    assert level(nse(1500, "ng/dL", high=1630)) == "normal"


# --- the multiple ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (16.3, "not-high"),
        (16.4, "up-to-2"),
        (32.6, "up-to-2"),
        (32.7, "over-2-to-3"),
        (48.9, "over-2-to-3"),
        (49, "over-3"),
        (">370 ug/L", "over-3"),
        ("<10 ug/L", "not-high"),
        (">40 ug/L", "unknown"),
        ("<40 ug/L", "unknown"),
        ("20-30 ug/L", "up-to-2"),
    ],
)
def test_the_multiple_is_the_value_over_its_limit(value: Any, band: str) -> None:
    assert multiple(nse(value)) == band


def test_without_a_limit_there_is_no_multiple() -> None:
    high = [{"coding": [{"code": "H", "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"}]}]
    interpreted = nse(high=None, interpretation=high)
    assert (level(interpreted), multiple(interpreted)) == ("high", "unknown")
    assert multiple(nse(21.1, "nmol/L")) == "unknown"


# --- the count ---------------------------------------------------------------------------------------------------


def count(*resources: Resource) -> str:
    return seen("nse-count", *resources)


def test_usable_readings_are_counted_one_per_specimen() -> None:
    assert count(nse()) == "one"
    assert count(nse(), nse(date="2026-06-01")) == "two-or-more"
    same: dict[str, Any] = {"specimen": ref("Specimen/s")}
    assert count(nse(**same), nse(18, date="2026-11-11", **same)) == "one"
    assert count(nse(), nse(18)) == "one"  # one draw


def test_readings_that_cannot_be_used_are_not_counted() -> None:
    assert count(nse(note="hemolyzed")) == "none"
    assert count(nse(), nse(date="2025-01-01")) == "one"


def test_results_of_one_day_without_a_specimen_are_one_draw() -> None:
    assert count(nse(date="2026-11-10"), nse(date="2026-11-10T08:00:00Z")) == "one"
    assert count(nse(specimen="Specimen/s"), nse(18)) == "one"
    assert count(nse(specimen="Specimen/s"), nse(18, specimen="Specimen/t")) == "two-or-more"


def test_a_reading_whose_date_leaves_the_window_open_leaves_the_count_open() -> None:
    assert gap("nse-count", nse(), nse(date="2025-11")) is Gap.NOT_READABLE


# --- the age -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "value"),
    [
        ("2026-11-15", "fresh"),
        ("2026-11-01T12:00:00Z", "fresh"),
        ("2026-11-01T11:59:00Z", "recent"),
        ("2025-11-15T12:00:00Z", "recent"),
        ("2025-11-15T11:59:00Z", "old"),
        ("2019-01-01", "old"),
        ("2026-10", "unknown"),
        ("2026-11", "unknown"),
        ("2025-11", "unknown"),
    ],
)
def test_the_age_is_that_of_the_newest_reading(date: str, value: str) -> None:
    expected = "recent" if date == "2026-10" else value
    assert seen("nse-age", nse(date=date), nse(date="2018-01-01")) == expected


def test_a_rejected_sample_has_no_age() -> None:
    rejected = nse(None, dataAbsentReason="hemolyzed, not reported")
    assert seen("nse-age", rejected) == "none-found"
    assert seen("nse-age", rejected, nse(date="2026-09-01")) == "recent"


# --- the specimen ------------------------------------------------------------------------------------------------


def test_the_specimen_of_the_newest_reading_is_judged() -> None:
    assert seen("nse-specimen", nse()) == "not-recorded"
    assert seen("nse-specimen", nse(note="no hemolysis")) == "suitable"
    assert seen("nse-specimen", nse(note="hemolyzed", date="2026-01-01"), nse()) == "not-recorded"
    hem = line(
        Specimen="",
        id="s",
        condition=[{"coding": [{"code": "HEM", "system": "http://terminology.hl7.org/CodeSystem/v2-0493"}]}],
    )
    assert seen("nse-specimen", nse(specimen="Specimen/s"), hem) == "hemolyzed"


def test_the_lead_of_the_patient_is_the_newest_reading() -> None:
    assert picture(nse(), nse(30, date="2026-01-01")).leads["nse"] == "NSE 21.1 ug/L (limit 16.3)"
    assert "nse" not in picture(nse(date="2020-01-01")).leads


def test_what_happens_around_a_draw_is_judged_by_its_own_date() -> None:
    chemo = administration("Carboplatin", "2026-09-01")
    early, late = nse(date="2026-09-05"), nse(30)
    assert count(early, late, chemo) == "one"
    assert reading(early, chemo) == "early-after-event"
    assert reading(late, chemo, request("Etoposide", date="2026-09-01"), report("CT", "x")) == "usable"


# --- what happened before the draw ---------------------------------------------------------------------------------


def test_events_before_the_newest_draw_are_named_together() -> None:
    stroke = condition("icd-10-cm|I63.9", id="stroke", onsetDateTime="2026-11-08")
    biopsy = procedure(text="Liver biopsy", date="2026-11-05")
    assert seen("nse-event", nse(40, date="2026-11-10"), stroke, biopsy) == "biopsy-recent neuro-14-days"


def test_an_event_with_a_coarse_date_leaves_the_event_open() -> None:
    stroke = condition("icd-10-cm|I63.9", id="stroke", onsetDateTime="2026-11")
    assert gap("nse-event", nse(40, date="2026-11-10"), stroke) is Gap.NOT_READABLE


def test_no_event_is_said_only_after_conditions_and_procedures_were_searched() -> None:
    assert seen("nse-event", nse(40)) == "none-recorded"
    assert gap("nse-event", nse(40), without=("procedures",)) is Gap.NOT_SEARCHED


@pytest.mark.parametrize("fluid", ["Cerebrospinal fluid", "CSF", "Liquor", "Pleural effusion", "Aszites", "Tissue"])
def test_an_nse_of_another_fluid_is_no_nse_of_serum(fluid: str) -> None:
    other = nse(90, specimen="Specimen/s")
    assert reading(other, line(Specimen=fluid, id="s")) == "none-found"
    assert reading(other, line(Specimen="Serum", id="s")) == "usable"
