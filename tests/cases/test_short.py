"""The short forms: what each stands for, what is refused, and that nothing is lost between writing and reading."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.cases.short import UCUM, Reader, is_coded, is_quantity, quantity, reference_range
from tests.cases.made import NOW, maker

READER = maker().reader
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"


@pytest.mark.parametrize(
    ("words", "codings"),
    [
        ("loinc|15060-7", [{"system": LOINC, "code": "15060-7"}]),
        ("loinc|15060-7 'NSE'", [{"system": LOINC, "code": "15060-7", "display": "NSE"}]),
        ("loinc|15060-7 ''", [{"system": LOINC, "code": "15060-7", "display": ""}]),
        ("http://example.org/x|a/3", [{"system": "http://example.org/x", "code": "a/3"}]),
        (
            "snomed|34000006 'Crohn's disease; unspecified'",
            [{"system": SNOMED, "code": "34000006", "display": "Crohn's disease; unspecified"}],
        ),
        (
            "loinc|1 'Crohn's'; snomed|2; loinc|3 'x'",
            [
                {"system": LOINC, "code": "1", "display": "Crohn's"},
                {"system": SNOMED, "code": "2"},
                {"system": LOINC, "code": "3", "display": "x"},
            ],
        ),
    ],
)
def test_codings_are_a_system_a_code_and_what_it_is_called(words: str, codings: list[dict[str, str]]) -> None:
    assert READER.codings(words) == codings
    assert READER.concept(words) == {"coding": codings}


@pytest.mark.parametrize("words", ["NET of the pancreas", "grade 2; Ki-67 'hot spot' 8 %", "p53 | wild type"])
def test_words_without_a_code_are_the_text_of_a_concept(words: str) -> None:
    assert READER.concept(words) == {"text": words}
    assert not is_coded(words)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("lonic|15060-7", "'lonic' is no code system of systems.toml; did you mean 'loinc'?"),
        ("my-own-list|1", "'my-own-list' is no code system of systems.toml; write its URI, or give it a name there"),
        ("loinc|", "'loinc|' is not written as system|code 'display'"),
        ("loinc|1 NSE", "'loinc|1 NSE' is not written as system|code 'display'"),
        ("loinc|1 'NSE", "\"loinc|1 'NSE\" is not written as system|code 'display'"),
        ("loinc|1;loinc|2", "'loinc|1;loinc|2' is not written as system|code 'display'"),
        ("loinc|1; NSE", "'NSE' is not written as system|code 'display'"),
        ("loinc|1; ", "'loinc|1; ' is not written as system|code 'display'"),
    ],
)
def test_a_coding_that_is_misspelt_is_refused_and_not_read_as_text(words: str, problem: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        READER.concept(words)
    assert str(refused.value) == problem


def test_a_lone_coding_is_one() -> None:
    assert READER.coding("loinc|1 'x'") == {"system": LOINC, "code": "1", "display": "x"}


@pytest.mark.parametrize("words", ["loinc|1; loinc|2", ""])
def test_where_one_coding_stands_neither_two_nor_none_are_read(words: str) -> None:
    with pytest.raises(ValueError, match=r"is not one code system\|code; several are a list in \[ \]"):
        READER.coding(words)


@pytest.mark.parametrize(
    ("words", "value", "rest"),
    [
        ("21.1 ug/L", Decimal("21.1"), {"unit": "ug/L", "system": UCUM, "code": "ug/L"}),
        ("5 %", 5, {"unit": "%", "system": UCUM, "code": "%"}),
        ("<0.5 ug/L", Decimal("0.5"), {"comparator": "<", "unit": "ug/L", "system": UCUM, "code": "ug/L"}),
        (">= 100 ug/L", 100, {"comparator": ">=", "unit": "ug/L", "system": UCUM, "code": "ug/L"}),
        ("-2", -2, {}),
        (">20", 20, {"comparator": ">"}),
        ("2 /2mm2", 2, {"unit": "/2mm2", "system": UCUM, "code": "/2mm2"}),
    ],
)
def test_a_quantity_is_a_number_with_its_unit(words: str, value: Decimal, rest: dict[str, str]) -> None:
    assert is_quantity(words)
    assert quantity(words) == {"value": value} | rest


def test_a_quantity_keeps_the_figures_that_are_written() -> None:
    assert str(quantity("16.30 ug/L")["value"]) == "16.30"


@pytest.mark.parametrize("words", ["21,1 ug/L", "21.1ug/L", "~5 %", "about 5", "5 ", "=5", "1e3", ""])
def test_what_is_no_quantity_is_refused(words: str) -> None:
    assert not is_quantity(words)
    with pytest.raises(ValueError, match=r"is no quantity like 21\.1 ug/L"):
        quantity(words)


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("<=16.3 ug/L", {"high": {"value": Decimal("16.3"), "unit": "ug/L"}, "text": "<=16.3"}),
        ("<=15", {"high": {"value": 15}, "text": "<=15"}),
        ("16.3", {"high": {"value": Decimal("16.3")}}),
        ("93 ug/L", {"high": {"value": 93, "unit": "ug/L", "system": UCUM, "code": "ug/L"}}),
    ],
)
def test_a_reference_range_has_an_upper_limit_and_perhaps_its_words(words: str, made: dict[str, Any]) -> None:
    assert reference_range(words) == made


@pytest.mark.parametrize("words", ["<16.3 ug/L", "3-16 ug/L", "up to 16", "<= 16.3 ug/L"])
def test_another_reference_range_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"is no reference range like <=16\.3 ug/L, or 16\.3 ug/L"):
        reference_range(words)


@pytest.mark.parametrize(
    ("now", "words", "day"),
    [
        ("2026-11-15", "-14d", "2026-11-01"),
        ("2026-11-15", "-0d", "2026-11-15"),
        ("2026-11-15", "-8w", "2026-09-20"),
        ("2026-11-15", "-3m", "2026-08-15"),
        ("2026-11-15", "-11m", "2025-12-15"),
        ("2026-11-15", "-24m", "2024-11-15"),
        ("2026-05-31", "-3m", "2026-02-28"),
        ("2026-05-31", "-1m", "2026-04-30"),
        ("2024-05-31", "-3m", "2024-02-29"),
        ("2026-01-31", "-1m", "2025-12-31"),
        ("2024-02-29", "-1y", "2023-02-28"),
        ("2024-02-29", "-4y", "2020-02-29"),
    ],
)
def test_a_day_before_the_moment_of_the_case_ends_with_its_month(now: str, words: str, day: str) -> None:
    moment = datetime.fromisoformat(now).replace(hour=12, tzinfo=UTC)
    assert Reader({}, moment).moment(words) == day


@pytest.mark.parametrize("words", ["2026-02-30", "2026", "2026-11-15T08:00:00+01:00", "last week", ""])
def test_any_other_date_is_taken_as_it_stands(words: str) -> None:
    assert READER.moment(words) == words


@pytest.mark.parametrize("words", ["-14 d", "-14", "-3mo", "-d", "-123456d"])
def test_a_time_before_the_case_in_other_words_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=f"'{words}' is no time before the case like -14d, -8w, -3m or -2y"):
        READER.moment(words)


@pytest.mark.parametrize("words", ["-9999y", "-99999m"])
def test_a_time_before_the_first_year_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="year"):
        READER.moment(words)


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("2025-01-01/2025-03-01", {"start": "2025-01-01", "end": "2025-03-01"}),
        ("2025-01-01/", {"start": "2025-01-01"}),
        ("/2025-03-01", {"end": "2025-03-01"}),
        ("-2m/-14d", {"start": "2026-09-15", "end": "2026-11-01"}),
    ],
)
def test_a_period_may_have_an_open_end(words: str, made: dict[str, str]) -> None:
    assert READER.period(words) == made


@pytest.mark.parametrize("words", ["2025-01-01", "2025-01-01 to 2025-03-01", "/", ""])
def test_a_period_without_any_end_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="is no period like 2025-01-01/2025-03-01, of which one end may be left out"):
        READER.period(words)


# --- written and read again ----------------------------------------------------------------------------------------

DISPLAY = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029"), max_size=20)
CODINGS = st.lists(
    st.fixed_dictionaries(
        {
            "system": st.sampled_from([uris[0] for uris in READER.systems.values()] + ["urn:oid:1.2.3"]),
            "code": st.from_regex(r"[A-Za-z0-9./-]{1,12}", fullmatch=True),
        },
        optional={"display": DISPLAY.filter(lambda words: "'; " not in words)},
    ),
    min_size=1,
    max_size=3,
)
DAYS = st.dates(date(1930, 1, 1), NOW.date()).map(date.isoformat)
UNITS = st.sampled_from(["ug/L", "%", "/2mm2", "mg/dL", "10*9/L"])
VALUES = st.one_of(
    st.integers(-1000, 10**6), st.decimals(0, 10**6, places=2, allow_nan=False, allow_infinity=False).map(abs)
)


def concept_written(codings: list[dict[str, str]]) -> str:
    names = {uris[0]: name for name, uris in READER.systems.items()}
    return "; ".join(
        f"{names.get(one['system'], one['system'])}|{one['code']}"
        + (f" '{one['display']}'" if "display" in one else "")
        for one in codings
    )


@given(CODINGS)
def test_a_concept_written_in_short_is_read_as_the_same(codings: list[dict[str, str]]) -> None:
    assert READER.concept(concept_written(codings)) == {"coding": codings}


@given(VALUES, st.sampled_from(["", "<", "<=", ">", ">="]), st.one_of(st.just(""), UNITS))
def test_a_quantity_written_in_short_is_read_as_the_same(value: Decimal | int, comparator: str, unit: str) -> None:
    read = quantity(f"{comparator}{value}{f' {unit}' if unit else ''}")
    assert (read["value"], read.get("comparator", ""), read.get("unit", "")) == (value, comparator, unit)
    assert str(read["value"]) == str(value)


@given(st.fixed_dictionaries({}, optional={"start": DAYS, "end": DAYS}).filter(bool))
def test_a_period_written_in_short_is_read_as_the_same(period: dict[str, str]) -> None:
    assert READER.period(f"{period.get('start', '')}/{period.get('end', '')}") == period
