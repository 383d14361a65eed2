"""What really stands in one answer, held against what is called possible: fixtures, and pictures at random.

The proof itself is in `authoring.pairs`; here it is tried to be refuted.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, count
from typing import Any

import pytest

from cds_service.answer import Answer
from cds_service.authoring.pairs import Pair
from cds_service.authoring.reviewed_pairs import reasons
from cds_service.cases.pages import Case
from cds_service.guideline.about_rows import Impossible
from cds_service.guideline.features import Feature, PatientPicture, TumorPicture
from cds_service.guideline.judge import Outcome, Verdict, judge, with_replacements
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import UNKNOWN, VOCABULARY, Scope
from tests.asked import KNOWLEDGE, RECOMMENDATIONS, STORIES, VIGNETTES, made_of, name_of, pairs, possible
from tests.guideline.rows import feature

WHOLE_PATIENTS = [*STORIES, *VIGNETTES]
FACTS = {name for fact in KNOWLEDGE.impossible for name in fact.facts}
WITH_REASON = {frozenset((o.speaks_for, o.speaks_against)) for o in reasons(KNOWLEDGE.reviewed_pairs)}


@pytest.mark.every_case
def test_the_picture_of_a_whole_patient_holds_no_impossible_facts() -> None:
    assert [name_of(case) for case in WHOLE_PATIENTS if list(impossibilities(made_of(case)))] == []


@pytest.mark.every_case
def test_what_stands_in_the_answer_to_a_whole_patient_was_called_possible() -> None:
    faults = [(name_of(case), fault) for case in WHOLE_PATIENTS for fault in surprises(made_of(case).verdicts)]
    assert faults == []


@pytest.mark.every_case
def test_no_answer_to_a_whole_patient_offers_one_order_twice() -> None:
    assert [name_of(case) for case in WHOLE_PATIENTS if twice(made_of(case).body)] == []


@pytest.mark.every_case
@pytest.mark.parametrize("case", RECOMMENDATIONS, ids=name_of)
def test_a_fixture_holds_nothing_impossible_nothing_opposed_without_a_reason_and_no_order_twice(case: Case) -> None:
    made = made_of(case)
    assert list(impossibilities(made)) == []
    assert list(surprises(made.verdicts)) == []
    assert twice(made.body) == []


def impossibilities(made: Answer) -> Iterator[str]:
    """Facts of a picture that are called impossible together, and sets whose lone value does not stand alone."""
    assert made.picture is not None
    for tumor in made.picture.tumors:
        yield from (fact.id for fact in KNOWLEDGE.impossible if holds(fact, made.picture, tumor))
    for name, held in {**made.picture.patient, **made.picture.call}.items():
        if len(held.values) > 1 and (not VOCABULARY[name].lone or VOCABULARY[name].lone in held.values):
            yield name


def holds(fact: Impossible, picture: PatientPicture, tumor: TumorPicture) -> bool:
    return all(picture.feature(name, tumor).values & values for name, values in fact.facts.items())


@cache
def opposed() -> set[frozenset[str]]:
    """The pairs of which one speaks for something and the other against it."""
    return {frozenset((o.speaks_for, o.speaks_against)) for o in pairs().opposed}


def surprises(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Rows that stand together and were not called possible, or oppose each other without a reason on file."""
    shown = [verdict for verdict in verdicts if verdict.is_shown]
    for one, other in combinations(shown, 2):
        names = frozenset((one.recommendation.id, other.recommendation.id))
        if len(names) == 1:
            continue
        if not covers(possible().get(names), one, other):
            yield f"not possible: {sorted(names)}"
        if names in opposed() - WITH_REASON:
            yield f"opposed: {sorted(names)}"


def covers(pair: Pair | None, one: Verdict, other: Verdict) -> bool:
    two = one.tumor is not None and other.tumor is not None and one.tumor is not other.tumor
    return pair is not None and (pair.on_two_tumors if two else pair.together)


def twice(body: dict[str, Any]) -> list[str]:
    """Orders that more than one card offers to draft, those that are alike taken as one."""
    offered = [{name for action in actions(card) for name in meant(action)} for card in body["cards"]]
    counted = Counter(name for names in offered for name in names)
    return [name for name, times in counted.items() if times > 1]


def actions(card: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for suggestion in card.get("suggestions", ()):
        yield from (action for action in suggestion["actions"] if action["type"] == "create")


def meant(action: dict[str, Any]) -> Iterator[str]:
    """The order of an action, and the one it gives way to."""
    resource = action["resource"]
    text = (resource.get("code") or resource["medicationCodeableConcept"])["text"]
    for order in KNOWLEDGE.orders.values():
        if order.text == text:
            yield from (order.id, *order.gives_way_to)


# --- pictures at random ------------------------------------------------------------------------------------------


@pytest.mark.every_case
def test_no_picture_at_random_shows_two_rows_that_were_not_called_possible() -> None:
    """For every two rows pictures that favor what they ask, of one tumor and of two."""
    chance = random.Random(20261115)
    seen: set[frozenset[str]] = set()
    for one, other in combinations((row for row in KNOWLEDGE.recommendations if not row.footer), 2):
        for hook in sorted(one.hooks & other.hooks)[:1] if may_agree(one, other) else ():
            picture = drawn(chance.choice([[[one, other]], [[one], [other]]]), chance)
            verdicts = withheld(judge(picture, hook, with_rivals(one, other)), picture, chance)
            shown = [verdict for verdict in verdicts if verdict.recommendation in (one, other)]
            assert list(surprises(shown)) == []
            names = {verdict.recommendation.id for verdict in shown if verdict.is_shown}
            seen |= {frozenset(names)} if len(names) == 2 else set()
    assert len(seen) > len(possible()) / 3, "the pictures are too tame to refute anything"


def may_agree(one: Recommendation, other: Recommendation) -> bool:
    """Leaves out rows that no judge could let fire at once: they ask different values of one fact of the patient."""
    shared = [name for name in one.when.keys() & other.when.keys() if VOCABULARY[name].scope is Scope.PATIENT]
    return all(VOCABULARY[name].lone or one.when[name] & other.when[name] for name in shared)


def with_rivals(*rows: Recommendation) -> list[Recommendation]:
    """The rows with those that take their places."""
    names = {row.id for row in rows}
    return [*rows, *(row for row in KNOWLEDGE.recommendations if row.replaces & names and row.id not in names)]


def drawn(favored: list[list[Recommendation]], chance: random.Random) -> PatientPicture:
    """A picture that holds nothing impossible: one tumor for each list of rows."""
    every = [row for rows in favored for row in rows]
    patient, call = values(Scope.PATIENT, every, chance), values(Scope.CALL, every, chance)
    tumors = [values(Scope.TUMOR, rows, chance) for rows in favored]
    settle(patient, [(tumor, [*rows, *every]) for tumor, rows in zip(tumors, favored, strict=True)], chance)
    pictures = tuple(TumorPicture(f"Condition/{n}", str(n), as_features(tumor)) for n, tumor in enumerate(tumors))
    return PatientPicture(as_features(patient), pictures, as_features(call))


def values(scope: Scope, favored: list[Recommendation], chance: random.Random) -> dict[str, set[str]]:
    named = {name for row in favored for name in row.when} | FACTS
    return {
        name: chosen(name, favored, chance) if name in named else {UNKNOWN}
        for name, kind in VOCABULARY.items()
        if kind.scope is scope
    }


def chosen(
    name: str, favored: list[Recommendation], chance: random.Random, instead_of: Collection[str] = ()
) -> set[str]:
    """What both rows ask if they can agree, mostly; of a fact of several values what each of them asks."""
    lists = [sorted(row.when[name]) for row in favored if name in row.when]
    if not lists:
        lists = [sorted(map(str, VOCABULARY[name].values))]
    lone = VOCABULARY[name].lone
    if lone:
        held = {chance.choice(listed) for listed in lists}
        return held - {lone} or {lone}
    shared = sorted(set(lists[0]).intersection(*lists)) or lists[0]
    return {chance.choice([value for value in shared if value not in instead_of] or shared)}


def settle(
    patient: dict[str, set[str]], tumors: list[tuple[dict[str, set[str]], list[Recommendation]]], chance: random.Random
) -> None:
    """Draws anew one of the facts that no chart holds together until none is left, rather one that nobody asks."""
    for tries in count():
        merged = [(patient | tumor, tumor, favored) for tumor, favored in tumors]
        held = [(f, tumor, rows) for facts, tumor, rows in merged for f in KNOWLEDGE.impossible if held_by(f, facts)]
        if not held:
            return
        fact, tumor, favored = chance.choice(held)
        free = [name for name in fact.facts if tries < 40 and not any(name in row.when for row in favored)]
        name = chance.choice(sorted(free or fact.facts))
        owner = tumor if name in tumor else patient
        owner[name] = chosen(name, favored if tries < 40 else [], chance, fact.facts[name])


def held_by(fact: Impossible, facts: dict[str, set[str]]) -> bool:
    return all(facts[name] & listed for name, listed in fact.facts.items())


def as_features(held: dict[str, set[str]]) -> dict[str, Feature]:
    return {name: feature(name, *listed) for name, listed in held.items()}


def withheld(verdicts: Iterable[Verdict], picture: PatientPicture, chance: random.Random) -> tuple[Verdict, ...]:
    """As where the data of some fact prove broken: what rests on them is withheld, what it replaced stands again."""
    every = [
        *picture.patient.values(),
        *picture.call.values(),
        *(f for t in picture.tumors for f in t.features.values()),
    ]
    broken = {id(one) for one in every if chance.random() < 0.003}
    return with_replacements(
        replace(verdict, outcome=Outcome.UNDETERMINED)
        if verdict.outcome is Outcome.FIRES and any(id(one) in broken for one in verdict.decided_by)
        else verdict
        for verdict in verdicts
    )
