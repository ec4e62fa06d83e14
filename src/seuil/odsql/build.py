"""The actions of the grammar: what each rule makes of its parts."""

import math
import re
from typing import Any

from lark import Token, v_args
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from seuil.odsql import tree
from seuil.odsql.dates import read_date
from seuil.odsql.geometry import read_geometry

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_NAMED_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LONGEST_INTEGER = 18  # digits that surely fit in 64 bits


class UnreadableTokenError(Exception):
    """A token that looks right and isn't: a date that doesn't exist, a text that is no Unicode. For the parser only."""

    def __init__(self, token: Token, expected: str) -> None:
        super().__init__(str(token))
        self.found, self.position, self.expected = str(token), int(token.start_pos or 0), expected


class NoConditionError(Exception):
    """A value where a filter needs a condition, such as `ntop + 1` alone. For the parser only."""

    def __init__(self, value: tree.Value) -> None:
        super().__init__()
        self.span = value.span


def unquote(token: Token) -> str:
    """The text between quotes or back-quotes, its escapes resolved as JSON does; `\\x` is x for any other x."""

    def resolve(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) == 5 else _NAMED_ESCAPES.get(code, code)

    text = _ESCAPE.sub(resolve, token[1:-1])
    try:
        # JSON writes characters beyond the first 65,536 as two halves; a half alone is no character.
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise UnreadableTokenError(token, "a text of Unicode characters") from None


@v_args(meta=True, inline=True)
class TreeBuilder(Transformer_NonRecursive[Token, Any]):
    """Builds the nodes of `tree`; a method's name is that of its rule. No depth of brackets makes it recurse."""

    def select(self, _: Meta, *items: tree.SelectItem) -> tuple[tree.SelectItem, ...]:
        return items

    def group_by(self, _: Meta, *items: tree.GroupItem) -> tuple[tree.GroupItem, ...]:
        return items

    def order_by(self, _: Meta, *items: tree.OrderItem) -> tuple[tree.OrderItem, ...]:
        return items

    def select_item(self, meta: Meta, expression: tree.Value | tree.Star, label: str | None = None) -> tree.SelectItem:
        return tree.SelectItem(expression, label, span=_span(meta))

    def group_item(self, meta: Meta, expression: tree.Value, label: str | None = None) -> tree.GroupItem:
        return tree.GroupItem(expression, label, span=_span(meta))

    def order_item(self, meta: Meta, expression: tree.Value, direction: str = "asc") -> tree.OrderItem:
        descending = direction.lower() == "desc"
        if isinstance(expression, tree.Negative):
            # What is negated may be a text: the minus turns the order, not the value.
            return tree.OrderItem(expression.value, not descending, span=_span(meta))
        return tree.OrderItem(expression, descending, span=_span(meta))

    def where(self, _: Meta, condition: tree.Condition | tree.Value) -> tree.Condition:
        return _condition(condition)

    def label(self, _: Meta, name: Token) -> str:
        return _name(name)

    def disjunction(self, meta: Meta, *conditions: tree.Condition | tree.Value) -> tree.Or:
        return tree.Or(tuple(_condition(part) for part in conditions), span=_span(meta))

    def conjunction(self, meta: Meta, *conditions: tree.Condition | tree.Value) -> tree.And:
        return tree.And(tuple(_condition(part) for part in conditions), span=_span(meta))

    def negation(self, meta: Meta, condition: tree.Condition | tree.Value) -> tree.Not:
        return tree.Not(_condition(condition), span=_span(meta))

    def comparison(
        self, meta: Meta, left: tree.Condition | tree.Value, operator: Token, right: tree.Condition | tree.Value
    ) -> tree.Comparison:
        return tree.Comparison(_OPERATORS[operator], _value(left, operator), _value(right, operator), span=_span(meta))

    def one_of(self, meta: Meta, field: tree.FieldName, values: tuple[tree.ValueLiteral, ...]) -> tree.OneOf:
        return tree.OneOf(field, values, span=_span(meta))

    def in_range(self, meta: Meta, field: tree.FieldName, bounds: "_Bounds") -> tree.InRange:
        return tree.InRange(field, *bounds, span=_span(meta))

    def holds(self, meta: Meta, value: tree.ValueLiteral, field: tree.FieldName) -> tree.Holds:
        return tree.Holds(value, field, span=_span(meta))

    def like(self, meta: Meta, field: tree.FieldName, text: tree.TextLiteral) -> tree.Like:
        return tree.Like(field, text.value, span=_span(meta))

    def is_constant(self, meta: Meta, field: tree.FieldName, constant: Token) -> tree.IsNull | tree.IsBoolean:
        if constant.lower() == "null":
            return tree.IsNull(field, span=_span(meta))
        return tree.IsBoolean(field, constant.lower() == "true", span=_span(meta))

    def list(self, _: Meta, *values: tree.ValueLiteral) -> tuple[tree.ValueLiteral, ...]:
        return values

    def range(self, _: Meta, before: Token, low: tree.ValueLiteral, high: tree.ValueLiteral, after: Token) -> "_Bounds":
        return low, high, before == "]", after == "["

    def arithmetic(
        self, meta: Meta, left: tree.Condition | tree.Value, operator: Token, right: tree.Condition | tree.Value
    ) -> tree.Arithmetic:
        return tree.Arithmetic(_ARITHMETIC[operator], _value(left, operator), _value(right, operator), span=_span(meta))

    def negative(self, meta: Meta, sign: Token, value: tree.Condition | tree.Value) -> tree.Value:
        number = _value(value, sign)
        if sign == "+":
            return number
        if isinstance(number, tree.NumberLiteral):
            return tree.NumberLiteral(-number.value, span=_span(meta))
        return tree.Negative(number, span=_span(meta))

    def call(self, meta: Meta, name: Token, parenthesis: Token, *arguments: tree.Argument) -> tree.Call:
        opens = int(parenthesis.start_pos or 0)
        return tree.Call(name.lower(), arguments, parenthesis=opens, span=_span(meta))

    def star(self, meta: Meta, _: Token) -> tree.Star:
        return tree.Star(span=_span(meta))

    def field(self, meta: Meta, name: Token) -> tree.FieldName:
        return tree.FieldName(_name(name), span=_span(meta))

    def text(self, meta: Meta, token: Token) -> tree.TextLiteral:
        return tree.TextLiteral(unquote(token), span=_span(meta))

    def number(self, meta: Meta, token: Token) -> tree.NumberLiteral:
        return tree.NumberLiteral(_number(token), span=_span(meta))

    def signed_number(self, meta: Meta, *tokens: Token) -> tree.NumberLiteral:
        value = _number(tokens[-1])
        return tree.NumberLiteral(-value if tokens[0] == "-" else value, span=_span(meta))

    def distinct(self, meta: Meta, value: tree.Value) -> tree.Distinct:
        return tree.Distinct(value, span=_span(meta))

    def pattern(self, meta: Meta, token: Token) -> tree.Pattern:
        return tree.Pattern(str(token), span=_span(meta))

    def quantity(self, meta: Meta, token: Token) -> tree.Quantity:
        number = re.match(r"[0-9.]+", token)
        digits = number[0] if number else ""
        return tree.Quantity(float(digits), token[len(digits) :].strip(), span=_span(meta))

    def named(
        self, meta: Meta, name: Token, _: Token, value: tree.TextLiteral | tree.NumberLiteral | tree.FieldName
    ) -> tree.Named:
        return tree.Named(name.lower(), value, span=_span(meta))

    def bounds(self, meta: Meta, before: Token, *values: tree.ValueLiteral | tree.Star | Token) -> tree.Bounds:
        *literals, after = values
        found = tuple(value for value in literals if isinstance(value, tree.Node))
        return tree.Bounds(found, before == "]", after == "[", span=_span(meta))

    def boolean(self, meta: Meta, token: Token) -> tree.BooleanLiteral:
        return tree.BooleanLiteral(token.lower() == "true", span=_span(meta))

    def date(self, meta: Meta, token: Token) -> tree.DateLiteral:
        text = token[token.index(token[-1]) + 1 : -1]
        try:
            read_date(text)
        except ValueError:
            raise UnreadableTokenError(token, "a date such as date'2024' or date'2024-12-31'") from None
        return tree.DateLiteral(text, span=_span(meta))

    def geometry(self, meta: Meta, token: Token) -> tree.GeometryLiteral:
        text = token[token.index(token[-1]) + 1 : -1].replace('\\"', '"')
        try:
            read_geometry(text)
        except ValueError:
            raise UnreadableTokenError(token, "a geometry such as geom'POINT(2.35 48.85)'") from None
        return tree.GeometryLiteral(text, span=_span(meta))

    def not_one_of(self, meta: Meta, field: tree.FieldName, values: tuple[tree.ValueLiteral, ...]) -> tree.Not:
        return tree.Not(self.one_of(meta, field, values), span=_span(meta))

    def not_in_range(self, meta: Meta, field: tree.FieldName, bounds: "_Bounds") -> tree.Not:
        return tree.Not(self.in_range(meta, field, bounds), span=_span(meta))

    def not_like(self, meta: Meta, field: tree.FieldName, text: tree.TextLiteral) -> tree.Not:
        return tree.Not(self.like(meta, field, text), span=_span(meta))

    def is_not_constant(self, meta: Meta, field: tree.FieldName, constant: Token) -> tree.Not:
        return tree.Not(self.is_constant(meta, field, constant), span=_span(meta))


_Bounds = tuple[tree.ValueLiteral, tree.ValueLiteral, bool, bool]

_OPERATORS: dict[str, tree.ComparisonOperator] = {
    "=": "=",
    ":": "=",
    "!=": "!=",
    ">": ">",
    ">=": ">=",
    "<": "<",
    "<=": "<=",
}
_ARITHMETIC: dict[str, tree.ArithmeticOperator] = {"+": "+", "-": "-", "*": "*", "/": "/"}


def _condition(part: tree.Condition | tree.Value) -> tree.Condition:
    """A part of a filter where a condition has to stand: a text alone is a full-text search."""
    if isinstance(part, tree.TextLiteral):
        return tree.FullText(part.value, span=part.span)
    if isinstance(part, tree.Condition):
        return part
    raise NoConditionError(part)


def _value(part: tree.Condition | tree.Value, operator: Token) -> tree.Value:
    """A part of a filter beside an operator, where a value has to stand."""
    if isinstance(part, tree.Value):
        return part
    raise UnreadableTokenError(operator, "AND, OR or the end after a condition")


def _span(meta: Meta) -> tree.Span:
    return meta.start_pos, meta.end_pos


def _name(token: Token) -> str:
    return unquote(token) if token.startswith("`") else str(token)


def _number(token: Token) -> int | float:
    if len(token) <= _LONGEST_INTEGER and "." not in token:
        return int(token)
    value = float(token)
    if math.isinf(value):
        raise UnreadableTokenError(token, "a number of fewer than 309 digits")
    return value
