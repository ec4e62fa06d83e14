"""The meaning of `range()` in a group_by: equal widths, intervals of time, or bounds of the query's choice.

| call | groups |
|---|---|
| `range(n, 15)` of whole numbers | `[0, 14]`, `[15, 29]` |
| `range(x, 0.5)` | `[0, 0.5[`, `[0.5, 1[` |
| `range(d, 1 month)` | `[2024-01-01T00:00:00.000Z, 2024-02-01T00:00:00.000Z[` |
| `range(n, *, 20, 25, *)`, `range(n, ]20, 25[)` | `[*, 19]`, `[20, 24]`, `[25, *]` |
| `range(n, [20, 25, 30])` | `[20, 24]`, `[25, 29]`; values outside are in no group |

Missing values are a group of their own.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from seuil.odsql import tree
from seuil.odsql.dates import read_date
from seuil.odsql.functions import moment
from seuil.odsql.grammar import TIME_UNITS
from seuil.odsql.meaning import Buckets, Interval, Range, Steps, TimeSteps, Value
from seuil.odsql.scope import Read, Scope

_SINGLE = ("week", "month", "quarter", "year")
_NUMBERS = ("int", "double")
_DATES = ("date", "datetime")
_EXPECTED = "range(field, 10), range(field, 1 year), range(field, *, 20, 25, *) or range(field, [20, 25, 30])"
_MOST_STEPS = 1_000_000
Bound = int | float | datetime | None


def range_of(node: tree.Call, scope: Scope, read: Read) -> Range:
    """What a call of `range()` means. Raises MalformedQueryError where its arguments are none for it."""
    if scope.clause not in ("group_by", "select", "order_by") or len(node.arguments) < 2:
        raise scope.refusal("range() groups a field by widths or bounds", node, _EXPECTED)
    value = read(node.arguments[0])
    match node.arguments[1:]:
        case (tree.NumberLiteral(width),) if value.type in _NUMBERS and width > 0:
            return Steps(value, width)
        case (tree.Quantity(number, unit),) if value.type in _DATES and unit in TIME_UNITS:
            return _time_steps(moment(value), number, TIME_UNITS[unit], node, scope)
        case (tree.Bounds(values) as bounds,):
            ends = [None if isinstance(one, tree.Star) else _bound(one, value, scope) for one in values]
            low, high = ([None] if bounds.low_open else []), ([None] if bounds.high_open else [])
            return _buckets(value, [*low, *ends, *high], node, scope)
        case several if len(several) > 1:
            ends = [None if isinstance(one, tree.Star) else _bound(one, value, scope) for one in several]
            return _buckets(value, ends, node, scope)
    raise scope.refusal(f"range() can't group a {value.type} like this", node, _EXPECTED)


def _time_steps(value: Value, number: float, unit: str, node: tree.Call, scope: Scope) -> TimeSteps:
    known: dict[str, Interval] = {
        "millisecond": "millisecond", "second": "second", "minute": "minute", "hour": "hour", "day": "day",
        "week": "week", "month": "month", "quarter": "quarter", "year": "year",
    }  # fmt: skip
    whole = int(number)
    if whole != number or not 1 <= whole <= _MOST_STEPS or (unit in _SINGLE and whole != 1):
        raise scope.refusal(f"range() can't have intervals of {number:g} {unit}", node, f"1 {unit}")
    return TimeSteps(value, whole, known[unit], scope.setting.zone)


def _bound(node: tree.Argument, value: Value, scope: Scope) -> int | float | datetime:
    match node:
        case tree.NumberLiteral(number) if value.type in _NUMBERS:
            return number
        case tree.DateLiteral(text) if value.type in _DATES:
            return read_date(text, scope.setting.zone).start.replace(tzinfo=None)
    expected = "a date such as date'2024'" if value.type in _DATES else "a number"
    raise scope.refusal(f"{scope.written(node)} is no bound of a {value.type}", node, expected)


def _buckets(value: Value, bounds: Sequence[Bound], node: tree.Call, scope: Scope) -> Buckets:
    inner = [bound for bound in bounds if bound is not None]
    if not inner or len(bounds) < 2 or None in bounds[1:-1]:
        raise scope.refusal("range() needs bounds, with * at the ends only", node, _EXPECTED)
    if any(not _below(low, high) for low, high in itertools.pairwise(inner)):
        raise scope.refusal("the bounds of range() don't ascend", node, "each bound greater than the one before")
    names = [_name(low, high, value.type == "int") for low, high in itertools.pairwise(bounds)]
    return Buckets(moment(value), tuple(bounds), tuple(names))


def _below(low: int | float | datetime, high: int | float | datetime) -> bool:
    if isinstance(low, datetime) or isinstance(high, datetime):
        return isinstance(low, datetime) and isinstance(high, datetime) and low < high
    return low < high


def _name(low: Bound, high: Bound, whole: bool) -> str:
    if whole and isinstance(high, int):
        return f"[{_text(low)}, {high - 1}]"
    return f"[{_text(low)}, {_text(high)}{']' if whole or high is None else '['}"


def _text(bound: Bound) -> str:
    if bound is None:
        return "*"
    if isinstance(bound, datetime):
        return bound.isoformat(timespec="milliseconds") + "Z"
    return str(bound) if isinstance(bound, int) else format(Decimal(repr(bound)).normalize(), "f")
