"""The meaning of select, group_by and order_by: which keys the rows have, and in which order they come."""

from collections.abc import Iterable

from seuil.odsql import tree
from seuil.odsql.errors import MalformedQueryError
from seuil.odsql.meaning import Column, Output, SortKey, Value, Year, bare_columns, is_aggregate
from seuil.odsql.parse import parse_group_by, parse_order_by, parse_select
from seuil.odsql.schema import Schema
from seuil.odsql.values import Scope, value_of


def groups_of(text: str | None, schema: Schema) -> tuple[Output, ...]:
    """The groups of a query, none where it has no group_by. Raises a RefusedQueryError."""
    if text is None:
        return ()
    scope = Scope(schema, "group_by", text)
    groups = []
    for item in parse_group_by(text):
        value = value_of(item.expression, scope)
        if isinstance(value, Column) and value.field.multivalued:
            raise scope.refusal(f"{value.field.name} is multivalued: it can't be a group", item)
        groups.append(_output(item, value, scope))
    return _distinct(groups, "group_by")


def outputs_of(text: str | None, groups: tuple[Output, ...], schema: Schema) -> tuple[Output, ...]:
    """The keys of the answer's rows, in order.

    Without a select: all fields, or all groups. A group that the select leaves out comes first.
    Raises a RefusedQueryError.
    """
    if text is None:
        return groups or all_fields(schema)
    scope = Scope(schema, "select", text, names=_labels(groups), aggregates=True)
    selected: list[Output] = []
    for item in parse_select(text):
        if isinstance(item.expression, tree.Star):
            if item.label is not None:
                raise scope.refusal("* can't have a label", item, "* alone")
            selected.extend(all_fields(schema))
        else:
            selected.append(_output(item, value_of(item.expression, scope), scope))
    if not groups:
        return _distinct(selected, "select")
    for output in selected:
        _refuse_outside_groups(output.value, output.name, groups, "select")
    _distinct([*groups, *selected], "select")
    return _distinct([*(group for group in groups if not _selects(selected, group)), *selected], "select")


def order_of(
    text: str | None, outputs: tuple[Output, ...], groups: tuple[Output, ...], schema: Schema
) -> tuple[SortKey, ...]:
    """The order that a query asks for; what it leaves open is the caller's. Raises a RefusedQueryError."""
    if text is None:
        return ()
    scope = Scope(schema, "order_by", text, names=_labels(groups) | _labels(outputs), aggregates=True)
    keys = []
    for item in parse_order_by(text):
        value = value_of(item.expression, scope)
        if groups:
            _refuse_outside_groups(value, scope.written(item.expression), groups, "order_by")
        if bare_columns(value) or is_aggregate(value):  # a constant under a label orders nothing
            keys.append(SortKey(value, item.descending))
    return tuple(keys)


def all_fields(schema: Schema) -> tuple[Output, ...]:
    """What `*` stands for."""
    return tuple(Output(field.name, Column(field)) for field in schema.fields)


def _output(item: tree.SelectItem | tree.GroupItem, value: Value, scope: Scope) -> Output:
    if item.label is not None:
        return Output(item.label, value, labelled=True)
    if isinstance(item.expression, tree.FieldName):
        return Output(item.expression.name, value)
    return Output(scope.written(item), value)


def _selects(selected: Iterable[Output], group: Output) -> bool:
    """Whether a select holds the group: under its label, or under any name where it has none."""
    return any(output.value == group.value and (output.name == group.name or not group.labelled) for output in selected)


def _labels(outputs: Iterable[Output]) -> dict[str, Value]:
    return {output.name: output.value for output in outputs if output.labelled}


def _distinct(outputs: Iterable[Output], clause: str) -> tuple[Output, ...]:
    """Drop what is said twice; refuse two meanings under one name."""
    known: dict[str, Output] = {}
    for output in outputs:
        first = known.setdefault(output.name, output)
        if first.value != output.value or (first.labelled and output.labelled and first is not output):
            raise MalformedQueryError(f"Alias '{output.name}' is declared several times", clause=clause)
    return tuple(known.values())


def _refuse_outside_groups(value: Value, name: str, groups: tuple[Output, ...], clause: str) -> None:
    grouped = {group.value for group in groups}
    for column in bare_columns(value):
        whole = column.column if isinstance(column, Year) else column
        if column not in grouped and whole not in grouped:
            raise MalformedQueryError(
                f"{name} is neither a group nor an aggregation",
                clause=clause,
                expected=f"one of the groups {', '.join(group.name for group in groups)}, or an aggregation",
            )
