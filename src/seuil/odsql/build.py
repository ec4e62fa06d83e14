"""The actions of the grammar: what each rule makes of its parts."""

import math
import re
from typing import Any

from lark import Token, v_args
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from seuil.odsql import tree
from seuil.odsql.dates import read_date

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_NAMED_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LONGEST_INTEGER = 18  # digits that surely fit in 64 bits


class UnreadableTokenError(Exception):
    """A token that looks right and isn't: a date that doesn't exist, a text that is no Unicode. For the parser only."""

    def __init__(self, token: Token, expected: str) -> None:
        super().__init__(str(token))
        self.found, self.position, self.expected = str(token), int(token.start_pos or 0), expected


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

    def select_item(self, meta: Meta, expression: tree.Argument, label: str | None = None) -> tree.SelectItem:
        return tree.SelectItem(expression, label, span=_span(meta))

    def group_item(
        self, meta: Meta, expression: tree.FieldName | tree.Call, label: str | None = None
    ) -> tree.GroupItem:
        return tree.GroupItem(expression, label, span=_span(meta))

    def order_item(self, meta: Meta, expression: tree.FieldName | tree.Call, direction: str = "asc") -> tree.OrderItem:
        return tree.OrderItem(expression, direction.lower() == "desc", span=_span(meta))

    def label(self, _: Meta, name: Token) -> str:
        return _name(name)

    def disjunction(self, meta: Meta, *conditions: tree.Condition) -> tree.Or:
        return tree.Or(conditions, span=_span(meta))

    def conjunction(self, meta: Meta, *conditions: tree.Condition) -> tree.And:
        return tree.And(conditions, span=_span(meta))

    def negation(self, meta: Meta, condition: tree.Condition) -> tree.Not:
        return tree.Not(condition, span=_span(meta))

    def full_text(self, meta: Meta, text: tree.TextLiteral) -> tree.FullText:
        return tree.FullText(text.value, span=_span(meta))

    def comparison(self, meta: Meta, left: tree.Value, operator: Token, right: tree.Value) -> tree.Comparison:
        return tree.Comparison(_OPERATORS[operator], left, right, span=_span(meta))

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

    def arithmetic(self, meta: Meta, left: tree.Value, operator: Token, right: tree.Value) -> tree.Arithmetic:
        return tree.Arithmetic(_ARITHMETIC[operator], left, right, span=_span(meta))

    def call(self, meta: Meta, name: Token, parenthesis: Token, *arguments: tree.Argument) -> tree.Call:
        opens = int(parenthesis.start_pos or 0)
        return tree.Call(name.lower(), arguments, parenthesis=opens, span=_span(meta))

    def star(self, meta: Meta, _: Token) -> tree.Star:
        return tree.Star(span=_span(meta))

    def field(self, meta: Meta, name: Token) -> tree.FieldName:
        return tree.FieldName(_name(name), span=_span(meta))

    def text(self, meta: Meta, token: Token) -> tree.TextLiteral:
        return tree.TextLiteral(unquote(token), span=_span(meta))

    def number(self, meta: Meta, *tokens: Token) -> tree.NumberLiteral:
        value = _number(tokens[-1])
        negative = tokens[0] == "-"
        return tree.NumberLiteral(-value if negative else value, span=_span(meta))

    def boolean(self, meta: Meta, token: Token) -> tree.BooleanLiteral:
        return tree.BooleanLiteral(token.lower() == "true", span=_span(meta))

    def date(self, meta: Meta, token: Token) -> tree.DateLiteral:
        text = token[token.index(token[-1]) + 1 : -1]
        try:
            read_date(text)
        except ValueError:
            raise UnreadableTokenError(token, "a date such as date'2024' or date'2024-12-31'") from None
        return tree.DateLiteral(text, span=_span(meta))

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
