"""The released table's columns as Arrow arrays: a layout of positions and values in, the contract's columns out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from seuil.disclosure.arrays import Ints
from seuil.figures.values import SHOWN, STATUSES, Values
from seuil.model.columns import label_column, level_column, status_column
from seuil.model.dataset import Dataset
from seuil.model.definition import Count, Sum, Total
from seuil.model.hierarchy import Hierarchy

TEXT = pa.dictionary(pa.int32(), pa.string())


def schema_of(dataset: Dataset) -> pa.Schema:
    """The released table's columns and types."""
    definition = dataset.definition
    fields = [pa.field(definition.period.name, pa.int32(), nullable=False)]
    for name in definition.dimensions:
        fields += [pa.field(n, TEXT, nullable=False) for n in (name, level_column(name), label_column(name))]
    for name, measure in definition.measures.items():
        number = pa.int64() if isinstance(measure, (Count, Sum, Total)) else pa.float64()
        fields += [pa.field(name, number), pa.field(status_column(name), TEXT)]
    return pa.schema(fields)


def key_columns(hierarchies: Mapping[str, Hierarchy], nodes: Mapping[str, Ints]) -> dict[str, pa.Array]:
    """Code, level and French label of every dimension's nodes. nodes: (rows,) positions in each hierarchy."""
    columns: dict[str, pa.Array] = {}
    for name, hierarchy in hierarchies.items():
        columns[name] = _texts([n.code for n in hierarchy.nodes], nodes[name])
        columns[level_column(name)] = _texts([n.level for n in hierarchy.nodes], nodes[name])
        columns[label_column(name)] = _texts([n.label.fr for n in hierarchy.nodes], nodes[name])
    return columns


def measure_columns(measures: Mapping[str, Values]) -> dict[str, pa.Array]:
    """Every measure and its status; a value is null where there is a status, and only there."""
    columns: dict[str, pa.Array] = {}
    for name, values in measures.items():
        columns[name] = pa.array(values.numbers, mask=values.status != SHOWN)
        places = pa.array(values.status.astype(np.int32) - 1, mask=values.status == SHOWN)
        columns[status_column(name)] = pa.DictionaryArray.from_arrays(places, pa.array(STATUSES, pa.string()))
    return columns


def _texts(texts: Sequence[str], positions: Ints) -> pa.DictionaryArray:
    """`texts` at those positions; equal texts share one entry of the dictionary, as Parquet requires."""
    entries = {text: k for k, text in enumerate(dict.fromkeys(texts))}
    codes = np.array([entries[text] for text in texts], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes[positions]), pa.array(list(entries), pa.string()))


class Sink:
    """An open table that takes rows, one row group at a time."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer, self._schema = writer, schema

    def write(self, period: int, rows: int, columns: Mapping[str, pa.Array]) -> None:
        """Add the rows of one period. columns: all but the period's, by name."""
        periods = pa.array(np.full(rows, period, dtype=np.int32))
        arrays = [periods, *(columns[name] for name in self._schema.names[1:])]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=max(rows, 1))


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
