"""Answers the plain questions, which are nearly all of them, from the columns as arrays: rows, numbers, groups.

Plain is what compares columns with constants, shows columns, or adds up numbers by columns. Everything is as the SQL of
`odsql.query` gives it, to the byte; whatever can't be is not answered here (NotPlainError), and the engine is asked.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from seuil.odsql.meaning import Column, OverRows
from seuil.odsql.partial import HiddenPart
from seuil.odsql.plan import Plan
from seuil.portal.store.matching import Found, Matching, NotPlainError
from seuil.portal.store.tally import Tally, Values
from seuil.portal.store.vectors import Array, Vector, Vectors

Row = tuple[object, ...]
_MOST_SORTED = 50_000
"""Rows of which some are sorted: of more the engine finds the first ones faster."""


def answer(
    plan: Plan, vectors: Vectors, check: Callable[[], None], found: Found | None = None
) -> tuple[list[Row], int] | None:
    """The rows of a page or of groups, and how many there are in all; None where only the engine can tell.

    check: is called before each step of the work; what it raises ends it. found: what other questions of the same table
    have found, and this one then.
    """
    matching = Matching(vectors, check, {} if found is None else found)
    try:
        return _groups(plan, matching) if plan.groups else _rows(plan, matching)
    except NotPlainError:
        return None


def batches(
    plan: Plan, vectors: Vectors, size: int, check: Callable[[], None]
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]] | None:
    """Rows for an export, so many at a time, texts as dictionaries; None where only the engine can tell."""
    if plan.groups:
        return None
    try:
        shown, found, _ = _found(plan, Matching(vectors, check))
    except NotPlainError:
        return None

    def batch(start: int) -> pa.RecordBatch:
        rows = found[start : start + size]
        columns = [vector.arrow(rows) for vector in shown] + ([pa.array(rows)] if plan.position else [])
        return pa.RecordBatch.from_arrays(columns, names=[str(place) for place in range(len(columns))])

    return batch(len(found)).schema, map(batch, range(0, len(found), size))


def _rows(plan: Plan, matching: Matching) -> tuple[list[Row], int]:
    if any(isinstance(output.value, OverRows) for output in plan.outputs):
        return _rows_beside_totals(plan, matching)
    shown, found, total = _found(plan, matching)
    columns = [vector.told(found) for vector in shown]
    if plan.position:
        columns.append(found.tolist())
    return list(zip(*columns, strict=True)), total


def _rows_beside_totals(plan: Plan, matching: Matching) -> tuple[list[Row], int]:
    """Rows of which some columns are aggregates of all that match, the same in each."""
    found, total = _page(plan, matching)
    if not total:
        return [], 0
    tally, several = Tally(matching, (), plan.conditions), len(found)
    columns: list[Values] = []
    for output in plan.outputs:
        plain = isinstance(output.value, Column)
        columns.append(_column(output.value, matching).told(found) if plain else [*tally.value(output.value)] * several)
    for part in plan.hidden:
        if part.rows is None:
            columns.append(_status(part, matching).told(found))
        else:
            told = tally.hidden(part, tally.value(plan.outputs[part.output].value))
            columns.extend([*values] * several for values in told)
    columns.extend([*tally.present(one)] * several for one in plan.present)
    if plan.position:
        columns.append(found.tolist())
    return list(zip(*columns, strict=True)), total


def _found(plan: Plan, matching: Matching) -> tuple[list[Vector], Array, int]:
    """The columns of the result, the rows of the page, and how many there are in all."""
    if plan.present:
        raise NotPlainError
    shown = [_column(output.value, matching) for output in plan.outputs]
    shown += [_status(part, matching) for part in plan.hidden]
    return shown, *_page(plan, matching)


def _page(plan: Plan, matching: Matching) -> tuple[Array, int]:
    """The rows of the page, and how many there are in all."""
    found = matching.rows(plan.conditions)
    total = len(found)
    if plan.order:
        if total > _MOST_SORTED and plan.page.limit is not None:
            raise NotPlainError
        keys = [key for asked in plan.order for key in _keys(_column(asked.value, matching), found, asked.descending)]
        matching.check()
        found = found[np.lexsort(keys[::-1])]
    return found[_slice(plan)], total


def _status(part: HiddenPart, matching: Matching) -> Vector:
    """What says that a value in a row is hidden."""
    found = matching.vectors.columns.get(part.statuses[0]) if len(part.statuses) == 1 else None
    if found is None or part.rows is not None or part.blanks:
        raise NotPlainError
    return found


def _slice(plan: Plan) -> slice:
    limit, offset = plan.page.limit, plan.page.offset
    return slice(offset, None if limit is None else offset + limit)


def _column(value: object, matching: Matching) -> Vector:
    if not isinstance(value, Column):
        raise NotPlainError
    return matching.vector(value)


def _keys(vector: Vector, rows: Array, descending: bool) -> list[Array]:
    """What rows are sorted by, the first key first; missing values come last both ways."""
    found = vector.data[rows]
    if vector.values is not None:
        missing = found == len(vector.values)
    elif vector.there is not None:
        missing = np.logical_not(vector.there[rows])
    else:
        missing = np.zeros(len(rows), dtype=np.bool_)
    numbers = found.astype(np.float64 if found.dtype.kind == "f" else np.int64)
    return [missing, np.where(missing, 0, -numbers if descending else numbers)]


def _groups(plan: Plan, matching: Matching) -> tuple[list[Row], int]:
    tally = Tally(matching, tuple(_grouping(output.value) for output in plan.groups), plan.conditions)
    columns: list[Values] = [tally.value(output.value) for output in plan.outputs]
    for part in plan.hidden:
        columns.extend(tally.hidden(part, columns[part.output]))
    columns.extend(tally.present(one) for one in plan.present)
    rows = list(zip(*columns, strict=True))
    if not plan.order:
        return rows[_slice(plan)], tally.size  # groups ascend already
    order = list(range(tally.size))
    # The last key is sorted by first, so that the others go before it.
    for key in reversed(plan.order):
        told = tally.value(key.value)
        order = _sorted(order, told, key.descending)
    return [rows[k] for k in order[_slice(plan)]], tally.size


def _sorted(order: list[int], told: Values, descending: bool) -> list[int]:
    """The groups by what is told of them, otherwise as before; missing values come last both ways."""
    some = sorted((k for k in order if told[k] is not None), key=told.__getitem__, reverse=descending)
    return some + [k for k in order if told[k] is None]


def _grouping(value: object) -> Column:
    if not isinstance(value, Column):
        raise NotPlainError
    return value
