"""The connection reads the archive's targets and does nothing else."""

from functools import partial

import duckdb
import pytest
from tests.helpers.portal_release import shared_store

from seuil.archive.layout import TARGETS
from seuil.portal.store import Limits
from seuil.portal.store.connection import Stored, identifier, literal, locked_connection
from seuil.portal.store.queries import Queries, Turns


@pytest.fixture
def places(tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    return {"outside": outside, "targets": shared_store().release.archive / TARGETS, "tmp": tmp_path}


@pytest.fixture
def connect():
    served = shared_store().served()
    targets = (served.release.archive / TARGETS).resolve()
    return partial(locked_connection, targets, {"jeu": Stored(served.file("patients"))}, (), Limits())


@pytest.fixture
def connection(connect, tmp_path):
    return connect(tmp_path / "duckdb")


REFUSED_BY_DUCKDB = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv('{outside}')",
    "SELECT * FROM '{outside}'",
    "SELECT * FROM read_text('{targets}/../root.json')",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
    "SELECT * FROM glob('/etc/*')",
    "COPY (SELECT 1) TO '{tmp}/out.csv'",
    "ATTACH '{tmp}/new.duckdb'",
    "EXPORT DATABASE '{tmp}/out'",
    "INSTALL fts",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SET memory_limit = '10GB'",
    "SET lock_configuration = false",
    "RESET threads",
    "CREATE PERSISTENT SECRET s (TYPE http)",
]


@pytest.mark.parametrize("sql", REFUSED_BY_DUCKDB)
def test_refused_by_the_connection_itself(sql, connection, places):
    with pytest.raises(duckdb.Error):
        connection.execute(sql.format(**places)).fetchall()
    assert not (places["tmp"] / "out.csv").exists()


def test_python_variables_are_no_tables(connection):
    secret = connection.sql("SELECT 42 AS answer").arrow()
    assert secret is not None
    with pytest.raises(duckdb.CatalogException):
        connection.execute("SELECT * FROM secret")


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{targets}/out.csv'",
        "ATTACH '{targets}/new.duckdb'",
        "CREATE TABLE t (a INTEGER)",
        "CREATE OR REPLACE VIEW jeu AS SELECT 1",
        "DROP VIEW jeu",
        "INSERT INTO catalogue VALUES (1)",
        "SET VARIABLE a = 1",
        "PRAGMA enable_profiling",
        "CALL duckdb_settings()",
        "EXPLAIN ANALYZE SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP VIEW jeu",
        "",
    ],
)
def test_only_one_select_runs(sql, connect, places):
    queries = Queries(connect, Limits(), Turns(Limits()))
    for run in (queries.fetch, queries.stream):
        with pytest.raises(ValueError, match="single SELECTs only"):
            run(sql.format(**places))
    assert not (places["targets"] / "out.csv").exists()
    assert queries.fetch("SELECT count(*) FROM jeu") == [(24,)]


def test_views_have_the_position_of_each_row(connection):
    assert connection.execute("SELECT _row FROM jeu ORDER BY _row").fetchall() == [(at,) for at in range(24)]


def test_names_and_texts_are_quoted():
    assert identifier('a"b') == '"a""b"'
    assert literal("l'eau") == "'l''eau'"


def test_folder_with_a_quote_in_its_name(tmp_path):
    served = shared_store().served()
    folder = tmp_path / "l'eau"
    folder.mkdir()
    copy = folder / "d.parquet"
    copy.write_bytes(served.file("patients").read_bytes())
    connection = locked_connection(folder, {"jeu": Stored(copy)}, (), Limits(), tmp_path / "duckdb")
    assert connection.execute("SELECT count(*) FROM jeu").fetchone() == (24,)
