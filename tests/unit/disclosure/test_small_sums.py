"""Which sums the rules themselves hide, with written numbers."""

import numpy as np
import pytest
from tests.helpers.strategies import PERIOD, dataset, tree

from seuil.disclosure.cube.cube import Amounts, Leaves, SecondUnit, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.cube.primary import PrimaryRules


def hidden(amounts: list[int], **rule: object) -> bool:
    """Whether the amounts of a department's professionals are hidden, at threshold 5."""
    given = sorted((a for a in amounts if a), reverse=True)
    measures = {"n": {"kind": "count", "label": "n"}, "m": {"kind": "sum", "label": "m", **rule}}
    grid = grid_of(dataset({"x": tree("T all,a T leaf,b T leaf")}, threshold=5, measures=measures), PERIOD)
    of_both = (sum(given), len(given), *given[:2], len(amounts))
    total, contributors, largest, second, count = (np.array([[value, 0]], np.int64) for value in of_both)
    cube = cube_of(grid, Leaves(count, {"m": Amounts(total, contributors, largest, second)}))
    return bool(PrimaryRules(cube).sum("m")[0, 1])


@pytest.mark.parametrize(
    ("amounts", "rule", "is_hidden"),
    [
        ([500, 450, 15, 10, 10, 5], {}, True),  # 40 of others, below 10 % of 500
        ([500, 450, 15, 10, 20, 5], {}, False),  # 50: the guess is off by just 10 %
        ([500, 450, 15, 10, 19, 5], {}, True),  # 49
        ([505, 450, 15, 10, 20, 5], {}, True),  # 50 is less than 50.5
        ([500, 450, 15, 10, 10, 5], {"p_percent": 8}, False),
        ([500, 450, 15, 10, 10, 5], {"p_percent": 9}, True),
        ([500, 450, 1, 1, 1], {"p_percent": 0}, False),
        ([500, 100, 100, 100, 100], {"p_percent": 60}, False),
        ([500, 100, 100, 100, 100], {"p_percent": 61}, True),
        ([500, 500, 500, 500], {"p_percent": 0}, True),  # four contributors
        ([500, 500, 500, 500, 0], {"p_percent": 0}, True),  # five people, four contributors
        ([860, 35, 35, 35, 35], {"p_percent": 0}, True),  # 86 %
        ([850, 38, 38, 37, 37], {"p_percent": 0}, False),  # 85 %
    ],
)
def test_which_sums_are_hidden(amounts, rule, is_hidden):
    assert hidden(amounts, **rule) == is_hidden


@pytest.mark.parametrize(
    ("patients", "largest", "is_hidden"),
    [([2] * 6, [60] * 6, False), ([2, 2, 2, 2, 2, 0], [60] * 6, True), ([20] * 6, [60] * 5 + [511], True)],
)
def test_a_second_unit_hides_too(patients, largest, is_hidden):
    """600 of six professionals: with ten patients of 11, or with one patient who has more than 85 %."""
    measures = {
        "n": {"kind": "count", "label": "n"},
        "m": {"kind": "sum", "label": "m", "second_unit": {"unit": "patient", "threshold": 11}},
    }
    leaves = "T all," + ",".join(f"{name} T leaf" for name in "abcdef")
    grid = grid_of(dataset({"x": tree(leaves)}, threshold=5, measures=measures), PERIOD)
    hundred, one = np.full((1, 6), 100), np.full((1, 6), 1)
    behind = SecondUnit(np.array([patients]), np.array([largest]))
    cube = cube_of(grid, Leaves(one, {"m": Amounts(hundred, one, hundred, 0 * one, behind)}))
    assert PrimaryRules(cube).sum("m")[0, 0] == is_hidden
