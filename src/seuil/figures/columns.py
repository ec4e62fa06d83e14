"""The columns of a released table as Arrow arrays: positions of nodes and values in, what the layout says out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from seuil.disclosure.arrays import Ints
from seuil.figures.french import french
from seuil.figures.values import SHOWN, STATUSES, Values, to_units
from seuil.model.dataset import Dataset
from seuil.model.definition import WHOLE
from seuil.model.hierarchy import Hierarchy
from seuil.model.layout import FixedColumn, LayoutColumn, MeasureColumn, NodeColumn, PeriodColumn, node_values, parts_of
from seuil.model.views import View

TEXT = pa.dictionary(pa.int32(), pa.string())
_PERIODS = {"year": pa.int32(), "date": pa.date32(), "text": TEXT}
_NODES = {"text": TEXT, "texts": pa.list_(pa.string()), "integer": pa.int64(), "number": pa.float64()}
_READ: dict[str, Callable[[str], object]] = {"text": str, "texts": parts_of, "integer": int, "number": float}


def schema_of(dataset: Dataset, view: View) -> pa.Schema:
    """The columns and types of a dataset's table. Only what can have no gap is not nullable."""
    return pa.schema([_field(dataset, column) for column in view.columns])


def _field(dataset: Dataset, column: LayoutColumn) -> pa.Field:
    match column:
        case PeriodColumn():
            return pa.field(column.name, _PERIODS[column.period], nullable=False)
        case NodeColumn():
            values = node_values(column, dataset.hierarchies[column.dimension])
            return pa.field(column.name, _NODES[column.type], nullable=None in values)
        case MeasureColumn():
            return pa.field(column.name, _measure_type(dataset, column))
        case FixedColumn():
            return pa.field(column.name, TEXT, nullable=False)


def _measure_type(dataset: Dataset, column: MeasureColumn) -> pa.DataType:
    if column.form in ("text", "status"):
        return TEXT
    whole = isinstance(dataset.definition.measures[column.measure], WHOLE)
    return pa.int64() if whole or column.form == "integer" else pa.float64()


class Columns:
    """The columns of a dataset in one period. hierarchies: the period's, by dimension."""

    def __init__(self, dataset: Dataset, view: View, period: int, hierarchies: Mapping[str, Hierarchy]) -> None:
        self._dataset, self._view, self._period = dataset, view, period
        self._nodes = {
            column.name: _Lookup(node_values(column, hierarchies[column.dimension]), column)
            for column in view.columns
            if isinstance(column, NodeColumn)
        }

    def of(self, nodes: Mapping[str, Ints], measures: Mapping[str, Values]) -> dict[str, pa.Array]:
        """All columns of some rows, in order. nodes: (rows,) positions in each hierarchy."""
        rows = len(next(iter(nodes.values())))
        return {c.name: self._column(c, rows, nodes, measures) for c in self._view.columns}

    def keys(self, nodes: Mapping[str, Ints]) -> dict[str, pa.Array]:
        """The columns that tell which rows these are: all but those of measures."""
        rows = len(next(iter(nodes.values())))
        kept = [c for c in self._view.columns if not isinstance(c, MeasureColumn)]
        return {c.name: self._column(c, rows, nodes, {}) for c in kept}

    def _column(
        self, column: LayoutColumn, rows: int, nodes: Mapping[str, Ints], measures: Mapping[str, Values]
    ) -> pa.Array:
        match column:
            case PeriodColumn():
                return _periods(column, self._period, rows)
            case NodeColumn():
                return self._nodes[column.name].at(nodes[column.dimension])
            case MeasureColumn():
                return self._measure(column, measures[column.measure])
            case FixedColumn():
                return texts_at([column.text], np.zeros(rows, np.int64))

    def _measure(self, column: MeasureColumn, values: Values) -> pa.Array:
        hidden = values.status != SHOWN
        match column.form:
            case "number":
                return pa.array(values.numbers, mask=hidden)
            case "integer":
                return pa.array(to_units(values.numbers), mask=hidden)
            case "status":
                places = pa.array(values.status.astype(np.int32) - 1, mask=~hidden)
                return pa.DictionaryArray.from_arrays(places, pa.array(STATUSES, pa.string()))
            case "text":
                measure = self._dataset.definition.measures[column.measure]
                decimals = 0 if isinstance(measure, WHOLE) else measure.decimals
                return _numerals(values, decimals)


class _Lookup:
    """What a column shows of each node."""

    def __init__(self, values: Sequence[str | None], column: NodeColumn) -> None:
        self._texts = values if column.type == "text" else None
        read = _READ[column.type]
        self._values = pa.array([None if v is None else read(v) for v in values], _value_type(column))

    def at(self, positions: Ints) -> pa.Array:
        """The column in rows of those nodes."""
        return self._values.take(pa.array(positions)) if self._texts is None else texts_at(self._texts, positions)


def _value_type(column: NodeColumn) -> pa.DataType:
    return pa.string() if column.type == "text" else _NODES[column.type]


def _periods(column: PeriodColumn, period: int, rows: int) -> pa.Array:
    match column.period:
        case "year":
            return pa.array(np.full(rows, period, dtype=np.int32))
        case "date":
            return pa.repeat(pa.scalar(date(period, 1, 1), pa.date32()), rows)
        case "text":
            return texts_at([str(period)], np.zeros(rows, np.int64))


def _numerals(values: Values, decimals: int) -> pa.DictionaryArray:
    """Figures as texts, which hold the status too."""
    numbers, positions = np.unique(values.numbers, return_inverse=True)
    texts = [french(number, decimals) for number in numbers.tolist()] + list(STATUSES)
    places = np.where(values.status == SHOWN, positions, len(numbers) - 1 + values.status.astype(np.int64))
    return texts_at(texts, places)


def texts_at(texts: Sequence[str | None], positions: Ints) -> pa.DictionaryArray:
    """`texts` at those positions; equal texts share one entry of the dictionary, as Parquet requires."""
    entries = {text: k for k, text in enumerate(dict.fromkeys(t for t in texts if t is not None))}
    codes = np.array([-1 if text is None else entries[text] for text in texts], dtype=np.int32)[positions]
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(list(entries), pa.string()))


class Sink:
    """An open table that takes rows, one row group at a time."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer, self._schema = writer, schema

    def write(self, columns: Mapping[str, pa.Array]) -> None:
        """Add the rows of one period: all columns, in order."""
        table = pa.Table.from_arrays(list(columns.values()), schema=self._schema)
        self._writer.write_table(table, row_group_size=max(len(table), 1))


@contextmanager
def table_at(path: Path, schema: pa.Schema) -> Iterator[Sink]:
    """Open a table for writing. It is at `path` when all went well, and not at all otherwise. Same rows, same bytes."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            yield Sink(writer, schema)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
