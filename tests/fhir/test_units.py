"""Units of markers and counts: what converts, what is refused and in which words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir.units import Refused, contradict, factor, normalized, percent_factor

ONE = Decimal(1)


@pytest.mark.parametrize(
    "unit",
    [
        "ug/L",
        "ug/l",
        "mcg/L",
        "MCG/L",
        "\u00b5g/L",
        "\u03bcg/l",
        "µG/L",
        "ng/mL",
        "ng/ml",
        "NG/ML",
        "ng/mL ",
        " ng / mL",
        "ng/mL{NSE}",
        "ug/L {serum}",
    ],
)
def test_every_spelling_of_micrograms_per_liter_is_the_same_figure(unit: str) -> None:
    assert factor(unit, "ug/L") == ONE


@pytest.mark.parametrize(
    ("unit", "by"),
    [
        ("pg/mL", "0.001"),
        ("ng/L", "0.001"),
        ("ng/dL", "0.01"),
        ("ug/dL", "10"),
        ("mcg/dL", "10"),
        ("ug/mL", "1000"),
        ("mg/L", "1000"),
    ],
)
def test_other_mass_units_convert_exactly(unit: str, by: str) -> None:
    assert factor(unit, "ug/L") == Decimal(by)


@pytest.mark.parametrize(
    ("unit", "by"),
    [("mg", "1"), ("MG", "1"), ("mcg", "0.001"), ("\u00b5g", "0.001"), ("\u03bcg", "0.001"), ("ug", "0.001"),
     ("Micrograms", "0.001"), ("Mikrogramm", "0.001"), ("g", "1000")],
)  # fmt: skip
def test_the_mass_of_a_dose_converts_to_milligrams(unit: str, by: str) -> None:
    assert factor(unit, "mg") == Decimal(by)


@pytest.mark.parametrize("unit", ["mg/mL", "mL", "tablet", "IU", ""])
def test_what_is_no_mass_is_no_dose_in_milligrams(unit: str) -> None:
    assert isinstance(factor(unit, "mg"), Refused)


NO_MASS = [
    "nmol/L",
    "pmol/L",
    "µmol/L",
    "mmol/mol",
    "U/L",
    "u/l",
    "kU/L",
    "mU/L",
    "IU/L",
    "[IU]/L",
    "m[IU]/mL",
    "mIU/mL",
    "kIU/L",
    "[arb'U]/mL",
    "nkat/L",
    "units/L",
    "AU/mL",
]


@pytest.mark.parametrize("unit", NO_MASS)
def test_amount_of_substance_and_activity_never_convert_to_mass(unit: str) -> None:
    refused = factor(unit, "ug/L")
    assert refused == Refused(f"{unit} measures amount or activity and does not convert to ug/L")


@given(
    unit=st.sampled_from(NO_MASS),
    before=st.sampled_from(["", " "]),
    after=st.sampled_from(["", " ", "{NSE}"]),
    target=st.sampled_from(["ug/L", "mg/dL", "mm"]),
)
def test_no_spelling_makes_an_activity_a_mass(unit: str, before: str, after: str, target: str) -> None:
    for spelled in (unit, unit.upper(), unit.lower()):
        assert isinstance(factor(before + spelled + after, target), Refused)


@given(st.text(max_size=12))
def test_a_unit_converts_to_a_positive_factor_or_is_refused_with_a_reason(unit: str) -> None:
    found = factor(unit, "ug/L")
    assert found.reason if isinstance(found, Refused) else found > 0


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        ("", "unit missing is not known and was not converted to ug/L"),
        ("  ", "unit missing is not known and was not converted to ug/L"),
        ("cells", "unit cells is not known and was not converted to ug/L"),
        ("g/L", "unit g/L is not known and was not converted to ug/L"),
    ],
)
def test_a_unit_that_is_missing_or_unknown_is_refused_by_name(unit: str, reason: str) -> None:
    assert factor(unit, "ug/L") == Refused(reason)


@pytest.mark.parametrize(
    ("unit", "by"),
    [
        ("mg/dL", "1"),
        ("g/L", "100"),
        ("g/dL", "1000"),
        ("mg/L", "0.1"),
        ("{index}", "1"),
        ("index", "1"),
        ("1", "1"),
        ("", "1"),
    ],
)
def test_a_hemolysis_index_is_read_in_milligrams_per_deciliter(unit: str, by: str) -> None:
    assert factor(unit, "mg/dL") == Decimal(by)


@pytest.mark.parametrize(("unit", "by"), [("mm", "1"), ("cm", "10"), ("CM", "10")])
def test_a_tumor_size_is_read_in_millimeters(unit: str, by: str) -> None:
    assert factor(unit, "mm") == Decimal(by)


@pytest.mark.parametrize(
    ("unit", "spelling"),
    [("mcg/L", "ug/l"), ("µg/L", "ug/l"), ("μg/L", "ug/l"), ("{index}", "{index}"), ("%{positive}", "%")],
)
def test_one_spelling_stands_for_the_many(unit: str, spelling: str) -> None:
    assert normalized(unit) == spelling


@pytest.mark.parametrize("unit", ["%", "percent", "Percent", "/100 cells", "{cells}/100{cells}", "% {positive}"])
def test_0_point_15_with_a_unit_of_percent_stays_0_point_15_percent(unit: str) -> None:
    assert percent_factor(unit, Decimal("0.15")) == ONE


@pytest.mark.parametrize("unit", ["1", "{fraction}", "fraction", "ratio"])
def test_0_point_15_with_unit_1_is_15_percent(unit: str) -> None:
    assert percent_factor(unit, Decimal("0.15")) == Decimal(100)


@pytest.mark.parametrize(
    ("unit", "value", "by"),
    [
        ("1", "1", None),
        ("1", "1.01", None),
        ("/1000 cells", "150", Decimal("0.1")),
        ("/500", "75", Decimal("0.2")),
        ("prozent", "15", ONE),
        ("", "1.01", ONE),
        ("", "15", ONE),
        ("", "1", None),
        ("", "0.15", None),
        ("ug/L", "15", None),
        ("cells", "15", None),
    ],
)
def test_a_percentage_needs_a_unit_or_a_value_that_can_be_nothing_else(
    unit: str, value: str, by: Decimal | None
) -> None:
    found = percent_factor(unit, Decimal(value))
    assert (None if isinstance(found, Refused) else found) == by


def test_a_refused_percentage_says_value_and_unit() -> None:
    assert percent_factor("cells", Decimal(15)) == Refused("15 cells is neither a percentage nor a fraction")


@pytest.mark.parametrize(
    ("code", "printed"), [("ng/L", "ng/mL"), ("U/L", "ug/L"), ("ug/L", "U/L"), ("mg/dL", "g/L"), ("mm", "cm")]
)
def test_a_code_and_a_printed_unit_that_mean_different_figures_contradict(code: str, printed: str) -> None:
    assert contradict(code, printed)


@pytest.mark.parametrize(
    ("code", "printed"),
    [("ug/L", "ng/mL"), ("ug/L", "mcg/L"), ("nmol/L", "nmol/L"), ("1", "%"), ("x", "y"), ("x", "ug/L")],
)
def test_two_spellings_or_units_that_do_not_compare_are_no_contradiction(code: str, printed: str) -> None:
    assert not contradict(code, printed)
