"""What one released table says otherwise than another of the same period: figures, row by row.

A row is known by the codes and levels of its dimensions; labels are texts, not figures. Where nothing has changed, this
is a comparison of whole columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    old = _rows(before, before_table, dimensions, measures, period)
    new = _rows(after, after_table, dimensions, measures, period)
    columns = tuple(sorted(strangers))
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


def _rows(dataset: Dataset, path: Path, dimensions: Sequence[str], measures: Sequence[str], period: int) -> pa.Table:
    name = dataset.definition.period.name
    keys = [column for d in dimensions for column in (d, level_column(d))]
    figures = [column for m in measures for column in (m, status_column(m))]
    try:
        found = pq.read_table(path, columns=[name, *keys, *figures])
        found = found.filter(pc.equal(found[name], period))
    except (OSError, KeyError, ValueError, pa.ArrowException):
        raise DataError(f"{path}: can't be read; expected a released table of {dataset.id}") from None
    key = pc.binary_join_element_wise(*(found[column].cast(pa.string()) for column in keys), _BETWEEN)
    plain = {m: found[m].cast(pa.float64()) if pa.types.is_floating(found[m].type) else found[m] for m in measures}
    status = {status_column(m): found[status_column(m)].cast(pa.string()) for m in measures}
    return pa.table({"key": key, **plain, **status}).combine_chunks()


def _count(where: pa.ChunkedArray) -> int:
    return int(pc.sum(where).as_py() or 0)
