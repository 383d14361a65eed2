"""The pages of the clinical review: complete, and with the card a clinician would see."""

from __future__ import annotations

import pytest

from cds_service.authoring.review import pages
from tests.asked import CORPUS, KNOWLEDGE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return dict(pages(KNOWLEDGE, CORPUS))


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
