"""JSON: one array of flat rows, as `records` has them. A year is a text, a hidden value is null beside its status."""

from collections.abc import Iterator, Sequence

import orjson
import pyarrow as pa

from seuil.portal.exports.keys import Key


def json_chunks(batches: Iterator[pa.RecordBatch], keys: Sequence[Key]) -> Iterator[bytes]:
    """The file, a piece a batch."""
    names = [key.name for key in keys]
    before = b"["
    for batch in batches:
        if batch.num_rows:
            columns = [_values(batch, key) for key in keys]
            rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
            yield before + orjson.dumps(rows)[1:-1]
            before = b","
    yield b"[]" if before == b"[" else b"]"


def _values(batch: pa.RecordBatch, key: Key) -> list[object]:
    values: list[object] = batch.column(key.position).to_pylist()
    return [None if year is None else f"{year:04}" for year in values] if key.year else values
