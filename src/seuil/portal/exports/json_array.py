"""JSON, of flat rows as `records` has them: one array, or one object a line (JSON Lines)."""

from collections.abc import Callable, Iterator, Sequence

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from seuil.portal.exports.keys import Key, json_values

_PORTION = 4000


def json_chunks(batches: Iterator[pa.RecordBatch], keys: Sequence[Key]) -> Iterator[bytes]:
    """An array, a piece a batch."""
    before = b"["
    for batch in batches:
        if batch.num_rows:
            yield before + orjson.dumps(rows_of(batch, keys))[1:-1]
            before = b","
    yield b"[]" if before == b"[" else b"]"


def shaped_chunks(
    batches: Iterator[pa.RecordBatch], shape: Callable[[Sequence[tuple[object, ...]]], Sequence[object]]
) -> Iterator[bytes]:
    """An array of what `shape` makes of the rows of SQL, a piece a batch."""
    before = b"["
    for batch in batches:
        if batch.num_rows:
            rows = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            yield before + orjson.dumps(shape(rows))[1:-1]
            before = b","
    yield b"[]" if before == b"[" else b"]"


def json_lines(batches: Iterator[pa.RecordBatch], keys: Sequence[Key]) -> Iterator[bytes]:
    """An object a line, a piece a batch."""
    for batch in batches:
        yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows_of(batch, keys))


def portions(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, fewer at a time: where Python writes each row, a batch would take a quarter of a second."""
    for batch in batches:
        for start in range(0, batch.num_rows, _PORTION):
            yield batch.slice(start, _PORTION)


def rows_of(batch: pa.RecordBatch, keys: Sequence[Key]) -> list[dict[str, object]]:
    """The rows of a batch."""
    names = [key.name for key in keys]
    columns = [_values(batch, key) for key in keys]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(batch: pa.RecordBatch, key: Key) -> Sequence[object]:
    column = batch.column(key.position)
    if not pa.types.is_dictionary(column.type):
        return json_values(key, column.to_pylist())
    values = [*json_values(key, column.dictionary.to_pylist()), None]
    return [values[code] for code in pc.fill_null(column.indices.cast(pa.int32()), len(values) - 1).to_pylist()]
