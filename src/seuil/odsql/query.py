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

from seuil.odsql.errors import MalformedQueryError
from seuil.odsql.filters import conditions_of, measures_in
from seuil.odsql.limits import MOST_GROUPS, MOST_KEPT, Page, export_page, records_page
from seuil.odsql.meaning import (
    Aggregate,
    Column,
    Compare,
    Condition,
    Constant,
    Every,
    Output,
    OverRows,
    Present,
    Value,
    aggregates_of,
    columns_of,
    is_aggregate,
)
from seuil.odsql.outputs import groups_of, order_of, outputs_of
from seuil.odsql.partial import hidden_parts
from seuil.odsql.plan import Plan
from seuil.odsql.request import Compiled, OutputColumn, Partial, Request, Statement
from seuil.odsql.schema import ROW_POSITION, Field, Schema

_POSITION = Column(Field(ROW_POSITION, "int"))


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
    _refuse_too_many((*(output.value for output in outputs), *(key.value for key in order)))
    conditions = conditions_of(request, schema)
    if request.row is not None:
        conditions = (*conditions, Compare("=", _POSITION, Constant(request.row, "int")))
    hidden = hidden_parts(outputs, grouped=bool(groups), blanks_too=request.blanks)
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
        measures_in(conditions),
        bounds,
        {tuple(column.field.name for column in value.columns): place for place, value in lists},
        plan,
    )


def _statement(plan: Plan) -> Statement:
    from seuil.odsql.sql_query import statement

    return statement(plan)


def _count(conditions: tuple[Condition, ...], relation: str) -> Statement:
    from seuil.odsql.sql_query import counting

    return counting(conditions, relation)


def _refuse_too_many(values: Iterable[Value]) -> None:
    kept = {part for value in values for part in aggregates_of(value) if _keeps_values(part)}
    if len(kept) > MOST_KEPT:
        raise MalformedQueryError(
            f"the query has {len(kept)} medians, percentiles and counts of different values",
            clause="select",
            expected=f"at most {MOST_KEPT} of them at once",
        )


def _keeps_values(value: OverRows) -> bool:
    return isinstance(value, Aggregate) and (value.distinct or value.function in ("median", "percentile"))


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
    return adds and any(column.field.hidden_by or column.field.adds_up for column in columns_of(value))


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


def _text(clause: str | None) -> str | None:
    return clause if clause is not None and clause.strip() else None
