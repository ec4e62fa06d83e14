"""What a facet is asked to be: `facet=region`, `facet=facet(name="region", sort="alphanum", limit=5)`.

| argument | meaning |
|---|---|
| `sort` | `-count`, the most frequent first (the default), `count`; by name `alphanum`, `-alphanum`, `num`, `-num` |
| `limit` | the most values, of the first level where there are several |
| `disjunctive` | several refinements add up (OR), and the values that could be added are counted too |
| `hierarchical`, `separator` | a text such as `France/Corse` is a path, by `/` or another separator |

A request may say it of any text, whatever the field's own annotations say. `disjunctive.<field>=true` is the same as
`facet(name="<field>", disjunctive=true)`. Dates and times are hierarchical in themselves: `2026/11/25`.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from seuil.odsql import tree
from seuil.odsql.errors import InvalidParameterError, MalformedQueryError
from seuil.odsql.parse import parse_facet
from seuil.odsql.request import Request
from seuil.odsql.schema import Field, Schema
from seuil.odsql.scope import Scope

Sort = Literal["-count", "count", "alphanum", "-alphanum", "num", "-num"]
SEPARATOR = "/"
_TYPES = ("text", "int", "double", "boolean", "date", "datetime")
_SORTS: tuple[Sort, ...] = get_args(Sort)
_FORM = 'facet(name="field", sort="-count", limit=10, disjunctive=true)'
_MOST_VALUES = 20_000
_LONGEST_SEPARATOR = 10
_NAMES = ("name", "sort", "limit", "disjunctive", "hierarchical", "separator")


@dataclass(frozen=True)
class Facet:
    """A facet as it is asked for. field: with `disjunctive` and `separator` as they hold for this request.

    limit: the most values of the first level, None for all.
    """

    field: Field
    sort: Sort = "-count"
    limit: int | None = None


def facets_asked(request: Request, schema: Schema) -> tuple[Facet, ...]:
    """The facets that a request names, by `facet` and by `disjunctive.<field>`. Raises a RefusedQueryError."""
    found = {facet.field.name: facet for facet in (read_facet(text, schema, request) for text in request.facets)}
    for name, disjunctive in request.disjunctive.items():
        field = schema.field(name, clause=f"disjunctive.{name}")
        facet = found.get(name, Facet(field))
        found[name] = replace(facet, field=replace(facet.field, disjunctive=disjunctive))
    return tuple(found.values())


def read_facet(text: str, schema: Schema, request: Request) -> Facet:
    """Read a facet, a field's name or `facet(...)`. Raises a RefusedQueryError."""
    scope = Scope(schema, request.setting, "facet", text)
    facet = _read(text, scope)
    if facet.field.type not in _TYPES:
        raise MalformedQueryError(
            f"{facet.field.name} is a {facet.field.type}: it has no values to count",
            clause="facet",
            expected="a field of texts, numbers or dates",
        )
    return facet


def _read(text: str, scope: Scope) -> Facet:
    if text in scope.schema:
        return Facet(scope.schema.field(text, clause="facet"))
    match parse_facet(text):
        case tree.FieldName() as name:
            return Facet(scope.column(name).field)
        case tree.Call("facet", arguments) as node:
            return _called(node, arguments, scope)
        case tree.Call() as node:
            raise scope.unknown(node, _FORM)


def _called(node: tree.Call, arguments: tuple[tree.Argument, ...], scope: Scope) -> Facet:
    said: dict[str, str | int | float | bool] = {}
    for argument in arguments:
        if not isinstance(argument, tree.Named):
            raise scope.refusal("facet() expects arguments by their names", argument, _FORM)
        value = argument.value
        said[argument.name] = value.name if isinstance(value, tree.FieldName) else value.value
    others = ", ".join(name for name in said if name not in _NAMES)
    name, sort, limit = said.get("name"), said.get("sort", "-count"), said.get("limit")
    if others or not isinstance(name, str):
        raise scope.refusal(f"facet() has no {others or 'name'}", node, _FORM)
    if sort not in _SORTS:
        raise scope.refusal(f"facet() can't sort by {sort}", node, f"one of {', '.join(_SORTS)}")
    if limit is not None and not (type(limit) is int and 0 <= limit <= _MOST_VALUES):
        raise scope.refusal(f"facet() can't have {limit} values", node, f"a limit from 0 to {_MOST_VALUES}")
    field = _hierarchical(scope.schema.field(name, clause="facet"), said, node, scope)
    disjunctive = said.get("disjunctive", field.disjunctive)
    if not isinstance(disjunctive, bool):
        raise scope.refusal("disjunctive is true or false", node, _FORM)
    return Facet(replace(field, disjunctive=disjunctive), sort, limit)


def _hierarchical(field: Field, said: dict[str, str | int | float | bool], node: tree.Call, scope: Scope) -> Field:
    """The field with the separator of its paths, if it is to have any."""
    if "hierarchical" not in said and "separator" not in said:
        return field
    wanted = said.get("hierarchical", True)
    separator = said.get("separator", field.separator or SEPARATOR)
    if not isinstance(wanted, bool):
        raise scope.refusal("hierarchical is true or false", node, _FORM)
    if not isinstance(separator, str) or not 1 <= len(separator) <= _LONGEST_SEPARATOR:
        expected = f'one to {_LONGEST_SEPARATOR} characters, such as separator="/"'
        raise scope.refusal("the separator is no text that separates", node, expected)
    if field.type in ("date", "datetime"):
        if wanted and separator == SEPARATOR:
            return field
        raise scope.refusal(f"the levels of {field.name} are those of a date", node, 'separator="/"')
    if wanted and (field.type != "text" or field.multivalued):
        raise scope.refusal(f"{field.name} holds no paths", node, "a text field with one value a row")
    return replace(field, separator=separator if wanted else None)


def disjunctive_fields(parameters: list[tuple[str, str]]) -> dict[str, bool]:
    """The parameters `disjunctive.<field>`. Raises InvalidParameterError where one is neither true nor false."""
    found: dict[str, bool] = {}
    for name, value in parameters:
        field = name.removeprefix("disjunctive.")
        if field != name:
            # Addresses of the vendor's pages have the bare name.
            said = value.strip().lower() or "true"
            if said not in ("true", "false"):
                raise InvalidParameterError(name, value, "true or false")
            found[field] = said == "true"
    return found
