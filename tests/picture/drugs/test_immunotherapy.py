"""Reasons for care with PD-1 and PD-L1 antibodies: recorded, none recorded, or left open."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.picture.charts import (
    Resource,
    concept,
    condition,
    gap,
    histology,
    observation,
    pathology,
    procedure,
    report,
    request,
    said,
    seen,
    statement,
)

NAME = "immunotherapy-caution"
SCLC = condition("snomed|254632001", id="sclc")
RHEUMATOID = "icd-10-cm|M06.9"


def caution(*resources: Resource, **options: Any) -> str:
    return seen(NAME, *resources, **options)


def gene(code: str, value: Any, **members: Any) -> Resource:
    return observation(code, value, date="2026-05-01", **members)


# --- Conditions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        condition(RHEUMATOID),
        condition("icd-10-cm|M05.79"),
        condition("icd-10|K50.9"),
        condition("icd-10-cm|G35"),
        condition("icd-10-cm|G70.00"),
        condition("icd-10-cm|E06.3"),
        condition("icd-10-cm|L40.0"),
        condition("snomed|34000006"),
        condition("snomed|69896004"),
        condition("snomed|85828009|Autoimmune disease"),
        condition(text="Morbus Crohn"),
        condition(text="Multiple Sklerose"),
        condition(text="Lambert-Eaton syndrome"),
        condition("icd-10-cm|D86.9|Sarcoidosis, unspecified"),
        condition(text="Systemic lupus erythematosus", status=""),
        condition(text="ANCA vasculitis"),
    ],
)
def test_an_active_autoimmune_disease_asks_for_care(resource: Resource) -> None:
    assert caution(SCLC, resource) == "recorded"


@pytest.mark.parametrize(
    "resource",
    [
        condition(RHEUMATOID, status="resolved"),
        condition(RHEUMATOID, abatementDateTime="2020-01-01"),
        condition(RHEUMATOID, verification="refuted"),
        condition("snomed|85828009"),  # not verified, and no words beside it
        condition(text="Autoimmune panel"),
        condition(text="Family history of multiple sclerosis"),
        condition("icd-10-cm|E10.9|Type 1 diabetes mellitus"),
    ],
)
def test_what_is_over_denied_or_of_a_relative_asks_for_nothing(resource: Resource) -> None:
    assert caution(SCLC, resource) == "none-recorded"


@pytest.mark.parametrize(
    "resource",
    [
        condition(RHEUMATOID, status="remission"),
        condition(RHEUMATOID, status="inactive"),
        condition(RHEUMATOID, verification="provisional"),
        condition(text="V. a. Morbus Crohn"),
        condition(text="irAE under nivolumab"),
    ],
)
def test_a_disease_asleep_or_suspected_or_without_a_grade_leaves_it_open(resource: Resource) -> None:
    assert (caution(SCLC, resource), gap(NAME, SCLC, resource)) == ("unknown", Gap.NOT_READABLE)


@pytest.mark.parametrize("status", ["active", "resolved", "inactive", ""])
@pytest.mark.parametrize(
    "name",
    [
        {"codes": ["icd-10-cm|Z94.0"]},
        {"codes": ["icd-10-cm|T86.10"]},
        {"codes": ["icd-10-cm|D89.811"]},
        {"codes": ["snomed|161665007"]},
        {"codes": ["snomed|719352000"]},
        {"text": "Z. n. Nierentransplantation 2015"},
        {"text": "Transplant recipient"},
        {"text": "s/p allogeneic stem cell transplantation"},
        {"codes": ["icd-10-cm|J84.10"]},
        {"codes": ["icd-10-cm|J70.2"]},
        {"codes": ["snomed|233703007"]},
        {"text": "History of pneumonitis"},
        {"text": "Interstitielle Lungenerkrankung"},
        {"codes": ["icd-10-cm|T45.AX5D"]},
        {"text": "Immune-related hepatitis, CTCAE grade 3"},
        {"text": "Grade 4 immune-mediated myocarditis"},
        {"codes": ["icd-10-cm|K52.1|Toxic gastroenteritis and colitis"], "text": "immune-related colitis grade 3"},
    ],
)
def test_transplants_pneumonitis_and_severe_immune_toxicity_count_whenever_they_were(
    name: dict[str, Any], status: str
) -> None:
    assert caution(SCLC, condition(*name.get("codes", []), text=name.get("text", ""), status=status)) == "recorded"


@pytest.mark.parametrize(
    "words",
    ["Living kidney donor", "Awaiting organ transplant", "Corneal transplant rejection",
     "Aspiration pneumonitis", "Immune-related rash grade 1",
     "Family history of kidney transplant", "No pneumonitis"],
)  # fmt: skip
def test_donors_candidates_and_mild_toxicity_ask_for_nothing(words: str) -> None:
    assert caution(SCLC, condition(text=words)) == "none-recorded"


@pytest.mark.parametrize("code", ["Z94.7|Corneal transplant status", "T86.840|Corneal transplant rejection", "T86.84"])
def test_a_cornea_is_neither_an_organ_nor_stem_cells(code: str) -> None:
    assert caution(SCLC, condition(f"icd-10-cm|{code}")) == "none-recorded"
    assert caution(SCLC, condition(f"icd-10-cm|{code}"), condition("icd-10-cm|Z94.0")) == "recorded"


@pytest.mark.parametrize("status", ["completed", "in-progress"])
def test_a_transplantation_that_was_done_asks_for_care(status: str) -> None:
    done = procedure("snomed|18027006|Transplantation of liver", status=status)
    assert caution(SCLC, done) == "recorded"
    assert said(NAME, SCLC, done) == "Transplantation of liver"


@pytest.mark.parametrize("resource", [procedure("snomed|18027006", status="not-done"), procedure(text="Lobectomy")])
def test_an_operation_that_was_not_a_transplantation_asks_for_nothing(resource: Resource) -> None:
    assert caution(SCLC, resource) == "none-recorded"


# --- steroids ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|Z79.52"),
        condition(text="Long-term use of systemic steroids"),
        condition(text="Dauertherapie mit Prednisolon"),
    ],
)
def test_lasting_steroids_ask_for_care(resource: Resource) -> None:
    assert caution(SCLC, resource) == "recorded"


@pytest.mark.parametrize(
    "drug",
    [request("atc|H02AB06|prednisolone"), statement("Prednisone 40 mg daily"), statement("dexamethasone 4 mg tablet")],
)
def test_a_running_steroid_of_unknown_length_leaves_it_open(drug: Resource) -> None:
    assert (caution(SCLC, drug), gap(NAME, SCLC, drug)) == ("unknown", Gap.NOT_READABLE)


@pytest.mark.parametrize(
    "drug",
    [
        request("dexamethasone 8 mg", dosageInstruction=[{"text": "days 2 and 3 of each cycle, against nausea"}]),
        request("dexamethasone 8 mg", reasonCode=[concept(text="Premedication")]),
        request("dexamethasone 8 mg", dosageInstruction=[{"asNeededBoolean": True}]),
        statement("prednisone 50 mg", dosage=[{"text": "single dose before contrast"}]),
        request("prednisone", status="stopped"),
        request("prednisone", intent="plan"),
        request("prednisone", doNotPerform=True),
        request("Prednisolone eye drops"),
        statement("Budesonide inhaler"),
        statement("Hydrocortisone 10 mg"),
    ],
)
def test_a_steroid_for_a_few_days_for_a_place_or_no_longer_given_asks_for_nothing(drug: Resource) -> None:
    assert caution(SCLC, drug) == "none-recorded"


# --- EGFR and ALK ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        condition("snomed|1259760003"),
        condition("snomed|830151004"),
        condition("icd-10-cm|C34.11", text="Adenocarcinoma of the lung, EGFR exon 19 deletion"),
        condition(text="EGFR-mutated lung cancer"),
        condition(text="ALK-positive lung cancer"),
        gene("loinc|78205-2", concept(text="Positive")),
        gene("", "L858R detected", text="EGFR gene mutation analysis"),
        gene("", "Exon 19 deletion", text="EGFR mutation"),
        gene("", concept("v3-interpretation|POS"), text="ALK gene rearrangement"),
        gene("", "EML4 partner", text="ALK rearrangement"),
        gene("", "T790M not detected; exon 19 deletion", text="EGFR mutation"),
        pathology("Adenocarcinoma with EGFR mutation."),
        report("CT chest", "Known EML4-ALK fusion."),
        observation("loinc|22637-3", "EGFR mutation detected", date="2026-03-15"),
    ],
)
def test_an_alteration_of_egfr_or_alk_asks_for_care(resource: Resource) -> None:
    assert caution(SCLC, resource) == "recorded"


@pytest.mark.parametrize(
    "resource",
    [
        condition(text="EGFR wild-type lung cancer"),
        gene("loinc|78205-2", concept(text="Negative")),
        gene("", "No mutation detected", text="EGFR gene mutation analysis"),
        gene("", "wild type", text="EGFR mutation"),
        gene("", "keine Translokation", text="ALK translocation"),
        pathology("EGFR exon 19 deletion: not detected."),
        pathology("EGFR mutated.", status="cancelled"),
        report("CT chest", "No pneumonitis. Hemodialysis catheter in place."),
        histology("icd-o-3|8041/3"),
        observation("loinc|33914-3", 60, "mL/min", text="eGFR"),
        observation("", 80, "U/L", text="ALK PHOS"),
    ],
)
def test_a_negative_test_asks_for_nothing(resource: Resource) -> None:
    assert caution(SCLC, resource) == "none-recorded"


@pytest.mark.parametrize(
    "resource",
    [
        gene("loinc|78205-2", "pending"),
        gene("loinc|78233-4", 12),
        gene("", "positive in one, negative in the other", text="EGFR mutation"),
        gene("", "L858R; T790M wild type", text="EGFR mutation"),
        pathology("Possible EGFR mutation detected"),
        report("CT chest", "Ground glass as in pneumonitis."),
    ],
)
def test_a_test_that_does_not_say_leaves_it_open(resource: Resource) -> None:
    assert gap(NAME, SCLC, resource) is Gap.NOT_READABLE


@pytest.mark.parametrize("drug", ["osimertinib", "atc|L01EB04", "rxnorm|1727455", "atc|L01ED05|lorlatinib"])
@pytest.mark.parametrize("status", ["active", "stopped", "completed"])
def test_an_inhibitor_of_egfr_or_alk_now_or_earlier_asks_for_care(drug: str, status: str) -> None:
    assert caution(SCLC, statement(drug, status=status)) == "recorded"


@pytest.mark.parametrize("drug", [statement("etoposide"), request("osimertinib", intent="plan")])
def test_another_drug_or_a_plan_asks_for_nothing(drug: Resource) -> None:
    assert caution(SCLC, drug) == "none-recorded"


# --- transformation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [
        condition("snomed|254637007", id="nsclc"),
        pathology("Non-small cell lung cancer, 2023."),
        histology("icd-o-3|8046/3", date="2023-01-10"),
    ],
)
def test_a_non_small_cell_cancer_beside_the_small_cell_one_asks_for_care(before: Resource) -> None:
    assert caution(SCLC, before) == "recorded"


def test_a_non_small_cell_cancer_alone_asks_for_nothing() -> None:
    assert caution(condition("snomed|1259761004")) == "none-recorded"  # without a mutation of EGFR
    assert caution(condition("snomed|254637007")) == "none-recorded"
    assert caution(condition("icd-10-cm|C7A.012"), pathology("Non-small cell lung cancer.")) == "none-recorded"


@pytest.mark.parametrize(
    "before",
    [
        condition("snomed|254637007", verification="provisional"),
        pathology("Possible non-small cell lung cancer."),
        histology("icd-o-3|8046/3", status="preliminary"),
    ],
)
def test_a_suspected_non_small_cell_cancer_leaves_it_open(before: Resource) -> None:
    assert gap(NAME, SCLC, before) is Gap.NOT_READABLE


# --- absence -----------------------------------------------------------------------------------------------------


def test_nothing_found_is_none_recorded_only_after_the_searches() -> None:
    assert said(NAME, SCLC) == "Conditions and medications searched, no reason for care found"
    assert gap(NAME, SCLC, without=("conditions",)) is Gap.NOT_SEARCHED
    assert gap(NAME, SCLC, without=("medication-requests", "medication-statements")) is Gap.NOT_SEARCHED
    assert caution(SCLC, without=("medication-requests", "procedures", "reports")) == "none-recorded"
