"""What is told of hidden values behind sums is the same from arrays as from the engine, on random small tables."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from seuil.odsql import Compiled, Field, Request, Schema, compile_records
from seuil.portal.store.plain import answer
from seuil.portal.store.vectors import Vectors, write_vectors

Row = dict[str, Any]

MEASURE = Field("ntop", "int", hidden_by="statut", bounded=True)
SCHEMA = Schema(
    (
        Field("annee", "date"),
        Field("dept", "text"),
        Field("sexe", "text"),
        Field("rang", "int"),
        MEASURE,
        Field("statut", "text"),
    )
)
COLUMNS = {
    "annee": "INTEGER",
    "dept": "VARCHAR",
    "sexe": "VARCHAR",
    "rang": "BIGINT",
    "ntop": "BIGINT",
    "statut": "VARCHAR",
}
COLUMNS |= {MEASURE.lower_bound: "DOUBLE", MEASURE.upper_bound: "DOUBLE"}
PRESENCE = (("annee",), ("dept", "sexe"), ("sexe",))

connection = duckdb.connect()
connection.execute(f"CREATE TABLE t_bornes ({', '.join(map(' '.join, COLUMNS.items()))}, _row BIGINT)")


@st.composite
def figures(draw: st.DrawFn) -> Row:
    hidden, missing = draw(st.booleans()), draw(st.booleans())
    low = draw(st.integers(0, 2000))
    shown = {"ntop": low, "statut": None, MEASURE.lower_bound: low - 5.0, MEASURE.upper_bound: low + 4.0}
    highest = draw(st.none() | st.integers(0, 9).map(float))
    told = {"ntop": None, "statut": "NS", MEASURE.lower_bound: 0.0, MEASURE.upper_bound: highest}
    absent = {"ntop": None, "statut": "ND", MEASURE.lower_bound: None, MEASURE.upper_bound: None}
    keys = {
        "annee": draw(st.sampled_from([2020, 2022])),
        "dept": draw(st.none() | st.sampled_from(["01", "02", "03"])),
        "sexe": draw(st.sampled_from("FH")),
        "rang": draw(st.none() | st.sampled_from([-7, 1, 2, 2500])),
    }
    return keys | (told if hidden else absent if missing else shown)


def read_in(table: list[Row], folder: Path) -> Vectors:
    connection.execute("DELETE FROM t_bornes")
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    for position, row in enumerate(table):
        connection.execute(f"INSERT INTO t_bornes VALUES ({marks})", [*(row[name] for name in COLUMNS), position])
    return write_vectors(len(table), [*COLUMNS], connection.sql("SELECT * FROM t_bornes").to_arrow_reader(3), folder)


def comparable(query: Compiled, rows: list[tuple[object, ...]]) -> list[list[object]]:
    """Rows whose lists of different values are in one order; the engine leaves what is missing out of them."""
    lists = set(query.presence.values())
    return [
        [
            sorted(map(str, set(map(str, value)) - {"None"})) if k in lists else repr(value)
            for k, value in enumerate(row)
        ]
        for row in rows
    ]


@settings(deadline=None)
@given(
    st.lists(figures(), min_size=1, max_size=12),
    st.lists(st.sampled_from(["annee", "dept", "sexe", "rang"]), max_size=3, unique=True),
    st.sampled_from(["", "annee = date'2022'", 'sexe = "F"', "sexe = \"F\" and annee = date'2020'", "ntop > 1000"]),
)
def test_arrays_tell_of_hidden_values_as_the_engine_does(table: list[Row], keys: list[str], where: str) -> None:
    select = "sum(ntop), avg(ntop), min(ntop) as low, max(ntop), count(ntop)"
    request = Request(select=select, where=where, group_by=", ".join(keys), order_by="low desc", presence=PRESENCE)
    if not keys:
        request = Request(select=select, where=where, presence=PRESENCE)
    query = compile_records(request, SCHEMA, "t")
    assert query.plan is not None and len(query.plan.present) == len(PRESENCE)
    with TemporaryDirectory() as folder:
        found = answer(query.plan, read_in(table, Path(folder) / "vectors"), lambda: None)
    assert found is not None
    asked = connection.execute(query.sql, query.parameters).fetchall()
    assert comparable(query, found[0]) == comparable(query, asked)
