"""Flips: which values a row asks for, and that a flip is shown where the judge would say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.authoring.flips import Flip, asked, asking, flips_of, shown_by
from cds_service.guideline.features import Feature, PatientPicture, TumorPicture
from cds_service.guideline.judge import Outcome, judge
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import UNKNOWN, VOCABULARY, Scope
from tests.cases.made import KNOWLEDGE
from tests.guideline.rows import HOOK, feature, picture, row, tumor

LEVEL = row("level", {"nse-level": ["high", "unknown"]})
EVERY_AGE = [str(value) for value in VOCABULARY["age-group"].values]


def shown(one: Recommendation, drawn: PatientPicture, hook: str = HOOK) -> list[str]:
    return sorted({f"{flip.fact} = {flip.value}" for flip in shown_by(one, drawn, hook)})


def test_a_flip_is_named_by_its_row_its_fact_and_its_value() -> None:
    assert str(Flip("net-a", "hormone", "gastrinoma")) == "net-a: hormone = gastrinoma"


def test_a_row_may_ask_for_other_values_of_one_fact() -> None:
    other = asking(row(when={"nse-level": ["high"], "hormone": ["other"]}), "nse-level", frozenset({"normal"}))
    assert other.when == {"nse-level": {"normal"}, "hormone": {"other"}}


def test_every_value_of_what_a_row_asks_for_is_a_flip() -> None:
    assert list(flips_of(LEVEL)) == [Flip("level", "nse-level", v) for v in ("high", "normal", "none", "unknown")]


def test_what_may_have_any_value_is_not_asked_for() -> None:
    one = row(when={"nse-level": ["high"], "age-group": EVERY_AGE})
    assert list(asked(one)) == ["nse-level"]
    assert {flip.fact for flip in flips_of(one)} == {"nse-level"}


def test_a_footer_is_shown_by_the_cards_it_stands_under() -> None:
    footer = replace(LEVEL, footer=True)
    assert list(flips_of(footer)) == []
    assert shown(footer, picture(nse_level="high")) == []


def test_a_row_of_another_hook_shows_nothing() -> None:
    assert shown(LEVEL, picture(nse_level="high"), "order-sign") == []


@pytest.mark.parametrize("value", ["high", "normal", "none", "unknown"])
def test_the_value_of_the_patient_is_the_one_that_is_shown(value: str) -> None:
    assert shown(LEVEL, picture(nse_level=value)) == [f"nse-level = {value}"]


def test_each_value_of_a_row_that_speaks_decides_alone() -> None:
    one = row(when={"nse-level": ["high"], "deceased": ["no"]})
    assert shown(one, picture(nse_level="high", deceased="no")) == ["deceased = no", "nse-level = high"]


def test_of_a_silent_row_only_a_lone_value_that_is_missed_is_shown() -> None:
    one = row(when={"nse-level": ["high"], "deceased": ["no"]})
    assert shown(one, picture(nse_level="normal", deceased="no")) == ["nse-level = normal"]
    assert shown(one, picture(nse_level="normal", deceased="yes")) == []


def test_of_several_values_held_at_once_none_of_two_that_are_asked_for_decides() -> None:
    one = row(when={"other-cancer": ["breast", "prostate"]})
    assert shown(one, picture(other_cancer="breast prostate")) == []
    assert shown(one, picture(other_cancer="breast melanoma")) == ["other-cancer = breast"]
    assert shown(one, picture(other_cancer="seminoma melanoma")) == [
        "other-cancer = melanoma",
        "other-cancer = seminoma",
    ]


def test_each_tumor_shows_flips_of_its_own() -> None:
    one = row(when={"hormone": ["gastrinoma", "insulinoma"]})
    two = picture(tumor("Condition/1", hormone="gastrinoma"), tumor("Condition/2", hormone="other"))
    assert shown(one, two) == ["hormone = gastrinoma", "hormone = other"]


# --- held against the judge ----------------------------------------------------------------------------------------

ROWS = [one for one in KNOWLEDGE.recommendations if not one.footer]
CHANCE_OF_ANY = 5


def decided(one: Recommendation, drawn: PatientPicture, hook: str) -> list[bool]:
    return [verdict.outcome is Outcome.FIRES for verdict in judge(drawn, hook, [one])]


def by_the_judge(one: Recommendation, drawn: PatientPicture, hook: str) -> Iterator[Flip]:
    """Every flip of the row with which the verdict of some tumor changes between speaking and not."""
    for flip in flips_of(one):
        flipped = asking(one, flip.fact, one.when[flip.fact] ^ {flip.value})
        if decided(flipped, drawn, hook) != decided(one, drawn, hook):
            yield flip


@st.composite
def pictures(draw: st.DrawFn, one: Recommendation) -> PatientPicture:
    """A picture of one to three tumors that mostly holds what the row asks for."""

    def features(scope: Scope) -> dict[str, Feature]:
        names = [name for name, kind in VOCABULARY.items() if kind.scope is scope]
        return {name: feature(name, *(draw(values_of(name, one)) if name in one.when else [UNKNOWN])) for name in names}

    count = draw(st.integers(1, 3))
    tumors = tuple(TumorPicture(f"Condition/{n}", str(n), features(Scope.TUMOR)) for n in range(count))
    return PatientPicture(features(Scope.PATIENT), tumors, features(Scope.CALL))


def values_of(name: str, one: Recommendation) -> st.SearchStrategy[frozenset[str]]:
    every = sorted(map(str, VOCABULARY[name].values))
    most = 3 if VOCABULARY[name].lone else 1
    fitting = st.frozensets(st.sampled_from(sorted(one.when[name])), min_size=1, max_size=most)
    any_ = st.frozensets(st.sampled_from(every), min_size=1, max_size=most)
    return st.integers(0, CHANCE_OF_ANY).flatmap(lambda number: any_ if number == CHANCE_OF_ANY else fitting)


@given(st.data())
def test_a_flip_is_shown_exactly_where_the_judge_says_otherwise_of_the_flipped_row(data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(ROWS))
    drawn = data.draw(pictures(one))
    hook = data.draw(st.sampled_from(sorted(one.hooks)))
    assert set(shown_by(one, drawn, hook)) == set(by_the_judge(one, drawn, hook))
