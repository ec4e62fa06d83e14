"""Rows of a Parquet file, some at a time, checked against what a definition expects of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seuil.disclosure.arrays import Bools
from seuil.figures.values import SHOWN, STATUSES, Values
from seuil.model.columns import status_column
from seuil.model.errors import DataError


class Rows:
    """The rows of a file in order, of which `take` holds the next ones. Errors name row (1 is the first) and column."""

    def __init__(self, path: Path, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self._path, self._batches = path, batches
        self._held = schema.empty_table()
        self._rest = schema.empty_table()
        self._before = 0

    def take(self, rows: int) -> None:
        """Hold the next `rows` rows instead of those held."""
        self._before += len(self._held)
        parts, missing = [self._rest], rows - len(self._rest)
        while missing > 0:
            batch = next(self._batches, None)
            if batch is None:
                raise DataError(f"{self._path}: ends before row {self._before + rows}; the definition has more rows")
            parts.append(pa.Table.from_batches([batch]))
            missing -= len(batch)
        everything = pa.concat_tables(parts)
        self._held, self._rest = everything.slice(0, rows), everything.slice(rows)

    def take_all(self) -> None:
        """Hold all rows that are left."""
        self._before += len(self._held)
        parts = [self._rest, *(pa.Table.from_batches([batch]) for batch in self._batches)]
        self._held, self._rest = pa.concat_tables(parts), self._rest.slice(len(self._rest))

    def keep(self, where: pa.ChunkedArray) -> None:
        """Hold those of the rows held that are marked, and no other."""
        self._held = self._held.filter(where)

    def column(self, name: str) -> pa.ChunkedArray:
        """A column of the rows held."""
        return self._held.column(name)

    def end(self) -> None:
        """Check that no row is left."""
        if len(self._rest) or any(len(batch) for batch in self._batches):
            rows = self._before + len(self._held)
            raise DataError(f"{self._path}: goes on after row {rows}, the last that the definition has")

    def expect(self, name: str, column: pa.Array) -> None:
        """Check that the rows held have just these values, none null, in a column."""
        found = self._held.column(name)
        if pa.types.is_dictionary(column.type):
            found, column = found.cast(pa.string()), column.cast(pa.string())
        same = pc.fill_null(pc.equal(found, column), False).to_numpy()
        if not same.all():
            row = int(np.argmin(same))
            raise self._error(row, name, f"is not the one that the definition lays out here, {column[row].as_py()!r}")

    def values(self, name: str) -> Values:
        """A measure and its status."""
        numbers, texts = self._held.column(name), self._held.column(status_column(name)).cast(pa.string())
        places = pc.index_in(texts, value_set=pa.array(STATUSES, pa.string()))
        unknown = pc.and_(pc.is_valid(texts), pc.is_null(places)).to_numpy()
        self.refuse(unknown, status_column(name), f"is no status; right are null, {' and '.join(STATUSES)}")
        status = (pc.fill_null(places, -1).to_numpy() + 1).astype(np.int8)
        null = pc.is_null(numbers).to_numpy()
        self.refuse(null & (status == SHOWN), name, "has neither value nor status")
        self.refuse(~null & (status != SHOWN), name, "has a value beside its status; expected null")
        return Values(pc.fill_null(numbers, 0).to_numpy(), status)

    @property
    def before(self) -> int:
        """How many rows there are before those held."""
        return self._before

    def refuse(self, where: Bools, name: str, why: str, before: int | None = None) -> None:
        """Raise DataError for the first row that is marked. before: of these rows, those held by default."""
        if where.any():
            raise self._error(int(np.argmax(where)), name, why, before)

    def _error(self, row: int, name: str, why: str, before: int | None = None) -> DataError:
        first = self._before if before is None else before
        return DataError(f"{self._path}: row {first + row + 1}, column {name}: {why}")


@contextmanager
def open_rows(
    path: Path, schema: pa.Schema, *, others: bool = False, groups: Sequence[int] | None = None
) -> Iterator[Rows]:
    """Open a table that must have the columns of `schema`, and no other but where `others` may be, which aren't read.

    groups: the row groups that are read, all by default. Raises DataError if it isn't one, or is damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            found = file.schema_arrow
            if others:
                found = pa.schema([field for field in found if field.name in schema.names])
            _check_columns(path, found, schema)
            yield Rows(path, file.iter_batches(columns=found.names, row_groups=groups), found)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; expected a released table, data.parquet") from None
    except (pa.ArrowException, OSError) as problem:
        raise DataError(f"{path}: can't be read as Parquet ({type(problem).__name__}); fetch the file again") from None


def _check_columns(path: Path, found: pa.Schema, expected: pa.Schema) -> None:
    for k, field in enumerate(expected):
        name = found.names[k] if k < len(found.names) else "nothing"
        if name != field.name:
            raise DataError(f"{path}: column {k + 1} is {name}; expected {field.name}")
        if _plain(found.field(k).type) != _plain(field.type):
            raise DataError(f"{path}: column {name} is {found.field(k).type}; expected {_plain(field.type)}")
    if len(found.names) > len(expected.names):
        raise DataError(f"{path}: column {found.names[len(expected.names)]} is not in the definition")


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type without its encoding."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind
