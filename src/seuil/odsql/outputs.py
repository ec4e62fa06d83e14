"""The meaning of select, group_by and order_by: which keys the rows have, and in which order they come."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from seuil.odsql import tree
from seuil.odsql.errors import MalformedQueryError
from seuil.odsql.meaning import (
    Aggregate,
    Column,
    Output,
    Random,
    Range,
    SortKey,
    Value,
    bare_columns,
    is_aggregate,
    parts_of,
)
from seuil.odsql.parse import parse_group_by, parse_order_by, parse_select
from seuil.odsql.schema import Schema
from seuil.odsql.scope import Scope, Setting
from seuil.odsql.values import value_of


def groups_of(text: str | None, schema: Schema, setting: Setting) -> tuple[Output, ...]:
    """The groups of a query, none where it has no group_by. Raises a RefusedQueryError."""
    if text is None:
        return ()
    scope = Scope(schema, setting, "group_by", text)
    groups = []
    for item in parse_group_by(text):
        value = value_of(item.expression, scope)
        if not any(bare_columns(value)):
            raise scope.refusal(f"{scope.written(item)} is the same for all rows: it can't be a group", item, "a field")
        groups.append(_output(item, value, scope))
    return _distinct(groups, "group_by")


def outputs_of(text: str | None, groups: tuple[Output, ...], schema: Schema, setting: Setting) -> tuple[Output, ...]:
    """The keys of the answer's rows, in order.

    Without a select: all fields, or all groups. A group that the select leaves out comes first.
    Raises a RefusedQueryError.
    """
    if text is None:
        return groups or all_fields(schema)
    scope = Scope(schema, setting, "select", text, names=_labels(groups), aggregates=True)
    selected: list[Output] = []
    for item in parse_select(text):
        if isinstance(item.expression, tree.Star):
            if item.label is not None:
                raise scope.refusal("* can't have a label", item, "* alone")
            selected.extend(all_fields(schema))
        elif isinstance(item.expression, tree.Call) and item.expression.function in ("include", "exclude"):
            selected = _listed(item, item.expression, selected, scope)
        else:
            selected.append(_output(item, value_of(item.expression, scope), scope))
    if not groups:
        return _distinct(selected, "select")
    for output in selected:
        _refuse_outside_groups(output.value, output.name, groups, "select")
    _distinct([*groups, *selected], "select")
    return _distinct([*(group for group in groups if not _selects(selected, group)), *selected], "select")


def order_of(
    text: str | None, outputs: tuple[Output, ...], groups: tuple[Output, ...], schema: Schema, setting: Setting
) -> tuple[SortKey, ...]:
    """The order that a query asks for; what it leaves open is the caller's. Raises a RefusedQueryError."""
    if text is None:
        return ()
    scope = Scope(schema, setting, "order_by", text, names=_labels(groups) | _labels(outputs), aggregates=True)
    keys = []
    for item in parse_order_by(text):
        value = value_of(item.expression, scope)
        if groups:
            _refuse_outside_groups(value, scope.written(item.expression), groups, "order_by")
        if isinstance(value, Random) and groups:
            raise scope.refusal("random() orders rows, not groups", item, "a group or an aggregation")
        # A constant, under a label or not, orders nothing.
        if any(bare_columns(value)) or is_aggregate(value) or isinstance(value, Random):
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
    """Refuse a value that differs within a group, and ranges that are no group."""
    if any(value == group.value for group in groups) or isinstance(value, Aggregate):
        return
    if isinstance(value, Column | Range):
        raise MalformedQueryError(
            f"{name} is neither a group nor an aggregation",
            clause=clause,
            expected=f"one of the groups {', '.join(group.name for group in groups)}, or an aggregation",
        )
    for part in parts_of(value):
        _refuse_outside_groups(part, name, groups, clause)


def _listed(item: tree.SelectItem, call: tree.Call, selected: list[Output], scope: Scope) -> list[Output]:
    """The keys after `include(pop*)`, which adds fields, or `exclude(pop*)`, which takes some away.

    An exclusion takes from what is selected before it, from all fields where it comes first.
    """
    names = {name for argument in call.arguments for name in _named_fields(argument, call, scope)}
    if not call.arguments or item.label is not None:
        raise scope.refusal(f"{call.function}() expects names of fields, and has no label", item, "include(pop*)")
    known = all_fields(scope.schema)
    if call.function == "include":
        return [*selected, *(output for output in known if output.name in names)]
    return [output for output in selected or known if output.name not in names]


def _named_fields(argument: tree.Argument, call: tree.Call, scope: Scope) -> list[str]:
    match argument:
        case tree.FieldName():
            return [scope.column(argument).field.name]
        case tree.Star():
            return [field.name for field in scope.schema.fields]
        case tree.Pattern(text):
            found = [field.name for field in scope.schema.fields if fnmatchcase(field.name, text)]
            if found:
                return found
            raise scope.refusal(f"no field is called {text}", argument, "the beginning of a field's name")
    raise scope.refusal(f"{call.function}() expects names of fields", argument, "include(pop*)")
