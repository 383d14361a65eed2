"""However a chart is arranged, decorated or spelled, its cards are the same."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cds_service.answer import Answer
from cds_service.json_bytes import encode
from tests.properties.arrangements import (
    dressed_bundles,
    reordered_keys,
    reordered_members,
    repeated_resources,
    shuffled_entries,
    strangers,
)
from tests.properties.charts import (
    FIXTURES,
    Change,
    Json,
    advice_of,
    answer_to,
    ask,
    call_of,
    cards_of,
    changed,
    joined,
    picture_of,
    values_of,
)
from tests.properties.noise import contained_junk, metadata, narrative, unknown_extensions
from tests.properties.spellings import (
    drugs_by_reference,
    local_codings,
    other_addresses,
    other_dots,
    other_systems,
    other_units,
    results_in_panels,
    values_in_words,
)

pytestmark = pytest.mark.every_case

# Cards and picture stay the same word for word.
SAME_WORDS: tuple[Change, ...] = (
    shuffled_entries,
    reordered_keys,
    reordered_members,
    strangers,
    repeated_resources,
    dressed_bundles,
    unknown_extensions,
    metadata,
    narrative,
    contained_junk,
    other_systems,
    other_addresses,
)
# The words may follow what was sent ("sent as 21100 pg/mL"); the values of all features stay the same, and what cards
# recommend, how urgently, and what they offer.
SAME_ADVICE: tuple[Change, ...] = (
    other_dots,
    local_codings,
    other_units,
    values_in_words,
    results_in_panels,
    drugs_by_reference,
)

fixtures = st.sampled_from(FIXTURES)
seeds = st.integers(min_value=0, max_value=9999)
bounded = settings(derandomize=True, deadline=None, max_examples=35)


def name_of(change: Change) -> str:
    return change.__name__


def really(call: Json, *changes: Change, seed: int) -> Json:
    """The changed call; a chart in which there was nothing to change is not counted as an example."""
    rewritten = changed(call, *changes, seed=seed)
    assume(encode(rewritten) != encode(call))
    return rewritten


def require_same_words(one: Answer, other: Answer) -> None:
    assert cards_of(one) == cards_of(other)
    assert picture_of(one) == picture_of(other)


def require_same_advice(one: Answer, other: Answer) -> None:
    assert advice_of(one) == advice_of(other)
    assert values_of(one) == values_of(other)


@pytest.mark.parametrize("fixture", FIXTURES)
def test_no_order_of_entries_and_keys_means_anything(fixture: str) -> None:
    shuffled = changed(call_of(fixture), shuffled_entries, reordered_keys, reordered_members, seed=3)
    require_same_words(ask(shuffled), answer_to(fixture))


@pytest.mark.parametrize("change", SAME_WORDS, ids=name_of)
@bounded
@given(fixture=fixtures, seed=seeds)
def test_what_says_nothing_changes_no_word(change: Change, fixture: str, seed: int) -> None:
    require_same_words(ask(really(call_of(fixture), change, seed=seed)), answer_to(fixture))


@pytest.mark.parametrize("change", SAME_ADVICE, ids=name_of)
@bounded
@given(fixture=fixtures, seed=seeds)
def test_another_spelling_of_the_same_facts_changes_no_advice(change: Change, fixture: str, seed: int) -> None:
    require_same_advice(ask(really(call_of(fixture), change, seed=seed)), answer_to(fixture))


@bounded
@given(fixture=fixtures, other=fixtures, change=st.sampled_from(SAME_WORDS), seed=seeds)
def test_what_says_nothing_changes_no_word_in_a_crowded_chart(
    fixture: str, other: str, change: Change, seed: int
) -> None:
    crowded = joined(fixture, other)
    require_same_words(ask(really(crowded, change, seed=seed)), ask(crowded))


@bounded
@given(
    fixture=fixtures,
    other=fixtures,
    changes=st.lists(st.sampled_from((*SAME_WORDS, *SAME_ADVICE)), min_size=2, max_size=4, unique=True),
    seed=seeds,
)
def test_several_such_changes_together_change_no_advice_in_a_crowded_chart(
    fixture: str, other: str, changes: list[Change], seed: int
) -> None:
    crowded = joined(fixture, other)
    require_same_advice(ask(really(crowded, *changes, seed=seed)), ask(crowded))


@pytest.mark.parametrize("change", [*SAME_WORDS, *SAME_ADVICE], ids=name_of)
def test_the_fixtures_give_each_change_enough_to_work_on(change: Change) -> None:
    """A change that finds nothing to change would prove nothing."""
    touched = (f for f in FIXTURES if encode(changed(call_of(f), change, seed=1)) != encode(call_of(f)))
    assert len(list(itertools.islice(touched, 30))) == 30
