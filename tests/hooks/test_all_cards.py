"""What the standard and the house ask of every card, held against the cards that the cases bring forth."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import pytest

from cds_service.fhir.models import build
from cds_service.hooks.cards import OVERRIDE_REASON, TOPIC
from tests.asked import KNOWLEDGE, RECOMMENDATIONS, STORIES, answered, call_of
from tests.hooks.made import Card, basis_of, lines_of

pytestmark = pytest.mark.every_case

ORDERS = {"order-select", "order-sign"}


@cache
def all_cards() -> list[tuple[Card, Card]]:
    """Every card, with the call it answers."""
    calls = [call_of(case) for case in (*RECOMMENDATIONS, *STORIES)]
    return [(call, card) for call in calls for card in answered(call)["cards"]]


def test_the_fixtures_bring_forth_cards_of_every_hook() -> None:
    assert {call["hook"] for call, _ in all_cards()} == {"patient-view", *ORDERS}


def test_every_summary_is_one_line_of_under_140_characters() -> None:
    for _, card in all_cards():
        assert 0 < len(card["summary"]) < 140
        assert len(card["summary"].splitlines()) == 1


def test_cards_come_most_urgent_first() -> None:
    urgency = ["critical", "warning", "info"]
    for (call, card), (next_call, following) in pairwise(all_cards()):
        if call is next_call:
            assert urgency.index(card["indicator"]) <= urgency.index(following["indicator"])


def test_every_card_has_a_title_of_its_topic_reasons_and_a_basis() -> None:
    for _, card in all_cards():
        topic = card["source"]["topic"]
        assert re.fullmatch(r"[A-Za-z0-9]{1,100}", topic["code"])
        assert topic["system"] == TOPIC
        assert topic["display"]
        assert basis_of(card)["knowledge"] == KNOWLEDGE.version


def test_override_reasons_of_a_card_are_known_and_each_stands_once() -> None:
    assert len(set(KNOWLEDGE.override_reasons.values())) == len(KNOWLEDGE.override_reasons)
    for _, card in all_cards():
        reasons = card.get("overrideReasons", [])
        assert len({reason["code"] for reason in reasons}) == len(reasons)
        for reason in reasons:
            assert reason["system"] == OVERRIDE_REASON
            assert reason["display"] == KNOWLEDGE.override_reasons[reason["code"]]


def test_links_and_sources_are_absolute_https_addresses_without_the_patient() -> None:
    for call, card in all_cards():
        urls = [link["url"] for link in card.get("links", [])] + [card["source"].get("url", "https://none")]
        for url in urls:
            assert url.startswith("https://")
            assert call["context"]["patientId"] not in url


def test_no_card_says_the_same_fact_or_document_twice() -> None:
    for _, card in all_cards():
        for title in ("Based on", "Not seen"):
            lines = lines_of(card, title)
            assert len(set(lines)) == len(lines)
        labels = [card["source"]["label"], *(link["label"] for link in card.get("links", []))]
        assert len(set(labels)) == len(labels)


def test_no_member_of_a_card_is_empty() -> None:
    def members(value: object) -> list[object]:
        if isinstance(value, dict):
            return [value, *(inner for member in value.values() for inner in members(member))]
        return (
            [value, *(inner for member in value for inner in members(member))] if isinstance(value, list) else [value]
        )

    for _, card in all_cards():
        assert not [value for value in members(card) if value in ("", None, [], {})]


def test_the_source_status_stands_under_every_card_with_advice() -> None:
    for _, card in all_cards():
        rows = [named["id"] for named in basis_of(card).get("recommendations", [])]
        assert not rows or "source-status" in rows


def test_nse_never_decides_alone_stands_under_the_charts_cards_about_nse_and_no_others() -> None:
    for call, card in all_cards():
        if call["hook"] != "patient-view":
            continue
        rows = [named["id"] for named in basis_of(card).get("recommendations", [])]
        own = {key for name in rows for key in KNOWLEDGE.by_id[name].own_keys if not KNOWLEDGE.by_id[name].footer}
        if "nse-not-alone" in rows:
            assert any(key.startswith("nse-") for key in own)


def test_every_uuid_of_an_answer_is_given_once_and_comes_from_the_maker() -> None:
    for story in STORIES:
        body = answered(call_of(story))
        ids = [item["uuid"] for card in body["cards"] for item in (card, *card.get("suggestions", []))]
        assert sorted(ids) == [f"00000000-0000-4000-8000-{number:012d}" for number in range(1, len(ids) + 1)]


def test_every_resource_that_is_offered_is_a_valid_draft_for_the_patient_of_the_call() -> None:
    offered = [
        (call["context"]["patientId"], action["resource"])
        for call, card in all_cards()
        for suggestion in card.get("suggestions", [])
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    assert {resource["resourceType"] for _, resource in offered} == {"MedicationRequest", "ServiceRequest"}
    for patient_id, resource in offered:
        build(resource)
        assert resource["subject"] == {"reference": f"Patient/{patient_id}"}
        assert (resource["status"], resource["intent"]) == ("draft", "order")
        assert not {"requester", "id", "authoredOn"} & resource.keys()


def test_every_delete_names_a_draft_of_its_call() -> None:
    for call, card in all_cards():
        drafts = call["context"].get("draftOrders", {}).get("entry", [])
        references = [f"{entry['resource']['resourceType']}/{entry['resource'].get('id')}" for entry in drafts]
        for suggestion in card.get("suggestions", []):
            for action in suggestion["actions"]:
                if action["type"] == "delete":
                    assert action["resourceId"] in references
