"""From a request of the Explore API v2.1 to one SELECT for DuckDB.

Semantics that the vendor's texts leave open, as they are here:
 - truth has two values: see `meaning`;
 - without order_by rows come in the order of the file, and ties fall back to it; groups come by ascending keys;
 - missing values come last in every order, and form a group of their own;
 - aggregates skip missing values, and so hidden ones: a sum is that of the shown values, and the answer says so;
 - an aggregate without group_by is repeated on each row of the page, as the live service does;
 - a year is a whole number in SQL (type `date`), for the server to show as a text of four digits.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from sqlglot import exp

from seuil.odsql.errors import MalformedQueryError
from seuil.odsql.filters import conditions_of, measures_in
from seuil.odsql.limits import MOST_GROUPS, Page, export_page, records_page
from seuil.odsql.meaning import (
    Aggregate,
    Buckets,
    Column,
    Compare,
    Condition,
    Constant,
    Every,
    Output,
    OverRows,
    Present,
    Range,
    SortKey,
    Value,
    aggregates_of,
    columns_of,
    is_aggregate,
)
from seuil.odsql.outputs import groups_of, order_of, outputs_of
from seuil.odsql.partial import HiddenPart, hidden_parts
from seuil.odsql.plan import Plan
from seuil.odsql.request import Compiled, OutputColumn, Partial, Request, Statement
from seuil.odsql.schema import ROW_POSITION, Field, Schema
from seuil.odsql.sql import Writer
from seuil.odsql.sql_conditions import condition, within_bounds
from seuil.odsql.sql_parts import call, each_of, labelled, named, row_order, selected

_POSITION = Column(Field(ROW_POSITION, "int"))
_TOTALS = "_totals"
_ROWS = "_rows"
_LISTED = "_listed"


def compile_records(request: Request, schema: Schema, relation: str) -> Compiled:
    """The query for a page of records.

    relation: the view or table of the server's choice; it has the schema's columns and `_row`, the position of a row.
    `with_bounds` names another one that also has the bounds of measures, if the schema has any.
    Raises RefusedQueryError (a QueryError) where the request can't be answered.
    """
    grouped = _text(request.group_by) is not None
    return _compile(request, schema, relation, records_page(request.limit, request.offset, grouped=grouped))


def compile_export(request: Request, schema: Schema, relation: str) -> Compiled:
    """The query for an export: as for records, but all rows unless the request limits them."""
    return _compile(request, schema, relation, export_page(request.limit, request.offset))


def with_bounds(relation: str) -> str:
    """The name of the relation that has the bounds of measures beside the columns of another one."""
    return f"{relation}_bornes"


def _compile(request: Request, schema: Schema, relation: str, page: Page) -> Compiled:
    setting = request.setting
    groups = groups_of(_text(request.group_by), schema, setting)
    outputs = outputs_of(_text(request.select), groups, schema, setting)
    order = order_of(_text(request.order_by), outputs, groups, schema, setting)
    if groups and (page.limit or 0) > MOST_GROUPS and any(is_aggregate(key.value) for key in order):
        raise MalformedQueryError(
            f"aggregation function in order by is not supported with a limit > {MOST_GROUPS}",
            clause="order_by",
            expected="no limit, or an order of groups",
        )
    conditions = conditions_of(request, schema)
    if request.row is not None:
        conditions = (*conditions, Compare("=", _POSITION, Constant(request.row, "int")))
    hidden = hidden_parts(outputs, grouped=bool(groups))
    bounds = with_bounds(relation) if any(part.limits for part in hidden) else None
    present = _presence(request, outputs, (*(group.value for group in groups), *_fixed(conditions)), schema)
    plan = Plan(
        bounds or relation,
        outputs,
        conditions,
        page,
        groups,
        order,
        hidden,
        present,
        position=request.positions and not groups,
    )
    lists = enumerate(present, plan.first_present)
    return Compiled(
        partial(_statement, plan),
        None if groups else partial(_count, conditions, relation),
        _columns(plan),
        bool(groups),
        page,
        setting.zone,
        plan.first_present + len(present) if plan.position else None,
        measures_in(conditions) if any(is_aggregate(output.value) for output in outputs) else (),
        bounds,
        {tuple(column.field.name for column in value.columns): place for place, value in lists},
        plan,
    )


def _statement(plan: Plan) -> Statement:
    writer = Writer()
    statement = _grouped(writer, plan) if plan.groups else _ungrouped(writer, plan)
    columns = [writer.value(value) for value in plan.present]
    columns += [named(ROW_POSITION)] if plan.position else []
    for place, column in enumerate(columns, plan.first_present + 1):
        statement.select(labelled(column, f"_{place}"), copy=False)
    if plan.page.limit is not None:
        statement = statement.limit(writer.parameter(plan.page.limit), copy=False)
    if plan.page.offset:
        statement = statement.offset(writer.parameter(plan.page.offset), copy=False)
    return Statement(sql_text(statement), tuple(writer.parameters))


def _ungrouped(writer: Writer, plan: Plan) -> exp.Select:
    """Rows. Aggregates are made once, in a subquery of one row, and stand beside each row."""
    values = (*(output.value for output in plan.outputs), *(key.value for key in plan.order))
    over_rows = (*_all_over_rows(values, plan.hidden), *plan.present)
    totals: exp.Select | None = None
    if over_rows:
        names: dict[Value, str] = {value: f"_t{place}" for place, value in enumerate(over_rows, start=1)}
        made = [labelled(writer.value(value), name) for value, name in names.items()]
        totals = where(selected(made, table(plan.relation)), writer, plan.conditions)
        writer.given = names
    statement = selected(_written(writer, plan), table(plan.relation))
    if totals is not None:
        statement = statement.join(totals.subquery(_TOTALS, copy=False), join_type="cross", copy=False)
    statement = where(statement, writer, plan.conditions)
    return statement.order_by(*(_order(writer, key) for key in plan.order), row_order(), copy=False)


def _grouped(writer: Writer, plan: Plan) -> exp.Select:
    """Groups. Those that are more than a field are made in a subquery, so that they are written once.

    A row is in the group of each of the values of a multivalued field, in that of missing values where it has none.
    """
    made: dict[Value, str] = {
        group.value: f"_g{place}" for place, group in enumerate(plan.groups, 1) if not _is_plain(group.value)
    }
    if made:
        lists = [value for value in made if isinstance(value, Column)]
        keys = [labelled(writer.value(value), made[value]) for value in made if value not in lists]
        rows = where(selected([exp.Star(), *keys], table(plan.relation)), writer, plan.conditions)
        for column in lists:
            # One after another: side by side the first values of both lists would be one row, and so on.
            each = labelled(each_of(writer.value(column)), made[column])
            rows = selected([exp.Star(), each], rows.subquery(_LISTED, copy=False))
        for value in made:
            if isinstance(value, Buckets):
                rows = rows.where(within_bounds(writer, value), copy=False)
        writer.given = made
        statement = selected(_written(writer, plan), rows.subquery(_ROWS, copy=False))
    else:
        statement = where(selected(_written(writer, plan), table(plan.relation)), writer, plan.conditions)
    statement = statement.group_by(*(writer.value(group.value) for group in plan.groups), copy=False)
    asked = [_order(writer, key) for key in plan.order]
    ties = [exp.Ordered(this=_group_order(writer, group.value)) for group in plan.groups]
    return statement.order_by(*asked, *ties, copy=False)


def _is_plain(value: Value) -> bool:
    return isinstance(value, Column) and not value.field.multivalued


def _presence(
    request: Request, outputs: tuple[Output, ...], single: tuple[Value, ...], schema: Schema
) -> tuple[Present, ...]:
    """What has to be told of the rows that sums of measures are taken over. single: what doesn't differ in them."""
    sums = (part for output in outputs for part in aggregates_of(output.value) if _adds_measures(part))
    if not any(sums):
        return ()
    alike = set(single)
    asked = (tuple(Column(schema.field(name, clause="select")) for name in names) for names in request.presence)
    return tuple(Present(columns, single=alike.issuperset(columns)) for columns in asked)


def _fixed(conditions: Iterable[Condition]) -> Iterator[Column]:
    """The columns that have one value in all rows that match."""
    for one in conditions:
        match one:
            case Compare("=", Column() as column, Constant()) | Compare("=", Constant(), Column() as column):
                yield column
            case Every(parts):
                yield from _fixed(parts)


def _adds_measures(value: OverRows) -> bool:
    adds = isinstance(value, Aggregate) and value.function == "sum"
    return adds and any(column.field.hidden_by or column.field.blank_hides for column in columns_of(value))


def _all_over_rows(values: Iterable[Value], hidden: tuple[HiddenPart, ...]) -> tuple[OverRows, ...]:
    found = [part for value in values for part in aggregates_of(value)]
    found += [part for one in hidden for part in one.over_rows]
    return tuple(dict.fromkeys(found))


def _written(writer: Writer, plan: Plan) -> list[exp.Expr]:
    """The columns of the answer, and behind them what tells of hidden values."""
    outputs = plan.outputs
    columns = [writer.value(output.value) for output in outputs]
    names = [_alias(output, place) for place, output in enumerate(outputs, start=1)]
    extra = [written for part in plan.hidden for written in part.written(writer, outputs)]
    names += [f"_{place}" for place in range(len(outputs) + 1, len(outputs) + len(extra) + 1)]
    return [labelled(column, name) for column, name in zip((*columns, *extra), names, strict=True)]


def _order(writer: Writer, key: SortKey) -> exp.Ordered:
    """One key of an order; missing values come last both ways, which is DuckDB's own rule."""
    return exp.Ordered(this=_group_order(writer, key.value), desc=key.descending)


def _group_order(writer: Writer, value: Value) -> exp.Expr:
    """What a group is ordered by: a range by the values in it, since its text would put 10 before 9."""
    if isinstance(value, Range) and value in writer.given:
        return call("MIN", writer.value(value.value))
    return writer.value(value)


def _columns(plan: Plan) -> tuple[OutputColumn, ...]:
    statuses: dict[int, int] = {}
    partly: dict[int, Partial] = {}
    for part, place in plan.places():
        statuses[part.output] = place
        if part.rows is not None:
            lowest, highest = (place + 2, place + 3) if part.limits else (None, None)
            partly[part.output] = Partial(place + 1, lowest, highest, _summed(plan.outputs[part.output].value))
    return tuple(
        OutputColumn(
            output.name,
            output.value.type,
            multivalued=not plan.groups and isinstance(output.value, Column) and output.value.field.multivalued,
            status=statuses.get(place),
            partial=partly.get(place),
            blank_hides=any(column.field.blank_hides for column in columns_of(output.value)),
        )
        for place, output in enumerate(plan.outputs)
    )


def _summed(value: Value) -> str | None:
    """The measure that a plain sum adds up."""
    match value:
        case Aggregate("sum", Column(field)) if field.hidden_by is not None or field.blank_hides:
            return field.name
    return None


def _count(conditions: tuple[Condition, ...], relation: str) -> Statement:
    writer = Writer()
    counted = selected([exp.Count(this=exp.Star())], table(relation))
    return Statement(sql_text(where(counted, writer, conditions)), tuple(writer.parameters))


def where(statement: exp.Select, writer: Writer, conditions: tuple[Condition, ...]) -> exp.Select:
    """The statement, for the rows that meet all conditions."""
    return statement.where(condition(writer, Every(conditions)), copy=False) if conditions else statement


def table(relation: str) -> exp.Table:
    """A relation by its name."""
    return exp.Table(this=exp.to_identifier(relation, quoted=True))


def sql_text(statement: exp.Select) -> str:
    """The statement as DuckDB reads it."""
    return statement.sql(dialect="duckdb")


def _alias(output: Output, position: int) -> str:
    """The schema's name for a plain column, a number for all else: a label of the query never enters the SQL."""
    if isinstance(output.value, Column) and not output.labelled and output.name == output.value.field.name:
        return output.name
    return f"_{position}"


def _text(clause: str | None) -> str | None:
    return clause if clause is not None and clause.strip() else None
