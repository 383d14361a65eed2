"""Features, the vocabulary they are checked against, and the small properties of rows, sources and concepts."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from cds_service.guideline.concepts import Concept, ConceptId
from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.patient_values import Level, OtherCancer
from cds_service.guideline.recommendations import Indicator, Source
from cds_service.guideline.tumor_values import Grade
from cds_service.guideline.vocabulary import UNKNOWN, VOCABULARY
from tests.guideline.rows import picture, row, tumor

SEEN = Evidence("NSE 21.1 ug/L", "Observation/1")


def test_a_known_feature_keeps_its_evidence_once() -> None:
    found = known("nse-level", Level.HIGH, evidence=[SEEN, SEEN], note="assumed limit")
    assert found == Feature("nse-level", frozenset({"high"}), (SEEN,), None, "assumed limit")
    assert not found.is_unknown


def test_an_unknown_feature_says_why() -> None:
    found = unknown("nse-level", Gap.NOT_SEARCHED, "no Observation was supplied", [SEEN])
    assert (found.values, found.gap, found.evidence) == (frozenset({UNKNOWN}), Gap.NOT_SEARCHED, (SEEN,))
    assert found.is_unknown


def test_a_set_shows_its_members_in_order_and_may_hold_unknown_beside_them() -> None:
    found = known("other-cancer", OtherCancer.OTHER, OtherCancer.BREAST, OtherCancer.UNKNOWN)
    assert found.shown == "breast other unknown"
    assert found.is_unknown


def test_a_feature_takes_no_value_of_another_feature_and_not_none_at_all() -> None:
    with pytest.raises(TypeError, match="nse-level takes values of Level"):
        known("nse-level", Grade.G1)
    with pytest.raises(TypeError, match="nse-level takes values of Level"):
        known("nse-level")


def test_a_word_that_is_not_in_the_vocabulary_is_no_feature() -> None:
    with pytest.raises(KeyError):
        known("nse-lvl", Level.HIGH)


def test_a_feature_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        unknown("grade", Gap.NOT_RECORDED).note = "x"  # type: ignore[misc]


@pytest.mark.parametrize("name", VOCABULARY)
def test_every_word_of_the_vocabulary_is_one_bare_key_that_may_be_unknown(name: str) -> None:
    kind = VOCABULARY[name]
    values = [str(value) for value in kind.values]
    assert kind.name == name == name.lower()
    assert "." not in name
    assert UNKNOWN in values
    assert len(set(values)) == len(values) > 2
    assert kind.label


def test_every_feature_but_the_drafts_themselves_says_where_it_is_read_from() -> None:
    assert [kind.name for kind in VOCABULARY.values() if not kind.searches] == ["ordering"]


def test_the_picture_gives_each_feature_by_its_scope() -> None:
    one = tumor("Condition/1", grade="G2")
    drawn = picture(one, nse_level="high", ordering="nse")
    assert drawn.feature("nse-level", None).shown == "high"
    assert drawn.feature("ordering", one).shown == "nse"
    assert drawn.feature("grade", one).shown == "G2"
    with pytest.raises(LookupError, match="grade belongs to a tumor"):
        drawn.feature("grade", None)


def test_a_row_knows_whether_it_asks_for_a_tumor_and_which_searches_it_needs() -> None:
    assert not row(when={"nse-level": ["high"]}).asks_tumor
    asks = row(when={"nse-level": ["high"], "ki67-band": ["to-2"]})
    assert asks.asks_tumor
    assert asks.searches == {"nse", "pathology", "reports"}


def test_rows_are_sorted_by_urgency_then_topic_then_id() -> None:
    rows = [
        row("z", indicator=Indicator.CRITICAL, topic="nse"),
        row("b", indicator=Indicator.WARNING, topic="net"),
        row("a", indicator=Indicator.WARNING, topic="nse"),
        row("c", indicator=Indicator.INFO, topic="net"),
        row("d", indicator=Indicator.INFO, topic="net"),
        row("a", indicator=Indicator.INFO, topic="unheard-of"),
    ]
    shuffled = rows[::-1]
    assert sorted(shuffled, key=lambda one: one.sort_key) == rows


def test_a_source_is_labeled_with_its_year_only_where_it_was_seen() -> None:
    assert Source("k", "Title", "Publisher", 2020, "primary").label == "Title (Publisher, 2020)"
    assert Source("k", "Title", "Publisher", None, "primary").label == "Title (Publisher)"


def test_a_concept_is_known_by_folder_and_name() -> None:
    concept = Concept(ConceptId("treatments/platinum"), "Platinum")
    assert (concept.folder, concept.name) == ("treatments", "platinum")
