"""The meaning of values: fields, literals, functions, arithmetic, aggregates."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import get_args

from seuil.odsql import tree
from seuil.odsql.errors import MalformedQueryError, QuerySyntaxError
from seuil.odsql.meaning import Aggregate, AggregateFunction, Calculation, Column, Constant, Value, Year
from seuil.odsql.schema import FieldType, Schema

PREDICATES = frozenset({"search", "startswith"})
"""Functions that stand alone in a filter."""

_AGGREGATES: dict[str, AggregateFunction] = {name: name for name in get_args(AggregateFunction)}
_NUMBERS: frozenset[FieldType] = frozenset({"int", "double"})


@dataclass(frozen=True)
class Scope:
    """Where a clause is read: what its names mean, and how its mistakes are told.

    names: labels of the query, which go before fields. aggregates: whether the clause may aggregate.
    """

    schema: Schema
    clause: str
    text: str
    names: Mapping[str, Value] = field(default_factory=dict)
    aggregates: bool = False

    def refusal(self, problem: str, node: tree.Node, expected: str = "") -> MalformedQueryError:
        """The error that says `problem` at the place of `node`, to be raised."""
        return MalformedQueryError(problem, clause=self.clause, position=node.span[0], expected=expected)

    def written(self, node: tree.Node) -> str:
        """The text of `node` as the query writes it."""
        return self.text[slice(*node.span)]

    def column(self, name: tree.FieldName) -> Column:
        """The column that a field's name means, never a label."""
        return Column(self.schema.field(name.name, clause=self.clause, position=name.span[0]))


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
        case tree.DateLiteral():
            raise scope.refusal("a date literal can only be compared with a date field", node, "a field or a number")
        case tree.Star():
            raise scope.refusal("* is not a value here", node, "a field or an expression")
        case tree.Call():
            return _function(node, scope)
        case tree.Arithmetic(operator, left, right):
            return Calculation(operator, _number(left, scope), _number(right, scope))


def _unknown_function(node: tree.Call, scope: Scope) -> QuerySyntaxError:
    """What the live service says of a function that it doesn't know: a syntax error at its parenthesis."""
    known = ", ".join(sorted({"year", *_AGGREGATES, *PREDICATES}))
    return QuerySyntaxError(
        "(", clause=scope.clause, text=scope.text, position=node.parenthesis, expected=f"one of the functions {known}"
    )


def _function(node: tree.Call, scope: Scope) -> Value:
    if node.function == "year":
        return _year(node, scope)
    if node.function in PREDICATES:
        raise scope.refusal(f"{node.function}() is a filter, not a value", node, "a field or an expression")
    if node.function not in _AGGREGATES:
        raise _unknown_function(node, scope)
    if not scope.aggregates:
        raise scope.refusal(f"{node.function}() is not allowed here", node, "no aggregation")
    return _aggregate(_AGGREGATES[node.function], node, scope)


def _year(node: tree.Call, scope: Scope) -> Year:
    match node.arguments:
        case (tree.FieldName() as name,):
            column = scope.column(name)
        case _:
            raise scope.refusal("year() expects one date field", node, "year(field)")
    if column.type != "date":
        raise scope.refusal("year() only supports date fields", node, "a date field")
    return Year(column)


def _aggregate(function: AggregateFunction, node: tree.Call, scope: Scope) -> Aggregate:
    if function == "count" and node.arguments == (tree.Star(),):
        return Aggregate("count", None, "int")
    if len(node.arguments) != 1:
        raise scope.refusal(f"{function}() expects one argument", node, f"{function}(field)")
    # Labels don't reach into an aggregate, since a label may be an aggregate itself.
    argument = value_of(node.arguments[0], replace(scope, aggregates=False, names={}))
    if function == "count":
        return Aggregate("count", argument, "int")
    supported = _NUMBERS | {"date"} if function in ("min", "max") else _NUMBERS
    if argument.type not in supported:
        raise scope.refusal("StatAggregation only supports numeric or date expression", node, "a numeric field")
    if function in ("avg", "median"):
        return Aggregate(function, argument, "double")
    return Aggregate(function, argument, argument.type)


def _number(node: tree.Value, scope: Scope) -> Value:
    value = value_of(node, scope)
    if value.type not in _NUMBERS:
        raise scope.refusal(
            f"arithmetic only supports numeric expressions, {scope.written(node)} is a {value.type}", node
        )
    return value
