"""All that is public of a table as whole-number facts: bounds of cells, and lines between them.

A line is a row of the system: a parent minus its children is 0, or (overlaps) a sum of cells is 0 or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.external import legacy_of
from seuil.disclosure.constraints.groups import groups_of
from seuil.disclosure.constraints.problem import AuditProblem, count_problem
from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.cube.figures import Figures
from seuil.model.cells import CellNames


@dataclass(frozen=True)
class Facts:
    """What an attacker starts from.

    problem: the rules' own bounds (low, high) and rows. low, high: bounds as published, with what the attacker knows.

    shown_small: (cells,) figures that are shown though they are below the threshold. leaked: targets that aren't
    published, are small, and follow from what is.

    Targets are numbered as in a proof: cells (flat), and beyond them overlap rows (what a whole has beyond its part).
    """

    figures: Figures
    names: CellNames
    problem: AuditProblem
    low: Ints
    high: Ints
    shown_small: Bools
    leaked: Ints

    @property
    def keeps_rules(self) -> bool:
        """Whether no small figure is shown, or follows from those that are."""
        return not len(self.leaked) and not self.shown_small.any()

    @property
    def size(self) -> int:
        """How many cells there are."""
        return len(self.low)

    @property
    def sliding(self) -> int:
        """A range narrower than this exposes a cell."""
        return self.problem.sliding

    @property
    def floor(self) -> int:
        """The smallest number that is small: where zeros are shown, 0 is no secret."""
        return 1 if self.figures.grid.zeros_shown else 0

    @cached_property
    def legacy(self) -> Ints:
        """Hidden cells that are accepted without a proof, since what is known from elsewhere discloses them."""
        return legacy_of(self.figures)

    @cached_property
    def targets(self) -> Ints:
        """Whatever must be proved: hidden and open implied cells, open overlap rows."""
        return self.problem.cells

    @cached_property
    def by_cell(self) -> tuple[Ints, Ints, Ints]:
        """The rows of every cell: start, row, coefficient."""
        return self.problem.rows.of_cells(self.size)

    @cached_property
    def fixed(self) -> Bools:
        """Cells whose value is public."""
        return np.asarray(self.low == self.high, dtype=np.bool_)

    @cached_property
    def tight(self) -> tuple[Ints, Ints]:
        """Bounds of every cell as the lines leave them, one line at a time."""
        return tighten(self.problem.rows, self.low, self.high)

    @cached_property
    def group(self) -> Ints:
        """Group of every target's number (-1 for what needs no proof)."""
        problem = self.problem
        return groups_of(problem.rows, problem.hidden, problem.left_over, len(problem.implied.lines))

    @cached_property
    def members(self) -> dict[int, Ints]:
        """The targets of every group, and what is excused."""
        members = self.problem.members
        group = self.group[members]
        order = np.argsort(group, kind="stable")
        edges = np.flatnonzero(np.diff(group[order])) + 1
        return {int(self.group[part[0]]): part for part in np.split(members[order], edges) if len(part)}

    @cached_property
    def free(self) -> set[int]:
        """Groups that need no small cell."""
        return set(self.problem.free_groups(self.group, *self.tight).tolist())

    def small_ones(self, group: int) -> Ints:
        """Members of a group that the bounds allow to be small (an overlap row always may be)."""
        members = self.members[group]
        low, high = self.tight
        cell = members < self.size
        at = members[cell]
        may = (low[at] < self.sliding) & (high[at] >= self.floor)
        return np.concatenate([at[may], members[~cell]])

    def expression(self, target: int) -> dict[int, int]:
        """A target as a sum of cells: coefficient by cell."""
        if target < self.size:
            return {target: 1}
        overlaps, row = self.problem.implied.overlaps, target - self.size
        part = slice(overlaps.start[row], overlaps.start[row + 1])
        return {int(c): int(k) for c, k in zip(overlaps.cell[part], overlaps.coefficient[part], strict=True)}

    def members_of_row(self, row: int) -> list[tuple[int, int]]:
        """Cells and coefficients of a row."""
        rows = self.problem.rows
        part = slice(rows.start[row], rows.start[row + 1])
        return [(int(c), int(k)) for c, k in zip(rows.cell[part], rows.coefficient[part], strict=True)]

    def is_figure(self, cell: int) -> bool:
        """Whether what is known of a cell is more than that it is no less than 0 (or than 1, where zeros are shown)."""
        least = self.floor if self.problem.hidden[cell] else 0
        return not unbounded(int(self.high[cell])) or bool(self.low[cell] > least)

    def is_equation(self, row: int) -> bool:
        """Whether the row is 0, not just 0 or more."""
        return row < len(self.problem.implied.lines)

    def near(self, cells: Sequence[int], steps: int, most: int) -> tuple[list[int], bool]:
        """Rows reached from cells over those that aren't fixed, `most` at the most; and whether these are all."""
        start, row, _ = self.by_cell
        rows: dict[int, None] = {}
        seen, front = set(cells), list(cells)
        for _ in range(steps):
            found: dict[int, None] = {}
            for cell in front:
                found |= dict.fromkeys(int(r) for r in row[start[cell] : start[cell + 1]] if int(r) not in rows)
            rows |= found
            if len(rows) > most:
                return list(rows)[:most], False
            reached = dict.fromkeys(c for r in found for c, _ in self.members_of_row(r))
            front = [c for c in reached if c not in seen and not self.fixed[c]]
            seen.update(front)
            if not front:
                return list(rows), True
        return list(rows), False

    def with_small(self, cell: int) -> "Facts":
        """The same with one cell small."""
        low, high = self.low.copy(), self.high.copy()
        low[cell] = max(int(low[cell]), self.floor)
        high[cell] = min(int(high[cell]), self.sliding - 1)
        return replace(self, low=low, high=high)


def facts_of(figures: Figures, names: CellNames) -> Facts:
    """The facts of a published table.

    A figure that is shown though it is small is known as it stands. So is one that isn't published but follows from
    those that are: `leaked`. A table with such cells doesn't keep to the rules, so nothing is concluded from these.
    """
    grid, problem = figures.grid, count_problem(figures)
    low, high = problem.low.copy(), problem.high.copy()
    small = shown_small(figures)
    if small.any():
        half, width = ((grid.rounding or 0) // 2, (grid.rounding or 1) - 1)
        values = figures.count.values.ravel()[small]
        known = problem.implied.known
        low[small] = np.maximum(values - half, known.low[small])
        high[small] = np.minimum(values - half + width, known.high[small])
    shown = (grid.published & ~figures.count.hidden).ravel()
    told, left_over = problem.implied.told(shown)
    without = low.copy()
    without[told] = problem.implied.known.low[told]
    true_low, true_high = tighten(problem.rows, without, high)
    leaked = told & (true_high < problem.sliding) & ~(grid.zeros_shown & (true_high == 0))
    low[leaked] = problem.implied.known.low[leaked]
    gap = _gaps(problem, true_low)
    leaked_rows = left_over & (gap < problem.sliding) & ~(grid.zeros_shown & (gap == 0))
    return Facts(figures, names, problem, low, high, small, np.flatnonzero(np.concatenate([leaked, leaked_rows])))


def shown_small(figures: Figures) -> Bools:
    """(cells, flat) figures that are shown though they are below the threshold."""
    grid, values = figures.grid, figures.count.values
    highest = values - (grid.rounding or 0) // 2 + (grid.rounding or 1) - 1
    small = grid.published & ~figures.count.hidden & (highest < grid.threshold) & ~grid.empty
    return np.asarray(small & (values != 0) if grid.zeros_shown else small).ravel()


def _gaps(problem: AuditProblem, values: Ints) -> Ints:
    """(overlap rows,) what a whole has beyond its parts, or they beyond it."""
    rows = problem.implied.overlaps
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    return np.bincount(line, rows.coefficient * values[rows.cell], len(rows)).astype(np.int64)


def unbounded(high: int) -> bool:
    """Whether nothing limits a value."""
    return bool(high >= UNBOUNDED)
