"""Which cases `check` asks: those of recommendations in work, or all; and that it claims nothing it did not ask."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.authoring.pairs import Pairs
from cds_service.authoring.proof import LIST, Proof, proven, written_list
from cds_service.cases.corpus import Corpus, read_corpus
from cds_service.console import cases_asked
from cds_service.console.cases_asked import ask_all, ask_in_work, summed_up
from cds_service.guideline.knowledge import Knowledge
from tests.asked import CORPUS, KNOWLEDGE, pairs_of

pytestmark = pytest.mark.slow

ROW = "nse-hemolyzed"
PAGE = f"fhir_fixtures/recommendations/{ROW}.toml"
FILE = f"cds_service/knowledge/recommendations/nse/{ROW}.toml"


@pytest.fixture(autouse=True)
def _pairs_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pairs, "of", pairs_of)


def git(checkout: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(checkout), *words], check=True)  # noqa: S603, S607


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit, in which nothing is in work."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "-c", "user.name=N", "-c", "user.email=n@example.org", "commit", "-qm", "first", "--allow-empty")
    return tmp_path


def touch(checkout: Path, *names: str) -> None:
    for name in names:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("changed", encoding="utf-8")


def inverted(row: str) -> Knowledge:
    """The knowledge with one recommendation that asks for the other specimens."""
    rows = (
        replace(one, when={**one.when, "nse-reading": frozenset({"hemolyzed"}) ^ {"hemolyzed", "usable"}})
        if one.id == row
        else one
        for one in KNOWLEDGE.recommendations
    )
    return replace(KNOWLEDGE, recommendations=tuple(rows))


def test_where_nothing_is_in_work_nothing_is_asked_and_nothing_claimed(checkout: Path) -> None:
    asked = ask_in_work(KNOWLEDGE, CORPUS, checkout)
    assert asked.line == f"none asked: no recommendation is in work (--all asks all {len(CORPUS.cases)})"
    assert asked.faults == ()


@pytest.mark.parametrize("changed", [PAGE, FILE])
def test_a_recommendation_whose_file_or_page_differs_from_the_last_commit_is_asked(
    checkout: Path, changed: str
) -> None:
    touch(checkout, changed)
    asked = ask_in_work(KNOWLEDGE, CORPUS, checkout)
    assert asked.line.startswith(f"{len(CORPUS.of_row(ROW))} asked, of {ROW} (--all")
    assert asked.faults == ()


def test_an_inverted_recommendation_in_work_fails(checkout: Path) -> None:
    touch(checkout, FILE)
    asked = ask_in_work(inverted(ROW), CORPUS, checkout)
    assert f"{PAGE} [fires--hemolysis-index-20]: {ROW} is silent, and the name of the case says otherwise" in map(
        str, asked.faults
    )


def test_what_may_change_other_recommendations_is_named(checkout: Path) -> None:
    touch(checkout, "cds_service/knowledge/limits.toml")
    asked = ask_in_work(KNOWLEDGE, CORPUS, checkout)
    assert asked.line.startswith("none asked: no recommendation is in work; limits.toml may change others (--all")


def test_without_a_commit_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert ask_in_work(KNOWLEDGE, CORPUS, tmp_path).line.startswith("none asked: git knows of no commit here")


@pytest.fixture
def small(tmp_path: Path) -> Corpus:
    """A folder with the page of one recommendation and a list that is not current."""
    page = CORPUS.folder / "recommendations" / f"{ROW}.toml"
    for name, text in (
        ("NOW", CORPUS.now.isoformat()),
        (f"recommendations/{ROW}.toml", page.read_text(encoding="utf-8")),
        (LIST, "recommendations/gone/fires--x: gone\n"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return read_corpus(tmp_path, KNOWLEDGE)


def test_all_cases_are_asked_and_a_list_that_is_not_current_is_named_line_by_line(small: Corpus) -> None:
    asked = ask_all(KNOWLEDGE, small)
    assert asked.line.startswith(f"all {len(small.cases)} asked, and 0 twins; ")
    words = [str(fault) for fault in asked.faults]
    assert f"fhir_fixtures/{LIST} [recommendations/gone/fires--x]: was gone; now it is not there" in words[0]
    assert len(words) == len(small.cases) + 1
    assert all(word.endswith(f"read what has changed, then {cases_asked.COMMAND}") for word in words)


def test_a_list_that_is_current_is_no_fault(small: Corpus) -> None:
    (small.folder / LIST).write_text(written_list(proven(KNOWLEDGE, small).lines), encoding="utf-8")
    assert ask_all(KNOWLEDGE, small).faults == ()


def test_all_cases_of_an_inverted_recommendation_are_named(small: Corpus) -> None:
    assert any(f"{ROW} is silent" in str(fault) for fault in ask_all(inverted(ROW), small).faults)


def test_the_line_counts_cases_twins_and_flips() -> None:
    proof = Proof({"a/b/c": "-", "a/b/c + deceased = yes": "-"}, (), frozenset(), frozenset(), frozenset())
    one = replace(CORPUS, cases=dict(list(CORPUS.cases.items())[:1]))
    assert summed_up(proof, one).line == f"all 1 asked, and 1 twins; {proof}"
