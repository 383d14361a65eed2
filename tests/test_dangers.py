"""The 15 most dangerous ways to be wrong: for each a folder of patients, and what must and must not be said of them.

What is expected was written from the medicine of the case. Where a danger cannot be prevented, the words that protect
are expected on the card.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cds_service.hooks.basis import BASIS
from cds_service.hooks.contract import require_valid
from tests.conftest import FIXTURES
from tests.test_fixtures import DANGERS, KNOWLEDGE, Call, answered, name_of, shown

FOLDERS = sorted(path for path in (FIXTURES / "dangers").iterdir() if path.is_dir())
KEYS = {"why", "must", "must_not", "silent", "no_suggestion", "no_delete", "deletes", "tumors", "unseen", "says"}
IDS_IN = ("must", "must_not", "says", "tumors")

Expected = Mapping[str, Any]


@cache
def expectations(folder: Path) -> Expected:
    return tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))


def expected_of(path: Path) -> Expected:
    expected: Expected = expectations(path.parent)["cases"][path.stem]
    return expected


def actions(body: Call, kind: str) -> list[Call]:
    """All actions of this type in all suggestions."""
    suggestions = [suggestion for card in body["cards"] for suggestion in card.get("suggestions", [])]
    return [action for suggestion in suggestions for action in suggestion["actions"] if action["type"] == kind]


def created(body: Call) -> set[str]:
    """The ids of all orders that some suggestion creates."""
    resources = [action["resource"] for action in actions(body, "create")]
    words = {(resource.get("code") or resource["medicationCodeableConcept"])["text"] for resource in resources}
    return {order.id for order in KNOWLEDGE.orders.values() if order.text in words}


def rows_on(card: Call) -> list[Call]:
    rows: list[Call] = card["extension"][BASIS].get("recommendations", [])
    return rows


def words_about(row: str, body: Call) -> str:
    """Summary and detail of the cards that carry this row."""
    cards = [card for card in body["cards"] if row in {named["id"] for named in rows_on(card)}]
    return " ".join(" ".join((card["summary"], card["detail"])).replace("\\", "").replace("\n", " ") for card in cards)


def faults(expected: Expected, body: Call) -> Iterator[str]:
    """What is wrong with an answer, in words."""
    rows = shown(body)
    yield from (f"{row} is missing" for row in expected.get("must", []) if row not in rows)
    yield from (f"{row} speaks" for row in expected.get("must_not", []) if row in rows)
    if expected.get("silent") and body["cards"]:
        yield f"a card where none may be: {sorted(rows)}"
    yield from (f"{order} is offered" for order in expected.get("no_suggestion", []) if order in created(body))
    yield from _faults_of_deletes(expected, body)
    yield from _faults_of_words(expected, body)


def _faults_of_deletes(expected: Expected, body: Call) -> Iterator[str]:
    removed = {action["resourceId"] for action in actions(body, "delete")}
    if expected.get("no_delete") and removed:
        yield f"{sorted(removed)} can be removed"
    if "deletes" in expected and removed != set(expected["deletes"]):
        yield f"{sorted(removed)} can be removed, not {expected['deletes']}"


def _faults_of_words(expected: Expected, body: Call) -> Iterator[str]:
    for row, words in expected.get("says", {}).items():
        text = words_about(row, body)
        yield from (f"{row} does not say {word!r}: {text}" for word in words if word not in text)
    named = [row for card in body["cards"] for row in rows_on(card)]
    for row, tumors in expected.get("tumors", {}).items():
        about = {entry.get("tumor", "") for entry in named if entry["id"] == row}
        if about != set(tumors):
            yield f"{row} is about {sorted(about)}, not {tumors}"
    unseen = {fact["name"] for card in body["cards"] for fact in card["extension"][BASIS].get("unseen", [])}
    yield from (f"{name} is not named as not seen" for name in expected.get("unseen", []) if name not in unseen)


@pytest.mark.parametrize("path", DANGERS, ids=name_of)
def test_a_danger_is_kept_away_or_the_card_says_what_protects(path: Path) -> None:
    body = answered(json.loads(path.read_text(encoding="utf-8")))
    require_valid(body, "hook-response", "$")
    found = list(faults(expected_of(path), body))
    assert not found, "\n".join(["", *found])


def test_there_is_a_folder_for_each_of_the_15_dangers() -> None:
    assert [folder.name[:3] for folder in FOLDERS] == [f"{number:02d}-" for number in range(1, 16)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_case_of_a_danger_has_an_expectation_in_the_words_of_the_knowledge(folder: Path) -> None:
    expected = expectations(folder)
    assert expected["title"]
    assert {path.stem for path in folder.glob("*.json")} == expected["cases"].keys()
    for case in expected["cases"].values():
        assert case["why"]
        assert KEYS >= case.keys() != {"why"}
        assert {row for key in IDS_IN for row in case.get(key, ())} <= KNOWLEDGE.by_id.keys()
        assert set(case.get("no_suggestion", ())) <= KNOWLEDGE.orders.keys()
