"""The command line: what a clinician or an operator types, and what comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from cds_service import __main__ as command_line
from cds_service.authoring.pairs import Pairs
from cds_service.cases.corpus import Corpus, read_corpus
from cds_service.config import Settings
from cds_service.errors import KnowledgeError, Problem
from cds_service.guideline.knowledge import Knowledge
from tests import charts
from tests.asked import CORPUS, pairs_of
from tests.conftest import FIXTURES, call_of
from tests.hooks.made import GUIDELINE, row

NSE_STORY = FIXTURES / "stories/nse-21.1-small-cell-lung-cancer/request.json"
OCTREOSCAN = FIXTURES / "stories/octreoscan-signed/request.json"


@pytest.fixture(autouse=True)
def _knowledge_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "read_knowledge", lambda: GUIDELINE.knowledge)
    monkeypatch.setattr(Pairs, "of", pairs_of)
    monkeypatch.setattr(command_line, "read_corpus", corpus_of)


def corpus_of(folder: Path, knowledge: Knowledge) -> Corpus:
    """The cases of the checkout are read once."""
    return CORPUS if folder == FIXTURES else read_corpus(folder, knowledge)


def run(*words: str) -> Result:
    return CliRunner().invoke(command_line.cli, list(words))


def written(folder: Path, call: dict[str, Any] | str) -> str:
    path = folder / "call.json"
    path.write_text(call if isinstance(call, str) else json.dumps(call), encoding="utf-8")
    return str(path)


def test_the_commands_are_few() -> None:
    assert set(command_line.cli.commands) == {"serve", "call", "explain", "check", "list", "diff", "pages"}
    assert "cards" in run("--help").output


# --- call --------------------------------------------------------------------------------------------------------

INSULINOMA = "nec-avoid-ssa/silent--insulinoma"


def test_a_case_is_printed_as_the_hook_call_that_an_ehr_would_send() -> None:
    result = run("call", INSULINOMA)
    assert result.exit_code == 0
    assert json.loads(result.output) == json.loads(CORPUS.find(INSULINOMA).body)


def test_a_twin_is_printed_by_the_name_of_its_case_and_its_change() -> None:
    result = run("call", "nec-avoid-ssa/fires--lanreotide-selected + deceased = yes")
    assert json.loads(result.output)["prefetch"]["patient"]["deceasedBoolean"] is True


def test_all_cases_are_written_as_files_with_their_moment_and_explained_from_there(tmp_path: Path) -> None:
    result = run("call", "--all", str(tmp_path))
    assert result.output.startswith(f"{len(CORPUS.cases)} calls written below {tmp_path}")
    path = tmp_path / "recommendations" / f"{INSULINOMA}.json"
    assert json.loads(path.read_bytes()) == json.loads(CORPUS.find(INSULINOMA).body)
    assert run("explain", str(path)).output == run("explain", INSULINOMA).output


def test_a_folder_of_cases_of_ones_own_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "NOW").write_text("2026-11-15T12:00:00Z", encoding="utf-8")
    page = '[a-net]\nc1 = { Condition = "Neuroendocrine tumor of the ileum" }'
    (tmp_path / "mine" / "first.toml").write_text(page, encoding="utf-8")
    sent = json.loads(run("call", "mine/first/a-net", "--cases", str(tmp_path)).output)
    [entry] = sent["prefetch"]["conditions"]["entry"]
    assert entry["resource"]["code"] == {"text": "Neuroendocrine tumor of the ileum"}
    assert "Neuroendocrine tumor of the ileum" in run("explain", "a-net", "--cases", str(tmp_path)).output


@pytest.mark.parametrize("words", [(), (INSULINOMA, "--all", "somewhere")])
def test_one_case_is_named_or_all_are_written(words: tuple[str, ...]) -> None:
    result = run("call", *words)
    assert result.exit_code == 2
    assert "name one case, or write all with --all FOLDER" in result.output


@pytest.mark.parametrize("command", ["call", "explain"])
def test_a_case_that_is_not_there_is_refused_with_the_nearest(command: str) -> None:
    result = run(command, "nec-avoid-ssa/silent--insulinom")
    assert result.exit_code == 1
    assert f"did you mean {INSULINOMA!r}?" in result.output


def test_a_folder_without_cases_says_what_is_missing(tmp_path: Path) -> None:
    result = run("call", INSULINOMA, "--cases", str(tmp_path))
    assert result.exit_code == 1
    assert "a folder of cases has a file NOW" in result.output


# --- explain -----------------------------------------------------------------------------------------------------


def test_a_fixture_is_explained_at_the_moment_it_was_written_for() -> None:
    result = run("explain", str(NSE_STORY))
    assert result.exit_code == 0
    assert all(f"\n{title}\n" in f"\n{result.output}" for title in ("Data", "Picture", "Verdicts", "Cards"))
    assert "NSE 21.1 ug/L" in result.output


def test_an_explanation_can_be_asked_for_another_day() -> None:
    then = run("explain", str(NSE_STORY), "--now", "2029-01-01")
    assert then.exit_code == 0
    assert then.output != run("explain", str(NSE_STORY)).output


def test_a_call_is_explained_by_the_service_of_its_hook() -> None:
    result = run("explain", str(OCTREOSCAN))
    assert result.exit_code == 0
    assert "octreoscan-to-sstr-pet" in result.output


def test_a_call_without_data_is_explained_as_412_with_the_keys(tmp_path: Path) -> None:
    result = run("explain", written(tmp_path, call_of()))
    assert result.exit_code == 1
    assert "412: no recommendation can be made.\n" in result.output
    assert "\n$.prefetch.conditions: not available\n" in result.output


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("no json", "$ is not JSON"),
        ("[1]", "$ must be an object"),
        (json.dumps(call_of() | {"hook": "medication-prescribe"}), "$.hook must be 'patient-view'"),
        (json.dumps(call_of() | {"hook": ["patient-view"]}), "$.hook must be a string"),
        (json.dumps({"context": {}}), "$.hook is missing"),
    ],
)
def test_a_call_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path, call: str, words: str) -> None:
    result = run("explain", written(tmp_path, call))
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert words in result.output


def test_what_is_neither_a_file_nor_a_case_is_refused(tmp_path: Path) -> None:
    assert "'nowhere.json'" in run("explain", "nowhere.json").output or run("explain", "nowhere.json").exit_code == 1
    result = run("explain", "nowhere.json", "--cases", str(tmp_path / "none"))
    assert result.exit_code == 2
    assert "there is no file nowhere.json, and no folder of cases" in result.output


# --- the moment of a call ----------------------------------------------------------------------------------------


def test_the_moment_given_comes_first_then_that_of_the_fixtures_then_now(tmp_path: Path) -> None:
    assert command_line.clock(NSE_STORY, "2027-01-02") == datetime(2027, 1, 2, tzinfo=UTC)
    assert command_line.clock(NSE_STORY, None) == charts.NOW
    assert datetime.now(UTC) - command_line.clock(tmp_path / "call.json", None) < timedelta(hours=1)


def test_a_moment_without_a_zone_is_utc() -> None:
    assert command_line.moment(" 2026-11-15T12:00:00 ") == datetime(2026, 11, 15, 12, tzinfo=UTC)
    assert command_line.moment("2026-11-15T12:00:00+01:00").utcoffset() == timedelta(hours=1)


def test_a_moment_that_is_none_is_refused_with_an_example() -> None:
    with pytest.raises(click.BadParameter, match="2026-11-15T12:00:00Z"):
        command_line.moment("tomorrow")


def test_options_left_out_keep_the_settings() -> None:
    settings = Settings(port=9000)
    assert command_line.with_options(settings, {"host": None, "port": None}) == settings
    assert command_line.with_options(settings, {"host": "0.0.0.0", "port": 0}).port == 0  # noqa: S104 - only a value


# --- check and list ----------------------------------------------------------------------------------------------


def test_the_check_prints_the_table_the_warnings_and_that_all_is_sound() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.output.startswith("knowledge ")
    assert "\nwarning: recommendations/" in result.output
    assert result.output.endswith("the knowledge is sound\n")


def test_the_check_fails_and_names_every_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (row("net-a"), row("net-b", summary="x" * 140))
    monkeypatch.setattr(command_line, "read_knowledge", lambda: replace(GUIDELINE.knowledge, recommendations=rows))
    result = run("check")
    assert result.exit_code == 1
    assert "net-b.toml [summary]: has 140 characters; 139 at most" in result.output
    assert "net-a.toml: has no fires-- case" in result.output
    assert "is sound" not in result.output


def test_the_check_of_an_installed_package_asks_for_no_fixtures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command_line, "FIXTURES", tmp_path / "none")
    result = run("check")
    assert result.exit_code == 0
    assert "cases" not in result.output


@pytest.mark.parametrize("words", [("check",), ("explain", str(NSE_STORY))], ids=["check", "explain"])
def test_knowledge_that_must_not_be_used_is_refused_with_file_and_key(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KnowledgeError((Problem("a.toml", "when", "is empty"), Problem("b.toml", "", "is not TOML")))

    monkeypatch.setattr(command_line, "read_knowledge", fail)
    result = run(*words)
    assert result.exit_code == 1
    assert "a.toml [when]: is empty\nb.toml: is not TOML" in result.output


def test_the_list_has_a_line_for_each_recommendation() -> None:
    rows = GUIDELINE.knowledge.recommendations
    assert len(run("list").output.splitlines()) == len(rows)
    statements = run("list", "--statements").output.splitlines()
    assert statements[2].startswith("| S0-01 | ")
    assert len(statements) == len(GUIDELINE.knowledge.statements) + 2
    table = run("list", "--markdown").output.splitlines()
    assert len(table) == len(rows) + 2
    assert table[0].startswith("| Recommendation |")


# --- serve -------------------------------------------------------------------------------------------------------


def test_serve_names_every_fault_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEN_CDS_PORT", "high")
    monkeypatch.setenv("NEN_CDS_PROT", "80")
    result = run("serve")
    assert result.exit_code == 1
    assert "NEN_CDS_PORT" in result.output
    assert "NEN_CDS_PROT" in result.output


def test_a_port_out_of_range_is_refused() -> None:
    assert run("serve", "--port", "65536").exit_code == 2


# --- the file of the site ----------------------------------------------------------------------------------------


def site_file(folder: Path, text: str) -> str:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_check_of_a_site_says_what_it_adds(tmp_path: Path) -> None:
    result = run("check", "--site", site_file(tmp_path, 'name = "A hospital"\n[windows]\nordered_days = 30'))
    assert result.exit_code == 0
    assert "\nsite                 A hospital\n" in result.output
    assert "\nits windows          ordered_days = 30\n" in result.output


@pytest.mark.parametrize("words", [("check",), ("explain", str(NSE_STORY)), ("serve",)], ids=lambda words: words[0])
def test_a_faulty_file_of_the_site_is_refused_with_key_and_what_was_meant(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    result = run(*words, "--site", site_file(tmp_path, "[windows]\norder_days = 30"))
    assert result.exit_code == 1
    assert "site.toml [windows.order_days]: is no window of this service; did you mean 'ordered_days'?" in result.output


@pytest.mark.parametrize("words", [("check",), ("explain", str(NSE_STORY)), ("serve",)], ids=lambda words: words[0])
def test_the_environment_names_the_file_of_the_site(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEN_CDS_SITE", str(tmp_path / "none.toml"))
    result = run(*words)
    assert result.exit_code == 1
    assert "none.toml: cannot be read" in result.output


def test_a_call_is_explained_as_the_site_would_answer_it(tmp_path: Path) -> None:
    sent = {"ehr-problems": {"resourceType": "Bundle", "type": "searchset"}}
    call = written(tmp_path, call_of(prefetch=sent))
    assert run("explain", call).exit_code == 1
    result = run("explain", call, "--site", site_file(tmp_path, '[prefetch]\nehr-problems = "conditions"'))
    assert result.exit_code == 0
    assert "\nconditions                  empty\n" in result.output
