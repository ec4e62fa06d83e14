"""Cells that have the same figure in every table are hidden together: by listing tables, and on a table by hand."""

from random import Random

import numpy as np
from tests.helpers.tiny_systems import points, random_system

from seuil.disclosure.constraints.rows import Rows
from seuil.disclosure.suppress.cuts import Cuts
from seuil.disclosure.suppress.equal_cells import EqualCells, equal_cells


def rows(*lines: list[int]) -> Rows:
    """Lines that say: the first cell is the sum of the others."""
    size = np.array([len(line) for line in lines])
    sign = np.concatenate([[-1, *[1] * (len(line) - 1)] for line in lines])
    none = np.zeros(len(lines), np.int64)
    return Rows(np.concatenate([[0], np.cumsum(size)]), np.concatenate(lines), sign, none, none)


ALL, KNOWN, UNKNOWN, YOUNG, OLD = range(5)
LINES = rows([ALL, KNOWN, UNKNOWN], [KNOWN, YOUNG, OLD])


def flags(*cells: int) -> np.ndarray:
    return np.isin(np.arange(5), cells)


def test_what_is_left_of_a_line_of_noughts_is_its_total() -> None:
    assert equal_cells(LINES, flags(UNKNOWN), ~flags()).tolist() == [ALL, ALL, UNKNOWN, YOUNG, OLD]
    assert equal_cells(LINES, flags(UNKNOWN, YOUNG), ~flags()).tolist() == [ALL, ALL, UNKNOWN, YOUNG, ALL]


def test_a_class_with_a_cell_that_stays_shown_is_none() -> None:
    assert equal_cells(LINES, flags(UNKNOWN), ~flags(ALL)).tolist() == [ALL, KNOWN, UNKNOWN, YOUNG, OLD]


def test_a_pattern_hides_all_of_a_class_and_pays_for_it() -> None:
    equal = EqualCells(equal_cells(LINES, flags(UNKNOWN), ~flags()))
    assert equal.with_equals(flags(KNOWN)).tolist() == flags(ALL, KNOWN).tolist()
    assert equal.with_equals(flags(OLD)).tolist() == flags(OLD).tolist()
    assert equal.costs(np.array([4.0, 0.5, 1, 1, 1])).tolist() == [4.5, 0, 1, 1, 1]
    assert equal.of_first(np.array([0.25, 0, 0, 1, 0])).tolist() == [0.25, 0.25, 0, 1, 0]


def test_cuts_name_each_class_once_and_none_that_frees_itself() -> None:
    equal = EqualCells(equal_cells(LINES, flags(UNKNOWN), ~flags()))
    cuts = Cuts(np.array([KNOWN, YOUNG, -1]), np.array([0, 2, 5, 6]), np.array([OLD, ALL, ALL, KNOWN, OLD, KNOWN]))
    found = equal.cuts(cuts)
    assert found.held.tolist() == [YOUNG, -1]  # that of `all` held by itself is gone
    assert found.start.tolist() == [0, 2, 3]
    assert found.cell.tolist() == [ALL, OLD, ALL]


def test_without_classes_everything_stays_as_it_is() -> None:
    equal, cuts = EqualCells(None), Cuts(np.array([1]), np.array([0, 1]), np.array([2]))
    assert equal.cuts(cuts) is cuts
    assert equal.with_equals(flags(1)).tolist() == flags(1).tolist()


def test_equal_cells_are_equal_in_every_table() -> None:
    met = 0
    for seed in range(400):
        system = random_system(Random(seed))
        every = points(system.row_terms, system.low.tolist(), system.high.tolist())
        nought = (every == 0).all(axis=0)
        same = equal_cells(system.rows, nought, np.ones(len(nought), np.bool_))
        assert (every == every[:, same]).all(), seed
        met += int((same != np.arange(len(same))).any())
    assert met > 20
