"""What besides a tumor may raise NSE at its draw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_service.fhir.codes import CodeBook
from cds_service.fhir.dates import parse
from cds_service.guideline.concepts import CodeLine, Concept
from cds_service.guideline.features import Gap
from cds_service.picture.nse_confounders import confounder_feature, ppi_running_at
from cds_service.picture.nse_readings import nse_series
from cds_service.picture.record import Record
from tests.picture.charts import (
    Resource,
    condition,
    dispense,
    feature,
    gap,
    guideline,
    nse,
    procedure,
    record,
    request,
    said,
    seen,
    statement,
)

NAME = "nse-confounder"
DRAW = nse()  # 2026-11-10


def confounders(*resources: Resource) -> str:
    return seen(NAME, DRAW, *resources)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (condition("icd-10-cm|N18.6"), "kidney-failure"),
        (condition(text="End-stage renal disease"), "kidney-failure"),
        (condition("icd-10-cm|K72.10"), "liver-failure"),
        (condition("snomed|59927004"), "liver-failure"),
        (condition(text="Akutes Leberversagen"), "liver-failure"),
        (condition("icd-10-cm|D59.1"), "hemolytic-anemia"),
        (condition("icd-10|D55.0"), "hemolytic-anemia"),
        (condition(text="Autoimmune hemolytic anemia"), "hemolytic-anemia"),
        (condition("icd-10-cm|A81.01"), "dementia"),
        (condition(text="Rapidly progressive dementia"), "dementia"),
    ],
)
def test_a_recorded_condition_is_a_confounder(resource: Resource, expected: str) -> None:
    assert confounders(resource) == expected


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|N18.30"),  # stage 3
        condition("icd-10-cm|K74.60"),  # cirrhosis
        condition("icd-10-cm|D50.9"),  # iron deficiency
        condition("icd-10-cm|G30.9"),  # Alzheimer
        condition(text="Sickle cell trait"),
        condition(text="No liver failure"),
        condition("icd-10-cm|K72.10", verification="provisional"),
        condition("icd-10-cm|K72.10", verification="refuted"),
    ],
)
def test_what_is_milder_denied_or_only_suspected_is_none(resource: Resource) -> None:
    assert confounders(resource) == "none-recorded"


def test_several_confounders_stand_together() -> None:
    found = condition("icd-10-cm|N18.6"), condition("icd-10-cm|D59.1"), condition("icd-10-cm|N18.5")
    assert confounders(*found) == "hemolytic-anemia kidney-failure"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"onsetDateTime": "2026-11-10"}, "liver-failure"),
        ({"onsetDateTime": "2026-11-11"}, "none-recorded"),
        ({"onsetDateTime": "2026-11"}, "unknown"),
        ({"status": "resolved", "abatementDateTime": "2026-11-10"}, "liver-failure"),
        ({"status": "resolved", "abatementDateTime": "2026-11-09"}, "none-recorded"),
        ({"status": "resolved", "abatementPeriod": {"end": "2026-11-12"}}, "liver-failure"),
        ({"status": "resolved", "abatementDateTime": "2026-11"}, "unknown"),
        ({"status": "resolved"}, "unknown"),  # when it ended is not recorded
        ({"status": "resolved", "onsetDateTime": "2026-11-12"}, "none-recorded"),
        ({"status": ""}, "liver-failure"),
    ],
)
def test_a_condition_counts_that_was_there_at_the_draw(members: dict[str, Any], expected: str) -> None:
    assert confounders(condition("icd-10-cm|K72.10", **members)) == expected


def test_a_doubtful_one_beside_a_certain_one_stays_open() -> None:
    certain, doubtful = condition("icd-10-cm|N18.6"), condition("icd-10-cm|K72.10", status="resolved")
    assert confounders(certain, doubtful) == "kidney-failure unknown"
    assert gap(NAME, DRAW, certain, doubtful) is Gap.NOT_READABLE
    again = condition("icd-10-cm|N18.5", status="resolved")
    assert confounders(certain, again) == "kidney-failure"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-11-09", "kidney-failure"),
        ("2026-08-12", "kidney-failure"),
        ("2026-08-11", "none-recorded"),
        ("2026-11-12", "none-recorded"),
        ("2026-08", "unknown"),
        ("", "none-recorded"),
    ],
)
def test_dialysis_as_a_procedure_counts_for_90_days(date: str, expected: str) -> None:
    assert confounders(procedure(text="Hemodialysis", date=date)) == expected
    assert confounders(procedure(text="Hemodialysis", date=date, status="not-done")) == "none-recorded"


def test_the_draw_is_that_of_the_newest_reading() -> None:
    ended = condition("icd-10-cm|K72.10", status="resolved", abatementDateTime="2026-10-01")
    assert seen(NAME, ended, nse(date="2026-09-20")) == "liver-failure"
    assert seen(NAME, ended, nse(date="2026-09-20"), DRAW) == "none-recorded"
    assert seen(NAME, condition("icd-10-cm|N18.6"), nse(date="2024-09-20")) == "kidney-failure"
    assert "N18.6" not in said(NAME, DRAW)


def test_without_an_nse_there_is_nothing_to_confound() -> None:
    assert seen(NAME, condition("icd-10-cm|N18.6")) == "none-recorded"
    assert gap(NAME, condition("icd-10-cm|N18.6"), without=("nse",)) is Gap.NOT_SEARCHED
    assert gap(NAME, nse(date="")) is Gap.NOT_READABLE


def test_none_is_said_only_after_conditions_and_medications_were_searched() -> None:
    assert confounders() == "none-recorded"
    assert gap(NAME, DRAW, without=("conditions",)) is Gap.NOT_SEARCHED
    assert gap(NAME, DRAW, without=("medication-requests", "medication-statements")) is Gap.NOT_SEARCHED
    assert gap(NAME, DRAW, without=("medication-requests",)) is None
    assert feature(NAME, DRAW).evidence[0].text.startswith("Conditions and medications searched")


# --- proton pump inhibitors --------------------------------------------------------------------------------------


def with_ppi(*resources: Resource) -> Record:
    """The record of a call, read with a list of proton pump inhibitors."""
    ppi = Concept("treatments/ppi", "PPI", (CodeLine("atc", "A02BC01", "omeprazole"),))
    knowledge = guideline().knowledge
    return replace(record(*resources), book=CodeBook([*knowledge.concepts.values(), ppi], knowledge.systems))


OMEPRAZOLE = "atc|A02BC01"


def ran(*resources: Resource) -> list[bool]:
    draw = parse("2026-11-10")
    assert draw is not None
    return [certain for certain, _ in ppi_running_at(draw, with_ppi(*resources))]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (request(OMEPRAZOLE), [True]),
        (request(OMEPRAZOLE, date="2026-11-10"), [True]),
        (request(OMEPRAZOLE, date="2026-11-11"), []),
        (request(OMEPRAZOLE, date="2026-11"), [False]),
        (request(OMEPRAZOLE, date=""), [False]),
        (request(OMEPRAZOLE, status="stopped"), [False]),  # when it was stopped is not recorded
        (request(OMEPRAZOLE, status="cancelled"), []),
        (request(OMEPRAZOLE, intent="plan"), []),
        (request(OMEPRAZOLE, doNotPerform=True), []),
        (request(OMEPRAZOLE, dispenseRequest={"validityPeriod": {"end": "2026-11-10"}}), [True]),
        (request(OMEPRAZOLE, dispenseRequest={"validityPeriod": {"end": "2026-11-09"}}), []),
        (request(OMEPRAZOLE, dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"end": "2026-11-01"}}}}]), []),
        (statement(OMEPRAZOLE), [True]),
        (
            statement(OMEPRAZOLE, status="completed", effectivePeriod={"start": "2026-09-01", "end": "2026-12-01"}),
            [True],
        ),
        (statement(OMEPRAZOLE, status="completed", effectivePeriod={"start": "2026-09-01", "end": "2026-10-01"}), []),
        (dispense(OMEPRAZOLE, "2026-10-01", daysSupply={"value": 40}), [True]),
        (dispense(OMEPRAZOLE, "2026-10-01", daysSupply={"value": 39}), []),
        (dispense(OMEPRAZOLE, "2026-10-01", daysSupply={"value": 1e11}), [True]),
        (dispense(OMEPRAZOLE, "2026-10-01"), [True]),
        (dispense(OMEPRAZOLE, "2026-09-01"), []),
        (dispense(OMEPRAZOLE, ""), [False]),
        (request("Metformin"), []),
    ],
)
def test_a_ppi_counts_that_ran_on_the_day_of_the_draw(resource: Resource, expected: list[bool]) -> None:
    assert ran(resource | {"effectiveDateTime": None} if "effectivePeriod" in resource else resource) == expected


def test_a_running_ppi_is_a_confounder() -> None:
    of = with_ppi(DRAW, request(OMEPRAZOLE))
    assert confounder_feature(nse_series(of), of).shown == "ppi"
    doubtful = with_ppi(DRAW, request(OMEPRAZOLE, status="stopped"))
    assert confounder_feature(nse_series(doubtful), doubtful).shown == "unknown"
