"""DuckDB through Ibis, with bounds: memory, threads, a folder of the workspace for what doesn't fit, no network.

DuckDB's messages quote values of the records. They are caught here and never shown.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis
from ibis.backends.duckdb import Backend

from seuil.model.errors import DataError


@dataclass(frozen=True)
class Limits:
    """What counting may use. threads: None for one a core."""

    memory_mb: int = 1500
    threads: int | None = None


@contextmanager
def engine(workspace: Path, limits: Limits) -> Iterator[Backend]:
    """A database in memory that spills into the workspace, and leaves nothing there."""
    workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
    spill = Path(tempfile.mkdtemp(prefix="spill-", dir=workspace))
    threads = {} if limits.threads is None else {"threads": limits.threads}
    connection = ibis.duckdb.connect(
        ":memory:",
        memory_limit=f"{limits.memory_mb}MB",
        temp_directory=str(spill),
        preserve_insertion_order=False,
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
        **threads,
    )
    try:
        yield connection
    finally:
        connection.disconnect()
        shutil.rmtree(spill, ignore_errors=True)


@contextmanager
def no_values_in_errors(what: str, find: Callable[[], None] | None = None) -> Iterator[None]:
    """Say that `what` can't be read, and in which line where the engine knows it, without the engine's words.

    find: raises the error of what is wrong with it, if it finds that.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise DataError(f"{what}: counting needs more memory than it may use; allow it more") from None
    except (duckdb.Error, OSError) as problem:
        if find is not None:
            find()
        found = re.search(r"\bLine:? (\d+)\b", str(problem))
        place = f"{what}:{found[1]}" if found else what
        raise DataError(f"{place}: can't be read; {_hint(what)}") from None


def _hint(what: str) -> str:
    if Path(what).suffix.lower() == ".csv":
        return "every line of a CSV file has the fields of its first line, in UTF-8"
    return "expected a whole Parquet file"
