"""Whatever a stranger sends: a refusal that can be told, or one SELECT made of nothing but known parts."""

import json
import re
from dataclasses import replace

import duckdb
import pytest
import sqlglot
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from seuil.model.errors import QueryError
from seuil.odsql import (
    Compiled,
    Field,
    Request,
    Schema,
    compile_export,
    compile_facets,
    compile_records,
    declared_facets,
)

SCHEMA = Schema(
    (
        Field("annee", "date"),
        Field("dept", "text"),
        Field("ntop", "int", hidden_by="ntop_statut"),
        Field("ntop_statut", "text"),
        Field("taux", "double"),
        Field("actif", "boolean"),
        Field("mots", "text", multivalued=True),
        Field("jour", "datetime"),
        Field("lieu", "geo_point_2d"),
    )
)
COLUMNS = {field.name for field in SCHEMA.fields}
KNOWN_NAMES = COLUMNS | {"_row", "donnees", "_values", "_totals", "_rows", "_word", "_edge"}
KNOWN_TEXTS = {"", " ", "g", r"[^\p{L}\p{N}]+", "NS", "partiel", "UTC", "lon", "lat", "[", "]", ", ", r"\.0$"}
KNOWN_TEXTS |= {"%Y-%m-%dT%H:%M:%S.%gZ", "week", "month", "quarter", "year"}

connection = duckdb.connect()
connection.execute(
    """CREATE TABLE donnees AS SELECT * FROM (VALUES
        (2023, 'Ain', 12::BIGINT, NULL::VARCHAR, 1.5::DOUBLE, TRUE, ['a'], TIMESTAMP '2024-02-29 12:00:00',
         {'lon': 2.35::DOUBLE, 'lat': 48.85::DOUBLE}, 0::BIGINT),
        (NULL, NULL, NULL, 'NS', NULL, NULL, NULL, NULL, NULL, 1)
    ) AS t(annee, dept, ntop, ntop_statut, taux, actif, mots, jour, lieu, _row)"""
)

words = """
    annee dept ntop taux actif mots `dept` * , ( ) [ ] .. = != > >= < <= : + - / and or not in is like null true
    false as asc desc to count(*) sum( avg( median( min( max( year(annee) search( startswith( date'2024' date'99' 1 0
    _row 2.5 99999999999999999999 'a' "b*" 'x' "é" ' " ` \\ ; -- /* */ $1 ? {} select drop table union 'it''s' donnees
    distinct ntop* include( exclude( range( 10km 1day 3M days=-1 now( random( length( lower( upper( date_format( month(
    percentile( stddev( variance( envelope( bbox( distance( within_distance( in_bbox( intersects( suggest( ]1,*,9[ lieu
    geom'POINT(1 2)' geom'POLYGON((0 0,9 0,9 9,0 0))' geom'x' geom'{"type":"Point","coordinates":[[[]]]}' dayofweek( `
"""
fragments = st.sampled_from(words.split())
noise = st.lists(fragments | st.text(max_size=4), max_size=12).map(" ".join) | st.text(max_size=30)
values = st.sampled_from(
    [
        "annee",
        "ntop",
        "taux",
        "dept",
        "year(annee)",
        "count(*)",
        "sum(ntop)",
        "ntop + 2.5",
        "'x'",
        "*",
        "-ntop * 3",
        "count(distinct dept)",
        "percentile(taux, 90)",
        "variance(ntop) / stddev(taux)",
        "length(upper(dept))",
        "date_format(jour, 'YYYY-MM-dd EEEE')",
        "hour(jour)",
        "month(annee)",
        "include(ntop*)",
        "exclude(*_statut)",
        "envelope(lieu)",
        "bbox(lieu)",
        "distance(lieu, geom'POINT(1 2)') + 1",
        "now(months=-1)",
        "count(distinct lieu)",
    ]
)
labels = st.just("") | st.text(max_size=6).map(lambda text: f" as `l{text.translate({92: None, 96: None})}`")
selects = st.lists(st.builds("{}{}".format, values, labels), min_size=1, max_size=3).map(", ".join)
quoted = st.text(max_size=8).map(lambda text: json.dumps(text, ensure_ascii=False))
filters = st.builds(
    "{} {} {}".format,
    st.sampled_from(
        [
            "dept =",
            "dept like",
            "mots !=",
            "not dept in ('a', 'b') and dept <",
            "ntop > 3 or",
            "not",
            "length(dept) * 2 - -1 > 3 and lower(dept) =",
            "(ntop + 1) / taux >= 2 or upper(dept) !=",
            "jour > now(days=-7) or date_format(jour, 'EEEE') =",
            "suggest('a') or",
            "search('typo') or dept =",
        ]
    ),
    quoted,
    st.sampled_from(
        [
            "",
            "and actif",
            "or annee in [date'2020'..date'2024'[",
            "and startswith(dept, 'A')",
            "or jour = date'2024-02'",
            "and within_distance(lieu, geom'POINT(2 48)', 300km)",
            "or in_bbox(lieu, 40, -5, 51, 10)",
            "and not disjoint(lieu, geom'POLYGON((0 40, 9 40, 9 60, 0 60))')",
            "or intersects(lieu, geom'POINT(2 3)')",
        ]
    ),
)
orders = st.sampled_from(
    ["dept desc", "annee, ntop", "count(*)", "l", "sum(ntop) desc, dept", "-dept, random(3)", "ntop * -1 desc", "-jour"]
)
groups = st.sampled_from(
    [
        "dept",
        "annee as a, ntop",
        "year(annee)",
        "range(ntop, 5)",
        "range(taux, 0.1) as r, dept",
        "range(jour, 1 month)",
        "range(ntop, *, 3, 12, *)",
        "range(ntop, ]3, 12[) as é",
        "range(annee, 1 year)",
        "date_format(jour, 'w E')",
        "lower(dept) as bas, length(dept)",
        "range(jour, 3 hours), month(annee)",
        "ntop * 2",
        "lieu",
    ]
)
chosen = st.lists(st.builds("{}:{}".format, st.sampled_from(["dept", "mots"]), st.text(max_size=8)), max_size=2)


def mostly(sound: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    """A clause that means something, four times out of five, so that the noise of another one isn't lost."""
    return st.integers(0, 4).flatmap(lambda n: noise if n == 0 else st.none() | sound)


requests = st.builds(
    Request,
    select=mostly(selects),
    where=mostly(filters),
    group_by=st.none() | mostly(groups),
    order_by=mostly(orders),
    limit=st.none() | st.integers(-1, 100) | st.integers(),
    offset=st.just(0) | st.integers(0, 100) | st.integers(),
    refine=st.integers(0, 4).flatmap(lambda n: st.lists(noise, max_size=2) if n == 0 else chosen).map(tuple),
    exclude=chosen.map(tuple),
    timezone=st.none() | st.sampled_from(["Europe/Paris", "America/Cayenne", "UTC", "?", ""]),
    lang=st.none() | st.sampled_from(["fr", "ar", "EN", "xx"]),
)


def check_statement(sql: str, parameters: tuple[object, ...]) -> None:
    """One SELECT whose names and texts are all known, whose parameters are all given, and which runs."""
    statements = duckdb.extract_statements(sql)
    assert [statement.type for statement in statements] == [duckdb.StatementType.SELECT]
    parsed = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(parsed, exp.Select)
    for name in parsed.find_all(exp.Identifier):
        assert name.name in KNOWN_NAMES or re.fullmatch(r"_[tg]?[0-9]+", name.name), sql
    for literal in parsed.find_all(exp.Literal):
        known = literal.name in KNOWN_TEXTS or re.fullmatch(r"\{:0[1-8]d\}", literal.name)
        assert known if literal.is_string else literal.name.isdecimal(), sql
    used = {int(number) for number in re.findall(r"\$([0-9]+)", sql)}
    assert used == set(range(1, len(parameters) + 1))
    connection.execute(sql, parameters).fetchall()


def check(compiled: Compiled) -> None:
    check_statement(compiled.sql, compiled.parameters)
    if compiled.count_sql is not None:
        check_statement(compiled.count_sql, compiled.count_parameters)


def answer(request: Request, facet: str) -> None:
    for compile_it in (compile_records, compile_export):
        try:
            check(compile_it(request, SCHEMA, "donnees"))
        except QueryError as refusal:
            assert str(refusal)
    try:
        request = replace(request, facets=(facet,))
        for one in declared_facets(request, SCHEMA):
            check(compile_facets(request, SCHEMA, "donnees", one))
    except QueryError as refusal:
        assert str(refusal)


@settings(deadline=None)
@example(Request(where='dept = "\'; DROP TABLE donnees; --"'), "dept")
@example(Request(select='dept as `x" FROM secret; --`'), "dept")
@example(Request(select="'x' as l", order_by="l desc"), "dept")
@example(Request(select="7 as l", order_by="l"), "dept")
@example(Request(where="dept = '\0' or startswith(dept, '\0') or dept like 'a\0b'"), "dept")
@example(Request(select="sum(1), avg(2.5), median(3), count('x'), max(1)"), "mots")
@example(Request(select="sum(1), avg(2.5), median(3), count('x')", group_by="dept"), "mots")
@example(Request(order_by="mots", where="dept = '\\ud800'"), "mots")
@given(requests, st.sampled_from(sorted(COLUMNS)) | noise)
def test_anything(request: Request, facet: str) -> None:
    answer(request, facet)


@pytest.mark.soak
@settings(deadline=None, max_examples=5_000)
@given(requests, st.sampled_from(sorted(COLUMNS)) | noise)
def test_anything_at_length(request: Request, facet: str) -> None:
    answer(request, facet)


CANARY = "zq9canary"


@given(
    st.sampled_from(["{0}", "'{0}", '"{0}"; drop', "`{0}`", "{0}(*)", "/*{0}*/", "--{0}", "É{0}"]), st.text(max_size=5)
)
@settings(deadline=None)
def test_no_text_of_a_query_is_text_of_the_statement(pattern: str, tail: str) -> None:
    planted = (pattern.format(CANARY) + tail).replace("\\", "").replace('"', "").replace("`", "")
    compiled = compile_records(
        Request(
            select=f'dept as `{planted}`, "{planted}" as texte',
            where=(
                f'dept = "{planted}" or dept like "{planted}" or startswith(dept, "{planted}") or "{planted}" in mots',
            ),
            refine=(f"dept:{planted}",),
            exclude=(f"mots:{planted}",),
        ),
        SCHEMA,
        "donnees",
    )
    assert CANARY not in compiled.sql
    assert any(CANARY in str(parameter) for parameter in compiled.parameters)
    check(compiled)


@pytest.mark.parametrize("clause", ["select", "where", "group_by", "order_by"])
@pytest.mark.parametrize(
    "text",
    ["(" * 20_000, "(" * 9_000 + "actif" + ")" * 9_000, "+1" * 20_000, "not (" * 8_000, "a" * 60_000, "," * 9_000],
)
def test_great_depth_and_length_are_told(clause: str, text: str) -> None:
    try:
        check(compile_records(Request(**{clause: text}), SCHEMA, "donnees"))
    except QueryError as refusal:
        assert str(refusal)


def test_a_long_filter_is_answered() -> None:
    where = " or ".join(f"ntop = {number}" for number in range(1_000))
    compiled = compile_records(Request(where=where), SCHEMA, "donnees")
    assert len(connection.execute(compiled.sql, compiled.parameters).fetchall()) == 1


def test_a_filter_has_so_many_levels() -> None:
    compile_records(Request(where="not (" * 59 + "actif" + ")" * 59), SCHEMA, "donnees")
    deep = "not (" * 60 + "actif" + ")" * 60
    with pytest.raises(QueryError, match="nested more than"):
        compile_records(Request(where=deep), SCHEMA, "donnees")


def test_deep_filters_and_sums_are_answered() -> None:
    where, select = "ntop = 1", "sum(ntop)"
    for level in range(28):
        where = f"({where} or taux > {level}) and actif"
        select = f"({select} - {level}) / 2"
    compiled = compile_records(Request(where=where, select=select), SCHEMA, "donnees")
    assert len(connection.execute(compiled.sql, compiled.parameters).fetchall()) == 1


def test_the_relation_is_one_name() -> None:
    compiled = compile_records(Request(), SCHEMA, 'a"; DROP TABLE donnees; --')
    assert '"a""; DROP TABLE donnees; --"' in compiled.sql
