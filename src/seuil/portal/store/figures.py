"""The figures of a dataset with the codes, levels and statuses that pages need, whatever columns the dataset has.

Where a dataset has columns of its own these stand in the table of all figures of its collection, of which it is a part.
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from seuil.catalogue.entry import Dimension, Entry, Part
from seuil.model.columns import level_column
from seuil.portal.store.connection import identifier, literal

_TABLE = "_table"


def figure_columns(entry: Entry) -> tuple[str, ...]:
    """The columns that pages may ask for."""
    if entry.part is None:
        return tuple(field.name for field in entry.fields)
    nodes = (name for d in entry.dimensions for name in (d.column, d.level_column, d.label_column))
    measures = (name for measure in entry.measures for name in (measure.name, measure.status_column))
    return (entry.period, *nodes, *measures)


def figures_statement(name: str, table: str, entry: Entry) -> str:
    """The SQL of the view `name` of those rows of the view `table` that are the dataset's."""
    columns = ", ".join(map(identifier, figure_columns(entry)))
    return f"CREATE VIEW {identifier(name)} AS SELECT {columns}, _row FROM {identifier(table)} WHERE {rows_of(entry)}"


def rows_of(entry: Entry) -> str:
    """The condition for the rows that are the dataset's, in the table of all figures of its collection."""
    return "true" if entry.part is None else _rows(entry.part)


def table_of(entry: Entry) -> str:
    """The SQL of which of the dataset's tables a row stands in, as `_table`: the first that has it, from 0 on."""
    tables = () if entry.part is None else _tables(entry.part)
    cases = " ".join(f"WHEN {table} THEN {at}" for at, table in enumerate(tables))
    return f"{f'CASE {cases} END' if cases else '0'} AS {_TABLE}"


def in_own_order(entry: Entry, figures: pa.Table) -> pa.Table:
    """The rows in the order of the dataset's own file, as `figures.layout` lays it out: by period, table and node.

    The table of all figures has them in the order of all tables of the collection: a cell of several tables stands in
    the first of those, which may be another dataset's. figures: with `table_of`, which is taken away.
    """
    tables = np.asarray(figures[_TABLE].to_numpy(), dtype=np.int64)
    figures = figures.drop_columns([_TABLE])
    key = np.asarray(figures[entry.period].to_numpy(), dtype=np.int64)
    key = (key - key.min(initial=0)) * (1 + tables.max(initial=0)) + tables
    for dimension in entry.dimensions:
        key = key * len(dimension.nodes) + codes_of(dimension, figures)
    if (key[1:] > key[:-1]).all():
        return figures
    return figures.take(pa.array(np.argsort(key)))


def codes_of(dimension: Dimension, figures: pa.Table) -> NDArray[np.int64]:
    """The place of each row's node in the code list, the first is 0."""
    known = pa.array([node.code for node in dimension.nodes])
    return np.asarray(pc.index_in(figures[dimension.column].cast(pa.string()), known).to_numpy(), dtype=np.int64)


def _tables(part: Part) -> list[str]:
    return [
        _all(f"{identifier(level_column(name))} IN ({_list(levels)})" for name, levels in table.items())
        for table in part.tables
    ]


def _rows(part: Part) -> str:
    removed = [
        _all(f"{identifier(name)} IN ({_list(codes)})" for name, codes in where.items()) for where in part.left_out
    ]
    inside = " OR ".join(f"({table})" for table in _tables(part))
    return " AND ".join([f"({inside})", *(f"NOT ({where})" for where in removed)])


def _all(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions)


def _list(texts: Iterable[str]) -> str:
    return ", ".join(literal(text) for text in texts)
