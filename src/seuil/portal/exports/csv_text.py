"""CSV (RFC 4180): one header line, then the rows, put together column by column by Arrow.

A year reads 2023, a decimal sign is a dot, lines end by CR LF.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from seuil.odsql import OutputColumn

_BOM = b"\xef\xbb\xbf"
_END = "\r\n"


@dataclass(frozen=True)
class CsvForm:
    """How the text is written. quote_all: quote every text, not only those that need it."""

    delimiter: str = ";"
    with_bom: bool = True
    quote_all: bool = False


def csv_chunks(
    batches: Iterator[pa.RecordBatch], columns: Sequence[OutputColumn], header: Sequence[str], form: CsvForm
) -> Iterator[bytes]:
    """The file, a piece a batch. header: what stands above each column."""
    titles = pa.array(header, pa.string())
    head = form.delimiter.join(_quoted(titles, form).to_pylist()) + _END
    # The header waits for the first rows, so that a query that fails is told before anything is sent.
    before = (_BOM if form.with_bom else b"") + head.encode()
    # An empty line would be no row at all.
    empty = '""' if len(columns) == 1 else ""
    for batch in batches:
        cells = [_cells(batch, position, column, form) for position, column in enumerate(columns)]
        lines = pc.binary_join_element_wise(
            *cells, form.delimiter, null_handling="replace", null_replacement=empty
        ).to_pylist()
        yield before + "".join(f"{line}{_END}" for line in lines).encode()
        before = b""
    if before:
        yield before


def _cells(batch: pa.RecordBatch, position: int, column: OutputColumn, form: CsvForm) -> pa.StringArray:
    values = batch.column(position)
    if column.multivalued:
        values = pc.binary_join(values, ",")
    if column.type == "text":
        return _quoted(values, form)
    texts = pc.cast(values, pa.string())
    if column.status is not None:
        return pc.coalesce(texts, _quoted(batch.column(column.status), form))
    return texts


def _quoted(texts: pa.StringArray, form: CsvForm) -> pa.StringArray:
    doubled = pc.replace_substring(texts, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    if form.quote_all:
        return quoted
    needs = pc.match_substring_regex(texts, f'["\r\n{re.escape(form.delimiter)}]')
    return pc.if_else(needs, quoted, texts)
