"""Whether a tumor board has seen the patient."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.picture.charts import Resource, concept, condition, gap, procedure, ref, report, said, seen

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
BREAST = condition("icd-10-cm|C50.911", id="breast")
PROFILE = (
    "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/StructureDefinition/mii-pr-onko-tumorkonferenz"
)


def mdt(*resources: Resource, **options: Any) -> str:
    return seen("mdt", ILEUM, *resources, **options)


def visit(
    text: str = "Tumor board", *, status: str = "finished", start: str = "2026-10-01", **members: Any
) -> Resource:
    period = {"start": start} if start else {}
    return {"resourceType": "Encounter", "status": status, "type": [concept(text=text)], "period": period} | members


def referral(text: str = "Referral to tumor board", *, status: str = "active", **members: Any) -> Resource:
    request = {"resourceType": "ServiceRequest", "status": status, "intent": "order", "authoredOn": "2026-10-01"}
    return request | {"code": concept(text=text)} | members


def plan(**members: Any) -> Resource:
    return {"resourceType": "CarePlan", "status": "active", "intent": "plan", "created": "2026-10-01"} | members


@pytest.mark.parametrize(
    "resource",
    [
        visit(),
        visit("Multidisciplinary team meeting"),
        visit("Interdisziplinäre Tumorkonferenz"),
        visit("", serviceType=concept(text="Tumorboard")),
        visit("", reasonCode=[concept(text="Cancer conference")]),
        visit(status="planned", start="2026-12-01"),
        referral(),
        referral(status="completed"),
        referral("", reasonCode=[concept(text="Tumor board")]),
        procedure("snomed|399414003|Multidisciplinary care conference for cancer care planning", date="2026-10-01"),
        plan(title="Plan of the tumor board"),
        plan(meta={"profile": [PROFILE]}),
        plan(category=[concept(text="Tumorkonferenz")], created=None, period={"start": "2026-10-01"}),
        report("Consult", code=concept("loinc|85232-7")),
    ],
)
def test_visits_referrals_procedures_care_plans_and_notes_of_a_board_are_found(resource: Resource) -> None:
    assert mdt(resource) == "found"


@pytest.mark.parametrize(
    "resource",
    [
        visit("Oncology follow-up"),
        visit("Multidisciplinary team for pain"),
        visit("No tumor board"),
        visit(status="cancelled"),
        visit(status="entered-in-error"),
        visit(start="2025-10-01"),
        referral("Referral to surgery"),
        referral(status="revoked"),
        referral(doNotPerform=True),
        plan(title="Diabetes plan", meta="broken"),
        procedure(text="Tumor board", date="2026-10-01", status="not-done"),
    ],
)
def test_another_visit_or_one_that_was_withdrawn_is_no_board(resource: Resource) -> None:
    assert mdt(resource) == "none-found"


@pytest.mark.parametrize(
    ("start", "value"),
    [("2025-11-15T12:00:00Z", "found"), ("2025-11-15T11:59:59Z", "none-found"), ("2025-11", "unknown")],
)
def test_a_board_counts_for_12_months(start: str, value: str) -> None:
    assert mdt(visit(start=start)) == value


@pytest.mark.parametrize(
    "resource",
    [visit(start=""), visit(status="unknown"), referral(status="draft"), referral(intent="proposal"), visit(status="")],
)
def test_a_board_that_may_have_been_held_or_asked_for_leaves_it_open(resource: Resource) -> None:
    assert gap("mdt", ILEUM, resource) is Gap.NOT_READABLE
    assert mdt(resource, visit()) == "found"


def test_a_finished_visit_of_next_month_is_an_error_in_the_data() -> None:
    assert gap("mdt", ILEUM, visit(start="2026-12-20"), without=("service-requests",)) is Gap.NOT_SEARCHED


def test_a_board_is_of_the_tumor_it_names() -> None:
    of_breast = visit(reasonReference=[ref("Condition/breast")])
    assert seen("mdt", ILEUM, BREAST, of_breast, tumor="Condition/ileum") == "none-found"
    assert seen("mdt", ILEUM, BREAST, of_breast, tumor="Condition/breast") == "found"
    diagnosed = visit(diagnosis=[{"condition": ref("Condition/ileum")}])
    assert seen("mdt", ILEUM, BREAST, diagnosed, tumor="Condition/ileum") == "found"
    assert seen("mdt", ILEUM, BREAST, plan(title="Tumor board", addresses=[ref("Condition/breast")]),
                tumor="Condition/ileum") == "none-found"  # fmt: skip


def test_a_board_that_may_be_of_another_tumor_is_not_guessed() -> None:
    assert gap("mdt", ILEUM, BREAST, visit(), tumor="Condition/ileum") is Gap.NOT_LINKED
    pain = condition(text="Abdominal pain", id="pain")
    assert gap("mdt", ILEUM, pain, visit(reasonReference=[ref("Condition/pain")])) is Gap.NOT_LINKED


def test_no_board_is_said_only_after_a_search() -> None:
    assert mdt() == mdt(without=("encounters",)) == mdt(without=("service-requests",)) == "none-found"
    assert gap("mdt", ILEUM, without=("encounters", "service-requests")) is Gap.NOT_SEARCHED
    assert said("mdt", ILEUM, without=("encounters",)) == "service requests searched, no tumor board found"
    assert said("mdt", ILEUM, visit()) == "tumor board (Encounter, finished), 2026-10-01"
    assert said("mdt", ILEUM, referral()) == "tumor board (referral, active), 2026-10-01"


def test_a_tumor_board_that_was_declined_is_none() -> None:
    assert mdt(visit("Oncology", reasonCode=[concept(text="Patient declined tumor board")])) == "none-found"
