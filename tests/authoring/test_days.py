"""What stands once about the days of the rows: when their documents were read, and when the next review is due."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from cds_service.authoring.days import digest, months_after
from cds_service.authoring.reading import KNOWLEDGE, read_knowledge
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Review
from tests.authoring.folder import FILES, REPEAT, ROW, faults, row, write

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
    rows = {path.name: path.read_text(encoding="utf-8") for path in (KNOWLEDGE / "recommendations").rglob("*.toml")}
    assert [name for name, text in rows.items() if "not reviewed by a clinician" in text] == []


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


# --- the day on which the documents were read --------------------------------------------------------------------

WITHOUT = row("as_of = 2026-11-15\n")
WORDS = digest(tomllib.loads(ROW))
READ = f'as_of = 2026-11-01\n[rows]\nrepeat = "{WORDS}"'
CLAIM = "read its documents and name the day, as_of = YYYY-MM-DD"


def changed(old: str, new: str) -> str:
    assert old in WITHOUT
    return WITHOUT.replace(old, new, 1)


def test_a_row_whose_words_are_those_that_were_read_needs_no_day_of_its_own(tmp_path: Path) -> None:
    found = read_knowledge(write(tmp_path, {REPEAT: WITHOUT, "as_of.toml": READ})).by_id["repeat"]
    assert found.as_of == date(2026, 11, 1)


def test_its_review_is_due_some_months_after_the_day_that_stands_once(tmp_path: Path) -> None:
    text = WITHOUT.replace(REVIEW, "")
    found = read_knowledge(write(tmp_path, {REPEAT: text, "as_of.toml": READ})).by_id["repeat"]
    assert found.review.next == date(2027, 5, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Repeat', 'title = "Measure'),
        ("on a new sample", "on two new samples"),
        ("Red cells contain NSE", "Red cells hold NSE"),
        ('document = "oncotarget"', 'document = "other"'),
        ('section = "Results"', 'section = "Discussion"'),
        ('section = "Results"\n', ""),
        ('section = "Results"', 'section = "Results"\nstrength = "strong"'),
        ('section = "Results"', 'section = "Results"\n[[evidence]]\ndocument = "other"'),
        ("hooks =", 'relies_on = ["lutathera"]\nhooks ='),
    ],
)
def test_a_row_whose_words_change_names_the_day_on_which_its_documents_were_read_again(
    tmp_path: Path, old: str, new: str
) -> None:
    other = FILES["sources.toml"] + '[other]\ntitle = "O"\npublisher = "P"\nstatus = "primary"'
    files: dict[str, str | bytes | None] = {"sources.toml": other, "as_of.toml": READ, REPEAT: changed(old, new)}
    words = f"is missing, and its words changed since 2026-11-01: {CLAIM}; take its line out of as_of.toml"
    assert faults(tmp_path, files) == [f"{REPEAT} [as_of]: {words}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  Red cells contain NSE.  ", "Red  cells contain\\nNSE."),
        ('"warning"', '"critical"'),
        ('["hemolyzed"]', '["hemolyzed", "usable"]'),
        ('label = "Repeat NSE"', 'label = "Again"'),
    ],
)
def test_spaces_and_what_is_not_read_against_documents_leave_the_day_as_it_is(
    tmp_path: Path, old: str, new: str
) -> None:
    assert read_knowledge(write(tmp_path, {REPEAT: changed(old, new), "as_of.toml": READ})).recommendations


@pytest.mark.parametrize("table", ["as_of = 2026-11-01\n[rows]", None])
def test_a_new_row_names_the_day_on_which_its_documents_were_read(tmp_path: Path, table: str | None) -> None:
    assert faults(tmp_path, {REPEAT: WITHOUT, "as_of.toml": table}) == [
        f"{REPEAT} [as_of]: is missing, and the row is new: {CLAIM}"
    ]


def test_the_line_of_a_row_that_names_its_own_day_is_taken_out(tmp_path: Path) -> None:
    assert faults(tmp_path, {"as_of.toml": READ}) == [
        "as_of.toml [rows.repeat]: is not needed: the row names its own day; take the line out"
    ]


def test_the_line_of_a_row_that_is_gone_is_taken_out(tmp_path: Path) -> None:
    gone = READ.replace("repeat", "gone")
    assert faults(tmp_path / "a", {"as_of.toml": gone}) == [
        "as_of.toml [rows.gone]: is not a recommendation: take the line out, or write the new name of the row"
    ]
    assert faults(tmp_path / "b", {"as_of.toml": gone, "recommendations/net/gone.toml": "x"}) == [
        "recommendations/net/gone.toml: is not TOML: Expected '=' after a key in a key/value pair (at end of document)"
    ]


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (READ.replace("2026-11-01", '"2026-11-01"'), "as_of.toml [as_of]: is a date and stands without quotes"),
        (READ.replace(WORDS, "new"), "as_of.toml [rows.repeat]: 'new' is not the digest that was there: name the day"),
        ("x", "as_of.toml: is not TOML"),
    ],
)
def test_a_fault_of_the_table_itself_is_the_only_one(tmp_path: Path, table: str, fault: str) -> None:
    [found] = faults(tmp_path, {REPEAT: WITHOUT, "as_of.toml": table})
    assert found.startswith(fault)
