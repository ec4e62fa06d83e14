"""The meaning of values: fields, literals, functions, arithmetic, aggregates."""

from dataclasses import replace

from seuil.odsql import tree
from seuil.odsql.aggregates import AGGREGATES, aggregate_of
from seuil.odsql.functions import FUNCTIONS, function_of
from seuil.odsql.meaning import Calculation, Constant, Negative, Value
from seuil.odsql.ranges import range_of
from seuil.odsql.schema import FieldType
from seuil.odsql.scope import Scope

PREDICATES = frozenset(
    {"search", "suggest", "startswith", "within_distance", "in_bbox", "intersects", "disjoint", "within"}
)
"""Functions that stand alone in a filter."""

_LISTS = frozenset({"include", "exclude"})
_KNOWN = ", ".join(sorted({*FUNCTIONS, *AGGREGATES, *PREDICATES, *_LISTS, "range"}))
_NUMBERS: frozenset[FieldType] = frozenset({"int", "double"})


def value_of(node: tree.Argument, scope: Scope) -> Value:
    """What `node` means. Raises a RefusedQueryError where it means nothing."""
    match node:
        case tree.FieldName(name):
            return scope.names[name] if name in scope.names else scope.column(node)
        case tree.TextLiteral(text):
            return Constant(text, "text")
        case tree.NumberLiteral(number):
            return Constant(number, "int" if isinstance(number, int) else "double")
        case tree.BooleanLiteral(truth):
            return Constant(truth, "boolean")
        case tree.Call():
            return _call(node, scope)
        case tree.Arithmetic(operator, left, right):
            one, other = _number(left, scope), _number(right, scope)
            whole = operator != "/" and one.type == other.type == "int"
            return Calculation(operator, one, other, "int" if whole else "double")
        case tree.Negative(negated):
            value = _number(negated, scope)
            return Negative(value, value.type)
        case tree.DateLiteral():
            raise scope.refusal("a date literal can only be compared with a date field", node, "a field or a number")
        case tree.GeometryLiteral():
            raise scope.refusal("a geometry is not a value here", node, "a field or a number")
        case _:
            raise scope.refusal(f"{scope.written(node)} is not a value here", node, "a field or an expression")


def _call(node: tree.Call, scope: Scope) -> Value:
    if node.function in FUNCTIONS:
        return function_of(node, scope, lambda argument: value_of(argument, scope))
    if node.function == "range":
        return range_of(node, scope, lambda argument: value_of(argument, scope))
    if node.function in AGGREGATES:
        if not scope.aggregates:
            raise scope.refusal(f"{node.function}() is not allowed here", node, "no aggregation")
        # Labels don't reach into an aggregate, since a label may be an aggregate itself.
        inner = replace(scope, aggregates=False, names={})
        return aggregate_of(node, scope, lambda argument: value_of(argument, inner))
    if node.function in PREDICATES:
        raise scope.refusal(f"{node.function}() is a filter, not a value", node, "a field or an expression")
    if node.function in _LISTS:
        raise scope.refusal(f"{node.function}() names fields of a select", node, "a field or an expression")
    raise scope.unknown(node, f"one of the functions {_KNOWN}")


def _number(node: tree.Value, scope: Scope) -> Value:
    value = value_of(node, scope)
    if value.type not in _NUMBERS:
        raise scope.refusal(
            f"arithmetic only supports numeric expressions, {scope.written(node)} is a {value.type}", node
        )
    return value
