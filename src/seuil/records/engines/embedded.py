"""DuckDB in this process, with bounds: memory, threads, a folder of the workspace for what doesn't fit, no network.

What doesn't fit is written there encrypted, with a key that exists in memory only.
"""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from seuil.model.record_files import RecordFile
from seuil.records import source
from seuil.records.engines.engine import Engine, Limits

ENCODINGS = {"utf-8": "utf-8", "windows-1252": "latin-1", "iso-8859-1": "latin-1"}
"""DuckDB's names. It refuses the few characters in which windows-1252 goes beyond ISO 8859-1."""


class Embedded(Engine):
    """A database in memory that spills into the workspace, and leaves nothing there."""

    errors = (duckdb.Error, OSError)
    expected = "expected a whole Parquet file, or CSV in UTF-8 whose every line has the fields of the first"

    def __init__(self, workspace: Path, limits: Limits) -> None:
        workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._spill = Path(tempfile.mkdtemp(prefix="spill-", dir=workspace))
        threads = {} if limits.threads is None else {"threads": limits.threads}
        connection = ibis.duckdb.connect(
            ":memory:",
            memory_limit=f"{limits.memory_mb}MB",
            temp_directory=str(self._spill),
            temp_file_encryption=True,
            preserve_insertion_order=False,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
            **threads,
        )
        super().__init__(connection)

    def open(self, records: Path, spec: RecordFile, columns: Sequence[str]) -> ir.Table:
        """Parquet, or CSV whose columns are texts."""
        files = source.files_of(records, spec, columns)
        paths, form = [str(path) for path in files.paths], files.form
        with self.no_values_in_errors(self.place(records, spec)):
            if form is None:
                return self.connection.read_parquet(paths, hive_partitioning=bool(files.partitions), union_by_name=True)
            return self.connection.read_csv(
                paths,
                header=True,
                delim=form.delimiter,
                quote='"',
                escape='"',
                encoding=ENCODINGS[form.encoding],
                auto_detect=False,
                hive_partitioning=bool(files.partitions),
                columns=dict.fromkeys(form.columns, "VARCHAR"),
            )

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """A table in memory, spilled where it must be."""
        return self.connection.create_table(_ours(name), table, overwrite=True)

    def lookup(self, table: pa.Table) -> ir.Table:
        """A table of this process."""
        return ibis.memtable(table)

    def forget(self) -> None:
        """Drop the tables of ours."""
        for name in self.connection.list_tables():
            if name.startswith(_ours("")):
                self.connection.drop_table(name)

    def close(self) -> None:
        """Free the memory, and delete what was spilled."""
        self.connection.disconnect()
        shutil.rmtree(self._spill, ignore_errors=True)

    def cause(self, problem: Exception) -> str | None:
        """Lack of memory, or of a place to spill to."""
        # The limit is reached where nothing can be spilled, too: a full disk is told as lack of memory.
        if isinstance(problem, (duckdb.OutOfMemoryException, duckdb.IOException, OSError)) and self._disk_is_full():
            return f"the disk is full that counting spills to ({self._spill.parent}); free some, or allow more memory"
        if isinstance(problem, duckdb.OutOfMemoryException):
            return "counting needs more memory than it may use; allow it more"
        return super().cause(problem)

    def _disk_is_full(self) -> bool:
        return shutil.disk_usage(self._spill).free < 64 << 20


def _ours(name: str) -> str:
    return f"seuil_{name}"
