"""Therapies of one tumor: active, past, none recorded, unknown - and whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import (
    Resource,
    administration,
    concept,
    condition,
    dispense,
    gap,
    procedure,
    ref,
    request,
    seen,
    statement,
)

NET = condition("icd-10-cm|C7A.012", id="net")
SCLC = condition("snomed|254632001", id="sclc")
BREAST = condition("icd-10-cm|C50.911", id="breast")
KEYS = ("medication-requests", "medication-statements")


def systemic(*resources: Resource) -> str:
    return seen("therapy-systemic", NET, *resources)


@pytest.mark.parametrize(
    "drug",
    ["Carboplatin", "Etoposide", "Irinotecan", "Temozolomide", "Capecitabine", "Everolimus", "Sunitinib",
     "Cabozantinib", "Lutathera", "Atezolizumab", "Oxaliplatin", "Topotecan"],
)  # fmt: skip
def test_chemotherapy_targeted_drugs_prrt_and_immunotherapy_are_systemic(drug: str) -> None:
    assert systemic(request(drug)) == "active"
    assert systemic(request(drug, status="stopped")) == "past"


def test_nothing_but_somatostatin_analogs_is_ssa_only() -> None:
    assert systemic(request("Lanreotide")) == "ssa-only"
    assert systemic(request("Lanreotide", status="stopped")) == "ssa-only"
    assert systemic(request("Lanreotide"), request("Everolimus")) == "active"


def test_no_therapy_is_said_after_a_search_of_requests_or_statements() -> None:
    assert systemic() == "none-recorded"
    for key in KEYS:
        assert seen("therapy-systemic", NET, without=(key,)) == "none-recorded"
    for name in ("therapy-systemic", "therapy-ssa", "therapy-platinum", "therapy-prrt", "therapy-pd-l1"):
        assert gap(name, NET, without=KEYS) is Gap.NOT_SEARCHED


def test_a_therapy_that_is_seen_counts_without_a_search() -> None:
    assert seen("therapy-platinum", NET, request("Cisplatin"), without=KEYS) == "active"


@pytest.mark.parametrize(
    ("drug", "value"), [("Cisplatin", "active"), ("Carboplatin", "active"), ("Oxaliplatin", "none-recorded")]
)
def test_cisplatin_and_carboplatin_are_platinum(drug: str, value: str) -> None:
    assert seen("therapy-platinum", NET, request(drug)) == value


@pytest.mark.parametrize(
    ("date", "value"), [("2026-09-20T12:00:00Z", "active"), ("2026-09-20T11:59:00Z", "past"), ("2026-09", "unknown")]
)
def test_radionuclide_therapy_runs_for_56_days_after_a_cycle(date: str, value: str) -> None:
    assert seen("therapy-prrt", NET, administration("Lutathera", date)) == value
    assert seen("therapy-prrt", NET, procedure(text="PRRT with 177Lu-DOTATATE", date=date)) == value


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (request("Atezolizumab"), "active"),
        (request("Durvalumab", status="completed"), "past"),
        (request("Pembrolizumab", status="on-hold"), "past"),
        (request("Nivolumab", intent="proposal"), "none-recorded"),
        (request("Ipilimumab"), "none-recorded"),
        (administration("Atezolizumab", "2026-10-04T12:00:00Z"), "active"),
        (administration("Atezolizumab", "2026-10-04T11:59:00Z"), "past"),
        (procedure(text="Infusion of durvalumab", date="2026-11-01"), "active"),
        (procedure(text="Infusion of durvalumab", date=""), "unknown"),
    ],
)
def test_antibodies_against_pd_1_and_pd_l1_are_one_class(resource: Resource, value: str) -> None:
    assert seen("therapy-pd-l1", SCLC, resource) == value


def test_a_depot_that_is_recorded_as_a_procedure_is_therapy() -> None:
    assert seen("therapy-ssa", NET, procedure(text="Lanreotide 120 mg injection", date="2026-11-05")) == "active"
    assert seen("therapy-ssa", NET, procedure(text="Octreotide scan", date="2026-11-05")) == "none-recorded"


def test_a_past_trace_beside_one_that_tells_nothing_leaves_it_open() -> None:
    untold = request("Carboplatin", status="unknown")
    assert seen("therapy-platinum", NET, request("Carboplatin", status="stopped"), untold) == "unknown"
    assert seen("therapy-platinum", NET, request("Carboplatin"), untold) == "active"
    assert gap("therapy-systemic", NET, untold) is Gap.NOT_READABLE


# --- whose -------------------------------------------------------------------------------------------------------


def platinum(tumor: str, *resources: Resource) -> str:
    return seen("therapy-platinum", *resources, tumor=tumor)


def test_a_drug_belongs_to_the_tumor_it_names() -> None:
    drug = request("Carboplatin", reasonReference="Condition/sclc")
    assert platinum("Condition/sclc", SCLC, BREAST, drug) == "active"
    assert platinum("Condition/breast", SCLC, BREAST, drug) == "none-recorded"


def test_a_drug_belongs_to_the_tumor_whose_histology_its_reason_names() -> None:
    drug = request("Carboplatin", reasonCode="icd-10-cm|C50.911")
    assert platinum("Condition/sclc", SCLC, BREAST, drug) == "none-recorded"
    assert platinum("Condition/breast", SCLC, BREAST, drug) == "active"


def test_without_a_reason_a_drug_belongs_to_each_tumor_it_makes_sense_for() -> None:
    for tumor in ("Condition/sclc", "Condition/breast"):
        assert platinum(tumor, SCLC, BREAST, request("Carboplatin")) == "active"


def test_a_somatostatin_analog_makes_sense_for_neuroendocrine_tumors_alone() -> None:
    assert seen("therapy-ssa", NET, BREAST, request("Lanreotide"), tumor="Condition/net") == "active"
    assert seen("therapy-ssa", NET, BREAST, request("Lanreotide"), tumor="Condition/breast") == "none-recorded"


def test_no_drug_of_ours_is_for_a_brain_tumor() -> None:
    assert seen("therapy-systemic", condition("icd-10-cm|C71.9"), request("Temozolomide")) == "none-recorded"


@pytest.mark.parametrize(
    "reason",
    [
        concept("Acromegaly"),
        concept("Bleeding esophageal varices"),
        concept("Renal cell carcinoma"),
        concept("Gastrointestinal stromal sarcoma"),
        concept("Kidney transplant"),
        concept("Rejection prophylaxis"),
        concept("icd-10-cm|Z94.0"),
        concept("icd-10-cm|I85.11"),
        concept("icd-10-cm|C50.911"),
    ],
)
@pytest.mark.parametrize("drug", ["Octreotide", "Everolimus"])
def test_a_drug_for_something_else_is_none_of_this_tumor(drug: str, reason: Resource) -> None:
    given = request(drug, reasonCode=[reason])
    assert (seen("therapy-ssa", NET, given), systemic(given)) == ("none-recorded", "none-recorded")


@pytest.mark.parametrize("reason", [concept("Neuroendocrine tumor"), concept("Cancer"), concept("Tumor progression")])
def test_a_drug_for_this_tumor_or_for_cancer_counts(reason: Resource) -> None:
    assert systemic(request("Everolimus", reasonCode=[reason])) == "active"


def test_a_drug_for_a_condition_that_is_no_tumor_belongs_to_none() -> None:
    acromegaly: dict[str, Any] = condition(text="Acromegaly", id="acro")
    assert (
        seen("therapy-ssa", NET, acromegaly, request("Octreotide", reasonReference="Condition/acro")) == "none-recorded"
    )


def test_medications_are_read_without_any_tumor() -> None:
    assert seen("therapy-ssa", statement("Lanreotide")) == "active"
    assert seen("therapy-platinum", statement("Cisplatin")) == "active"


def test_cycles_recorded_as_procedures_are_therapy() -> None:
    assert systemic(procedure(text="PRRT with 177Lu-DOTATATE, cycle 2", date="2026-10-01")) == "active"
    assert systemic(procedure(text="Infusion of carboplatin", date="2020-10-01")) == "past"
    assert systemic(procedure(text="Infusion of carboplatin", status="in-progress")) == "active"
    assert systemic(procedure(text="Infusion of carboplatin", status="not-done")) == "none-recorded"
    assert systemic(procedure(text="Octreotide injection")) == "none-recorded"


def test_a_search_that_came_only_in_part_proves_nothing_even_beside_a_whole_one() -> None:
    torn = {"medication-requests": b'{"resourceType": "Bundle", "total": 5}'}
    assert gap("therapy-systemic", NET, broken=torn) is Gap.NOT_SEARCHED


@pytest.mark.parametrize("brand", ["Mytolac", "Ipstyl", "Siroctid", "Olatuton"])
def test_an_analog_is_known_by_its_brand(brand: str) -> None:
    assert seen("therapy-ssa", NET, request(brand)) == "active"


# --- its reason, and other diseases on the record ----------------------------------------------------------------


@pytest.mark.parametrize(
    "link", [{"request": ref("MedicationRequest/o1")}, {"raw": {"basedOn": [ref("MedicationRequest/o1")]}}]
)
def test_a_dose_is_given_for_the_reason_of_its_prescription(link: dict[str, Any]) -> None:
    order = request("Lanreotide", id="o1", status="completed", reasonCode="Acromegaly")
    assert seen("therapy-ssa", NET, order, administration("Lanreotide", **link)) == "none-recorded"
    assert seen("therapy-ssa", NET, order, administration("Lanreotide")) == "active"
    assert seen("therapy-ssa", NET, administration("Lanreotide", **link)) == "active"


def test_a_dispense_is_for_the_reason_of_its_prescription() -> None:
    order = request("Carboplatin", id="o1", status="completed", reasonReference="Condition/breast")
    handed = dispense("Carboplatin", authorizingPrescription="MedicationRequest/o1")
    assert platinum("Condition/sclc", SCLC, BREAST, order, handed) == "none-recorded"
    assert platinum("Condition/breast", SCLC, BREAST, order, handed) == "active"


def test_a_reason_that_is_not_on_the_chart_counts_by_its_words() -> None:
    elsewhere = request("Octreotide", reasonReference=[{"reference": "Condition/x", "display": "Acromegaly"}])
    assert seen("therapy-ssa", NET, elsewhere) == "none-recorded"
    unnamed = request("Octreotide", reasonReference=[{"reference": "Condition/x"}])
    assert seen("therapy-ssa", NET, unnamed) == "active"


def test_capecitabine_for_breast_cancer_is_none_of_the_net() -> None:
    named = request("Capecitabine", reasonCode="icd-10-cm|C50.911")
    assert seen("therapy-systemic", NET, BREAST, named, tumor="Condition/net") == "none-recorded"
    assert seen("therapy-systemic", NET, BREAST, named, tumor="Condition/breast") == "active"


@pytest.mark.parametrize(
    ("disease", "drug"),
    [(condition("icd-10-cm|E22.0"), request("Octreotide")), (condition("icd-10-cm|Z94.0"), request("rxnorm|141704"))],
)
def test_a_drug_without_a_reason_may_be_for_another_disease_on_the_record(disease: Resource, drug: Resource) -> None:
    name = "therapy-ssa" if "Octreotide" in str(drug) else "therapy-systemic"
    assert gap(name, NET, disease, drug) is Gap.NOT_LINKED
    assert seen(name, NET, drug) == "active"
    assert seen(name, NET, disease, drug | {"reasonReference": [ref("Condition/net")]}) == "active"
    assert seen(name, NET, disease, drug, drug | {"reasonReference": [ref("Condition/net")]}) == "active"


def test_another_disease_leaves_the_other_drugs_alone() -> None:
    assert systemic(condition("icd-10-cm|E22.0"), request("Everolimus")) == "active"
    assert systemic(condition("icd-10-cm|E22.0", verificationStatus="refuted"), request("Everolimus")) == "active"


def test_an_octreotide_infusion_beside_variceal_bleeding_may_be_for_the_bleeding() -> None:
    bleeding = condition("icd-10-cm|I85.11", id="varices")
    drip = request("Octreotide infusion 50 mcg/h")
    assert gap("therapy-ssa", NET, bleeding, drip) is Gap.NOT_LINKED
    assert gap("therapy-systemic", NET, bleeding, drip) is Gap.NOT_LINKED
    assert seen("therapy-ssa", NET, bleeding, request("Lanreotide 120 mg")) == "active"
    assert seen("therapy-systemic", NET, bleeding, request("Lanreotide 120 mg")) == "ssa-only"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("NET Ileum, Z. n. 4 Zyklen Lutathera 2022", "therapy-prrt"),
        ("History of carboplatin", "therapy-platinum"),
        ("Neuropathy due to cisplatin", "therapy-platinum"),
        ("s/p pembrolizumab", "therapy-pd-l1"),
        ("NET on lanreotide", "therapy-ssa"),
    ],
)
def test_a_treatment_that_a_condition_tells_in_words_is_not_denied(words: str, name: str) -> None:
    assert gap(name, NET, condition(text=words)) is Gap.NOT_READABLE


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|Z92.21"),
        condition("icd-10-cm|Z51.11"),
        condition(text="Z. n. Chemotherapie 2021"),
        condition(text="NET, s/p 6 cycles of CAPTEM"),
        procedure(text="Chemotherapy"),
    ],
)
def test_chemotherapy_of_which_no_drug_is_named_is_not_denied(resource: Resource) -> None:
    assert gap("therapy-systemic", NET, resource) is Gap.NOT_READABLE
    assert seen("therapy-systemic", NET, resource, request("everolimus")) == "active"


@pytest.mark.parametrize(
    "resource",
    [
        condition(text="No prior chemotherapy"),
        condition(text="Chemotherapy planned"),
        condition(text="Patient declined cisplatin"),
        condition(text="Allergen immunotherapy"),
        condition(text="Z. n. Chemotherapie", verificationStatus="refuted"),
        condition("icd-10-cm|C50.911", text="Breast cancer, s/p chemotherapy", id="breast"),
        procedure(text="Chemotherapy", status="not-done"),
    ],
)
def test_a_treatment_that_is_denied_planned_or_of_another_tumor_is_none_of_this_one(resource: Resource) -> None:
    assert seen("therapy-systemic", NET, resource, tumor="Condition/net") == "none-recorded"
