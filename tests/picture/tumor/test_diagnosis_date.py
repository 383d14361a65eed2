"""When a tumor was first recorded: dates are intervals, and the earliest of all its Conditions counts."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, condition, gap, said, seen

NAME = "diagnosis-recorded"


def ileum(**members: Any) -> Resource:
    return condition("icd-10-cm|C7A.012 'NET of the ileum'", **members)


def recorded(*resources: Resource) -> str:
    return seen(NAME, *resources)


@pytest.mark.parametrize(("day", "value"), [("2026-09-20", "recent"), ("2026-09-19", "earlier")])
@pytest.mark.parametrize("element", ["onsetDateTime", "recordedDate"])
def test_a_diagnosis_is_new_for_8_weeks(element: str, day: str, value: str) -> None:
    assert recorded(ileum(**{element: f"{day}T12:00:00Z"})) == value


@pytest.mark.parametrize(
    "members",
    [
        {"recordedDate": "2026-11-01", "onsetDateTime": "2019"},
        {"recordedDate": "2019-05-01", "onsetDateTime": "2026-11-01"},
        {"recordedDate": "2026-11-01", "onsetPeriod": {"start": "2019-03"}},
        {"recordedDate": "2026-11-01", "onsetString": "2019"},
        {"recordedDate": "2026-11-01", "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", "valueDateTime": "2019-03-02"}]},
    ],
)  # fmt: skip
def test_the_earliest_date_of_a_condition_counts(members: dict[str, Any]) -> None:
    assert recorded(ileum(**members)) == "earlier"


def test_the_earliest_of_all_conditions_of_the_tumor_counts() -> None:
    copy = ileum(recordedDate="2026-11-10")
    assert recorded(copy, ileum(recordedDate="2025-01-10")) == "earlier"
    assert recorded(copy, condition("icd-10-cm|C7B.02", recordedDate="2025-01-10")) == "earlier"
    assert recorded(copy, ileum(recordedDate="2026-10-20")) == "recent"


@pytest.mark.parametrize(
    ("month", "value"), [("2026-10", "recent"), ("2026-09", "unknown"), ("2026-08", "earlier"), ("2026", "unknown")]
)
def test_a_month_or_year_that_both_allows_decides_nothing(month: str, value: str) -> None:
    assert recorded(ileum(recordedDate=month)) == value
    assert value != "unknown" or gap(NAME, ileum(recordedDate=month)) is Gap.NOT_READABLE


def test_a_diagnosis_without_a_date_is_unknown() -> None:
    assert gap(NAME, ileum()) is Gap.NOT_RECORDED
    assert gap(NAME, ileum(onsetString="in childhood", extension=[{"url": "https://example.org/other"}])) is (
        Gap.NOT_RECORDED
    )


def test_without_a_tumor_there_is_no_date_of_it() -> None:
    assert gap(NAME) is Gap.NOT_RECORDED
    assert gap(NAME, without=("conditions",)) is Gap.NOT_SEARCHED


def test_the_date_that_decided_is_shown() -> None:
    assert said(NAME, ileum(recordedDate="2026-11-10", onsetDateTime="2025-12")) == "NET of the ileum, 2025-12"
