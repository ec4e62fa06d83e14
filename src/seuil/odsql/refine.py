"""`refine=field:value` and `exclude=field:value`: the filters of facets.

A refinement splits at its first `:`; one pair of double quotes around the value is taken away. Refinements of different
fields add up by AND, those of one field too, unless the field is disjunctive: then by OR. A path is refined by its
beginning too: `France/Corse` holds `France/Corse/Corse-du-Sud`. Each exclusion drops the rows that hold its value, and
keeps those that hold none. Any field may be refined, not only declared facets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from seuil.odsql.compare import compare_date
from seuil.odsql.errors import InvalidParameterError
from seuil.odsql.meaning import Among, Begins, Column, Compare, Complement, Condition, Constant, Some
from seuil.odsql.schema import Field, Schema

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?")
_EXPECTED = {
    "int": "a whole number",
    "double": "a number",
    "boolean": "true or false",
    "date": "a year such as 2024",
    "datetime": "a date such as 2024/08",
    "text": "a text",
    "geo_point_2d": "no point",
    "geo_shape": "no shape",
    "geo_cluster": "no cluster",
}


@dataclass(frozen=True)
class Refinement:
    """One `field:value` as the URL has it, the value still a text."""

    field: Field
    value: str


def read_refinements(
    parameter: str, raw: tuple[str, ...], schema: Schema, facets: Mapping[str, Field]
) -> tuple[Refinement, ...]:
    """Read the values of `parameter`, refine or exclude. facets: fields as the request has them, by name.

    Raises InvalidParameterError where one has no `:`, MalformedQueryError where the dataset has no such field.
    """
    refinements = []
    for text in raw:
        name, colon, value = text.partition(":")
        if not colon:
            raise InvalidParameterError(parameter, text, "field:value")
        if len(value) >= 2 and value[0] == value[-1] == '"':
            value = value[1:-1]
        field = schema.field(name.strip(), clause=parameter)
        refinements.append(Refinement(facets.get(field.name, field), value))
    return tuple(refinements)


def refined(refinements: tuple[Refinement, ...], zone: str = "UTC") -> tuple[Condition, ...]:
    """What all refinements ask of a row. Raises InvalidParameterError where a value can't be one of its field."""
    conditions: list[Condition] = []
    either: dict[str, list[Condition]] = {}
    for refinement in refinements:
        condition = _holds("refine", refinement, zone)
        if refinement.field.disjunctive:
            either.setdefault(refinement.field.name, []).append(condition)
        else:
            conditions.append(condition)
    return (*conditions, *(Some(tuple(parts)) for parts in either.values()))


def excluded(exclusions: tuple[Refinement, ...], zone: str = "UTC") -> tuple[Condition, ...]:
    """What all exclusions ask of a row. Raises InvalidParameterError where a value can't be one of its field."""
    return tuple(Complement(_holds("exclude", exclusion, zone)) for exclusion in exclusions)


def _holds(parameter: str, refinement: Refinement, zone: str) -> Condition:
    field, column = refinement.field, Column(refinement.field)
    if field.multivalued:
        return Among(column, (Constant(refinement.value, "text"),))
    if field.type in ("date", "datetime"):
        try:
            return compare_date("=", column, refinement.value, zone)
        except ValueError:
            raise _impossible(parameter, refinement) from None
    same = Compare("=", column, _constant(parameter, refinement))
    if field.separator is None:
        return same
    return Some((same, Begins((column,), f"{refinement.value}{field.separator}")))


def _constant(parameter: str, refinement: Refinement) -> Constant:
    value = refinement.value
    match refinement.field.type:
        case "text":
            return Constant(value, "text")
        case "boolean" if value.lower() in ("true", "false"):
            return Constant(value.lower() == "true", "boolean")
        case "int" if _INTEGER.fullmatch(value):
            return Constant(int(value), "int")
        case "double" if _NUMBER.fullmatch(value) and isfinite(float(value)):
            return Constant(float(value), "double")
    raise _impossible(parameter, refinement)


def _impossible(parameter: str, refinement: Refinement) -> InvalidParameterError:
    field = refinement.field
    return InvalidParameterError(
        parameter, f"{field.name}:{refinement.value}", f"{field.name}:value with {_EXPECTED[field.type]} as value"
    )
