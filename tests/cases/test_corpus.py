"""The corpus: all cases of a folder, found by as much of their names as is unique."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cds_service.cases.corpus import Corpus, moment_of, read_corpus
from cds_service.errors import CasesError
from tests.cases.made import BASE, KNOWLEDGE, NOW, corpus, write

STORY = json.dumps({"hook": "patient-view", "context": {"patientId": "p1"}})
FILES: dict[str, str | bytes] = {
    "recommendations/net-a.toml": '[fires--plain]\n[silent--plain]\n[fires--insulinoma]\nlike = "fires--plain"',
    "recommendations/net-ab.toml": "[fires--plain]",
    "dangers/wrong-drug.toml": BASE,
    "dangers/many.toml": "\n".join(f"[case-{number}]" for number in range(7)),
    "stories/b/request.json": STORY,
    "stories/a/request.json": STORY,
    "twins.toml": "[deceased.yes]\npatient.deceasedBoolean = true\n[nse-level.normal]\nm1.value = '10 ug/L'",
}


@pytest.fixture
def held(tmp_path: Path) -> Corpus:
    return corpus(tmp_path, FILES)


def refused(held: Corpus, name: str) -> str:
    with pytest.raises(CasesError) as fault:
        held.find(name)
    return str(fault.value)


def test_a_corpus_holds_the_cases_of_all_pages_and_the_stories_in_the_order_of_their_names(held: Corpus) -> None:
    names = list(held.cases)
    assert names == sorted(names)
    assert len(names) == 14
    assert names[-2:] == ["stories/a", "stories/b"]
    assert all(case.name == name for name, case in held.cases.items())


def test_a_corpus_knows_the_moment_for_which_it_is_written(held: Corpus) -> None:
    assert held.now == NOW
    assert held.maker.reader.now == NOW


def test_a_story_is_a_whole_call(held: Corpus) -> None:
    story = held.cases["stories/a"]
    assert (story.told, story.call) == (None, json.loads(STORY))


def test_the_cases_of_a_row_are_those_of_its_page_alone(held: Corpus) -> None:
    assert [case.short_name for case in held.of_row("net-a")] == ["fires--plain", "silent--plain", "fires--insulinoma"]
    assert held.of_row("net") == ()


def test_pages_are_found_by_their_kind(held: Corpus) -> None:
    assert [page.name for page in held.below("dangers")] == ["dangers/many", "dangers/wrong-drug"]
    assert held.below("danger") == ()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("recommendations/net-a/fires--plain", "recommendations/net-a/fires--plain"),
        ("net-ab/fires--plain", "recommendations/net-ab/fires--plain"),
        ("fires--insulinoma", "recommendations/net-a/fires--insulinoma"),
        ("net-ab", "recommendations/net-ab/fires--plain"),
        ("base", "dangers/wrong-drug/base"),
        ("a", "stories/a"),
        ("stories/b", "stories/b"),
        ("base + deceased = yes", "dangers/wrong-drug/base + deceased = yes"),
        ("fires--insulinoma + deceased = yes", "recommendations/net-a/fires--insulinoma + deceased = yes"),
    ],
)
def test_a_case_is_found_by_the_end_of_its_name(held: Corpus, name: str, found: str) -> None:
    assert held.find(name).name == found


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "fires--plain",
            "is the name of 2 cases: recommendations/net-a/fires--plain, recommendations/net-ab/fires--plain",
        ),
        (
            "many",
            "is the name of 7 cases: dangers/many/case-0, dangers/many/case-1, dangers/many/case-2,"
            " dangers/many/case-3, dangers/many/case-4, ...",
        ),
        ("fires--insulinma", "is no case that the pages hold; did you mean 'fires--insulinoma'?"),
        ("net-a/fires--plane", "is no case that the pages hold; did you mean 'net-a/fires--plain'?"),
        ("ires--insulinoma", "is no case that the pages hold; did you mean 'fires--insulinoma'?"),
        ("zzz", "is no case that the pages hold"),
    ],
)
def test_a_name_that_no_case_or_more_than_one_has_is_refused(held: Corpus, name: str, problem: str) -> None:
    assert refused(held, name) == f"{name}: {problem}"


def test_a_change_that_the_pages_do_not_hold_is_refused(held: Corpus) -> None:
    assert refused(held, "base + deceased = ys") == (
        "deceased = ys: is no twin that the pages hold; did you mean 'deceased = yes'?"
    )


def test_a_change_that_cannot_be_made_in_a_case_is_refused(held: Corpus) -> None:
    name = "fires--insulinoma + nse-level = normal"
    assert refused(held, name) == f"{name}: m1: names no type of resource, and there is no such line to change"
    assert refused(held, "stories/a + deceased = yes").endswith("stories/a is a whole call: it has no lines to change")


def test_a_folder_without_twins_or_stories_is_a_corpus_all_the_same(tmp_path: Path) -> None:
    held = corpus(tmp_path, {"dangers/wrong-drug.toml": BASE})
    assert (list(held.cases), held.twins) == (["dangers/wrong-drug/base"], {})


@pytest.mark.parametrize("now", [None, "last week", ""])
def test_a_folder_that_does_not_say_its_moment_is_none_of_cases(tmp_path: Path, now: str | None) -> None:
    folder = write(tmp_path / "fixtures", {} if now is None else {"NOW": now})
    with pytest.raises(CasesError) as fault:
        moment_of(folder)
    assert str(fault.value) == (
        f"{folder}: holds no cases: a folder of cases has a file NOW with the moment for which they are written"
    )
    with pytest.raises(CasesError, match="holds no cases"):
        read_corpus(folder, KNOWLEDGE)


def test_a_story_that_is_no_call_is_named(tmp_path: Path) -> None:
    with pytest.raises(CasesError) as fault:
        corpus(tmp_path, {"stories/a/request.json": "{"})
    assert str(fault.value).startswith("fixtures/stories/a: request.json is no JSON: ")
