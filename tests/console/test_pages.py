"""The documents that are made from the knowledge: that they are current, and the command that writes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cds_service import __main__ as command_line
from cds_service.authoring.proof import Proof, proven, read_list
from cds_service.console.cases_asked import summed_up
from cds_service.console.check import Report, check
from cds_service.console.listing import markdown_table
from cds_service.console.pages import COMMAND, README, REVIEW, differing, documents, with_tables, written
from cds_service.errors import ConfigError, Problem
from tests.asked import CORPUS, KNOWLEDGE, NOW
from tests.conftest import FIXTURES

ROOT = FIXTURES.parent
PROVEN, OPEN = 4753, 226  # flips that cases show and that none shows: a change may not lose any without a word
PAGE = f"{REVIEW}/nec/nec-avoid-ssa.md"
NOTHING = Proof({}, (), frozenset(), frozenset(), frozenset())
MADE = {README: "new", f"{REVIEW}/README.md": "contents", PAGE: "a page"}


@pytest.mark.every_case
def test_what_is_made_from_the_knowledge_is_current_and_proves_no_less_than_it_did() -> None:
    """The list of who speaks where, README with its figures, the pages of the review; every case is asked."""
    proof = proven(KNOWLEDGE, CORPUS, read_list(FIXTURES))
    assert proof.faults == ()
    assert len(proof.shown) >= PROVEN
    assert len(proof.open) <= OPEN
    report = check(KNOWLEDGE, CORPUS, NOW.date(), asked=summed_up(proof, CORPUS))
    made = documents(KNOWLEDGE, ROOT, CORPUS, proof, report.lines)
    differ = [name for _, name in differing(ROOT, made)]
    assert not differ, f"{', '.join(differ)}: not what the knowledge says now. Write and commit them: {COMMAND}"


# --- writing them ------------------------------------------------------------------------------------------------


def test_what_differs_is_written_and_named_and_then_there_is_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / README).write_text("old", encoding="utf-8")
    (tmp_path / REVIEW / "nec").mkdir(parents=True)
    (tmp_path / REVIEW / "README.md").write_text("contents", encoding="utf-8")
    (tmp_path / REVIEW / "nec" / "gone.md").write_text("the page of a row that is gone", encoding="utf-8")
    assert written(tmp_path, MADE) == [("changed", README), ("created", PAGE), ("removed", f"{REVIEW}/nec/gone.md")]
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in MADE} == MADE
    assert not (tmp_path / REVIEW / "nec" / "gone.md").exists()
    assert written(tmp_path, MADE) == []


# --- what README holds between marks -----------------------------------------------------------------------------


def test_the_tables_of_readme_stand_between_their_marks_and_all_else_stays() -> None:
    made = with_tables(readme(), KNOWLEDGE, ())
    assert made.startswith("# Title\n\n<!-- check -->\n")
    assert made.endswith("<!-- /statements -->\nlast words\n")
    assert f"<!-- recommendations -->\n{markdown_table(KNOWLEDGE.recommendations)}\n<!-- /recommendations -->" in made
    assert made.count("\n| `nen-patient-view` | `patient-view` | `patient`, `conditions`, ") == 1
    assert made.count("\n| S0-01 | ") == 1
    assert "\nold\n" not in made
    assert with_tables(made, KNOWLEDGE, ()) == made


def test_readme_shows_of_the_proofs_those_it_names_and_none_that_is_no_more() -> None:
    old = "```\nlimits               74 of 75\nmutants killed       5\n```"
    proofs = ("stories              14", "limits               75 of 75")
    made = with_tables(readme(check=old), KNOWLEDGE, proofs)
    assert "<!-- check -->\n```\nlimits               75 of 75\n```\n<!-- /check -->" in made


def test_marks_that_are_missing_are_named() -> None:
    with pytest.raises(
        ConfigError, match=r"README\.md: misses <!-- services --> and <!-- /services -->: put them back"
    ):
        with_tables(readme().replace("<!-- /services -->", ""), KNOWLEDGE, ())


def readme(**parts: str) -> str:
    names = ("check", "services", "recommendations", "statements")
    texts = (f"<!-- {name} -->\n{parts.get(name, 'old')}\n<!-- /{name} -->\n" for name in names)
    return f"# Title\n\n{''.join(texts)}last words\n"


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout without pages, with the fixtures of this one; the pages themselves are made above."""
    (tmp_path / README).write_text("old", encoding="utf-8")
    monkeypatch.setattr(command_line, "CHECKOUT", tmp_path)
    monkeypatch.setattr(command_line, "read_knowledge", lambda: KNOWLEDGE)
    monkeypatch.setattr(command_line, "completed", lambda *_: NOTHING)
    monkeypatch.setattr(command_line, "check", lambda *_, **__: Report((), (), ()))
    monkeypatch.setattr(command_line, "documents", lambda *_: MADE)
    return tmp_path


def run() -> Result:
    return CliRunner().invoke(command_line.cli, ["pages"])


def test_the_command_says_what_it_wrote(checkout: Path) -> None:
    assert run().stdout == f"changed  README.md\ncreated  {REVIEW}/README.md\ncreated  {PAGE}\n"
    assert (checkout / PAGE).read_text(encoding="utf-8") == "a page"
    assert run().stdout == "nothing to do\n"


def test_the_command_is_the_one_that_the_test_above_names() -> None:
    assert COMMAND.rpartition(" ")[2] in command_line.cli.commands


def test_nothing_is_written_of_knowledge_with_a_fault(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Problem("orders/nse.toml", "draft", "is broken")
    monkeypatch.setattr(command_line, "check", lambda *_, **__: Report((fault,), (), ()))
    result = run()
    assert result.exit_code == 1
    assert "orders/nse.toml [draft]: is broken" in result.stderr
    assert not (checkout / REVIEW).exists()


@pytest.mark.usefixtures("checkout")
def test_outside_a_checkout_there_is_nothing_to_write_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "FIXTURES", tmp_path / "nowhere")
    result = run()
    assert result.exit_code == 1
    assert "is no checkout: README, docs and fhir_fixtures stand in one" in result.stderr
