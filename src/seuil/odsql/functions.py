"""The meaning of functions of a single row: parts of dates, texts, distances, now()."""

from typing import cast, get_args

from seuil.odsql import tree
from seuil.odsql.date_format import read_pattern
from seuil.odsql.geometry import read_geometry
from seuil.odsql.meaning import (
    Cluster,
    Column,
    Constant,
    DateFormat,
    DatePart,
    Distance,
    Local,
    Moment,
    OfText,
    Part,
    Random,
    TextFunction,
    Value,
)
from seuil.odsql.moments import shifted
from seuil.odsql.scope import Read, Scope

DATE_PARTS: tuple[DatePart, ...] = get_args(DatePart)
TEXT_FUNCTIONS: tuple[TextFunction, ...] = get_args(TextFunction)
FUNCTIONS = frozenset({*DATE_PARTS, *TEXT_FUNCTIONS, "date_format", "distance", "geo_cluster", "now", "random"})
"""Functions of a single row."""

_FINEST = 25
_LARGEST_SEED = 2**31 - 1


def function_of(node: tree.Call, scope: Scope, read: Read) -> Value:
    """What a call of one of FUNCTIONS means. Raises a RefusedQueryError where its arguments are none for it."""
    match node.function:
        case "now":
            return Constant(shifted(scope.setting.now, node, scope), "datetime")
        case "random":
            return _random(node, scope)
        case "date_format":
            return _date_format(node, scope, read)
        case "distance":
            return _distance(node, scope, read)
        case "geo_cluster":
            return _cluster(node, scope, read)
    value = read(only_argument(node, scope))
    if node.function in TEXT_FUNCTIONS:
        return _of_text(node.function, value, node, scope)
    return Part(cast(DatePart, node.function), local(value, node, scope))


def only_argument(node: tree.Call, scope: Scope) -> tree.Argument:
    """The argument of a function that has one."""
    if len(node.arguments) != 1:
        raise scope.refusal(f"{node.function}() expects one argument", node, f"{node.function}(field)")
    return node.arguments[0]


def local(value: Value, node: tree.Call, scope: Scope) -> Value:
    """A date as the reader's clocks show it: a year is the same in every zone."""
    if value.type == "date":
        return value
    if value.type != "datetime":
        raise scope.refusal(f"{node.function}() only supports date fields", node, "a date field")
    return Local(value, scope.setting.zone)


def moment(value: Value) -> Value:
    """A date as a time that can be compared with others."""
    return Moment(value) if value.type == "date" else value


def _of_text(function: TextFunction, value: Value, node: tree.Call, scope: Scope) -> Value:
    several = isinstance(value, Column) and value.field.multivalued and function != "length"
    if value.type != "text" or several:
        raise scope.refusal(f"{function}() only supports text fields", node, "a text field")
    return OfText(function, value, "int" if function == "length" else "text")


def _date_format(node: tree.Call, scope: Scope, read: Read) -> Value:
    match node.arguments:
        case (date, tree.TextLiteral(pattern) as literal):
            try:
                pieces = read_pattern(pattern, scope.setting.language)
            except ValueError as error:
                raise scope.refusal(f"date_format() can't read its pattern: {error}", literal) from None
            return DateFormat(local(read(date), node, scope), pieces)
    raise scope.refusal("date_format() expects a date and a pattern", node, "date_format(field, 'YYYY-MM-dd')")


def _distance(node: tree.Call, scope: Scope, read: Read) -> Value:
    match node.arguments:
        case (point, tree.GeometryLiteral(text)):
            value, found = read(point), read_geometry(text)
            if value.type == "geo_point_2d" and len(found.points) == 1:
                ((lon, lat),) = found.points
                return Distance(value, lon, lat)
    raise scope.refusal(
        "distance() expects a geo_point_2d field and a point", node, "distance(field, geom'POINT(lon lat)')"
    )


def _cluster(node: tree.Call, scope: Scope, read: Read) -> Cluster:
    match node.arguments:
        case (point, tree.NumberLiteral(int() as precision)) if 1 <= precision <= _FINEST and scope.clause != "where":
            value = read(point)
            if value.type == "geo_point_2d":
                return Cluster(value, 360 / 2**precision)
    expected = f"group_by=geo_cluster(field, 5), with a precision from 1 to {_FINEST}"
    raise scope.refusal("geo_cluster() groups a geo_point_2d field by a precision", node, expected)


def _random(node: tree.Call, scope: Scope) -> Random:
    if scope.clause != "order_by":
        raise scope.refusal("random() is an order, not a value", node, "order_by=random(seed)")
    match node.arguments:
        case ():
            # Another order each time, to the second.
            return Random(int(scope.setting.now.timestamp()) % _LARGEST_SEED)
        case (tree.NumberLiteral(int() as seed),):
            return Random(seed % _LARGEST_SEED)
    raise scope.refusal("random() expects a whole number", node, "random(42)")
