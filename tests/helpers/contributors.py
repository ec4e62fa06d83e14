"""What is asked of a released sum on behalf of everybody who contributes to it, and how it is counted."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol, TypeVar

import numpy as np
from scipy.optimize import linprog

from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.protect import Protected
from seuil.model.definition import Sum

CLOSE = 1e-6
Cell = tuple[int, ...]
Line = tuple[np.ndarray, float]
"""The weights of variables, and the number that they add up to, or at least to."""
P = TypeVar("P", contravariant=True)


class Judge(Protocol[P]):
    """What someone can believe: `person` is a contributor, None an outsider."""

    def gives(self, cell: Cell, person: P) -> bool:
        """Whether he has anything in the cell."""

    def excepted(self, cell: Cell, person: P, lower: int) -> bool:
        """Whether nothing is promised of him: alone in a part of the cell, or having more than `lower`."""

    def extreme(self, cell: Cell, sign: int, person: P | None) -> float:
        """The least (sign 1) or most (-1) that the cell can hold."""


def optimum(weights: np.ndarray, sign: int, equal: list[Line], least: list[Line]) -> float:
    """The least (sign 1) or most (-1) of weighted variables, none of them negative."""
    (a, b), (c, d) = (zip(*lines, strict=True) if lines else ((), ()) for lines in (equal, least))
    found = linprog(
        sign * weights,
        A_eq=np.array(a) if a else None,
        b_eq=np.array(b) if a else None,
        A_ub=-np.array(c) if c else None,
        b_ub=-np.array(d) if c else None,
        options={"presolve": False},  # which calls some unbounded programmes infeasible
    )
    if found.status == 3:  # unbounded
        return -sign * np.inf
    assert found.status == 0, found.message
    return sign * float(found.fun)


def up_to(rule: Sum, total: int) -> int:
    """How much of a total `p_percent` is asked of."""
    return total if rule.p_percent_up_to is None else min(total, rule.p_percent_up_to)


def judged(judge: Judge[P], cube: Cube, result: Protected, people: Iterable[P]) -> Counter[str]:
    """Whether each hidden cell of the sum `m` can be `p_percent` less and more, for some people and for outsiders.

    Of totals above `p_percent_up_to` as much is asked as of this one.
    """
    came, asked = Counter(released=1), [None, *people]
    rule = cube.grid.dataset.sums["m"]
    for cell in zip(*np.nonzero(result.figures.sums["m"].hidden), strict=True):
        total = int(cube.sums["m"].total[cell])
        away = -(-up_to(rule, total) * rule.p_percent // 100)
        came["above"] += up_to(rule, total) < total
        for person in asked:
            if person is not None and judge.excepted(cell, person, total - away):
                came["excepted"] += 1
                continue
            came["asked"] += 1
            came["of contributors"] += person is not None and judge.gives(cell, person)
            low, high = judge.extreme(cell, 1, person), judge.extreme(cell, -1, person)
            came["wrong"] += not (low <= total - away + CLOSE and high >= total + away - CLOSE)
    return came


def nobody_finds_out_more(came: Counter[str], seeds: int) -> None:
    """Nothing was wrong, and enough was asked for that to mean something."""
    assert came["wrong"] == 0, came
    assert came["released"] > seeds // 2 and came["of contributors"] > 200 and came["excepted"], came
