"""The lenient views: every odd form of value[x], codes, references, dates and limits that is seen in practice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir.amounts import Amount, exactly
from cds_service.fhir.codes import Codeable, Coding
from cds_service.fhir.values import (
    Value,
    code_of,
    codeable,
    codeables,
    date_of,
    elements,
    listed,
    notes,
    reference,
    span_of,
    text,
    upper_limit,
    value_of,
)
from tests.fhir.books import BOOK, LOINC


def value(**holder: Any) -> Value:
    return value_of(holder, BOOK)


def quantity(**members: Any) -> Value:
    return value(valueQuantity=members)


def over(bound: str) -> Amount:
    return Amount(Decimal(bound), None, low_open=True)


def test_a_quantity_has_amount_unit_and_the_words_as_printed() -> None:
    assert quantity(value=Decimal("21.10"), unit="µg/L", code="ug/L") == Value(
        exactly(Decimal("21.10")), "ug/L", "21.10 µg/L"
    )


@pytest.mark.parametrize(
    ("members", "unit", "words"),
    [
        ({"unit": "mcg/L"}, "mcg/L", "21.1 mcg/L"),
        ({"code": "ug/L"}, "ug/L", "21.1 ug/L"),
        ({}, "", "21.1"),
        ({"unit": " ng/mL "}, "ng/mL", "21.1 ng/mL"),
        ({"unit": 5}, "", "21.1"),
    ],
)
def test_the_unit_is_the_code_else_the_printed_unit(members: dict[str, Any], unit: str, words: str) -> None:
    found = quantity(value=Decimal("21.1"), **members)
    assert (found.unit, found.words) == (unit, words)


def test_a_quantity_sent_as_text_with_a_decimal_comma_is_read() -> None:
    assert quantity(value="21,1", unit="ug/L").amount == exactly(Decimal("21.1"))


def test_a_comparator_stays_a_bound_and_is_printed() -> None:
    found = quantity(value=370, comparator=">", unit="ug/L")
    assert (found.amount, found.words) == (over("370"), ">370 ug/L")


@pytest.mark.parametrize("comparator", ["ad", "sa", 5, {"value": ">"}, ["<"]])
def test_a_comparator_we_cannot_read_never_becomes_an_exact_value(comparator: object) -> None:
    assert quantity(value=370, comparator=comparator, unit="ug/L").amount is None


@pytest.mark.parametrize("figure", [None, True, "elevated", [], {}, "NaN"])
def test_a_quantity_without_a_number_has_only_its_unit(figure: object) -> None:
    found = quantity(value=figure, unit="ug/L")
    assert (found.amount, found.unit) == (None, "ug/L")
    assert found.is_empty


@pytest.mark.parametrize(
    ("low", "high", "amount", "words"),
    [
        ({"value": 10, "unit": "%"}, {"value": 15, "unit": "%"}, Amount(Decimal(10), Decimal(15)), "10-15 %"),
        ({"value": 10}, {"value": 15, "code": "%"}, Amount(Decimal(10), Decimal(15)), "10-15 %"),
        ({"value": 20, "unit": "%"}, None, Amount(Decimal(20), None), "≥20 %"),
        (None, {"value": 2, "unit": "%"}, Amount(None, Decimal(2)), "≤2 %"),
        ({"value": 15, "unit": "%"}, {"value": 10, "unit": "%"}, None, ""),
        ({"value": 1, "unit": "ug/L"}, {"value": 2, "unit": "mg/L"}, None, ""),
        ({"unit": "%"}, {}, None, ""),
        ("10", 15, None, ""),
    ],
)
def test_a_range_keeps_both_ends_and_counts_only_if_they_fit(
    low: object, high: object, amount: Amount | None, words: str
) -> None:
    found = value(valueRange={"low": low, "high": high})
    assert (found.amount, found.words) == (amount, words)


@pytest.mark.parametrize(
    ("members", "amount", "unit", "words"),
    [
        ({"value": ">370", "unit": "ug/L"}, over("370"), "ug/L", ">370 ug/L"),
        ({"value": "größer als 370", "unit": "ug/L"}, over("370"), "ug/L", "größer als 370 ug/L"),
        ({"value": "21,1 ug/L"}, exactly(Decimal("21.1")), "ug/L", "21,1 ug/L"),
        ({"value": ">370", "comparator": ">", "unit": "ug/L"}, None, "ug/L", ""),
    ],
)
def test_a_quantity_whose_value_is_a_text_with_a_bound_is_read(
    members: dict[str, Any], amount: Amount | None, unit: str, words: str
) -> None:
    found = quantity(**members)
    assert (found.amount, found.unit, found.words) == (amount, unit, words)


def test_a_negative_result_is_no_result() -> None:
    assert quantity(value=-5, unit="ug/L").amount is None
    assert value(valueInteger=-5).is_empty
    assert value(valueRange={"low": {"value": -5}}).amount is None


@pytest.mark.parametrize(
    ("members", "unit"),
    [
        ({"unit": "ng/mL", "code": "258806002", "system": "http://snomed.info/sct"}, "ng/mL"),
        ({"code": "258806002", "system": "http://snomed.info/sct"}, "258806002"),
        ({"unit": "ng/mL", "code": "ug/L", "system": "http://unitsofmeasure.org"}, "ug/L"),
        ({"unit": "ng/mL", "code": "ng/L"}, "ng/L or ng/mL"),
    ],
)
def test_the_code_of_ucum_comes_first_and_a_contradicting_unit_is_none(members: dict[str, Any], unit: str) -> None:
    assert quantity(value=21, **members).unit == unit


@pytest.mark.parametrize(
    ("above", "below", "amount", "unit", "words"),
    [
        ({"value": 3}, {"value": 2, "unit": "mm2"}, exactly(Decimal(3)), "/2mm2", "3/2 mm2"),
        ({"value": 21.1, "unit": "ug"}, {"value": 1, "unit": "L"}, exactly(Decimal("21.1")), "ug/L", "21.1 ug/1 L"),
        ({"value": 75, "unit": "cells"}, {"value": 500, "unit": "cells"}, exactly(Decimal(75)), "cells/500cells", None),
        ({"value": 3}, {"value": 0}, None, "", ""),
        ({"value": 3}, {"value": 2, "comparator": ">"}, None, "", ""),
        ({"value": 3}, None, None, "", ""),
        ("3", {"value": 2}, None, "", ""),
    ],
)
def test_a_ratio_is_its_figure_above_with_a_unit_below(
    above: Any, below: Any, amount: Amount | None, unit: str, words: str | None
) -> None:
    found = value(valueRatio={"numerator": above, "denominator": below})
    assert (found.amount, found.unit) == (amount, unit)
    assert words is None or found.words == words


def test_whole_and_decimal_numbers_have_no_unit() -> None:
    assert value(valueInteger=15) == Value(exactly(Decimal(15)), "", "15")
    assert value(valueDecimal=Decimal("15.5")) == Value(exactly(Decimal("15.5")), "", "15.5")
    assert value(valueInteger=True).is_empty


@pytest.mark.parametrize(
    ("words", "amount", "unit"),
    [
        ("21,1 ug/L H", exactly(Decimal("21.1")), "ug/L"),
        ("21.1 H", exactly(Decimal("21.1")), ""),
        ("21.1 HH", exactly(Decimal("21.1")), ""),
        ("21.1 [ug/L]", exactly(Decimal("21.1")), "ug/L"),
        ("21.1 *", exactly(Decimal("21.1")), ""),
        ("21.1 H ug/L", exactly(Decimal("21.1")), "ug/L"),
        ("21.1 H see comment", exactly(Decimal("21.1")), ""),
        ("21.1 (H)", exactly(Decimal("21.1")), ""),
        ("21,1 + ng / mL", exactly(Decimal("21.1")), "ng/mL"),
        ("21.1 ng / mL", exactly(Decimal("21.1")), "ng/mL"),
        ("H 21.1 ug/L", exactly(Decimal("21.1")), "ug/L"),
        ("** 21.1 ug/L", exactly(Decimal("21.1")), "ug/L"),
        ("HH >370 ug/L", over("370"), "ug/L"),
        ("21,1\u00a0ug/L", exactly(Decimal("21.1")), "ug/L"),
        ("21.1", exactly(Decimal("21.1")), ""),
        (">370 ng/mL", over("370"), "ng/mL"),
        ("10-15%", Amount(Decimal(10), Decimal(15)), "%"),
        ("1+", exactly(Decimal(1)), ""),
        ("elevated", None, ""),
    ],
)
def test_a_result_sent_as_text_keeps_its_words(words: str, amount: Amount | None, unit: str) -> None:
    assert value(valueString=f" {words} ") == Value(amount, unit, words)


def test_a_coded_answer_has_words_but_no_number() -> None:
    found = value(valueCodeableConcept={"coding": [{"system": LOINC, "code": "POS", "display": "Positive"}]})
    assert (found.amount, found.coded.shown, found.texts) == (None, "Positive", ("Positive",))
    assert not found.is_empty
    assert value(valueCodeableConcept={"text": "elevated"}).texts == ("elevated", "elevated")


def test_the_reason_for_a_missing_value_is_kept() -> None:
    found = value(dataAbsentReason={"text": "hemolysed, not reported"})
    assert found == Value(absent="hemolysed, not reported")
    assert found.is_empty


@pytest.mark.parametrize("holder", [{}, {"valueQuantity": "21.1"}, {"valueRange": [1]}, {"valueString": "  "}])
def test_what_holds_no_value_is_empty(holder: dict[str, Any]) -> None:
    assert value_of(holder, BOOK).is_empty


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"text": " NET "}, Codeable((), "NET")),
        ({"system": LOINC, "code": "1-8"}, Codeable((Coding("loinc", "1-8", "", LOINC),))),
        ({"coding": {"system": LOINC, "code": "1-8"}}, Codeable((Coding("loinc", "1-8", "", LOINC),))),
        ([{"text": "first"}, {"text": "second"}], Codeable((), "first")),
        (" plain ", Codeable((), "plain")),
        ([None, "plain"], Codeable((), "plain")),
        ({"coding": [{"code": 5}, "x"]}, Codeable((Coding("", "", "", ""),))),
        (5, Codeable()),
        (None, Codeable()),
    ],
)
def test_a_codeable_concept_is_read_in_every_form_it_comes_in(sent: object, expected: Codeable) -> None:
    assert codeable(sent, BOOK) == expected


def test_each_of_several_codeables_is_read() -> None:
    assert [item.text for item in codeables([{"text": "a"}, "b"], BOOK)] == ["a", "b"]


STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (" Final ", "final"),
        ({"coding": [{"display": "x"}, {"code": "Active"}]}, "active"),
        ({"coding": [{"system": "urn:oid:2.999", "code": "L1"}, {"system": STATUS, "code": "active"}]}, "active"),
        ({"coding": [{"system": "urn:oid:2.999", "code": "L1"}, {"code": "active"}]}, "l1"),
        ([{"coding": [{"code": "active"}]}], "active"),
        ({"text": "Resolved"}, "resolved"),
        ({"coding": []}, ""),
        (None, ""),
        (5, ""),
    ],
)
def test_a_status_is_a_code_or_a_codeable_concept(sent: object, code: str) -> None:
    assert code_of(sent) == code


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("Patient/1", "Patient/1"),
        ("https://ehr.example.org/fhir/Patient/1", "Patient/1"),
        ("https://ehr.example.org/fhir/Patient/1/_history/3", "Patient/1"),
        ("Patient/1/", "Patient/1"),
        ("#med", "#med"),
        ("urn:uuid:3b2f0c1e-7a64-4f0e-9d55-2f5d8a1c9e70", "urn:uuid:3b2f0c1e-7a64-4f0e-9d55-2f5d8a1c9e70"),
        ("1", ""),
        ("", ""),
        (5, ""),
    ],
)
def test_a_reference_is_type_and_id(target: object, expected: str) -> None:
    assert reference({"reference": target}) == expected
    assert reference([{"reference": target}]) == expected


def test_no_element_has_no_reference() -> None:
    assert reference(None) == ""
    assert reference("Patient/1") == ""


def test_the_first_element_that_holds_a_date_counts() -> None:
    def day(resource: dict[str, Any]) -> str:
        found = date_of(resource, "effectiveDateTime", "effectivePeriod", "issued")
        return found.text if found else ""

    assert day({"effectiveDateTime": "2026-09-05", "issued": "2026-09-06"}) == "2026-09-05"
    assert day({"effectiveDateTime": "soon", "issued": "2026-09-06"}) == "2026-09-06"
    assert day({"effectivePeriod": {"start": "2026-09-01", "end": "2026-09-03"}}) == "2026-09-01"
    assert day({"effectivePeriod": {"end": "2026-09-03"}}) == "2026-09-03"
    assert day({"effectivePeriod": {}, "issued": 5}) == ""


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"effectivePeriod": {"start": "2026-09-01", "end": "2026-09-03"}}, "2026-09-01 to 2026-09-03"),
        ({"effectivePeriod": {"start": "2026-09-01T08:00:00Z", "end": "2026-09-01T09:00:00Z"}}, "2026-09-01"),
        ({"effectivePeriod": {"start": "2026-09-01"}}, "2026-09-01"),
        ({"effectivePeriod": {"end": "2026-09-03"}}, "2026-09-03"),
        ({"effectiveTiming": {"event": ["2026-09-05"]}}, "2026-09-05"),
        ({"effectiveTiming": {"code": {"text": "daily"}}, "issued": "2026-09-06"}, "2026-09-06"),
        ({"effectiveDateTime": "2026-09"}, "2026-09"),
        ({"effectiveDateTime": 5}, ""),
    ],
)
def test_a_period_is_all_of_it(members: dict[str, Any], text: str) -> None:
    found = span_of(members, "effectiveDateTime", "effectivePeriod", "effectiveTiming", "issued")
    assert (found.text if found else "") == text


def test_a_period_lasts_to_the_end_of_its_last_day() -> None:
    found = span_of({"effectivePeriod": {"start": "2026-09-01", "end": "2026-09-03"}}, "effectivePeriod")
    assert found is not None
    assert (found.earliest.day, found.latest.day, found.latest.hour) == (1, 3, 23)


def test_notes_and_comments_are_read() -> None:
    assert list(notes({"note": [{"text": "one"}, {"text": ""}, "x"], "comment": "two"})) == ["one", "two"]
    assert list(notes({"note": {"text": "lone"}})) == ["lone"]
    assert list(notes({})) == []


@pytest.mark.parametrize(
    ("range_", "limit"),
    [
        ({"high": {"value": Decimal("16.3")}}, "16.3"),
        ({"low": {"value": 0}, "high": {"value": "16,3"}}, "16.3"),
        ({"text": "<=15"}, "15"),
        ({"text": "<15"}, "15"),
        ({"text": "0-16.3"}, "16.3"),
        ({"text": "0 - 16,3 ug/L"}, "16.3"),
        ({"high": {}, "text": "up to 18"}, "18"),
        ({"text": ">5"}, None),
        ({"text": "see report"}, None),
        ({"high": 16.3}, None),
        ({}, None),
    ],
)
def test_the_upper_limit_stands_in_high_or_in_the_text(range_: dict[str, Any], limit: str | None) -> None:
    assert upper_limit(range_) == (None if limit is None else Decimal(limit))


def test_lists_lone_objects_and_nothing_are_read_alike() -> None:
    assert [listed(None), listed({}), listed([1])] == [[], [{}], [1]]
    assert elements([{"a": 1}, "x", None]) == [{"a": 1}]
    assert [text(" a "), text(5)] == ["a", ""]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.decimals(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["value", "unit", "code", "coding", "text", "low", "high", "comparator", "reference"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)


@given(JSON)
def test_no_form_of_an_element_raises(sent: Any) -> None:
    for name in ("valueQuantity", "valueRange", "valueRatio", "valueString", "valueInteger", "valueCodeableConcept"):
        value_of({name: sent, "dataAbsentReason": sent}, BOOK)
    codeable(sent, BOOK)
    code_of(sent)
    reference(sent)
    date_of({"issued": sent}, "issued")
    span_of({"issued": sent}, "issued")
    list(notes({"note": sent, "comment": sent}))
    upper_limit({"high": sent, "text": sent})
