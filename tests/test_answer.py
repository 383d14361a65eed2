"""The straight line: which calls get cards, which get none, and which are refused for want of data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_service.answer import Guideline, answer
from cds_service.errors import BadHookRequest, DataMissing
from cds_service.fhir.prefetch import State
from tests import charts
from tests.asked import NOW
from tests.conftest import FIXTURES, call_of, encoded
from tests.hooks.made import GUIDELINE, SERVICES, Card, answered, basis_of, counted

SCLC = charts.condition("icd-10-cm|C34.11", text="Small cell lung cancer", id="c1")
OCTREOSCAN = charts.draft("ServiceRequest", text="Octreoscan")
NSE_ORDER = charts.draft("ServiceRequest", text="NSE in serum")
UNKNOWN_ORDER = charts.draft("ServiceRequest", text="Walking aid")


def rows_of(body: Card) -> set[str]:
    return {named["id"] for card in body["cards"] for named in basis_of(card).get("recommendations", [])}


# --- who is answered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["Patient/p1", "RelatedPerson/r1", "https://ehr.example.org/fhir/Patient/p1"])
def test_a_patient_or_a_relative_gets_no_advice_whatever_the_record_says(user: str) -> None:
    assert answered(SCLC, charts.nse(70.0), user=user) == {"cards": []}
    assert answered(user=user, prefetch={}) == {"cards": []}


@pytest.mark.parametrize("user", ["Practitioner/p1", "PractitionerRole/r1"])
def test_a_clinician_gets_advice(user: str) -> None:
    assert rows_of(answered(SCLC, charts.nse(70.0), user=user))


def test_a_call_that_breaks_the_standard_is_refused_before_anything_is_read() -> None:
    with pytest.raises(BadHookRequest, match=r"\$\.context"):
        answer(encoded(call_of(context={"patientId": ""})), SERVICES["patient-view"], GUIDELINE, NOW, counted())


def test_an_answer_tells_how_it_came_about() -> None:
    body = (FIXTURES / "stories/nse-21.1-small-cell-lung-cancer/request.json").read_bytes()
    made = answer(body, SERVICES["patient-view"], GUIDELINE, NOW, counted())
    assert made.picture is not None
    assert made.states is not None
    assert made.states["conditions"] is State.GIVEN
    assert {v.recommendation.id for v in made.verdicts if v.is_shown} >= rows_of(made.body)


def test_ids_come_from_the_maker_and_the_moment_from_the_clock() -> None:
    body = (FIXTURES / "stories/nse-21.1-small-cell-lung-cancer/request.json").read_bytes()
    first, second = (answer(body, SERVICES["patient-view"], GUIDELINE, NOW, counted()).body for _ in range(2))
    assert first == second
    later = answer(body, SERVICES["patient-view"], GUIDELINE, NOW.replace(year=2029), counted()).body
    assert rows_of(later) != rows_of(first)


def test_the_guideline_indexes_the_codes_of_its_knowledge() -> None:
    made = Guideline.of(GUIDELINE.knowledge)
    assert made.knowledge is GUIDELINE.knowledge
    assert made.book.alias("http://loinc.org") == "loinc"


# --- 412: the rules in their order -------------------------------------------------------------------------------


def test_a_row_that_fires_is_shown_whatever_is_missing() -> None:
    body = answered(hook="order-sign", drafts=(OCTREOSCAN,), prefetch={})
    assert "octreoscan-to-sstr-pet" in rows_of(body)


@pytest.mark.parametrize(
    "prefetch", [{}, {"patient": charts.PATIENT}, {"conditions": None}, {"nse": charts.found(charts.nse(21.1))}]
)
def test_a_chart_without_any_conditions_is_refused_and_the_missing_keys_are_named(prefetch: dict[str, Any]) -> None:
    with pytest.raises(DataMissing) as refused:
        answered(prefetch=prefetch)
    states = dict(refused.value.states)
    assert states["conditions"] == "not available"
    assert states.keys() == SERVICES["patient-view"].templates.keys() - {k for k, v in prefetch.items() if v}


@pytest.mark.parametrize("value", ["123", {"resourceType": "OperationOutcome"}])
def test_conditions_that_failed_are_named_as_failed(value: object) -> None:
    with pytest.raises(DataMissing) as refused:
        answered(prefetch={"conditions": value})
    assert dict(refused.value.states)["conditions"] == "failed"


@pytest.mark.parametrize(
    "value",
    [
        charts.found(),
        charts.found(charts.condition(text="Hypertension", id="c9")),
        charts.found() | {"link": [{"relation": "next", "url": "https://ehr.example.org/2"}]},
    ],
    ids=["empty", "given", "partial"],
)
def test_conditions_that_came_are_enough_for_an_answer(value: Card) -> None:
    assert answered(prefetch={"conditions": value}) == {"cards": []}


def test_a_condition_under_any_other_key_is_enough() -> None:
    one = charts.condition(text="Hypertension", id="c9") | {"subject": {"reference": "Patient/p1"}}
    assert answered(prefetch={"problems": one}) == {"cards": []}
    assert answered(prefetch={"problems": charts.found(one)}) == {"cards": []}


def test_a_condition_that_had_to_be_set_aside_came_all_the_same() -> None:
    odd = charts.condition(text="Hypertension", id="c9", recordedDate="2027-05-01")
    assert answered(prefetch={"problems": charts.found(odd)}) == {"cards": []}


def test_an_empty_search_for_conditions_under_another_key_is_enough() -> None:
    link = [{"relation": "self", "url": "https://ehr.example.org/Condition?patient=p1"}]
    assert answered(prefetch={"item0": charts.found() | {"link": link}}) == {"cards": []}


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_an_order_hook_without_conditions_is_refused_only_for_a_draft_we_know(hook: str) -> None:
    assert answered(hook=hook, drafts=(UNKNOWN_ORDER,), prefetch={}) == {"cards": []}
    with pytest.raises(DataMissing):
        answered(hook=hook, drafts=(NSE_ORDER,), prefetch={})


def test_a_deceased_patient_gets_no_cards_and_no_demand_for_data() -> None:
    dead = charts.PATIENT | {"deceasedBoolean": True}
    assert answered(prefetch={"patient": dead}) == {"cards": []}
    assert answered(hook="order-sign", drafts=(NSE_ORDER,), prefetch={"patient": dead}) == {"cards": []}


def test_a_footer_that_fires_is_no_answer_by_itself() -> None:
    with pytest.raises(DataMissing):
        answered(prefetch={"patient": charts.PATIENT})


def test_a_tumor_with_nothing_else_supplied_gets_the_card_about_data() -> None:
    tumor = charts.condition("icd-10-cm|C7A.012", text="Neuroendocrine tumor of the ileum", id="c1")
    body = answered(prefetch={"conditions": charts.found(tumor)})
    assert body["cards"]
    assert all(card["indicator"] == "info" for card in body["cards"])


# --- what a card cites is parsed ---------------------------------------------------------------------------------


def test_advice_is_withheld_where_the_cited_value_is_no_valid_fhir() -> None:
    sound = answered(SCLC, charts.nse(70.0, id="n1"))
    assert "sclc-nse-markedly-high" in rows_of(sound)
    broken = charts.nse(70.0, id="n1", subject={"reference": "Patient/p1", "display": 7})
    body = answered(SCLC, broken)
    assert "sclc-nse-markedly-high" not in rows_of(body)
    [card] = body["cards"]
    assert "Observation/n1 is no valid FHIR in its subject" in card["detail"]


def test_a_harmless_fault_of_a_cited_resource_is_named_and_the_advice_stays() -> None:
    odd = charts.nse(70.0, id="n1", bodySite={"text": 7})
    body = answered(SCLC, odd)
    assert "sclc-nse-markedly-high" in rows_of(body)
    assert any("read with care: no valid FHIR in its bodySite" in card["detail"] for card in body["cards"])


def test_a_repaired_resource_is_cited_without_a_word() -> None:
    body = answered(SCLC, charts.nse(70.0, id="n1", date="2026-11-10T08:00:00", status=" final "))
    assert "sclc-nse-markedly-high" in rows_of(body)
    assert not any("no valid FHIR" in card["detail"] for card in body["cards"])


# --- whole calls -------------------------------------------------------------------------------------------------


def test_the_same_call_with_other_spacing_and_member_order_gets_the_same_cards() -> None:
    text = (FIXTURES / "stories/nse-21.1-metastatic-net/request.json").read_text(encoding="utf-8")
    first = answer(text.encode(), SERVICES["patient-view"], GUIDELINE, NOW, counted()).body
    turned = json.dumps(dict(reversed(json.loads(text).items())), indent=7).encode()
    assert answer(turned, SERVICES["patient-view"], GUIDELINE, NOW, counted()).body == first
