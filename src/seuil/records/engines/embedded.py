"""DuckDB in this process, with bounds: memory, threads, no network, and no file: nothing is ever spilled.

What DuckDB spills can't be encrypted here, and holds remnants of what was in memory before, identifiers included
(docs/decisions/0024-nothing-is-spilled.md). So units are grouped in as many parts as fit into memory.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from seuil.model.record_files import RecordFile
from seuil.records import source
from seuil.records.engines.engine import Engine, Limits, Opened

ENCODINGS = {"utf-8": "utf-8", "windows-1252": "latin-1", "iso-8859-1": "latin-1"}
"""DuckDB's names. It refuses the few characters in which windows-1252 goes beyond ISO 8859-1."""

_AT_ONCE = 1 << 20
"""Rows that are taken from DuckDB at once."""


class Embedded(Engine):
    """A database in memory, and nowhere else."""

    in_memory = True

    errors = (duckdb.Error, OSError)
    expected = "expected a whole Parquet file, or CSV in UTF-8 whose every line has the fields of the first"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.part_bytes = limits.memory_mb * 600_000  # of a million a megabyte: what is read takes some too
        threads = {} if limits.threads is None else {"threads": limits.threads}
        connection = ibis.duckdb.connect(
            ":memory:",
            memory_limit=f"{limits.memory_mb}MB",
            temp_directory="",
            preserve_insertion_order=False,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
            **threads,
        )
        super().__init__(connection)

    def open(self, records: Path, spec: RecordFile, columns: Sequence[str]) -> Opened:
        """Parquet, or CSV whose columns are texts."""
        files = source.files_of(records, spec, columns)
        paths, form = [str(path) for path in files.paths], files.form
        with self.no_values_in_errors(self.place(records, spec)):
            if form is None:
                table = self.connection.read_parquet(
                    paths, hive_partitioning=bool(files.partitions), union_by_name=True
                )
                return Opened(table, cheap=True)
            source.refuse_cut_off(files.paths)
            table = self.connection.read_csv(
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
            # Reading text again takes long: it is kept where it surely fits, compressed as it may be.
            size = sum(path.stat().st_size for path in files.paths)
            return Opened(table, cheap=size > self._limits.memory_mb * 50_000)

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """A table in memory."""
        return self.connection.create_table(_ours(name), table, overwrite=True)

    def lookup(self, table: pa.Table) -> ir.Table:
        """A table of this process."""
        return ibis.memtable(table)

    def repeated(self, name: str, values: ir.Table) -> ir.Table | None:
        """Fingerprints, sorted in this process: half the time of grouping them in DuckDB, and a third of the memory.

        That memory is beside what DuckDB may use, which holds next to nothing while it only reads.
        """
        (column,) = values.columns
        batches = self.connection.to_pyarrow_batches(values, chunk_size=_AT_ONCE)
        arrays = [batch.column(0).to_numpy() for batch in batches]
        if not arrays:
            return None
        numbers = np.concatenate(arrays)
        del arrays
        numbers.sort()
        again = numbers[1:] == numbers[:-1]
        again[1:] &= ~again[:-1]  # of three alike, one more
        found = numbers[1:][again]
        del numbers
        return self.keep(name, self.lookup(pa.table({column: found}))) if len(found) else None

    def forget(self) -> None:
        """Drop the tables of ours."""
        for name in self.connection.list_tables():
            if name.startswith(_ours("")):
                self.connection.drop_table(name)

    def close(self) -> None:
        """Free the memory."""
        self.connection.disconnect()

    def cause(self, problem: Exception) -> str | None:
        """Lack of memory. Amid rows that are handed over, Arrow tells of it, in DuckDB's words."""
        if isinstance(problem, duckdb.OutOfMemoryException) or str(problem).startswith("Out of Memory Error"):
            return (
                f"counting needs more than the {self._limits.memory_mb} MB that it may use; allow it more (--memory), "
                "or count on a cluster (--engine)"
            )
        return super().cause(problem)


def _ours(name: str) -> str:
    return f"seuil_{name}"
