"""What a compiled query says beside its SQL."""

import pytest

from seuil.odsql import (
    Facet,
    Field,
    OutputColumn,
    Partial,
    RefusedQueryError,
    Request,
    Schema,
    compile_export,
    compile_facets,
    compile_records,
    declared_facets,
)


def test_columns_have_names_and_types(schema: Schema) -> None:
    query = compile_records(
        Request(select="annee, year(annee), count(*), avg(ntop) as m, max(annee), ntop + 1, mots"), schema, "t"
    )
    assert query.columns == (
        OutputColumn("annee", "date"),
        OutputColumn("year(annee)", "int"),
        OutputColumn("count(*)", "int"),
        OutputColumn("m", "double", status=7, partial=Partial(hidden=8)),
        OutputColumn("max(annee)", "date"),
        OutputColumn("ntop + 1", "int", status=9),
        OutputColumn("mots", "text", multivalued=True),
    )


@pytest.mark.parametrize(
    ("select", "status"),
    [("ntop, ntop_statut", 2), ("ntop_statut as s, ntop", 2), ("ntop", 1), ("ntop as n, sexe", 2)],
)
def test_a_measure_knows_where_its_status_is(schema: Schema, select: str, status: int) -> None:
    query = compile_records(Request(select=select), schema, "t")
    (measure,) = (column for column in query.columns if column.status is not None)
    assert measure.name in ("ntop", "n")
    assert measure.status == status


def test_a_group_of_a_measure_has_the_status_of_its_rows(schema: Schema) -> None:
    query = compile_records(Request(group_by="ntop"), schema, "t")
    assert query.columns == (OutputColumn("ntop", "int", status=1),)


@pytest.mark.parametrize(
    ("where", "measures"),
    [("ntop > 3", ("ntop",)), ("not (taux > 3 or ntop * 2 = 4)", ("ntop",)), ("taux > 3 or ntop is null", ())],
)
def test_rows_and_facets_say_which_measures_their_filter_reads(schema: Schema, where: str, measures: object) -> None:
    for select in ("count(*)", "sexe, ntop"):
        assert compile_records(Request(where=where, select=select), schema, "t").filtered_by == measures
    request = Request(where=where, facets=("sexe",))
    (facet,) = declared_facets(request, schema)
    assert compile_facets(request, schema, "t", facet).filtered_by == measures


def test_a_bounded_measure_brings_the_limits_of_its_sum() -> None:
    measure = Field("n", "int", hidden_by="n_statut", bounded=True)
    schema = Schema((Field("sexe", "text"), measure, Field("n_statut", "text")))
    query = compile_records(Request(select="sum(n), stddev(n)", group_by="sexe"), schema, "t")
    assert [column.partial for column in query.columns] == [None, Partial(4, 5, 6, "n"), Partial(8)]
    assert 'SUM("_min_n")' in query.sql


@pytest.mark.parametrize(("zone", "found"), [("Mars/Olympus", "timezone"), ("", "")])
def test_a_time_zone_has_to_exist(schema: Schema, zone: str, found: str) -> None:
    request = Request(timezone=zone)
    if not found:
        assert compile_records(request, schema, "t").zone == "UTC"
        return
    with pytest.raises(RefusedQueryError, match=found):
        compile_records(request, schema, "t")


def test_too_much_searched_at_once_is_refused(schema: Schema) -> None:
    where = " or ".join(f'search("mot{number}")' for number in range(300))
    with pytest.raises(RefusedQueryError, match="searches 1200 words"):
        compile_records(Request(where=where), schema, "t")


def test_records_are_counted_without_their_page(schema: Schema) -> None:
    query = compile_records(Request(where="ntop > 3", limit=2, offset=1), schema, "t")
    assert query.count_sql == 'SELECT COUNT(*) FROM "t" WHERE "ntop" > $1'
    assert query.count_parameters == (3,)
    assert not query.grouped


def test_groups_are_not_counted(schema: Schema) -> None:
    query = compile_records(Request(group_by="sexe"), schema, "t")
    assert (query.count_sql, query.count_parameters, query.grouped) == (None, (), True)


def test_facets_are_values_with_counts(schema: Schema) -> None:
    query = compile_facets(Request(), schema, "t", Facet(schema.field("annee", clause="facet")))
    assert query.columns == (OutputColumn("value", "date"), OutputColumn("count", "int"))


@pytest.mark.parametrize("clause", ["select", "where", "group_by", "order_by"])
def test_a_blank_clause_says_nothing(schema: Schema, clause: str) -> None:
    assert compile_records(Request(**{clause: " "}), schema, "t") == compile_records(Request(), schema, "t")


def test_an_export_has_no_bound(schema: Schema) -> None:
    query = compile_export(Request(limit=10**30, offset=10**30), schema, "t")
    assert all(isinstance(value, int) and value < 2**63 for value in query.parameters)


@pytest.mark.parametrize(
    ("request_", "position"),
    [
        (Request(where="ntop = 3 and x = 4"), 13),
        (Request(select="dept, sum(sexe)"), 6),
        (Request(where="ntop = 'a'"), 7),
        (Request(where="ntop = 3 )"), 9),
    ],
)
def test_a_refusal_says_where(schema: Schema, request_: Request, position: int) -> None:
    with pytest.raises(RefusedQueryError) as refusal:
        compile_records(request_, schema, "t")
    assert refusal.value.position == position
    assert refusal.value.clause in ("where", "select")


def test_a_syntax_error_says_what_would_be_right(schema: Schema) -> None:
    with pytest.raises(RefusedQueryError) as refusal:
        compile_records(Request(where="ntop between 3"), schema, "t")
    assert "a comparison such as = or >=" in refusal.value.expected


@pytest.mark.parametrize("where", ["'x'", "startswith('x')"])
def test_without_texts_no_row_has_a_word(where: str) -> None:
    query = compile_records(Request(where=where), Schema((Field("ntop", "int"),)), "t")
    assert query.count_sql == 'SELECT COUNT(*) FROM "t" WHERE FALSE'


def test_a_blank_measure_without_a_status_is_hidden_from_its_sum() -> None:
    schema = Schema((Field("sexe", "text"), Field("n", "int", blank_hides=True)))
    query = compile_records(Request(select="sum(n), n", group_by="sexe, n"), schema, "t")
    assert [column.partial for column in query.columns] == [None, Partial(4, measure="n"), None]
    assert '"n" IS NULL' in query.sql
