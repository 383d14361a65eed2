"""Observations as results: corrections, components, panels, order."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.concepts import ConceptId
from cds_service.picture.record import Record
from cds_service.picture.results import results
from tests.charts import Resource, concept, nse, observation, record

NSE, KI67, BREAST = map(ConceptId, ("markers/nse", "pathology/ki67", "pathology/ki67-breast"))

NUMBER: dict[str, Any] = {"identifier": [{"system": "urn:lab", "value": "42"}]}
PART = {"code": concept("loinc|15060-7"), "valueQuantity": {"value": 21.1, "unit": "ug/L"}}


def values(*resources: Resource) -> list[str]:
    return [result.value.words for result in results(record(*resources), NSE)]


def test_results_come_oldest_first_and_undated_ones_before_all() -> None:
    mixed = [nse(3, date="2026-10-01"), nse(1, date=""), nse(2, date="2026-01-01")]
    assert values(*mixed) == ["1 ug/L", "2 ug/L", "3 ug/L"]


def test_of_one_time_the_later_issued_result_comes_last() -> None:
    late, early = nse(2, issued="2026-11-11T10:00:00Z"), nse(1, issued="2026-11-10T10:00:00Z")
    assert values(late, early) == ["1 ug/L", "2 ug/L"]


def test_of_one_identifier_the_latest_correction_counts_alone() -> None:
    first, second = nse(1, **NUMBER), nse(2, status="corrected", **NUMBER)
    assert values(first, second) == values(second, first) == ["2 ug/L"]
    again = nse(3, status="amended", issued="2026-11-12", **NUMBER)
    assert values(again, first, second) == ["3 ug/L"]
    newer: dict[str, Any] = {"meta": {"lastUpdated": "2026-11-12"}}
    assert values(nse(1, **NUMBER, **newer), nse(2, **NUMBER)) == ["1 ug/L"]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_result_that_was_taken_back_later_does_not_count(status: str) -> None:
    given = nse(21.1, issued="2026-11-10T08:00:00Z", **NUMBER)
    assert values(given, nse(21.1, status=status, issued="2026-11-11T08:00:00Z", **NUMBER)) == []
    assert values(given, nse(21.1, status=status, issued="2026-11-09T08:00:00Z", **NUMBER)) == ["21.1 ug/L"]
    assert values(given, nse(21.1, status=status, **NUMBER)) == ["21.1 ug/L"]  # which came later is not told
    assert values(given, nse(21.1, status=status, issued="2026-11-11T08:00:00Z")) == ["21.1 ug/L"]
    newer: dict[str, Any] = {"meta": {"lastUpdated": "2026-11-12T08:00:00Z"}, "issued": "2026-11-10T08:00:00Z"}
    assert values(given, nse(21.1, status=status, **newer, **NUMBER)) == []
    other = observation("loinc|2039-6", status=status, issued="2026-11-12T08:00:00Z", **NUMBER)
    assert values(given, other) == ["21.1 ug/L"]  # another test of the same order


def test_an_identifier_without_a_value_joins_nothing() -> None:
    assert values(nse(1, identifier=[{"system": "urn:lab"}]), nse(2, identifier=[{}])) == ["1 ug/L", "2 ug/L"]


def test_a_component_is_a_result_with_the_date_of_its_observation() -> None:
    other = {"code": concept("Sodium"), "valueQuantity": {"value": 140, "unit": "mmol/L"}}
    panel = observation("", text="Tumor marker panel", component=[other, PART])
    (result,) = results(record(panel), NSE)
    assert (result.value.words, result.when and result.when.text) == ("21.1 ug/L", "2026-11-10")


def test_a_panel_that_only_gathers_is_no_result() -> None:
    assert values(observation("loinc|15060-7", component=[PART])) == ["21.1 ug/L"]
    assert values(observation("loinc|15060-7", hasMember=[{"reference": "Observation/x"}])) == []


def test_a_result_that_says_why_it_has_no_value_is_no_panel() -> None:
    index = {"code": concept("Hemolysis index"), "valueString": "3+"}
    rejected = nse(None, component=[index], dataAbsentReason="hemolyzed, not reported")
    assert values(rejected) == [""]


def test_a_more_exact_sibling_hides_the_wanted_concept() -> None:
    breast = observation("loinc|85330-9", 30, "%", text="Ki-67")
    of: Record = record(breast)
    assert results(of, KI67) == []
    assert len(results(of, KI67, BREAST)) == 1


def test_the_record_of_the_one_chart_is_read_once() -> None:
    of = record(nse())
    assert results(of, NSE) == results(of, NSE)
