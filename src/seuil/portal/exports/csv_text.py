"""CSV (RFC 4180): one header line, then the rows, put together column by column by Arrow.

A year reads 2023, a decimal sign is a dot, a place reads `latitude, longitude`, lines end by CR LF.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from seuil.portal.exports.keys import Hidden, Key, json_value

_BOM = b"\xef\xbb\xbf"
_END = "\r\n"
_STATUS = Key("", 0, "text")


@dataclass(frozen=True)
class CsvForm:
    """How the text is written. quote_all: quote every text, not only those that need it.

    list_separator: between the values of a multivalued field. hidden: how hidden values are told.
    """

    delimiter: str = ";"
    with_bom: bool = True
    quote_all: bool = False
    list_separator: str = ","
    hidden: Hidden = "ns"


def csv_chunks(
    batches: Iterator[pa.RecordBatch], keys: Sequence[Key], header: Sequence[str], form: CsvForm
) -> Iterator[bytes]:
    """The file, a piece a batch. header: what stands above each column."""
    titles = pa.array(header, pa.string())
    head = form.delimiter.join(_quoted(titles, form).to_pylist()) + _END
    # The header waits for the first rows, so that a query that fails is told before anything is sent.
    before = (_BOM if form.with_bom else b"") + head.encode()
    # An empty line would be no row at all.
    empty = '""' if len(keys) == 1 else ""
    for batch in batches:
        cells = [_cells(batch, key, form) for key in keys]
        lines = pc.binary_join_element_wise(*cells, form.delimiter, null_handling="replace", null_replacement=empty)
        yield before + _joined(lines)
        before = b""
    if before:
        yield before


def _joined(lines: pa.StringArray) -> bytes:
    """All lines, each with its end."""
    if not len(lines):
        return b""
    whole = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), _END)
    return bytes(whole[0].as_buffer()) + _END.encode()


def _cells(batch: pa.RecordBatch, key: Key, form: CsvForm) -> pa.StringArray:
    told = _told(batch.column(key.position), key, form)
    return told if key.status is None else pc.coalesce(told, _told(batch.column(key.status), _STATUS, form))


def _told(values: pa.Array, key: Key, form: CsvForm) -> pa.StringArray:
    if pa.types.is_dictionary(values.type):
        return _told(values.dictionary, key, form).take(values.indices)
    if key.multivalued:
        values = pc.binary_join(values, form.list_separator)
    if key.type in ("datetime", "geo_point_2d", "geo_shape", "geo_cluster"):
        values = pa.array([cell_text(key, value) for value in values.to_pylist()], pa.string())
    quotes = key.type in ("text", "geo_point_2d", "geo_shape", "geo_cluster")
    return _quoted(values, form) if quotes else pc.cast(values, pa.string())


def cell_text(key: Key, value: object) -> str | None:
    """A value that is more than a number or a text, as a cell has it."""
    found = json_value(key, value)
    if isinstance(found, dict):
        return f"{found['lat']}, {found['lon']}" if "lat" in found else orjson.dumps(found).decode()
    return None if found is None else str(found)


def _quoted(texts: pa.StringArray, form: CsvForm) -> pa.StringArray:
    doubled = pc.replace_substring(texts, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    if form.quote_all:
        return quoted
    needs = pc.match_substring_regex(texts, f'["\r\n{re.escape(form.delimiter)}]')
    return pc.if_else(needs, quoted, texts)
