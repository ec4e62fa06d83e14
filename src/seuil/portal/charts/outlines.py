"""The outlines of the departments: their codes, rings and neighbours, and where the browser finds them. Light."""

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

ASSET = "geo/departements.topojson"
OBJECT = "departements"
Ring = tuple[tuple[float, float], ...]
"""A closed line, in degrees of longitude and latitude."""


@cache
def names() -> dict[str, str]:
    """Code to name of every department that can be drawn (101 of them), by code."""
    properties = (shape["properties"] for shape in _shapes())
    return dict(sorted((found["code"], found["nom"]) for found in properties))


@cache
def rings() -> dict[str, tuple[Ring, ...]]:
    """The outer line of every part of each department, by its code."""
    return {
        str(shape["properties"]["code"]): tuple(_ring(part[0], arcs()) for part in _parts(shape)) for shape in _shapes()
    }


@cache
def arcs() -> tuple[Ring, ...]:
    """The pieces that lines are made of, each between two places where three departments or more meet."""
    topology = _topology()
    return tuple(_decoded(arc, topology["transform"]) for arc in topology["arcs"])


@cache
def borders() -> dict[str, tuple[tuple[int, ...], ...]]:
    """Of every department its lines, holes too, as numbers of `arcs`; `~number` is the arc the other way round."""
    return {
        str(shape["properties"]["code"]): tuple(tuple(ring) for part in _parts(shape) for ring in part)
        for shape in _shapes()
    }


@cache
def neighbours() -> dict[str, tuple[str, ...]]:
    """The departments that share a border with each one, by code."""
    sides: dict[int, set[str]] = defaultdict(set)
    for shape in _shapes():
        for number in (n for part in _parts(shape) for ring in part for n in ring):
            sides[max(number, ~number)].add(str(shape["properties"]["code"]))
    found: dict[str, set[str]] = {code: set() for code in names()}
    for codes in sides.values():
        for code in codes:
            found[code] |= codes - {code}
    return {code: tuple(sorted(others)) for code, others in found.items()}


@cache
def _topology() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("seuil.portal").joinpath("assets", ASSET).read_text(encoding="utf-8"))
    return found


def _shapes() -> Iterator[dict[str, Any]]:
    yield from _topology()["objects"][OBJECT]["geometries"]


def _parts(shape: dict[str, Any]) -> list[list[list[int]]]:
    parts: list[list[list[int]]] = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return parts


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    """An arc of TopoJSON in degrees: its points are steps from one to the next."""
    x = y = 0
    places = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
        places.append((x * scale_x + left, y * scale_y + bottom))
    return tuple(places)


def _ring(numbers: list[int], arcs: tuple[Ring, ...]) -> Ring:
    ring: list[tuple[float, float]] = []
    for number in numbers:
        # A negative number means the arc the other way round.
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring.extend(arc[1:] if ring else arc)
    return tuple(ring)
