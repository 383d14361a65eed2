"""Drugs on the record: which class, running or past, from which resource, since when."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from cds_service.picture.drugs.medications import drugs, line_starts
from tests.charts import (
    Resource,
    administration,
    concept,
    condition,
    dispense,
    gap,
    line,
    nse,
    record,
    request,
    said,
    seen,
    statement,
)

NET = condition("icd-10-cm|C7A.012", id="net")


def ssa(*resources: Resource) -> str:
    return seen("therapy-ssa", NET, *resources)


def names(resource: Resource) -> set[str]:
    return {name for drug in drugs(record(resource)) for name in drug.names}


# --- which drug --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "name"),
    [
        ("rxnorm|7617", "ssa"),
        ("atc|H01CB03", "ssa"),
        ("Somatuline Autogel 120 mg", "ssa"),
        ("rxnorm|1999687", "prrt"),
        ("Lutathera", "prrt"),
        ("atc|L01XA01", "platinum"),
        ("rxnorm|40048", "platinum"),
        ("atc|L01CB01", "etoposide"),
        ("atc|L01XX19", "irinotecan"),
        ("atc|L01CE02", "irinotecan"),
        ("rxnorm|317160", "temozolomide"),
        ("Xeloda", "capecitabine"),
        ("atc|L01XE10 'everolimus'", "everolimus"),
        ("atc|L01EG02", "everolimus"),
        ("Afinitor 10 mg", "everolimus"),
        ("atc|L01XE04", "sunitinib"),
        ("atc|L01EX01", "sunitinib"),
        ("Sutent", "sunitinib"),
        ("atc|L01XE26", "cabozantinib"),
        ("atc|L01EX07", "cabozantinib"),
        ("atc|L01XC32", "pd-l1"),
        ("atc|L01FF05", "pd-l1"),
        ("atc|L01FF99", "pd-l1"),  # of its class
        ("Tecentriq", "pd-l1"),
        ("Imfinzi 500 mg", "pd-l1"),
        ("Keytruda", "pd-l1"),
        ("Opdualag", "pd-l1"),
        ("rxnorm|1919516", "pd-l1"),
        ("rxnorm|1790171", "cabozantinib"),
        ("Cabometyx 40 mg", "cabozantinib"),
        ("Sandostatin LAR Depot", "ssa"),
        ("Signifor", "ssa"),
        ("atc|L01XC07 'bevacizumab'", "other-chemotherapy"),
        ("atc|L01FG01", "other-chemotherapy"),
        ("[177Lu]Lu-DOTATATE", "prrt"),
        ("snomed|781259000", "prrt"),
        ("urn:oid:2.16.840.1.113883.6.88|2555", "platinum"),
        ("urn:oid:2.16.840.1.113883.6.73|L01XA02", "platinum"),
        ("http://fhir.de/CodeSystem/bfarm/atc|L01XA02", "platinum"),
        ("http://hl7.org/fhir/sid/ndc|0078-0646-81 'lanreotide 120 MG per 0.5 ML Prefilled Syringe'", "ssa"),
        ("urn:oid:1.2.3|A17 'Etoposid 100 mg'", "etoposide"),
    ],
)
def test_a_drug_is_known_by_old_and_new_codes_and_by_brand(drug: str, name: str) -> None:
    assert names(request(drug)) == {name}


def test_oxaliplatin_is_no_platinum_of_ours() -> None:
    assert "platinum" not in names(request("Oxaliplatin"))


def test_transplant_everolimus_is_no_treatment_of_a_tumor() -> None:
    assert seen("therapy-systemic", NET, request("atc|L04AH02")) == "none-recorded"


@pytest.mark.parametrize(
    "drug",
    ["Omeprazole", "Biotin", "Apixaban", "Aspirin", "Ibuprofen", "atc|A02BC01", "68Ga-DOTATATE", "Octreotide scan"],
)
def test_other_drugs_and_tracers_are_none_of_ours(drug: str) -> None:
    assert names(request(drug)) == set()


def test_a_drug_is_found_by_reference_contained_or_display() -> None:
    lanreotide = line(Medication="Lanreotide 120 mg", id="m1")
    beside = request("", medicationReference="Medication/m1")
    other = line(Medication="Omeprazole", id="m0")
    inside = request("", medicationReference="#m1", contained=[other, lanreotide])
    shown = request("", medicationReference={"display": "Lanreotide"})
    assert ssa(beside, lanreotide) == ssa(inside) == ssa(shown) == "active"
    assert ssa(request("", medicationReference="Medication/elsewhere")) == "unknown"
    assert ssa(request("")) == "unknown"


def test_several_codes_of_one_drug_are_one_drug() -> None:
    codes = ("http://hl7.org/fhir/sid/ndc|0009-0000-00", "rxnorm|40048 'carboplatin'", "atc|L01XA02", "urn:oid:1.2.3|C")
    assert names(request("", medicationCodeableConcept=concept("; ".join(codes), text="CARBOplatin inj"))) == {
        "platinum"
    }


@pytest.mark.parametrize(
    "target", ["Medication/m1", "https://ehr.example.org/fhir/Medication/m1", "Medication/m1/_history/3"]
)
def test_a_reference_may_be_relative_absolute_or_of_a_version(target: str) -> None:
    lanreotide = line(Medication="atc|H01CB03", id="m1")
    assert ssa(request("", medicationReference=target), lanreotide) == "active"


def test_the_display_names_a_drug_whose_resource_has_no_code() -> None:
    blank = line(Medication="", id="m1")
    shown = {"reference": "Medication/m1", "display": "Lanreotide"}
    assert ssa(request("", medicationReference=shown), blank) == "active"
    assert ssa(request("", medicationReference={"identifier": {"value": "7"}, "display": "Lanreotide"})) == "active"


def test_an_infusion_bag_is_known_by_its_active_ingredients() -> None:
    def bag(code: str, **members: Any) -> set[str]:
        part = {"itemCodeableConcept": concept(code)} | members
        named = line(Medication="Bag 2", id="m1", ingredient=[part])
        medication = record(named, request("", medicationReference="Medication/m1"))
        return {name for drug in drugs(medication) for name in drug.names}

    assert bag("rxnorm|2555") == {"platinum"}
    assert bag("urn:oid:1.2.3|X 'Cisplatin'") == {"platinum"}
    assert bag("rxnorm|2555", isActive=False) == set()


# --- running or past ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (request("Lanreotide"), "active"),
        (statement("Lanreotide"), "active"),
        (request("Lanreotide", status="on-hold"), "past"),
        (request("Lanreotide", status="completed"), "past"),
        (request("Lanreotide", status="stopped"), "past"),
        (statement("Lanreotide", status="completed"), "past"),
        (request("Lanreotide", status="draft"), "none-recorded"),
        (request("Lanreotide", status="entered-in-error"), "none-recorded"),
        (request("Lanreotide", status="cancelled"), "none-recorded"),
        (request("Lanreotide", status="unknown"), "unknown"),
        (statement("Lanreotide", status="on-hold"), "past"),
        (statement("Lanreotide", status="unknown"), "unknown"),
        (administration("Lanreotide", status="unknown"), "unknown"),
        (administration("Lanreotide", ""), "unknown"),
        (administration("Lanreotide", "2026-10"), "unknown"),
        (administration("Lanreotide", "2026-09"), "past"),
        (dispense("Lanreotide", status="on-hold"), "past"),
        (dispense("Lanreotide", status="preparation"), "none-recorded"),
        (request("Lanreotide", doNotPerform=True), "none-recorded"),
        (request("Lanreotide", doNotPerform="true"), "none-recorded"),
        (request("Lanreotide", intent="plan"), "none-recorded"),
        (request("Lanreotide", intent="proposal"), "none-recorded"),
        (request("Lanreotide", intent="option"), "none-recorded"),
        (statement("Lanreotide", status="not-taken"), "none-recorded"),
        (statement("Lanreotide", status="intended"), "none-recorded"),
        (administration("Lanreotide", status="not-done"), "none-recorded"),
        (administration("Lanreotide", status="stopped"), "past"),
        (dispense("Lanreotide", status="declined"), "none-recorded"),
    ],
)
def test_only_what_was_ordered_or_given_counts(resource: Resource, value: str) -> None:
    assert ssa(resource) == value


@pytest.mark.parametrize(("date", "value"), [("2026-10-04T12:00:00Z", "active"), ("2026-10-04T11:59:00Z", "past")])
def test_an_administration_runs_for_42_days(date: str, value: str) -> None:
    assert ssa(administration("Lanreotide", date)) == value


@pytest.mark.parametrize(("date", "value"), [("2026-09-20T12:00:00Z", "active"), ("2026-09-20T11:59:00Z", "past")])
def test_a_cycle_of_prrt_runs_for_56_days(date: str, value: str) -> None:
    assert seen("therapy-systemic", NET, administration("Lutathera", date)) == value


@pytest.mark.parametrize(("days", "value"), [(90, "active"), (60, "past"), (None, "past")])
def test_a_dispense_runs_as_long_as_its_supply(days: int | None, value: str) -> None:
    supply: dict[str, Any] = {"daysSupply": {"value": days}} if days else {}
    assert ssa(dispense("Lanreotide", "2026-09-01", **supply)) == value


def test_a_dispense_without_a_supply_runs_for_42_days() -> None:
    assert ssa(dispense("Lanreotide", "2026-10-05")) == "active"
    assert ssa(dispense("Lanreotide", "")) == "unknown"


@pytest.mark.parametrize(
    "members",
    [
        {"dispenseRequest": {"validityPeriod": {"end": "2026-10-01"}}},
        {"dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"end": "2026-10-01"}}}}]},
    ],
)
def test_a_request_whose_period_is_over_is_past(members: dict[str, Any]) -> None:
    assert ssa(request("Lanreotide", **members)) == "past"


@pytest.mark.parametrize(
    "members",
    [
        {"dispenseRequest": {"validityPeriod": {"end": "2027-10-01"}}},
        {"dispenseRequest": {"validityPeriod": {"start": "2026-01-01"}}},
        {"dosageInstruction": [{"timing": {"repeat": {"frequency": 1}}}]},
    ],
)
def test_a_request_whose_period_goes_on_runs(members: dict[str, Any]) -> None:
    assert ssa(request("Lanreotide", **members)) == "active"


def test_a_statement_whose_period_is_over_is_past() -> None:
    over: dict[str, Any] = {"effectivePeriod": {"start": "2026-01-01", "end": "2026-03-01"}}
    assert ssa(statement("Lanreotide", date="", **over)) == "past"


def test_what_is_on_hold_is_named_as_such() -> None:
    assert said("therapy-ssa", NET, request("Lanreotide", status="on-hold")) == (
        "Lanreotide (request, on-hold), 2026-09-01"
    )


def test_one_running_trace_among_past_ones_is_enough() -> None:
    assert ssa(request("Lanreotide", status="stopped"), administration("Lanreotide", "2026-11-01")) == "active"


# --- lines of chemotherapy ---------------------------------------------------------------------------------------


def starts(*resources: Resource) -> list[str]:
    return [start.when.text for start in line_starts(record(*resources))]


def test_a_line_begins_with_its_earliest_trace() -> None:
    assert starts(administration("Carboplatin", "2026-09-03"), request("Etoposide", date="2026-09-01")) == [
        "2026-09-01"
    ]


@pytest.mark.parametrize(("second", "count"), [("2026-09-29", 1), ("2026-10-01", 2)])
def test_a_gap_of_more_than_90_days_begins_a_new_line(second: str, count: int) -> None:
    assert len(starts(administration("Carboplatin", "2026-07-01"), administration("Carboplatin", second))) == count


def test_targeted_drugs_and_undated_ones_begin_no_line_of_chemotherapy() -> None:
    assert starts(administration("Everolimus", "2026-09-03"), request("Carboplatin", date="")) == []


# --- no drug found -----------------------------------------------------------------------------------------------

THREE_READINGS = (nse(60, date="2026-09-20"), nse(58, date="2026-10-20"), nse(61, date="2026-11-10"))
REST_ON_NO_DRUG = ("therapy-systemic", "therapy-platinum", "therapy-prrt", "ssa-last-depot", "ppi", "ppi-needed",
                   "biotin", "immunotherapy-caution", "nse-confounder", "nse-persistence")  # fmt: skip


@pytest.mark.parametrize("name", REST_ON_NO_DRUG)
def test_where_medications_came_only_in_part_no_drug_is_ruled_out(name: str) -> None:
    torn = {"medication-requests": b'{"resourceType": "Bundle", "total": 5}'}
    assert gap(name, NET, *THREE_READINGS) is None
    assert gap(name, NET, *THREE_READINGS, broken=torn) is Gap.NOT_SEARCHED


@pytest.mark.parametrize("name", REST_ON_NO_DRUG)
def test_a_running_medication_without_a_name_rules_out_no_drug(name: str) -> None:
    assert gap(name, NET, *THREE_READINGS, request("")) is Gap.NOT_READABLE
