"""The words by which rows say what they speak for and against: refused at start where they mean nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from cds_service.authoring.reading import read_knowledge
from cds_service.authoring.subjects import subject_problems, subjects, word_problems
from cds_service.guideline.about_rows import Subject
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation, SuggestionPlan
from cds_service.guideline.vocabulary import Scope
from tests.guideline.rows import row

NSE = Subject("nse", "Measuring NSE", Scope.PATIENT, orders=frozenset({"nse"}), drafts=frozenset({"nse"}))
PET = Subject("sstr-pet", "Receptor PET", Scope.PATIENT, orders=frozenset({"sstr-pet"}))
OLD = Subject("octreoscan", "Octreoscan", Scope.PATIENT, drafts=frozenset({"octreoscan"}))
LISTED = {subject.id: subject for subject in (NSE, PET, OLD)}
REPLACE = SuggestionPlan("Replace it", ("sstr-pet",), deletes_order=True)


def of_row(favors: Iterable[str] = (), opposes: Iterable[str] = (), **changes: object) -> list[str]:
    spoken: Recommendation = replace(row("a"), favors=frozenset(favors), opposes=frozenset(opposes), **changes)  # type: ignore[arg-type]
    return [str(problem).removeprefix("recommendations/nse/a.toml ") for problem in word_problems(spoken, LISTED)]


def of_file(listed: Mapping[str, Subject], *orders: str) -> list[str]:
    return [str(problem).removeprefix("subjects.toml ") for problem in subject_problems(listed, orders)]


def with_nse(**changes: object) -> Mapping[str, Subject]:
    return {"nse": replace(NSE, **changes)}  # type: ignore[arg-type]


def test_a_word_that_is_not_listed_is_refused_with_the_nearest() -> None:
    assert of_row(["nes"]) == ["[for]: 'nes' is not in subjects.toml; did you mean 'nse'?"]
    assert of_row((), ["nes"]) == ["[against]: 'nes' is not in subjects.toml; did you mean 'nse'?"]


def test_a_row_speaks_for_or_against_a_subject_not_both() -> None:
    assert of_row(["nse"], ["nse"]) == ["[for]: 'nse' stands in `against` too"]


def test_every_row_but_a_footer_speaks_for_or_against_something() -> None:
    assert of_row() == ["[for]: it speaks for and against nothing"]
    assert of_row(footer=True) == []
    assert of_row(["nse"]) == of_row((), ["nse"]) == []


def test_who_drafts_an_order_speaks_for_it() -> None:
    plans = (SuggestionPlan("Draft it", ("nse",)),)
    assert of_row(["nse"], suggestions=plans) == []
    assert of_row((), ["octreoscan"], suggestions=plans) == [
        "[for]: a suggestion drafts 'nse', and the row does not speak for it"
    ]


def test_who_removes_an_order_speaks_against_it() -> None:
    when = {"ordering": frozenset({"octreoscan"})}
    assert of_row(["sstr-pet"], ["octreoscan"], when=when, suggestions=(REPLACE,)) == []
    fault = "[against]: a suggestion removes the order, and the row does not speak against it"
    assert of_row(["sstr-pet"], when=when, suggestions=(REPLACE,)) == [fault]
    both = {"ordering": frozenset({"octreoscan", "nse"})}
    assert of_row(["sstr-pet"], ["octreoscan"], when=both, suggestions=(REPLACE,)) == [fault]


def test_a_subject_is_part_of_one_that_is_part_of_none() -> None:
    assert of_file({"nse": NSE}, "nse") == []
    fault = "[nse.part_of]: 'blood' is no subject that stands by itself"
    assert of_file(with_nse(part_of="blood"), "nse") == [fault]
    blood, test = Subject("blood", "Blood", Scope.PATIENT), Subject("test", "A test", Scope.PATIENT)
    assert of_file({**with_nse(part_of="blood"), "blood": blood}, "nse") == []
    nested = {**with_nse(part_of="blood"), "blood": replace(blood, part_of="test"), "test": test}
    assert of_file(nested, "nse") == [fault]


def test_a_subject_names_orders_and_drafts_that_exist() -> None:
    assert of_file(with_nse(orders=frozenset({"nse", "nsa"})), "nse") == [
        "[nse.orders]: 'nsa' is no order; did you mean 'nse'?"
    ]
    assert of_file(with_nse(drafts=frozenset({"nsee"})), "nse") == [
        "[nse.drafts]: 'nsee' is no value of ordering; did you mean 'nse'?"
    ]


def test_every_order_that_can_be_drafted_belongs_to_one_subject() -> None:
    none = "subjects.toml: the order 'cga' stands in 0 subjects; in one it must"
    assert of_file({"nse": NSE}, "nse", "cga") == [none]
    two = "subjects.toml: the order 'nse' stands in 2 subjects; in one it must"
    assert of_file({"nse": NSE, "again": replace(NSE, id="again")}, "nse") == [two]


def test_subjects_are_read_from_their_file() -> None:
    entry = {"title": "NSE", "scope": "patient", "part_of": "blood", "orders": ["nse"], "drafts": ["nse"]}
    found = subjects({"nse": entry, "blood": {"title": "Blood", "scope": "tumor"}})
    assert found["nse"] == replace(NSE, title="NSE", part_of="blood")
    assert found["blood"] == Subject("blood", "Blood", Scope.TUMOR)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return read_knowledge()


# Of these a row may only say what must not be done.
FORBIDDEN = ("nse-decides", "normal-nse-excludes", "waiting-for-nse", "reading-cga", "octreoscan")


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_row_speaks_for_what_none_may_advise(word: str, knowledge: Knowledge) -> None:
    """Deciding on NSE alone, excluding a tumor by a normal NSE, waiting for an NSE, ..."""
    assert [one.id for one in knowledge.recommendations if word in one.favors] == []
    assert [one.id for one in knowledge.recommendations if word in one.opposes]


def test_every_subject_is_spoken_of(knowledge: Knowledge) -> None:
    spoken = {word for one in knowledge.recommendations for word in one.favors | one.opposes}
    assert spoken == knowledge.subjects.keys()
