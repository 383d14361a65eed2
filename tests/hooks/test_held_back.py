"""What is held back is named with its reason, each by the code that holds it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cds_service.answer import Guideline, answer
from cds_service.guideline.features import Evidence
from cds_service.guideline.judge import Outcome, Verdict
from cds_service.guideline.recommendations import SuggestionPlan
from cds_service.guideline.site import Site
from cds_service.hooks.allowed import verified
from cds_service.hooks.held_back import HeldBack, Kind
from cds_service.hooks.suggestions import Offer
from tests.asked import NOW
from tests.conftest import FIXTURES, call_of, encoded
from tests.hooks.made import (
    GUIDELINE,
    SERVICES,
    counted,
    feature,
    fires,
    held_back_of,
    picture,
    row,
    tumor,
    undetermined,
    unseen,
)
from tests.picture import charts

MOST = GUIDELINE.knowledge.limits.cards_per_call
DELETE = SuggestionPlan("Remove it", deletes_order=True)
REPLACE = SuggestionPlan("Replace it", ("mri-brain",), deletes_order=True)


def of_story(name: str, guideline: Guideline = GUIDELINE) -> list[str]:
    body = (FIXTURES / f"stories/{name}/request.json").read_bytes()
    hook = next(hook for hook in SERVICES if f'"{hook}"'.encode() in body)
    return [one.what for one in answer(body, SERVICES[hook], guideline, NOW, counted()).held_back]


def creating(*names: str) -> Verdict:
    return fires(row(suggestions=(SuggestionPlan("Draft it", names),)), feature())


def removing(plan: SuggestionPlan, ordering: str = "ssa-depot") -> Verdict:
    return fires(row(suggestions=(plan,), when={"ordering": [ordering]}), feature())


def days_ago(days: int) -> str:
    return (charts.NOW - timedelta(days=days)).date().isoformat()


# --- recommendations ---------------------------------------------------------------------------------------------


def test_where_everything_that_fires_is_shown_nothing_is_held_back() -> None:
    assert held_back_of(fires(row(), feature())) == []
    assert of_story("octreoscan-signed") == []


def test_a_replaced_recommendation_names_the_one_in_its_place_and_its_tumor() -> None:
    replaced = Verdict(row("net-b"), Outcome.FIRES, tumor(), (feature(),), "net-a")
    assert held_back_of(fires(row("net-a"), feature()), replaced) == [
        "recommendation: net-b [Condition/c1]: net-a takes its place"
    ]


def test_cards_beyond_those_of_one_call_are_named() -> None:
    many = [fires(row(f"net-{number}"), feature()) for number in range(MOST + 2)]
    assert held_back_of(*many) == [
        f"recommendation: net-{number}: one call has {MOST} cards at most (cards_per_call)"
        for number in (MOST, MOST + 1)
    ]


def test_a_footer_without_a_card_of_its_kind_is_named() -> None:
    footer = fires(row("nse-footer", group="", footer=True), feature())
    held = "footer: nse-footer: there is no card it could stand under"
    assert held_back_of(footer) == [held]
    assert held_back_of(footer, fires(row("net-a", when={"grade": ["G1"]}), feature("grade", "G1"))) == [held]
    assert held_back_of(footer, fires(row("net-a"), feature())) == []


def test_advice_whose_resource_is_no_valid_fhir_is_named_with_the_fault() -> None:
    broken = charts.record(charts.nse(id="n1", subject={"reference": "Patient/p1", "display": 7}))
    level = feature(evidence=(Evidence("NSE 21.1 ug/L", "Observation/n1"),))
    verdicts = verified((fires(row(), level),), broken)
    assert held_back_of(*verdicts, record=broken) == [
        "recommendation: net-a: Observation/n1 is no valid FHIR in its subject",
        "card: about data that were not seen: no tumor, NSE result or draft of ours was recognized",
    ]


def test_a_patient_who_has_died_gets_no_card_and_the_record_of_it_is_named() -> None:
    died = feature("deceased", "yes", evidence=(Evidence("recorded as deceased", "Patient/p1"),))
    silent = [Verdict(row(name), Outcome.SILENT, None, (died,)) for name in ("net-a", "net-b")]
    assert held_back_of(*silent) == ["answer: every card: the patient has died: recorded as deceased [Patient/p1]"]
    alive = Verdict(row(), Outcome.SILENT, None, (feature("nse-level", "normal"),))
    assert held_back_of(alive) == []


@pytest.mark.parametrize("user", ["Patient/p1", "RelatedPerson/r1"])
def test_a_call_that_is_not_for_a_clinician_says_so(user: str) -> None:
    body = encoded(call_of(context={"userId": user, "patientId": "p1"}))
    made = answer(body, SERVICES["patient-view"], GUIDELINE, NOW, counted())
    why = "the user of this call is the patient or a relative; the advice is for clinicians"
    assert made.held_back == (HeldBack(Kind.ANSWER, "every card", why),)


def test_a_recommendation_that_the_site_switched_off_is_named_where_it_would_speak() -> None:
    off = Site(switched_off={"octreoscan-to-sstr-pet": "no PET in this region"})
    guideline = Guideline.of(GUIDELINE.knowledge, off)
    body = (FIXTURES / "stories/octreoscan-signed/request.json").read_bytes()
    made = answer(body, SERVICES["order-sign"], guideline, NOW, counted())
    assert made.body == {"cards": []}
    assert made.held_back[0] == HeldBack(
        Kind.RECOMMENDATION, "octreoscan-to-sstr-pet", "switched off by this site: no PET in this region"
    )


def test_a_recommendation_that_the_site_switched_off_is_not_named_where_it_would_be_silent() -> None:
    guideline = Guideline.of(GUIDELINE.knowledge, Site(switched_off={"net-mdt": "not wanted"}))
    assert "net-mdt" not in str(of_story("healthy-adult-everything-searched", guideline))


# --- the card about data -----------------------------------------------------------------------------------------


def test_the_card_about_data_is_named_where_a_recommendation_takes_its_room() -> None:
    open_ = undetermined(row("net-b"), unseen("sstr"))
    assert held_back_of(fires(row("net-a"), feature()), open_) == [
        "card: about data that were not seen: a recommendation is shown, and its card names what was not seen"
    ]


def test_the_card_about_data_is_named_where_nothing_of_ours_was_recognized() -> None:
    open_ = undetermined(row("net-b"), unseen("sstr"))
    assert held_back_of(open_) == [
        "card: about data that were not seen: no tumor, NSE result or draft of ours was recognized"
    ]
    assert held_back_of(open_, of=picture(tumor())) == []


# --- orders ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (
            {"resourceType": "ServiceRequest", "id": "s1", "status": "active", "authoredOn": days_ago(20)},
            f"is already ordered: ServiceRequest/s1, {days_ago(20)}",
        ),
        (
            {"resourceType": "ServiceRequest", "id": "s1", "status": "draft"},
            "is already ordered: ServiceRequest/s1, without a date",
        ),
        (
            {"resourceType": "Procedure", "id": "p9", "status": "completed", "performedDateTime": days_ago(3)},
            f"was newly done: Procedure/p9, {days_ago(3)}",
        ),
    ],
)
def test_an_order_that_is_there_already_names_where_it_stands(resource: dict[str, Any], why: str) -> None:
    record = charts.record(resource | {"code": charts.concept(text="Biopsy of liver")})
    assert held_back_of(creating("biopsy"), record=record) == [f"order: Biopsy (net-a): {why}"]


def test_an_order_that_is_already_drafted_names_the_draft() -> None:
    drafts = charts.drafted(charts.draft("ServiceRequest", text="Biopsy of liver", id="d1"))
    [line] = held_back_of(creating("biopsy"), drafts=drafts)
    assert line.endswith("is already drafted in this call: Biopsy of liver [ServiceRequest/d1]")


def test_an_order_that_harms_a_pregnancy_names_the_record_of_it() -> None:
    pregnant = feature("pregnancy", "pregnant", evidence=(Evidence("Pregnant", "Condition/c3"),))
    seen = replace(picture(), patient=picture().patient | {"pregnancy": pregnant})  # type: ignore[operator]
    [line] = held_back_of(creating("sstr-pet", "progrp"), of=seen)
    assert line.startswith("order: Somatostatin receptor PET (net-a): ")
    assert line.endswith("could harm a pregnancy, and the record says pregnant: Pregnant [Condition/c3]")


def test_what_is_offered_is_not_held_back() -> None:
    assert held_back_of(creating("biopsy")) == []


def test_what_speaks_against_an_order_is_looked_for_once_in_a_call() -> None:
    asked = []

    class Counting(dict[str, str]):
        def __setitem__(self, name: str, why: str) -> None:
            asked.append(name)
            super().__setitem__(name, why)

    offer = Offer(charts.record(), (), picture(), counted(), Counting())
    verdicts = [creating("biopsy"), creating("biopsy", "progrp")]
    (share,) = offer.shares([verdicts])
    offer.suggestions(verdicts, share)
    assert list(offer.held_back(verdicts, share)) == []
    assert asked == ["biopsy", "progrp"]


# --- removals ----------------------------------------------------------------------------------------------------


def lanreotide(**members: Any) -> charts.Resource:
    return charts.draft("MedicationRequest", text="lanreotide 120 mg", **members)


def test_a_draft_without_id_cannot_be_removed_and_is_named_by_its_path() -> None:
    bare = {name: value for name, value in lanreotide().items() if name != "id"}
    [line] = held_back_of(removing(DELETE), drafts=charts.drafted(bare))
    assert line.startswith("removal: lanreotide 120 mg [$")
    assert line.endswith("(net-a): has no id by which it could be removed")


def test_a_panel_is_not_removed_nor_is_anything_put_in_its_place() -> None:
    panel = charts.draft("ServiceRequest", text="NSE and CEA", id="d1")
    assert held_back_of(removing(REPLACE, "nse"), drafts=charts.drafted(panel)) == [
        "order: MRI of the brain (net-a): would take the place of a draft that cannot be removed",
        "removal: NSE and CEA [ServiceRequest/d1] (net-a): orders several things at once, of which only one is spoken"
        " of",
    ]


def test_of_two_drafts_the_one_that_can_be_removed_is_not_held_back() -> None:
    bare = {name: value for name, value in lanreotide().items() if name != "id"}
    [line] = held_back_of(removing(REPLACE), drafts=charts.drafted(lanreotide(id="d2"), bare))
    assert line.startswith("removal: ")
