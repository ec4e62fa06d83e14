"""`now()` with its named parts: `now(days=-7)` shifts by a number of units, `now(year=2020)` sets a part."""

import calendar
from datetime import datetime, timedelta

from seuil.odsql import tree
from seuil.odsql.scope import Scope

_SHIFTED = {
    "weeks": timedelta(weeks=1),
    "days": timedelta(days=1),
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
    "milliseconds": timedelta(milliseconds=1),
}
_MONTHS = {"years": 12, "quarters": 3, "months": 1}
_SET = ("year", "month", "day", "hour", "minute", "second")
_EXPECTED = f"now(days=-7) or now(year=2020); parts are {', '.join((*_MONTHS, *_SHIFTED, *_SET))}"


def shifted(now: datetime, node: tree.Call, scope: Scope) -> datetime:
    """The moment, in UTC without a zone, that a call of `now()` means. Raises MalformedQueryError."""
    found = now.replace(tzinfo=None)
    # Parts are set before they are shifted, whatever their order: now(months=-1, day=1) is the first of last month.
    for argument in sorted(node.arguments, key=lambda one: isinstance(one, tree.Named) and one.name not in _SET):
        match argument:
            case tree.Named(part, tree.NumberLiteral(int() as number)) if part in (*_MONTHS, *_SHIFTED, *_SET):
                try:
                    found = _applied(found, part, number)
                except (ValueError, OverflowError):
                    raise scope.refusal(f"now({part}={number}) is no date", argument, _EXPECTED) from None
            case _:
                raise scope.refusal(f"now() has no part {scope.written(argument)}", argument, _EXPECTED)
    return found


def _applied(moment: datetime, part: str, number: int) -> datetime:
    if part in _SHIFTED:
        return moment + number * _SHIFTED[part]
    if part in _MONTHS:
        months = moment.year * 12 + moment.month - 1 + number * _MONTHS[part]
        return _in_month(moment, months // 12, months % 12 + 1)
    match part:
        case "year":
            return _in_month(moment, number, moment.month)
        case "month":
            return _in_month(moment, moment.year, number)
        case "day":
            return moment.replace(day=number)
        case "hour":
            return moment.replace(hour=number)
        case "minute":
            return moment.replace(minute=number)
        case _:
            return moment.replace(second=number, microsecond=0)


def _in_month(moment: datetime, year: int, month: int) -> datetime:
    """The same day in another month, or that month's last day."""
    if not 1 <= year <= 9999:
        raise ValueError("no year")
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
