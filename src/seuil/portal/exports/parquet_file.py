"""Parquet, made as it is sent: each batch is a row group, and only the footer waits for the end. A year is a number."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

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
    fields = [schema.field(key.position).with_name(key.name) for key in keys]
    written = pa.schema(fields, metadata=dict(metadata))
    outbox = _Outbox()
    with pq.ParquetWriter(pa.PythonFile(outbox, mode="w"), written, compression=compression) as writer:
        for batch in batches:
            columns = [batch.column(key.position) for key in keys]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=written))
            yield outbox.take()
    yield outbox.take()
