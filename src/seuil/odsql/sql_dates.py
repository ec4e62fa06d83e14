"""From dates to DuckDB's SQL: moments, clocks of a time zone, parts, patterns."""

from sqlglot import exp

from seuil.odsql.meaning import DateFormat, Local, Moment, Part, Value
from seuil.odsql.sql_parts import Writes, call, number, once, text, together

_COUNTED = {
    "y": "YEAR", "Y": "YEAR", "x": "ISOYEAR", "M": "MONTH", "w": "WEEKOFYEAR", "D": "DAYOFYEAR", "d": "DAY",
    "e": "ISODOW", "H": "HOUR", "m": "MINUTE", "s": "SECOND",
}  # fmt: skip


def date_value(writer: Writes, value: Moment | Local | Part | DateFormat) -> exp.Expr:
    """The expression of a date, or of a part of one."""
    match value:
        case Moment(inner):
            ones = [number(1), number(1), number(0), number(0), number(0)]
            return call("MAKE_TIMESTAMP", writer.value(inner), *ones)
        case Local(inner, zone):
            return in_zone(writer, writer.value(inner), zone)
        case Part("year", inner) if inner.type == "date":
            return writer.value(inner)
        case Part(part, inner):
            return _part(part, _moment(writer, inner))
        case DateFormat():
            return _date_format(writer, value)


def in_zone(writer: Writes, moment: exp.Expr, zone: str) -> exp.Expr:
    """A time that is stored as UTC, as clocks show it in a zone."""
    if zone == "UTC":
        return moment
    return call("TIMEZONE", writer.parameter(zone), call("TIMEZONE", text("UTC"), moment))


def _moment(writer: Writes, value: Value) -> exp.Expr:
    return writer.value(Moment(value) if value.type == "date" else value)


def _date_format(writer: Writes, value: DateFormat) -> exp.Expr:
    moment = once(_moment(writer, value.value))
    pieces: list[exp.Expr] = []
    for piece in value.pieces:
        if piece.symbol is None:
            pieces.append(writer.parameter(piece.text))
        elif piece.names:
            place = _part("month", moment()) if piece.symbol[0] == "M" else call("ISODOW", moment())
            pieces.append(call("LIST_EXTRACT", writer.parameter(list(piece.names)), place))
        else:
            pieces.append(_digits(piece.symbol, moment()))
    if not pieces:
        pieces.append(text(""))
    return together(exp.DPipe, pieces)


def _part(part: str, moment: exp.Expr) -> exp.Expr:
    if part == "dayofweek":
        return exp.Paren(this=exp.Sub(this=call("ISODOW", moment), expression=number(1)))
    if part == "millisecond":
        # DuckDB counts the milliseconds of the minute.
        return exp.Paren(this=exp.Mod(this=call("MILLISECOND", moment), expression=number(1000)))
    return call(part.upper(), moment)


def _digits(symbol: str, moment: exp.Expr) -> exp.Expr:
    found: exp.Expr = call(_COUNTED[symbol[0]], moment)
    if symbol in ("yy", "YY", "xx"):
        found = exp.Mod(this=found, expression=number(100))
    return call("FORMAT", text(f"{{:0{len(symbol)}d}}"), found)
