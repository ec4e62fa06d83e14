"""What holds a hidden cell, on tables that can be worked out by hand."""

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows
from seuil.disclosure.lp.farkas import Refuter

VALUES = np.array([3, 7, 10, 5, 4, 9, 8, 11, 19])  # a, b and their total; c, 4 and their total; totals of columns
A, B, C, FOUR = 0, 1, 3, 4
LINES = ((2, 0, 1), (5, 3, 4), (8, 6, 7), (6, 0, 3), (7, 1, 4), (8, 2, 5))
ROWS = Rows(
    np.arange(7) * 3,
    np.array(LINES).ravel(),
    np.tile([1, -1, -1], 6),
    np.zeros(6, np.int64),
    np.zeros(6, np.int64),
)
NO_LEVELS = -INFINITE, INFINITE


def bounds(hidden: Bools) -> tuple[Ints, Ints]:
    return np.where(hidden, 0, VALUES), np.where(hidden, UNBOUNDED, VALUES)


def hide(*cells: int) -> Bools:
    hidden = np.zeros(9, np.bool_)
    hidden[list(cells)] = True
    return hidden


def test_a_certificate_names_figures_that_hold_the_cell_by_themselves():
    found = Refuter(ROWS, VALUES, *bounds(hide(A, B))).held(A, 5, *NO_LEVELS)
    assert found is not None
    others = ~np.isin(np.arange(9), found)
    others[A] = True
    low, high = tighten(ROWS, *bounds(others))
    assert high[A] - low[A] < 5


def test_nothing_is_said_of_a_cell_that_can_move():
    assert Refuter(ROWS, VALUES, *bounds(hide(A, B, C, FOUR))).held(A, 5, *NO_LEVELS) is None


def test_levels_are_asked_for_beside_the_width():
    refuter = Refuter(ROWS, VALUES, *bounds(hide(A, B, C, FOUR)))  # a moves from 0 to 8
    assert refuter.held(A, 8, 8, 0) is None
    assert refuter.held(A, 8, 9, 0) is not None
    assert refuter.held(A, 9, *NO_LEVELS) is not None


def test_the_sum_of_a_row_is_asked_about_by_its_number_after_the_cells():
    at_least = Rows(ROWS.start, ROWS.cell, ROWS.coefficient, ROWS.low, np.full(6, UNBOUNDED))
    low, high = bounds(hide(2))  # the total of a and b alone: how much more than a and b are there?
    assert Refuter(at_least, VALUES, low, high).held(9, 5, *NO_LEVELS) is not None  # no more than 9 less than the total
