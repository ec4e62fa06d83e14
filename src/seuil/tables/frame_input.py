"""Frames and files as columns of text and of whole numbers. Messages name columns and codes, never a count."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from narwhals.typing import IntoDataFrame

from seuil.disclosure.arrays import Bools, Ints
from seuil.model.errors import DataError, UsageError

LARGEST = 1 << 40  # as large as a figure may be: sums of them can't overflow
FALSE = ("", "0", "false", "no", "non", "n")
"""Texts of a flag column that don't flag (in small letters)."""


@dataclass(frozen=True)
class InputTable:
    """A frame as it was given. name: what messages call it, such as its file."""

    frame: nw.DataFrame[Any]
    name: str

    @property
    def columns(self) -> list[str]:
        return self.frame.columns

    def fail(self, column: str, found: str, right: str) -> DataError:
        """The error of a column, to be raised."""
        return DataError(f"{self.name}: column {column}: {found}; expected {right}")

    def column(self, name: str) -> nw.Series[Any]:
        """One column. Raises DataError if there is none of that name, or several."""
        if self.columns.count(name) != 1:
            has = ", ".join(map(str, self.columns)) or "none"
            raise DataError(f"{self.name}: no column {name!r}, or several; its columns are {has}")
        return self.frame[name]

    def texts(self, name: str) -> pa.StringArray:
        """The codes of a column, as text. Raises DataError where there is none in a row."""
        series = self.column(name)
        texts = _as_text(series)
        if texts.null_count or pc.any(pc.equal(texts, "")).as_py():
            raise self.fail(name, "a row without a code", "one in every row")
        return texts

    def counts(self, name: str) -> Ints:
        """The whole numbers from 0 of a column. Raises DataError where there is something else in a row."""
        values, there = self.numbers(name, np.zeros(len(self.frame), np.bool_))
        if not there.all():
            raise self.fail(name, "a row without a count", "a whole number from 0 in every row")
        return values

    def hidden(self, name: str, words: tuple[str, ...]) -> Bools:
        """(rows,) where a column holds nothing, or one of `words`."""
        texts = _as_text(self.column(name))
        is_word = pc.is_in(texts, value_set=pa.array(["", *words], pa.string()))
        return np.asarray(pc.or_(pc.is_null(texts), is_word).to_numpy(zero_copy_only=False), dtype=np.bool_)

    def flagged(self, name: str) -> Bools:
        """(rows,) where a column of flags holds anything but a no."""
        texts = pc.utf8_lower(pc.fill_null(_as_text(self.column(name)), ""))
        is_no = pc.is_in(texts, value_set=pa.array(FALSE, pa.string()))
        return ~np.asarray(is_no.to_numpy(zero_copy_only=False), dtype=np.bool_)

    def numbers(self, name: str, skip: Bools) -> tuple[Ints, Bools]:
        """(rows,) whole numbers from 0, 0 in rows to `skip` or without one; and (rows,) where there is one."""
        series = self.column(name)
        if series.dtype == nw.Boolean:
            raise self.fail(name, "yes or no", "whole numbers from 0")
        if series.dtype.is_integer():
            array = series.to_arrow()
        else:
            texts = _as_text(series) if not series.dtype.is_numeric() else series.cast(nw.Float64).to_arrow()
            array = self._parsed(name, texts, skip)
        array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
        there = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_) & ~skip
        numbers = np.asarray(array.fill_null(0).to_numpy(zero_copy_only=False))
        if numbers.dtype.kind == "f":
            there &= ~np.isnan(numbers)
            numbers = np.where(there, numbers, 0.0)
            if (numbers != np.floor(numbers)).any():
                raise self.fail(name, "a number that is not whole", "whole numbers from 0")
        numbers = np.where(there, numbers, 0)
        if (numbers < 0).any():
            raise self.fail(name, "a negative number", "whole numbers from 0")
        if (numbers > LARGEST).any():
            raise self.fail(name, "a number above 2^40", "counts of units")
        return numbers.astype(np.int64), there

    def _parsed(self, name: str, texts: pa.Array, skip: Bools) -> pa.Array:
        """Numbers that are written as text; whole ones stay exact."""
        if pa.types.is_floating(texts.type):
            return texts
        kept = pc.if_else(pa.array(skip), pa.scalar(None, pa.string()), pc.utf8_trim_whitespace(texts))
        for kind in (pa.int64(), pa.float64()):
            try:
                return pc.cast(kept, kind)
            except pa.ArrowInvalid:
                continue
        raise self.fail(name, "a text that is no number", "whole numbers from 0")


def given(frame: IntoDataFrame, name: str = "the frame") -> InputTable:
    """Take in a frame of pandas, Polars or PyArrow. Raises UsageError for anything else."""
    try:
        return InputTable(nw.from_native(frame, eager_only=True), name)
    except TypeError:
        found = type(frame).__name__
        raise UsageError(f"{name}: found {found}; expected a frame of pandas, Polars or PyArrow") from None


def read_given(path: Path) -> InputTable:
    """A CSV file (UTF-8, with a header; every column stays text) or a Parquet file. Raises DataError."""
    try:
        if path.suffix.lower() == ".parquet":
            return given(pq.read_table(path), str(path))
        with pcsv.open_csv(path) as opened:
            names = opened.schema.names
        kinds = dict.fromkeys(names, pa.string())
        return given(pcsv.read_csv(path, convert_options=pcsv.ConvertOptions(column_types=kinds)), str(path))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or 'can not be read'}; expected a CSV or Parquet file") from None
    except pa.ArrowException:
        # Arrow's own words may quote a value
        raise DataError(f"{path}: can't be read; expected CSV (UTF-8, comma, a header) or Parquet") from None


def _as_text(series: nw.Series[Any]) -> pa.StringArray:
    """A column as text, null where there is nothing; whole numbers without a decimal point."""
    if series.dtype.is_float():
        array = series.to_arrow()
        array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
        numbers = array.to_numpy(zero_copy_only=False)
        texts = [
            None if v is None or np.isnan(v) else f"{v:.0f}" if v == np.floor(v) else repr(float(v)) for v in numbers
        ]
        return pa.array(texts, pa.string())
    array = series.cast(nw.String).to_arrow()
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return array.cast(pa.string())
