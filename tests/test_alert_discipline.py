"""Alert discipline: who hears nothing, what comes first, what is not said twice - over every fixture.

That the advice is right is shown elsewhere; here only that it stays with those whom it is for.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from cds_service.answer import Guideline, answer
from cds_service.cases.calls import bundle
from cds_service.cases.pages import Case
from cds_service.errors import DataMissing
from cds_service.guideline.recommendations import Recommendation
from cds_service.hooks.basis import BASIS
from cds_service.json_bytes import encode
from tests import charts
from tests.asked import (
    CORPUS,
    DANGERS,
    FIRING,
    GUIDELINE,
    KNOWLEDGE,
    NOW,
    RECOMMENDATIONS,
    SERVICES,
    STORIES,
    Call,
    answered,
    call_of,
    name_of,
    shown,
)
from tests.hooks.made import answered as answered_chart

pytestmark = pytest.mark.every_case

EVERY = [*RECOMMENDATIONS, *DANGERS, *STORIES]
CHILD, INFANT = "2016-05-20", "2026-06-20"
HOSPICE = charts.condition("snomed|385763009 'Hospice care'")
URGENCY = ["critical", "warning", "info"]


@cache
def cards_named(name: str) -> list[Call]:
    cards: list[Call] = answered(call_of(CORPUS.cases[name]))["cards"]
    return cards


def cards_of(case: Case) -> list[Call]:
    return cards_named(case.name)


def rows_shown(call: Call) -> set[str]:
    """The rows on the cards; where the data are refused as too few, none."""
    try:
        return shown(answered(call))
    except DataMissing:
        return set()


def patient_of(call: Call) -> Call:
    """The Patient of a call, for changing; one is made where none came."""
    patient: Call = call["prefetch"].get("patient") or {"resourceType": "Patient", "id": call["context"]["patientId"]}
    call["prefetch"]["patient"] = patient
    return patient


def with_more(call: Call, *resources: charts.Resource) -> Call:
    """The call with further resources of its patient."""
    owner = charts.ref(f"Patient/{call['context']['patientId']}")
    owned = [{"id": f"more-{number}"} | resource | {"subject": owner} for number, resource in enumerate(resources)]
    return {**call, "prefetch": {**call["prefetch"], "more": bundle(owned)}}


def listing(feature: str, value: str) -> set[str]:
    """The rows that are meant for such a patient too."""
    return {row.id for row in KNOWLEDGE.recommendations if value in row.when[feature]}


def ids(rows: Iterable[Call]) -> set[str]:
    return {named["id"] for card in rows for named in card["extension"][BASIS].get("recommendations", [])}


# --- who hears nothing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("born", "group"), [(CHILD, "child"), (INFANT, "infant")])
def test_no_child_is_advised_by_a_rule_for_adults(born: str, group: str) -> None:
    meant, spoke = listing("age-group", group), set()
    for case in FIRING:
        call = call_of(case)
        patient_of(call)["birthDate"] = born
        rows = rows_shown(call)
        assert rows <= meant, name_of(case)
        spoke |= rows
    assert spoke


def test_in_comfort_care_only_the_rows_for_it_speak() -> None:
    meant, spoke = listing("care-goal", "comfort-only"), set()
    for case in FIRING:
        rows = rows_shown(with_more(call_of(case), HOSPICE))
        assert rows <= meant, name_of(case)
        spoke |= rows
    assert spoke


def test_of_the_deceased_nothing_is_said() -> None:
    for case in FIRING:
        call = call_of(case)
        patient_of(call)["deceasedBoolean"] = True
        assert answered(call) == {"cards": []}, name_of(case)


# --- what comes first, and how much ------------------------------------------------------------------------------


def test_what_is_urgent_comes_first_and_no_answer_is_longer_than_is_read() -> None:
    most = 0
    for case in EVERY:
        urgency = [URGENCY.index(card["indicator"]) for card in cards_of(case)]
        assert urgency == sorted(urgency), name_of(case)
        most = max(most, len(urgency))
    assert 3 < most <= KNOWLEDGE.limits.cards_per_call


def test_what_is_left_out_for_length_is_named() -> None:
    short = replace(GUIDELINE, knowledge=replace(KNOWLEDGE, limits=replace(KNOWLEDGE.limits, cards_per_call=1)))
    for case in EVERY:
        first, *rest = cards_of(case) or [{}]
        if not rest:
            continue
        [only] = asked(case, short)
        assert ids([only]) == ids([first])
        left_out = only["detail"].partition("Not shown, to keep this answer short: ")[2]
        titles = (KNOWLEDGE.by_id[row].title for row in ids(rest) if not KNOWLEDGE.by_id[row].footer)
        assert all(title in left_out for title in titles), name_of(case)


def asked(case: Case, guideline: Guideline) -> list[Call]:
    made = answer(case.body, SERVICES[case.call["hook"]], guideline, NOW, lambda: "an-id")
    cards: list[Call] = json.loads(encode(made.body))["cards"]
    return cards


def test_a_row_or_its_group_has_one_topic_in_all_answers_and_shares_it_with_none() -> None:
    topics: dict[str, set[str]] = {}
    for case in EVERY:
        for card in cards_of(case):
            for row in ids([card]):
                if not KNOWLEDGE.by_id[row].footer:
                    topics.setdefault(topic_name(KNOWLEDGE.by_id[row]), set()).add(card["source"]["topic"]["code"])
    assert topics.keys() == {topic_name(row) for row in KNOWLEDGE.recommendations if not row.footer}
    assert all(len(codes) == 1 for codes in topics.values())
    assert len({code for codes in topics.values() for code in codes}) == len(topics)


def topic_name(row: Recommendation) -> str:
    return row.group or row.id


# --- what is not said twice --------------------------------------------------------------------------------------


def creates(body: Call) -> list[Call]:
    suggestions = [suggestion for card in body["cards"] for suggestion in card.get("suggestions", [])]
    actions = [action for suggestion in suggestions for action in suggestion["actions"]]
    return [action["resource"] for action in actions if action["type"] == "create"]


def words_of(resource: Mapping[str, Any]) -> str:
    code: Call = resource.get("code") or resource["medicationCodeableConcept"]
    return str(code["text"])


def placed(resource: Call) -> Call:
    return copy.deepcopy(resource) | {"status": "active", "authoredOn": "2026-11-14"}


def test_what_was_offered_and_then_placed_is_not_offered_again() -> None:
    offered = set()
    for case in FIRING:
        resources = creates({"cards": cards_of(case)})
        if not resources:
            continue
        offered |= {words_of(resource) for resource in resources}
        again = answered(with_more(call_of(case), *(placed(resource) for resource in resources)))
        twice = {words_of(r) for r in resources} & {words_of(r) for r in creates(again)}
        assert not twice, name_of(case)
    plans = [plan for row in KNOWLEDGE.recommendations for plan in row.suggestions]
    assert offered == {KNOWLEDGE.orders[name].text for plan in plans for name in plan.creates}


# --- what is being ordered ---------------------------------------------------------------------------------------

ABOUT_ORDERS = [case for case in FIRING if case.call["hook"] == "order-select"]
OTHER_DRAFT = charts.draft("MedicationRequest", text="Metoprolol 50 mg", id="metoprolol")


def row_of(case: Case) -> str:
    """The recommendation on whose page a case stands."""
    return case.page.rpartition("/")[2]


def with_another_draft(case: Case, hook: str) -> Call:
    """The same drafts and one of no interest, which alone is selected."""
    call = call_of(case)
    entries = [*call["context"]["draftOrders"]["entry"], {"resource": OTHER_DRAFT}]
    drafts = {**call["context"]["draftOrders"], "entry": entries}
    context = {key: value for key, value in call["context"].items() if key != "selections"}
    selected = {"selections": ["MedicationRequest/metoprolol"]} if hook == "order-select" else {}
    return {**call, "hook": hook, "context": {**context, "draftOrders": drafts, **selected}}


def test_on_order_select_only_the_selected_drafts_are_spoken_of() -> None:
    about_drafts = {row.id for row in KNOWLEDGE.recommendations if "ordering" in row.own_keys}
    for case in ABOUT_ORDERS:
        assert row_of(case) in about_drafts
        assert not rows_shown(with_another_draft(case, "order-select")) & about_drafts, name_of(case)


def test_on_order_sign_all_drafts_are_spoken_of() -> None:
    signed = [case for case in ABOUT_ORDERS if "order-sign" in KNOWLEDGE.by_id[row_of(case)].hooks]
    assert signed
    for case in signed:
        assert row_of(case) in rows_shown(with_another_draft(case, "order-sign")), name_of(case)


# --- other patients ----------------------------------------------------------------------------------------------

REFUTED = ("refuted", "entered-in-error")
TUMORS = {
    "net": charts.condition("icd-10-cm|C7A.012 'Malignant carcinoid tumor of the ileum'"),
    "nec": charts.condition("icd-10-cm|C7A.1 'Malignant poorly differentiated neuroendocrine tumors'"),
    "nen-unspecified": charts.condition("icd-10-cm|C25.4 'Malignant neoplasm of endocrine pancreas'"),
    "suspected-nen": charts.condition("icd-10-cm|R91.8", text="Lung mass"),
    "other-nen": charts.condition("icd-10-cm|C4A.9 'Merkel cell carcinoma, unspecified'"),
    "sclc": charts.condition("snomed|254632001 'Small cell carcinoma of lung'"),
    "neuroblastoma": charts.condition("snomed|432328008 'Neuroblastoma'"),
    "nsclc": charts.condition("snomed|254637007 'Non-small cell lung cancer'"),
    "lung-cancer-without-histology": charts.condition("icd-10-cm|C34.11"),
    "brain-tumor": charts.condition("icd-10-cm|C71.1", text="Glioblastoma"),
    "breast": charts.condition("icd-10-cm|C50.911"),
    "prostate": charts.condition("icd-10-cm|C61"),
    "melanoma": charts.condition("icd-10-cm|C43.9"),
    "seminoma": charts.condition("snomed|255107005 'Seminoma of testis'"),
    "rectum": charts.condition("icd-10-cm|C20"),
    "metastases": charts.condition("icd-10-cm|C7B.02 'Secondary carcinoid tumors of liver'"),
    "net-in-words": charts.condition(text="Neuroendocrine tumor of the pancreas G2"),
    "carcinoid-syndrome": charts.condition("icd-10-cm|E34.00 'Carcinoid syndrome, unspecified'"),
}


@pytest.mark.parametrize("verification", REFUTED)
@pytest.mark.parametrize("kind", TUMORS)
def test_a_tumor_that_is_refuted_or_was_entered_in_error_is_as_if_it_had_never_been_recorded(
    kind: str, verification: str
) -> None:
    code = f"http://terminology.hl7.org/CodeSystem/condition-ver-status|{verification}"
    tumor = TUMORS[kind] | {"verificationStatus": charts.concept(code)}
    assert answered_chart(tumor) == {"cards": []}
    for others in ([charts.nse(40)], [charts.cga(), charts.request("Omeprazole 20 mg")]):
        assert answered_chart(*others, tumor) == answered_chart(*others)
    for order in ("Lanreotide 120 mg", "Cisplatin", "Sunitinib 50 mg"):
        drafts = (charts.draft("MedicationRequest", text=order),)
        assert answered_chart(tumor, hook="order-sign", drafts=drafts) == {"cards": []}


PATIENTS: dict[str, tuple[charts.Resource, ...]] = {
    "nothing": (),
    "heart-failure": (charts.condition("icd-10-cm|I50.9"), charts.request("Furosemide 40 mg")),
    "diabetes": (charts.condition("icd-10-cm|E11.9"), charts.request("Metformin 1000 mg")),
    "diabetes-with-hypoglycemia": (charts.condition("icd-10-cm|E16.2"), charts.request("Insulin glargine 20 units")),
    "copd-with-a-ct": (charts.condition("icd-10-cm|J44.9"), charts.report("CT chest", "Emphysema.", category="RAD")),
    "ulcer-on-omeprazole": (charts.condition("icd-10-cm|K26.9"), charts.request("Omeprazole 40 mg")),
    "dialysis": (charts.condition("icd-10-cm|N18.6"), charts.condition("icd-10-cm|Z99.2")),
    "stroke": (charts.condition("icd-10-cm|I63.9", onsetDateTime="2026-11-10"),),
    "epilepsy": (charts.condition("icd-10-cm|G40.909"), charts.request("Levetiracetam 500 mg")),
    "normal-pregnancy": (charts.condition("icd-10-cm|Z34.90", onsetDateTime="2026-06-01"),),
    "diarrhea-and-flushing": (charts.condition("icd-10-cm|R19.7"), charts.condition("icd-10-cm|R23.2")),
    "acromegaly": (charts.condition("icd-10-cm|E22.0"), charts.request("Lanreotide 120 mg")),
    "adrenal-adenoma": (charts.condition("icd-10-cm|D35.01"),),
    "biotin": (charts.request("Biotin 10 mg"),),
    "breast-cancer": (
        TUMORS["breast"],
        charts.observation("loinc|85330-9", 30, "%"),
        charts.grade("G3"),
        charts.request("Capecitabine 1000 mg/m2"),
        charts.disease_status("worsened", "2026-10-01"),
    ),
    "prostate-cancer": (TUMORS["prostate"], charts.request("Leuprorelin depot 22.5 mg")),
    "rectal-cancer": (
        TUMORS["rectum"],
        charts.condition("icd-10-cm|C78.7"),
        charts.request("Oxaliplatin 85 mg/m2"),
        charts.observation("loinc|2039-6", 40, "ug/L", high=5),
    ),
    "nsclc": (TUMORS["nsclc"], charts.request("Cisplatin 75 mg/m2"), charts.disease_status("worsened", "2026-10-01")),
    "melanoma": (TUMORS["melanoma"], charts.request("Pembrolizumab 200 mg")),
    "glioblastoma": (TUMORS["brain-tumor"], charts.request("Temozolomide 150 mg/m2")),
    "seminoma": (TUMORS["seminoma"], charts.request("Cisplatin 20 mg/m2"), charts.request("Etoposide 100 mg/m2")),
    "lymphoma": (charts.condition("icd-10-cm|C83.30"), charts.request("Etoposide 100 mg/m2")),
}


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_patient_with_another_disease_hears_nothing(patient: str) -> None:
    assert answered_chart(*PATIENTS[patient]) == {"cards": []}


ORDERS = {
    "heart-failure": "Furosemide 40 mg",
    "diabetes": "Metformin 1000 mg",
    "acromegaly": "Lanreotide 120 mg",
    "breast-cancer": "Everolimus 10 mg",
    "prostate-cancer": "Leuprorelin depot 22.5 mg",
    "rectal-cancer": "Irinotecan 180 mg/m2",
    "nsclc": "Carboplatin AUC 5",
    "melanoma": "Nivolumab 240 mg",
    "seminoma": "Etoposide 100 mg/m2",
    "lymphoma": "Etoposide 100 mg/m2",
    "ulcer-on-omeprazole": "Omeprazole 40 mg",
    "nothing": "Octreotide 50 microgram",
}


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
@pytest.mark.parametrize("patient", ORDERS)
def test_what_is_ordered_for_another_disease_is_left_alone(patient: str, hook: str) -> None:
    order = charts.draft("MedicationRequest", text=ORDERS[patient])
    assert answered_chart(*PATIENTS[patient], hook=hook, drafts=(order,)) == {"cards": []}
