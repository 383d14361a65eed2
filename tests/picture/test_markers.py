"""A marker against its limit: the result's own adult range, then its interpretation, then the assumed limit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.picture.charts import Resource, cga, nse, said, seen

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def level(*resources: Resource) -> str:
    return seen("nse-level", *resources)


def interpreted(*codes: str, system: str = INTERPRETATION, value: Any = 14) -> Resource:
    coded = [{"coding": [{"code": code} | ({"system": system} if system else {})]} for code in codes]
    return nse(value, high=None, interpretation=coded)


def ranged(*ranges: dict[str, Any], value: float = 14) -> Resource:
    return nse(value, high=None, referenceRange=list(ranges))


def high(limit: float, **members: Any) -> dict[str, Any]:
    return {"high": {"value": limit}} | members


ADULTS = high(12.5)
CHILDREN_BY_AGE = high(25, age={"high": {"value": 17}})
NORMAL = {"type": {"coding": [{"code": "normal"}]}}
THERAPEUTIC = {"type": {"coding": [{"code": "treatment"}]}}


# --- the range ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (ranged(ADULTS), "high"),
        (ranged(high(12.5, **NORMAL)), "high"),
        (ranged(ADULTS, CHILDREN_BY_AGE), "high"),
        (ranged(ADULTS, high(25, appliesTo=[{"text": "Children"}])), "high"),
        (ranged(ADULTS, high(25, appliesTo=[{"text": "Säuglinge"}])), "high"),
        (ranged(high(12.5, age={"low": {"value": 18}})), "high"),
        (ranged({"text": "<=12.5"}), "high"),
        (ranged({"text": "0-12.5"}), "high"),
        (ranged({"text": "0 - 16.3 ng/mL"}), "normal"),
        (ranged({"high": {"value": 12.5, "unit": "ng/mL"}}), "high"),
        (ranged({"high": {"value": 12500, "unit": "pg/mL"}}), "high"),
    ],
)
def test_the_adult_range_of_the_result_comes_first(resource: Resource, expected: str) -> None:
    assert level(resource) == expected


@pytest.mark.parametrize(
    "resource",
    [
        ranged(high(12.5, **THERAPEUTIC)),
        ranged(CHILDREN_BY_AGE),
        ranged(ADULTS, high(13)),  # two limits: none of them
        ranged({"low": {"value": 1}}),
        ranged({"text": "see report"}),
        ranged({"high": {"value": 1, "unit": "nmol/L"}}),
        ranged(),
    ],
)
def test_without_one_adult_range_the_assumed_limit_is_used_and_labelled(resource: Resource) -> None:
    assert level(resource) == "normal"
    assert "assumed limit 16.3" in said("nse-level", resource)


def test_the_evidence_shows_value_limit_and_what_was_sent() -> None:
    assert said("nse-level", nse(21.1)) == "NSE 21.1 ug/L (limit 16.3), 2026-11-10"
    assert "sent as 21100 pg/mL" in said("nse-level", nse(21100, "pg/mL", high=None))
    assert "preliminary" in said("nse-level", nse(status="preliminary"))
    assert said("nse-reading", nse(None, dataAbsentReason={"text": "insufficient sample"})).startswith(
        "NSE insufficient sample"
    )
    assert "without a value" in said("nse-reading", nse(None))


# --- the interpretation ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["H", "HH", "HU", "HX", ">", "H>"])
def test_the_laboratory_may_call_it_high(code: str) -> None:
    assert level(interpreted(code)) == "high"


@pytest.mark.parametrize("code", ["N", "L", "LL", "<"])
def test_the_laboratory_may_call_it_normal(code: str) -> None:
    assert level(interpreted(code, value=99)) == "normal"


@pytest.mark.parametrize("codes", [("U",), ("H", "N"), ()])
def test_an_interpretation_that_says_neither_leaves_the_assumed_limit(codes: tuple[str, ...]) -> None:
    assert level(interpreted(*codes)) == "normal"
    assert level(interpreted(*codes, value=17)) == "high"


def test_an_interpretation_without_a_system_is_read() -> None:
    assert level(interpreted("H", system="")) == "high"


def test_the_range_comes_before_the_interpretation() -> None:
    flagged = [{"coding": [{"code": "H", "system": INTERPRETATION}]}]
    assert level(nse(14, high=16.3, interpretation=flagged)) == "normal"


def test_a_result_without_a_number_may_have_an_interpretation() -> None:
    assert level(interpreted("H", value=None)) == "high"
    assert seen("nse-reading", interpreted("H", value=None)) == "no-value"
    coded = {"coding": [{"code": "H", "system": INTERPRETATION}]}
    assert level(nse(coded, high=None)) == "high"
    assert level(nse(None)) == "unknown"


# --- against its own range only ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (cga(93, high=93), "normal"),
        (cga(93.1, high=93), "high"),
        (cga(390, "nmol/L", high=93), "high"),  # its own range, whatever the unit
        (cga(390, "nmol/L", high=None, referenceRange=[{"high": {"value": 93, "unit": "nmol/L"}}]), "high"),
        (cga(390, "ng/mL", high=None, referenceRange=[{"high": {"value": 93, "unit": "ug/L"}}]), "high"),
        (cga(390, "nmol/L", high=None, referenceRange=[{"high": {"value": 93, "unit": "ug/L"}}]), "unknown"),
        (cga(390, "", high=None, referenceRange=[{"high": {"value": 93, "unit": "ug/L"}}]), "high"),
        (cga(390, high=None), "unknown"),  # no limit is ever assumed
        (cga(">390 ug/L", high=93), "high"),
        (cga("<390 ug/L", high=93), "unknown"),
        (cga("elevated", high=None), "unknown"),
    ],
)
def test_chromogranin_a_is_held_against_its_own_range_only(resource: Resource, expected: str) -> None:
    assert seen("cga-level", resource) == expected


def test_chromogranin_a_without_a_range_may_be_interpreted() -> None:
    flagged = [{"coding": [{"code": "H", "system": INTERPRETATION}]}]
    assert seen("cga-level", cga(390, high=None, interpretation=flagged)) == "high"
    assert said("cga-level", cga(390, high=None, interpretation=flagged)) == "CgA 390 ug/L, 2026-11-10"


@pytest.mark.parametrize(
    ("limit", "value"), [(0.0163, "unknown"), (370, "unknown"), (4, "high"), (15, "high"), (60, "normal")]
)
def test_a_limit_no_laboratory_has_judges_nothing(limit: float, value: str) -> None:
    assert level(nse(21.1, high=limit)) == value
