"""The cases are the specification: a case's page and name say what the service must do with it."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.answer import answer
from cds_service.cases.pages import Case
from cds_service.config import Settings
from cds_service.errors import BadHookRequest, DataMissing
from cds_service.guideline.judge import Outcome
from cds_service.hooks.contract import require_valid
from cds_service.web.app import create_app
from tests.asked import (
    CORPUS,
    GUIDELINE,
    KNOWLEDGE,
    NOW,
    RECOMMENDATIONS,
    SERVICES,
    STORIES,
    Call,
    answered,
    call_of,
    name_of,
    shown,
)
from tests.conftest import FIXTURES


@pytest.fixture(scope="module")
def guideline_client() -> FlaskClient:
    return create_app(Settings(now=NOW), knowledge=KNOWLEDGE).test_client()


@pytest.mark.every_case
@pytest.mark.parametrize("case", RECOMMENDATIONS, ids=name_of)
def test_a_recommendation_speaks_where_its_case_says_so_and_is_silent_elsewhere(
    case: Case, guideline_client: FlaskClient
) -> None:
    response = guideline_client.post(
        f"/cds-services/nen-{case.call['hook']}", data=case.body, content_type="application/json"
    )
    assert response.status_code == 200
    body = response.get_json()
    require_valid(body, "hook-response", "$")
    assert (case.page.rpartition("/")[2] in shown(body)) == case.short_name.startswith("fires--")


def test_every_recommendation_is_proven_both_ways() -> None:
    proven = {(case.page.rpartition("/")[2], case.short_name.partition("--")[0]) for case in RECOMMENDATIONS}
    assert proven == {(row.id, kind) for row in KNOWLEDGE.recommendations for kind in ("fires", "silent")}


@pytest.mark.parametrize("story", STORIES, ids=name_of)
def test_a_story_has_exactly_its_answer(story: Case) -> None:
    assert answered(call_of(story)) == json.loads((FIXTURES / story.name / "response.json").read_bytes())


def stories() -> Iterator[tuple[Call, Call]]:
    for story in STORIES:
        yield call_of(story), answered(call_of(story))


def test_the_keys_of_prefetch_are_only_hints() -> None:
    """Epic and others send their own keys: resources are taken from all of them; absence is then proven by none."""
    call = call_of(CORPUS.find("stories/nse-21.1-hemolyzed-sample"))
    call["prefetch"] = {f"item{index}": value for index, value in enumerate(call["prefetch"].values())}
    assert "nse-hemolyzed" in shown(answered(call))


def test_a_healthy_adult_with_everything_searched_gets_no_card_and_leaves_nothing_open() -> None:
    call = CORPUS.find("stories/healthy-adult-everything-searched").body
    made = answer(call, SERVICES["patient-view"], GUIDELINE, NOW, lambda: "unused")
    assert made.body == {"cards": []}
    assert all(verdict.outcome is not Outcome.UNDETERMINED for verdict in made.verdicts)


@pytest.mark.every_case
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


@pytest.mark.every_case
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
