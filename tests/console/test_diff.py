"""What `diff` says of a change: which recommendations, and which patients get another card."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cds_service.__main__ import cli
from cds_service.authoring.reading import KNOWLEDGE
from cds_service.console.revisions import knowledge_folder
from cds_service.errors import ConfigError
from tests.asked import CORPUS, NOW
from tests.conftest import FIXTURES

pytestmark = pytest.mark.slow

ROW = "recommendations/nse/nse-hemolyzed.toml"
HEMOLYZED = CORPUS.find("nse-hemolyzed/fires--hemolysis-index-20").body


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A copy of the knowledge, to be changed: the row names its own day, so that its words may be others."""
    folder = Path(shutil.copytree(KNOWLEDGE, tmp_path / "other"))
    once = (folder / "as_of.toml").read_text(encoding="utf-8")
    (folder / "as_of.toml").write_text(re.sub(r"(?m)^nse-hemolyzed = .*\n", "", once), encoding="utf-8")
    row = (folder / ROW).read_text(encoding="utf-8")
    (folder / ROW).write_text(f"as_of = 2026-11-15\n{row}", encoding="utf-8")
    return folder


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One call, files that are none, one that must be refused; the cases of the checkout are not asked."""
    folder = tmp_path / "calls"
    (folder / "refused").mkdir(parents=True)
    (folder / "NOW").write_text((FIXTURES / "NOW").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "patient.json").write_bytes(HEMOLYZED)
    (folder / "refused" / "patient.json").write_bytes(HEMOLYZED)
    (folder / "answer.json").write_text('{"cards": []}', encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (folder / "other-hook.json").write_text('{"hook": "appointment-book"}', encoding="utf-8")
    (folder / "bad.json").write_text('{"hook": "patient-view"}', encoding="utf-8")
    monkeypatch.setattr("cds_service.__main__.FIXTURES", tmp_path / "none")
    return folder


def diff(old: Path | str, new: Path | str, *options: str) -> Result:
    return CliRunner().invoke(cli, ["diff", str(old), str(new), *options])


def edited(folder: Path, before: str, after: str) -> None:
    path = folder / ROW
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_the_same_knowledge_changes_nothing(other: Path, calls: Path) -> None:
    result = diff(KNOWLEDGE, other, "--calls", str(calls))
    assert result.exit_code == 0
    assert "none changed" in result.stdout
    assert "0 of 3 calls get another answer: 0 new, 0 lost, 0 reworded" in result.stdout


def test_a_removed_recommendation_is_lost_by_its_patients_and_its_group_may_be_reworded(
    other: Path, calls: Path
) -> None:
    (other / ROW).unlink()
    lines = diff(KNOWLEDGE, other, "--calls", str(calls)).stdout.splitlines()
    assert "removed  nse-hemolyzed" in lines
    assert any(line.split()[:2] == ["lost", "nse-hemolyzed"] and line.endswith("patient.json") for line in lines)


def test_an_added_recommendation_is_new_to_its_patients(other: Path, calls: Path) -> None:
    (other / ROW).unlink()
    lines = diff(other, KNOWLEDGE, "--calls", str(calls)).stdout.splitlines()
    assert "added    nse-hemolyzed" in lines
    assert any(line.split()[:2] == ["new", "nse-hemolyzed"] for line in lines)


def test_other_words_are_named_by_their_part_and_reworded_for_the_patient(other: Path, calls: Path) -> None:
    edited(other, "Red cells release NSE", "Erythrocytes release NSE")
    lines = diff(KNOWLEDGE, other, "--calls", str(calls)).stdout.splitlines()
    assert "changed  nse-hemolyzed: advice" in lines
    assert any(line.split()[:2] == ["reworded", "nse-hemolyzed"] for line in lines)
    assert lines[-1] == "1 of 3 calls get another answer: 0 new, 0 lost, 1 reworded"


def test_a_changed_condition_is_shown_with_both_its_states(other: Path, calls: Path) -> None:
    edited(other, "[when]", '[when]\nprimary = ["lung"]')
    shutil.move(other / ROW, other / "recommendations" / "net" / "nse-hemolyzed.toml")
    line = next(
        line for line in diff(KNOWLEDGE, other, "--calls", str(calls)).stdout.splitlines() if line.startswith("changed")
    )
    assert "topic nse -> net" in line
    assert "primary: not asked -> lung" in line


def test_other_documents_are_named(other: Path, calls: Path) -> None:
    edited(other, "[[evidence]]", '[[evidence]]\nsection = "Results"')
    assert "changed  nse-hemolyzed: documents" in diff(KNOWLEDGE, other, "--calls", str(calls)).stdout


def test_the_cases_of_the_checkout_are_asked_by_their_names(
    other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = FIXTURES / "recommendations" / "nse-hemolyzed.toml"
    for name, text in (("NOW", NOW.isoformat()), (f"recommendations/{page.name}", page.read_text(encoding="utf-8"))):
        (tmp_path / "cases" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "cases" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr("cds_service.__main__.FIXTURES", tmp_path / "cases")
    (other / ROW).unlink()
    lines = diff(KNOWLEDGE, other).stdout.splitlines()
    name = "recommendations/nse-hemolyzed/fires--hemolysis-index-20"
    assert any(line.split() == ["lost", "nse-hemolyzed", name] for line in lines)


def test_calls_of_ones_own_are_asked_at_the_moment_that_is_given(other: Path, calls: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.json").write_bytes(HEMOLYZED)
    (other / ROW).unlink()
    result = diff(KNOWLEDGE, other, "--calls", str(calls), "--calls", str(own), "--now", "2026-11-15T12:00:00Z")
    assert any(line.endswith("mine.json") for line in result.stdout.splitlines())
    assert "2 of 4 calls" in result.stdout


def test_knowledge_that_cannot_be_read_is_refused_with_its_faults(other: Path) -> None:
    (other / "limits.toml").unlink()
    result = diff(KNOWLEDGE, other)
    assert result.exit_code == 1
    assert "cannot be read by this version" in result.stderr
    assert "limits.toml" in result.stderr


# --- where the knowledge is --------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with knowledge in its one revision."""
    place = tmp_path / "checkout"
    shutil.copytree(KNOWLEDGE, place / "cds_service" / "knowledge")
    for words in ("init -q", "add .", "-c user.name=N -c user.email=n@example.org commit -qm first"):
        subprocess.run(["git", "-C", str(place), *words.split()], check=True)  # noqa: S603, S607
    return place


def test_a_revision_of_the_repository_is_found(checkout: Path) -> None:
    with knowledge_folder("HEAD", checkout) as folder:
        assert (folder / ROW).is_file()
    assert not folder.exists()


def test_a_checkout_is_a_place_of_knowledge(checkout: Path) -> None:
    with knowledge_folder(str(checkout), checkout) as folder:
        assert folder == checkout / "cds_service" / "knowledge"


@pytest.mark.parametrize("name", ["no-such-revision", "--output=/tmp/x"])
def test_what_is_neither_folder_nor_revision_is_refused(name: str, checkout: Path) -> None:
    with pytest.raises(ConfigError, match="neither a folder"), knowledge_folder(name, checkout):
        pass
