"""The values of a facet with their counts: `facet=region`, `facet=facet(name="region", sort="-count", limit=5)`.

`sort` is `count` (the most frequent first, the default), `-count`, `alphanum` or `-alphanum`. `disjunctive`: other
values than the refined ones are counted too, since they can still be added.
"""

from dataclasses import dataclass
from typing import Literal, cast

from sqlglot import exp

from seuil.odsql import tree
from seuil.odsql.filters import conditions_of
from seuil.odsql.limits import Page
from seuil.odsql.meaning import Column, Complement, Missing
from seuil.odsql.parse import parse_facet
from seuil.odsql.query import sql_text, table, where
from seuil.odsql.request import Compiled, OutputColumn, Request
from seuil.odsql.schema import Field, Schema
from seuil.odsql.scope import Scope
from seuil.odsql.sql import Writer
from seuil.odsql.sql_parts import call, named

Sort = Literal["count", "-count", "alphanum", "-alphanum"]
_SORTS = ("count", "-count", "alphanum", "-alphanum")
_FORM = 'facet(name="field", sort="-count", limit=10, disjunctive=true)'
_MOST_VALUES = 20_000


@dataclass(frozen=True)
class Facet:
    """A facet as it is asked for. limit: the most values, None for all."""

    field: Field
    sort: Sort = "count"
    limit: int | None = None
    disjunctive: bool = False


def read_facet(text: str, schema: Schema, request: Request) -> Facet:
    """Read a facet, a field's name or `facet(...)`. Raises a RefusedQueryError."""
    if text in schema:
        field = schema.field(text, clause="facet")
        return Facet(field, disjunctive=field.disjunctive)
    scope = Scope(schema, request.setting, "facet", text)
    match parse_facet(text):
        case tree.FieldName() as name:
            field = scope.column(name).field
            return Facet(field, disjunctive=field.disjunctive)
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
    name, sort, limit, disjunctive = (said.pop(key, None) for key in ("name", "sort", "limit", "disjunctive"))
    # Values of these datasets are whole, so there is no hierarchy for a separator to take apart.
    for ignored in ("hierarchical", "separator"):
        said.pop(ignored, None)
    if said or not isinstance(name, str):
        raise scope.refusal(f"facet() has no {', '.join(said) or 'name'}", node, _FORM)
    field = scope.schema.field(name, clause="facet")
    if sort not in (None, *_SORTS):
        raise scope.refusal(f"facet() can't sort by {sort}", node, f"one of {', '.join(_SORTS)}")
    if limit is not None and not (type(limit) is int and 0 <= limit <= _MOST_VALUES):
        raise scope.refusal(f"facet() can't have {limit} values", node, f"a limit from 0 to {_MOST_VALUES}")
    if disjunctive not in (None, True, False):
        raise scope.refusal("disjunctive is true or false", node, _FORM)
    return Facet(
        field,
        cast(Sort, sort or "count"),
        limit,
        field.disjunctive if disjunctive is None else bool(disjunctive),
    )


def compile_facets(request: Request, schema: Schema, relation: str, facet: str | Facet) -> Compiled:
    """The query for the values of one facet with their counts (columns `value` and `count`).

    Counts are narrowed by where, refine and exclude, except that a disjunctive facet isn't narrowed by its own
    refinements: its other values can still be added. Missing values are no value of a facet.
    """
    asked = read_facet(facet, schema, request) if isinstance(facet, str) else facet
    column = Column(asked.field)
    own = asked.field.name if asked.disjunctive else None
    conditions = (*conditions_of(request, schema, released=own), Complement(Missing(column)))
    writer = Writer()
    source = exp.select(exp.alias_(_facet_values(writer, column), "_1", quoted=True)).from_(table(relation))
    source = where(source, writer, conditions)
    count = exp.Count(this=exp.Star())
    by_count = exp.Ordered(this=count.copy(), desc=asked.sort != "-count")
    by_value = exp.Ordered(this=named("_1"), desc=asked.sort == "-alphanum")
    statement = (
        exp.select(named("_1"), exp.alias_(count, "_2", quoted=True))
        .from_(source.subquery("_values"))
        .group_by(named("_1"))
        .order_by(*((by_value,) if asked.sort.endswith("alphanum") else (by_count, by_value)))
    )
    if asked.limit is not None:
        statement = statement.limit(writer.parameter(asked.limit), copy=False)
    columns = (OutputColumn("value", asked.field.type), OutputColumn("count", "int"))
    return Compiled(
        sql_text(statement), tuple(writer.parameters), None, (), columns, grouped=True, page=Page(asked.limit, 0)
    )


def _facet_values(writer: Writer, column: Column) -> exp.Expr:
    value = writer.value(column)
    return call("UNNEST", value) if column.field.multivalued else value
