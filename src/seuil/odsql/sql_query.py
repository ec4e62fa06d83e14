"""The SELECT of a query, from all that it asks. Only what is asked of the engine needs it, and sqlglot with it."""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from seuil.model.columns import HIDDEN
from seuil.odsql.meaning import (
    Buckets,
    Column,
    Condition,
    Every,
    Output,
    OverRows,
    Range,
    SortKey,
    Value,
    aggregates_of,
)
from seuil.odsql.partial import PARTIAL, HiddenPart
from seuil.odsql.plan import Plan
from seuil.odsql.request import Statement
from seuil.odsql.schema import ROW_POSITION
from seuil.odsql.sql import Writer
from seuil.odsql.sql_conditions import condition, within_bounds
from seuil.odsql.sql_parts import (
    call,
    each_of,
    labelled,
    named,
    number,
    row_order,
    selected,
    status_of,
    text,
    together,
)

_TOTALS = "_totals"
_ROWS = "_rows"
_LISTED = "_listed"


def statement(plan: Plan) -> Statement:
    """The SELECT of a plan."""
    writer = Writer()
    found = _grouped(writer, plan) if plan.groups else _ungrouped(writer, plan)
    columns = [writer.value(value) for value in plan.present]
    columns += [named(ROW_POSITION)] if plan.position else []
    for place, column in enumerate(columns, plan.first_present + 1):
        found.select(labelled(column, f"_{place}"), copy=False)
    if plan.page.limit is not None:
        found = found.limit(writer.parameter(plan.page.limit), copy=False)
    if plan.page.offset:
        found = found.offset(writer.parameter(plan.page.offset), copy=False)
    return Statement(sql_text(found), tuple(writer.parameters))


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


def _all_over_rows(values: Iterable[Value], hidden: tuple[HiddenPart, ...]) -> tuple[OverRows, ...]:
    found = [part for value in values for part in aggregates_of(value)]
    found += [part for one in hidden for part in one.over_rows]
    return tuple(dict.fromkeys(found))


def _written(writer: Writer, plan: Plan) -> list[exp.Expr]:
    """The columns of the answer, and behind them what tells of hidden values."""
    outputs = plan.outputs
    columns = [writer.value(output.value) for output in outputs]
    names = [_alias(output, place) for place, output in enumerate(outputs, start=1)]
    extra = [written for part in plan.hidden for written in _told(writer, part, outputs)]
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


def counting(conditions: tuple[Condition, ...], relation: str) -> Statement:
    """What counts the rows that meet all conditions."""
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


def _told(writer: Writer, part: HiddenPart, outputs: Sequence[Output]) -> list[exp.Expr]:
    """The columns of a hidden part: the status; for an aggregate the hidden rows, and the limits if there are any."""
    if part.rows is None:
        status = _status(writer, part)
        return [exp.Max(this=status) if part.grouped else status]
    hidden = writer.value(part.rows)
    nothing = exp.Is(this=writer.value(outputs[part.output].value), expression=exp.Null())
    status = (
        exp.Case()
        .when(exp.EQ(this=hidden.copy(), expression=number(0)), exp.Null())
        .when(nothing, text(HIDDEN))
        .else_(text(PARTIAL))
    )
    return [status, hidden, *(writer.value(limit) for limit in part.limits or ())]


def _status(writer: Writer, part: HiddenPart) -> exp.Expr:
    told = status_of(part.statuses) if part.statuses else None
    if not part.blanks:
        return told or exp.Null()
    blank = [exp.Is(this=writer.value(column), expression=exp.Null()) for column in part.blanks]
    return exp.Case(default=told).when(together(exp.Or, blank), text(HIDDEN))
