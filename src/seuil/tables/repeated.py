"""Rows of the same leaf: parts of it that are to be added up, or a table that was pasted twice."""

import narwhals as nw
import numpy as np
import pyarrow.compute as pc

from seuil.disclosure.arrays import Bools, Ints
from seuil.tables.frame_input import InputTable
from seuil.tables.spec import TableSpec
from seuil.tables.totals import called_a_total

ADD_UP = "or --add-up (add_up=True) where such rows are parts that are to be added up"


def added_up(given: InputTable, spec: TableSpec, place: Ints, is_leaf: Bools, counts: Ints, *, asked: bool) -> int:
    """How many rows share their leaf with another one. place: (leaf rows,) their leaf. counts: of every row.

    Raises DataError where it wasn't asked for and every leaf has several rows, or a row of more than one unit stands
    twice as a whole; and where other columns hold totals of their own.
    """
    _, leaf, times = np.unique(place, return_inverse=True, return_counts=True)
    several = times[leaf] > 1
    if not several.any():
        return 0
    rows = np.flatnonzero(is_leaf)
    columns = ", ".join(spec.columns[:-1])
    if not asked:
        if (times > 1).all():
            both = rows[leaf == leaf[0]]
            found = f"every combination stands in several rows, the first in {given.places(both)}"
            raise given.fail(columns, found, f"one row each, {ADD_UP}")
        again = _whole_again(given) & is_leaf & (counts > 1)
        again[rows] &= several
        given.refuse(again, columns, "a row that stands twice, the same in every column", f"one row each, {ADD_UP}")
    _refuse_foreign_totals(given, spec)
    return int(several.sum())


def _whole_again(given: InputTable) -> Bools:
    """(rows,) that another row repeats in all columns whose values can be compared."""
    plain = [c for c in given.columns if not (given.frame[c].dtype.is_nested() or given.frame[c].dtype == nw.Object)]
    return np.asarray(given.frame.select(plain).is_duplicated().to_numpy(), dtype=np.bool_)


def _refuse_foreign_totals(given: InputTable, spec: TableSpec) -> None:
    """Raise DataError where a column that isn't a dimension tells totals from their parts: both would be added up."""
    for column in given.columns:
        dtype = given.frame[column].dtype
        if column in spec.columns or dtype not in (nw.String, nw.Categorical, nw.Enum):
            continue
        codes = [code for code in pc.unique(given.words(column)).to_pylist() if code is not None]
        total = next((code for code in codes if called_a_total(code)), None) if len(codes) > 1 else None
        if total is not None:
            rows = np.flatnonzero(
                pc.fill_null(pc.equal(given.words(column), total), False).to_numpy(zero_copy_only=False)
            )
            found = (
                f"in {given.places(rows)} {total!r}, in a column that is no dimension: it would be added to its parts"
            )
            raise given.fail(column, found, "a table without these rows, or without those of the parts")
