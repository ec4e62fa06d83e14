"""A DuckDB that can read the files of an archive and do nothing else.

Rules:
 1. no file outside the folder of the archive's targets can be read, and none of the network;
 2. no extension is loaded or installed, no Python variable is taken for a table;
 3. memory, temporary files and threads are bounded;
 4. none of this can be changed afterwards;
 5. only a single SELECT runs: DuckDB itself would still write files into the folders that it may read, so the portal's
    process has no right to write in the archive either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from seuil.portal.store.limits import Limits

_COPIES = "copies"
"""The database of `copies`."""


@dataclass(frozen=True)
class Stored:
    """A Parquet file, and its columns of dates, of which the year is shown.

    computed: SQL of this program for what stands beside the file's own columns.
    """

    path: Path
    dates: Sequence[str] = ()
    computed: str = ""


def locked_connection(
    targets: Path, tables: Mapping[str, Stored], statements: tuple[str, ...], limits: Limits, temporary: Path
) -> duckdb.DuckDBPyConnection:
    """Connect, make a view of each table's Parquet file with its row numbers as `_row`, run `statements`, and lock.

    targets: the one folder that stays readable. tables: by name of the view. statements: of this program.
    temporary: an empty folder for what doesn't fit in memory.
    """
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": limits.threads,
            "memory_limit": f"{limits.memory_mb}MB",
            "temp_directory": str(temporary),
            "max_temp_directory_size": f"{limits.temporary_mb}MB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
            "python_enable_replacements": "false",
            # What a query is done with goes back to the system, not to the next query that may never come.
            "allocator_background_threads": "true",
            "allocator_flush_threshold": "1MB",
            "allocator_bulk_deallocation_flush_threshold": "1MB",
        },
    )
    # For `copies`: a file of this connection's own, of which nothing but this program can name the tables.
    connection.execute(f"ATTACH {literal(str(temporary.with_name(f'{_COPIES}.duckdb')))} AS {_COPIES}")
    # In this order: the folder can't be named before the database is there, nor after access is closed.
    connection.execute(f"SET allowed_directories=[{literal(str(targets))}]")
    connection.execute("SET enable_external_access=false")
    for name, stored in tables.items():
        connection.execute(_view(name, _selected(stored)))
    for statement in statements:
        connection.execute(statement)
    connection.execute("SET lock_configuration=true")
    return connection


def only_select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The one SELECT that `sql` is. Raises ValueError for anything else: a fault of the program, never of a query."""
    statements = connection.extract_statements(sql)
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise ValueError("the store runs single SELECTs only")
    return statements[0]


def identifier(name: str) -> str:
    """`name` as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as SQL quotes it. For texts of the release; what a reader sends is always a parameter."""
    return "'" + text.replace("'", "''") + "'"


def copied_statements(name: str) -> tuple[str, ...]:
    """What copies the rows of a view into DuckDB's own format, and lets it read the copy.

    What a view computes is copied too: to read its long expressions takes longer than to answer most queries.
    """
    copy = f"{_COPIES}.{identifier(name)}"
    return f"CREATE TABLE {copy} AS SELECT * FROM {identifier(name)}", _view(name, f"SELECT * FROM {copy}")


def _view(name: str, select: str) -> str:
    return f"CREATE OR REPLACE VIEW {identifier(name)} AS {select}"


def _selected(stored: Stored) -> str:
    # file_row_number is the position in the file: the stable order of pages, at no cost.
    years = ", ".join(f"CAST(year({identifier(d)}) AS INTEGER) AS {identifier(d)}" for d in stored.dates)
    replaced = f" REPLACE ({years})" if years else ""
    source = f"read_parquet({literal(str(stored.path))}, file_row_number = true)"
    return f"SELECT * EXCLUDE (file_row_number){replaced}, file_row_number AS _row{stored.computed} FROM {source}"
