"""What stands once about the days of the rows: who reviewed them and when the next review is due."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cds_service.guideline.days import months_after
from cds_service.guideline.knowledge import KNOWLEDGE, Knowledge, read_knowledge
from cds_service.guideline.recommendations import Review
from tests.guideline.folder import FILES, REPEAT, faults, row, write

REVIEW = '\n[review]\nstatus = "not reviewed by a clinician"\nnext = 2027-11-15\n'
UNREVIEWED = row(REVIEW)


def read_with(root: Path, text: str) -> Knowledge:
    return read_knowledge(write(root, {REPEAT: text}))


# --- the review --------------------------------------------------------------------------------------------------


def test_a_row_without_a_review_says_what_stands_once_and_is_due_some_months_after_its_day(tmp_path: Path) -> None:
    assert read_with(tmp_path, UNREVIEWED).by_id["repeat"].review == Review("reviewed by nobody", date(2027, 5, 15))


def test_a_row_that_was_reviewed_says_so_itself(tmp_path: Path) -> None:
    reviewed = row('"not reviewed by a clinician"', '"reviewed by a clinician on 2026-12-01"')
    found = read_with(tmp_path, reviewed).by_id["repeat"].review
    assert found == Review("reviewed by a clinician on 2026-12-01", date(2027, 11, 15))


def test_no_row_of_the_service_repeats_what_stands_once() -> None:
    folder = KNOWLEDGE / "recommendations"
    assert [path.name for path in folder.rglob("*.toml") if "not reviewed by a clinician" in path.read_text()] == []


@pytest.mark.parametrize(
    ("read", "due"),
    [
        (date(2026, 11, 15), date(2027, 5, 15)),
        (date(2026, 6, 15), date(2026, 12, 15)),
        (date(2026, 7, 15), date(2027, 1, 15)),
        (date(2026, 8, 31), date(2027, 2, 28)),
    ],
)
def test_months_end_on_the_same_day_or_the_28th(read: date, due: date) -> None:
    assert months_after(read, 6) == due


def test_a_day_in_quotes_is_the_only_fault_of_a_row_without_a_review(tmp_path: Path) -> None:
    quoted = UNREVIEWED.replace("2026-11-15", '"2026-11-15"')
    assert faults(tmp_path, {REPEAT: quoted}) == [f"{REPEAT} [as_of]: is a date and stands without quotes"]


def test_what_stands_once_about_the_review_is_whole(tmp_path: Path) -> None:
    without = FILES["defaults.toml"].replace("months = 6", "")
    assert faults(tmp_path, {"defaults.toml": without, REPEAT: UNREVIEWED}) == [
        "defaults.toml [review.months]: is missing: what a row says that nobody reviewed (status), and how many months"
        " after its as_of it must be looked at again (months)"
    ]
