"""Parquet in chunks: memory stays bounded, and a file is there whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

CHUNK = 500_000


class ChunkedWriter:
    """Takes tables of one schema, one row group each."""

    def __init__(self, file: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._file, self._schema, self.rows = file, schema, 0

    def write(self, columns: Mapping[str, Any]) -> None:
        """Append a chunk; columns are arrays by name."""
        table = pa.table(dict(columns)).cast(self._schema)
        if table.num_rows:
            self._file.write_table(table, row_group_size=CHUNK)
            self.rows += table.num_rows


@contextmanager
def chunked(path: Path, schema: pa.Schema) -> Iterator[ChunkedWriter]:
    """A writer to `path`, which appears when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd", compression_level=1) as file:
            yield ChunkedWriter(file, schema)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def spans(length: int, chunk: int = CHUNK) -> Iterator[slice]:
    """Consecutive slices that cover `length` rows."""
    return (slice(start, min(start + chunk, length)) for start in range(0, length, chunk))


def identifiers(prefix: str, numbers: NDArray[np.int64]) -> pa.Array:
    """Ten characters: the prefix and nine digits."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), 9, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def coded(positions: NDArray[Any], codes: tuple[str, ...], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Texts by their positions in `codes`, null where `missing`."""
    return pa.DictionaryArray.from_arrays(pa.array(positions.astype(np.int32), mask=missing), pa.array(codes))


DICTIONARY = pa.dictionary(pa.int32(), pa.string())
