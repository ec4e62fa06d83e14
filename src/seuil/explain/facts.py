"""All that is public of a table as whole-number facts: bounds of cells, and lines between them.

A line is a row of the system: a parent minus its children is 0, or (overlaps) a sum of cells is 0 or more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.external import legacy_of
from seuil.disclosure.constraints.groups import groups_of
from seuil.disclosure.constraints.implied import implied_of, without_rows
from seuil.disclosure.constraints.problem import AuditProblem, count_problem
from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.cube.figures import Figures
from seuil.explain.derived import Quotients, Tie, Told, told_by
from seuil.model.cells import CellNames


@dataclass(frozen=True)
class Facts:
    """What an attacker starts from.

    problem: the rules' own bounds (low, high) and rows. low, high: bounds as published, with what the attacker knows.

    shown_small: (cells,) figures that are shown though they are below the threshold. leaked: targets that aren't
    published, are small, and follow from what is.

    left_out: rows that contradict what is published, and are not believed. quotients: derived figures that are shown;
    told: by cell what they tell of it beyond its own figure; ties: by cell what they may tell besides, which isn't made
    use of; misfits: what doesn't fit the cell's own figure, and is not believed.

    Targets are numbered as in a proof: cells (flat), and beyond them overlap rows (what a whole has beyond its part).
    """

    figures: Figures
    names: CellNames
    problem: AuditProblem
    low: Ints
    high: Ints
    shown_small: Bools
    leaked: Ints
    left_out: Bools
    quotients: tuple[Quotients, ...]
    told: Mapping[int, Told]
    ties: Mapping[int, Tie]
    misfits: tuple[Told, ...]

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


def facts_of(
    figures: Figures, names: CellNames, quotients: tuple[Quotients, ...] = (), left_out: Bools | None = None
) -> Facts:
    """The facts of a published table. quotients: derived figures. left_out: rows that are not believed, none at first.

    A figure that is shown though it is small is known as it stands. So is one that isn't published but follows from
    those that are: `leaked`. A table with such cells doesn't keep to the rules, so nothing is concluded from these.
    """
    grid, implied = figures.grid, implied_of(figures.grid)
    if left_out is None:
        left_out = np.zeros(len(implied.lines) + len(implied.overlaps), np.bool_)
    if left_out.any():
        implied = without_rows(implied, left_out)
    problem = count_problem(figures, implied)
    low, high = problem.low.copy(), problem.high.copy()
    own_low, own_high = own_bounds(figures, problem)
    derived, misfits, ties = _told(quotients, own_low, own_high)
    for one in derived.values():
        own_low[one.cell], own_high[one.cell] = one.low, UNBOUNDED if one.high is None else one.high
    shown = (grid.published & ~figures.count.hidden).ravel()
    small: Bools = shown & (own_high < grid.threshold) & ~grid.empty.ravel()
    if grid.zeros_shown:
        small = small & (own_high > 0)
    low[small], high[small] = own_low[small], own_high[small]
    at = np.array([cell for cell in derived if not small[cell]], np.int64)
    low[at], high[at] = np.maximum(low[at], own_low[at]), np.minimum(high[at], own_high[at])
    told, left_over = problem.implied.told(shown)
    without = low.copy()
    without[told] = problem.implied.known.low[told]
    true_low, true_high = tighten(problem.rows, without, high)
    leaked = told & (true_high < problem.sliding) & ~(grid.zeros_shown & (true_high == 0))
    low[leaked] = problem.implied.known.low[leaked]
    gap = _gaps(problem, true_low)
    leaked_rows = left_over & (gap < problem.sliding) & ~(grid.zeros_shown & (gap == 0))
    all_leaked = np.flatnonzero(np.concatenate([leaked, leaked_rows]))
    return Facts(figures, names, problem, low, high, small, all_leaked, left_out, quotients, derived, ties, misfits)


def own_bounds(figures: Figures, problem: AuditProblem) -> tuple[Ints, Ints]:
    """(cells, flat) what the figure of each cell, and what is known of it, tells by itself: not that it isn't small."""
    grid, values = figures.grid, figures.count.values.ravel()
    half, width = (grid.rounding or 0) // 2, (grid.rounding or 1) - 1
    shown = (grid.published & ~figures.count.hidden).ravel()
    zero = shown & (values == 0) & grid.zeros_shown
    low = np.where(shown & ~zero, values - half, np.where(zero, 0, problem.low))
    high = np.where(shown & ~zero, values - half + width, np.where(zero, 0, problem.high))
    known = problem.implied.known
    return np.maximum(np.maximum(low, 0), known.low), np.minimum(high, known.high)


def _told(
    quotients: Sequence[Quotients], low: Ints, high: Ints
) -> tuple[dict[int, Told], tuple[Told, ...], dict[int, Tie]]:
    """By cell what derived figures tell beyond its own bounds; what doesn't fit these; and ties."""
    found: dict[int, Told] = {}
    misfits: list[Told] = []
    every, ties = told_by(quotients)
    for one in every:
        before = found.get(one.cell) or Told(one.cell, int(low[one.cell]), int(high[one.cell]), "")
        most = UNBOUNDED if before.high is None else before.high
        least, most = max(before.low, one.low), int(most if one.high is None else min(most, one.high))
        if least > most:
            misfits.append(one)
        elif (least, most) != (before.low, before.high):
            words = f"{before.words}; {one.words}" if before.words else one.words
            found[one.cell] = Told(one.cell, least, None if unbounded(most) else most, words)
    return found, tuple(misfits), {tie.cell: tie for tie in ties}


def _gaps(problem: AuditProblem, values: Ints) -> Ints:
    """(overlap rows,) what a whole has beyond its parts, or they beyond it."""
    rows = problem.implied.overlaps
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    return np.bincount(line, rows.coefficient * values[rows.cell], len(rows)).astype(np.int64)


def unbounded(high: int) -> bool:
    """Whether nothing limits a value."""
    return bool(high >= UNBOUNDED)
