"""The meaning of comparisons: like with like, and dates as years."""

from dataclasses import dataclass

from seuil.odsql import tree
from seuil.odsql.dates import Span, read_date
from seuil.odsql.errors import IncompatibleTypesError
from seuil.odsql.meaning import NEVER, Among, Column, Compare, Complement, Condition, Constant, Every, Missing, Value
from seuil.odsql.schema import FieldType
from seuil.odsql.values import Scope, value_of

_FLIPPED: dict[tree.ComparisonOperator, tree.ComparisonOperator] = {
    "=": "=",
    "!=": "!=",
    ">": "<",
    ">=": "<=",
    "<": ">",
    "<=": ">=",
}
_KINDS: dict[FieldType, str] = {"int": "a number", "double": "a number", "text": "a text", "boolean": "true or false"}
_LITERALS: dict[FieldType, str] = {
    "int": "a number without quotes",
    "double": "a number without quotes",
    "text": "a text in quotes",
    "boolean": "true or false",
    "date": "date'YYYY'",
}


@dataclass(frozen=True)
class _Side:
    node: tree.Value
    value: Value | Span  # Span: a date literal


def comparison(operator: tree.ComparisonOperator, left: tree.Value, right: tree.Value, scope: Scope) -> Condition:
    """The meaning of `left operator right`. Raises IncompatibleTypesError where they are of unlike types."""
    one, other = _side(left, scope), _side(right, scope)
    if isinstance(one.value, Span):
        one, other, operator = other, one, _FLIPPED[operator]
    if isinstance(one.value, Span):
        raise _unlike(one, other, scope)
    if isinstance(other.value, Span):
        if not (isinstance(one.value, Column) and one.value.type == "date"):
            raise _unlike(one, other, scope)
        return compare_date(operator, one.value, other.value)
    if _KINDS.get(one.value.type) != _KINDS.get(other.value.type):
        raise _unlike(one, other, scope)
    if one.value.type == "boolean" and operator not in ("=", "!="):
        raise scope.refusal(f"{operator} does not order true and false", left, "= or !=")
    multivalued = [side for side in (one, other) if isinstance(side.value, Column) and side.value.field.multivalued]
    if multivalued:
        return _hold(operator, multivalued[0], other if multivalued[0] is one else one, scope)
    return Compare(operator, one.value, other.value)


def compare_date(operator: tree.ComparisonOperator, column: Column, span: Span) -> Condition:
    """Compare a field of year precision, whose values are the first moments of years, with a span of time.

    `=`: the moment lies in the span; `>`: it comes after the span; `>=`: it doesn't come before it.
    """
    first, after = Constant(span.first_year, "int"), Constant(span.year_after, "int")
    match operator:
        case "=":
            return NEVER if first == after else Compare("=", column, first)
        case "!=":
            return Complement(Missing(column)) if first == after else Compare("!=", column, first)
        case ">=" | "<":
            return Compare(operator, column, first)
        case ">":
            return Compare(">=", column, after)
        case "<=":
            return Compare("<", column, after)


def one_of(node: tree.OneOf, scope: Scope) -> Condition:
    """The meaning of `field IN (value, ...)`. Raises IncompatibleTypesError where a value is of another type."""
    column = scope.column(node.field)
    side = _Side(node.field, column)
    constants = []
    for literal in node.values:
        constant = value_of(literal, scope)
        if _KINDS.get(column.type) != _KINDS[constant.type] or not isinstance(constant, Constant):
            raise _unlike(side, _Side(literal, constant), scope)
        constants.append(constant)
    return Among(column, tuple(constants))


def in_range(node: tree.InRange, scope: Scope) -> Condition:
    """The meaning of `field IN [low..high]`."""
    low = comparison(">" if node.low_open else ">=", node.field, node.low, scope)
    high = comparison("<" if node.high_open else "<=", node.field, node.high, scope)
    return Every((low, high))


def _side(node: tree.Value, scope: Scope) -> _Side:
    if isinstance(node, tree.DateLiteral):
        return _Side(node, read_date(node.text))
    return _Side(node, value_of(node, scope))


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
    expected = "" if isinstance(one.value, Span) else _LITERALS[one.value.type]
    if isinstance(one.value, Constant) and not isinstance(other.value, Span):
        expected = _LITERALS[other.value.type]
    return IncompatibleTypesError(
        _described(one, scope),
        _described(other, scope),
        clause=scope.clause,
        position=other.node.span[0],
        expected=expected,
    )


def _described(side: _Side, scope: Scope) -> str:
    kind = "date" if isinstance(side.value, Span) else side.value.type
    return f"{scope.written(side.node)} ({kind})"
