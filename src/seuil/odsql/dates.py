"""Date literals: `date'2017'`, `date'2017-01'`, `date'2018/04/01'`, `date'2017-04-03T08:02:11.5Z'`.

A literal names a span of time, as long as its last part: a year, a month, a day, down to a millisecond.
Times without an offset are those of the query's time zone, UTC by default.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_TEXT = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:(?P<sep>[-/])(?P<month>[0-9]{1,2})"
    r"(?:(?P=sep)(?P<day>[0-9]{1,2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?"
    r"(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?"
)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """The time from `start` up to, but without, `end`."""

    start: datetime
    end: datetime

    @property
    def first_year(self) -> int:
        """The first year that begins in the span or after it: what a field of year precision is compared with."""
        return _year_from(self.start)

    @property
    def year_after(self) -> int:
        """The first year that begins after the span."""
        return _year_from(self.end)


def read_date(text: str, zone: str = "UTC") -> Span:
    """The span that the text of a date literal names, in UTC. Raises ValueError if it names none."""
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a date")
    part = {name: int(value) for name, value in match.groupdict().items() if value and name not in _NOT_NUMBERS}
    start = datetime(
        part["year"],
        part.get("month", 1),
        part.get("day", 1),
        part.get("hour", 0),
        part.get("minute", 0),
        part.get("second", 0),
        int((match["fraction"] or "").ljust(6, "0")),
        tzinfo=_zone(match["offset"], zone),
    )
    try:
        return Span(start.astimezone(UTC), _end(start, match).astimezone(UTC))
    except OverflowError:
        raise ValueError("not a date that can be computed with") from None


_NOT_NUMBERS = ("sep", "fraction", "offset")


def _zone(offset: str | None, zone: str) -> tzinfo:
    if offset is None:
        return UTC if zone == "UTC" else ZoneInfo(zone)
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:])))


def _end(start: datetime, match: re.Match[str]) -> datetime:
    if match["month"] is None:
        return _LAST if start.year == _LAST.year else start.replace(year=start.year + 1)
    if match["day"] is None:
        if start.month < 12:
            return start.replace(month=start.month + 1)
        return _LAST if start.year == _LAST.year else start.replace(year=start.year + 1, month=1)
    if match["hour"] is None:
        length = timedelta(days=1)
    elif match["second"] is None:
        length = timedelta(minutes=1)
    elif match["fraction"] is None:
        length = timedelta(seconds=1)
    else:
        length = timedelta(milliseconds=1)
    return start + length if start < _LAST - length else _LAST


def _year_from(moment: datetime) -> int:
    begins = datetime(moment.year, 1, 1, tzinfo=UTC)
    return moment.year if moment == begins else moment.year + 1
