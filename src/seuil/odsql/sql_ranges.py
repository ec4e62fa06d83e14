"""From the ranges of a group_by to DuckDB's SQL: texts that name the range in which a value lies."""

from sqlglot import exp

from seuil.odsql.meaning import Buckets, Range, Steps, TimeSteps
from seuil.odsql.sql_dates import in_zone
from seuil.odsql.sql_parts import Writes, call, number, once, text, together

_TO_INTERVAL = {
    "millisecond": ("TO_MILLISECONDS", 1), "second": ("TO_SECONDS", 1), "minute": ("TO_MINUTES", 1),
    "hour": ("TO_HOURS", 1), "day": ("TO_DAYS", 1), "week": ("TO_DAYS", 7),
    "month": ("TO_MONTHS", 1), "quarter": ("TO_MONTHS", 3), "year": ("TO_MONTHS", 12),
}  # fmt: skip


def range_value(writer: Writes, value: Range) -> exp.Expr:
    """The expression of a range's name."""
    match value:
        case Steps():
            return _steps(writer, value)
        case TimeSteps():
            return _time_steps(writer, value)
        case Buckets():
            return _buckets(writer, value)


def _steps(writer: Writes, value: Steps) -> exp.Expr:
    whole = value.value.type == "int" and isinstance(value.width, int)
    found = once(writer.number(value.value, whole))
    kind = exp.DataType.Type.BIGINT if whole else exp.DataType.Type.DOUBLE
    width = once(exp.cast(writer.parameter(value.width), kind))
    if whole:
        # What a remainder is of a negative number differs: twice makes it positive.
        rest = exp.Add(this=_modulo(found(), width()), expression=width())
        low = exp.Paren(this=exp.Sub(this=found(), expression=_modulo(exp.Paren(this=rest), width())))
        last = exp.Sub(this=exp.Add(this=low.copy(), expression=width()), expression=number(1))
        return _written("[", low, ", ", last, "]")
    # Rounded, since 0.3 / 0.1 is a little less than 3 in floating point.
    step = call("FLOOR", call("ROUND", exp.Div(this=found(), expression=width()), number(9)))
    start = exp.Mul(this=step, expression=width())
    end = exp.Mul(this=exp.Paren(this=exp.Add(this=step.copy(), expression=number(1))), expression=width())
    return _written("[", _plain(start), ", ", _plain(end), "[")


def _time_steps(writer: Writes, value: TimeSteps) -> exp.Expr:
    function, units = _TO_INTERVAL[value.unit]
    count = exp.cast(writer.parameter(value.count * units), exp.DataType.Type.INT)
    length = call(function, count)
    local = in_zone(writer, writer.value(value.value), value.zone)
    if value.unit in ("week", "month", "quarter", "year"):
        low: exp.Expr = call("DATE_TRUNC", text(value.unit), local)
    else:
        low = call("TIME_BUCKET", length.copy(), local)
    high = exp.Paren(this=exp.Add(this=low.copy(), expression=length))
    return _written("[", _utc(writer, low, value.zone), ", ", _utc(writer, high, value.zone), "[")


def _utc(writer: Writes, local: exp.Expr, zone: str) -> exp.Expr:
    if zone != "UTC":
        local = call("TIMEZONE", text("UTC"), call("TIMEZONE", writer.parameter(zone), local))
    return call("STRFTIME", local, text("%Y-%m-%dT%H:%M:%S.%gZ"))


def _buckets(writer: Writes, value: Buckets) -> exp.Expr:
    found = once(writer.value(value.value))
    cases = exp.Case()
    if value.bounds[0] is not None:
        cases = cases.when(exp.LT(this=found(), expression=writer.parameter(value.bounds[0])), exp.Null())
    for bound, name in zip(value.bounds[1:], value.names, strict=True):
        if bound is None:
            below: exp.Expr = exp.Not(this=exp.Is(this=found(), expression=exp.Null()))
        else:
            below = exp.LT(this=found(), expression=writer.parameter(bound))
        cases = cases.when(below, writer.parameter(name))
    return cases


def _modulo(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Mod(this=one, expression=other))


def _written(*parts: exp.Expr | str) -> exp.Expr:
    return together(exp.DPipe, [text(part) if isinstance(part, str) else _as_text(part) for part in parts])


def _as_text(part: exp.Expr) -> exp.Expr:
    return exp.cast(part, exp.DataType.Type.VARCHAR)


def _plain(part: exp.Expr) -> exp.Expr:
    """A number in floating point without a needless `.0`."""
    return call("REGEXP_REPLACE", _as_text(call("ROUND", part, number(9))), text(r"\.0$"), text(""))
