"""The meaning of functions over many rows."""

from typing import get_args

from seuil.odsql import tree
from seuil.odsql.functions import only_argument
from seuil.odsql.meaning import Aggregate, AggregateFunction
from seuil.odsql.schema import FieldType
from seuil.odsql.scope import Read, Scope

AGGREGATES: dict[str, AggregateFunction] = {name: name for name in get_args(AggregateFunction)} | {"bbox": "envelope"}
"""Functions over many rows by their names."""

_NUMBERS: frozenset[FieldType] = frozenset({"int", "double"})
_ORDERED: frozenset[FieldType] = _NUMBERS | {"date", "datetime"}


def aggregate_of(node: tree.Call, scope: Scope, read: Read) -> Aggregate:
    """What a call of one of AGGREGATES means. Raises MalformedQueryError where its arguments are none for it.

    read: has to refuse labels, which may be aggregates themselves, and aggregates.
    """
    function = AGGREGATES[node.function]
    match function:
        case "count":
            return _count(node, scope, read)
        case "percentile":
            return _percentile(node, scope, read)
        case "envelope":
            return _envelope(node, scope, read)
    argument = read(only_argument(node, scope))
    if argument.type not in (_ORDERED if function in ("min", "max") else _NUMBERS):
        raise _not_numeric(node, scope)
    return Aggregate(function, argument, argument.type if function in ("sum", "min", "max") else "double")


def _count(node: tree.Call, scope: Scope, read: Read) -> Aggregate:
    match only_argument(node, scope):
        case tree.Star():
            return Aggregate("count", None, "int")
        case tree.Distinct(counted):
            return Aggregate("count", read(counted), "int", distinct=True)
        case argument:
            return Aggregate("count", read(argument), "int")


def _percentile(node: tree.Call, scope: Scope, read: Read) -> Aggregate:
    match node.arguments:
        case (argument, tree.NumberLiteral(percent)) if 0 <= percent <= 100:
            value = read(argument)
            if value.type not in _NUMBERS:
                raise _not_numeric(node, scope)
            return Aggregate("percentile", value, "double", fraction=percent / 100)
    raise scope.refusal("percentile() expects a field and a number from 0 to 100", node, "percentile(field, 90)")


def _envelope(node: tree.Call, scope: Scope, read: Read) -> Aggregate:
    argument = read(only_argument(node, scope))
    if argument.type != "geo_point_2d":
        raise scope.refusal(f"{node.function}() only supports geo_point_2d fields", node, "a geo_point_2d field")
    return Aggregate("envelope", argument, "geo_shape")


def _not_numeric(node: tree.Call, scope: Scope) -> Exception:
    return scope.refusal("StatAggregation only supports numeric or date expression", node, "a numeric field")
