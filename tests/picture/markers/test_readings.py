"""A marker against its limit: the result's own adult range, then its interpretation, then the assumed limit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import PATIENT, Resource, cga, feature, nse, said, seen

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
    assert said("nse-reading", nse(None, dataAbsentReason="insufficient sample")).startswith("NSE insufficient sample")
    assert "without a value" in said("nse-reading", nse(None))


# --- which range --------------------------------------------------------------------------------------------------

MAN = PATIENT | {"gender": "male", "birthDate": "1950-04-11"}
OF_MEN = high(12.5, appliesTo=[{"coding": [{"display": "Male"}]}])
OF_WOMEN = high(20, appliesTo=[{"text": "Frauen"}])


def limit_shown(*ranges: dict[str, Any], patient: Resource | None = MAN, **members: Any) -> str:
    resource = nse(21.1, **members) | {"referenceRange": list(ranges)}
    return said("nse-level", resource, patient=patient).partition("limit ")[2].partition(")")[0]


def test_the_range_of_the_patients_sex_counts() -> None:
    assert limit_shown(OF_MEN, OF_WOMEN) == "12.5"
    assert limit_shown(OF_MEN, OF_WOMEN, patient=MAN | {"gender": "female"}) == "20"
    assert limit_shown(OF_WOMEN) == "16.3"  # assumed


@pytest.mark.parametrize("patient", [MAN | {"gender": "other"}, None])
def test_without_a_known_sex_two_ranges_are_two(patient: Resource | None) -> None:
    assert limit_shown(OF_MEN, OF_WOMEN, patient=patient) == "16.3"
    assert limit_shown(OF_MEN, patient=patient) == "12.5"


def aged(limit: float, low: float | None, top: float | None, unit: str = "a") -> dict[str, Any]:
    ends = {"low": low, "high": top}
    return high(limit, age={end: {"value": value, "unit": unit} for end, value in ends.items() if value is not None})


@pytest.mark.parametrize(
    ("ranges", "birth", "expected"),
    [
        ((aged(12.5, 18, 59), aged(18, 60, None)), "1950-04-11", "18"),
        ((aged(12.5, 18, 59), aged(18, 60, None)), "1985-04-11", "12.5"),
        ((aged(12.5, 18, 59), aged(18, 60, None)), "1966-11-11", "12.5"),  # 59 until tomorrow
        ((aged(12.5, 18, 59), aged(18, 60, None)), "1966-11-09", "18"),
        ((aged(12.5, 18, 59), aged(18, 60, None)), "", "16.3"),
        ((aged(25, 0, 24, "mo"), aged(12.5, 216, None, "mo")), "1950-04-11", "12.5"),
        ((aged(25, 0, 200, "wk"),), "1950-04-11", "16.3"),
        ((aged(25, 0, 900, "d"),), "1950-04-11", "16.3"),
        ((aged(25, 0, 99, "moons"),), "1950-04-11", "16.3"),  # nobody knows how old that is
        ((aged(25, 0, 17),), "2010-01-01", "16.3"),
        ((aged(25, 0, 18),), "", "16.3"),  # of children, also where nobody says how old the patient is
        ((aged(12.5, 18, None),), "2010-01-01", "12.5"),  # the adult range
        ((high(12.5, age="adult"),), "1950-04-11", "12.5"),
    ],
)
def test_the_adult_range_of_the_patients_age_counts(ranges: tuple[Any, ...], birth: str, expected: str) -> None:
    assert limit_shown(*ranges, patient=MAN | {"birthDate": birth}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<=15", "15"),
        ("0-16.3", "16.3"),
        ("(0 - 15.2)", "15.2"),
        ("[0-15,2 ng/mL]", "15.2"),
        ("Normal: < 15", "15"),
        ("Referenzbereich: bis 15,5 µg/l", "15.5"),
        ("0-15000 pg/mL", "15"),
        ("Kinder: < 25", "16.3"),  # assumed
        ("< 15, children < 25", "16.3"),
        ("> 15", "16.3"),
        ("see report", "16.3"),
    ],
)
def test_a_range_in_words_is_read(text: str, expected: str) -> None:
    assert limit_shown({"text": text}) in (expected, f"{expected}.000")


@pytest.mark.parametrize(
    ("range_", "expected"),
    [
        (high(12.5, type={"text": "Normal range"}), "12.5"),
        (high(12.5, type={"text": "Therapeutic"}), "16.3"),
        (high(0), "16.3"),
        (high(25, text="Pediatric 0-25"), "16.3"),
        (high(25, appliesTo=[{"coding": [{"display": "Children"}]}]), "16.3"),
    ],
)
def test_only_a_normal_range_of_adults_counts(range_: dict[str, Any], expected: str) -> None:
    assert limit_shown(range_) == expected


def test_a_value_without_a_unit_is_not_read_in_the_unit_of_a_range_that_differs() -> None:
    """21100 without a unit beside a limit of 16300 pg/mL is not 21100 ug/L."""
    ranged_in = {"high": {"value": 16300, "unit": "pg/mL"}}
    assert seen("nse-reading", nse(21100, "", high=None, referenceRange=[ranged_in])) == "not-convertible"
    same = {"high": {"value": 16.3, "unit": "ng/mL"}}
    assert seen("nse-reading", nse(21.1, "", high=None, referenceRange=[same])) == "usable"


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


@pytest.mark.parametrize("code", ["A", "AA"])
def test_abnormal_without_a_limit_is_never_called_normal(code: str) -> None:
    assert level(interpreted(code, value=17)) == "high"
    assert level(interpreted(code)) == "unknown"
    assert "calls it abnormal" in feature("nse-level", interpreted(code)).note
    assert seen("nse-multiple", interpreted(code)) == "not-high"


@pytest.mark.parametrize(
    ("words", "expected"),
    [("High", "high"), ("H", "high"), ("erhöht", "high"), ("N", "normal"), ("within normal limits", "normal"),
     ("Low", "normal"), ("abnormal", "unknown"), ("not high", "normal"), ("see comment", "normal")],
)  # fmt: skip
def test_an_interpretation_in_words_is_read(words: str, expected: str) -> None:
    assert level(nse(14, high=None, interpretation=[{"text": words}])) == expected


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
