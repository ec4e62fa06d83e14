"""What one released table says otherwise than another of the same period: figures, row by row.

A row is known by the codes and levels of its dimensions; labels are texts, not figures. Where nothing has changed, this
is a comparison of whole columns.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seuil.model.columns import level_column, status_column
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError

_BETWEEN = "\x1f"


@dataclass(frozen=True)
class Changes:
    """How many of each kind, no value: rows that only one of the tables has, and figures of the others.

    columns: names of dimensions and measures that only one of the tables has.
    """

    left_out: int = 0
    added: int = 0
    hidden: int = 0
    shown: int = 0
    changed: int = 0
    columns: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Changes()

    def __str__(self) -> str:
        kinds = (
            (self.left_out, "left out", "row"),
            (self.added, "added", "row"),
            (self.hidden, "shown before and hidden now", "figure"),
            (self.shown, "hidden before and shown now", "figure"),
            (self.changed, "shown with another value", "figure"),
        )
        told = [f"{n:,} {noun}{'s' if n > 1 else ''} {words}" for n, words, noun in kinds if n]
        told += [f"columns of only one of them: {', '.join(self.columns)}"] if self.columns else []
        return ", ".join(told) or "no change"


def changes_between(before: Dataset, before_table: Path, after: Dataset, after_table: Path, period: int) -> Changes:
    """Compare the rows of a period in two released tables of one dataset. Raises DataError if one can't be read."""
    measures = [name for name in before.definition.measures if name in after.definition.measures]
    strangers = {*before.definition.measures} ^ {*after.definition.measures}
    dimensions = list(before.definition.dimensions)
    if set(dimensions) != set(after.definition.dimensions):
        return Changes(columns=tuple(sorted(strangers | set(dimensions) ^ set(after.definition.dimensions))))
    columns = tuple(sorted(strangers))
    if not columns and figures_digest(before, before_table, period) == figures_digest(after, after_table, period):
        return Changes()
    old = _rows(before_table, before.definition.period.name, period, dimensions, measures)
    new = _rows(after_table, after.definition.period.name, period, dimensions, measures)
    if old.equals(new):
        return Changes(columns=columns)
    place = pc.index_in(new["key"], value_set=old["key"])
    both = pc.is_valid(place)
    common = int(pc.sum(both).as_py() or 0)
    now, then = new.filter(both), old.take(place.filter(both))
    hidden = shown = changed = 0
    for name in measures:
        was, is_ = pc.is_null(then[status_column(name)]), pc.is_null(now[status_column(name)])
        hidden += _count(pc.and_(was, pc.invert(is_)))
        shown += _count(pc.and_(pc.invert(was), is_))
        other = pc.and_(pc.and_(was, is_), pc.fill_null(pc.not_equal(then[name], now[name]), False))
        status = pc.fill_null(pc.not_equal(then[status_column(name)], now[status_column(name)]), False)
        changed += _count(pc.or_(other, status))
    return Changes(old.num_rows - common, new.num_rows - common, hidden, shown, changed, columns)


def figures_digest(dataset: Dataset, table: Path, period: int) -> str:
    """SHA-256 of the rows of a period in a released table: of codes, levels, figures and statuses, in their order.

    Kept for as long as the file stays as it is, since a year is compared with every publication of it, and there is one
    more with every year that is added. Raises DataError if the table can't be read.
    """
    names, measures = tuple(dataset.definition.dimensions), tuple(dataset.definition.measures)
    try:
        found = table.stat()
    except OSError as error:
        raise DataError(f"{table}: {error.strerror}; expected a released table of {dataset.id}") from None
    state = (found.st_ino, found.st_size, found.st_mtime_ns)
    return _digest(table.resolve(), state, dataset.definition.period.name, period, names, measures)


@lru_cache(maxsize=4096)
def _digest(
    table: Path, _state: tuple[int, ...], column: str, period: int, dimensions: Sequence[str], measures: Sequence[str]
) -> str:
    """_state: of the file; another one is another file."""
    rows = _columns(table, column, period, dimensions, measures)
    content = pa.BufferOutputStream()
    with pa.ipc.new_stream(content, rows.schema) as stream:
        stream.write_table(rows)
    return hashlib.sha256(content.getvalue()).hexdigest()


def _rows(path: Path, column: str, period: int, dimensions: Sequence[str], measures: Sequence[str]) -> pa.Table:
    """The figures of a period with the key of each row."""
    found = _columns(path, column, period, dimensions, measures)
    keys = _keys(dimensions)
    key = pc.binary_join_element_wise(*(found[name] for name in keys), _BETWEEN)
    return found.drop_columns(keys).add_column(0, "key", key).combine_chunks()


def _columns(path: Path, column: str, period: int, dimensions: Sequence[str], measures: Sequence[str]) -> pa.Table:
    """The rows in which `column` has a period: codes, levels and statuses as texts, figures as numbers."""
    figures = [name for m in measures for name in (m, status_column(m))]
    try:
        names = [*_keys(dimensions), *figures]
        found = pq.read_table(path, columns=[column, *names], filters=[(column, "==", period)])
        return pa.table({name: _plain(found[name]) for name in names}).combine_chunks()
    except (OSError, KeyError, ValueError, pa.ArrowException):
        raise DataError(f"{path}: can't be read; expected a released table with a column {column}") from None


def _keys(dimensions: Sequence[str]) -> list[str]:
    return [name for dimension in dimensions for name in (dimension, level_column(dimension))]


def _plain(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same whether a column is written with a dictionary, or its decimals in fewer bits."""
    if pa.types.is_floating(values.type):
        return values.cast(pa.float64())
    return values if pa.types.is_integer(values.type) else values.cast(pa.string())


def _count(where: pa.ChunkedArray) -> int:
    return int(pc.sum(where).as_py() or 0)
