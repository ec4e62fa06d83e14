"""The guess by iterative proportional fitting: what is shown is met, what is hidden follows in closed form."""

import numpy as np
import pytest
from tests.helpers.standard_tables import standard_cube
from tests.helpers.strategies import PERIOD, dataset, figures_of, tree

from seuil.disclosure.cube.cube import Leaves, cube_of
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.cube.primary import PrimaryRules
from seuil.disclosure.protect import protect
from seuil.explain.likelihood import fitted_counts, guess, guessed_small

AREAS = "T all,a T leaf,b T leaf,c T leaf"
SEXES = "T all,f T sex,m T sex"


def figures(leaves: list[list[int]], hidden: list[tuple[int, ...]], **fields: object) -> Figures:
    grid = grid_of(dataset({"area": tree(AREAS), "sex": tree(SEXES)}, **fields), PERIOD)
    cube = cube_of(grid, Leaves(np.array([leaves]), {}))
    pattern = np.zeros(grid.shape, np.bool_)
    for cell in hidden:
        pattern[cell] = True
    return figures_of(grid, cube.count, pattern)


def test_shown_counts_are_met_and_hidden_ones_are_the_product_of_their_margins() -> None:
    """All leaves of the first two rows are hidden: their rows leave 26 and 44, their columns 30 and 40."""
    leaves = [[6, 20], [24, 20], [50, 60]]
    told = figures(leaves, [(0, 1, 1), (0, 1, 2), (0, 2, 1), (0, 2, 2)])
    fitted = fitted_counts(told)[0]
    shown = ~told.count.hidden[0]
    assert fitted[shown] == pytest.approx(told.count.values[0][shown], rel=0.01)
    expected = np.outer([26, 44], [30, 40]) / 70
    assert fitted[1:3, 1:3] == pytest.approx(expected, rel=0.02)


def test_guess_counts_the_cells_it_puts_below_the_threshold() -> None:
    told = figures([[2, 20], [24, 20], [50, 60]], [(0, 1, 1), (0, 1, 2), (0, 2, 1), (0, 2, 2)])
    assert np.argwhere(guessed_small(told)).tolist() == [[0, 1, 1]], "22 x 26 / 66 = 8.7 is the only small product"
    found = guess(told)
    assert (found.hidden, found.threshold) == (4, 11)
    assert found.small == 1


def test_rounded_figures_stand_for_their_middle_above_the_threshold() -> None:
    """A shown 10 is 11 to 14; a shown 30 is 25 to 34."""
    told = figures([[12, 30], [30, 30], [30, 30]], [], rounding=10)
    assert fitted_counts(told)[0, 1, 1] == pytest.approx(12.5, rel=0.1)
    assert not guessed_small(told).any()


def test_declared_empty_cells_hold_nobody() -> None:
    empty = [{"where": {"area": ["a"], "sex": ["f"]}, "reason": "nobody can be there"}]
    told = figures([[0, 20], [24, 20], [50, 60]], [(0, 2, 1), (0, 3, 1)], empty=empty)
    assert fitted_counts(told)[0, 1, 1] == 0


def test_a_hidden_figure_is_never_looked_at() -> None:
    hidden = [(0, 1, 1), (0, 1, 2), (0, 2, 1), (0, 2, 2)]
    one, other = figures([[6, 20], [24, 20], [50, 60]], hidden), figures([[16, 10], [14, 30], [50, 60]], hidden)
    assert (fitted_counts(one) == fitted_counts(other)).all()


def test_it_is_right_of_most_hidden_cells_of_a_standard_table() -> None:
    """Stated in docs/explanation/guarantee.md: about 95 % of table S."""
    cube = standard_cube("S")
    told = protect(cube, b"secret").figures
    hidden = told.count.hidden
    right = (PrimaryRules(cube).count == guessed_small(told))[hidden].mean()
    assert 0.93 < right < 0.98
