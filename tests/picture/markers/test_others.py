"""Chromogranin A, CEA, 5-HIAA, ProGRP and CYFRA 21-1: level, age, and whether there is one."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, cga, gap, line, observation, picture, ref, said, seen

NAMES = ("cga-level", "cga-age", "cea-level", "hiaa-age", "progrp-or-cyfra")


def cea(value: Any = 40, unit: str = "ug/L", **members: Any) -> Resource:
    return observation("loinc|2039-6", value, unit, **members)


def hiaa(value: Any = 12, date: str = "2026-11-10", **members: Any) -> Resource:
    return observation("loinc|1695-6", value, "mg/(24.h)", date=date, **members)


def progrp(value: Any = 90, date: str = "2026-11-10", **members: Any) -> Resource:
    return observation("loinc|96461-9", value, "ng/L", date=date, **members)


def cyfra(value: Any = 3, date: str = "2026-11-10", **members: Any) -> Resource:
    return observation("loinc|25390-6", value, "ug/L", date=date, **members)


@pytest.mark.parametrize(
    ("date", "age", "level"),
    [
        ("2026-11-01", "recent", "high"),
        ("2025-11-15T12:00:00Z", "recent", "high"),
        ("2025-11-15T11:59:59Z", "old", "none"),
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


# --- CEA ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (cea(5.1, high=5), "high"),
        (cea(5, high=5), "normal"),
        (cea(40), "unknown"),  # no limit is assumed
        (cea(40, interpretation=[{"text": "High"}]), "high"),
        (cea(40, high=5, date="2025-11-01"), "none"),
        (cea(40, high=5, date="2025-11"), "unknown"),
        (cea(40, high=5, date=""), "unknown"),
        (observation("", 40, "ng/mL", text="CEA", high=5), "high"),
        (observation("", 40, "ng/mL", text="CEA, pleural fluid", high=5), "none"),
        (cea(None), "unknown"),
    ],
)
def test_cea_is_held_against_its_own_range_only(resource: Resource, expected: str) -> None:
    assert seen("cea-level", resource) == expected


def test_of_two_ranges_of_cea_for_smokers_and_others_none_is_chosen() -> None:
    ranges = [{"high": {"value": 3.8}, "appliesTo": [{"text": "Non-smokers"}]}, {"high": {"value": 5.5}}]
    assert gap("cea-level", cea(4, referenceRange=ranges)) is Gap.NOT_READABLE


@pytest.mark.parametrize("fluid", ["Pancreatic cyst fluid", "Pleural effusion", "CSF", "Urine", "Biopsy"])
def test_a_marker_of_another_fluid_is_none_of_serum(fluid: str) -> None:
    of_fluid: dict[str, Any] = {"specimen": ref("Specimen/s")}
    for kind in ({"text": fluid}, {"coding": [{"code": fluid}]}):
        assert seen("cea-level", cea(400, high=5, **of_fluid), line(Specimen=kind, id="s")) == "none"
    assert seen("cea-level", cea(400, high=5, specimen={"display": fluid})) == "none"
    assert seen("cea-level", cea(400, high=5, specimen={"display": "Serum"})) == "high"


# --- 5-HIAA, ProGRP, CYFRA 21-1 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2025-11-15T12:00:00Z", "recent"), ("2025-11-15T11:59:59Z", "old"), ("2025-11", "unknown"), ("", "unknown")],
)
def test_5_hiaa_is_of_the_last_12_months_or_older(date: str, expected: str) -> None:
    assert seen("hiaa-age", hiaa(date=date)) == expected


def test_5_hiaa_is_measured_in_urine() -> None:
    assert seen("hiaa-age", hiaa(specimen={"display": "24 h urine"})) == "recent"
    assert seen("hiaa-age", hiaa(specimen={"display": "CSF"})) == "none-found"


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ((progrp(),), "found"),
        ((cyfra(),), "found"),
        ((progrp(date="2024-01-01"), cyfra()), "found"),
        ((progrp(date="2025-11-15T12:00:00Z"),), "found"),
        ((progrp(date="2025-11-15T11:59:59Z"),), "none-found"),
        ((progrp(date="2025-11"),), "unknown"),
        ((progrp(date=""),), "unknown"),
        ((progrp(status="cancelled"),), "none-found"),
        ((), "none-found"),
    ],
)
def test_a_partner_marker_of_the_last_12_months_is_found(resources: tuple[Resource, ...], expected: str) -> None:
    assert seen("progrp-or-cyfra", *resources) == expected


def test_a_result_without_a_value_is_no_marker_that_was_measured() -> None:
    empty = progrp(None, dataAbsentReason={"text": "sample lost"})
    assert gap("progrp-or-cyfra", empty) is Gap.NOT_READABLE
    assert seen("progrp-or-cyfra", empty, cyfra(date="2026-06-01")) == "found"
    assert gap("hiaa-age", hiaa(None)) is Gap.NOT_READABLE


@pytest.mark.parametrize("name", NAMES)
def test_no_marker_is_said_only_after_a_search(name: str) -> None:
    assert seen(name) in ("none", "none-found")
    assert gap(name, without=("markers",)) is Gap.NOT_SEARCHED


def test_the_evidence_of_none_names_what_was_searched() -> None:
    assert said("progrp-or-cyfra") == "markers searched, no ProGRP or CYFRA 21-1 found"
    assert said("cea-level", cea(40, high=5)) == "CEA 40 ug/L (limit 5), 2026-11-10"
