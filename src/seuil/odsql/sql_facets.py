"""The SELECT of a facet: its values with their counts."""

from sqlglot import exp

from seuil.odsql.facet import Facet
from seuil.odsql.limits import Page
from seuil.odsql.meaning import Column, Condition
from seuil.odsql.request import Statement
from seuil.odsql.sql import Writer
from seuil.odsql.sql_parts import call, labelled, named, selected
from seuil.odsql.sql_query import sql_text, table, where


def facet_statement(facet: Facet, conditions: tuple[Condition, ...], relation: str, page: Page) -> Statement:
    """Columns `_1`, the values, and `_2`."""
    writer = Writer()
    source = selected([labelled(_facet_values(writer, Column(facet.field)), "_1")], table(relation))
    source = where(source, writer, conditions)
    count = exp.Count(this=exp.Star())
    statement = (
        selected([named("_1"), labelled(count, "_2")], source.subquery("_values", copy=False))
        .group_by(named("_1"), copy=False)
        .order_by(*_order(facet, count.copy()), copy=False)
    )
    if page.limit is not None:
        statement = statement.limit(writer.parameter(page.limit), copy=False)
    return Statement(sql_text(statement), tuple(writer.parameters))


def _order(facet: Facet, count: exp.Expr) -> tuple[exp.Ordered, ...]:
    descending = facet.sort.startswith("-")
    by_value = exp.Ordered(this=named("_1"), desc=False)
    match facet.sort.removeprefix("-"):
        case "count":
            return exp.Ordered(this=count, desc=descending), by_value
        case "num":
            number = exp.TryCast(this=named("_1"), to=exp.DataType.build("DOUBLE"))
            return exp.Ordered(this=number, desc=descending), by_value
    return (exp.Ordered(this=named("_1"), desc=descending),)


def _facet_values(writer: Writer, column: Column) -> exp.Expr:
    value = writer.value(column)
    # A row counts once for each of its values, however often it has one.
    return call("UNNEST", call("LIST_DISTINCT", value)) if column.field.multivalued else value
