"""XLSX, written by XlsxWriter a row at a time into a temporary file, then sent."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from seuil.portal.exports.csv_text import cell_text
from seuil.portal.exports.keys import Key
from seuil.portal.store.errors import QueryTooCostlyError

MOST_ROWS = 1_048_575
"""Rows of a sheet, without its header."""

_LONGEST_TEXT = 32_767
_EXACT = 2**53  # a cell is a number in floating point
_PIECE = 1 << 18


def xlsx_chunks(
    batches: Iterator[pa.RecordBatch],
    keys: Sequence[Key],
    header: Sequence[str],
    *,
    title: str,
    comments: str,
    folder: Path,
    list_separator: str,
) -> Iterator[bytes]:
    """The file. title, comments: its properties. folder: for what is being written.

    Raises QueryTooCostlyError where there are more rows than a sheet can have.
    """
    import xlsxwriter

    with TemporaryDirectory(dir=folder) as work:
        path = Path(work) / "export.xlsx"
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": work}
        with xlsxwriter.Workbook(str(path), options) as book:
            # A fixed date: the same rows give the same bytes.
            created = datetime(2000, 1, 1, tzinfo=UTC)
            book.set_properties({"title": title, "comments": comments, "created": created})
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, header, book.add_format({"bold": True}))
            sheet.freeze_panes(1, 0)
            at = 0
            for batch in batches:
                columns = [_cells(batch, key, list_separator) for key in keys]
                for values in zip(*columns, strict=True):
                    at += 1
                    if at > MOST_ROWS:
                        raise QueryTooCostlyError(
                            f"A sheet has at most {MOST_ROWS} rows; filter them, or take CSV or Parquet."
                        )
                    sheet.write_row(at, 0, values)
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _cells(batch: pa.RecordBatch, key: Key, list_separator: str) -> list[object]:
    values: list[object] = batch.column(key.position).to_pylist()
    if key.multivalued:
        values = [list_separator.join(value) if isinstance(value, list) else value for value in values]
    elif key.type in ("datetime", "geo_point_2d", "geo_shape", "geo_cluster"):
        values = [cell_text(key, value) for value in values]
    if key.status is not None:
        statuses = batch.column(key.status).to_pylist()
        values = [status if value is None else value for value, status in zip(values, statuses, strict=True)]
    return [_fitting(value) for value in values]


def _fitting(value: object) -> object:
    """What a cell can hold without a loss; a longer number becomes a text, a longer text ends at the limit."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        return str(value)
    return value[:_LONGEST_TEXT] if isinstance(value, str) else value
