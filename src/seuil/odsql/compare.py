"""The meaning of comparisons: like with like, and dates as years or moments."""

from dataclasses import dataclass
from datetime import datetime

from seuil.odsql import tree
from seuil.odsql.dates import read_date
from seuil.odsql.errors import IncompatibleTypesError
from seuil.odsql.functions import moment
from seuil.odsql.meaning import (
    NEVER,
    Among,
    Column,
    Compare,
    Complement,
    Condition,
    Constant,
    Every,
    Missing,
    Some,
    Value,
)
from seuil.odsql.schema import FieldType
from seuil.odsql.scope import Scope
from seuil.odsql.values import value_of

_FLIPPED: dict[tree.ComparisonOperator, tree.ComparisonOperator] = {
    "=": "=",
    "!=": "!=",
    ">": "<",
    ">=": "<=",
    "<": ">",
    "<=": ">=",
}
_KINDS: dict[FieldType, str] = {
    "int": "a number",
    "double": "a number",
    "text": "a text",
    "boolean": "true or false",
    "date": "a date",
    "datetime": "a date",
}
_LITERALS: dict[FieldType, str] = {
    "int": "a number without quotes",
    "double": "a number without quotes",
    "text": "a text in quotes",
    "boolean": "true or false",
    "date": "date'YYYY'",
    "datetime": "date'YYYY-MM-DD'",
    "geo_point_2d": "a function such as within_distance()",
    "geo_shape": "a function such as intersects()",
    "geo_cluster": "no comparison",
}


@dataclass(frozen=True)
class _Side:
    node: tree.Value
    value: Value | tree.DateLiteral


def comparison(operator: tree.ComparisonOperator, left: tree.Value, right: tree.Value, scope: Scope) -> Condition:
    """The meaning of `left operator right`. Raises IncompatibleTypesError where they are of unlike types."""
    one, other = _side(left, scope), _side(right, scope)
    if isinstance(one.value, tree.DateLiteral):
        one, other, operator = other, one, _FLIPPED[operator]
    if isinstance(one.value, tree.DateLiteral):
        raise _unlike(one, other, scope)
    if isinstance(other.value, tree.DateLiteral):
        return _with_literal(operator, one, other, scope)
    kinds = _KINDS.get(one.value.type), _KINDS.get(other.value.type)
    if None in kinds or kinds[0] != kinds[1]:
        raise _unlike(one, other, scope)
    if one.value.type == "boolean" and operator not in ("=", "!="):
        raise scope.refusal(f"{operator} does not order true and false", left, "= or !=")
    multivalued = [side for side in (one, other) if isinstance(side.value, Column) and side.value.field.multivalued]
    if multivalued:
        return _hold(operator, multivalued[0], other if multivalued[0] is one else one, scope)
    if one.value.type != other.value.type and kinds[0] == "a date":
        return Compare(operator, moment(one.value), moment(other.value))
    return Compare(operator, one.value, other.value)


def compare_date(operator: tree.ComparisonOperator, value: Value, text: str, zone: str) -> Condition:
    """Compare a date with the span of time that the text of a literal names. Raises ValueError if it names none.

    `=`: the moment lies in the span; `>`: it comes after the span; `>=`: it doesn't come before it.
    """
    if value.type == "date":
        # A year is the same everywhere: its first moment is the reader's, wherever the reader is.
        span = read_date(text)
        first, after = Constant(span.first_year, "int"), Constant(span.year_after, "int")
    else:
        span = read_date(text, zone)
        first, after = _constant(span.start), _constant(span.end)
    return _within(operator, value, first, after)


def _constant(moment: datetime) -> Constant:
    return Constant(moment.replace(tzinfo=None), "datetime")


def _within(operator: tree.ComparisonOperator, value: Value, first: Constant, after: Constant) -> Condition:
    year = value.type == "date"
    match operator:
        case "=" | "!=" if first == after:
            # No year begins in the span.
            return NEVER if operator == "=" else Compare("=", value, value)
        case "=" if year:
            return Compare("=", value, first)
        case "!=" if year:
            return Compare("!=", value, first)
        case "=":
            return Every((Compare(">=", value, first), Compare("<", value, after)))
        case "!=":
            return Some((Compare("<", value, first), Compare(">=", value, after)))
        case ">=" | "<":
            return Compare(operator, value, first)
        case ">":
            return Compare(">=", value, after)
        case "<=":
            return Compare("<", value, after)


def one_of(node: tree.OneOf, scope: Scope) -> Condition:
    """The meaning of `field IN (value, ...)`. Raises IncompatibleTypesError where a value is of another type."""
    column = scope.column(node.field)
    side = _Side(node.field, column)
    constants = []
    for literal in node.values:
        constant = value_of(literal, scope)
        if _KINDS.get(column.type) != _KINDS.get(constant.type) or not isinstance(constant, Constant):
            raise _unlike(side, _Side(literal, constant), scope)
        constants.append(constant)
    return Among(column, tuple(constants))


def in_range(node: tree.InRange, scope: Scope) -> Condition:
    """The meaning of `field IN [low..high]`."""
    low = comparison(">" if node.low_open else ">=", node.field, node.low, scope)
    high = comparison("<" if node.high_open else "<=", node.field, node.high, scope)
    return Every((low, high))


def _side(node: tree.Value, scope: Scope) -> _Side:
    return _Side(node, node if isinstance(node, tree.DateLiteral) else value_of(node, scope))


def _with_literal(operator: tree.ComparisonOperator, one: _Side, other: _Side, scope: Scope) -> Condition:
    if isinstance(one.value, tree.DateLiteral) or not isinstance(other.value, tree.DateLiteral):
        raise _unlike(one, other, scope)
    if _KINDS.get(one.value.type) != "a date" or isinstance(one.value, Constant):
        raise _unlike(one, other, scope)
    try:
        return compare_date(operator, one.value, other.value.text, scope.setting.zone)
    except ValueError:
        raise scope.refusal(f"{scope.written(other.node)} is no date that can be compared", other.node) from None


def _hold(operator: tree.ComparisonOperator, field: _Side, other: _Side, scope: Scope) -> Condition:
    if operator not in ("=", "!=") or not isinstance(other.value, Constant) or not isinstance(field.value, Column):
        raise scope.refusal(
            f"{scope.written(field.node)} is multivalued: it can only be compared with a text, by = or !=", field.node
        )
    among = Among(field.value, (other.value,))
    if operator == "=":
        return among
    return Every((Complement(Missing(field.value)), Complement(among)))


def _unlike(one: _Side, other: _Side, scope: Scope) -> IncompatibleTypesError:
    expected = "" if isinstance(one.value, tree.DateLiteral) else _LITERALS[one.value.type]
    if isinstance(one.value, Constant) and not isinstance(other.value, tree.DateLiteral):
        expected = _LITERALS[other.value.type]
    return IncompatibleTypesError(
        _described(one, scope),
        _described(other, scope),
        clause=scope.clause,
        position=other.node.span[0],
        expected=expected,
    )


def _described(side: _Side, scope: Scope) -> str:
    kind = "date" if isinstance(side.value, tree.DateLiteral) else side.value.type
    return f"{scope.written(side.node)} ({kind})"
