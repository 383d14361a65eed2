"""The words of the review about what stands beside what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cds_service.authoring.together import beside, page
from cds_service.guideline.about_rows import Impossible, Reviewed, Subject
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation, SuggestionPlan
from cds_service.guideline.vocabulary import Scope
from tests.asked import KNOWLEDGE, pairs_of
from tests.guideline.rows import row

NET, NEC = {"diagnosis": ["net"]}, {"diagnosis": ["nec"]}
SUBJECTS = {
    "treatment": Subject("treatment", "Treating now", Scope.TUMOR),
    "depot": Subject("depot", "A depot", Scope.TUMOR, part_of="treatment"),
    "nse": Subject("nse", "Measuring NSE", Scope.PATIENT),
}
NEVER = Impossible("never", {"nse-level": frozenset({"none", "high"}), "nse-count": frozenset({"none"})}, "so it is")


def speaking(
    id_: str, when: Mapping[str, Iterable[str]], favors: Iterable[str] = (), opposes: Iterable[str] = ()
) -> Recommendation:
    return replace(row(id_, when), favors=frozenset(favors), opposes=frozenset(opposes))


def of(*rows: Recommendation, reviewed: Iterable[Reviewed] = ()) -> Knowledge:
    return replace(
        KNOWLEDGE, recommendations=rows, subjects=SUBJECTS, impossible=(NEVER,), reviewed_pairs=tuple(reviewed)
    )


FIRST = speaking("first-line", NET, ["depot"])
GRADE = speaking("grade-first", NET, [], ["treatment"])
LATER = speaking("first-line-too", NET, ["depot"])
OTHER = speaking("not-in-nec", NEC, [], ["depot"])
WAIT = Reviewed("treatment", ("first-line", "first-line-too"), ("grade-first",), "Symptoms do not wait.", "by nobody")
EVERY = of(FIRST, GRADE, LATER, OTHER, reviewed=[WAIT])


def words(of_row: Recommendation, knowledge: Knowledge) -> str:
    return beside(of_row, knowledge, pairs_of(knowledge))


def whole(knowledge: Knowledge) -> str:
    return page(knowledge, pairs_of(knowledge))


def test_a_row_names_who_speaks_of_the_same_beside_it_and_why_that_is_no_contradiction() -> None:
    assert words(FIRST, EVERY) == (
        "It can stand in one answer with 3 others. What they say of the same:\n\n"
        "**A depot**: it speaks for it.\n\n"
        "- for: `first-line-too`\n"
        "- against, of another tumor: `not-in-nec`\n"
        "- **opposed**: `grade-first`. Symptoms do not wait."
    )


def test_who_speaks_against_the_whole_names_who_speaks_for_a_part() -> None:
    assert words(GRADE, EVERY) == (
        "It can stand in one answer with 3 others. What they say of the same:\n\n"
        "**Treating now**: it speaks against it.\n\n"
        "- against, of another tumor: `not-in-nec`\n"
        "- **opposed**: `first-line`, `first-line-too`. Symptoms do not wait."
    )


def test_a_row_of_which_nobody_else_speaks_stands_alone() -> None:
    alone = speaking("alone", NET, ["nse"])
    assert words(alone, of(alone, GRADE)).endswith("the same:\n\n**Measuring NSE**: it speaks for it.")


def test_what_is_said_of_the_patient_is_said_of_every_tumor() -> None:
    one, other = speaking("one", NET, ["nse"]), speaking("other", NEC, ["nse"])
    assert "- for: `other`" in words(one, of(one, other))


def test_the_page_counts_the_pairs_and_gives_the_reasons() -> None:
    text = whole(EVERY)
    assert "Of 6 pairs 6 can stand in one answer: 3 about one tumor or none, 3 only about two tumors" in text
    assert "2 times one speaks for a subject and another against it." in text
    assert (
        "**Treating now**\n\n"
        "- for it, or for a part of it: `first-line`, `first-line-too`\n"
        "- against it: `grade-first`\n"
        "- Symptoms do not wait. (by nobody)\n"
    ) in text


def test_the_page_names_the_facts_that_exclude_each_other() -> None:
    assert whole(EVERY).endswith("- `nse-level` = high, none; `nse-count` = none: so it is\n")


def test_the_page_names_orders_of_several_rows_and_those_that_give_way() -> None:
    def drafting(id_: str, *orders: str) -> Recommendation:
        plans = tuple(SuggestionPlan("Draft it", (order,)) for order in orders)
        return replace(row(id_), suggestions=plans)

    text = whole(of(drafting("one", "biopsy", "nse", "cga"), drafting("other", "biopsy")))
    assert "- Biopsy, `biopsy`: `one`, `other`\n" in text
    assert "- NSE, serum, `nse` (gives way to `nse-repeat`): `one`\n" in text
    assert "`cga`" not in text
