"""FHIR dates as intervals: `2026-09` is the whole of September, a time without zone that time anywhere.

Does not guess: what is no FHIR date is None, and a window that one end passes and the other does not is undecided.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?)?)?"
)
LONG_AGO = datetime.min.replace(tzinfo=UTC)  # where what has no date stands among what has one
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)  # the zones of the world, from UTC


@dataclass(frozen=True, slots=True, order=True)
class When:
    """The interval of instants a date may mean; both ends belong to it.

    Attributes:
        earliest, latest: ends, with zone.
        text: the date as people read it (to the day at most).
        written: a time without zone as if it were in that of the call; None for all else.
    """

    earliest: datetime
    latest: datetime
    text: str
    written: datetime | None = field(default=None, compare=False)

    @property
    def order(self) -> datetime:
        """Where it stands among other dates: its beginning, a time without zone as it is written."""
        return self.written or self.earliest

    def through(self, end: When) -> When:
        """The interval from this date through a later one."""
        text = self.text if self.text[:10] == end.text[:10] else f"{self.text} to {end.text}"
        return When(self.earliest, max(self.latest, end.latest), text, self.written)

    def is_before(self, moment: datetime) -> bool | None:
        """True if all of it lies before the moment, False if none does, None if it cannot be told."""
        if self.latest < moment:
            return True
        return False if self.earliest >= moment else None

    def within_days(self, days: float, of: datetime) -> bool | None:
        """Whether it lies in the window of so many days that ends at `of` (inclusive at its far end)."""
        started = self.is_before(of - timedelta(days=days))
        return None if started is None else not started


def parse(text: object, zone: tzinfo | None = None) -> When | None:
    """Reads date, dateTime and instant, also with a blank for T, without seconds or with +0000; else None.

    Without a zone of the call a day is that of UTC, and a time that names no zone spans all zones.
    """
    match = _DATE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        return None
    try:
        return _interval(match, zone)
    except (ValueError, OverflowError):
        return None


def _interval(match: re.Match[str], zone: tzinfo | None) -> When:
    year, month, day = (int(match[part]) if match[part] else None for part in ("year", "month", "day"))
    assert year is not None
    start = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=zone or UTC)
    if match["hour"] is not None:
        second = int(match["second"] or 0)
        moment = start.replace(
            hour=int(match["hour"]),
            minute=int(match["minute"]),
            second=59 if second == 60 else second,  # a leap second
            tzinfo=_zone(match, zone or UTC),
        )
        text = match.string.strip()[:10]
        if match["zone"] is None and zone is None:
            return When(moment - _EAST, moment + _WEST, text, moment)
        return When(moment, moment, text)
    return When(start, _after(start, month, day) - timedelta(microseconds=1), match.string.strip())


def _zone(match: re.Match[str], zone: tzinfo) -> tzinfo:
    text = match["zone"]
    if text is None:
        return zone
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def _after(start: datetime, month: int | None, day: int | None) -> datetime:
    if month is None:
        return start.replace(year=start.year + 1)
    if day is None:
        return start.replace(year=start.year + month // 12, month=month % 12 + 1)
    return start + timedelta(days=1)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier (the last day of a shorter month)."""
    index = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(index, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)
