"""One base as it is, with what its rule hides, what is asked of its hidden cells, and who knows what (confidential)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.goals import NEVER, Twins, Wanted
from seuil.disclosure.constraints.implied import implied_of
from seuil.disclosure.constraints.problem import AuditProblem, count_problem, exact_grid, sum_problem
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.cube.primary import PrimaryRules
from seuil.disclosure.cube.publish import Pattern, publish
from seuil.disclosure.suppress.contributors import Insiders, insiders_of


@dataclass(frozen=True)
class Truth:
    """One base as it is (confidential). All arrays over cells (flat).

    values: the true table. small: what the rule hides. reach, fall: values that the range of a hidden cell must
    include. task: the public task of a pattern. insiders: what contributors know, of a sum.
    """

    grid: Grid
    values: Ints
    small: Bools
    reach: Ints
    fall: Ints
    task: Callable[[Bools], AuditProblem]
    insiders: Insiders | None = None

    def asked_of(self, wanted: Wanted, twins: Twins) -> tuple[Ints, Ints]:
        """(wanted,) values to be reached, so that every twin reaches its own."""
        size = len(self.values)
        reach, fall = wanted.reach.copy(), wanted.fall.copy()
        node = np.flatnonzero(twins.cells < size)
        cell, of, against = twins.cells[node], twins.of[node], twins.sign[node] < 0
        up, down = self.reach[cell] - self.values[cell], self.fall[cell] - self.values[cell]
        up, down = np.where(against, -down, up), np.where(against, -up, down)
        here = np.zeros(len(wanted.cells), np.int64)
        here[wanted.cells < size] = self.values[wanted.cells[wanted.cells < size]]
        np.maximum.at(reach, of, here[of] + up)
        np.minimum.at(fall, of, here[of] + down)
        return reach, fall


def count_truth(cube: Cube) -> Truth:
    """The counts as they are. Small implied cells are small too."""
    grid = cube.grid
    size = grid.published.size

    implied = implied_of(grid)

    def task(hidden: Bools) -> AuditProblem:
        return count_problem(publish(cube, Pattern(hidden.reshape(grid.shape), {})), implied)

    matters = grid.published.ravel() | implied.nodes
    small = PrimaryRules(cube).count.ravel() & matters
    return Truth(grid, cube.count.ravel(), small, np.full(size, -NEVER), np.full(size, NEVER), task)


def sum_truth(cube: Cube, name: str, count_hidden: Bools) -> Truth:
    """A sum as it is: hidden where the rule says so or the count is hidden.

    Its range reaches `p_percent` both ways, for contributors too.
    """
    grid, total = cube.grid, cube.sums[name].total.ravel()

    implied = implied_of(exact_grid(grid))

    def task(hidden: Bools) -> AuditProblem:
        pattern = Pattern(count_hidden.reshape(grid.shape), {name: hidden.reshape(grid.shape)})
        return sum_problem(publish(cube, pattern), name, implied)

    matters = grid.published.ravel() | implied.nodes
    small = (PrimaryRules(cube).sum(name).ravel() & matters) | count_hidden
    away = -(-total * grid.dataset.sums[name].p_percent // 100)
    insiders = insiders_of(grid, cube.sums[name], total - away, implied)
    return Truth(grid, total, small, total + away, total - away, task, insiders)
