"""The true table of one base, what its rule hides, the protection levels, and what contributors know (confidential).

Counts have the sliding level T alone. A sum has an upper and a lower level, p% above and below its value, and a width
(Hundepool et al. 2012, Statistical Disclosure Control, chapter 4).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.goals import INFINITE, AggregatedCells, Targets
from seuil.disclosure.constraints.implied import implied_of
from seuil.disclosure.constraints.problem import AuditProblem, count_problem, sum_problem
from seuil.disclosure.constraints.rows import is_leaf
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.cube.primary import PrimaryRules
from seuil.disclosure.cube.publish import Pattern, publish
from seuil.disclosure.suppress.contributors import ContributorKnowledge, knowledge_of_contributors
from seuil.disclosure.suppress.contributors_by_kinds import knowledge_by_kinds


@dataclass(frozen=True)
class TrueTable:
    """One base as it is (confidential). All arrays over cells (flat).

    values: the true table. small: what the rule hides. upper, lower: values that the range of a hidden cell must
    include. problem: the public audit problem of a pattern. contributors: what they know, of a sum.
    """

    grid: Grid
    values: Ints
    small: Bools
    upper: Ints
    lower: Ints
    problem: Callable[[Bools], AuditProblem]
    contributors: ContributorKnowledge | None = None

    def levels_of(self, targets: Targets, aggregated: AggregatedCells) -> tuple[Ints, Ints]:
        """(targets,) upper and lower levels such that every aggregated cell reaches its own."""
        size = len(self.values)
        upper, lower = targets.upper.copy(), targets.lower.copy()
        node = np.flatnonzero(aggregated.cells < size)
        cell, of, against = aggregated.cells[node], aggregated.of[node], aggregated.sign[node] < 0
        up, down = self.upper[cell] - self.values[cell], self.lower[cell] - self.values[cell]
        up, down = np.where(against, -down, up), np.where(against, -up, down)
        here = np.zeros(len(targets.cells), np.int64)
        here[targets.cells < size] = self.values[targets.cells[targets.cells < size]]
        np.maximum.at(upper, of, here[of] + up)
        np.minimum.at(lower, of, here[of] + down)
        return upper, lower


def count_truth(cube: Cube) -> TrueTable:
    """The counts as they are. Small implied cells are small too."""
    grid = cube.grid
    size = grid.published.size

    implied = implied_of(grid)

    def problem(hidden: Bools) -> AuditProblem:
        return count_problem(publish(cube, Pattern(hidden.reshape(grid.shape), {})), implied)

    matters = grid.published.ravel() | implied.nodes
    small = PrimaryRules(cube).count.ravel() & matters
    return TrueTable(grid, cube.count.ravel(), small, np.full(size, -INFINITE), np.full(size, INFINITE), problem)


def sum_truth(cube: Cube, name: str, count_hidden: Bools) -> TrueTable:
    """A sum as it is: hidden where the rule says so, the count is hidden, or an earlier release hid it.

    count_hidden: (cells of the counts,). Its range reaches `p_percent` both ways, for contributors too.
    """
    counts = cube.grid
    grid, total = counts.grids[name], cube.sums[name].total.ravel()
    count_hidden = count_hidden.reshape(counts.shape)

    implied = implied_of(grid)

    def problem(hidden: Bools) -> AuditProblem:
        pattern = Pattern(count_hidden, {name: hidden.reshape(grid.shape)})
        return sum_problem(publish(cube, pattern), name, implied)

    matters = grid.published.ravel() | implied.nodes
    small = (PrimaryRules(cube).sum(name).ravel() & matters) | counts.onto(grid, count_hidden).ravel()
    small = (small & ~grid.empty.ravel()) | grid.elsewhere.hidden.ravel()
    rule = grid.dataset.sums[name]
    up_to = total if rule.p_percent_up_to is None else np.minimum(total, rule.p_percent_up_to)
    away = -(-up_to * rule.p_percent // 100)
    # A sum of figures that is published nowhere is no secret unless it is small. Where some of these are hidden it has
    # to be as wide as the definition asks; but p% of all professions can be more than there is of the hidden one.
    away[implied.nodes & ~is_leaf(grid).ravel() & ~small] = 0
    amounts = cube.sums[name]
    if amounts.leading is None:
        contributors = knowledge_of_contributors(grid, amounts, total - away, implied)
    else:
        contributors = knowledge_by_kinds(grid, amounts, amounts.leading, total - away, implied)
    return TrueTable(grid, total, small, total + away, total - away, problem, contributors)
