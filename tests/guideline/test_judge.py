"""Verdicts: fires, silent or undetermined; sets; tumors; which row takes the place of which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.guideline.judge import Outcome, judge
from cds_service.guideline.patient_values import Level, NseReading
from cds_service.guideline.recommendations import Recommendation
from tests.guideline.rows import HOOK, outcome, picture, row, tumor, verdicts

FIRES, SILENT, UNDETERMINED = Outcome.FIRES, Outcome.SILENT, Outcome.UNDETERMINED
TWO_KEYS = row(when={"nse-level": ["high"], "nse-reading": ["usable", "hemolyzed"]})


@pytest.mark.parametrize(
    ("level", "reading", "expected"),
    [
        ("high", "usable", FIRES),
        ("high", "hemolyzed", FIRES),
        ("normal", "usable", SILENT),
        ("high", "no-value", SILENT),
        ("normal", "unknown", SILENT),
        ("unknown", "no-value", SILENT),
        ("high", "unknown", UNDETERMINED),
        ("unknown", "usable", UNDETERMINED),
        ("unknown", "unknown", UNDETERMINED),
    ],
)
def test_keys_are_anded_values_ored_and_one_unknown_leaves_a_row_undetermined(
    level: str, reading: str, expected: Outcome
) -> None:
    assert outcome(picture(nse_level=level, nse_reading=reading), TWO_KEYS) is expected


@pytest.mark.parametrize(
    ("listed", "value", "expected"),
    [
        (["high", "unknown"], "unknown", FIRES),
        (["unknown"], "unknown", FIRES),
        (["unknown"], "high", SILENT),
        (["high"], "unknown", UNDETERMINED),
    ],
)
def test_a_row_may_speak_about_missing_data_by_listing_unknown(
    listed: list[str], value: str, expected: Outcome
) -> None:
    assert outcome(picture(nse_level=value), row(when={"nse-level": listed})) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("breast", FIRES),
        ("breast other", FIRES),
        ("breast unknown", FIRES),
        ("other", SILENT),
        ("none", SILENT),
        ("other unknown", UNDETERMINED),
        ("unknown", UNDETERMINED),
    ],
)
def test_of_a_set_one_listed_member_holds_and_an_unknown_member_leaves_it_open(values: str, expected: Outcome) -> None:
    assert outcome(picture(other_cancer=values), row(when={"other-cancer": ["breast", "prostate"]})) is expected


def test_a_verdict_names_the_features_that_decided_it() -> None:
    def decided(**values: str) -> list[str]:
        (verdict,) = verdicts(picture(**values), TWO_KEYS)
        return [feature.name for feature in verdict.decided_by]

    assert decided(nse_level="high", nse_reading="usable") == ["nse-level", "nse-reading"]
    assert decided(nse_level="high", nse_reading="no-value") == ["nse-reading"]
    assert decided(nse_level="high") == ["nse-reading"]
    assert decided() == ["nse-level", "nse-reading"]


def test_only_rows_of_the_hook_are_judged_and_in_their_order() -> None:
    rows = (row("b"), row("sign", hooks=["order-sign"]), row("a", hooks=["order-sign", HOOK]))
    assert [verdict.recommendation.id for verdict in judge(picture(), HOOK, rows)] == ["b", "a"]


def test_a_row_without_tumor_keys_is_judged_once_and_one_with_them_for_each_tumor() -> None:
    drawn = picture(
        tumor("Condition/1", diagnosis="net"), tumor("Condition/2", diagnosis="nec"), nse_level="high", ordering="nse"
    )
    found = verdicts(
        drawn, row("patient"), row("tumor", {"diagnosis": ["net"], "nse-level": ["high"], "ordering": ["nse"]})
    )
    assert [(v.recommendation.id, v.tumor and v.tumor.reference, v.outcome) for v in found] == [
        ("patient", None, FIRES),
        ("tumor", "Condition/1", FIRES),
        ("tumor", "Condition/2", SILENT),
    ]


NET = {"diagnosis": ["net"]}


def shown(*rows: Recommendation) -> list[tuple[str, str]]:
    """What is shown of a patient with two NETs, one of grade 2 and one of grade 3, and a high NSE."""
    drawn = picture(
        tumor("Condition/1", diagnosis="net", grade="G2"),
        tumor("Condition/2", diagnosis="net", grade="G3"),
        nse_level="high",
    )
    return [
        (v.recommendation.id, v.tumor.reference[-1:] if v.tumor else "") for v in verdicts(drawn, *rows) if v.is_shown
    ]


def test_a_row_takes_the_place_of_another_for_the_same_tumor_only() -> None:
    rows = (row("general", NET), row("g3", NET | {"grade": ["G3"]}, replaces=["general"]))
    assert shown(*rows) == [("general", "1"), ("g3", "2")]


def test_a_row_about_the_patient_takes_the_place_for_every_tumor() -> None:
    assert shown(row("general", NET), row("high", replaces=["general"])) == [("high", "")]


def test_a_row_about_one_tumor_takes_the_place_of_a_row_about_the_patient() -> None:
    rows = (row("high"), row("g3", NET | {"grade": ["G3"]}, replaces=["high"]))
    assert shown(*rows) == [("g3", "2")]


def test_a_replaced_row_still_replaces() -> None:
    rows = (row("first", replaces=["second"]), row("second", replaces=["third"]), row("third"))
    assert shown(*rows) == [("first", "")]


@pytest.mark.parametrize("level", ["normal", "unknown"])
def test_a_row_that_does_not_fire_replaces_nothing(level: str) -> None:
    rows = (row("general", {"age-group": ["adult"]}), row("special", {"nse-level": ["high"]}, replaces=["general"]))
    found = verdicts(picture(age_group="adult", nse_level=level), *rows)
    assert [v.recommendation.id for v in found if v.is_shown] == ["general"]


def test_a_verdict_says_by_which_row_it_was_replaced() -> None:
    found = verdicts(picture(nse_level="high"), row("general"), row("special", replaces=["general", "silent"]))
    assert [(v.recommendation.id, v.replaced_by, v.is_shown) for v in found] == [
        ("general", "special", False),
        ("special", "", True),
    ]


def test_a_row_that_does_not_fire_is_not_replaced() -> None:
    rows = (row("silent", {"nse-level": ["normal"]}), row("special", replaces=["silent"]))
    found = verdicts(picture(nse_level="high"), *rows)
    assert [(v.outcome, v.replaced_by) for v in found] == [(SILENT, ""), (FIRES, "")]


LEVELS = st.sampled_from([str(value) for value in Level])
READINGS = st.sampled_from([str(value) for value in NseReading])
RANK = {SILENT: 0, UNDETERMINED: 1, FIRES: 2}


@given(level=LEVELS, reading=READINGS, listed=st.sets(LEVELS, min_size=1), more=LEVELS)
def test_listing_one_value_more_never_quietens_a_row(level: str, reading: str, listed: set[str], more: str) -> None:
    drawn = picture(nse_level=level, nse_reading=reading)
    narrow = outcome(drawn, row(when={"nse-level": listed, "nse-reading": ["usable"]}))
    wide = outcome(drawn, row(when={"nse-level": listed | {more}, "nse-reading": ["usable"]}))
    assert RANK[narrow] <= RANK[wide]


@given(level=LEVELS, listed=st.sets(LEVELS.filter(lambda value: value != "unknown"), min_size=1))
def test_what_is_not_known_fires_no_row_that_asks_for_a_known_value(level: str, listed: set[str]) -> None:
    one = row(when={"nse-level": listed})
    assert outcome(picture(), one) is UNDETERMINED
    assert outcome(picture(nse_level=level), one) is not FIRES or level in listed
