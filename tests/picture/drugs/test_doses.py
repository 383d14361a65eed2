"""Daily doses: coded timing, units, words, strengths, ranges, and what cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.concepts import ConceptId
from cds_service.picture.drugs.doses import daily_mg
from cds_service.picture.drugs.medications import entries
from tests.charts import Resource, concept, line, record, request, statement

DAILY: Resource = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}


def quantity(value: Any, unit: str, **members: Any) -> Resource:
    return {"value": value, "unit": unit} | members


def dosage(value: Any = None, unit: str = "", *, timing: Resource | None = None, **members: Any) -> Resource:
    dose = [] if value is None else [{"doseQuantity": quantity(value, unit)}]
    return {"doseAndRate": dose, "timing": DAILY if timing is None else timing} | members


def read(resource: Resource, *beside: Resource) -> str:
    held = record(resource, *beside)
    [entry] = entries(held)
    amount = daily_mg(entry, ConceptId("treatments/biotin"), 4, held)
    return amount.shown if amount else "not readable"


def of(*dosages: Resource, drug: str = "Biotin") -> str:
    return read(request(drug, dosageInstruction=list(dosages)))


def told(words: str, drug: str = "Biotin") -> str:
    return read(statement(drug, dosage=words))


@pytest.mark.parametrize(
    ("value", "unit", "mg"),
    [
        (5, "mg", "5"),
        (5000, "ug", "5"),
        (5000, "mcg", "5"),
        (5000, "µg", "5"),
        (5000, "μg", "5"),
        (10000, "mcg", "10"),
        (10000, "{mcg}", "10"),
        (0.3, "g", "300"),
        ("10", "mg", "10"),
        (1, "mL", "not readable"),
        (0, "mg", "not readable"),
        ("5,000", "mcg", "not readable"),
        (None, "mg", "not readable"),
        (1, "tablet", "not readable"),  # of an unknown strength
    ],
)
def test_a_dose_converts_to_milligrams_or_is_not_readable(value: Any, unit: str, mg: str) -> None:
    assert of({"doseAndRate": [{"doseQuantity": quantity(value, unit)}], "timing": DAILY}) == mg


def test_a_senseless_dose_is_no_fault_of_ours() -> None:
    often = {"repeat": {"frequency": 10**11, "period": 0.0000001, "periodUnit": "h"}}
    assert of(dosage(10**11, "g", timing=often)).startswith("24")
    assert told("9" * 5000 + " mg daily") == "not readable"


def test_the_code_of_a_unit_counts_before_its_print() -> None:
    assert of({"doseAndRate": [{"doseQuantity": quantity(5000, "mg", code="ug")}], "timing": DAILY}) == "5"


def test_a_dose_with_a_comparator_is_not_readable() -> None:
    assert of({"doseAndRate": [{"doseQuantity": quantity(5, "mg", comparator="<")}], "timing": DAILY}) == "not readable"


def test_the_dose_of_an_older_version_of_the_standard_is_read() -> None:
    assert of({"doseQuantity": quantity(5, "mg"), "timing": DAILY}) == "5"


def test_two_different_doses_of_one_dosage_are_not_readable() -> None:
    both = [{"doseQuantity": quantity(5, "mg")}, {"doseQuantity": quantity(6, "mg")}]
    assert of({"doseAndRate": both, "timing": DAILY}) == "not readable"
    assert of({"doseAndRate": [both[0], both[0]], "timing": DAILY}) == "5"


@pytest.mark.parametrize(
    ("low", "high", "mg"),
    [
        (quantity(1, "mg"), quantity(2, "mg"), "1-2"),
        (quantity(1, "mg"), None, "not readable"),
        (quantity(1, "mg"), quantity(2, "mL"), "not readable"),
    ],
)
def test_a_range_keeps_both_ends(low: Resource, high: Resource | None, mg: str) -> None:
    range_ = {"low": low} | ({"high": high} if high else {})
    assert of({"doseAndRate": [{"doseRange": range_}], "timing": DAILY}) == mg


@pytest.mark.parametrize(
    ("repeat", "mg"),
    [
        ({"frequency": 2, "period": 1, "periodUnit": "d"}, "10"),
        ({"frequency": 1, "period": 12, "periodUnit": "h"}, "10"),
        ({"frequency": 1, "frequencyMax": 3, "period": 1, "periodUnit": "d"}, "5-15"),
        ({"frequency": 1, "period": 1, "periodMax": 2, "periodUnit": "d"}, "2.5-5"),
        ({"timeOfDay": ["08:00:00", "20:00:00"]}, "10"),
        ({"when": ["CM", "CD", "CV"]}, "15"),
        ({"frequency": 1, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon"]}, "0.7143-5"),
        ({"dayOfWeek": ["mon", "tue"]}, "1.4286-5"),
        ({"frequency": 1, "period": 1, "periodUnit": "wk"}, "0.7143-5"),
        ({"frequency": 3, "period": 1, "periodUnits": "d"}, "15"),
        ({"frequency": 2}, "0-20"),  # in what time?
        ({"frequency": 1, "period": 0, "periodUnit": "d"}, "0-20"),
        ({"frequency": 1, "period": 1, "periodUnit": "fortnight"}, "0-20"),
    ],
)
def test_the_timing_gives_the_doses_of_a_day(repeat: Resource, mg: str) -> None:
    assert of(dosage(5, "mg", timing={"repeat": repeat})) == mg


@pytest.mark.parametrize(
    ("code", "mg"),
    [
        (concept("http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation|BID"), "10"),
        (concept("three times daily"), "15"),
        (concept("as directed"), "0-20"),
    ],
)
def test_a_coded_timing_is_read(code: Resource, mg: str) -> None:
    assert of(dosage(5, "mg", timing={"code": code})) == mg


@pytest.mark.parametrize(
    ("words", "mg"),
    [
        ("10 mg daily", "10"),
        ("5 mg twice daily", "10"),
        ("5000 mcg once a day", "5"),
        ("5,000 mcg every day", "5"),
        ("10,000 µg/day", "10"),
        ("10.000 µg täglich", "0.01-10"),
        ("2,5 mg pro Tag", "2.5"),
        ("2,500 mg daily", "2.5-2500"),
        ("1.000.000 ug daily", "1000"),
        ("1,000.5 ug daily", "1.0005"),
        ("5-10 mg q24h", "5-10"),
        ("5 mg tid", "15"),
        ("5 mg every 6 hours", "20"),
        ("10 mg every other day", "5-10"),
        ("10 mg weekly", "1.5-10"),
        ("2.5 mg 1-0-1", "5"),
        ("5 mg 1-0-1-1", "15"),
        ("10 mg", "0-40"),
        ("5 mg in the morning, 5 mg in the evening", "not readable"),
        ("5 mg in the morning and in the evening", "10"),
        ("5 mg morgens und abends", "10"),
        ("5 mg every morning", "5"),
        ("10 mg/mL daily", "not readable"),
        ("5 mg or 10 mg daily", "not readable"),
        ("as directed", "not readable"),
        ("5 mg bid or tid", "0-20"),
    ],
)
def test_words_give_dose_and_frequency(words: str, mg: str) -> None:
    assert told(words) == mg


@pytest.mark.parametrize(
    ("words", "mg"),
    [
        ("1 tablet daily", "10"),
        ("2 capsules twice a day", "40"),
        ("0.5 tab daily", "5"),
        ("1 tablet or 2 tablets daily", "not readable"),
        ("take daily", "10"),
        ("2-0-0", "20"),
        ("as directed", "0-40"),
    ],
)
def test_units_of_a_product_count_by_the_strength_in_its_name(words: str, mg: str) -> None:
    assert told(words, "Biotin 10 mg tablets") == mg


def test_a_number_of_tablets_without_a_strength_is_not_readable() -> None:
    assert told("2 tablets daily") == "not readable"


def test_a_coded_number_of_tablets_counts_by_the_strength() -> None:
    assert of(dosage(2, "tablet"), drug="Biotin 10 mg tablets") == "20"
    assert of(dosage(2, ""), drug="Biotin 10 mg tablets") == "20"


def test_a_name_alone_may_tell_the_daily_dose() -> None:
    assert read(statement("Biotin 10 mg daily")) == "10"
    assert read(statement("Biotin 30 ug")) == "0-0.12"
    assert read(statement("Biotin")) == "not readable"
    assert read(statement("Biotin 10 mg / 20 mg")) == "not readable"


def product(strength: Any, *others: Resource) -> Resource:
    part = {"itemCodeableConcept": concept("Biotin")} | ({"strength": strength} if strength else {})
    return line(Medication="Hair 50 mg", id="m1", ingredient=[part, *others])


def one(value: Any, unit: str, per: Any = None) -> Resource:
    return {"numerator": quantity(value, unit)} | ({"denominator": per} if per is not None else {})


@pytest.mark.parametrize(
    ("strength", "mg"),
    [
        (one(5000, "ug", quantity(1, "tablet")), "5"),
        (one(5, "mg"), "5"),
        (one(5, "mg", quantity(10, "mL")), "not readable"),
        (one(5, "mg", quantity(1, "mL")), "not readable"),
        ({"numerator": "5 mg"}, "not readable"),
        (None, "not readable"),
    ],
)
def test_the_strength_of_the_ingredient_counts(strength: Any, mg: str) -> None:
    zinc = {"itemCodeableConcept": concept("Zinc"), "strength": one(20, "mg")}
    resource = request("", medicationReference="Medication/m1", dosageInstruction="1 tablet daily")
    assert read(resource, product(strength, zinc) | {"code": concept("Hair vitamins")}) == mg


def test_one_ingredient_with_two_strengths_is_not_readable() -> None:
    again = {"itemCodeableConcept": concept("Biotin"), "strength": one(20, "mg")}
    resource = request("", medicationReference="Medication/m1", dosageInstruction="1 tablet daily")
    assert read(resource, product(one(5, "mg"), again)) == "not readable"


@pytest.mark.parametrize("need", [{"asNeededBoolean": True}, {"asNeededCodeableConcept": concept("hair")}])
def test_what_is_taken_as_needed_has_no_lower_end(need: Resource) -> None:
    assert of(dosage(5, "mg", **need)) == "0-5"


def test_dosages_beside_each_other_add_up_and_one_after_the_other_do_not() -> None:
    assert of(dosage(5, "mg"), dosage(2, "mg")) == "5-7"
    assert of(dosage(5, "mg", sequence=1), dosage(2, "mg", sequence=2)) == "2-5"
    assert of(dosage(5, "mg"), dosage(1, "mL")) == "not readable"
