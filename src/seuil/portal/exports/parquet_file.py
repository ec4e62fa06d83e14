"""Parquet, made as it is sent: each batch is a row group, and only the footer waits for the end.

A year is a number, a time is UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from seuil.portal.exports.csv_text import cell_text
from seuil.portal.exports.keys import Key

Compression = Literal["zstd", "snappy"]


class _Outbox:
    """What Arrow takes for a file; it gives away what has been written to it."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep a piece until it is taken."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def close(self) -> None:
        """What has been written can still be taken."""

    def take(self) -> bytes:
        """What has been written since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def parquet_chunks(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    keys: Sequence[Key],
    compression: Compression,
    metadata: Mapping[str, str],
) -> Iterator[bytes]:
    """The file, a piece a batch. schema: of the batches. metadata: written in the footer."""
    fields = [_field(schema.field(key.position), key) for key in keys]
    written = pa.schema(fields, metadata=dict(metadata))
    outbox = _Outbox()
    with pq.ParquetWriter(pa.PythonFile(outbox, mode="w"), written, compression=compression) as writer:
        for batch in batches:
            columns = [_values(batch, key) for key in keys]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=written))
            yield outbox.take()
    yield outbox.take()


_TEXTS = ("geo_shape", "geo_cluster")
"""Types that are texts of JSON in a file."""


def _field(stored: pa.Field, key: Key) -> pa.Field:
    return pa.field(key.name, pa.string()) if key.type in _TEXTS else stored.with_name(key.name)


def _values(batch: pa.RecordBatch, key: Key) -> pa.Array:
    """What stands in the file: an area is the text of its GeoJSON."""
    values = batch.column(key.position)
    if key.type not in _TEXTS:
        return values
    return pa.array([cell_text(key, value) for value in values.to_pylist()], pa.string())
