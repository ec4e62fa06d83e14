"""The columns of a table as arrays, in files of the private folder of the release that is served.

A text stands as the place of its value among the different ones, which are few in a table of figures: so a filter
compares small numbers, a hundred microseconds for 200,000 rows, where a query engine takes milliseconds to begin
(measured in benchmarks/RESULTS.md). What is answered so is in `plain`; all else is the engine's.

The files are mapped, not read: memory holds what is asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

_MOST_VALUES = 60_000
"""Different texts of a column; one that has more is left to the engine."""
_NONE = (1 << 16) - 1
"""Stands for no text while a column is written."""
_WIDEST = 1 << 10
"""From the lowest of some whole numbers to the highest, up to which each has a place of its own, as texts have."""
_PIECE = 1 << 16
"""Numbers that are looked at together, so that the look takes no memory to speak of."""
_EXACT = float(1 << 53)
"""Below it sums of whole numbers are exact in floating point, and within 64 bits."""


@dataclass(frozen=True)
class Vector:
    """A column. data: numbers or truths, 0 where there is none; of a text places in `values`, after the last for none.

    values: ascending, by code points as the engine orders them. there: where there is a number, None for everywhere.
    """

    data: Array
    values: tuple[str, ...] | None = None
    there: Flags | None = None

    def told(self, rows: npt.NDArray[np.int64]) -> list[object]:
        """What stands in some rows, as the engine gives it."""
        found = self.data[rows]
        if self.values is not None:
            return [self._names[code] for code in found.tolist()]
        if self.there is None:
            return list(found.tolist())
        known = self.there[rows].tolist()
        return [value if there else None for value, there in zip(found.tolist(), known, strict=True)]

    def taken(self, rows: npt.NDArray[np.int64]) -> "Vector":
        """The column of some rows alone."""
        return Vector(self.data[rows], self.values, None if self.there is None else self.there[rows])

    @cached_property
    def _names(self) -> tuple[str | None, ...]:
        return (*(self.values or ()), None)

    @cached_property
    def complete(self) -> bool:
        """Whether no row is without a value."""
        if self.values is not None:
            return not bool((self.data == len(self.values)).any())
        return self.there is None

    @cached_property
    def exact(self) -> bool:
        """Whether all are whole numbers of which any sum is exact."""
        return is_exact(self.data)

    @cached_property
    def _lowest(self) -> tuple[int, int] | None:
        """The lowest of some whole numbers, and how many there are up to the highest, where these aren't too many."""
        known = self.data if self.there is None else self.data[self.there]
        if not len(known):
            return None
        low, high = int(known.min()), int(known.max())
        return (low, high - low + 1) if high - low < _WIDEST else None

    def coded(self, rows: npt.NDArray[np.int64]) -> "Coded | None":
        """The values of some rows as small numbers; None for what is neither a text nor a whole number."""
        found = self.data[rows]
        if self.values is not None:
            return Coded(found, self._names)
        if found.dtype.kind != "i":
            return None
        if self._lowest is not None:
            low, size = self._lowest
            codes, names = found - low, tuple(range(low, low + size))
        else:
            different, codes = np.unique(found, return_inverse=True)
            names = tuple(different.tolist())
        if self.there is not None:
            codes = np.where(self.there[rows], codes, len(names))
        return Coded(codes, (*names, None))

    def arrow(self, rows: npt.NDArray[np.int64]) -> pa.Array:
        """The same for Arrow; texts as a dictionary."""
        found = self.data[rows]
        if self.values is not None:
            none = found == len(self.values)
            return pa.DictionaryArray.from_arrays(pa.array(found, mask=none), pa.array(self.values, pa.string()))
        return pa.array(found, mask=None if self.there is None else np.logical_not(self.there[rows]))


@dataclass(frozen=True)
class Coded:
    """Values as small numbers that ascend with them: their places in `names`, of which the last stands for none."""

    codes: Array
    names: tuple[object, ...]


def is_exact(numbers: Array) -> bool:
    """Whether these are whole numbers, and so few or small that any sum of them is exact."""
    total = 0.0
    for start in range(0, len(numbers), _PIECE):
        piece = numbers[start : start + _PIECE]
        total += float(np.abs(piece.astype(np.float64)).sum())
        if total >= _EXACT or (piece.dtype.kind != "i" and not (piece == np.rint(piece)).all()):
            return False
    return True


@dataclass(frozen=True)
class Vectors:
    """The columns of a table by name, without those that can't be arrays. rows: how many it has."""

    rows: int
    columns: Mapping[str, Vector]


def write_vectors(rows: int, names: Sequence[str], batches: Iterable[pa.RecordBatch], folder: Path) -> Vectors:
    """Write columns of a table into a new folder, and map them.

    batches: all rows, these columns and behind them the position of each row. Where there are more or fewer rows than
    the catalogue says, there are no arrays.
    """
    folder.mkdir(mode=0o700, parents=True)
    writers: dict[str, _Writer] = {}
    written = 0
    for batch in batches:
        *columns, positions = batch.columns
        at = positions.to_numpy()
        written += len(at)
        if written > rows:
            break
        for place, (name, column) in enumerate(zip(names, columns, strict=True)):
            if name not in writers and (kind := _kind(column.type)) is not None:
                writers[name] = _Writer(folder / f"{place}.npy", rows, kind)
            if name in writers:
                writers[name].write(at, column)
    if written != rows:
        return Vectors(rows, {})
    return Vectors(rows, {name: found for name, writer in writers.items() if (found := writer.end()) is not None})


def mapped(values: npt.NDArray[np.float64], path: Path) -> Vector:
    """Numbers, of which some are missing (NaN), as a column in a new file."""
    missing = np.isnan(values)
    np.save(path, np.where(missing, 0.0, values))
    return Vector(_mapped(path), there=np.logical_not(missing) if missing.any() else None)


def _mapped(path: Path) -> Array:
    # A plain array over the same file: that class of its own which NumPy has for mapped ones makes each step slower.
    return np.asarray(np.lib.format.open_memmap(path, mode="r"))


def _kind(stored: pa.DataType) -> npt.DTypeLike | None:
    if pa.types.is_string(stored):
        return np.uint16
    if pa.types.is_boolean(stored):
        return np.bool_
    if pa.types.is_signed_integer(stored):
        return np.int64
    return np.float64 if pa.types.is_float64(stored) else None


class _Writer:
    """Fills the file of a column. Texts get their places as they come, and are put in order at the end."""

    def __init__(self, path: Path, rows: int, kind: npt.DTypeLike) -> None:
        self._path = path
        self._data = self._new(rows, kind)
        self._places: dict[str, int] = {}
        self._there: Flags | None = None

    def write(self, at: npt.NDArray[np.int64], column: pa.Array) -> None:
        """Take some rows."""
        if pa.types.is_string(column.type):
            self._data[at] = self._codes(column)
            return
        if column.null_count:
            if self._there is None:
                self._there = np.ones(len(self._data), dtype=np.bool_)
            self._there[at] = pc.is_valid(column).to_numpy(zero_copy_only=False)
            column = pc.fill_null(column, False if pa.types.is_boolean(column.type) else 0)
        self._data[at] = column.to_numpy(zero_copy_only=False)

    def end(self) -> Vector | None:
        """The column, mapped for reading; None where there are too many values, or numbers that can't be compared."""
        values = None
        if self._data.dtype == np.uint16:
            if len(self._places) > _MOST_VALUES:
                return None
            values = tuple(sorted(self._places))
            order = np.full(_NONE + 1, len(values), dtype=np.uint8 if len(values) < 1 << 8 else np.uint16)
            order[[self._places[value] for value in values]] = np.arange(len(values))
            codes = order[self._data]
            self._data = self._new(len(codes), codes.dtype)
            self._data[:] = codes
        elif self._data.dtype.kind == "f" and np.isnan(self._data).any():
            return None  # the engine has an order for what is no number
        return Vector(_mapped(self._path), values, self._there)

    def _codes(self, column: pa.StringArray) -> Array:
        coded = column.dictionary_encode()
        if len(self._places) > _MOST_VALUES:
            return np.zeros(len(column), dtype=np.uint16)
        places = [self._places.setdefault(value, len(self._places)) for value in coded.dictionary.to_pylist()]
        places = [min(place, _NONE) for place in places]
        known = pc.fill_null(coded.indices, len(places)).to_numpy(zero_copy_only=False)
        found: Array = np.array([*places, _NONE], dtype=np.uint16)[known]
        return found

    def _new(self, rows: int, kind: npt.DTypeLike) -> Array:
        return np.lib.format.open_memmap(self._path, mode="w+", dtype=kind, shape=(rows,))
