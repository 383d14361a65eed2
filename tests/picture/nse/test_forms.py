"""NSE in the forms in which laboratories and interfaces send it: what is read, and what is never taken for a number."""

from __future__ import annotations

from typing import Any

import pytest

from tests.charts import (
    Resource,
    attached,
    concept,
    condition,
    feature,
    line,
    nse,
    observation,
    pathology,
    ref,
    report,
    said,
    seen,
)

UCUM = "http://unitsofmeasure.org"


def level(*resources: Resource) -> str:
    return seen("nse-level", *resources)


def reading(*resources: Resource) -> str:
    return seen("nse-reading", *resources)


def sent(high: float | None = 16.3, **quantity: Any) -> Resource:
    return nse(None, high=high, valueQuantity=quantity)


@pytest.mark.parametrize(
    "unit", ["ug/L", "mcg/L", "µg/L", "\u03bcg/l", "NG/ML", "ng/mL ", "ng / mL", "ng/mL{NSE}", "ug/l {serum}"]
)
def test_ng_per_ml_and_every_spelling_of_ug_per_l_are_one_figure(unit: str) -> None:
    assert (level(sent(value=16.3, unit=unit)), level(sent(value=16.4, unit=unit))) == ("normal", "high")
    assert "NSE 16.4 ug/L (limit 16.3)" in said("nse-level", sent(value=16.4, unit=unit))


@pytest.mark.parametrize(("value", "unit"), [(21100, "pg/mL"), (21100, "ng/L"), (2110, "ng/dL"), (0.0211, "mg/L")])
def test_other_masses_convert(value: float, unit: str) -> None:
    assert level(sent(high=None, value=value, unit=unit)) == "high"


@pytest.mark.parametrize("unit", ["nmol/L", "pmol/L", "U/L", "[IU]/L", "kU/L"])
def test_amounts_and_activities_are_shown_and_never_compared(unit: str) -> None:
    result = sent(value=999, unit=unit)
    assert (reading(result), level(result)) == ("not-convertible", "unknown")
    assert "999" in said("nse-reading", result)


@pytest.mark.parametrize("quantity", [{"unit": "ng/mL", "code": "U/L"}, {"unit": "ug/L", "code": "ng/L"}])
def test_a_unit_that_contradicts_its_code_is_not_compared(quantity: dict[str, Any]) -> None:
    assert (reading(sent(value=21.1, **quantity)), level(sent(value=21.1, **quantity))) == (
        "not-convertible",
        "unknown",
    )


def test_a_unit_coded_in_another_system_is_read_as_printed() -> None:
    assert level(sent(value=21.1, unit="ng/mL", code="258806002", system="http://snomed.info/sct")) == "high"
    assert level(sent(value=21.1, unit="ng/mL", code="ng/mL", system=UCUM)) == "high"


@pytest.mark.parametrize(
    "words", [">370", "> 370 ug/L", "greater than 370", "größer als 370 ug/L", "über 370", "mehr als 370"]
)
def test_a_lower_bound_above_the_limit_is_high_and_is_no_number_to_divide(words: str) -> None:
    assert level(nse(words)) == "high"
    assert ">370" in said("nse-level", nse(words))


@pytest.mark.parametrize(
    "words", ["<0.5", "< 0,5 ug/L", "less than 0.5", "kleiner als 0,5", "unter 0,5 ug/L", "<=16.3"]
)
def test_an_upper_bound_up_to_the_limit_is_normal(words: str) -> None:
    assert level(nse(words)) == "normal"


@pytest.mark.parametrize("words", ["<20", "unter 20 ug/L", ">10", "größer als 16,2", "10-20 ug/L"])
def test_a_bound_across_the_limit_decides_nothing(words: str) -> None:
    assert level(nse(words)) == "unknown"


@pytest.mark.parametrize(
    "quantity", [{"comparator": ">", "value": 370}, {"value": ">370"}, {"comparator": " > ", "value": 370}]
)
def test_a_comparator_beside_or_in_the_value_stays_a_bound(quantity: dict[str, Any]) -> None:
    assert level(sent(unit="ug/L", **quantity)) == "high"
    assert level(sent(high=400, unit="ug/L", **quantity)) == "unknown"


@pytest.mark.parametrize(
    "words", ["21,1", "21.1 ug/L", "21.1 H", "21.1 H ug/L", "21.1 (H)", "21,1 + ng / mL", "H 21.1", "21.1\u00a0ng/mL"]
)
def test_a_number_sent_as_text_is_read_and_its_words_are_kept(words: str) -> None:
    assert level(nse(words)) == "high"
    assert "NSE 21.1 ug/L" in said("nse-level", nse(words))


@pytest.mark.parametrize("words", ["elevated", "erhöht", "see report", "1,234 ug/L", "12.11.2026", "-5 ug/L"])
def test_words_without_a_clear_number_are_no_value(words: str) -> None:
    assert (reading(nse(words)), level(nse(words))) == ("no-value", "unknown")


def test_a_negative_nse_is_no_value() -> None:
    assert reading(sent(value=-5, unit="ug/L")) == "no-value"


def test_a_coded_answer_is_qualitative_only() -> None:
    for answer in (concept("elevated"), concept("v3-interpretation|POS")):
        assert reading(nse(answer)) == "no-value"


def test_a_number_without_unit_counts_only_beside_a_plausible_range() -> None:
    assert level(sent(value=21.1)) == "high"
    assert level(nse(None, high=None, valueQuantity={"value": 21.1}, referenceRange=[{"text": "0-16.3"}])) == "high"
    for limit, expected in ((8, "high"), (7.9, "unknown"), (30, "normal"), (30.1, "unknown"), (None, "unknown")):
        assert level(sent(high=limit, value=21.1)) == expected


def test_a_range_or_a_ratio_is_a_value() -> None:
    ends = {"low": {"value": 17, "unit": "ug/L"}, "high": {"value": 19, "unit": "ug/L"}}
    assert level(nse(None, valueRange=ends)) == "high"
    parts = {"numerator": {"value": 21.1, "unit": "ug"}, "denominator": {"value": 1, "unit": "L"}}
    assert level(nse(None, valueRatio=parts)) == "high"
    assert level(nse(None, valueInteger=21)) == "high"


@pytest.mark.parametrize("reason", ["unknown", "error"])
def test_a_reason_for_no_value_is_no_value(reason: str) -> None:
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    assert reading(nse(None, dataAbsentReason=f"{system}|{reason}")) == "no-value"


# --- panels ------------------------------------------------------------------------------------------------------

PART = {"code": concept("loinc|15060-7"), "valueQuantity": {"value": 21.1, "unit": "ug/L"}}


def panel(*members: str, **more: Any) -> Resource:
    return observation("", text="Tumor marker panel", hasMember=[ref(member) for member in members], **more)


def test_a_component_keeps_its_own_range_and_the_date_of_its_panel() -> None:
    ranged = PART | {"referenceRange": [{"high": {"value": 25}}]}
    assert (
        said("nse-level", observation("", text="Panel", component=[ranged])) == "NSE 21.1 ug/L (limit 25), 2026-11-10"
    )


def test_a_member_without_a_date_has_that_of_its_panel() -> None:
    member = nse(date="", id="n", issued="2026-11-14T10:00:00Z")
    assert said("nse-level", member, panel("Observation/n", date="2026-11-08")).endswith("2026-11-08")
    assert said("nse-level", member).endswith("2026-11-14")
    assert said("nse-level", nse(id="n"), panel("Observation/n", date="2026-11-08")).endswith("2026-11-10")


def test_a_member_is_of_the_sample_of_its_panel() -> None:
    hemolyzed = line(Specimen="", id="s", condition="v2-0493|HEM")
    gathered = panel("Observation/n", specimen=ref("Specimen/s"))
    assert seen("nse-specimen", nse(id="n"), gathered, hemolyzed) == "hemolyzed"
    fluid = line(Specimen="Cerebrospinal fluid", id="s")
    assert reading(nse(id="n"), gathered, fluid) == "none-found"


def test_a_result_has_the_date_and_the_one_specimen_of_its_report() -> None:
    came = report("Laboratory", date="2026-11-10", result="Observation/n")
    one, two = [ref("Specimen/s")], [ref("Specimen/s"), ref("Specimen/t")]
    hemolyzed = line(Specimen="", id="s", condition="v2-0493|HEM")
    assert said("nse-level", nse(id="n", date=""), came).endswith("2026-11-10")
    assert said("nse-level", nse(id="n", date="", issued="2026-11-12"), came).endswith("2026-11-10")
    assert seen("nse-specimen", nse(id="n"), came | {"specimen": one}, hemolyzed) == "hemolyzed"
    assert seen("nse-specimen", nse(id="n"), came | {"specimen": two}, hemolyzed) == "not-recorded"
    assert said("nse-level", nse(id="n", date="", issued="2026-11-09"), came | {"status": "entered-in-error"}).endswith(
        "2026-11-09"
    )


def test_an_older_result_in_a_newer_report_keeps_its_own_time_and_sample() -> None:
    cumulative = report("Laboratory", date="2026-11-10", result="Observation/n", specimen="Specimen/s")
    hemolyzed = line(Specimen="", id="s", condition="v2-0493|HEM")
    assert seen("nse-specimen", nse(id="n", date="2026-10-01"), cumulative, hemolyzed) == "not-recorded"
    assert seen("nse-specimen", nse(id="n", date="2026-11"), cumulative, hemolyzed) == "hemolyzed"
    issued = nse(id="n", date="", issued="2026-10-01T10:00:00Z")
    assert said("nse-level", issued, cumulative).endswith("2026-10-01")


def test_a_result_without_its_own_date_is_of_the_day_its_sample_was_taken() -> None:
    taken = line(Specimen="", id="s", collection={"collectedDateTime": "2026-11-05"})
    late = nse(date="", issued="2026-11-14T10:00:00Z", specimen="Specimen/s")
    assert said("nse-level", late, taken).endswith("2026-11-05")
    over = line(Specimen="", id="s", collection={"collectedPeriod": {"start": "2026-11-04", "end": "2026-11-05"}})
    assert said("nse-level", late, over).endswith("2026-11-04 to 2026-11-05")
    assert said("nse-level", late, line(Specimen="", id="s", collection=["?"])).endswith("2026-11-14")


def test_contained_specimens_of_two_results_are_two_samples() -> None:
    inner = {"resourceType": "Specimen", "id": "s"}
    hemolyzed = inner | {"condition": [concept("v2-0493|HEM")]}
    one = nse(id="a", date="2026-11-01", specimen="#s", contained=[inner])
    other = nse(id="b", date="2026-11-10", specimen="#s", contained=[inner])
    assert seen("nse-count", one, other) == "two-or-more"
    assert seen("nse-specimen", one, other | {"contained": [hemolyzed]}) == "hemolyzed"
    assert seen("nse-specimen", one | {"contained": [hemolyzed]}, other) == "not-recorded"


# --- time --------------------------------------------------------------------------------------------------------


def test_the_newest_is_the_newest_draw_not_the_last_to_arrive() -> None:
    early = nse(99, date="2026-10-01", issued="2026-11-14T10:00:00Z")
    late = nse(5, date="2026-11-01", issued="2026-11-01T10:00:00Z")
    assert level(early, late) == level(late, early) == "normal"


def test_issue_times_of_two_zones_are_compared_as_moments() -> None:
    first = nse(99, issued="2026-11-10T23:30:00+02:00")
    second = nse(5, issued="2026-11-10T22:00:00Z")
    assert level(first, second) == level(second, first) == "normal"


def test_a_result_may_be_dated_by_its_issue_alone() -> None:
    assert level(nse(date="", issued="2026-11-10T10:00:00Z")) == "high"


def test_a_timing_of_one_event_is_a_date() -> None:
    assert said("nse-level", nse(date="", effectiveTiming={"event": ["2026-11-03"]})).endswith("2026-11-03")


def test_a_time_without_zone_keeps_its_day() -> None:
    assert said("nse-level", nse(date="2026-11-10T08:00:00")).endswith("2026-11-10")


@pytest.mark.parametrize(("date", "expected"), [("2026-11-18", "unknown"), ("2027", "unknown"), ("2026-11-15", "high")])
def test_a_result_of_the_future_is_set_aside_and_proves_nothing(date: str, expected: str) -> None:
    assert feature("nse-level", nse(date=date)).shown == expected


# --- identity ----------------------------------------------------------------------------------------------------


def test_results_of_one_order_number_are_not_corrections_of_each_other() -> None:
    number: dict[str, Any] = {"identifier": [{"system": "urn:lab", "value": "42"}]}
    other = observation("loinc|9811-1", 390, "ug/L", high=93, id="cga", **number)
    for order in ((nse(**number), other), (other, nse(**number))):
        assert (level(*order), seen("cga-level", *order)) == ("high", "high")


def test_a_text_attached_in_latin_1_is_read() -> None:
    form = attached("x")[0] | {
        "contentType": "text/plain; charset=ISO-8859-1",
        "data": "S2ktNjcg/GJlciA1NSAl",
    }  # "über"
    islets = condition("icd-10-cm|C25.4", id="c")
    assert seen("ki67-band", islets, pathology("", presentedForm=[form])) == "over-55"


@pytest.mark.parametrize(
    "name",
    [
        "Neuronenspezifische Enolase",
        "Neuron-spezifische Enolase",
        "Neuron Specific Enolase",
        "Enolase.neuron specific",
        "NSE i.S.",
        "enolasa neuronal específica",
        "énolase neuronale spécifique",
    ],
)
def test_a_local_code_is_read_by_its_name(name: str) -> None:
    local = {"coding": [{"system": "urn:oid:1.2.3", "code": "XNSEN", "display": name}]}
    assert reading(nse() | {"code": local}) == "usable"


@pytest.mark.parametrize("name", ["NSE im Liquor", "NSE (CSF)", "NSE, tissue stain", "NSE immunohistochemistry"])
def test_nse_elsewhere_is_no_reading(name: str) -> None:
    assert reading(nse() | {"code": {"text": name}}) == "none-found"


@pytest.mark.parametrize(("date", "age"), [("2026-09", "recent"), ("2026-11", "unknown"), ("2025-11", "unknown")])
def test_a_month_is_all_of_its_days(date: str, age: str) -> None:
    assert seen("nse-age", nse(date=date)) == age


# --- whose limit, and whether it is NSE of blood at all -----------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("Erwachsene < 25,4", "limit 25.4"),
        ("Adults <= 25.4 ng/mL", "limit 25.4"),
        ("Ref. 0-25.4", "limit 25.4"),
        ("18-99 years: < 25.4 ng/mL", "limit 25.4"),
        ("18 Jahre und älter: bis 25,4", "limit 25.4"),
        ("> 18 y: 0 - 25.4", "limit 25.4"),
        ("< 25.4 ng/mL (up to 65 years)", "limit 25.4"),
        ("0-17 years: < 25.4", "assumed limit 16.3"),
        ("< 18 J.: bis 25,4", "assumed limit 16.3"),
    ],
)
def test_an_age_in_the_words_of_a_range_is_no_limit(words: str, limit: str) -> None:
    assert f"({limit})" in said("nse-level", nse(20, high=None, referenceRange=[{"text": words}]))


@pytest.mark.parametrize(
    "coding",
    [
        {"system": "http://terminology.hl7.org/CodeSystem/v2-0078", "code": "H"},
        {"system": "urn:oid:1.2.3.4", "code": "H"},
    ],
)
def test_a_laboratory_flag_in_an_older_or_local_system_outweighs_the_assumed_limit(coding: dict[str, str]) -> None:
    assert level(nse(14, high=None, interpretation=[{"coding": [coding]}])) == "high"


@pytest.mark.parametrize(
    "named", [{"bodySite": {"text": "Cerebrospinal fluid"}}, {"code": concept("loinc|15060-7", text="NSE im Liquor")}]
)
def test_spinal_fluid_named_by_site_or_test_is_no_blood(named: dict[str, Any]) -> None:
    assert reading(nse(40) | named) == "none-found"
    assert reading(nse(40, bodySite="Blood, not CSF")) == "usable"


@pytest.mark.parametrize("code", ["loinc|2225-1", "loinc|19193-2"])
def test_an_activity_in_a_unit_of_mass_contradicts_itself(code: str) -> None:
    assert reading(observation(code, 21.1, "ug/L")) == "not-convertible"
    assert reading(observation(code, 21.1, high=16.3)) == "not-convertible"


@pytest.mark.parametrize(
    "name",
    [
        "NSE - neurologic severity estimate",
        "Non-specific esterase (NSE)",
        "NSE national stroke evaluation",
        "Normal saline enema (NSE)",
        "Anti-NSE",
        "NSE antibodies",
        "NSE ratio CSF/serum",
    ],
)
def test_the_same_letters_for_something_else_are_no_nse(name: str) -> None:
    assert reading(observation("", 21.1, text=name), nse(40, date="2026-11-01")) == "usable"
    assert "NSE 40" in said("nse-level", observation("", 21.1, "ug/L", text=name), nse(40, date="2026-11-01"))


def test_one_draw_told_in_two_zones_is_one_reading() -> None:
    twice = nse(40, date="2026-11-10T23:30:00Z"), nse(40, date="2026-11-11T00:30:00+01:00")
    assert seen("nse-count", *twice) == "one"


def test_the_newest_reading_is_the_later_instant_whatever_its_calendar_day() -> None:
    later, earlier = nse(40, date="2026-11-10T23:30:00-10:00"), nse(12, date="2026-11-11T02:00:00Z")
    assert level(later, earlier) == level(earlier, later) == "high"
