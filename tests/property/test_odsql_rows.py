"""Random queries on random small tables give the rows that plain Python picks, with its own reading of the language."""

import math
import re
import statistics
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cmp_to_key
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seuil.odsql import Field, Request, Schema, compile_export, compile_facets, compile_records, declared_facets, tree
from seuil.odsql.unparse import unparse
from seuil.portal.store import matching
from seuil.portal.store.plain import answer
from seuil.portal.store.vectors import write_vectors

Row = dict[str, Any]

TYPES = {"annee": "INTEGER", "dept": "VARCHAR", "sexe": "VARCHAR", "ntop": "BIGINT", "taux": "DOUBLE"}
TYPES |= {"actif": "BOOLEAN", "mots": "VARCHAR[]"}
SCHEMA = Schema(
    (
        Field("annee", "date"),
        Field("dept", "text"),
        Field("sexe", "text", disjunctive=True),
        Field("ntop", "int"),
        Field("taux", "double"),
        Field("actif", "boolean"),
        Field("mots", "text", multivalued=True),
    )
)

places = st.sampled_from(["Ain", "Côte-d'Or", "cote d or", "L'Île", "Île", "", "É", "e2", "%", "_"])
numbers = st.integers(-3, 3)
quarters = st.integers(-6, 6).map(lambda n: n / 4)
rows = st.fixed_dictionaries(
    {
        "annee": st.none() | st.integers(2020, 2023),
        "dept": st.none() | places,
        "sexe": st.none() | st.sampled_from("FH"),
        "ntop": st.none() | numbers,
        "taux": st.none() | quarters,
        "actif": st.none() | st.booleans(),
        "mots": st.none() | st.lists(places, max_size=2),
    }
)
tables = st.lists(rows, max_size=8)

# --- random conditions that have a meaning

operators = st.sampled_from(["=", "!=", ">", ">=", "<", "<="])
number_names = st.sampled_from(["ntop", "taux"]).map(tree.FieldName)
years = st.just(tree.Call("year", (tree.FieldName("annee"),)))
number_literals = (numbers | quarters).map(tree.NumberLiteral)
text_names = st.sampled_from(["dept", "sexe"]).map(tree.FieldName)
text_literals = (places | st.sampled_from("FHé")).map(tree.TextLiteral)
date_literals = st.sampled_from(["2020", "2021", "2022-01", "2022-01-01", "2021-06-30", "2022/12"]).map(
    tree.DateLiteral
)
year_field = st.just(tree.FieldName("annee"))
words = st.sampled_from(["ain", "COTE*", "or d", "ile", "l ile", "é", "e*", "f", "", "-", "cotte", "octe or", "cotes"])
lists = st.just(tree.FieldName("mots"))


def compared(one: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Condition]:
    return st.builds(tree.Comparison, operators, one, other)


def ranged(field: st.SearchStrategy[Any], bound: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Condition]:
    return st.builds(tree.InRange, field, bound, bound, st.booleans(), st.booleans())


def listed(field: st.SearchStrategy[Any], value: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Condition]:
    return st.builds(tree.OneOf, field, st.lists(value, min_size=1, max_size=3).map(tuple))


tests = st.one_of(
    compared(number_names, number_literals | number_names | years),
    compared(years, st.integers(2019, 2024).map(tree.NumberLiteral)),
    compared(text_names, text_literals | text_names),
    compared(text_literals, text_names),
    compared(year_field, date_literals | year_field),
    compared(date_literals, year_field),
    st.builds(tree.Comparison, st.sampled_from(["=", "!="]), lists, text_literals),
    st.builds(
        tree.Comparison,
        st.sampled_from(["=", "!="]),
        st.just(tree.FieldName("actif")),
        st.booleans().map(tree.BooleanLiteral),
    ),
    ranged(number_names, number_literals),
    ranged(year_field, date_literals),
    ranged(text_names, text_literals),
    listed(number_names, number_literals),
    listed(text_names | lists, text_literals),
    st.builds(tree.Holds, text_literals, lists | text_names),
    st.sampled_from(list(TYPES)).map(lambda name: tree.IsNull(tree.FieldName(name))),
    st.booleans().map(lambda truth: tree.IsBoolean(tree.FieldName("actif"), truth)),
    st.just(tree.FieldName("actif")),
    st.builds(tree.Like, text_names | lists, words),
    st.builds(tree.FullText, words),
    st.builds(lambda text: tree.Call("search", (tree.Star(), tree.TextLiteral(text))), words),
    st.builds(lambda name, text: tree.Call("search", (name, tree.TextLiteral(text))), text_names, words),
    st.builds(lambda name, text: tree.Call("suggest", (name, tree.TextLiteral(text))), text_names, words),
    st.builds(lambda name, text: tree.Call("startswith", (name, text)), text_names, text_literals),
    st.deferred(lambda: compared(calculations, calculations | number_literals)),
)
sums = st.builds(tree.Arithmetic, st.sampled_from("+-*/"), number_names, number_literals | number_names)
lengths = text_names.map(lambda name: tree.Call("length", (name,)))
calculations = sums | sums.map(tree.Negative) | lengths | years


def several(inner: st.SearchStrategy[tree.Condition]) -> st.SearchStrategy[tuple[tree.Condition, ...]]:
    return st.lists(inner, min_size=2, max_size=3).map(tuple)


conditions: st.SearchStrategy[tree.Condition] = st.recursive(
    tests,
    lambda inner: st.builds(tree.Not, inner) | st.builds(tree.And, several(inner)) | st.builds(tree.Or, several(inner)),
    max_leaves=6,
)

# --- the same language, read by plain Python

PYTHON: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


def months(date: str) -> tuple[float, float]:
    """First month of a date literal and the month after it, counted from year 0; a day is a part of its month."""
    year, *rest = (int(part) for part in re.split("[-/]", date))
    if not rest:
        return year * 12, year * 12 + 12
    start = year * 12 + rest[0] - 1 + ((rest[1] - 1) / 32 if len(rest) == 2 else 0)
    return start, start + (1 / 32 if len(rest) == 2 else 1)


def operand(node: Any, row: Row) -> Any:
    match node:
        case tree.FieldName(name):
            return row[name]
        case tree.Call("year", (tree.FieldName(name),)):
            return row[name]
        case tree.Call("length", (tree.FieldName(name),)):
            return None if row[name] is None else len(row[name])
        case tree.DateLiteral(text):
            return months(text)
        case tree.Negative(negated):
            value = operand(negated, row)
            return None if value is None else -value
        case tree.Arithmetic(operator, left, right):
            return calculated(operator, operand(left, row), operand(right, row))
        case _:
            return node.value


def calculated(operator: str, left: Any, right: Any) -> Any:
    if left is None or right is None or (operator == "/" and right == 0):
        return None
    return {"+": left + right, "-": left - right, "*": left * right, "/": left / (right or 1)}[operator]


def compares(operator: str, left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, tuple):
        flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
        return compares(flipped.get(operator, operator), right, left)
    if isinstance(right, tuple):
        first, after = right
        place = "<" if left * 12 < first else ">" if left * 12 >= after else "="
        return place in {"=": "=", "!=": "<>", ">": ">", ">=": ">=", "<": "<", "<=": "<="}[operator]
    if isinstance(left, list):
        return (right in left) == (operator == "=")
    return PYTHON[operator](left, right)


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def edits(one: str, other: str) -> int:
    """Letters that are wrong, missing, added or swapped, each pair of letters being touched once."""
    if not one or not other:
        return len(one) + len(other)
    found = min(
        edits(one[:-1], other) + 1, edits(one, other[:-1]) + 1, edits(one[:-1], other[:-1]) + (one[-1] != other[-1])
    )
    if one[-2:] == other[-2:][::-1] and len(one) > 1 and len(other) > 1:
        found = min(found, edits(one[:-2], other[:-2]) + 1)
    return found


def has_words(values: Iterable[Any], sought: str, *, typos: bool = False) -> bool:
    texts = [text for value in values if value is not None for text in (value if isinstance(value, list) else [value])]
    stored = [word for text in texts for word in re.findall("[a-z0-9]+", folded(text))]

    def found(word: str, stem: str, star: str) -> bool:
        if star:
            return word.startswith(stem)
        return word == stem or (typos and stem.isalpha() and len(stem) >= 4 and edits(word, stem) <= 1)

    return all(
        any(found(word, stem, star) for word in stored)
        for stem, star in re.findall(r"([a-z0-9]+)(\*?)", folded(sought))
    )


def holds(node: tree.Condition, row: Row) -> bool:
    match node:
        case tree.And(parts):
            return all(holds(part, row) for part in parts)
        case tree.Or(parts):
            return any(holds(part, row) for part in parts)
        case tree.Not(part):
            return not holds(part, row)
        case tree.Comparison(operator, left, right):
            return compares(operator, operand(left, row), operand(right, row))
        case tree.OneOf(field, literals):
            return any(compares("=", row[field.name], literal.value) for literal in literals)
        case tree.InRange(field, low, high, low_open, high_open):
            return compares(">" if low_open else ">=", row[field.name], operand(low, row)) and compares(
                "<" if high_open else "<=", row[field.name], operand(high, row)
            )
        case tree.Holds(value, field):
            return compares("=", row[field.name], value.value)
        case tree.IsNull(field):
            return row[field.name] is None
        case tree.IsBoolean(field, truth):
            return row[field.name] is truth
        case tree.FieldName(name):
            return row[name] is True
        case tree.Like(field, text):
            return has_words([row[field.name]], text)
        case tree.FullText(text):
            return has_words([row["dept"], row["sexe"], row["mots"]], text)
        case tree.Call("search", (tree.Star(), tree.TextLiteral(text))):
            return has_words([row["dept"], row["sexe"], row["mots"]], text, typos=True)
        case tree.Call("search", (tree.FieldName(name), tree.TextLiteral(text))):
            return has_words([row[name]], text, typos=True)
        case tree.Call("suggest", (tree.FieldName(name), tree.TextLiteral(text))):
            return has_words([row[name]], " ".join(f"{word}*" for word in re.findall("[a-z0-9]+", folded(text))))
        case tree.Call("startswith", (tree.FieldName(name), tree.TextLiteral(text))):
            return row[name] is not None and row[name].startswith(text)
    raise AssertionError(node)


def in_order(keys: Iterable[tuple[Any, bool]]) -> Any:
    """A sort key for values with a direction each; missing values are last both ways."""

    def compare(one: list[tuple[Any, bool]], other: list[tuple[Any, bool]]) -> int:
        for (a, descending), (b, _) in zip(one, other, strict=True):
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            return (1 if a > b else -1) * (-1 if descending else 1)
        return 0

    return cmp_to_key(compare)(list(keys))


# --- both on the same table

connection = duckdb.connect()
connection.execute(f"CREATE TABLE t ({', '.join(f'{name} {kind}' for name, kind in TYPES.items())}, _row BIGINT)")


def fill(table: list[Row]) -> None:
    connection.execute("DELETE FROM t")
    marks = ", ".join("?" * (len(TYPES) + 1))
    for position, row in enumerate(table):
        connection.execute(f"INSERT INTO t VALUES ({marks})", [*(row[name] for name in TYPES), position])


def ask(query: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query.sql, query.parameters).fetchall()


def check_filter(table: list[Row], condition: tree.Condition) -> None:
    fill(table)
    query = compile_records(Request(where=unparse(condition)), SCHEMA, "t")
    expected = [tuple(row[name] for name in TYPES) for row in table if holds(condition, row)]
    assert ask(query) == expected
    assert query.count_sql is not None
    assert connection.execute(query.count_sql, query.count_parameters).fetchall() == [(len(expected),)]


@settings(deadline=None)
@given(tables, conditions)
def test_filters(table: list[Row], condition: tree.Condition) -> None:
    check_filter(table, condition)


@pytest.mark.soak
@settings(deadline=None, max_examples=5_000)
@given(tables, conditions)
def test_many_filters(table: list[Row], condition: tree.Condition) -> None:
    check_filter(table, condition)


names = st.sampled_from([name for name in TYPES if name != "mots"])
orders = st.lists(st.tuples(names, st.booleans()), min_size=1, max_size=3)


@settings(deadline=None)
@given(tables, orders, st.integers(0, 4), st.integers(0, 4))
def test_pages_in_order(table: list[Row], order: list[tuple[str, bool]], limit: int, offset: int) -> None:
    fill(table)
    text = ", ".join(f"{name} {'desc' if descending else 'asc'}" for name, descending in order)
    query = compile_export(Request(order_by=text, limit=limit, offset=offset), SCHEMA, "t")
    ordered = sorted(table, key=lambda row: in_order((row[name], descending) for name, descending in order))
    assert ask(query) == [tuple(row[name] for name in TYPES) for row in ordered[offset : offset + limit]]


def summary(group: list[Row], name: str) -> tuple[Any, ...]:
    shown = [row[name] for row in group if row[name] is not None]
    if not shown:
        return (len(group), 0, None, None, None, None, None)
    middle = statistics.median(shown)
    return (len(group), len(shown), math.fsum(shown), math.fsum(shown) / len(shown), min(shown), max(shown), middle)


@settings(deadline=None)
@given(tables, st.lists(names, min_size=1, max_size=2, unique=True), st.sampled_from(["ntop", "taux"]), st.booleans())
def test_groups(table: list[Row], keys: list[str], name: str, descending: bool) -> None:
    fill(table)
    functions = ("count", "sum", "avg", "min", "max", "median")
    select = ", ".join(["count(*)", *(f"{function}({name})" for function in functions)])
    direction = "desc" if descending else "asc"
    request = Request(select=select, group_by=", ".join(keys), order_by=f"sum({name}) {direction}")
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in table:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    expected = [(*key, *summary(group, name)) for key, group in groups.items()]
    total = len(keys) + 2
    expected.sort(key=lambda row: in_order([(row[total], descending), *((key, False) for key in row[: len(keys)])]))
    got = ask(compile_records(request, SCHEMA, "t"))
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        assert one == pytest.approx(other)


plain_names = st.sampled_from([name for name in TYPES if name not in ("mots", "taux", "actif")])


plain_tests = st.one_of(
    compared(number_names, number_literals),
    compared(number_literals, number_names),
    compared(text_names, text_literals),
    compared(year_field, date_literals),
    ranged(text_names, text_literals),
    listed(text_names, text_literals),
    listed(number_names, number_literals),
    st.sampled_from(["dept", "ntop", "actif"]).map(lambda name: tree.IsNull(tree.FieldName(name))),
    st.booleans().map(lambda truth: tree.IsBoolean(tree.FieldName("actif"), truth)),
)
plain_conditions: st.SearchStrategy[tree.Condition] = st.recursive(
    plain_tests,
    lambda inner: st.builds(tree.Not, inner) | st.builds(tree.And, several(inner)) | st.builds(tree.Or, several(inner)),
    max_leaves=4,
)


@settings(deadline=None)
@given(
    st.lists(rows, min_size=1, max_size=8),
    plain_conditions,
    orders,
    st.lists(plain_names, min_size=1, max_size=2, unique=True),
    st.integers(0, 4),
    st.sampled_from([0, 8]),
)
def test_arrays_answer_as_the_engine_does(
    table: list[Row], condition: tree.Condition, order: list[tuple[str, bool]], keys: list[str], limit: int, few: int
) -> None:
    """few: of how many rows one is few; of 0 always, so that the second condition is asked of a part of the table."""
    fill(table)
    read = connection.sql("SELECT * FROM t").to_arrow_reader(3)
    where, by = unparse(condition), ", ".join(f"{name} {'desc' if down else 'asc'}" for name, down in order)
    records = Request(select="dept, ntop, taux, annee, actif", where=where, order_by=by, limit=limit, offset=1)
    select = "count(*), " + ", ".join(f"{name}(ntop)" for name in ("count", "sum", "avg", "min", "max"))
    groups = Request(select=select, group_by=", ".join(keys), order_by="sum(ntop) desc", where=where)
    facets = Request(where=where, facets=('facet(name="sexe", sort="-alphanum")',))
    totals = replace(records, select="sum(ntop), dept, count(*)", order_by="")
    asked = [compile_records(one, SCHEMA, "t") for one in (records, groups, totals)]
    asked += [compile_facets(facets, SCHEMA, "t", facet) for facet in declared_facets(facets, SCHEMA)]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "_FEW", few)
        vectors = write_vectors(len(table), [*TYPES], read, Path(folder) / "vectors")
        for query in asked:
            assert query.plan is not None
            found = answer(query.plan, vectors, lambda: None)
            assert found is not None
            assert repr(found[0]) == repr(ask(query))
            if query.count_sql is not None:
                assert connection.execute(query.count_sql, query.count_parameters).fetchall() == [(found[1],)]


refinements = st.lists(
    st.sampled_from(["annee", "dept", "sexe", "mots", "ntop"]).flatmap(
        lambda name: st.tuples(st.just(name), {"annee": st.integers(2020, 2023), "ntop": numbers}.get(name, places))
    )
    | st.tuples(st.just("sexe"), st.sampled_from("FH")),
    max_size=3,
)


def has(row: Row, name: str, value: Any) -> bool:
    stored = row[name]
    return stored is not None and (value in stored if name == "mots" else stored == value)


@settings(deadline=None)
@given(tables, refinements, refinements, st.sampled_from(["sexe", "dept", "mots", "annee"]))
def test_refinements_and_facets(
    table: list[Row], refine: list[tuple[str, Any]], exclude: list[tuple[str, Any]], facet: str
) -> None:
    fill(table)

    def kept(row: Row, released: str | None) -> bool:
        sexes = [value for name, value in refine if name == "sexe"]
        return (
            all(has(row, name, value) for name, value in refine if name != "sexe")
            and (not sexes or released == "sexe" or any(has(row, "sexe", value) for value in sexes))
            and not any(has(row, name, value) for name, value in exclude)
        )

    request = Request(
        refine=tuple(f'{name}:"{value}"' for name, value in refine),
        exclude=tuple(f"{name}:{value}" for name, value in exclude),
    )
    expected = [tuple(row[name] for name in TYPES) for row in table if kept(row, None)]
    assert ask(compile_records(request, SCHEMA, "t")) == expected
    counts: dict[Any, int] = {}
    for row in table:
        if kept(row, facet) and row[facet] is not None:
            for value in set(row[facet]) if facet == "mots" else [row[facet]]:
                counts[value] = counts.get(value, 0) + 1
    values = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    request = replace(request, facets=(facet,))
    assert ask(compile_facets(request, SCHEMA, "t", *declared_facets(request, SCHEMA))) == values
