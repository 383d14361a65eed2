"""Opposed pairs that were looked at, and the check that refuses the others and what is no longer needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cds_service.authoring.pairs import Pairs
from cds_service.authoring.reviewed_pairs import (
    entry_problems,
    order_problems,
    pair_problems,
    pairs_line,
    reasons,
    reviewed,
)
from cds_service.guideline.about_rows import Opposed, Reviewed, Subject
from cds_service.guideline.concepts import ConceptId, OrderPlan
from cds_service.guideline.vocabulary import Scope
from tests.guideline.rows import row

SUBJECTS = {"nse": Subject("nse", "Measuring NSE", Scope.PATIENT)}
FOR = replace(row("repeat"), favors=frozenset({"nse"}))
AGAINST = replace(row("screening", {"nse-count": ["one"]}), opposes=frozenset({"nse"}))
PAIRS = Pairs((FOR, AGAINST), (), SUBJECTS)
ENTRY = Reviewed("nse", ("repeat",), ("screening",), "two patients", "by nobody")


def faults(*listed: Reviewed, pairs: Pairs = PAIRS) -> list[str]:
    return [str(problem) for problem in pair_problems(pairs, listed)]


def test_an_opposed_pair_that_nobody_looked_at_is_refused() -> None:
    assert faults() == [
        "reviewed_pairs.toml [nse]: repeat speaks for it and screening against it in one answer, "
        "and no entry says why that is no contradiction"
    ]


def test_an_opposed_pair_that_was_looked_at_passes() -> None:
    assert faults(ENTRY) == []


def test_an_entry_for_rows_that_do_not_oppose_each_other_is_refused() -> None:
    stale = "reviewed_pairs.toml [nse]: screening and repeat do not oppose each other there in one answer: not needed"
    swapped = replace(ENTRY, speak_for=("screening",), speak_against=("repeat",))
    assert faults(ENTRY, swapped) == [stale]
    assert len(faults(ENTRY, replace(ENTRY, speak_for=("gone",)))) == 1


def test_a_pair_is_listed_once() -> None:
    assert faults(ENTRY, ENTRY) == ["reviewed_pairs.toml [nse]: repeat and screening are listed twice"]


def test_a_subject_that_is_not_listed_is_refused_with_the_nearest() -> None:
    assert list(entry_problems([ENTRY], ["nse"])) == []
    [fault] = entry_problems([replace(ENTRY, subject="nes")], ["nse"])
    assert str(fault) == "reviewed_pairs.toml [subject]: 'nes' is not in subjects.toml; did you mean 'nse'?"


def test_an_entry_names_each_with_each() -> None:
    entry = Reviewed("nse", ("a", "b"), ("c", "d"), "why", "by nobody")
    pairs = [Opposed("nse", one, other) for one in "ab" for other in "cd"]
    assert list(entry.opposed) == pairs
    assert reasons([entry]) == dict.fromkeys(pairs, "why")


def test_the_line_counts_what_has_a_reason_and_what_has_none() -> None:
    assert pairs_line(PAIRS, [ENTRY]) == "1 can stand together, 1 opposed with a reason, 0 contradictions"
    assert pairs_line(PAIRS, []) == "1 can stand together, 0 opposed with a reason, 1 contradictions"


def test_entries_are_read_from_their_file() -> None:
    entry = {"subject": "nse", "speak_for": ["repeat"], "speak_against": ["screening"], "why": "two patients"}
    assert reviewed({"reviewed": [entry | {"status": "by nobody"}]}) == (ENTRY,)


# --- orders that mean the same -----------------------------------------------------------------------------------


def order(id_: str, same_as: Iterable[str] = (), gives_way_to: Iterable[str] = ()) -> OrderPlan:
    same = tuple(ConceptId(f"orders/{name}") for name in (id_, *same_as))
    return OrderPlan(id_, id_, "ServiceRequest", id_, same_as=same, gives_way_to=frozenset(gives_way_to))


def alike(*orders: OrderPlan) -> list[str]:
    return [str(problem) for problem in order_problems({one.id: one for one in orders})]


def test_of_two_orders_that_are_alike_one_gives_way() -> None:
    fault = ["orders/nse.toml [gives_way_to]: it or 'repeat' must give way: they are alike"]
    assert alike(order("nse", ["repeat"]), order("repeat")) == fault
    assert alike(order("nse"), order("repeat", ["nse"])) == fault
    assert alike(order("nse", ["repeat"], ["repeat"]), order("repeat")) == []
    assert alike(order("nse", ["repeat"]), order("repeat", [], ["nse"])) == []
    assert alike(order("nse"), order("ct")) == []


def test_an_order_gives_way_to_one_that_exists() -> None:
    assert alike(order("nse", [], ["again"])) == [
        "orders/nse.toml [gives_way_to]: 'again' is not an order that can be drafted"
    ]
