"""The fixtures are the specification: a file's place and name say what the service must do with it."""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.answer import Guideline, answer
from cds_service.authoring.reading import read_knowledge
from cds_service.config import Settings
from cds_service.errors import BadHookRequest, DataMissing
from cds_service.guideline.judge import Outcome
from cds_service.hooks.contract import require_valid
from cds_service.hooks.services import services
from cds_service.hooks.templates import templates_for
from cds_service.json_bytes import encode
from cds_service.web.app import create_app
from tests.conftest import FIXTURES

KNOWLEDGE = read_knowledge()
GUIDELINE = Guideline.of(KNOWLEDGE)
NOW = datetime.fromisoformat((FIXTURES / "NOW").read_text(encoding="utf-8").strip())
SERVICES = {service.hook: service for service in services(lambda hook: templates_for(KNOWLEDGE, hook))}
RECOMMENDATIONS = sorted((FIXTURES / "recommendations").glob("*/*.json"))
STORIES = sorted(path.parent for path in (FIXTURES / "stories").glob("*/request.json"))
DANGERS = sorted((FIXTURES / "dangers").glob("*/*.json"))

Call = dict[str, Any]


def name_of(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


@pytest.fixture(scope="module")
def guideline_client() -> FlaskClient:
    return create_app(Settings(now=NOW), knowledge=KNOWLEDGE).test_client()


def answered(call: Call) -> Call:
    """The answer with ids counted up, so that it can be compared."""
    numbers = itertools.count(1)
    made = answer(
        json.dumps(call).encode(),
        SERVICES[call["hook"]],
        GUIDELINE,
        NOW,
        lambda: f"00000000-0000-4000-8000-{next(numbers):012d}",
    )
    body: Call = json.loads(encode(made.body))
    return body


def shown(body: Call) -> set[str]:
    """The ids of all recommendations on the cards."""
    bases = [card["extension"]["org.nen-cds.basis"] for card in body["cards"]]
    return {row["id"] for basis in bases for row in basis.get("recommendations", [])}


@pytest.mark.parametrize("path", RECOMMENDATIONS, ids=name_of)
def test_a_recommendation_speaks_where_its_fixture_says_so_and_is_silent_elsewhere(
    path: Path, guideline_client: FlaskClient
) -> None:
    call = json.loads(path.read_text(encoding="utf-8"))
    response = guideline_client.post(f"/cds-services/nen-{call['hook']}", json=call)
    assert response.status_code == 200
    body = response.get_json()
    require_valid(body, "hook-response", "$")
    assert (path.parent.name in shown(body)) == path.name.startswith("fires--")


def test_every_recommendation_is_proven_both_ways() -> None:
    proven = {(path.parent.name, path.name.partition("--")[0]) for path in RECOMMENDATIONS}
    assert proven == {(row.id, kind) for row in KNOWLEDGE.recommendations for kind in ("fires", "silent")}


@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_a_story_has_exactly_its_answer(story: Path) -> None:
    call = json.loads((story / "request.json").read_text(encoding="utf-8"))
    assert answered(call) == json.loads((story / "response.json").read_text(encoding="utf-8"))


def stories() -> Iterator[tuple[Call, Call]]:
    for story in STORIES:
        call = json.loads((story / "request.json").read_text(encoding="utf-8"))
        yield call, answered(call)


def test_the_keys_of_prefetch_are_only_hints() -> None:
    """Epic and others send their own keys: resources are taken from all of them; absence is then proven by none."""
    call = json.loads((FIXTURES / "stories/nse-21.1-hemolyzed-sample/request.json").read_text(encoding="utf-8"))
    call["prefetch"] = {f"item{index}": value for index, value in enumerate(call["prefetch"].values())}
    assert "nse-hemolyzed" in shown(answered(call))


def test_a_healthy_adult_with_everything_searched_gets_no_card_and_leaves_nothing_open() -> None:
    call = (FIXTURES / "stories/healthy-adult-everything-searched/request.json").read_bytes()
    made = answer(call, SERVICES["patient-view"], GUIDELINE, NOW, lambda: "unused")
    assert made.body == {"cards": []}
    assert all(verdict.outcome is not Outcome.UNDETERMINED for verdict in made.verdicts)


@pytest.mark.parametrize("key", ["conditions", "nse", "pathology", "medication-requests", "procedures"])
@pytest.mark.parametrize("value", [None, "123", 7, {"resourceType": "OperationOutcome"}, {}, []], ids=repr)
def test_a_prefetch_value_of_any_shape_is_survived(key: str, value: object) -> None:
    for call, _ in stories():
        odd = copy.deepcopy(call)
        odd["prefetch"][key] = value
        with contextlib.suppress(DataMissing):
            answered(odd)


ODD: list[Any] = [
    None,
    "",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    "x" * 300,
    ["a"],
    [None],
    [[]],
    "2026-13-45",
    {"coding": [None, 1]},
    {"value": "NaN"},
]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder and key below a value."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def test_no_odd_value_anywhere_in_the_data_breaks_a_call() -> None:
    chance = random.Random(11)
    calls = [call for call, _ in stories()]
    for _ in range(400):
        call = copy.deepcopy(chance.choice(calls))
        parts = list(places(call["prefetch"])) + list(places(call["context"].get("draftOrders", {})))
        holder, key = chance.choice(parts)
        holder[key] = copy.deepcopy(chance.choice(ODD))
        with contextlib.suppress(DataMissing, BadHookRequest):
            require_valid(answered(call), "hook-response", "$")
