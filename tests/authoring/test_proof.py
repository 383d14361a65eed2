"""The proof: who speaks in each case, which flips are shown, and the list that a changed condition changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cds_service.authoring.flips import Flip, asking, flips_of
from cds_service.authoring.proof import LIST, Asking, Proof, completed, proven, read_list, written_list
from cds_service.cases.corpus import Corpus
from cds_service.guideline.about_rows import Impossible
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation
from tests.cases.made import KNOWLEDGE, corpus
from tests.hooks.made import row

HIGH = row("nse-high", when={"nse-level": ["high"]})
PAGE = """
[fires--high]
patient = { gender = "female", birthDate = 1960-02-03 }
c1 = { Condition = "icd-10-cm|C7A.8 'Other malignant neuroendocrine tumors'", date = 2026-01-10 }
m1 = { Observation = "loinc|15060-7 'NSE'", value = "21.1 ug/L", date = "-14d", referenceRange = "<=16.3 ug/L" }

[silent--normal]
like = "fires--high"
m1.value = "10 ug/L"
"""
TWINS = """
[[nse-level.none]]
m7.value = ""
[[nse-level.none]]
take = ["loinc|15060-7"]
[age-group.child]
patient.birthDate = 2016-05-20
[age-group.infant]
patient.birthDate = 2026-10-01
[hormone.other]
why = "Asked by no row."
"""
FILES: dict[str, str | bytes] = {"recommendations/nse-high.toml": PAGE, "twins.toml": TWINS}
FIRES = "recommendations/nse-high/fires--high"


def with_rows(*rows: Recommendation, impossible: tuple[Impossible, ...] = ()) -> Knowledge:
    return replace(KNOWLEDGE, recommendations=rows, impossible=impossible)


SMALL = with_rows(HIGH)


@pytest.fixture
def held(tmp_path: Path) -> Corpus:
    return corpus(tmp_path, FILES, SMALL)


def flips(*names: str) -> frozenset[Flip]:
    return frozenset(Flip("nse-high", *name.split(" = ")) for name in names)


# --- one case asked ------------------------------------------------------------------------------------------------


def test_a_case_says_who_speaks_in_it_and_which_flips_it_shows(held: Corpus) -> None:
    asking_ = Asking(SMALL, held)
    speaking, silent = asking_.ask(held.find("fires--high")), asking_.ask(held.find("silent--normal"))
    assert (speaking.speaks, speaking.flips) == ("nse-high", flips("nse-level = high", "age-group = adult"))
    assert (silent.speaks, silent.flips) == ("-", flips("nse-level = normal"))


def test_who_speaks_is_listed_in_order_and_with_its_tumor_where_there_are_several(tmp_path: Path) -> None:
    net = row("net", when={"diagnosis": ["net", "nen-unspecified"]})
    small = with_rows(net, HIGH)
    two = (
        '\n[two]\nlike = "fires--high"\nc2 = { Condition = "Small cell lung cancer" }\nc1 = { Condition = "Ileal NET" }'
    )
    held = corpus(tmp_path, {"dangers/page.toml": PAGE + two}, small)
    asking_ = Asking(small, held)
    assert asking_.ask(held.find("fires--high")).speaks == "net nse-high"
    assert asking_.ask(held.find("two")).speaks == "net[Condition/c1] nse-high"


@pytest.mark.parametrize(
    "call",
    [
        {"context": {"userId": "Patient/p1", "patientId": "p1"}, "prefetch": {}},
        {"context": {"userId": "Practitioner/b", "patientId": "p1"}, "prefetch": {}},
        {"context": {}},
    ],
    ids=["by the patient", "without data", "refused"],
)
def test_a_call_that_is_answered_without_a_patient_is_silent_and_shows_nothing(
    tmp_path: Path, call: dict[str, Any]
) -> None:
    sent = {"hook": "patient-view", "hookInstance": "3b2f0c1e-7a64-4f0e-9d55-2f5d8a1c9e70", **call}
    held = corpus(tmp_path, {"stories/a/request.json": json.dumps(sent)}, SMALL)
    seen = Asking(SMALL, held).ask(held.find("stories/a"))
    assert (seen.speaks, seen.flips) == ("-", frozenset())


def test_a_case_says_which_recommendations_stand_on_its_cards(tmp_path: Path) -> None:
    """One whose place another takes has its conditions met, and is on no card."""
    small = with_rows(HIGH, row("nse-first", when={"nse-level": ["high"]}, replaces=frozenset({"nse-high"})))
    held = corpus(tmp_path, FILES, small)
    seen = Asking(small, held).ask(held.find("fires--high"))
    assert (seen.speaks, seen.on_cards) == ("nse-first nse-high", frozenset({"nse-first"}))
    assert not Asking(small, held).ask(held.find("silent--normal")).on_cards


@pytest.mark.parametrize(
    ("page", "faults"),
    [
        (PAGE, []),
        (
            PAGE.replace("fires--high", "silent--high"),
            ["[silent--high]: nse-high speaks, and the name of the case says otherwise"],
        ),
        (
            PAGE.replace("silent--normal", "fires--normal"),
            ["[fires--normal]: nse-high is silent, and the name of the case says otherwise"],
        ),
    ],
)
def test_a_case_of_a_recommendation_that_is_not_what_its_name_says_is_a_fault(
    tmp_path: Path, page: str, faults: list[str]
) -> None:
    held = corpus(tmp_path, {"recommendations/nse-high.toml": page, "dangers/silent.toml": PAGE}, SMALL)
    words = [f"fhir_fixtures/recommendations/nse-high.toml {fault}" for fault in faults]
    assert [str(fault) for fault in proven(SMALL, held).faults] == words
    assert [str(fault) for fault in completed(SMALL, held).faults] == words


# --- the list ------------------------------------------------------------------------------------------------------


def test_the_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    lines = {"b/c": "net-a[Condition/c1] nse-b", "a/b": "-", "a/b + hormone = other (2)": "net-a"}
    (tmp_path / LIST).write_text(written_list(lines), encoding="utf-8")
    assert read_list(tmp_path) == lines
    assert list(read_list(tmp_path)) == sorted(lines)


def test_the_list_says_at_its_head_how_it_is_read() -> None:
    head = written_list({})
    assert all(line.startswith("# ") for line in head.splitlines())
    assert written_list({"a/b": "-"}) == f"{head}a/b: -\n"


def test_without_a_list_nothing_is_known(tmp_path: Path) -> None:
    assert read_list(tmp_path) == {}


def test_the_marks_of_a_merge_in_the_list_are_no_case(tmp_path: Path) -> None:
    (tmp_path / LIST).write_text("<<<<<<< HEAD\na/b: -\n", encoding="utf-8")
    assert read_list(tmp_path)["a/b"] == "-"


# --- the list anew -------------------------------------------------------------------------------------------------


def test_the_list_is_completed_by_twins_of_what_no_case_shows(held: Corpus) -> None:
    assert completed(SMALL, held).lines == {
        FIRES: "nse-high",
        "recommendations/nse-high/silent--normal": "-",
        f"{FIRES} + nse-level = none (2)": "-",
        f"{FIRES} + age-group = child": "-",
        f"{FIRES} + age-group = infant": "-",
    }


def test_no_twin_is_listed_for_what_a_case_shows(tmp_path: Path) -> None:
    child = '\n[silent--child]\nlike = "fires--high"\npatient.birthDate = 2016-05-20'
    held = corpus(tmp_path, {**FILES, "recommendations/nse-high.toml": PAGE + child}, SMALL)
    assert f"{FIRES} + age-group = child" not in completed(SMALL, held).lines


def test_a_twin_that_stands_in_the_list_stays_while_it_shows_something(tmp_path: Path) -> None:
    same = '\n[fires--other]\nlike = "fires--high"'
    held = corpus(tmp_path, {**FILES, "recommendations/nse-high.toml": PAGE + same}, SMALL)
    standing = "recommendations/nse-high/fires--other + age-group = child"
    made = completed(SMALL, held, [standing, FIRES, f"{FIRES} + hormone = other"]).lines
    assert standing in made
    assert f"{FIRES} + age-group = child" not in made
    assert f"{FIRES} + hormone = other" not in made


def test_a_twin_whose_case_or_change_is_gone_is_left_out_of_the_list(held: Corpus) -> None:
    gone = [f"{FIRES}-and-gone + age-group = child", f"{FIRES} + age-group = old", f"{FIRES} + nse-level = none"]
    assert completed(SMALL, held, gone).lines == completed(SMALL, held).lines
    assert proven(SMALL, held, gone).lines == proven(SMALL, held).lines


def test_one_twin_that_shows_flips_of_two_rows_stands_once(tmp_path: Path) -> None:
    small = with_rows(HIGH, row("nse-again", when={"nse-level": ["high"]}))
    held = corpus(tmp_path, {**FILES, "recommendations/nse-again.toml": PAGE}, small)
    twins = [name for name in completed(small, held).lines if "age-group = child" in name]
    assert twins == [f"{FIRES} + age-group = child"]


def test_only_cases_in_which_the_row_speaks_are_changed(tmp_path: Path) -> None:
    silent = PAGE.replace("fires--high", "silent--high")
    held = corpus(tmp_path, {**FILES, "recommendations/nse-high.toml": silent}, SMALL)
    assert [name for name in completed(SMALL, held).lines if " + " in name] == []


def test_the_list_completed_is_what_is_proven_of_it(held: Corpus) -> None:
    lines = completed(SMALL, held).lines
    assert proven(SMALL, held, lines) == completed(SMALL, held)
    assert completed(SMALL, held, lines).lines == lines


def test_progress_is_told_of_all_that_is_asked(held: Corpus) -> None:
    told: list[int] = []

    def progress(all_: list[Any]) -> Iterable[Any]:
        told.append(len(all_))
        return all_

    proven(SMALL, held, [f"{FIRES} + age-group = child"], progress)
    completed(SMALL, held, (), progress)
    assert told == [3, 2, 5]


# --- how far it is proven ------------------------------------------------------------------------------------------


def test_each_flip_is_shown_or_impossible_or_open(held: Corpus) -> None:
    proof = proven(SMALL, held, [f"{FIRES} + age-group = child"])
    assert proof.shown == flips("nse-level = high", "nse-level = normal", "age-group = adult", "age-group = child")
    assert proof.impossible == set()
    assert proof.open == flips("nse-level = none", "nse-level = unknown", "age-group = infant", "age-group = unknown")
    assert proof.shown | proof.open == set(flips_of(HIGH))


def test_a_flip_that_no_chart_can_hold_is_not_open(tmp_path: Path) -> None:
    facts = {"nse-level": frozenset({"high"}), "age-group": frozenset({"infant"})}
    small = with_rows(HIGH, impossible=(Impossible("x", facts, "Because."),))
    proof = proven(small, corpus(tmp_path, FILES, small))
    assert proof.impossible == flips("age-group = infant")
    assert not proof.open & proof.impossible


def test_a_proof_says_how_far_it_goes() -> None:
    one, two, three = (Flip("a", "b", value) for value in "xyz")
    assert str(Proof({}, (), frozenset({one, two}), frozenset(), frozenset({three}))) == (
        "3 values of conditions: 2 shown by a case or twin, 0 that no chart can hold (impossible.toml says why),"
        " 1 not shown"
    )


def test_every_flip_that_is_called_shown_changes_a_line_of_the_list(held: Corpus) -> None:
    lines = completed(SMALL, held).lines
    for flip in sorted(proven(SMALL, held, lines).shown):
        flipped = with_rows(asking(HIGH, flip.fact, HIGH.when[flip.fact] ^ {flip.value}))
        assert proven(flipped, held, lines).lines != lines, flip


def test_a_flip_that_is_not_shown_changes_no_line_of_the_list(held: Corpus) -> None:
    lines = completed(SMALL, held).lines
    for flip in sorted(proven(SMALL, held, lines).open):
        flipped = with_rows(asking(HIGH, flip.fact, HIGH.when[flip.fact] ^ {flip.value}))
        assert proven(flipped, held, lines).lines == lines, flip
