"""Parquet in chunks: memory stays bounded, and a file is there whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

CHUNK = 500_000
DIGITS = 9
DICTIONARY = pa.dictionary(pa.int32(), pa.string())


class ChunkedWriter:
    """Takes tables of one schema, and writes row groups of CHUNK rows or more."""

    def __init__(self, file: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._file, self._schema, self.rows = file, schema, 0
        self._waiting: list[pa.Table] = []

    def write(self, columns: Mapping[str, Any]) -> None:
        """Append rows; columns are arrays by name."""
        table = pa.table(dict(columns)).cast(self._schema)
        self._waiting.append(table)
        self.rows += table.num_rows
        if sum(one.num_rows for one in self._waiting) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        table = pa.concat_tables([*self._waiting, self._schema.empty_table()])
        self._waiting.clear()
        if table.num_rows:
            self._file.write_table(table.unify_dictionaries(), row_group_size=table.num_rows)


@contextmanager
def chunked(path: Path, schema: pa.Schema) -> Iterator[ChunkedWriter]:
    """A writer to `path`, which appears when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    repeated = [field.name for field in schema if field.type == DICTIONARY]
    try:
        with pq.ParquetWriter(
            partial, schema, compression="zstd", compression_level=1, use_dictionary=repeated
        ) as file:
            writer = ChunkedWriter(file, schema)
            yield writer
            writer.flush()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def spans(length: int, chunk: int = CHUNK) -> Iterator[slice]:
    """Consecutive slices that cover `length` rows."""
    return (slice(start, min(start + chunk, length)) for start in range(0, length, chunk))


def letters(prefix: str, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Identifiers of ten characters, the prefix and nine digits: (numbers, 10) bytes."""
    found = np.empty((len(numbers), 1 + DIGITS), dtype=np.uint8)
    found[:, 0] = ord(prefix)
    left = numbers.astype(np.uint32)
    for place in range(DIGITS, 0, -1):
        left, digit = np.divmod(left, np.uint32(10))
        found[:, place] = digit + np.uint32(ord("0"))
    return found


def texts(found: NDArray[np.uint8]) -> pa.Array:
    """Texts of one length, from their bytes: (texts, length)."""
    count, length = found.shape
    offsets = np.arange(0, (count + 1) * length, length, dtype=np.int32)
    data = np.ascontiguousarray(found)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))


def identifiers(prefix: str, numbers: NDArray[np.int64]) -> pa.Array:
    """Ten characters: the prefix and nine digits."""
    return texts(letters(prefix, numbers))


def coded(positions: NDArray[Any], codes: tuple[str, ...], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Texts by their positions in `codes`, null where `missing`."""
    return pa.DictionaryArray.from_arrays(pa.array(positions.astype(np.int32), mask=missing), pa.array(codes))
