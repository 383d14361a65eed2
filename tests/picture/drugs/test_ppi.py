"""Proton pump inhibitors at the draw of chromogranin A, and the reasons that the record gives for one."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from cds_service.picture.orders import Draft
from tests.charts import (
    Resource,
    administration,
    cga,
    concept,
    condition,
    dispense,
    draft,
    drafted,
    gap,
    histology,
    record,
    request,
    said,
    seen,
    statement,
)

NET = condition("icd-10-cm|C7A.012", id="net")
KEYS = ("medication-requests", "medication-statements")


def ppi(*resources: Resource, **options: Any) -> str:
    return seen("ppi", NET, *resources, **options)


def needed(*resources: Resource, **options: Any) -> str:
    return seen("ppi-needed", NET, *resources, **options)


def ordered() -> tuple[Draft, ...]:
    return drafted(draft("ServiceRequest", "loinc|9811-1"))


# --- which drug --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drug",
    ["rxnorm|7646", "urn:oid:2.16.840.1.113883.6.88|40790", "atc|A02BC02", "atc|A02BC08", "atc|A02BD04", "atc|M01AE52",
     "atc|B01AC56", "Omeprazole 20 mg", "Omeprazol-ratiopharm", "Esomeprazole", "Pantozol", "Prilosec OTC", "Nexium",
     "Prevacid", "Protonix", "AcipHex", "Dexilant", "Vimovo", "Zegerid", "Protonenpumpenhemmer",
     "atc|M01AE02 'naproxen / esomeprazole'"],
)  # fmt: skip
def test_a_proton_pump_inhibitor_is_known_by_code_combination_and_brand(drug: str) -> None:
    assert ppi(request(drug)) == "active"


@pytest.mark.parametrize(
    "drug", ["atc|A02BA03", "rxnorm|4278 'Famotidine'", "atc|M01AE56", "Aripiprazole", "Magnesium"]
)
def test_other_drugs_of_the_stomach_are_none(drug: str) -> None:
    assert ppi(request(drug)) == "none-recorded"


def test_it_is_no_treatment_of_the_tumor() -> None:
    assert seen("therapy-systemic", NET, request("Omeprazole")) == "none-recorded"


# --- when --------------------------------------------------------------------------------------------------------

DRAWN = cga(date="2026-10-15")


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (request("Omeprazole", date="2026-09-01"), "active"),
        (request("Omeprazole", date="2026-10-15"), "active"),
        (request("Omeprazole", date="2026-10-16"), "none-recorded"),  # after the draw
        (statement("Omeprazole", date="", effectivePeriod={"start": "2026-01-01", "end": "2026-10-01"}), "active"),
        (statement("Omeprazole", date="", effectivePeriod={"start": "2026-01-01", "end": "2026-09-30"}),
         "none-recorded"),
        (dispense("Omeprazole", "2026-09-01", daysSupply={"value": 30}), "active"),
        (dispense("Omeprazole", "2026-09-01", daysSupply={"value": 29}), "none-recorded"),
        (administration("Pantoprazole", "2026-10-02"), "active"),
        (administration("Pantoprazole", "2026-09-30"), "none-recorded"),
        (request("Omeprazole", date="2026-09-01", status="stopped"), "unknown"),
        (request("Omeprazole", date="2026-09-01", status="on-hold"), "unknown"),
        (request("Omeprazole", date="2026-10-05", status="stopped"), "active"),  # it began in the window
        (request("Omeprazole", date=""), "unknown"),
        (request("Omeprazole", intent="plan"), "none-recorded"),
        (request("Omeprazole", doNotPerform=True), "none-recorded"),
        (statement("Omeprazole", status="not-taken"), "none-recorded"),
    ],
)  # fmt: skip
def test_it_ran_at_the_draw_or_in_the_14_days_before(resource: Resource, value: str) -> None:
    assert ppi(DRAWN, resource) == value


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (request("Omeprazole", date="2026-01-01"), "active"),
        (statement("Omeprazole", date="", effectivePeriod={"start": "2026-01-01", "end": "2026-09-20"}), "active"),
        (statement("Omeprazole", date="", effectivePeriod={"start": "2026-01-01", "end": "2026-09-10"}), "unknown"),
        (statement("Omeprazole", date="", effectivePeriod={"start": "2026-01-01", "end": "2026-08-01"}),
         "none-recorded"),
    ],
)  # fmt: skip
def test_of_a_draw_that_is_known_to_the_month_it_must_have_run_before_every_day(resource: Resource, value: str) -> None:
    assert ppi(cga(date="2026-09"), resource) == value


@pytest.mark.parametrize(("drawn", "value"), [("2025-11-16", "none-recorded"), ("2025-11-14", "active")])
def test_beside_a_chromogranin_a_that_is_too_old_to_be_read_it_must_run_now(drawn: str, value: str) -> None:
    assert ppi(cga(date=drawn), request("Omeprazole", date="2026-11-13")) == value


def test_a_draw_before_all_time_is_no_fault_of_ours() -> None:
    assert ppi(cga(date="0001-01-01"), request("Omeprazole")) == "active"


def test_the_newest_draw_is_the_one_asked_about() -> None:
    ended = statement("Omeprazole", date="", effectivePeriod={"start": "2026-01-01", "end": "2026-03-01"})
    assert ppi(cga(date="2026-03-05"), ended) == "active"
    assert ppi(cga(date="2026-03-05"), DRAWN, ended) == "none-recorded"


def test_for_an_order_it_must_run_now() -> None:
    ended = statement("Omeprazole", date="", effectivePeriod={"start": "2026-01-01", "end": "2026-11-10"})
    assert ppi(DRAWN, ended) == "active"
    assert ppi(DRAWN, ended, drafted=ordered()) == "none-recorded"
    assert ppi(DRAWN, request("Omeprazole", date=""), drafted=ordered()) == "active"
    assert ppi(DRAWN, request("Omeprazole", status="on-hold"), drafted=ordered()) == "none-recorded"


def test_what_is_on_hold_is_named_all_the_same() -> None:
    text = said("ppi", NET, request("Omeprazole", status="on-hold"))
    assert "no proton pump inhibitor that ran today is recorded" in text
    assert "Omeprazole (request, on-hold), 2026-09-01" in text


def test_without_a_chromogranin_a_the_question_is_today() -> None:
    assert ppi(request("Omeprazole", date="2026-11-15")) == "active"


def test_none_is_said_after_a_search_alone() -> None:
    assert ppi() == "none-recorded"
    assert ppi(without=KEYS[:1]) == "none-recorded"
    assert gap("ppi", NET, without=KEYS) is Gap.NOT_SEARCHED
    assert gap("ppi", NET, request("")) is Gap.NOT_READABLE


# --- why ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (condition("icd-10-cm|E16.4"), "yes"),
        (condition(text="Zollinger-Ellison syndrome"), "yes"),
        (condition(text="Gastrinoma", verificationStatus="provisional"), "unknown"),
        (condition(text="Gastrinoma", verificationStatus="refuted"), "not-recorded"),
        (condition(text="Gastrinoma", clinicalStatus="resolved"), "unknown"),
        (condition("icd-10-cm|K22.70"), "yes"),
        (condition("icd-10|K22.7"), "yes"),
        (condition("snomed|302914006 'Barrett's esophagus'"), "yes"),
        (condition("snomed|302914006 'Hiatal hernia'"), "not-recorded"),
        (condition(text="Barrett esophagus"), "yes"),
        (condition(text="Possible Barrett esophagus"), "unknown"),
        (condition("icd-10-cm|K21.9 'GERD'"), "not-recorded"),
        (condition(text="Dyspepsia"), "not-recorded"),
        (condition("icd-10-cm|K26.4", onsetDateTime="2026-01-10"), "yes"),
        (condition("icd-10-cm|K26.4", onsetDateTime="2025-11-15T12:00:00Z"), "yes"),
        (condition("icd-10-cm|K26.4", onsetDateTime="2025-11-15T11:00:00Z", clinicalStatus="resolved"), "not-recorded"),
        (condition("icd-10-cm|K26.4", onsetDateTime="2025-11-15T11:00:00Z"), "unknown"),  # nobody closed it
        (condition("icd-10-cm|K26.4", onsetDateTime="2025", clinicalStatus="resolved"), "unknown"),
        (condition("icd-10-cm|K26.4", clinicalStatus="resolved",
                   onsetDateTime="2020-01-01", abatementDateTime="2026-05-01"), "yes"),
        (condition("icd-10-cm|K26.4"), "unknown"),  # when?
        (condition("snomed|74474003", onsetDateTime="2026-08-01"), "yes"),
        (condition("icd-10-cm|I85.01", onsetDateTime="2026-08-01"), "yes"),
        (condition(text="Upper GI bleed", onsetDateTime="2026-08-01"), "yes"),
        (condition("icd-10-cm|Z79.01"), "yes"),
        (condition("icd-10-cm|Z79.1"), "yes"),
        (condition("icd-10-cm|Z79.02"), "not-recorded"),  # one of them is no reason
    ],
)  # fmt: skip
def test_a_condition_is_a_reason_or_not_or_it_cannot_be_told(resource: Resource, value: str) -> None:
    assert needed(resource) == value


def test_a_gastrinoma_that_a_tumor_or_its_pathology_names_is_a_reason() -> None:
    assert seen("ppi-needed", condition("icd-10-cm|D3A.8 'Gastrinoma of the pancreas'")) == "yes"
    assert seen("ppi-needed", NET, histology("icd-o-3|8153/3 'Gastrinoma'")) == "yes"


def test_a_gastrinoma_of_the_past_leaves_it_open() -> None:
    assert (
        seen("ppi-needed", condition("icd-10-cm|D3A.8 'Gastrinoma of the pancreas'", clinicalStatus="resolved"))
        == "unknown"
    )


@pytest.mark.parametrize(
    ("drugs", "value"),
    [
        ([request("Apixaban 5 mg")], "yes"),
        ([request("atc|B01AA04")], "yes"),
        ([request("Enoxaparin 40 mg")], "yes"),
        ([request("Apixaban 5 mg", status="stopped")], "not-recorded"),
        ([request("Apixaban 5 mg", status="unknown")], "unknown"),
        ([request("Heparin lock flush 10 units/mL")], "not-recorded"),
        ([request("Aspirin 100 mg")], "not-recorded"),
        ([request("Aspirin 100 mg"), request("Clopidogrel 75 mg")], "yes"),
        ([request("Aspirin 100 mg"), request("Clopidogrel 75 mg", status="stopped")], "not-recorded"),
        ([request("Aspirin 100 mg"), request("Clopidogrel 75 mg", status="unknown")], "unknown"),
        ([request("Clopidogrel 75 mg"), statement("Plavix")], "not-recorded"),
        ([request("atc|B01AC06"), request("atc|B01AC04")], "yes"),
        ([request("Clopidogrel and acetylsalicylic acid")], "yes"),
        ([request("Ibuprofen 600 mg", date="2026-10-01")], "yes"),
        ([request("Ibuprofen 600 mg", date="2026-10-17")], "not-recorded"),
        ([request("Ibuprofen 600 mg", date="2026-10-17T00:00:00Z")], "not-recorded"),
        ([request("Ibuprofen 600 mg", date="2026-10-16T23:59:00Z")], "yes"),
        ([request("Ibuprofen 600 mg", date="2026-10-16")], "yes"),
        ([request("Ibuprofen 600 mg", date="2026-10")], "unknown"),
        ([request("Ibuprofen 600 mg", date="")], "unknown"),
        ([request("atc|M01AE02", date="2026-01-01")], "yes"),
        ([request("atc|M01AX05 'glucosamine'", date="2026-01-01")], "not-recorded"),
        ([request("Diclofenac gel", date="2026-01-01")], "not-recorded"),
        ([dispense("Ibuprofen 600 mg", "2026-11-01")], "not-recorded"),
        ([request("Ibuprofen 600 mg", date="2026-01-01", dosageInstruction=[{"asNeededBoolean": True}])],
         "not-recorded"),
        ([statement("Ibuprofen 600 mg", date="2026-01-01", dosage=[{"asNeededBoolean": False}])], "yes"),
    ],
)  # fmt: skip
def test_a_running_drug_is_a_reason_or_not_or_it_cannot_be_told(drugs: list[Resource], value: str) -> None:
    assert needed(*drugs) == value


def test_no_reason_is_said_after_a_search_of_conditions_and_medications() -> None:
    assert needed() == "not-recorded"
    assert gap("ppi-needed", NET, without=("conditions",)) is Gap.NOT_SEARCHED
    assert gap("ppi-needed", NET, without=KEYS) is Gap.NOT_SEARCHED
    assert needed(condition(text="Barrett esophagus"), without=KEYS) == "yes"


def test_an_antiplatelet_drug_with_a_second_name_is_counted_by_what_it_is() -> None:
    both = concept("atc|B01AC04 'clopidogrel'; rxnorm|32968 'clopidogrel'", text="Plavix 75 mg")
    assert needed(request("", medicationCodeableConcept=both)) == "not-recorded"


def test_the_drafts_of_the_call_do_not_run_yet() -> None:
    written = request("Omeprazole", id="d1", date="2026-11-15")
    assert seen("ppi", written, drafted=drafted(draft("MedicationRequest", text="Omeprazole"))) == "none-recorded"
    assert record(written).chart.find("MedicationRequest/d1") is not None
