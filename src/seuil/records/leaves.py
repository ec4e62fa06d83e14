"""Leaf counts and sums of a period, from its people and memberships; the file that disclosure starts from."""

import io
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.records.period import second_unit


def largest(amounts: ir.IntegerColumn, how_many: ir.IntegerScalar) -> ir.ArrayScalar:
    """DuckDB's own aggregate, largest first; Ibis only needs its name and types."""
    raise NotImplementedError  # never run: the engine calls its own function of this name


_largest = ibis.udf.agg.builtin(largest, name="max", signature=((dt.int64, dt.int64), dt.Array(dt.int64)))


def schema(dataset: Dataset) -> pa.Schema:
    """Columns of a file of leaves: the dimensions in the definition's order, `n`, those of every sum."""
    names = ["n", *(column for name in dataset.sums for column in dataset.leaf_columns(name))]
    return pa.schema([(d, pa.string()) for d in dataset.hierarchies] + [(name, pa.int64()) for name in names])


def count(
    connection: Backend, dataset: Dataset, hierarchies: dict[str, Hierarchy], people: ir.Table, members: ir.Table | None
) -> pa.Table:
    """One row a combination with anybody in it, sorted by the dimensions.

    people: one row a unit, positions of its leaves, amounts. members: the same columns, one row a unit and `_node`.
    Of an overlapping dimension every node is counted by itself: the root has all people, and a unit is once in every
    node that is its own or above its own.
    """
    if dataset.overlapping is None or members is None:
        return _finished(connection, dataset, hierarchies, [_grouped(dataset, people, list(dataset.additive))])
    overlapping = hierarchies[dataset.overlapping]
    everybody = _grouped(dataset, people, list(dataset.additive)).mutate(_node=ibis.literal(0, "int16"))
    above = [(k, a) for k in range(len(overlapping.nodes)) for a in _line(overlapping, k)]
    lines = ibis.memtable(
        pa.table(
            {
                "_node": pa.array([k for k, _ in above], pa.int16()),
                "_ancestor": pa.array([a for _, a in above], pa.int16()),
            }
        )
    )
    reached = members.join(lines, "_node").drop("_node").rename(_node="_ancestor").distinct()
    by_node = _grouped(dataset, reached, ["_node", *dataset.additive])
    return _finished(connection, dataset, hierarchies, [everybody, by_node])


def _line(hierarchy: Hierarchy, position: int) -> list[int]:
    """A node and those above it, without the root."""
    line = []
    while position > 0:
        line.append(position)
        position = hierarchy.parents[position]
    return line


def _grouped(dataset: Dataset, table: ir.Table, keys: list[str]) -> ir.Table:
    measures: dict[str, ir.Value] = {"n": table.count()}
    for name in dataset.sums:
        amount = table[name]
        measures[name] = amount.sum().cast("int64")
        measures[f"{name}_contributors"] = (amount > 0).sum().cast("int64")
        measures[f"{name}_two"] = _largest(amount, 2)
        if dataset.sums[name].second_unit:
            units, most = second_unit(name)
            measures[f"{name}_second_unit"] = table[units].sum().cast("int64")
            measures[f"{name}_second_unit_largest"] = table[most].max().cast("int64")
    return table.group_by(keys).agg(**measures)


def _finished(
    connection: Backend, dataset: Dataset, hierarchies: dict[str, Hierarchy], parts: list[ir.Table]
) -> pa.Table:
    tables = [_coded(connection.to_pyarrow(part), dataset, hierarchies) for part in parts]
    table = pa.concat_tables(tables)
    return table.sort_by([(name, "ascending") for name in dataset.hierarchies])


def _coded(table: pa.Table, dataset: Dataset, hierarchies: dict[str, Hierarchy]) -> pa.Table:
    columns: dict[str, Any] = {"n": table["n"]}
    for name, hierarchy in hierarchies.items():
        codes = pa.array([node.code for node in hierarchy.nodes], pa.string())
        columns[name] = codes.take(table["_node" if name == dataset.overlapping else name].combine_chunks())
    for name in dataset.sums:
        two = table[f"{name}_two"].combine_chunks()
        columns |= {column: table[column] for column in dataset.leaf_columns(name) if column in table.column_names}
        columns[f"{name}_largest"] = pc.list_element(two, 0)
        padded = pc.list_slice(two, 0, 2, return_fixed_size_list=True).flatten()
        second = padded.take(pa.array(range(1, len(padded), 2), pa.int64()))
        columns[f"{name}_second"] = pc.fill_null(second, 0)
    wanted = schema(dataset)
    return pa.table({name: columns[name] for name in wanted.names}).cast(wanted)


def parquet_bytes(table: pa.Table) -> bytes:
    """The same table gives the same bytes."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()
