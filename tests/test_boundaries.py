"""Every figure of the knowledge stands between two calls: moved by its smallest step, it changes the answer to one.

What a page expects was written from the medicine of its figure; that the figure itself is right no test says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.answer import Answer, Guideline
from cds_service.cases.pages import Case, Page
from cds_service.config import Settings
from cds_service.console.pinned_figures import figures
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.vocabulary import VOCABULARY
from cds_service.hooks.contract import require_valid
from cds_service.web.app import create_app
from tests.asked import BOUNDARIES, CORPUS, GUIDELINE, KNOWLEDGE, NOW, made_of
from tests.test_vignettes import SERVICES

pytestmark = pytest.mark.every_case

PAGES = CORPUS.below("boundaries")
WITHOUT_A_PAIR: dict[str, str] = {}  # figure: why no call can lie just beyond it
OF_THE_ANSWER = {"cards", "says", "says-not"}

Expected = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Boundary:
    """One figure: the step by which it is moved, and the cases on either side of it."""

    name: str
    step: Decimal
    cases: Mapping[str, Case]

    def missed(self, guideline: Guideline) -> dict[str, list[str]]:
        """The cases that do not give what they must, and in what."""
        found = {
            name: list(misses(case.expect, made_of(case, guideline, SERVICES))) for name, case in self.cases.items()
        }
        return {name: words for name, words in found.items() if words}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings(now=NOW), knowledge=KNOWLEDGE).test_client()


def name_of(page: Page) -> str:
    return page.name.rpartition("/")[2]


@cache
def boundary(name: str) -> Boundary:
    [page] = [page for page in PAGES if name_of(page) == name]
    assert page.head["why"], "says why either side is as it is"
    return Boundary(name, Decimal(page.head.get("step", 1)), page.cases)


def misses(expected: Expected, made: Answer) -> Iterator[str]:
    """Where an answer and its picture differ from what is expected; a fact of tumors is expected of each."""
    assert made.picture is not None
    for name, tumor in product(expected.keys() - OF_THE_ANSWER, made.picture.tumors):
        got = made.picture.feature(name, tumor)
        if got.values != set(expected[name]):
            yield f"{name} is {got.shown}, not {' '.join(expected[name])} ({got.gap}, {got.note}, {got.evidence})"
    words = json.dumps(made.body, ensure_ascii=False)
    yield from (f"does not say {phrase!r}" for phrase in expected.get("says", ()) if phrase not in words)
    yield from (f"says {phrase!r}" for phrase in expected.get("says-not", ()) if phrase in words)
    shown = len(made.body["cards"])
    if shown != expected.get("cards", shown):
        yield f"{shown} cards, not {expected['cards']}"


def moved(figure: str, by: Decimal) -> Guideline:
    """The guideline with one figure a little larger or smaller. Code lists do not depend on any of them."""
    return Guideline(_moved(figure, by), GUIDELINE.book)


def _moved(figure: str, by: Decimal) -> Knowledge:
    if not figure.startswith("markers."):
        value = getattr(KNOWLEDGE.limits, figure)
        changed: dict[str, Any] = {figure: value + type(value)(by)}
        return replace(KNOWLEDGE, limits=replace(KNOWLEDGE.limits, **changed))
    _, name, attribute, *end = figure.split(".")
    marker = KNOWLEDGE.markers[name]
    value = getattr(marker, attribute)
    changed = {attribute: _moved_end(value, end[0], by) if end else str(Decimal(value) + by)}
    return replace(KNOWLEDGE, markers={**KNOWLEDGE.markers, name: replace(marker, **changed)})


def _moved_end(ends: tuple[str, str], which: str, by: Decimal) -> tuple[str, str]:
    low, high = map(Decimal, ends)
    return (str(low + by), str(high)) if which == "low" else (str(low), str(high + by))


def test_every_figure_of_the_knowledge_has_its_boundary_calls() -> None:
    """Read from the knowledge, not from a list: a new figure fails here until its pair is written."""
    assert set(map(name_of, PAGES)) == set(figures(KNOWLEDGE)) - WITHOUT_A_PAIR.keys()
    assert WITHOUT_A_PAIR.keys() <= set(figures(KNOWLEDGE))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_boundary_is_told_in_words_of_the_vocabulary_for_each_of_its_calls(page: Page) -> None:
    told = boundary(name_of(page))
    assert told.step > 0
    for case in told.cases.values():
        assert case.expect
        for name in case.expect.keys() - OF_THE_ANSWER:
            assert set(case.expect[name]) <= set(VOCABULARY[name].values), name


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_either_side_of_a_figure_is_read_as_its_medicine_says(page: Page) -> None:
    assert boundary(name_of(page)).missed(GUIDELINE) == {}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_figure_moved_by_its_smallest_step_either_way_is_noticed(page: Page) -> None:
    told = boundary(name_of(page))
    larger = told.missed(moved(told.name, told.step)).keys()
    smaller = told.missed(moved(told.name, -told.step)).keys()
    assert larger, "a larger figure is not noticed"
    assert smaller, "a smaller figure is not noticed"
    assert larger | smaller == told.cases.keys(), "a call lies on neither side of the figure"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_calls_of_a_boundary_are_ones_that_the_service_answers(page: Page, client: FlaskClient) -> None:
    for case in page.cases.values():
        response = client.post(
            f"/cds-services/nen-{case.call['hook']}", data=case.body, content_type="application/json"
        )
        assert response.status_code == 200
        require_valid(response.get_json(), "hook-response", "$")


def test_every_case_of_a_boundary_stands_on_the_page_of_its_figure() -> None:
    assert len(BOUNDARIES) == sum(len(page.cases) for page in PAGES) > len(PAGES)
