"""From a syntax tree back to text: reading the text gives the same tree."""

import json
from decimal import Decimal

from seuil.odsql import tree
from seuil.odsql.grammar import BARE_NAME, KEYWORDS


def unparse(condition: tree.Condition) -> str:
    """The text of a filter."""
    match condition:
        case tree.Or(conditions):
            return " OR ".join(_bracketed(part) for part in conditions)
        case tree.And(conditions):
            return " AND ".join(_bracketed(part) for part in conditions)
        case tree.Not(part):
            return f"NOT {_bracketed(part)}"
        case tree.FullText(text):
            return _text(text)
        case tree.FieldName() | tree.Call():
            return unparse_value(condition)
        case _:
            return _test(condition)


def _test(
    condition: tree.Comparison | tree.OneOf | tree.InRange | tree.Holds | tree.IsNull | tree.IsBoolean | tree.Like,
) -> str:
    match condition:
        case tree.Comparison(operator, left, right):
            return f"{unparse_value(left)} {operator} {unparse_value(right)}"
        case tree.OneOf(field, values):
            return f"{_name(field.name)} IN ({', '.join(unparse_value(value) for value in values)})"
        case tree.InRange(field, low, high):
            before, after = "]" if condition.low_open else "[", "[" if condition.high_open else "]"
            return f"{_name(field.name)} IN {before}{unparse_value(low)} .. {unparse_value(high)}{after}"
        case tree.Holds(value, field):
            return f"{unparse_value(value)} IN {_name(field.name)}"
        case tree.IsNull(field):
            return f"{_name(field.name)} IS NULL"
        case tree.IsBoolean(field, truth):
            return f"{_name(field.name)} IS {'TRUE' if truth else 'FALSE'}"
        case tree.Like(field, text):
            return f"{_name(field.name)} LIKE {_text(text)}"


def unparse_value(value: tree.Argument) -> str:
    """The text of an operand, or of an expression of a select list."""
    match value:
        case tree.FieldName(name):
            return _name(name)
        case tree.TextLiteral(text):
            return _text(text)
        case tree.NumberLiteral(number):
            return _number(number)
        case tree.BooleanLiteral(truth):
            return "true" if truth else "false"
        case tree.DateLiteral(text):
            return f"date'{text}'"
        case tree.GeometryLiteral(text):
            return f"geom'{text}'"
        case tree.Call(function, arguments):
            return f"{function}({', '.join(unparse_value(argument) for argument in arguments)})"
        case tree.Arithmetic(operator, left, right):
            return f"{_operand(left)} {operator} {_operand(right)}"
        case tree.Negative(negated):
            return f"-{_operand(negated)}"
        case _:
            return _argument(value)


def _argument(value: tree.Star | tree.Distinct | tree.Pattern | tree.Quantity | tree.Named | tree.Bounds) -> str:
    match value:
        case tree.Star():
            return "*"
        case tree.Distinct(counted):
            return f"distinct {_operand(counted)}"
        case tree.Pattern(text):
            return text
        case tree.Quantity(number, unit):
            return f"{_number(number)} {unit}"
        case tree.Named(name, said):
            return f"{name}={unparse_value(said)}"
        case tree.Bounds(values):
            before, after = "]" if value.low_open else "[", "[" if value.high_open else "]"
            return f"{before}{', '.join(unparse_value(bound) for bound in values)}{after}"


def unparse_select(items: tuple[tree.SelectItem, ...]) -> str:
    """The text of a select list."""
    return ", ".join(_labelled(item) for item in items)


def unparse_group_by(items: tuple[tree.GroupItem, ...]) -> str:
    """The text of a list of groups."""
    return ", ".join(_labelled(item) for item in items)


def unparse_order_by(items: tuple[tree.OrderItem, ...]) -> str:
    """The text of an order."""
    return ", ".join(_order(item) for item in items)


def _order(item: tree.OrderItem) -> str:
    # A minus in front turns the order, so one that belongs to the value needs another before it.
    negative = isinstance(item.expression, tree.Negative)
    direction = "DESC" if item.descending != negative else "ASC"
    return f"{'-' if negative else ''}{unparse_value(item.expression)} {direction}"


def _labelled(item: tree.SelectItem | tree.GroupItem) -> str:
    text = unparse_value(item.expression)
    return text if item.label is None else f"{text} AS {_name(item.label)}"


def _bracketed(condition: tree.Condition) -> str:
    text = unparse(condition)
    return f"({text})" if isinstance(condition, tree.And | tree.Or | tree.Not) else text


def _operand(value: tree.Value) -> str:
    text = unparse_value(value)
    return f"({text})" if isinstance(value, tree.Arithmetic | tree.Negative) else text


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: int | float) -> str:
    if isinstance(value, int):
        return str(value)
    plain = format(Decimal(repr(value)), "f")
    return plain if "." in plain else f"{plain}.0"


def _name(name: str) -> str:
    if BARE_NAME.fullmatch(name) and name.lower() not in KEYWORDS:
        return name
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"
