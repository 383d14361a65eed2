"""The pages of the clinical review: current, complete, and with the card a clinician would see."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.__main__ import REVIEW, cli
from cds_service.authoring.review import pages
from tests.conftest import FIXTURES
from tests.test_fixtures import KNOWLEDGE, NOW


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return dict(pages(KNOWLEDGE, FIXTURES, NOW))


def test_the_pages_are_current(written: dict[str, str]) -> None:
    """If this fails, run `python -m cds_service review` and commit what it writes."""
    found = {path.relative_to(REVIEW).as_posix(): path.read_text(encoding="utf-8") for path in REVIEW.rglob("*.md")}
    assert found.keys() == written.keys()
    assert [name for name in found if found[name] != written[name]] == []


def test_each_recommendation_has_its_page_and_the_contents_name_it(written: dict[str, str]) -> None:
    expected = {f"{row.topic}/{row.id}.md" for row in KNOWLEDGE.recommendations}
    assert written.keys() == expected | {"README.md", "together.md"}
    assert all(name in written["README.md"] for name in expected)


def test_a_page_shows_conditions_cases_card_documents_and_a_place_to_sign(written: dict[str, str]) -> None:
    page = written["nec/nec-avoid-ssa.md"]
    assert "| diagnosis (`diagnosis`) | nec | tumor |" in page
    assert "| age (`age-group`) | adult, unknown | patient, asked everywhere |" in page
    assert "- carcinoid syndrome" in page
    assert "> **Lanreotide" in page
    assert "*Offers: Remove the drafted somatostatin analog*" in page
    assert "not reviewed by a clinician" in page
    assert "- [ ] The documents say what the text says." in page


def test_a_recommendation_that_takes_the_place_of_others_says_so(written: dict[str, str]) -> None:
    row = next(row for row in KNOWLEDGE.recommendations if row.replaces)
    assert "It takes the place of `" in written[f"{row.topic}/{row.id}.md"]


def test_a_page_says_what_can_stand_beside_it(written: dict[str, str]) -> None:
    page = written["net/net-ssa-functional.md"]
    assert "\n## Beside it\n\nIt can stand in one answer with " in page
    assert "## Beside it" not in written["nse/nse-not-alone.md"]


def test_the_command_writes_them(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["review", str(tmp_path / "pages")])
    assert result.exit_code == 0
    assert (tmp_path / "pages" / "README.md").is_file()
    assert str(len(KNOWLEDGE.recommendations) + 2) in result.stdout
