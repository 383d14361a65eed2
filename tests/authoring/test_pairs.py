"""Which rows can stand in one answer by their conditions alone, and which of them oppose each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from cds_service.authoring.pairs import Pair, Pairs, impossible
from cds_service.errors import Problem
from cds_service.guideline.about_rows import Impossible, Opposed, Subject
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import Scope
from tests.guideline.rows import row

When = Mapping[str, Iterable[str]]
NET, NEC = {"diagnosis": ["net"]}, {"diagnosis": ["nec"]}
TREATMENT = Subject("treatment", "Treatment", Scope.TUMOR)
DEPOT = Subject("depot", "A depot", Scope.TUMOR, part_of="treatment")
NSE = Subject("nse", "Measuring NSE", Scope.PATIENT)
SUBJECTS = {subject.id: subject for subject in (TREATMENT, DEPOT, NSE)}


def never(**facts: list[str]) -> Impossible:
    named = {name.replace("_", "-"): frozenset(values) for name, values in facts.items()}
    return Impossible("never", named, "so it is derived")


def pairs(*rows: Recommendation, facts: Iterable[Impossible] = ()) -> Pairs:
    return Pairs(rows, tuple(facts), SUBJECTS)


def pair(one: Recommendation, other: Recommendation, *more: Recommendation, facts: Iterable[Impossible] = ()) -> Pair:
    """How the first two can stand together, whatever stands beside them."""
    found = [p for p in pairs(one, other, *more, facts=facts).possible if {p.one.id, p.other.id} == {one.id, other.id}]
    return found[0] if found else Pair(one, other, together=False, on_two_tumors=False)


def meet(one: When, other: When, *facts: Impossible) -> bool:
    return pair(row("a", one), row("b", other), facts=facts).together


# --- which can stand together ------------------------------------------------------------------------------------


def test_rows_of_different_hooks_never_meet() -> None:
    assert pairs(row("a"), row("b", hooks=["order-sign"])).possible == ()


def test_rows_that_ask_different_facts_can_meet() -> None:
    assert meet({"nse-level": ["high"]}, {"cga-level": ["normal"]})


@pytest.mark.parametrize(("other", "met"), [(["high", "none"], True), (["normal"], False)])
def test_a_fact_of_one_value_must_leave_one_to_both(other: list[str], met: bool) -> None:
    assert meet({"nse-level": ["high", "unknown"]}, {"nse-level": other}) is met


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        (["nse"], ["platinum"], True),
        (["none"], ["platinum"], False),
        (["platinum"], ["none"], False),
        (["none"], ["none"], True),
        (["none", "nse"], ["platinum"], True),
    ],
)
def test_several_orders_may_be_drafted_at_once_but_none_stands_alone(
    one: list[str], other: list[str], met: bool
) -> None:
    assert meet({"ordering": one}, {"ordering": other}) is met


def test_two_rows_about_different_diagnoses_meet_only_over_two_tumors() -> None:
    found = pair(row("a", NET), row("b", NEC))
    assert (found.together, found.on_two_tumors) == (False, True)


def test_facts_of_the_patient_must_agree_even_over_two_tumors() -> None:
    one, other = row("a", NET | {"nse-level": ["high"]}), row("b", NEC | {"nse-level": ["normal"]})
    assert pairs(one, other).possible == ()


def test_a_row_without_a_tumor_meets_one_with_a_tumor_once() -> None:
    found = pair(row("a", {"nse-level": ["high"]}), row("b", NEC))
    assert (found.together, found.on_two_tumors) == (True, False)


# --- facts that no picture holds together ------------------------------------------------------------------------


def test_facts_that_no_chart_holds_keep_two_rows_apart() -> None:
    fact = never(nse_reading=["usable"], nse_count=["none"])
    assert not meet({"nse-reading": ["usable"]}, {"nse-count": ["none"]}, fact)
    assert meet({"nse-reading": ["usable", "hemolyzed"]}, {"nse-count": ["none"]}, fact)
    assert meet({"nse-reading": ["usable"]}, {"cga-level": ["high"]}, fact)
    assert meet({"nse-level": ["high"]}, {"cga-level": ["high"]}, fact)


def test_one_such_fact_may_lead_to_the_next() -> None:
    facts = (
        never(nse_reading=["usable"], nse_count=["none", "unknown"]),
        never(nse_count=["one", "two-or-more"], nse_age=["none-found"]),
    )
    assert not meet({"nse-reading": ["usable"]}, {"nse-age": ["none-found"]}, *facts)
    assert not meet({"nse-reading": ["usable"]}, {"nse-age": ["none-found"]}, *reversed(facts))


def test_a_fact_of_several_values_is_held_where_all_that_is_asked_is_listed() -> None:
    fact = never(nse_event=["procedure-recent"], nse_reading=["usable"])
    assert not meet({"nse-event": ["procedure-recent"]}, {"nse-reading": ["usable"]}, fact)
    assert meet({"nse-event": ["procedure-recent", "biopsy-recent"]}, {"nse-reading": ["usable"]}, fact)
    assert meet({"nse-event": ["biopsy-recent"]}, {"nse-reading": ["usable"]}, fact)
    assert meet({"cga-level": ["high"]}, {"nse-reading": ["usable"]}, fact)


def test_such_a_fact_holds_for_each_of_two_tumors() -> None:
    fact = never(diagnosis=["nec"], nse_context=["net"])
    one, other = row("a", NET | {"nse-context": ["net"]}), row("b", NEC)
    assert pairs(one, other, facts=[fact]).possible == ()


# --- rows that take the place of others --------------------------------------------------------------------------


def test_a_row_never_meets_the_one_whose_place_it_takes() -> None:
    assert pairs(row("a"), row("b", replaces=["a"])).possible == ()
    assert pairs(row("a", replaces=["b"]), row("b")).possible == ()


def test_about_another_tumor_the_replaced_row_stands() -> None:
    found = pair(row("a", NET), row("b", NET | {"grade": ["G3"]}, replaces=["a"]))
    assert (found.together, found.on_two_tumors) == (False, True)
    assert pairs(row("a", NET), row("b", NET, replaces=["a"])).possible == ()


def test_rows_do_not_meet_where_a_third_surely_takes_the_place_of_one() -> None:
    one, other = row("a", {"nse-level": ["high"]}), row("b", {"nse-count": ["one"]})
    third = row("c", {"nse-level": ["high"], "nse-count": ["one"]}, replaces=["a"])
    assert not pair(one, other, third).together
    assert pair(one, row("b", {"nse-count": ["one", "none"]}), third).together


def test_a_third_row_of_other_hooks_or_other_facts_takes_no_place_for_sure() -> None:
    """Its own data may be broken, and then it is withheld and says nothing."""
    one, other = row("a", {"nse-level": ["high"]}), row("b", {"nse-count": ["one"]})
    assert pair(one, other, row("c", {"cga-level": ["high"]}, replaces=["a"])).together
    elsewhere = row("c", {"nse-level": ["high"]}, hooks=["order-sign"], replaces=["a"])
    assert pair(one, other, elsewhere).together


def test_each_way_to_keep_a_third_row_silent_is_tried() -> None:
    one = row("a", {"nse-level": ["high", "normal"], "nse-count": ["one", "none"]})
    other = row("b", {"cga-level": ["high"]})
    third = row("c", {"nse-level": ["high"], "nse-count": ["one"]}, replaces=["a"])
    fourth = row("d", {"nse-level": ["normal"]}, replaces=["b"])
    fifth = row("e", {"nse-count": ["none"]}, replaces=["a"])
    assert pair(one, other, third).together
    assert pair(one, other, third, fourth).together
    assert not pair(one, other, third, fourth, fifth).together


def test_a_third_row_that_asks_several_orders_takes_no_place_for_sure() -> None:
    one, other = row("a", {"ordering": ["nse", "cga"]}), row("b", {"nse-level": ["high"]})
    assert pair(one, other, row("c", {"ordering": ["nse"]}, replaces=["a"])).together
    assert not pair(one, other, row("c", {"ordering": ["nse", "cga", "prrt"]}, replaces=["a"])).together


def test_a_third_row_that_the_facts_rule_out_takes_no_place() -> None:
    one, other = row("a", {"nse-level": ["high"]}), row("b", {"nse-count": ["one"]})
    assert pair(one, other, row("c", {"nse-level": ["normal"], "nse-count": ["one"]}, replaces=["a"])).together


# --- what they say against each other ----------------------------------------------------------------------------


def speaking(id_: str, when: When, *, favors: Iterable[str] = (), opposes: Iterable[str] = ()) -> Recommendation:
    return replace(row(id_, when), favors=frozenset(favors), opposes=frozenset(opposes))


def test_rows_that_speak_for_and_against_one_subject_oppose_each_other() -> None:
    one, other = speaking("a", NET, favors=["depot"]), speaking("b", NET, opposes=["depot"])
    assert pairs(one, other).opposed == pairs(other, one).opposed == (Opposed("depot", "a", "b"),)


def test_speaking_against_the_whole_is_speaking_against_its_part_not_the_other_way_round() -> None:
    part, whole = speaking("a", NET, favors=["depot"]), speaking("b", NET, opposes=["treatment"])
    assert pairs(part, whole).opposed == (Opposed("treatment", "a", "b"),)
    part, whole = speaking("a", NET, opposes=["depot"]), speaking("b", NET, favors=["treatment"])
    assert pairs(part, whole).opposed == ()


def test_what_is_said_of_two_tumors_is_opposed_only_where_it_holds_for_the_patient() -> None:
    def opposed(word: str) -> bool:
        return bool(pairs(speaking("a", NET, favors=[word]), speaking("b", NEC, opposes=[word])).opposed)

    assert not opposed("depot")
    assert opposed("nse")


# --- the file of impossible facts --------------------------------------------------------------------------------


def test_facts_are_read_from_their_file_and_held_against_the_vocabulary() -> None:
    problems: list[Problem] = []
    entry = {"why": "so", "facts": {"nse-level": ["high"], "nse-cuont": ["one"], "cga-level": ["hihg"]}}
    [fact] = impossible({"one": entry}, problems)
    assert fact.facts == {"nse-level": {"high"}, "cga-level": {"hihg"}}
    assert [str(problem) for problem in problems] == [
        "impossible.toml [one.facts.nse-cuont]: is not a case feature; did you mean 'nse-count'?",
        "impossible.toml [one.facts.cga-level]: 'hihg' is not a value; did you mean 'high'?",
    ]
