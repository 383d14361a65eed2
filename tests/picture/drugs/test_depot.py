"""The last depot of a somatostatin analog: to 28 days before the planned day, over 28 days, or not known."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from cds_service.picture.orders import Draft
from tests.charts import (
    Resource,
    administration,
    condition,
    dispense,
    draft,
    drafted,
    gap,
    procedure,
    request,
    said,
    seen,
    statement,
)

NET = condition("icd-10-cm|C7A.012", id="net")
BREAST = condition("icd-10-cm|C50.911", id="breast")
KEYS = ("medication-requests", "medication-statements")


def depot(*resources: Resource, **options: Any) -> str:
    return seen("ssa-last-depot", NET, *resources, **options)


def prrt(kind: str = "MedicationRequest", text: str = "Lutathera", **members: Any) -> tuple[Draft, ...]:
    return drafted(draft(kind, text=text, **members))


@pytest.mark.parametrize(
    ("date", "value"),
    [
        ("2026-10-18", "to-28-days"),
        ("2026-10-17", "over-28-days"),
        ("2026-10-18T23:00:00Z", "to-28-days"),
        ("2026-10-17T01:00:00Z", "over-28-days"),
        ("2026-11-15", "to-28-days"),
        ("2026-10", "unknown"),
        ("2026-09", "over-28-days"),
        ("2024-01-01", "over-28-days"),
    ],
)
def test_the_28th_day_still_counts(date: str, value: str) -> None:
    assert depot(administration("Lanreotide 120 mg", date)) == value


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (administration("Sandostatin LAR 30 mg"), "to-28-days"),
        (administration("Octreotide LAR"), "to-28-days"),
        (administration("Somatuline Autogel"), "to-28-days"),
        (administration("Signifor LAR 40 mg"), "to-28-days"),
        (administration("atc|H01CB03"), "to-28-days"),
        (dispense("Lanreotide 120 mg"), "to-28-days"),
        (procedure(text="Injection of lanreotide 120 mg", date="2026-11-05"), "to-28-days"),
        (administration("Lanreotide", status="stopped"), "to-28-days"),  # a part was given
        (administration("Lanreotide", status="in-progress"), "to-28-days"),
        (administration("Lanreotide", status="not-done"), "none-recorded"),
        (administration("Lanreotide", status="unknown"), "unknown"),
        (dispense("Lanreotide", status="on-hold"), "unknown"),
        (administration("Octreotide 100 ug subcutaneous"), "none-recorded"),
        (administration("Mycapssa"), "none-recorded"),
        (administration("rxnorm|7617"), "unknown"),  # depot or not
        (administration("rxnorm|7617", "2026-09-01"), "unknown"),
        (administration("Lanreotide", ""), "unknown"),
        (request("Lanreotide 120 mg"), "unknown"),
        (statement("Lanreotide 120 mg"), "unknown"),
        (request("Lanreotide 120 mg", status="stopped"), "unknown"),
        (request("rxnorm|7617"), "unknown"),
        (request("Lanreotide 120 mg", intent="plan"), "none-recorded"),
        (request("Everolimus"), "none-recorded"),
    ],
)
def test_only_a_dated_dose_of_a_depot_counts(resource: Resource, value: str) -> None:
    assert depot(resource) == value


def test_the_newest_dose_decides() -> None:
    old, new = administration("Lanreotide", "2026-09-01"), administration("Lanreotide", "2026-11-05")
    assert depot(old, new) == depot(new, old) == "to-28-days"
    assert depot(old, administration("Lanreotide", "2026-10-10")) == "over-28-days"
    assert depot(old, administration("Lanreotide", "")) == "unknown"  # it may be the newest
    assert depot(old, administration("rxnorm|7617", "2026-11-05")) == "unknown"
    assert depot(old, request("Lanreotide")) == "over-28-days"


def test_the_evidence_names_dose_and_day_it_is_counted_to() -> None:
    text = said("ssa-last-depot", NET, administration("Lanreotide 120 mg", "2026-11-05"))
    assert text == "Lanreotide 120 mg (administration, completed), 2026-11-05; counted to 2026-11-15"


# --- to which day ------------------------------------------------------------------------------------------------

GIVEN = administration("Lanreotide 120 mg", "2026-11-05")


@pytest.mark.parametrize(
    ("members", "value"),
    [
        ({}, "to-28-days"),
        ({"dosageInstruction": [{"timing": {"event": ["2026-12-03"]}}]}, "to-28-days"),
        ({"dosageInstruction": [{"timing": {"event": ["2026-12-04"]}}]}, "over-28-days"),
        ({"dosageInstruction": [{"timing": {"event": ["tomorrow"]}}]}, "to-28-days"),
        ({"dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"start": "2026-12-04"}}}}]}, "over-28-days"),
        ({"dosageInstruction": [{"timing": {"repeat": {"frequency": 1}}}]}, "to-28-days"),
        ({"dispenseRequest": {"validityPeriod": {"start": "2026-12-04"}}}, "over-28-days"),
        ({"dispenseRequest": {"quantity": {"value": 1}}}, "to-28-days"),
        ({"dosageInstruction": [{"timing": {"event": ["2026-12-04", "2026-11-20"]}}]}, "to-28-days"),
        ({"dosageInstruction": [{"timing": {"event": ["2026-12"]}}]}, "unknown"),
        ({"dosageInstruction": [{"timing": {"event": ["2026-11-01"]}}]}, "to-28-days"),  # a day that is over
    ],
)
def test_it_is_counted_to_the_planned_day_of_the_order(members: dict[str, Any], value: str) -> None:
    assert depot(GIVEN, drafted=prrt(**members)) == value


@pytest.mark.parametrize(
    "members",
    [
        {"occurrenceDateTime": "2026-12-04"},
        {"occurrencePeriod": {"start": "2026-12-04"}},
        {"occurrenceTiming": {"event": ["2026-12-04"]}},
    ],
)
def test_a_planned_service_says_its_day(members: dict[str, Any]) -> None:
    assert depot(GIVEN, drafted=prrt("ServiceRequest", "PRRT", **members)) == "over-28-days"


def test_the_day_of_another_order_is_not_that_of_the_radionuclide() -> None:
    scan = drafted(draft("ServiceRequest", text="CT abdomen", occurrenceDateTime="2026-12-24"))
    assert depot(GIVEN, drafted=scan) == "to-28-days"


# --- whose, and where it was looked for --------------------------------------------------------------------------


def test_a_depot_for_another_disease_blocks_the_receptors_too() -> None:
    for_acromegaly = administration("Lanreotide", reasonCode="Acromegaly")
    assert depot(for_acromegaly) == "to-28-days"
    assert seen("therapy-ssa", NET, for_acromegaly) == "none-recorded"


def test_a_tumor_that_no_analog_is_given_for_has_none() -> None:
    assert seen("ssa-last-depot", NET, BREAST, GIVEN, tumor="Condition/net") == "to-28-days"
    assert seen("ssa-last-depot", NET, BREAST, GIVEN, tumor="Condition/breast") == "none-recorded"
    assert seen("ssa-last-depot", BREAST, GIVEN) == "to-28-days"


def test_without_a_tumor_the_dose_is_seen_all_the_same() -> None:
    assert seen("ssa-last-depot", GIVEN) == "to-28-days"


def test_none_is_said_after_a_search_alone() -> None:
    assert depot() == "none-recorded"
    assert gap("ssa-last-depot", NET, without=KEYS) is Gap.NOT_SEARCHED
    assert gap("ssa-last-depot", NET, request("")) is Gap.NOT_READABLE
    assert gap("ssa-last-depot", NET, request("Lanreotide")) is Gap.NOT_RECORDED
    assert depot(GIVEN, without=KEYS) == "to-28-days"
