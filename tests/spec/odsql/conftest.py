"""A small table drawn as text, a question, an answer."""

from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest

from seuil.odsql import Compiled, Field, Request, Schema, compile_facets, compile_records, declared_facets

COLUMNS = {"annee": "INTEGER", "dept": "VARCHAR", "sexe": "VARCHAR", "ntop": "BIGINT", "taux": "DOUBLE"}
SCHEMA = Schema(
    (
        Field("annee", "date", facet=True),
        Field("dept", "text", facet=True),
        Field("sexe", "text", facet=True, disjunctive=True),
        Field("ntop", "int"),
        Field("taux", "double"),
    )
)


def drawn(text: str) -> list[tuple[str, ...]]:
    """The cells of a table drawn with bars; `-` is a missing value."""
    return [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]


def shown(value: object) -> str:
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


@pytest.fixture
def spec() -> Callable[..., None]:
    """Asks a drawn table and compares the answer, header included, with another drawn table.

    `says` is the rule for a reader of the reference.
    """

    def check(table: str, *, says: str, gives: str, facet: str | None = None, **request: object) -> None:
        header, *rows = drawn(table)
        connection = duckdb.connect()
        columns = ", ".join(f"{name} {COLUMNS[name] if name in header else 'VARCHAR'}" for name in COLUMNS)
        connection.execute(f"CREATE TABLE donnees ({columns}, _row BIGINT)")
        for position, row in enumerate(rows):
            cells = dict(zip(header, row, strict=True))
            values = [None if cells.get(name, "-") == "-" else cells[name] for name in COLUMNS]
            connection.execute(f"INSERT INTO donnees VALUES ({', '.join('?' * len(values))}, ?)", [*values, position])
        query = compiled(facet, Request(**request))
        got = connection.execute(query.sql, query.parameters).fetchall()
        answer = [tuple(column.name for column in query.columns)]
        answer += [tuple(shown(value) for value in row[: len(query.columns)]) for row in got]
        assert answer == drawn(gives), says

    return check


def compiled(facet: str | None, request: Request) -> Compiled:
    if facet is None:
        return compile_records(request, SCHEMA, "donnees")
    request = replace(request, facets=(facet,))
    return compile_facets(request, SCHEMA, "donnees", *declared_facets(request, SCHEMA))
