"""What a syntax tree prints reads back as the same tree."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seuil.model.errors import QueryError
from seuil.odsql import tree
from seuil.odsql.parse import parse_group_by, parse_order_by, parse_select, parse_where
from seuil.odsql.unparse import unparse, unparse_group_by, unparse_order_by, unparse_select

texts = st.text(max_size=8)
names = st.one_of(
    st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True),
    st.sampled_from(["and", "NOT", "In", "true", "year", "count", "2020", "a b", "é`\\", "asc", "date"]),
    st.text(min_size=1, max_size=5),
)
fields = st.builds(tree.FieldName, names)
plain_literals = st.one_of(
    st.builds(tree.TextLiteral, texts),
    st.builds(tree.NumberLiteral, st.integers(-(10**17), 10**17)),
    st.builds(tree.NumberLiteral, st.floats(allow_nan=False, allow_infinity=False)),
    st.builds(tree.BooleanLiteral, st.booleans()),
)
dates = st.builds(tree.DateLiteral, st.sampled_from(["2024", "2024-02", "2024/02/29", "2024-02-03T04:05:06.789Z"]))
literals = plain_literals | dates
places = st.builds(tree.GeometryLiteral, st.sampled_from(["POINT(2.35 48.85)", "POLYGON((0 0, 1 0, 1 1, 0 0))"]))
functions = st.sampled_from(["count", "sum", "year", "search", "whatever_1"])
special = st.one_of(
    st.builds(tree.Star),
    st.builds(tree.Pattern, st.sampled_from(["pop*", "*_statut", "*p*", "2*"])),
    st.builds(tree.Quantity, st.floats(0, 1e6), st.sampled_from(["day", "M", "km", "ms", "years"])),
    st.builds(tree.Named, st.sampled_from(["days", "name"]), plain_literals | fields),
    st.deferred(lambda: st.builds(tree.Distinct, fields | calls)),
    st.builds(
        tree.Bounds,
        st.lists(literals | st.builds(tree.Star), min_size=1, max_size=3).map(tuple),
        st.booleans(),
        st.booleans(),
    ),
)
arguments = st.deferred(lambda: st.lists(values | special, max_size=3).map(tuple))
calls = st.builds(tree.Call, functions, arguments)


def negated(inner: st.SearchStrategy[tree.Value]) -> st.SearchStrategy[tree.Value]:
    """A minus before a number is that number's own sign."""
    return st.builds(tree.Negative, inner.filter(lambda value: not isinstance(value, tree.NumberLiteral)))


values: st.SearchStrategy[tree.Value] = st.recursive(
    fields | literals | places,
    lambda inner: (
        st.builds(tree.Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inner, inner) | calls | negated(inner)
    ),
    max_leaves=6,
)
operands = values
tests = st.one_of(
    st.builds(tree.Comparison, st.sampled_from(["=", "!=", ">", ">=", "<", "<="]), operands, operands),
    st.builds(tree.OneOf, fields, st.lists(plain_literals, min_size=1, max_size=3).map(tuple)),
    st.builds(tree.InRange, fields, literals, literals, st.booleans(), st.booleans()),
    st.builds(tree.Holds, literals, fields),
    st.builds(tree.IsNull, fields),
    st.builds(tree.IsBoolean, fields, st.booleans()),
    st.builds(tree.Like, fields, texts),
    st.builds(tree.FullText, texts),
    fields,
    calls,
)


def several(inner: st.SearchStrategy[tree.Condition]) -> st.SearchStrategy[tuple[tree.Condition, ...]]:
    return st.lists(inner, min_size=2, max_size=3).map(tuple)


conditions: st.SearchStrategy[tree.Condition] = st.recursive(
    tests,
    lambda inner: st.builds(tree.Not, inner) | st.builds(tree.And, several(inner)) | st.builds(tree.Or, several(inner)),
    max_leaves=8,
)
labels = st.none() | names


def lists(items: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(items, min_size=1, max_size=3).map(tuple)


def exactly(one: object, other: object) -> bool:
    """Equal, and of the same types: True is not 1, nor is 1 the same literal as 1.0."""
    return one == other and repr(one) == repr(other)


@given(conditions)
def test_filters(condition: tree.Condition) -> None:
    assert exactly(parse_where(unparse(condition)), condition)


def places(part: object) -> object:
    """A tree with the places of its nodes, which are no part of what it says."""
    if isinstance(part, tuple):
        return [places(one) for one in part]
    return (
        (type(part), {name: places(value) for name, value in vars(part).items()})
        if isinstance(part, tree.Node)
        else part
    )


@given(conditions, st.lists(st.sampled_from(["'", '"', "\\", "1", " ", ".", "-", "`", "date'2024'"]), max_size=4))
def test_a_clause_whose_template_is_known_is_read_as_one_by_itself(condition: tree.Condition, more: list[str]) -> None:
    """More than 500 characters are never read by a template; some blanks at the end change no place."""
    text = unparse(condition)
    for clause in (text, "".join(more) + text, text + "".join(more)):
        assert tried(clause) == tried(clause + " " * 501)


def tried(clause: str) -> object:
    try:
        return places(parse_where(clause))
    except QueryError:
        return None


@given(lists(st.builds(tree.SelectItem, values | st.builds(tree.Star), labels)))
def test_select_lists(items: tuple[tree.SelectItem, ...]) -> None:
    assert exactly(parse_select(unparse_select(items)), items)


@given(lists(st.builds(tree.GroupItem, values, labels)))
def test_groups(items: tuple[tree.GroupItem, ...]) -> None:
    assert exactly(parse_group_by(unparse_group_by(items)), items)


@given(lists(st.builds(tree.OrderItem, values, st.booleans())))
def test_orders(items: tuple[tree.OrderItem, ...]) -> None:
    assert exactly(parse_order_by(unparse_order_by(items)), items)


@pytest.mark.parametrize("number", [0.1, 1e-300, 1.7976931348623157e308, 5e-324, -math.pi, 1e22])
def test_numbers_keep_every_digit(number: float) -> None:
    literal = tree.NumberLiteral(number)
    parsed = parse_where(unparse(tree.Comparison("=", literal, literal)))
    assert parsed == tree.Comparison("=", literal, literal)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(conditions)
def test_many_filters(condition: tree.Condition) -> None:
    assert exactly(parse_where(unparse(condition)), condition)
