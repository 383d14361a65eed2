"""A hospital's own codes, keys, limits and windows through the whole line: call in, cards out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cds_service.answer import Guideline, answer
from cds_service.authoring.site_file import site_at
from cds_service.config import Settings
from cds_service.errors import ConfigError
from cds_service.hooks.call import hook_of
from cds_service.hooks.services import services
from cds_service.hooks.templates import templates_for
from cds_service.web.app import create_app
from tests.asked import CORPUS
from tests.conftest import call_of, encoded
from tests.hooks.made import GUIDELINE, Card, basis_of, counted
from tests.picture import charts

EXAMPLE = Path(__file__).parent.parent / "site.example.toml"
LAB, ORDERS = "https://hospital.example/codes/lab", "https://hospital.example/codes/orders"
NET = charts.condition("snomed|1259214001", text="Neuroendocrine tumor of ileum", id="c1")
SCLC = charts.condition("icd-10-cm|C34.11", text="Small cell lung cancer", id="c1")
EMPTY: Card = {"resourceType": "Bundle", "type": "searchset"}


def bundle(*resources: charts.Resource) -> Card:
    owner = {"subject": {"reference": f"Patient/{charts.PATIENT_ID}"}}
    owned = [{"id": f"r{number}"} | owner | resource for number, resource in enumerate(resources)]
    return EMPTY | {"entry": [{"resource": resource} for resource in owned]}


def guideline_of(folder: Path, text: str) -> Guideline:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return Guideline.of(GUIDELINE.knowledge, site_at(path, GUIDELINE.knowledge))


def answered(guideline: Guideline, prefetch: Card, hook: str = "patient-view", draft: Card | None = None) -> Card:
    offered = {one.hook: one for one in services(lambda hook: templates_for(guideline.knowledge, hook))}
    patient = {"resourceType": "Patient", "id": charts.PATIENT_ID, "birthDate": "1960-01-01"}
    context: dict[str, Any] = {"patientId": charts.PATIENT_ID}
    if draft:
        context["draftOrders"] = bundle(draft)
    call = call_of(hook, context=context, prefetch={"patient": patient} | prefetch)
    return answer(encoded(call), offered[hook], guideline, charts.NOW, counted()).body


def rows_of(body: Card) -> set[str]:
    return {named["id"] for card in body["cards"] for named in basis_of(card).get("recommendations", [])}


def chart(observation: charts.Resource) -> Card:
    keys = ("pathology", "status", "reports", "specimens", "procedures", "medication-requests")
    return dict.fromkeys(keys, EMPTY) | {"conditions": bundle(SCLC), "nse": bundle(observation)}


# --- codes -------------------------------------------------------------------------------------------------------


def test_a_local_code_of_nse_gives_the_same_cards_as_loinc(tmp_path: Path) -> None:
    guideline = guideline_of(
        tmp_path, f'[[codes."markers/nse"]]\nsystem = "{LAB}"\ncode = "X7"\ndisplay = "Neuron specific enolase"'
    )
    local = charts.observation(f"{LAB}|X7", 70.0, "ug/L", high=16.3)
    loinc = answered(guideline, chart(charts.nse(70.0)))
    assert rows_of(loinc) >= {"nse-single-value-unchecked"}
    assert answered(guideline, chart(local)) == loinc
    assert answered(GUIDELINE, chart(charts.nse(70.0))) == loinc
    assert answered(GUIDELINE, chart(local)) != loinc


def test_a_local_code_of_an_order_is_recognized_and_never_sent_out(tmp_path: Path) -> None:
    lines = (f'[[codes."orders/{name}"]]\nsystem = "{ORDERS}"\ncode = "{name}"\ndisplay = "x7"' for name in
             ("octreoscan", "sstr-pet"))  # fmt: skip
    guideline = guideline_of(tmp_path, "\n".join(lines))
    draft = charts.draft("ServiceRequest", f"{ORDERS}|octreoscan")
    made = answered(guideline, {"conditions": bundle(NET)}, "order-sign", draft)
    assert "octreoscan-to-sstr-pet" in rows_of(made)
    created = [
        action["resource"]["code"]
        for card in made["cards"]
        for suggestion in card.get("suggestions", [])
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    assert created
    assert ORDERS not in str(created)
    assert answered(GUIDELINE, {"conditions": bundle(NET)}, "order-sign", draft) == {"cards": []}


# --- prefetch keys -----------------------------------------------------------------------------------------------

KEYS = '[prefetch]\n"epic-pathology" = ["pathology", "reports"]\n"epic-problems" = "conditions"'


def test_a_mapped_key_lets_none_found_be_believed_and_an_unmapped_one_does_not(tmp_path: Path) -> None:
    sent = {"epic-problems": bundle(NET), "epic-pathology": EMPTY}
    assert "net-ki67-missing" in rows_of(answered(guideline_of(tmp_path, KEYS), sent))
    unmapped = {"conditions": bundle(NET), "epic-pathology": EMPTY}
    assert "net-ki67-missing" not in rows_of(answered(GUIDELINE, unmapped))


def test_what_came_under_a_mapped_key_is_not_missing(tmp_path: Path) -> None:
    assert answered(guideline_of(tmp_path, KEYS), {"epic-problems": EMPTY}) == {"cards": []}


# --- limits and windows ------------------------------------------------------------------------------------------


def test_the_limit_of_the_site_stands_on_the_card_as_such(tmp_path: Path) -> None:
    guideline = guideline_of(tmp_path, '[limits.nse]\nupper = 17.0\nunit = "ug/L"\nwhy = "our laboratory"')
    made = answered(guideline, chart(charts.nse(21.1, high=None)))
    assert "NSE 21.1 ug/L (site limit 17.0)" in str(made)
    assert "assumed limit" not in str(made)


def test_a_window_of_the_site_changes_what_counts_and_is_named_on_the_cards_it_bears_upon(tmp_path: Path) -> None:
    guideline = guideline_of(tmp_path, "[windows]\nmarker_look_back_months = 18\nordered_days = 30")
    old = chart(charts.nse(70.0, date="2025-08-01"))
    made = answered(guideline, old)
    assert "nse-single-value-unchecked" in rows_of(made)
    assert "nse-single-value-unchecked" not in rows_of(answered(GUIDELINE, old))
    [card] = [card for card in made["cards"] if "nse-single-value-unchecked" in rows_of({"cards": [card]})]
    assert "\n\nSet by this site: marker look back months 18 (elsewhere 12).\n\nSources:" in card["detail"]


def test_a_card_that_rests_on_no_changed_window_names_none(tmp_path: Path) -> None:
    guideline = guideline_of(tmp_path, KEYS + "\n[windows]\nmarker_look_back_months = 18")
    made = answered(guideline, {"epic-problems": bundle(NET), "epic-pathology": EMPTY})
    assert "net-ki67-missing" in rows_of(made)
    assert "Set by this site" not in str(made)


# --- the service -------------------------------------------------------------------------------------------------


def test_the_service_asks_for_the_codes_of_its_site() -> None:
    client = create_app(Settings(site=EXAMPLE), knowledge=GUIDELINE.knowledge).test_client()
    offered = client.get("/cds-services").get_json()["services"]
    assert all(f"{LAB}|XNSEN" in service["prefetch"]["nse"] for service in offered)


def test_the_service_does_not_start_with_a_faulty_file(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text("nmae = 1", encoding="utf-8")
    with pytest.raises(ConfigError, match="did you mean 'name'"):
        create_app(Settings(site=path), knowledge=GUIDELINE.knowledge)


# --- what a site does not want, and what it says of approvals ----------------------------------------------------


def test_a_recommendation_that_is_switched_off_is_not_shown_and_replaces_none(tmp_path: Path) -> None:
    one = chart(charts.nse(70.0))
    before = rows_of(answered(GUIDELINE, one))
    guideline = guideline_of(tmp_path, '[switched_off]\nnse-single-value-unchecked = "our laboratory repeats it"')
    assert before - rows_of(answered(guideline, one)) == {"nse-single-value-unchecked"}


def test_the_service_says_which_recommendations_its_site_switched_off() -> None:
    client = create_app(Settings(site=EXAMPLE), knowledge=GUIDELINE.knowledge).test_client()
    health = client.get("/healthz").get_json()
    assert health["switchedOff"] == ["nse-single-value"]
    assert health["counts"]["recommendations"] == len(GUIDELINE.knowledge.recommendations) - 1


def test_what_a_site_says_of_an_approval_stands_beside_it_on_the_card(tmp_path: Path) -> None:
    guideline = guideline_of(tmp_path, '[approvals]\nlutathera-eu-label = "not licensed; named-patient use"')
    label = "Lutathera product information (manufacturer's label; European Union; 2024-04; later changes were not seen)"
    here, elsewhere = (kidney_card(one) for one in (guideline, GUIDELINE))
    assert f"Approvals and labels as known on 2026-11-15: {label} - this site: not licensed; named-patient use" in here
    assert f"Approvals and labels as known on 2026-11-15: {label};" in elsewhere


def kidney_card(guideline: Guideline) -> str:
    body = CORPUS.find("prrt-kidney-failure/fires--11-months-old").body
    offered = {one.hook: one for one in services(lambda hook: templates_for(guideline.knowledge, hook))}
    made = answer(body, offered[hook_of(body)], guideline, charts.NOW, counted()).body
    return str(next(card for card in made["cards"] if "product information" in card["detail"])["detail"])
