"""A small table to ask, and the fields that it has."""

from collections.abc import Callable

import duckdb
import pytest

from seuil.odsql import Compiled, Field, Schema

SCHEMA = Schema(
    (
        Field("annee", "date", facet=True),
        Field("dept", "text", facet=True),
        Field("sexe", "text", facet=True, disjunctive=True),
        Field("ntop", "int", hidden_by="ntop_statut"),
        Field("ntop_statut", "text"),
        Field("taux", "double"),
        Field("actif", "boolean"),
        Field("mots", "text", facet=True, multivalued=True),
    )
)

ROWS = """
    (2022, 'Côte-d''Or',     'F', 30::BIGINT, NULL, 1.5::DOUBLE, TRUE,  ['asthme', 'bronche'], 0::BIGINT),
    (2023, 'Côte-d''Or',     'H', NULL,       'NS', NULL,        FALSE, ['bronche'],           1),
    (2023, 'Hauts-de-Seine', 'F', 12,         NULL, 2.5,         NULL,  NULL,                  2),
    (2023, NULL,             'F', 18,         NULL, 0.5,         TRUE,  ['diabète'],           3)
"""


@pytest.fixture(scope="session")
def schema() -> Schema:
    return SCHEMA


@pytest.fixture(scope="session")
def answer() -> Callable[[Compiled], list[tuple[object, ...]]]:
    """Runs a compiled query on the table `effectifs`."""
    connection = duckdb.connect()
    names = ", ".join(field.name for field in SCHEMA.fields)
    connection.execute(f"CREATE TABLE effectifs AS SELECT * FROM (VALUES {ROWS}) AS t({names}, _row)")

    def run(compiled: Compiled) -> list[tuple[object, ...]]:
        return connection.execute(compiled.sql, compiled.parameters).fetchall()

    return run
