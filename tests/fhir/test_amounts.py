"""Amounts: numbers, bounds and ranges from quantities and from text, and comparisons that may stay undecided."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir.amounts import Amount, bounded, exactly, from_text, number, signed

DECIMALS = st.decimals(min_value=-10_000, max_value=10_000, places=3)
ENDS = st.one_of(st.none(), DECIMALS)


def amount(low: str | None, high: str | None, low_open: bool = False, high_open: bool = False) -> Amount:
    return Amount(None if low is None else Decimal(low), None if high is None else Decimal(high), low_open, high_open)


def at(value: str) -> Amount:
    return amount(value, value)


def over(value: str) -> Amount:
    return amount(value, None, low_open=True)


def under(value: str) -> Amount:
    return amount(None, value, high_open=True)


@pytest.mark.parametrize(
    ("text", "expected", "rest"),
    [
        ("21.1", at("21.1"), ""),
        ("21,1", at("21.1"), ""),
        ("21,1 ug/L H", at("21.1"), "ug/L H"),
        ("21.10 ng/mL", at("21.10"), "ng/mL"),
        ("15 %", at("15"), "%"),
        ("25%", at("25"), "%"),
        (">370", over("370"), ""),
        ("> 370", over("370"), ""),
        ("greater than 370", over("370"), ""),
        ("more than 370 ug/L", over("370"), "ug/L"),
        ("higher than 370", over("370"), ""),
        ("above 370", over("370"), ""),
        ("over 370", over("370"), ""),
        ("größer als 370", over("370"), ""),
        ("über 370", over("370"), ""),
        ("<0.5", under("0.5"), ""),
        ("less than 0.5", under("0.5"), ""),
        ("lower than 0.5", under("0.5"), ""),
        ("fewer than 2", under("2"), ""),
        ("below 0.5", under("0.5"), ""),
        ("under 3 %", under("3"), "%"),
        ("kleiner als 0,5", under("0.5"), ""),
        ("unter 3 %", under("3"), "%"),
        ("<=15", amount(None, "15"), ""),
        ("≤ 15", amount(None, "15"), ""),
        (">=15", amount("15", None), ""),
        ("≥15", amount("15", None), ""),
        ("up to 22% (hot spot), mean 12%", amount(None, "22"), "% (hot spot), mean 12%"),
        ("at most 22", amount(None, "22"), ""),
        ("bis zu 22 %", amount(None, "22"), "%"),
        ("max. 22 %", amount(None, "22"), "%"),
        ("maximal 22 %", amount(None, "22"), "%"),
        ("at least 5", amount("5", None), ""),
        ("mindestens 5", amount("5", None), ""),
        ("ca. 5%", at("5"), "%"),
        ("approximately 5 %", at("5"), "%"),
        ("approx. 5 %", at("5"), "%"),
        ("about 5 %", at("5"), "%"),
        ("etwa 5 %", at("5"), "%"),
        ("~5 %", at("5"), "%"),
        ("10-15%", amount("10", "15"), "%"),
        ("10 - 15 %", amount("10", "15"), "%"),
        ("10 – 15 %", amount("10", "15"), "%"),
        ("10—15 %", amount("10", "15"), "%"),
        ("10 to 15 %", amount("10", "15"), "%"),
        ("10 bis 15 %", amount("10", "15"), "%"),
        ("0-16.3", amount("0", "16.3"), ""),
        ("0,5-1,5", amount("0.5", "1.5"), ""),
        ("15-10 %", amount("10", "15"), "%"),
        ("<1-2%", under("2"), "%"),
        ("<2%", under("2"), "%"),
        ("> 20 %", over("20"), "%"),
        (">20-30 %", over("20"), "%"),
        ("3/2mm²", at("3"), "/2mm²"),
        ("1+", at("1"), "+"),
        ("0,123", at("0.123"), ""),
        ("1000,5", at("1000.5"), ""),
        ("greater than or equal to 370", amount("370", None), ""),
        ("=> 370", amount("370", None), ""),
        ("größer gleich 370", amount("370", None), ""),
        ("not less than 5 %", amount("5", None), "%"),
        ("nicht unter 5 %", amount("5", None), "%"),
        ("less than or equal to 2 %", amount(None, "2"), "%"),
        ("=<2 %", amount(None, "2"), "%"),
        ("kleiner oder gleich 2 %", amount(None, "2"), "%"),
        ("not more than 5 %", amount(None, "5"), "%"),
        ("nicht mehr als 5 %", amount(None, "5"), "%"),
        ("höchstens 5 %", amount(None, "5"), "%"),
        ("mehr als 20 %", over("20"), "%"),
        ("höher als 20 %", over("20"), "%"),
        ("grösser als 20 %", over("20"), "%"),
        ("oberhalb von 20 %", over("20"), "%"),
        ("weniger als 3 %", under("3"), "%"),
        ("unterhalb 3 %", under("3"), "%"),
        ("more than approximately 5 %", over("5"), "%"),
        ("10%-15%", amount("10", "15"), "%"),
        ("10 % to 15 %", amount("10", "15"), "%"),
        ("between 10 and 15 %", amount("10", "15"), "%"),
        ("zwischen 10 % und 15 %", amount("10", "15"), "%"),
    ],
)
def test_a_result_sent_as_text_is_read_as_its_interval(text: str, expected: Amount, rest: str) -> None:
    assert from_text(text) == (expected, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "elevated",
        "MIB-1 25%",
        "-5",
        "12.03.2026",
        "2026-11-15",
        "12:30",
        "1:20",
        "1,234.5 ng/mL",
        "1.234,5 ng/mL",
        "1,234 ng/mL",
        "10-1,234 ng/mL",
        "9" * 13,
    ],
)
def test_a_text_that_does_not_begin_with_one_clear_amount_has_none(text: str) -> None:
    assert from_text(text) is None


def test_a_word_of_a_bound_counts_only_right_before_its_figure() -> None:
    assert signed("greater than 20 %, as stated above, 5 %") == "> 20 %, as stated above, 5 %"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (21, "21"),
        (21.1, "21.1"),
        (Decimal("21.10"), "21.10"),
        ("21,1", "21.1"),
        (" 21.1 ", "21.1"),
        ("999999999999", "999999999999"),
        ("1e-30", "1e-30"),
        ("-5", "-5"),
    ],
)
def test_numbers_and_numbers_sent_as_text_are_read(value: object, expected: str) -> None:
    assert number(value) == Decimal(expected)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        "",
        "H",
        ">370",
        [21],
        {},
        "NaN",
        "sNaN",
        float("nan"),
        float("inf"),
        "-Infinity",
        "1e12",
        "1,234",
        "1,234.5",
        Decimal("1e-31"),
        Decimal("1e-999999999"),
        Decimal("0e-999999999"),
    ],
)
def test_what_is_no_sensible_number_is_none(value: object) -> None:
    assert number(value) is None


@pytest.mark.parametrize(
    ("comparator", "expected"),
    [
        ("", at("5")),
        ("<", under("5")),
        ("<=", amount(None, "5")),
        ("≤", amount(None, "5")),
        (">", over("5")),
        (">=", amount("5", None)),
        ("≥", amount("5", None)),
        ("ad", None),
        ("sa", None),
        ("about", None),
    ],
)
def test_a_comparator_makes_a_bound_and_an_unknown_one_makes_nothing(comparator: str, expected: Amount | None) -> None:
    assert bounded(Decimal(5), comparator) == expected


@pytest.mark.parametrize(
    ("value", "above"),
    [
        (at("16.3"), False),
        (at("16.4"), True),
        (over("16.3"), True),
        (amount("16.3", None), None),
        (over("16.2"), None),
        (under("16.3"), False),
        (amount(None, "16.3"), False),
        (under("16.4"), None),
        (amount("10", "16.3"), False),
        (amount("10", "16.4"), None),
        (amount("16.4", "20"), True),
        (amount("16.3", "20"), None),
    ],
)
def test_high_is_strictly_above_the_limit(value: Amount, above: bool | None) -> None:
    assert value.above(Decimal("16.3")) is above


@pytest.mark.parametrize(
    ("value", "below"),
    [
        (at("3"), False),
        (at("2.9"), True),
        (under("3"), True),
        (amount(None, "3"), None),
        (under("3.1"), None),
        (over("3"), False),
        (amount("3", None), False),
        (over("2.9"), None),
        (amount("2", "2.9"), True),
        (amount("2", "3"), None),
        (amount("3", "4"), False),
    ],
)
def test_below_is_strictly_below_the_limit(value: Amount, below: bool | None) -> None:
    assert value.below(Decimal(3)) is below


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (at("21.10"), "21.10"),
        (at("1E+2"), "100"),
        (over("370"), ">370"),
        (amount("370", None), "≥370"),
        (under("0.5"), "<0.5"),
        (amount(None, "0.5"), "≤0.5"),
        (amount("0", "2", high_open=True), "<2"),
        (amount("0", "2"), "0-2"),
        (amount("10", "15"), "10-15"),
    ],
)
def test_the_number_shown_is_the_number_judged(value: Amount, shown: str) -> None:
    assert value.shown == shown


def test_only_an_amount_without_bounds_is_exact() -> None:
    assert at("5").exact == Decimal(5)
    assert [value.exact for value in (over("5"), under("5"), amount("1", "2"))] == [None, None, None]


def test_scaling_keeps_missing_ends_missing() -> None:
    assert over("2").scaled(Decimal(10)) == over("20")
    assert under("2").scaled(Decimal(10)) == under("20")
    assert exactly(Decimal("0.15")).scaled(Decimal(100)) == at("15.00")


@given(low=ENDS, high=ENDS, low_open=st.booleans(), high_open=st.booleans(), limit=DECIMALS, value=DECIMALS)
def test_what_is_said_of_an_interval_holds_for_every_value_in_it(
    low: Decimal | None, high: Decimal | None, low_open: bool, high_open: bool, limit: Decimal, value: Decimal
) -> None:
    interval = Amount(low, high, low_open, high_open)
    inside = (low is None or value > low or (value == low and not low_open)) and (
        high is None or value < high or (value == high and not high_open)
    )
    if inside:
        assert interval.above(limit) in (None, value > limit)
        assert interval.below(limit) in (None, value < limit)


@given(value=DECIMALS, limit=DECIMALS)
def test_an_exact_value_is_always_decided(value: Decimal, limit: Decimal) -> None:
    assert exactly(value).above(limit) is (value > limit)
    assert exactly(value).below(limit) is (value < limit)


@given(st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    read = from_text(text)
    assert read is None or read[0].shown
