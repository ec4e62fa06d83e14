"""The meaning of filters."""

from seuil.odsql import tree
from seuil.odsql.compare import comparison, in_range, one_of
from seuil.odsql.meaning import (
    Begins,
    Column,
    Compare,
    Complement,
    Condition,
    Constant,
    Every,
    Missing,
    Some,
    Words,
)
from seuil.odsql.places import GEO_PREDICATES, geo_condition, renewed
from seuil.odsql.scope import Scope
from seuil.odsql.values import PREDICATES, value_of
from seuil.odsql.words import search_words


def condition_of(node: tree.Condition, scope: Scope) -> Condition:
    """What a filter means. Raises a RefusedQueryError where it means nothing for this dataset."""
    match node:
        case tree.And(conditions):
            return Every(tuple(condition_of(part, scope) for part in conditions))
        case tree.Or(conditions):
            return Some(tuple(condition_of(part, scope) for part in conditions))
        case tree.Not(part):
            return Complement(condition_of(part, scope))
        case tree.Comparison(operator, left, right):
            return comparison(operator, left, right, scope)
        case tree.OneOf():
            return one_of(node, scope)
        case tree.InRange():
            return in_range(node, scope)
        case tree.Holds(value, field):
            return comparison("=", field, value, scope)
        case tree.IsNull(field):
            return Missing(scope.column(field))
        case tree.IsBoolean(field, truth):
            return Compare("=", _boolean(field, scope), Constant(truth, "boolean"))
        case tree.FieldName():
            return Compare("=", _boolean(node, scope), Constant(True, "boolean"))
        case tree.Like(field, text):
            return Words((_text(field, scope),), search_words(text))
        case tree.FullText(text):
            return Words(_all_texts(scope), search_words(text))
        case tree.Call():
            return _predicate(renewed(node), scope)


def _boolean(name: tree.FieldName, scope: Scope) -> Column:
    column = scope.column(name)
    if column.type != "boolean":
        raise scope.refusal(f"{name.name} is not a boolean field", name, "a boolean field or a comparison")
    return column


def _text(name: tree.FieldName, scope: Scope) -> Column:
    column = scope.column(name)
    if column.type != "text":
        raise scope.refusal(f"{name.name} is not a text field", name, "a text field")
    return column


def _all_texts(scope: Scope) -> tuple[Column, ...]:
    return tuple(Column(field) for field in scope.schema.texts)


def _predicate(node: tree.Call, scope: Scope) -> Condition:
    if node.function in GEO_PREDICATES:
        return geo_condition(node, scope)
    if node.function not in PREDICATES:
        value_of(node, scope)  # an unknown function is told as such
        raise scope.refusal(f"{scope.written(node)} is not a condition", node, "a comparison, such as = 2024")
    *fields, text = node.arguments or (None,)
    if not isinstance(text, tree.TextLiteral):
        raise scope.refusal(
            f"{node.function}() expects a text as its last argument", node, f'{node.function}(field, "text")'
        )
    columns = _searched(fields, node, scope)
    if node.function == "search":
        return Words(columns, search_words(text.value, typos=True))
    if node.function == "suggest":
        return Words(columns, search_words(text.value, prefixes=True))
    named = bool(fields) and fields != [tree.Star()]
    lists = [column.field.name for column in columns if column.field.multivalued]
    if named and lists:
        raise scope.refusal(f"startswith() does not read the multivalued field {lists[0]}", node)
    return Begins(tuple(column for column in columns if not column.field.multivalued), text.value)


def _searched(fields: list[tree.Argument], node: tree.Call, scope: Scope) -> tuple[Column, ...]:
    if not fields or fields == [tree.Star()]:
        return _all_texts(scope)
    columns = []
    for field in fields:
        if not isinstance(field, tree.FieldName):
            raise scope.refusal(
                f"{node.function}() expects fields, then a text", node, f'{node.function}(field, "text")'
            )
        columns.append(_text(field, scope))
    return tuple(columns)
