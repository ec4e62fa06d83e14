"""Frames and files as columns of text and of whole numbers.

Messages name the column, the row (1 is the first below the header) and the line of the file. Codes are shown in them;
what stands in a column of counts only where the table is public.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from narwhals.exceptions import NarwhalsError
from narwhals.typing import IntoDataFrame

from seuil.disclosure.arrays import Bools, Ints
from seuil.model.delimited import Encoding, Form, form_of
from seuil.model.errors import DataError, UsageError
from seuil.model.hints import EMPTY, why_no_count
from seuil.model.limits import LARGEST_FIGURE

FIRST_ROWS = 3  # rows that an error names
LONGEST = 40  # characters of a text that is quoted
BATCH = 50_000  # records of a file that are Python texts at the same time
WHOLE = r"^[0-9]{1,18}(\.0+)?$"


@dataclass(frozen=True)
class InputTable:
    """A frame as it was given. name: what messages call it, such as its file.

    public: whether messages may show its figures. lines: (rows,) of the file, None for a frame.
    """

    frame: nw.DataFrame[Any]
    name: str
    public: bool = False
    lines: Ints | None = None

    @property
    def columns(self) -> list[str]:
        return self.frame.columns

    def fail(self, column: str, found: str, right: str) -> DataError:
        """The error of a column, to be raised."""
        return DataError(f"{self.name}: column {column}: {found}; expected {right}")

    def place(self, row: int) -> str:
        """A row (0 is the first) in words."""
        return f"row {row + 1}" + (f" (line {self.lines[row]})" if self.lines is not None else "")

    def places(self, rows: Sequence[int] | Ints) -> str:
        """The first of some rows in words."""
        more = " ..." if len(rows) > FIRST_ROWS else ""
        return ", ".join(self.place(int(k)) for k in rows[:FIRST_ROWS]) + more

    def refuse(self, bad: Bools, column: str, found: str, right: str) -> None:
        """Raise DataError with the first of the rows that are marked."""
        rows = np.flatnonzero(bad)
        if len(rows):
            raise self.fail(column, f"in {self.places(rows)} {found}", right)

    def column(self, name: str) -> nw.Series[Any]:
        """One column. Raises DataError if there is none of that name."""
        if name not in self.columns:
            raise DataError(f"{self.name}: no column {name!r}; {self._there(name)}")
        return self.frame[name]

    def _there(self, name: str) -> str:
        native = nw.to_native(self.frame)
        if self.frame.implementation.is_pandas() and name in native.index.names:
            return "it is in the index of the frame; expected a column: write frame.reset_index()"
        return f"its columns are {', '.join(map(str, self.columns)) or 'none'}"

    def texts(self, name: str) -> pa.StringArray:
        """The codes of a column, as text without spaces around it. Raises DataError where there is none in a row."""
        texts = self._as_text(name)
        missing = pc.fill_null(pc.equal(texts, ""), True)
        self.refuse(_bools(missing), name, "a row without a code", "one in every row")
        return texts

    def counts(self, name: str) -> Ints:
        """The whole numbers from 0 of a column. Raises DataError where there is something else in a row."""
        values, there = self.numbers(name, np.zeros(len(self.frame), np.bool_))
        self.refuse(~there, name, "a row without a count", "a whole number from 0 in every row")
        return values

    def words(self, name: str) -> pa.StringArray:
        """A column as text, null where there is nothing."""
        texts = self._as_text(name)
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)

    def numbers(self, name: str, skip: Bools, expected: str = "whole numbers from 0") -> tuple[Ints, Bools]:
        """(rows,) whole numbers from 0, 0 in rows to `skip` or without one; and (rows,) where there is one."""
        series = self.column(name)
        if series.dtype == nw.Boolean:
            raise self.fail(name, "yes or no", "whole numbers from 0")
        if series.dtype.is_integer():
            array = _whole(series.to_arrow())
        elif series.dtype.is_numeric():
            array = pc.cast(_whole(series.to_arrow()), pa.float64())  # decimals too, exact up to the largest figure
        else:
            array = self._parsed(name, skip, expected)
        there = _bools(array.is_valid()) & ~skip
        numbers = np.asarray(array.fill_null(0).to_numpy(zero_copy_only=False))
        if numbers.dtype.kind == "f":
            there &= ~np.isnan(numbers)
            numbers = np.where(there, numbers, 0.0)
            self.refuse(numbers != np.floor(numbers), name, "a number that is not whole", expected)
        numbers = np.where(there, numbers, 0)
        self.refuse(numbers < 0, name, "a negative number", expected)
        self.refuse(numbers >= LARGEST_FIGURE, name, "a number of 2^40 or more", f"figures below {LARGEST_FIGURE:,}")
        return numbers.astype(np.int64), there

    def _parsed(self, name: str, skip: Bools, expected: str) -> pa.Array:
        """Whole numbers that are written as text, null in rows to skip or without any."""
        texts = pc.if_else(pa.array(skip), pa.scalar(None, pa.string()), self.words(name))
        fits = pc.fill_null(pc.match_substring_regex(texts, WHOLE), True)
        for row in np.flatnonzero(~_bools(fits)).tolist():
            text = texts[row].as_py()
            found = "a number of 2^40 or more" if text.isdecimal() and text.isascii() else why_no_count(text)
            quoted = f", {text[:LONGEST]!r}" if self.public and found != EMPTY else ""
            raise self.fail(name, f"in {self.place(row)} {found}{quoted}", expected)
        return pc.cast(pc.replace_substring_regex(texts, r"\..*$", ""), pa.int64())

    def _as_text(self, name: str) -> pa.StringArray:
        """A column as text, null where there is nothing; whole numbers without a decimal point."""
        series = self.column(name)
        if series.dtype.is_float():
            numbers = _whole(series.to_arrow()).to_numpy(zero_copy_only=False)
            return pa.array([_plain(v) for v in numbers], pa.string())
        try:
            array = _whole(series.cast(nw.String).to_arrow()).cast(pa.string())
        except (NarwhalsError, pa.ArrowException, TypeError, ValueError):
            raise self.fail(name, f"values of type {series.dtype}", "texts or numbers") from None
        return pc.utf8_trim_whitespace(array)


def given(frame: IntoDataFrame, name: str = "the frame", *, public: bool = False) -> InputTable:
    """Take in a frame of pandas, Polars or PyArrow. Raises UsageError for anything else."""
    module = type(frame).__module__.partition(".")[0]
    kind = type(frame).__name__ if module == "builtins" else f"{module} {type(frame).__name__}"
    try:
        taken = nw.from_native(frame, eager_only=True)
        columns = taken.columns
    except TypeError:
        right = "expected a frame of pandas, Polars or PyArrow"
        more = {"Series": ": write .reset_index() (pandas) or .to_frame()", "LazyFrame": ": write .collect()"}
        raise UsageError(f"{name}: found {kind}; {right}{more.get(type(frame).__name__, '')}") from None
    except (NarwhalsError, ValueError):
        found = "columns of one name, or of several levels"
        raise DataError(f"{name}: {found}; expected a name of its own for every column ({kind})") from None
    for k, column in enumerate(columns):
        if not isinstance(column, str) or columns.index(column) != k:
            found = f"{column!r} as the name of column {k + 1}" + (" again" if columns.index(column) != k else "")
            right = "texts, each another one, as names (of a crosstab: write frame.stack().reset_index(name='n'))"
            raise DataError(f"{name}: {found}; expected {right}")
    if taken.implementation.is_pandas() and taken.to_native().columns.name is not None:
        crossed = taken.to_native().columns.name
        right = "a row a cell: write frame.stack().reset_index(name='n')"
        raise DataError(f"{name}: a crosstab, with codes of {crossed!r} as columns; expected {right}")
    return InputTable(taken, name, public)


def read_given(
    path: Path,
    likely: Sequence[str] = (),
    *,
    encoding: Encoding = "utf-8",
    delimiter: str | None = None,
    public: bool = False,
) -> InputTable:
    """A file of delimited text, in which every column stays text, or a Parquet file.

    likely: columns that are looked for. public: whether messages may show its figures. Raises DataError.
    """
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        try:
            return given(pq.read_table(path), str(path), public=public)
        except OSError as error:
            raise DataError(f"{path}: {error.strerror or 'can not be read'}; expected a CSV or Parquet file") from None
        except pa.ArrowException:
            raise DataError(f"{path}: can't be read; expected a whole Parquet file") from None
    form = form_of(path, likely, required=False, encoding=encoding, delimiter=delimiter, public=public)
    batches, lines = [], []
    for numbers, batch in _batches(form):
        lines.append(numbers)
        batches.append(batch)
    schema = pa.schema([(name, pa.string()) for name in form.columns])
    table = pa.Table.from_batches(batches, schema)
    found = given(table.combine_chunks(), str(path), public=public)
    return InputTable(found.frame, found.name, public, np.concatenate([np.zeros(0, np.int64), *lines]))


def _batches(form: Form) -> Iterator[tuple[Ints, pa.RecordBatch]]:
    """The records of a file, some at a time, and their lines. Rows without anything in them are none."""
    records = form.records()
    while some := list(islice(records, BATCH)):
        kept = [record for record in some if any(record[1])]
        columns = zip(*(fields for _, fields in kept), strict=True) if kept else [[] for _ in form.columns]
        arrays = [pa.array(list(column), pa.string()) for column in columns]
        yield np.array([line for line, _ in kept], np.int64), pa.RecordBatch.from_arrays(arrays, list(form.columns))


def _plain(value: float | None) -> str | None:
    if value is None or np.isnan(value):
        return None
    return f"{value:.0f}" if value == np.floor(value) else repr(float(value))


def _whole(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """An array in one piece."""
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _bools(array: pa.Array) -> Bools:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)
