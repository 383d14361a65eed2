"""Suggestions: what a card offers to draft or to remove, and what it must not offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cds_service.fhir.models import build
from cds_service.guideline.judge import Verdict
from cds_service.guideline.recommendations import SuggestionPlan
from cds_service.hooks.contract import require_valid
from cds_service.hooks.suggestions import Offer, order_resource
from cds_service.picture.orders import Draft
from tests import charts
from tests.hooks.made import GUIDELINE, Card, answered, card_of, counted, fires, picture, row, tumor

ORDERS = GUIDELINE.knowledge.orders
DELETE = SuggestionPlan("Remove it", deletes_order=True)
REPLACE = SuggestionPlan("Replace it", ("mri-brain",), deletes_order=True)


def creating(*names: str, id_: str = "net-a", **changes: Any) -> Verdict:
    plans = tuple(SuggestionPlan("Draft it", (name,)) for name in names)
    return fires(row(id_, group="grade", suggestions=plans, **changes))


def offered(
    *verdicts: Verdict, on: tuple[charts.Resource, ...] = (), drafts: tuple[Draft, ...] = (), pregnancy: str = "unknown"
) -> list[Card]:
    """What is offered beside these resources of the record and these drafts of the call."""
    return alone(Offer(charts.record(*on), drafts, picture(pregnancy=pregnancy), counted()), *verdicts)


def alone(offer: Offer, *verdicts: Verdict) -> list[Card]:
    """The suggestions of the only card of an answer."""
    [share] = offer.shares([verdicts])
    return offer.suggestions(verdicts, share)


def created(suggestions: list[Card]) -> list[str]:
    """The texts of all orders that some suggestion creates."""
    actions = [action for suggestion in suggestions for action in suggestion["actions"] if action["type"] == "create"]
    return list(dict.fromkeys(_words(action["resource"]) for action in actions))


def _words(resource: Card) -> str:
    code: Card = resource.get("code") or resource["medicationCodeableConcept"]
    return str(code["text"])


def days_ago(days: int) -> str:
    return (charts.NOW - timedelta(days=days)).date().isoformat()


def service_request(words: str, days: int | None = 1, **members: Any) -> charts.Resource:
    date = "" if days is None else days_ago(days)
    return charts.line(**{"ServiceRequest": words, "date": date, **members})


# --- each order once in one answer ------------------------------------------------------------------------------


def shares(*cards: list[str], on: tuple[charts.Resource, ...] = ()) -> list[set[str]]:
    """What each card may draft, of cards whose rows would draft these orders."""
    offer = Offer(charts.record(*on), (), picture(), counted())
    return [set(share) for share in offer.shares([[creating(*names)] for names in cards])]


def test_the_most_urgent_card_offers_an_order_and_no_other_does() -> None:
    assert shares(["ct-chest-abdomen-pelvis"], ["ct-chest-abdomen-pelvis", "mri-brain"], ["mri-brain"]) == [
        {"ct-chest-abdomen-pelvis"},
        {"mri-brain"},
        set(),
    ]


def test_of_two_orders_that_are_alike_one_gives_way_wherever_it_stands() -> None:
    assert shares(["nse"], ["nse-repeat"]) == [set(), {"nse-repeat"}]
    assert shares(["nse-repeat"], ["nse"]) == [{"nse-repeat"}, set()]
    assert shares(["ct-mri-follow-up"], ["ct-chest-abdomen-pelvis"]) == [set(), {"ct-chest-abdomen-pelvis"}]
    assert shares(["nse"], ["cga"]) == [{"nse"}, {"cga"}]


def test_an_order_gives_way_only_to_one_that_is_offered() -> None:
    placed = service_request("CT of chest, abdomen and pelvis")
    assert shares(["ct-mri-follow-up"], ["ct-chest-abdomen-pelvis"], on=(placed,)) == [set(), set()]
    scan = service_request("MRI of the brain")
    assert shares(["mri-brain"], ["mri-brain", "biopsy"], on=(scan,)) == [set(), {"biopsy"}]


def test_what_another_card_offers_is_not_offered_again_beside_other_orders() -> None:
    offer = Offer(charts.record(), (), picture(), counted())
    asked = [creating("biopsy", "ihc-p53-rb1")]
    assert [len(one["actions"]) for one in offer.suggestions(asked, {"biopsy", "ihc-p53-rb1"})] == [2, 1, 1]
    assert created(offer.suggestions(asked, {"biopsy"})) == [ORDERS["biopsy"].text]
    assert offer.suggestions(asked, ()) == []


# --- what is created ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ORDERS))
def test_every_order_is_a_valid_unsigned_draft_for_the_patient(name: str) -> None:
    [suggestion] = offered(creating(name))
    [action] = suggestion["actions"]
    resource = action["resource"]
    assert build(resource) == resource
    assert (resource["status"], resource["intent"]) == ("draft", "order")
    assert resource["subject"] == {"reference": "Patient/p1"}
    assert not {"id", "requester", "authoredOn", "encounter"} & resource.keys()
    assert suggestion["label"] == action["description"]
    assert "" not in resource.values()


@pytest.mark.parametrize("name", sorted(ORDERS))
def test_only_verified_codes_go_out(name: str) -> None:
    resource = order_resource(ORDERS[name], "p1", "", lambda alias: GUIDELINE.knowledge.systems[alias][0])
    code = resource.get("code") or resource["medicationCodeableConcept"]
    assert all(line.verified for line in ORDERS[name].emit)
    assert len(code.get("coding", [])) == len(ORDERS[name].emit)
    assert code.get("coding") != []
    assert code["text"]


def test_a_drug_is_drafted_with_its_dosage_in_words() -> None:
    [suggestion] = offered(creating("lanreotide-120-draft"))
    resource = suggestion["actions"][0]["resource"]
    assert resource["dosageInstruction"] == [{"text": "120 mg deep subcutaneous every 4 weeks"}]
    assert "code" not in resource


def test_an_order_names_the_condition_it_is_for() -> None:
    verdict = fires(row(suggestions=(SuggestionPlan("Draft it", ("biopsy",)),)), tumor=tumor("Condition/c1"))
    [suggestion] = offered(verdict)
    assert suggestion["actions"][0]["resource"]["reasonReference"] == [{"reference": "Condition/c1"}]


@pytest.mark.parametrize("reference", ["", "DiagnosticReport/d1", "$.prefetch.conditions.entry[0].resource"])
def test_an_order_names_no_condition_where_the_tumor_is_not_recorded_as_one(reference: str) -> None:
    verdict = fires(row(suggestions=(SuggestionPlan("Draft it", ("biopsy",)),)), tumor=tumor(reference))
    [suggestion] = offered(verdict)
    assert "reasonReference" not in suggestion["actions"][0]["resource"]


def test_an_order_without_category_or_note_has_none() -> None:
    bare = replace(ORDERS["biopsy"], category="", note="", emit=())
    resource = order_resource(bare, "p1", "", lambda alias: alias)
    assert resource == {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": ORDERS["biopsy"].text},
    }


def test_an_offer_says_that_existing_orders_were_not_searched() -> None:
    def label(*on: charts.Resource, without: tuple[str, ...] = ("service-requests",)) -> str:
        record = charts.record(*on, without=without)
        return str(alone(Offer(record, (), picture(), counted()), creating("biopsy"))[0]["label"])

    assert label() == "Draft: Biopsy (existing orders were not searched)"
    assert label(service_request("walking aid")) == "Draft: Biopsy"
    assert label(without=()) == "Draft: Biopsy"


def test_a_drug_says_so_only_where_prescriptions_were_not_searched() -> None:
    assert offered(creating("lanreotide-120-draft"))[0]["label"] == "Draft: Lanreotide 120 mg"
    record = charts.record(without=("medication-requests",))
    [suggestion] = alone(Offer(record, (), picture(), counted()), creating("lanreotide-120-draft"))
    assert suggestion["label"] == "Draft: Lanreotide 120 mg (existing orders were not searched)"


def test_several_orders_are_offered_together_and_each_alone() -> None:
    suggestions = offered(creating("biopsy", "ihc-p53-rb1"))
    assert [len(suggestion["actions"]) for suggestion in suggestions] == [2, 1, 1]
    assert suggestions[0]["label"] == "Draft all of these orders"
    assert suggestions[0]["actions"] == [suggestion["actions"][0] for suggestion in suggestions[1:]]


def test_the_orders_of_one_plan_are_offered_like_those_of_several() -> None:
    plan = SuggestionPlan("Draft them", ("biopsy", "ihc-p53-rb1"))
    suggestions = offered(fires(row(suggestions=(plan,))))
    assert [len(suggestion["actions"]) for suggestion in suggestions] == [2, 1, 1]


def test_an_order_of_several_rows_is_offered_once() -> None:
    assert len(offered(creating("biopsy"), creating("biopsy", id_="net-b"))) == 1


def test_every_suggestion_has_a_fresh_id_of_the_maker() -> None:
    suggestions = offered(creating("biopsy", "ihc-p53-rb1"))
    assert [suggestion["uuid"][-1] for suggestion in suggestions] == ["1", "2", "3"]


def test_at_most_one_suggestion_of_a_card_is_taken() -> None:
    card = card_of(creating("biopsy", "ihc-p53-rb1"))
    assert card["selectionBehavior"] == "at-most-one"
    require_valid({"cards": [card]}, "hook-response", "$")


def test_a_card_without_suggestions_says_nothing_of_selecting() -> None:
    card = card_of(fires(row()))
    assert not {"suggestions", "selectionBehavior"} & card.keys()


# --- what is not offered -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(name for name, order in ORDERS.items() if order.harms_pregnancy))
def test_nothing_that_harms_a_pregnancy_is_offered_to_a_pregnant_patient(name: str) -> None:
    assert offered(creating(name), pregnancy="pregnant") == []
    assert offered(creating(name), pregnancy="not-pregnant") != []


def test_radiation_and_cancer_drugs_are_known_to_harm_a_pregnancy() -> None:
    harmful = {name for name, order in ORDERS.items() if order.harms_pregnancy}
    assert {"ct-chest-abdomen-pelvis", "ct-mri-follow-up", "sstr-pet", "lanreotide-120-draft"} <= harmful


def test_an_mri_with_gadolinium_is_known_to_harm_a_pregnancy() -> None:
    assert ORDERS["mri-brain"].text.endswith("with intravenous contrast")
    assert ORDERS["mri-brain"].harms_pregnancy


def test_a_harmless_order_is_offered_in_pregnancy_and_the_words_of_the_card_stay() -> None:
    card = card_of(creating("sstr-pet", "progrp"), of=picture(pregnancy="pregnant"))
    assert created(card["suggestions"]) == [ORDERS["progrp"].text]
    bare = card_of(creating("sstr-pet"), of=picture(pregnancy="pregnant"))
    assert bare["detail"].startswith("Advice of net-a")
    assert "suggestions" not in bare


def test_a_card_names_what_it_does_not_draft_because_of_a_pregnancy() -> None:
    asked = creating("ct-chest-abdomen-pelvis", "mri-brain", "progrp")
    detail = card_of(asked, of=picture(pregnancy="pregnant"))["detail"]
    ct, mri = ORDERS["ct-chest-abdomen-pelvis"].text, ORDERS["mri-brain"].text
    assert f"Not drafted, because the record says pregnant: {ct}; {mri}." in detail
    assert "Not drafted" not in card_of(asked)["detail"]


def test_a_harmful_order_that_is_already_placed_is_not_called_withheld() -> None:
    record = charts.record(service_request("MRI of the brain"))
    offer = Offer(record, (), picture(pregnancy="pregnant"), counted())
    assert offer.withheld([creating("mri-brain", "sstr-pet")]) == (ORDERS["sstr-pet"].text,)


def test_a_card_that_drafts_what_could_harm_asks_to_settle_a_possible_pregnancy_first() -> None:
    asked = creating("ct-chest-abdomen-pelvis", "progrp")
    words = "Pregnancy is possible, and nothing that excludes it was found. Settle that first: "
    assert (
        f"{words}{ORDERS['ct-chest-abdomen-pelvis'].text}."
        in card_of(asked, of=picture(pregnancy="possible"))["detail"]
    )
    for pregnancy in ("unknown", "not-pregnant", "not-applicable", "pregnant"):
        assert words not in card_of(asked, of=picture(pregnancy=pregnancy))["detail"]
    assert words not in card_of(creating("progrp"), of=picture(pregnancy="possible"))["detail"]


def test_an_order_that_is_already_drafted_in_the_call_is_not_offered() -> None:
    drafts = charts.drafted(charts.draft("ServiceRequest", "loinc|15060-7 'NSE'"))
    assert offered(creating("nse-repeat"), drafts=drafts) == []
    other = charts.drafted(charts.draft("ServiceRequest", text="Full blood count"))
    assert offered(creating("nse-repeat"), drafts=other) != []


def test_an_order_drafted_but_not_selected_is_not_offered_either() -> None:
    drafts = charts.drafted(charts.draft("ServiceRequest", "loinc|15060-7 'NSE'"), selections=[])
    assert not drafts[0].selected
    assert offered(creating("nse"), drafts=drafts) == []


@pytest.mark.parametrize(("days", "is_offered"), [(0, False), (90, False), (91, True)])
@pytest.mark.parametrize("status", ["active", "draft", "on-hold"])
def test_an_order_of_the_last_90_days_is_not_offered_again(days: int, is_offered: bool, status: str) -> None:
    on = service_request("Biopsy of liver", days, status=status)
    assert bool(offered(creating("biopsy"), on=(on,))) is is_offered


@pytest.mark.parametrize(("days", "is_offered"), [(90, False), (91, True)])
def test_a_drug_prescribed_in_the_last_90_days_is_not_offered_again(days: int, is_offered: bool) -> None:
    on = charts.request("lanreotide 120 mg", date=days_ago(days))
    assert bool(offered(creating("lanreotide-120-draft"), on=(on,))) is is_offered


@pytest.mark.parametrize("status", ["completed", "revoked", "entered-in-error", "unknown"])
def test_an_order_that_is_over_does_not_count_as_placed(status: str) -> None:
    assert offered(creating("biopsy"), on=(service_request("Biopsy of liver", status=status),))


def test_an_order_without_a_date_counts_as_placed() -> None:
    assert offered(creating("biopsy"), on=(service_request("Biopsy of liver", None),)) == []


def test_an_order_with_the_day_it_is_due_counts_by_that() -> None:
    due = service_request("Biopsy of liver", None, occurrenceDateTime=days_ago(91))
    assert offered(creating("biopsy"), on=(due,))


CREATED = sorted({name for r in GUIDELINE.knowledge.recommendations for p in r.suggestions for name in p.creates})


def ways_to_write(name: str, **members: Any) -> list[charts.Resource]:
    """The order that we create, as it comes back: whole, by its codes alone, by its words alone."""
    order = ORDERS[name]
    whole = order_resource(order, "p1", "", lambda alias: GUIDELINE.knowledge.systems[alias][0]) | members
    key = "code" if "code" in whole else "medicationCodeableConcept"
    coding = [{**coding, "display": ""} for coding in whole[key].get("coding", [])]
    by_code = [whole | {key: {"coding": coding}}] if coding else []
    return [whole, *by_code, whole | {key: {"text": order.text}}]


@pytest.mark.parametrize("name", CREATED)
def test_no_order_that_a_row_creates_is_offered_where_it_is_drafted_or_placed(name: str) -> None:
    for written in ways_to_write(name, id="d1"):
        assert offered(creating(name), drafts=charts.drafted(written)) == []
        assert offered(creating(name), drafts=charts.drafted(written, selections=[])) == []
        assert offered(creating(name), on=(written | {"status": "active", "authoredOn": days_ago(80)},)) == []
        assert offered(creating(name), on=(written | {"status": "active", "authoredOn": days_ago(100)},))


@pytest.mark.parametrize("name", [name for name in CREATED if ORDERS[name].resource == "ServiceRequest"])
def test_no_order_that_a_row_creates_is_offered_where_it_was_newly_done(name: str) -> None:
    for written in ways_to_write(name):
        done = {"resourceType": "Procedure", "status": "completed", "code": written["code"]}
        assert offered(creating(name), on=(done | {"performedDateTime": days_ago(3)},)) == []
        assert offered(creating(name), on=(done | {"performedDateTime": days_ago(60)},))
        told = {"resourceType": "DiagnosticReport", "status": "final", "code": written["code"]}
        assert offered(creating(name), on=(told | {"effectiveDateTime": days_ago(3)},)) == []


def test_another_order_of_the_record_does_not_count() -> None:
    assert offered(creating("biopsy"), on=(service_request("MRI of the brain"),))


def test_an_order_by_another_code_of_the_same_test_counts() -> None:
    on = service_request("", code="loinc|57371-7")
    assert offered(creating("nse-repeat"), on=(on,)) == []


@pytest.mark.parametrize(("days", "is_offered"), [(0, False), (14, False), (15, True)])
def test_what_was_done_within_14_days_is_not_offered(days: int, is_offered: bool) -> None:
    on = charts.procedure(text="Biopsy of liver", date=days_ago(days))
    assert bool(offered(creating("biopsy"), on=(on,))) is is_offered


def test_a_procedure_that_took_days_counts_by_its_beginning() -> None:
    period = {"start": days_ago(4), "end": days_ago(3)}
    on = charts.procedure(text="Biopsy of liver", date="", performedPeriod=period)
    assert offered(creating("biopsy"), on=(on,)) == []


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_a_new_report_of_the_same_examination_counts_as_done(status: str) -> None:
    on = charts.report("MRI of the brain", date=days_ago(3), status=status)
    assert offered(creating("mri-brain"), on=(on,)) == []


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "entered-in-error"])
def test_a_report_that_is_not_final_does_not_count_as_done(status: str) -> None:
    on = charts.report("MRI of the brain", date=days_ago(3), status=status)
    assert offered(creating("mri-brain"), on=(on,))


@pytest.mark.parametrize("changes", [{"date": ""}, {"status": "in-progress"}, {"text": "MRI of the liver"}])
def test_an_undated_unfinished_or_other_procedure_does_not_count_as_done(changes: dict[str, str]) -> None:
    on = charts.procedure(**({"text": "MRI of the brain", "date": days_ago(3)} | changes))
    assert offered(creating("mri-brain"), on=(on,))


# --- what is removed ---------------------------------------------------------------------------------------------


def removing(plan: SuggestionPlan = DELETE, ordering: str = "ssa-depot") -> Verdict:
    return fires(row(suggestions=(plan,), when={"ordering": [ordering]}))


def lanreotide(id_: str = "d1", **members: Any) -> charts.Resource:
    return charts.draft("MedicationRequest", text="lanreotide 120 mg", **{"id": id_, **members})


def test_a_selected_draft_that_matches_can_be_removed() -> None:
    drafts = charts.drafted(lanreotide("d1"), charts.draft("MedicationRequest", text="cisplatin", id="d2"))
    [suggestion] = offered(removing(), drafts=drafts)
    assert suggestion["label"] == "Remove it"
    assert suggestion["actions"] == [
        {"type": "delete", "description": "Remove it", "resourceId": "MedicationRequest/d1"}
    ]


def test_of_several_drafts_that_match_each_can_be_removed_and_is_named() -> None:
    other = charts.draft("MedicationRequest", text="octreotide LAR depot 30 mg", id="d2")
    suggestions = offered(removing(), drafts=charts.drafted(lanreotide("d1"), other))
    assert [(s["label"], s["actions"][0]["resourceId"]) for s in suggestions] == [
        ("Remove it (lanreotide 120 mg)", "MedicationRequest/d1"),
        ("Remove it (octreotide LAR depot 30 mg)", "MedicationRequest/d2"),
    ]
    assert len({suggestion["uuid"] for suggestion in suggestions}) == 2


def test_a_draft_without_id_cannot_be_removed() -> None:
    bare = {name: value for name, value in lanreotide().items() if name != "id"}
    assert offered(removing(), drafts=charts.drafted(bare)) == []


def test_a_draft_with_another_reason_on_order_or_chart_is_not_removed() -> None:
    ileus = charts.condition(text="Malignant bowel obstruction")
    assert offered(removing(), drafts=charts.drafted(lanreotide(), on=(ileus,))) == []
    told = lanreotide(reasonCode=[charts.concept("Polycystic liver disease")])
    assert offered(removing(), drafts=charts.drafted(told, lanreotide("d2")))[0]["actions"][0]["resourceId"] == (
        "MedicationRequest/d2"
    )


def test_a_draft_that_was_not_selected_is_not_removed() -> None:
    drafts = charts.drafted(lanreotide("d1"), lanreotide("d2"), selections=["MedicationRequest/d2"])
    [suggestion] = offered(removing(), drafts=drafts)
    assert suggestion["actions"][0]["resourceId"] == "MedicationRequest/d2"


def octreoscan(id_: str = "d1") -> tuple[Draft, ...]:
    return charts.drafted(charts.draft("ServiceRequest", text="Octreoscan", id=id_))


def test_a_replacement_removes_and_creates_in_one_suggestion() -> None:
    [suggestion] = offered(removing(REPLACE, "octreoscan"), drafts=octreoscan())
    assert suggestion["label"] == "Replace it"
    remove, create = suggestion["actions"]
    assert (remove["type"], create["type"]) == ("delete", "create")
    assert create["resource"]["code"]["text"] == ORDERS["mri-brain"].text


def test_a_replacement_whose_order_is_already_placed_only_removes_and_says_so() -> None:
    on = service_request("MRI of the brain")
    [suggestion] = offered(removing(REPLACE, "octreoscan"), drafts=octreoscan(), on=(on,))
    assert suggestion["label"] == "Remove the draft: Octreoscan"
    assert [action["type"] for action in suggestion["actions"]] == ["delete"]
    assert suggestion["actions"][0]["description"] == "Remove the draft: Octreoscan"


def test_a_replacement_that_would_harm_a_pregnancy_only_removes_and_says_so() -> None:
    plan = SuggestionPlan("Replace it by a PET", ("sstr-pet",), deletes_order=True)
    [suggestion] = offered(removing(plan, "octreoscan"), drafts=octreoscan(), pregnancy="pregnant")
    assert suggestion["label"] == "Remove the draft: Octreoscan"
    assert created([suggestion]) == []


def test_markup_in_the_name_of_a_draft_stays_out_of_the_label() -> None:
    plan = SuggestionPlan("Replace it by a PET", ("sstr-pet",), deletes_order=True)
    drafts = charts.drafted(charts.draft("ServiceRequest", text="Octreoscan <img src=x> [x](javascript:y)"))
    [suggestion] = offered(removing(plan, "octreoscan"), drafts=drafts, pregnancy="pregnant")
    assert "<" not in suggestion["label"]
    assert "javascript" not in suggestion["label"]


# --- end to end --------------------------------------------------------------------------------------------------


def test_an_octreoscan_about_to_be_signed_can_be_replaced_by_a_receptor_pet() -> None:
    order = charts.draft("ServiceRequest", text="Octreoscan")
    [card] = answered(hook="order-sign", drafts=(order,))["cards"]
    [suggestion] = card["suggestions"]
    assert [action["type"] for action in suggestion["actions"]] == ["delete", "create"]
    assert suggestion["actions"][1]["resource"]["code"]["text"].startswith("Somatostatin receptor PET")


def test_an_octreoscan_beside_a_drafted_receptor_pet_can_only_be_removed() -> None:
    scan = charts.draft("ServiceRequest", text="Octreoscan", id="d1")
    pet = charts.draft("ServiceRequest", text="68Ga-DOTATATE PET/CT", id="d2")
    [card] = answered(hook="order-sign", drafts=(scan, pet))["cards"]
    [suggestion] = card["suggestions"]
    assert [action["type"] for action in suggestion["actions"]] == ["delete"]
