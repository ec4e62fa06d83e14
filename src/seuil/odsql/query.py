"""From a request of the Explore API v2.1 to one SELECT for DuckDB.

Semantics that the vendor's texts leave open, as they are here:
 - truth has two values: see `meaning`;
 - without order_by rows come in the order of the file, and ties fall back to it; groups come by ascending keys;
 - missing values come last in every order, and form a group of their own;
 - aggregates skip missing values, and so hidden ones: a sum is that of the shown values;
 - an aggregate without group_by is repeated on each row of the page, as the live service does;
 - a year is a whole number in SQL (type `date`), for the server to show as a text of four digits.
"""

from dataclasses import dataclass

from sqlglot import exp

from seuil.odsql.conditions import condition_of
from seuil.odsql.limits import Page, export_page, records_page
from seuil.odsql.meaning import Column, Complement, Condition, Every, Missing, Output
from seuil.odsql.outputs import groups_of, order_of, outputs_of
from seuil.odsql.parse import parse_where
from seuil.odsql.refine import excluded, read_refinements, refined
from seuil.odsql.schema import FieldType, Schema
from seuil.odsql.sql import Writer, named, row_order
from seuil.odsql.values import Scope


@dataclass(frozen=True)
class Request:
    """The parameters of a URL, as they came; a blank clause says nothing. Several `where` all have to hold."""

    select: str | None = None
    where: tuple[str, ...] | str | None = None
    group_by: str | None = None
    order_by: str | None = None
    limit: int | None = None
    offset: int = 0
    refine: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutputColumn:
    """A column of the answer.

    name: its key in the rows; the SQL may call it otherwise, so go by position.
    status: for a measure that may be hidden, the position in the SQL's rows of the column that says NS. It may lie
    behind the last output column, where the query doesn't select the status itself.
    """

    name: str
    type: FieldType
    multivalued: bool = False
    status: int | None = None


@dataclass(frozen=True)
class Compiled:
    """One SELECT with its parameters (`$1` is the first), and one that counts.

    The first `len(columns)` columns of the SQL's rows are the answer, in order; further ones are statuses.
    count_sql: counts the rows that match; None with groups, for which the API gives no total.
    """

    sql: str
    parameters: tuple[object, ...]
    count_sql: str | None
    count_parameters: tuple[object, ...]
    columns: tuple[OutputColumn, ...]
    grouped: bool


def compile_records(request: Request, schema: Schema, relation: str) -> Compiled:
    """The query for a page of records.

    relation: the view or table of the server's choice; it has the schema's columns and `_row`, the position of a row.
    Raises RefusedQueryError (a QueryError) where the request can't be answered.
    """
    grouped = _text(request.group_by) is not None
    return _compile(request, schema, relation, records_page(request.limit, request.offset, grouped=grouped))


def compile_export(request: Request, schema: Schema, relation: str) -> Compiled:
    """The query for an export: as for records, but all rows unless the request limits them."""
    return _compile(request, schema, relation, export_page(request.limit, request.offset))


def compile_facets(request: Request, schema: Schema, relation: str, facet: str) -> Compiled:
    """The query for the values of one facet with their counts (columns `value` and `count`), most frequent first.

    Counts are narrowed by where, refine and exclude, except that a disjunctive facet isn't narrowed by its own
    refinements: its other values can still be added. Missing values are no value of a facet.
    """
    field = schema.field(facet, clause="facet")
    column = Column(field)
    own = field.name if field.disjunctive else None
    conditions = (*_conditions(request, schema, released=own), Complement(Missing(column)))
    writer = Writer(grouped=True)
    source = exp.select(exp.alias_(_facet_values(writer, column), "_1", quoted=True)).from_(_table(relation))
    source = _where(source, writer, conditions)
    count = exp.Count(this=exp.Star())
    statement = (
        exp.select(named("_1"), exp.alias_(count, "_2", quoted=True))
        .from_(source.subquery("_values"))
        .group_by(named("_1"))
        .order_by(exp.Ordered(this=count.copy(), desc=True), exp.Ordered(this=named("_1")))
    )
    columns = (OutputColumn("value", field.type), OutputColumn("count", "int"))
    return Compiled(_sql(statement), tuple(writer.parameters), None, (), columns, grouped=True)


def _compile(request: Request, schema: Schema, relation: str, page: Page) -> Compiled:
    groups = groups_of(_text(request.group_by), schema)
    outputs = outputs_of(_text(request.select), groups, schema)
    order = order_of(_text(request.order_by), outputs, groups, schema)
    conditions = _conditions(request, schema)

    statuses = () if groups else _missing_statuses(outputs, schema)
    writer = Writer(grouped=bool(groups))
    written = [
        exp.alias_(writer.value(output.value), _alias(output, position), quoted=True)
        for position, output in enumerate((*outputs, *statuses), start=1)
    ]
    statement = _where(exp.select(*written).from_(_table(relation)), writer, conditions)
    keys = [writer.order(key) for key in order]
    if groups:
        statement = statement.group_by(*(writer.value(group.value) for group in groups), copy=False)
        keys += [exp.Ordered(this=writer.value(group.value)) for group in groups]
    else:
        keys.append(row_order())
    statement = statement.order_by(*keys, copy=False)
    if page.limit is not None:
        statement = statement.limit(writer.parameter(page.limit), copy=False)
    if page.offset:
        statement = statement.offset(writer.parameter(page.offset), copy=False)

    columns = _columns(outputs, (*outputs, *statuses), grouped=bool(groups))
    count_sql, count_parameters = (None, ()) if groups else _count(conditions, relation)
    return Compiled(_sql(statement), tuple(writer.parameters), count_sql, count_parameters, columns, bool(groups))


def _conditions(request: Request, schema: Schema, released: str | None = None) -> tuple[Condition, ...]:
    """All filters of a request, without the refinements of the field `released`."""
    texts = (request.where,) if isinstance(request.where, str) else request.where or ()
    filters = tuple(condition_of(parse_where(text), Scope(schema, "where", text)) for text in texts if text.strip())
    refinements = read_refinements("refine", request.refine, schema)
    kept = tuple(refinement for refinement in refinements if refinement.field.name != released)
    return (*filters, *refined(kept), *excluded(read_refinements("exclude", request.exclude, schema)))


def _count(conditions: tuple[Condition, ...], relation: str) -> tuple[str, tuple[object, ...]]:
    writer = Writer(grouped=True)
    counted = exp.select(exp.Count(this=exp.Star())).from_(_table(relation))
    return _sql(_where(counted, writer, conditions)), tuple(writer.parameters)


def _where(statement: exp.Select, writer: Writer, conditions: tuple[Condition, ...]) -> exp.Select:
    return statement.where(writer.condition(Every(conditions)), copy=False) if conditions else statement


def _facet_values(writer: Writer, column: Column) -> exp.Expr:
    value = writer.value(column)
    return exp.Anonymous(this="UNNEST", expressions=[value]) if column.field.multivalued else value


def _missing_statuses(outputs: tuple[Output, ...], schema: Schema) -> tuple[Output, ...]:
    """The status columns of selected measures that the query doesn't select."""
    selected = {output.value for output in outputs}
    missing: dict[str, Output] = {}
    for output in outputs:
        if isinstance(output.value, Column) and output.value.field.hidden_by is not None:
            status = Column(schema.field(output.value.field.hidden_by, clause="select"))
            if status not in selected:
                missing[status.field.name] = Output(status.field.name, status, labelled=True)
    return tuple(missing.values())


def _columns(outputs: tuple[Output, ...], written: tuple[Output, ...], *, grouped: bool) -> tuple[OutputColumn, ...]:
    places = {output.value.field.name: at for at, output in enumerate(written) if isinstance(output.value, Column)}
    columns = []
    for output in outputs:
        field = output.value.field if isinstance(output.value, Column) else None
        hidden_by = None if field is None or grouped else field.hidden_by
        columns.append(
            OutputColumn(
                output.name,
                output.value.type,
                multivalued=field is not None and field.multivalued,
                status=None if hidden_by is None else places[hidden_by],
            )
        )
    return tuple(columns)


def _alias(output: Output, position: int) -> str:
    """The schema's name for a plain column, a number for all else: a label of the query never enters the SQL."""
    if isinstance(output.value, Column) and not output.labelled and output.name == output.value.field.name:
        return output.name
    return f"_{position}"


def _table(relation: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(relation, quoted=True))


def _sql(statement: exp.Select) -> str:
    return statement.sql(dialect="duckdb")


def _text(clause: str | None) -> str | None:
    return clause if clause is not None and clause.strip() else None
