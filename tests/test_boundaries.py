"""Every figure of the knowledge stands between two calls: moved by its smallest step, it changes the answer to one.

`expected.toml` of a folder was written from the medicine of its figure; that the figure itself is right no test says.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.answer import Answer, Guideline, answer
from cds_service.config import Settings
from cds_service.console.pinned_figures import figures
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.vocabulary import VOCABULARY
from cds_service.hooks.contract import require_valid
from cds_service.web.app import create_app
from tests.conftest import FIXTURES
from tests.test_fixtures import GUIDELINE, KNOWLEDGE, NOW
from tests.test_vignettes import SERVICES

BOUNDARIES = sorted(path for path in (FIXTURES / "boundaries").iterdir() if path.is_dir())
WITHOUT_A_PAIR: dict[str, str] = {}  # figure: why no call can lie just beyond it
OF_THE_ANSWER = {"cards", "says", "says-not"}

Expected = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Boundary:
    """One figure: the step by which it is moved, and by the name of each call what it must give."""

    name: str
    step: Decimal
    expected: Mapping[str, Expected]

    def missed(self, guideline: Guideline) -> dict[str, list[str]]:
        """The calls that do not give what they must, and in what."""
        found = {
            call: list(misses(wanted, answered(self.name, call, guideline))) for call, wanted in self.expected.items()
        }
        return {call: words for call, words in found.items() if words}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings(now=NOW), knowledge=KNOWLEDGE).test_client()


def name_of(folder: Path) -> str:
    return folder.name


@cache
def boundary(folder: Path) -> Boundary:
    told = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    assert told.pop("why"), "says why either side is as it is"
    return Boundary(folder.name, Decimal(told.pop("step", "1")), told)


def answered(figure: str, call: str, guideline: Guideline) -> Answer:
    body = (FIXTURES / "boundaries" / figure / f"{call}.json").read_bytes()
    return answer(body, SERVICES[json.loads(body)["hook"]], guideline, NOW, lambda: "unused")


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
    assert {folder.name for folder in BOUNDARIES} == set(figures(KNOWLEDGE)) - WITHOUT_A_PAIR.keys()
    assert WITHOUT_A_PAIR.keys() <= set(figures(KNOWLEDGE))


@pytest.mark.parametrize("folder", BOUNDARIES, ids=name_of)
def test_a_boundary_is_told_in_words_of_the_vocabulary_for_each_of_its_calls(folder: Path) -> None:
    told = boundary(folder)
    assert told.step > 0
    assert {path.stem for path in folder.glob("*.json")} == told.expected.keys()
    for expected in told.expected.values():
        for name in expected.keys() - OF_THE_ANSWER:
            assert set(expected[name]) <= set(VOCABULARY[name].values), name


@pytest.mark.parametrize("folder", BOUNDARIES, ids=name_of)
def test_either_side_of_a_figure_is_read_as_its_medicine_says(folder: Path) -> None:
    assert boundary(folder).missed(GUIDELINE) == {}


@pytest.mark.parametrize("folder", BOUNDARIES, ids=name_of)
def test_a_figure_moved_by_its_smallest_step_either_way_is_noticed(folder: Path) -> None:
    told = boundary(folder)
    larger = told.missed(moved(told.name, told.step)).keys()
    smaller = told.missed(moved(told.name, -told.step)).keys()
    assert larger, "a larger figure is not noticed"
    assert smaller, "a smaller figure is not noticed"
    assert larger | smaller == told.expected.keys(), "a call lies on neither side of the figure"


@pytest.mark.parametrize("folder", BOUNDARIES, ids=name_of)
def test_the_calls_of_a_boundary_are_ones_that_the_service_answers(folder: Path, client: FlaskClient) -> None:
    for path in folder.glob("*.json"):
        call = json.loads(path.read_text(encoding="utf-8"))
        response = client.post(f"/cds-services/nen-{call['hook']}", json=call)
        assert response.status_code == 200
        require_valid(response.get_json(), "hook-response", "$")


def test_the_patients_of_the_boundaries_are_all_different() -> None:
    calls = [json.loads(path.read_bytes()) for folder in BOUNDARIES for path in folder.glob("*.json")]
    assert len({call["context"]["patientId"] for call in calls}) == len(calls)
