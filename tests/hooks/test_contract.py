"""Faults against a schema become JSON paths and plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cds_service.errors import BadHookRequest
from cds_service.hooks import contract
from cds_service.hooks.contract import json_step, require_valid, schema

NAMES = sorted(path.name.removesuffix(".schema.json") for path in Path(contract.__file__).parent.glob("schemas/*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize(("step", "said"), [(3, "[3]"), ("hook", ".hook"), ("odd name", '["odd name"]')])
def test_a_step_of_a_path_is_quoted_where_it_must_be(step: str | int, said: str) -> None:
    assert json_step(step) == said


def fault(value: Any, name: str) -> tuple[str, str]:
    with pytest.raises(BadHookRequest) as caught:
        require_valid(value, name, "$")
    return caught.value.path, caught.value.problem


def test_a_summary_of_140_characters_is_too_long_and_139_is_not() -> None:
    card = {"summary": "x" * 139, "indicator": "info", "source": {"label": "a"}}
    require_valid({"cards": [card]}, "hook-response", "$")
    assert fault({"cards": [card | {"summary": "x" * 140}]}, "hook-response") == ("$.cards[0].summary", "is too long")


def test_a_word_that_is_not_listed_is_told_the_list() -> None:
    card = {"summary": "x", "indicator": "fatal", "source": {"label": "a"}}
    assert fault({"cards": [card]}, "hook-response") == (
        "$.cards[0].indicator",
        "must be ['info', 'warning', 'critical']",
    )


def test_several_allowed_types_are_not_spelled_out() -> None:
    context = {"userId": "a", "patientId": "b", "draftOrders": {"resourceType": "Bundle", "entry": 5}}
    assert fault(context, "context-order-sign") == ("$.draftOrders.entry", "has the wrong type")
