"""However a chart is arranged, decorated or spelled, its cards are the same."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

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
    resources_of,
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
    shuffled_codings,
    values_in_words,
)

# The cards stay the same word for word.
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
# The words may follow what was sent ("sent as 21100 pg/mL"); recommendations, urgency and suggestions stay the same.
SAME_ADVICE: tuple[Change, ...] = (
    other_dots,
    local_codings,
    shuffled_codings,
    other_units,
    values_in_words,
    results_in_panels,
    drugs_by_reference,
)

fixtures = st.sampled_from(FIXTURES)
seeds = st.integers(min_value=0, max_value=9999)
bounded = settings(derandomize=True, deadline=None, max_examples=40)


def name_of(change: Change) -> str:
    return change.__name__


def really(call: Json, *changes: Change, seed: int) -> Json:
    """The changed call; a chart in which there was nothing to change is not counted as an example."""
    rewritten = changed(call, *changes, seed=seed)
    assume(encode(rewritten) != encode(call))
    return rewritten


@pytest.mark.parametrize("fixture", FIXTURES)
def test_no_order_of_entries_and_keys_means_anything(fixture: str) -> None:
    shuffled = changed(call_of(fixture), shuffled_entries, reordered_keys, reordered_members, seed=3)
    assert cards_of(ask(shuffled)) == cards_of(answer_to(fixture))


@pytest.mark.parametrize("change", SAME_WORDS, ids=name_of)
@bounded
@given(fixture=fixtures, seed=seeds)
def test_what_says_nothing_changes_no_word(change: Change, fixture: str, seed: int) -> None:
    assert cards_of(ask(really(call_of(fixture), change, seed=seed))) == cards_of(answer_to(fixture))


@pytest.mark.parametrize("change", SAME_ADVICE, ids=name_of)
@bounded
@given(fixture=fixtures, seed=seeds)
def test_another_spelling_of_the_same_facts_changes_no_advice(change: Change, fixture: str, seed: int) -> None:
    assert advice_of(ask(really(call_of(fixture), change, seed=seed))) == advice_of(answer_to(fixture))


@bounded
@given(fixture=fixtures, other=fixtures, change=st.sampled_from(SAME_WORDS), seed=seeds)
def test_what_says_nothing_changes_no_word_in_a_crowded_chart(
    fixture: str, other: str, change: Change, seed: int
) -> None:
    crowded = joined(fixture, other)
    assert cards_of(ask(really(crowded, change, seed=seed))) == cards_of(ask(crowded))


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
    assert advice_of(ask(really(crowded, *changes, seed=seed))) == advice_of(ask(crowded))


def test_the_charts_give_every_change_something_to_work_on() -> None:
    """A change that finds nothing to change would prove nothing."""
    assert sum(len(resources_of(call_of(fixture))) > 1 for fixture in FIXTURES) > len(FIXTURES) / 2
    for change in (*SAME_WORDS, *SAME_ADVICE):
        touched = (f for f in FIXTURES if encode(changed(call_of(f), change, seed=1)) != encode(call_of(f)))
        assert len([fixture for fixture, _ in zip(touched, range(20), strict=False)]) == 20, name_of(change)
