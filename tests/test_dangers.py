"""The 15 most dangerous ways to be wrong: for each a folder of patients, and what must and must not be said of them.

What is expected was written from the medicine of the case. Where a danger cannot be prevented, the words that protect
are expected on the card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from cds_service.answer import answer
from cds_service.cases.pages import Case, Page
from cds_service.guideline.recommendations import Recommendation
from cds_service.hooks.basis import BASIS
from cds_service.hooks.contract import require_valid
from tests.asked import CORPUS, DANGERS, GUIDELINE, KNOWLEDGE, NOW, SERVICES, Call, answered, call_of, name_of, shown

PAGES = CORPUS.below("dangers")
KEYS = {"must", "must_not", "silent", "no_suggestion", "no_delete", "deletes", "tumors", "unseen", "says"}
IDS_IN = ("must", "must_not", "says", "tumors")

Expected = Mapping[str, Any]


def number_of(page: Page) -> str:
    """The number of a danger as its page has it: "05-"."""
    return page.name.rpartition("/")[2][:3]


def actions(body: Call, kind: str) -> list[Call]:
    """All actions of this type in all suggestions."""
    suggestions = [suggestion for card in body["cards"] for suggestion in card.get("suggestions", [])]
    return [action for suggestion in suggestions for action in suggestion["actions"] if action["type"] == kind]


def created(body: Call) -> set[str]:
    """The ids of all orders that some suggestion creates."""
    resources = [action["resource"] for action in actions(body, "create")]
    words = {(resource.get("code") or resource["medicationCodeableConcept"])["text"] for resource in resources}
    return {order.id for order in KNOWLEDGE.orders.values() if order.text in words}


def rows_on(card: Call) -> list[Call]:
    rows: list[Call] = card["extension"][BASIS].get("recommendations", [])
    return rows


def words_about(row: str, body: Call) -> str:
    """Summary and detail of the cards that carry this row."""
    cards = [card for card in body["cards"] if row in {named["id"] for named in rows_on(card)}]
    return " ".join(" ".join((card["summary"], card["detail"])).replace("\\", "").replace("\n", " ") for card in cards)


def faults(expected: Expected, body: Call) -> Iterator[str]:
    """What is wrong with an answer, in words."""
    rows = shown(body)
    yield from (f"{row} is missing" for row in expected.get("must", []) if row not in rows)
    yield from (f"{row} speaks" for row in expected.get("must_not", []) if row in rows)
    if expected.get("silent") and body["cards"]:
        yield f"a card where none may be: {sorted(rows)}"
    yield from (f"{order} is offered" for order in expected.get("no_suggestion", []) if order in created(body))
    yield from _faults_of_deletes(expected, body)
    yield from _faults_of_words(expected, body)


def _faults_of_deletes(expected: Expected, body: Call) -> Iterator[str]:
    removed = {action["resourceId"] for action in actions(body, "delete")}
    if expected.get("no_delete") and removed:
        yield f"{sorted(removed)} can be removed"
    if "deletes" in expected and removed != set(expected["deletes"]):
        yield f"{sorted(removed)} can be removed, not {expected['deletes']}"


def _faults_of_words(expected: Expected, body: Call) -> Iterator[str]:
    for row, words in expected.get("says", {}).items():
        text = words_about(row, body)
        yield from (f"{row} does not say {word!r}: {text}" for word in words if word not in text)
    named = [row for card in body["cards"] for row in rows_on(card)]
    for row, tumors in expected.get("tumors", {}).items():
        about = {entry.get("tumor", "") for entry in named if entry["id"] == row}
        if about != set(tumors):
            yield f"{row} is about {sorted(about)}, not {tumors}"
    unseen = {fact["name"] for card in body["cards"] for fact in card["extension"][BASIS].get("unseen", [])}
    yield from (f"{name} is not named as not seen" for name in expected.get("unseen", []) if name not in unseen)


@pytest.mark.every_case
@pytest.mark.parametrize("case", DANGERS, ids=name_of)
def test_a_danger_is_kept_away_or_the_card_says_what_protects(case: Case) -> None:
    body = answered(call_of(case))
    require_valid(body, "hook-response", "$")
    found = list(faults(case.expect, body))
    assert not found, "\n".join(["", *found])


def test_there_is_a_page_for_each_of_the_15_dangers() -> None:
    assert list(map(number_of, PAGES)) == [f"{number:02d}-" for number in range(1, 16)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_case_of_a_danger_has_an_expectation_in_the_words_of_the_knowledge(page: Page) -> None:
    assert page.head["title"]
    for case in page.cases.values():
        assert case.why
        assert case.expect
        assert case.expect.keys() <= KEYS
        assert {row for key in IDS_IN for row in case.expect.get(key, ())} <= KNOWLEDGE.by_id.keys()
        assert set(case.expect.get("no_suggestion", ())) <= KNOWLEDGE.orders.keys()


# --- what the texts of all recommendations must carry ------------------------------------------------------------

ROWS = KNOWLEDGE.recommendations
DATED = re.compile(
    r"\bapprov|\blabel|\bFDA\b|\bEurope|\bEU\b|United States|\b(?:ESMO|ASCO|ENETS|WHO) ?\(?20\d\d|\bguideline",
    re.IGNORECASE,
)
LEAVE_OUT = re.compile(r"already (?:given|used up)|given already")


def words_of(row: Recommendation) -> str:
    return f"{row.title} {row.summary} {' '.join(row.advice.split())}"


def cases_of(number: str) -> list[Expected]:
    [page] = [page for page in PAGES if number_of(page) == number]
    return [case.expect for case in page.cases.values()]


def test_each_row_that_removes_an_order_is_shown_removing_it_and_kept_from_it() -> None:
    """Danger 5."""
    removing = {row.id for row in ROWS if any(plan.deletes_order for plan in row.suggestions)}
    cases = cases_of("05-")
    assert removing == {row for case in cases if case.get("deletes") for row in case["must"]}
    kept = {row for case in cases if case.get("no_delete") for row in case.get("must_not", ())}
    assert removing <= kept


def test_what_is_named_after_a_progression_leaves_out_what_was_given() -> None:
    """Danger 6: the picture does not know which drugs were used up."""
    options = [
        row for row in ROWS if row.when.get("progression") == frozenset({"yes"}) and row.group == "therapy-options"
    ]
    unguarded = [row for row in options if row.when.get("therapy-prrt") != frozenset({"none-recorded"})]
    assert len(unguarded) > 3
    assert [row.id for row in unguarded if not LEAVE_OUT.search(words_of(row))] == []


def test_absence_is_said_of_the_data_given_and_never_of_the_patient() -> None:
    """Danger 7."""
    absent = {"none-found", "not-found"}
    for name in ("ct-mri", "sstr-imaging", "mdt", "ki67-found", "cga-age", "hiaa-age", "progrp-or-cyfra"):
        about = [row for row in ROWS if name in row.own_keys and row.when[name] & absent]
        assert about
        assert [row.id for row in about if "in the data given" not in words_of(row)] == []


def test_no_row_says_that_a_normal_nse_excludes_anything() -> None:
    """Danger 9."""
    normal = [row for row in ROWS if row.when.get("nse-level") == frozenset({"normal"})]
    assert len(normal) > 2
    assert [row.id for row in normal if not re.search("does not exclude|falsely low", words_of(row))] == []
    excluding = re.compile(r"(?<!not )\bexcludes\b|\brule[sd]? out\b", re.IGNORECASE)
    about = [row for row in ROWS if any(name.startswith("nse-") for name in row.own_keys)]
    assert [row.id for row in about if excluding.search(words_of(row))] == []


def test_no_row_about_prrt_reads_as_a_clearance() -> None:
    """Danger 11: silence is none either."""
    about = [row for row in ROWS if "prrt" in row.when.get("ordering", ())]
    assert len(about) > 5
    clearing = re.compile(r"\bsafe(?:ly)?\b|\bcleared\b|\bno contraindication|\bnothing speaks against", re.IGNORECASE)
    assert [row.id for row in about if clearing.search(words_of(row))] == []


def test_whatever_speaks_of_a_ppi_keeps_it_where_a_gastrinoma_is_possible() -> None:
    """Danger 13: the exception stands in the text, whatever its length."""
    about = [row for row in ROWS if row.when.get("ppi") == frozenset({"active"})]
    assert len(about) == 4
    for row in about:
        assert "gastrinoma" in words_of(row) or "do not stop it" in words_of(row)
        assert not row.suggestions


def test_whatever_drafts_a_biopsy_names_cover_and_pheochromocytoma() -> None:
    """Danger 14."""
    needle = [row for row in ROWS if any("biopsy" in plan.creates for plan in row.suggestions)]
    assert len(needle) == 3
    for words in (*map(words_of, needle), KNOWLEDGE.orders["biopsy"].note):
        assert "octreotide" in words
        assert "pheochromocytoma" in words


def test_what_names_an_approval_a_label_a_region_or_a_guideline_is_dated_and_due_for_review() -> None:
    """Danger 15: `check` warns of a review that is overdue, and so does the card."""
    dated = [row for row in ROWS if DATED.search(words_of(row))]
    assert len(dated) > 30
    for row in dated:
        assert row.review.next is not None, row.id
        assert row.as_of < row.review.next <= row.as_of + timedelta(days=366), row.id


def test_after_its_review_was_due_a_card_says_so() -> None:
    """Danger 15."""
    case = next(case for case in DANGERS if case.name.startswith("dangers/15-"))
    made = answer(case.body, SERVICES[case.call["hook"]], GUIDELINE, NOW + timedelta(days=200), lambda: "an-id")
    assert made.body["cards"]
    assert all("Its review was due on 2027-05-15" in card["detail"] for card in made.body["cards"])
