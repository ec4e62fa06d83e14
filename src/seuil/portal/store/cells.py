"""The figures of a dataset by their cells, as arrays in the private folder of the release that is served.

A page asks half a dozen times for some cells at known codes. To a query engine each time is a search of the table: 5 ms
of a processor where it is small, 25 ms where it is a whole country's (measured in docs/explanation/performance.md). So
when a release is opened every cell gets a number, the places of its period and codes in the catalogue being the digits
(mixed radix: period 1 of 2, code 7 of 27, code 0 of 3 is (1 * 27 + 7) * 3 + 0). The numbers stand sorted in a file
beside the figures, and a cell is found by bisection. The files are mapped, not read: memory holds what is asked for.

What isn't asked by codes or levels, or needs an order of its own, is not answered here: `Cells.rows` gives None.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from seuil.catalogue.entry import Entry
from seuil.portal.store.connection import identifier, literal

Integers = npt.NDArray[np.int64]
Equal = Mapping[str, str | int | tuple[str, ...]]

_STATUSES: tuple[str | None, ...] = (None, "NS", "ND")
_OTHER, _NULL = len(_STATUSES), 4
"""A status that is none of these; and what is added to one where the figure is null."""

_MOST = 50_000
"""Cells of one question. More are rather read in their order than looked for one by one."""

_LARGEST = 1 << 62


@dataclass(frozen=True)
class Axis:
    """The period or a dimension. values: what stands in `column`, by place. levels: the places of a level's nodes."""

    column: str
    values: tuple[str | int, ...]
    level_column: str
    levels: Mapping[str, tuple[int, ...]]

    def places(self, equal: Equal) -> list[int]:
        """The places that a filter leaves, in order."""
        left = set(range(len(self.values)))
        if self.column in equal:
            asked = _several(equal[self.column])
            left &= {place for place, value in enumerate(self.values) if value in asked}
        if self.level_column in equal:
            left &= {place for level in _several(equal[self.level_column]) for place in self.levels.get(str(level), ())}
        return sorted(left)


@dataclass(frozen=True)
class Cells:
    """The cells of a dataset, by number. order: where each stands in the table; None where they stand as numbered.

    figures: by measure its values and, for each, a place in `_STATUSES`, with `_NULL` added where there is no value.
    """

    axes: tuple[Axis, ...]
    numbers: Integers
    order: Integers | None
    figures: Mapping[str, tuple[npt.NDArray[Any], npt.NDArray[np.uint8]]]
    status_columns: Mapping[str, str]

    def rows(
        self, equal: Equal, columns: Sequence[str], limit: int, offset: int
    ) -> tuple[int, list[dict[str, object]]] | None:
        """How many cells fit the filters, and some of them in the table's order; None where they aren't found so."""
        filters = {name for axis in self.axes for name in (axis.column, axis.level_column)}
        known = {axis.column for axis in self.axes} | self.figures.keys() | self.status_columns.keys()
        if not equal.keys() <= filters or not known.issuperset(columns):
            return None
        if not all(isinstance(period, int) for period in _several(equal.get(self.axes[0].column, 0))):
            return None  # SQL would take a text for the number that it tells
        places = [axis.places(equal) for axis in self.axes]
        if math.prod(map(len, places)) > _MOST:
            return None
        found = self._find(places)
        shown = found[offset : offset + limit]
        told = {name: self._column(name, shown) for name in columns}
        return len(found), [dict(zip(columns, row, strict=True)) for row in zip(*told.values(), strict=True)]

    def _find(self, places: Sequence[Sequence[int]]) -> Integers:
        """Where the cells at these places are, those that there are, in the table's order."""
        wanted = np.zeros(1, dtype=np.int64)
        for axis, some in zip(self.axes, places, strict=True):
            digits = np.asarray(some, dtype=np.int64)
            wanted = (wanted[:, None] * len(axis.values) + digits[None, :]).ravel()
        at = np.searchsorted(self.numbers, wanted)
        at[at == len(self.numbers)] = 0
        found = at[self.numbers[at] == wanted] if len(self.numbers) else at[:0]
        return found if self.order is None else found[np.argsort(self.order[found])]

    def _column(self, name: str, at: Integers) -> list[object]:
        measure = self.status_columns.get(name)
        if measure is not None:
            return [_STATUSES[code] for code in (self.figures[measure][1][at] % _NULL).tolist()]
        if name in self.figures:
            values, statuses = (array[at].tolist() for array in self.figures[name])
            return [None if status >= _NULL else value for value, status in zip(values, statuses, strict=True)]
        k = next(k for k, axis in enumerate(self.axes) if axis.column == name)
        below = math.prod(len(axis.values) for axis in self.axes[k + 1 :])
        digits = self.numbers[at] // below % len(self.axes[k].values)
        return [self.axes[k].values[digit] for digit in digits.tolist()]


def write_cells(
    entry: Entry, relation: str, read: Callable[[str], Iterable[pa.RecordBatch]], folder: Path
) -> Cells | None:
    """Write the arrays of a dataset into a new folder, and map them.

    relation: the view of its figures. read: the rows of a SELECT, in pieces. None where its table has something that
    the catalogue doesn't name, a cell twice, or figures that are no numbers.
    """
    axes = tuple(_axes(entry))
    if not entry.rows or math.prod(len(axis.values) for axis in axes) > _LARGEST:
        return None
    folder.mkdir(mode=0o700, parents=True)
    writer: _Writer | None = None
    for batch in read(_statement(entry, axes, relation)):
        writer = writer or _writer(entry, batch.schema, folder)
        if writer is None or not writer.write(batch):
            return None
    return None if writer is None else writer.end(axes)


class _Writer:
    """Fills the files of a dataset's arrays, in the order of its table."""

    def __init__(self, entry: Entry, types: Sequence[npt.DTypeLike], folder: Path) -> None:
        self._entry, self._folder, self._done = entry, folder, 0
        self._numbers = self._new("numbers", np.int64)
        self._figures = [
            (self._new(f"values-{k}", kind), self._new(f"statuses-{k}", np.uint8)) for k, kind in enumerate(types)
        ]

    def write(self, batch: pa.RecordBatch) -> bool:
        """Take the next rows; false where they can't be."""
        here = slice(self._done, self._done + batch.num_rows)
        numbers, *columns = batch.columns
        if here.stop > len(self._numbers) or numbers.null_count:
            return False
        self._numbers[here] = numbers.to_numpy(zero_copy_only=False)
        for (values, statuses), told, status in zip(self._figures, columns[::2], columns[1::2], strict=True):
            codes = status.to_numpy(zero_copy_only=False)
            if (codes >= _OTHER).any():
                return False
            values[here] = pc.fill_null(told, 0).to_numpy(zero_copy_only=False)
            statuses[here] = codes + _NULL * pc.is_null(told).to_numpy(zero_copy_only=False)
        self._done = here.stop
        return True

    def end(self, axes: tuple[Axis, ...]) -> Cells | None:
        """The arrays, sorted by number, mapped for reading; None where a cell is there twice or rows are missing."""
        if self._done != len(self._numbers):
            return None
        order = None
        if not (np.diff(self._numbers) > 0).all():
            order = np.argsort(self._numbers, kind="stable").astype(np.int64)
            for array in (self._numbers, *(array for pair in self._figures for array in pair)):
                array[:] = array[order]
            if not (np.diff(self._numbers) > 0).all():
                return None
            stored = self._new("order", np.int64)
            stored[:] = order
        measures = self._entry.measures
        return Cells(
            axes,
            self._read("numbers"),
            None if order is None else self._read("order"),
            {m.name: (self._read(f"values-{k}"), self._read(f"statuses-{k}")) for k, m in enumerate(measures)},
            {m.status_column: m.name for m in measures},
        )

    def _new(self, name: str, kind: npt.DTypeLike) -> npt.NDArray[Any]:
        return np.lib.format.open_memmap(self._path(name), mode="w+", dtype=kind, shape=(self._entry.rows,))

    def _read(self, name: str) -> npt.NDArray[Any]:
        return np.lib.format.open_memmap(self._path(name), mode="r")

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npy"


def _writer(entry: Entry, schema: pa.Schema, folder: Path) -> _Writer | None:
    """None where a measure is no whole number of 64 bits and no double."""
    types: list[npt.DTypeLike] = []
    for measure in entry.measures:
        kind = schema.field(measure.name).type
        if pa.types.is_integer(kind) and kind.bit_width <= 64:
            types.append(np.int64)
        elif pa.types.is_floating(kind):
            types.append(np.float64)
        else:
            return None
    return _Writer(entry, types, folder)


def _axes(entry: Entry) -> Iterator[Axis]:
    yield Axis(entry.period, entry.periods, "", {})
    for dimension in entry.dimensions:
        levels: dict[str, tuple[int, ...]] = {}
        for place, node in enumerate(dimension.nodes):
            levels[node.level] = (*levels.get(node.level, ()), place)
        codes = tuple(node.code for node in dimension.nodes)
        yield Axis(dimension.column, codes, dimension.level_column, levels)


def _statement(entry: Entry, axes: Sequence[Axis], relation: str) -> str:
    """Of every row its number, null where the catalogue doesn't name a code, and of every measure value and status."""
    number = "0::BIGINT"
    for axis in axes:
        listed = ", ".join(literal(str(value)) for value in axis.values)
        place = f"enum_code(TRY_CAST({identifier(axis.column)}::VARCHAR AS ENUM({listed})))::BIGINT"
        number = f"({number}) * {len(axis.values)} + {place}"
    statuses = " ".join(
        f"WHEN {literal(status)} THEN {code}" for code, status in enumerate(_STATUSES) if status is not None
    )
    measures = (
        f"{identifier(m.name)}, (CASE WHEN {identifier(m.status_column)} IS NULL THEN 0 ELSE "
        f"CASE {identifier(m.status_column)} {statuses} ELSE {_OTHER} END END)::UTINYINT"
        for m in entry.measures
    )
    return f"SELECT {', '.join((number, *measures))} FROM {identifier(relation)}"


def _several(value: str | int | tuple[str, ...]) -> tuple[str | int, ...]:
    return value if isinstance(value, tuple) else (value,)
