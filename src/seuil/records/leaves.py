"""Leaf counts and sums of a period, from its people and memberships; the file that disclosure starts from."""

import io

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.records.engines.dialect import two_largest
from seuil.records.engines.engine import Engine
from seuil.records.period import second_unit

_TOO_LARGE = 1 << 62


def schema(dataset: Dataset, measure: str | None = None) -> pa.Schema:
    """Columns of a file of leaves: the dimensions in the definition's order, `n`, those of every sum.

    measure: a sum that is split by kinds, whose file has its own dimensions and columns; other files have none of it.
    """
    if measure is not None:
        dimensions, names = dataset.bases[measure].additive, [*dataset.leaf_columns(measure)]
    else:
        dimensions = tuple(name for name in dataset.hierarchies if name not in dataset.of_amounts)
        names = ["n", *(column for name in whole_sums(dataset) for column in dataset.leaf_columns(name))]
    return pa.schema([(d, pa.string()) for d in dimensions] + [(name, pa.int64()) for name in names])


def whole_sums(dataset: Dataset) -> tuple[str, ...]:
    """The sums that aren't split by kinds: of these every unit has one amount."""
    return tuple(name for name, measure in dataset.sums.items() if not measure.kinds)


def count(
    engine: Engine, dataset: Dataset, hierarchies: dict[str, Hierarchy], people: ir.Table, members: ir.Table | None
) -> pa.Table:
    """One row a combination with anybody in it, sorted by the dimensions.

    people: positions of leaves; amounts, one row a unit, or `_units`, how many a row stands for. members: the same for
    every node of the overlapping dimension but its root, `_node`; the root has all people.
    """
    if members is None:
        return _finished(engine, dataset, hierarchies, [_grouped(dataset, people, list(dataset.additive))])
    everybody = _grouped(dataset, people, list(dataset.additive)).mutate(_node=ibis.literal(0, "int16"))
    by_node = _grouped(dataset, members, ["_node", *dataset.additive])
    return _finished(engine, dataset, hierarchies, [everybody, by_node])


def _grouped(dataset: Dataset, table: ir.Table, keys: list[str]) -> ir.Table:
    sums = whole_sums(dataset)
    measures: dict[str, ir.Value] = {"n": table.count() if sums else table["_units"].sum().cast("int64")}
    for name in sums:
        measures |= amount_columns(name, table[name])
        if dataset.sums[name].second_unit:
            units, most = second_unit(name)
            measures[f"{name}_second_unit"] = table[units].sum().cast("int64")
            measures[f"{name}_second_unit_largest"] = table[most].max().cast("int64")
    return table.group_by(keys).agg(**measures)


def amount_columns(name: str, amount: ir.Column) -> dict[str, ir.Value]:
    """Aggregates of a sum: total, contributors, the two largest contributions."""
    first, second = two_largest(amount)
    return {
        # A sum that 64 bits can't hold is told of as too large, with those that are less so.
        name: ibis.least(amount.cast("decimal(38, 0)").sum(), ibis.literal(_TOO_LARGE)).cast("int64"),
        f"{name}_contributors": (amount > 0).sum().cast("int64"),
        f"{name}_largest": first,
        f"{name}_second": second,
    }


def _finished(engine: Engine, dataset: Dataset, hierarchies: dict[str, Hierarchy], parts: list[ir.Table]) -> pa.Table:
    return _sorted(pa.concat_tables([coded(engine.fetch(part), dataset, hierarchies) for part in parts]))


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([(field.name, "ascending") for field in table.schema if field.type == pa.string()])


def coded(table: pa.Table, dataset: Dataset, hierarchies: dict[str, Hierarchy], measure: str | None = None) -> pa.Table:
    """Rows as a file has them: codes in place of positions. measure: as of `schema`."""
    wanted, columns = schema(dataset, measure), {}
    by_node = {dataset.overlapping} if measure is None else {dataset.bases[measure].kinds}
    for field in wanted:
        if field.type == pa.string():
            codes = pa.array([node.code for node in hierarchies[field.name].nodes], pa.string())
            place = table["_node" if field.name in by_node else field.name]
            columns[field.name] = codes.take(place.combine_chunks())
        else:
            columns[field.name] = table[field.name].fill_null(0)
    found = pa.table(columns).cast(wanted)
    return found if measure is None else _sorted(found)


def parquet_bytes(table: pa.Table) -> bytes:
    """The same table gives the same bytes."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()
