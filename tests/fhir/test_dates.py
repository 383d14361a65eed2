"""Dates as intervals: partial dates, zones, windows that one end passes, and calendar arithmetic."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir.dates import When, months_before, parse

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def when(text: str) -> When:
    found = parse(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", datetime(2026, 1, 1), datetime(2027, 1, 1)),
        ("2026-09", datetime(2026, 9, 1), datetime(2026, 10, 1)),
        ("2026-12", datetime(2026, 12, 1), datetime(2027, 1, 1)),
        ("2024-02", datetime(2024, 2, 1), datetime(2024, 3, 1)),
        ("2026-09-30", datetime(2026, 9, 30), datetime(2026, 10, 1)),
        (" 2026-12-31 ", datetime(2026, 12, 31), datetime(2027, 1, 1)),
    ],
)
def test_a_partial_date_is_all_it_may_mean(text: str, start: datetime, end: datetime) -> None:
    assert parse(text) == When(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC) - TICK, text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-05T10:30:00Z",
        "2026-09-05T10:30:00.123Z",
        "2026-09-05T10:30Z",
        "2026-09-05 10:30:00Z",
        "2026-09-05T10:30:00 Z",
        "2026-09-05T12:30:00+02:00",
        "2026-09-05T12:30:00+0200",
        "2026-09-05T07:00:00-03:30",
    ],
)
def test_a_time_is_one_moment_however_it_is_written(text: str) -> None:
    moment = datetime(2026, 9, 5, 10, 30, tzinfo=UTC)
    assert parse(text) == When(moment, moment, "2026-09-05")


def test_a_time_without_zone_is_that_time_anywhere_on_earth() -> None:
    found = when("2026-09-05T10:30:00")
    assert found.earliest == datetime(2026, 9, 4, 20, 30, tzinfo=UTC)  # in UTC+14
    assert found.latest == datetime(2026, 9, 5, 22, 30, tzinfo=UTC)  # in UTC-12
    assert (found.text, found.order) == ("2026-09-05", datetime(2026, 9, 5, 10, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("2026-11-02T02:00:00", True),  # even in UTC+14
        ("2026-11-02T01:59:59", None),
        ("2026-11-01T00:00:00", None),
        ("2026-10-31T23:59:59", False),  # even in UTC-12
    ],
)
def test_a_window_that_a_time_without_zone_passes_in_some_zones_is_undecided(text: str, inside: bool | None) -> None:
    assert when(text).within_days(14, NOW) is inside


def test_dates_are_ordered_by_their_beginning_and_a_time_without_zone_as_written() -> None:
    texts = ["2026-09", "2026-09-04T20:00:00Z", "2026-09-05", "2026-09-05T10:30:00", "2026-09-05T11:00:00Z"]
    assert sorted(texts, key=lambda text: when(text).order) == texts


def test_a_leap_second_is_the_last_second_of_its_minute() -> None:
    assert when("2016-12-31T23:59:60Z").earliest == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_what_has_no_zone_is_taken_in_the_zone_of_the_call() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    day, moment = parse("2026-07-01", berlin), parse("2026-07-01T08:00:00", berlin)
    assert day is not None
    assert moment is not None
    assert day.earliest == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert moment.earliest == datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        ["2026"],
        "",
        "yesterday",
        "26-09-05",
        "05.09.2026",
        "2026-9-5",
        "2026-13",
        "2026-00",
        "2026-02-30",
        "2025-02-29",
        "0000",
        "9999",
        "9999-12",
        "9999-12-31",
        "2026-09-05T24:00:00Z",
        "2026-09-05T10:61:00Z",
        "2026-09-05T10:30:61Z",
        "2026-09-05T10:30:00+25:00",
        "2026-09-05T",
        "2026-09-05Z",
        "2026-09-05\n2026-09-06",
    ],
)
def test_what_is_no_fhir_date_is_none(value: object) -> None:
    assert parse(value) is None


def test_a_date_before_the_moment_is_before_and_one_around_it_is_undecided() -> None:
    assert when("2026-11-14").is_before(NOW) is True
    assert when("2026-11-15").is_before(NOW) is None
    assert when("2026-11").is_before(NOW) is None
    assert when("2026-11-16").is_before(NOW) is False


def test_the_ends_of_the_interval_belong_to_it() -> None:
    moment = when("2026-11-15T12:00:00Z")
    assert moment.is_before(NOW) is False
    assert moment.is_before(NOW + TICK) is True


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("2026-11-01T12:00:00Z", True),
        ("2026-11-01T11:59:59Z", False),
        ("2026-11-02", True),
        ("2026-11-01", None),
        ("2026-10-31", False),
        ("2026-11", None),
        ("2026-10", False),
        ("2026", None),
    ],
)
def test_a_window_of_14_days_that_one_end_passes_is_undecided(text: str, inside: bool | None) -> None:
    assert when(text).within_days(14, NOW) is inside


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        (date(2026, 11, 15), 12, date(2025, 11, 15)),
        (date(2026, 11, 15), 11, date(2025, 12, 15)),
        (date(2026, 11, 15), 10, date(2026, 1, 15)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 29), 1, date(2026, 2, 28)),
        (date(2026, 3, 28), 1, date(2026, 2, 28)),
        (date(2026, 5, 31), 1, date(2026, 4, 30)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 1), 0, date(2026, 1, 1)),
        (date(2026, 1, 27), 1, date(2025, 12, 27)),
    ],
)
def test_months_before_keeps_the_day_or_takes_the_last_of_a_shorter_month(
    moment: date, months: int, expected: date
) -> None:
    at_noon = datetime(moment.year, moment.month, moment.day, 12, tzinfo=UTC)
    assert months_before(at_noon, months) == datetime(expected.year, expected.month, expected.day, 12, tzinfo=UTC)


@given(moment=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)), months=st.integers(0, 240))
def test_months_before_goes_back_by_that_many_months_and_never_lands_in_a_later_one(
    moment: datetime, months: int
) -> None:
    earlier = months_before(moment, months)
    assert (moment.year * 12 + moment.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day <= moment.day


@given(
    day=st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)),
    zone=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_a_day_lies_within_its_month_and_its_year(day: date, zone: timezone) -> None:
    year, month, exact = (parse(day.isoformat()[:length], zone) for length in (4, 7, 10))
    assert year is not None
    assert month is not None
    assert exact is not None
    assert year.earliest <= month.earliest <= exact.earliest < exact.latest <= month.latest <= year.latest
    assert exact.latest - exact.earliest == DAY - TICK


@given(day=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), days=st.integers(0, 1000))
def test_what_is_decided_of_a_month_is_decided_alike_of_its_days(day: date, days: int) -> None:
    month, exact = when(day.isoformat()[:7]), when(day.isoformat())
    assert month.within_days(days, NOW) in (None, exact.within_days(days, NOW))


@given(st.text(alphabet="0123456789-T:+Z. ", max_size=30))
def test_no_text_raises(text: str) -> None:
    found = parse(text)
    assert found is None or found.earliest <= found.latest
