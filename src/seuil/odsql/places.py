"""The meaning of filters on places: distances, boxes, areas."""

from collections.abc import Sequence
from dataclasses import replace

from seuil.odsql import tree
from seuil.odsql.errors import MalformedQueryError
from seuil.odsql.geometry import box, read_geometry
from seuil.odsql.grammar import METRES
from seuil.odsql.meaning import (
    Column,
    Compare,
    Complement,
    Condition,
    Constant,
    Distance,
    Every,
    InBox,
    Inside,
    Missing,
    OnShape,
)
from seuil.odsql.scope import Scope

GEO_PREDICATES = {
    "within_distance": "within_distance(field, geom'POINT(lon lat)', 10km)",
    "in_bbox": "in_bbox(field, lat1, lon1, lat2, lon2)",
    "intersects": "intersects(field, geom'...')",
    "disjoint": "disjoint(field, geom'...')",
    "within": "within(field, geom'...')",
}
"""Filters on places, each with its form."""


_OF_BEFORE = {"distance": "within_distance", "polygon": "within"}
"""Filters of version 2.0 that have another name now; the vendor's widgets still send them."""
_MODES = ("within", "intersects", "disjoint")


def renewed(node: tree.Call) -> tree.Call:
    """A filter of version 2.0 by its present name, `geometry(field, geom'...', INTERSECTS)` as `intersects(...)`.

    What is none is given back as it is: `distance(field, geom'...')` is a value.
    """
    match node:
        case tree.Call("distance" | "polygon", arguments) if len(arguments) == (
            3 if node.function == "distance" else 2
        ):
            return replace(node, function=_OF_BEFORE[node.function])
        case tree.Call("geometry", (field, geometry)):
            return replace(node, function="within", arguments=(field, geometry))
        case tree.Call("geometry", (field, geometry, tree.FieldName(mode))) if mode.lower() in _MODES:
            return replace(node, function=mode.lower(), arguments=(field, geometry))
    return node


def geo_condition(node: tree.Call, scope: Scope) -> Condition:
    """What a call of one of GEO_PREDICATES means. Raises MalformedQueryError where its arguments are none for it."""
    first, *others = node.arguments or (None,)
    if not isinstance(first, tree.FieldName):
        raise scope.refusal(f"{node.function}() expects a field first", node, GEO_PREDICATES[node.function])
    column = scope.column(first)
    if column.field.shapes is not None:
        return _of_shape(node, column, others, scope)
    if column.type != "geo_point_2d":
        expected = "a geo_point_2d or geo_shape field"
        raise scope.refusal(f"{node.function}() only supports geo_point_2d and geo_shape fields", node, expected)
    match node.function, others:
        case "within_distance", [tree.GeometryLiteral(text), tree.Quantity(number, unit)] if unit in METRES:
            points = read_geometry(text).points
            if len(points) == 1:
                ((lon, lat),) = points
                return Compare("<=", Distance(column, lon, lat), Constant(number * METRES[unit], "double"))
        case "in_bbox", [
            tree.NumberLiteral(south), tree.NumberLiteral(west), tree.NumberLiteral(north), tree.NumberLiteral(east)
        ]:  # fmt: skip
            return InBox(column, min(south, north), west, max(south, north), east)
        case "intersects" | "within", [tree.GeometryLiteral(text)]:
            return Inside(column, read_geometry(text))
        case "disjoint", [tree.GeometryLiteral(text)]:
            return Every((Complement(Missing(column)), Complement(Inside(column, read_geometry(text)))))
    raise _other_arguments(node, scope)


def _of_shape(node: tree.Call, column: Column, others: Sequence[tree.Argument], scope: Scope) -> Condition:
    """The same for a field of shapes."""
    match node.function, others:
        case "within_distance", [tree.GeometryLiteral(text), tree.Quantity(number, unit)] if unit in METRES:
            geometry = read_geometry(text)
            if len(geometry.points) == 1:
                return OnShape(column, "near", geometry, number * METRES[unit])
        case "in_bbox", [
            tree.NumberLiteral(south), tree.NumberLiteral(west), tree.NumberLiteral(north), tree.NumberLiteral(east)
        ]:  # fmt: skip
            return OnShape(column, "meeting", box(min(south, north), west, max(south, north), east))
        case "intersects", [tree.GeometryLiteral(text)]:
            return OnShape(column, "meeting", read_geometry(text))
        case "within", [tree.GeometryLiteral(text)]:
            return OnShape(column, "inside", read_geometry(text))
        case "disjoint", [tree.GeometryLiteral(text)]:
            return Every((Complement(Missing(column)), Complement(OnShape(column, "meeting", read_geometry(text)))))
    raise _other_arguments(node, scope)


def _other_arguments(node: tree.Call, scope: Scope) -> MalformedQueryError:
    return scope.refusal(f"{node.function}() has other arguments", node, GEO_PREDICATES[node.function])
