"""The query for the values of a facet with their counts."""

from functools import partial

from seuil.odsql.facet import Facet, facets_asked, read_facet
from seuil.odsql.filters import conditions_of, measures_in
from seuil.odsql.limits import Page
from seuil.odsql.meaning import Aggregate, Column, Complement, Condition, Missing, Output, SortKey
from seuil.odsql.plan import Plan
from seuil.odsql.request import Compiled, OutputColumn, Request, Statement
from seuil.odsql.schema import Schema


def declared_facets(request: Request, schema: Schema) -> tuple[Facet, ...]:
    """The facets to answer: those that the request names by `facet`, or else all that the dataset declares."""
    asked = {facet.field.name: facet for facet in facets_asked(request, schema)}
    if request.facets:
        named_fields = (read_facet(text, schema, request).field.name for text in request.facets)
        return tuple(asked[name] for name in dict.fromkeys(named_fields))
    return tuple(asked.get(field.name, Facet(field)) for field in schema.fields if field.facet)


def compile_declared_facets(request: Request, schema: Schema, relation: str) -> list[tuple[Facet, Compiled]]:
    """All facets to answer with their queries; raises and means what `declared_facets` and `compile_facets` do."""
    known: dict[str | None, tuple[Condition, ...]] = {}
    found = []
    for facet in declared_facets(request, schema):
        released = _released(facet) if request.refine else None
        if released not in known:
            known[released] = conditions_of(request, schema, released=released)
        found.append((facet, _compiled(facet, known[released], relation)))
    return found


def compile_facets(request: Request, schema: Schema, relation: str, facet: Facet) -> Compiled:
    """The query for the values of one facet with their counts (columns `value` and `count`).

    Counts are narrowed by where, refine and exclude, except that a disjunctive facet isn't narrowed by its own
    refinements: its other values can still be added. Missing values are no value of a facet. Of paths and times come
    all that there are, whatever the limit, for the levels above to be counted.
    """
    return _compiled(facet, conditions_of(request, schema, released=_released(facet)), relation)


def _released(facet: Facet) -> str | None:
    return facet.field.name if facet.field.disjunctive else None


def _compiled(facet: Facet, filters: tuple[Condition, ...], relation: str) -> Compiled:
    conditions = (*filters, Complement(Missing(Column(facet.field))))
    page = Page(None if is_hierarchical(facet) else facet.limit, 0)
    columns = (OutputColumn("value", facet.field.type), OutputColumn("count", "int"))
    write = partial(_statement, facet, conditions, relation, page)
    return Compiled(
        write,
        None,
        columns,
        True,
        Page(facet.limit, 0),
        filtered_by=measures_in(conditions),
        plan=_plan(facet, conditions, relation, page),
    )


def _statement(facet: Facet, conditions: tuple[Condition, ...], relation: str, page: Page) -> Statement:
    from seuil.odsql.sql_facets import facet_statement

    return facet_statement(facet, conditions, relation, page)


def _plan(facet: Facet, conditions: tuple[Condition, ...], relation: str, page: Page) -> Plan | None:
    """The same as groups with their numbers; None where a row is in several, or texts are ordered as numbers."""
    column, count = Column(facet.field), Aggregate("count", None, "int")
    by = facet.sort.removeprefix("-")
    if facet.field.multivalued or by == "num":
        return None
    value = Output("value", column)
    order = SortKey(count if by == "count" else column, facet.sort.startswith("-"))
    return Plan(relation, (value, Output("count", count)), conditions, page, (value,), (order,))


def is_hierarchical(facet: Facet) -> bool:
    """Whether its values are paths or times, which have levels."""
    return facet.field.type == "datetime" or facet.field.separator is not None
