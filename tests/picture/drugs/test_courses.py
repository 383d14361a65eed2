"""When a drug ran: starts, ends and statuses of the four medication resources."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cds_service.picture.drugs.courses import Running, course_of, day_end, day_start, running, supplied_days
from cds_service.picture.drugs.medications import entries
from tests.charts import Resource, administration, dispense, record, request, statement

HELD = record()


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ran(resource: Resource, first: str, last: str = "") -> bool | None:
    [entry] = entries(record(resource))
    return course_of(entry.resource, HELD).ran(day_start(day(first), HELD), day_end(day(last or first), HELD))


def period(start: str = "", end: str = "") -> dict[str, Any]:
    return {"effectivePeriod": ({"start": start} if start else {}) | ({"end": end} if end else {})}


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        (request("X", date="2026-09-01"), True),
        (request("X", date="2026-10-01"), True),
        (request("X", date="2026-10-02"), False),  # ordered the day after
        (request("X", date="2026-10"), None),
        (request("X", date=""), None),  # runs today, since when is not recorded
        (request("X", date="2026-09-01", status="stopped"), None),  # some day since
        (request("X", date="2026-10-01", status="stopped"), True),  # it began that day
        (request("X", date="2026-10-02", status="stopped"), False),
        (request("X", date="", status="stopped"), None),
        (request("X", date="2026-09-01", status="on-hold"), None),
        (request("X", date="2026-09-01", status="completed"), None),
        (request("X", date="2026-09-01", status="unknown"), None),
        (request("X", date="2026-10-02", status="unknown"), False),
        (statement("X", date="2026-09-01"), True),
        (statement("X", date="", **period("2026-09-01")), True),
        (statement("X", date="", **period("2026-09-01", "2026-09-30")), False),
        (statement("X", date="", **period("2026-09-01", "2026-10-01")), True),
        (statement("X", date="", **period("2026-09-01", "2026-10")), True),
        (statement("X", date="", status="completed", **period("2026-09-01", "2026-10-05")), True),
        (statement("X", date="", status="completed", **period("2026-09-01", "2026-09-05")), False),
        (statement("X", date="", status="stopped", **period("2026-09-01", "2026-10-05")), None),
        (statement("X", date="", status="stopped", **period("2026-09-01", "2026-09-05")), False),
        (statement("X", date="", dateAsserted="2026-09-01"), True),
        (statement("X", date="", dateAsserted="2026-11-01"), None),  # when it began is not said
        (administration("X", "2026-10-01"), True),
        (administration("X", "2026-09-30"), False),
        (administration("X", "", **period("2026-09-29", "2026-10-01")), True),
        (administration("X", ""), None),
        (dispense("X", "2026-09-01"), True),
        (dispense("X", "2026-08-15"), False),
        (dispense("X", "2026-08-15", daysSupply={"value": 60}), True),
        (dispense("X", ""), None),
        (dispense("X", "", whenPrepared="2026-12-24"), False),
    ],
)
def test_a_drug_ran_on_the_first_of_october_or_not_or_it_cannot_be_told(
    resource: Resource, answer: bool | None
) -> None:
    assert ran(resource, "2026-10-01") is answer


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_leave_room_to_count(moment: str) -> None:
    assert 999 < day_start(day(moment), HELD).year < day_end(day(moment), HELD).year + 1 < 9002


def test_an_end_within_the_day_asked_for_is_not_decided_by_its_hour() -> None:
    assert ran(statement("X", date="", **period("2026-09-01", "2026-10")), "2026-10-20") is None


@pytest.mark.parametrize(
    ("supply", "days"),
    [
        ({"value": 30}, 30),
        ({"value": 30, "unit": "days"}, 30),
        ({"value": 4, "unit": "weeks", "code": "wk"}, 28),
        ({"value": 3, "code": "mo"}, 90),
        ({"value": 30, "unit": "tablets"}, 42),
        ({"value": "many"}, 42),
        ({"value": -100000000000}, 0),
        ({"value": 100000000000}, 3650),
        (None, 42),
    ],
)
def test_a_supply_lasts_its_days_else_as_long_as_any_drug(supply: Resource | None, days: int) -> None:
    [entry] = entries(record(dispense("X", daysSupply=supply)))
    assert supplied_days(entry.resource, HELD) == days


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (request("X", date="2026-11-15"), Running.ACTIVE),  # today
        (request("X", date="2026-11-16T01:00:00Z"), Running.ACTIVE),  # by a clock that is ahead
        (request("X", date=""), Running.ACTIVE),
        (request("X", status=""), Running.UNCLEAR),
        (request("X", status="unknown"), Running.UNCLEAR),
        (request("X", status="stopped", date="2026-11-15"), Running.PAST),
        (request("X", dispenseRequest={"validityPeriod": {"end": "2026-10-01"}}), Running.PAST),
        (request("X", status="stopped"), Running.PAST),
        (statement("X", status="unknown"), Running.UNCLEAR),
        (statement("X", date="", **period("2026-01-01", "2026-11")), Running.UNCLEAR),
        (statement("X", date="", **period("2026-01-01", "2026-10")), Running.PAST),
        (administration("X", "2026-10"), Running.UNCLEAR),
        (administration("X", ""), Running.UNCLEAR),
        (administration("X", "", status="in-progress", **period("2026-11-14")), Running.ACTIVE),
        (administration("X", status="unknown"), Running.UNCLEAR),
        (administration("X", status="on-hold"), Running.PAST),
        (administration("X", "", **period("2026-01-01", "2026-10-30")), Running.ACTIVE),
        (dispense("X", "2026-10"), Running.UNCLEAR),
        (dispense("X", status="on-hold"), Running.PAST),
        (dispense("X", status="stopped"), Running.PAST),
        (dispense("X", "", status="in-progress"), Running.UNCLEAR),
    ],
)
def test_a_drug_runs_now_or_not_or_it_cannot_be_told(resource: Resource, value: Running) -> None:
    [entry] = entries(record(resource))
    assert running(entry.resource, 42, HELD) is value


@pytest.mark.parametrize(
    ("dosages", "value"),
    [
        (["2026-10-01"], Running.PAST),
        (["2026-10-01", "2027-01-01"], Running.ACTIVE),
        (["2026-10-01", ""], Running.ACTIVE),
        (["2026-10-01", "2026-09-01"], Running.PAST),
    ],
)
def test_a_request_ends_with_the_last_of_its_dosages(dosages: list[str], value: Running) -> None:
    bounds = [{"timing": {"repeat": {"boundsPeriod": {"end": end}} if end else {}}} for end in dosages]
    [entry] = entries(record(request("X", dosageInstruction=bounds)))
    assert running(entry.resource, 42, HELD) is value
