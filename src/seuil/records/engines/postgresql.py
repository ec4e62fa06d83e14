"""PostgreSQL: the records are tables of a schema there, which bear the files' names without their endings.

What is kept are temporary tables: of this connection alone, and gone with it, however it ends.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import ibis
import ibis.expr.types as ir
import psycopg
import pyarrow as pa

from seuil.model.errors import DataError, UsageError
from seuil.model.record_files import RecordFile
from seuil.records.engines.engine import Engine, Opened


class PostgreSQL(Engine):
    """A connection to a server. Passwords come from where its clients look for them: PGPASSWORD, a password file."""

    errors = (psycopg.Error, OSError)
    expected = "expected a table that this user may read"

    def __init__(self, address: str, settings: Mapping[str, str]) -> None:
        try:
            connection = psycopg.connect(address, autocommit=True, **settings)
        except psycopg.Error as problem:
            raise UsageError(
                f"{address}: {_first_line(problem)}; expected a PostgreSQL server that lets us in"
            ) from None
        connection.execute("SET client_encoding = 'UTF8'")
        self._raw = connection
        self._kept: dict[str, str] = {}
        self._names = count()
        super().__init__(ibis.postgres.from_connection(connection))

    def open(self, records: Path, spec: RecordFile, columns: Sequence[str]) -> Opened:
        """The table of the schema."""
        schema, name = str(records), _table(spec)
        with self.no_values_in_errors(self.place(records, spec)):
            if name not in self.connection.list_tables(database=schema):
                raise DataError(
                    f"{self.place(records, spec)}: no such table; expected {spec.file}, which the definition names"
                )
            table = self.connection.table(name, database=schema)
        missing = [column for column in dict.fromkeys(columns) if column not in table.columns]
        if missing:
            there = ", ".join(table.columns)
            raise DataError(
                f"{self.place(records, spec)}: column {', '.join(missing)}: no such column; expected one of {there}"
            )
        return Opened(table, cheap=False)

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """A temporary table."""
        made = f"seuil_{name}_{next(self._names)}"
        self._raw.execute(f'CREATE TEMPORARY TABLE "{made}" AS {self.connection.compile(table)}')
        before = self._kept.pop(name, None)
        self._kept[name] = made
        if before is not None:
            self._raw.execute(f'DROP TABLE "{before}"')
        return self.connection.table(made)

    def lookup(self, table: pa.Table) -> ir.Table:
        """A temporary table."""
        made = f"seuil_lookup_{next(self._names)}"
        self._kept[made] = made
        return self.connection.create_table(made, table, temp=True)

    def forget(self) -> None:
        """Drop the temporary tables."""
        for made in self._kept.values():
            self._raw.execute(f'DROP TABLE "{made}"')
        self._kept.clear()

    def close(self) -> None:
        """Leave; temporary tables go with the connection."""
        self._raw.close()

    def place(self, records: Path, spec: RecordFile) -> str:
        """Schema and table."""
        return f"{records}.{_table(spec)}"

    def find_fault(self, records: Path, spec: RecordFile) -> None:
        """Nothing: a table has no lines."""


def _table(spec: RecordFile) -> str:
    return spec.file.partition(".")[0]


def _first_line(problem: psycopg.Error) -> str:
    return str(problem).strip().partition("\n")[0]
