"""What is to be proved of one base, from public figures: its equations, bounds, cells, and the system to search.

`count_problem` and `sum_problem` write down what is public. `prepare` is the chain of reductions from there to what is
searched, a *presolve*; in order:

 1. `groups`: which cells hang together (2e). A cell that is alone in its group must be small, and bounds say so;
 2. `propagation`: tighter bounds. What they hold in too narrow a range is exposed, without a search;
 3. `system`: free variables, by lines where figures are exact, by leaves where they are rounded;
 4. `aggregation`: one variable for all cells that single rows tie to each other;
 5. targets: one cell of each such class; the others are proved with it (`AggregatedCells`).
"""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.aggregation import contract
from seuil.disclosure.constraints.bounds import public_bounds, sum_bounds
from seuil.disclosure.constraints.goals import INFINITE, AggregatedCells, Targets
from seuil.disclosure.constraints.groups import groups_of
from seuil.disclosure.constraints.implied import Implied, implied_of
from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows, stack
from seuil.disclosure.constraints.system import System, by_leaves, by_lines
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid
from seuil.model.bases import BASE_OF_COUNTS
from seuil.model.errors import DisclosureError

COUNT = BASE_OF_COUNTS


@dataclass(frozen=True)
class AuditProblem:
    """One base to be proved: its equations, the bounds of its cells, and the cells that need a range.

    hidden: (cells,) hidden or open implied nodes; left_over: (overlap rows,) open ones. sliding: range wanted of each.
    excused: (cells,) hidden ones that need no proof, since what is known from elsewhere discloses them already. counts:
    the base counts units (a sum otherwise).
    """

    grid: Grid
    implied: Implied
    rows: Rows
    low: Ints
    high: Ints
    hidden: Bools
    left_over: Bools
    excused: Bools
    sliding: int
    justified: bool
    rounded: bool
    counts: bool

    @property
    def members(self) -> Ints:
        """Hidden cells and open rows, numbered as in `Proof.cells`: those one of which may be why a group is hidden."""
        return np.flatnonzero(np.concatenate([self.hidden, self.left_over]))

    @property
    def cells(self) -> Ints:
        """Those of them that are to be proved."""
        return np.flatnonzero(np.concatenate([self.hidden & ~self.excused, self.left_over]))

    @property
    def searched_rows(self) -> Rows:
        """The rows, of which those that follow from others have no entry."""
        needless = self.implied.needless
        return self.rows.emptied(needless) if needless.any() else self.rows

    def nodes_of(self, cells: Ints) -> Ints:
        """Cells of the grid (flat) that stand for some cells and left-over rows, numbered as in `Proof.cells`."""
        size, overlaps = self.grid.published.size, self.implied.overlaps
        rows = cells[cells >= size] - size
        members = [overlaps.cell[overlaps.start[r] : overlaps.start[r + 1]] for r in rows]
        return np.unique(np.concatenate([cells[cells < size], *members])).astype(np.int64)

    def free_groups(self, group: Ints, low: Ints, high: Ints) -> Ints:
        """Numbers of the groups that need no small cell: a published wish hides one, or one is known to be small.

        group: of every cell, as from `groups_of`. low, high: (cells,) bounds.
        """
        floor = 1 if self.grid.zeros_shown else 0
        small = self.excused & (low >= floor) & (high < self.grid.threshold)
        free = self.hidden & (self.grid.asked("hidden").ravel() | small)
        return np.unique(group[: len(free)][free])


def count_problem(figures: Figures, implied: Implied | None = None) -> AuditProblem:
    """What is public of the count. implied: the grid's, where it has been found before."""
    grid = figures.grid
    implied = implied or implied_of(grid)
    told_nodes, told_left_over = implied.told((grid.published & ~figures.count.hidden).ravel())
    low, high = public_bounds(figures, implied)
    # An implied cell one of whose figures is hidden is a hidden cell like any other: it too has to be proved.
    hidden = figures.count.hidden.ravel() | (implied.nodes & ~told_nodes)
    return AuditProblem(
        grid=grid,
        implied=implied,
        rows=stack([implied.lines, implied.overlaps]),
        low=low,
        high=high,
        hidden=hidden,
        left_over=implied.left_over & ~told_left_over,
        excused=hidden & implied.known.excused,
        sliding=grid.threshold,
        justified=grid.dataset.definition.level == "justified",
        rounded=grid.rounding is not None,
        counts=True,
    )


def sum_problem(figures: Figures, name: str, implied: Implied | None = None) -> AuditProblem:
    """What is public of a sum: exact totals, nothing of its contributors. implied: of its grid, where found before."""
    grid = figures.grid.grids[name]
    implied = implied or implied_of(grid)
    hidden = figures.sums[name].hidden
    told = implied.told((grid.published & ~hidden).ravel())[0]
    low, high = sum_bounds(figures, name)
    open_nodes = implied.nodes & ~told
    # 2e is about counts: why a sum is hidden rests on its contributors, whom readers don't see. What overlaps leave
    # over is protected for counts alone.
    return AuditProblem(
        grid=grid,
        implied=implied,
        rows=stack([implied.lines, implied.overlaps]),
        low=low,
        high=high,
        hidden=hidden.ravel() | open_nodes,
        left_over=np.zeros(len(implied.overlaps), np.bool_),
        excused=np.zeros(hidden.size, np.bool_),
        sliding=grid.dataset.sums[name].width,
        justified=False,
        rounded=False,
        counts=False,
    )


@dataclass(frozen=True)
class PreparedProblem:
    """The system to search, what can be proved in it, all `cells` that should be, and the tightened bounds of cells.

    Cells that are excused are watched for being small; nothing is wanted of them, and they are not aggregated.

    A cell that its bounds hold in too narrow a range is left out of the targets: it is exposed. So is one that is
    alone in its group where the level is `justified`, since it must then be small.
    """

    system: System
    targets: Targets
    aggregated: AggregatedCells
    cells: Ints
    low: Ints
    high: Ints


def prepare(problem: AuditProblem, stand_alone: Bools | None = None) -> PreparedProblem:
    """Tighten the bounds and set up the search. Raises DisclosureError where no table at all fits the figures.

    stand_alone: (cells,) for which no other cell of exact figures may stand.
    """
    grid, size = problem.grid, problem.grid.published.size
    group = groups_of(problem.rows, problem.hidden, problem.left_over, len(problem.implied.lines))
    cells = problem.members
    alone = np.zeros(len(cells), np.bool_)
    low, high = tighten(problem.rows, problem.low, problem.high)
    if (low > high).any():
        raise DisclosureError("the figures contradict each other: no table has them all")
    free = problem.free_groups(group, low, high)
    if problem.justified:
        alone = (np.bincount(group[cells])[group[cells]] == 1) & ~np.isin(group[cells], free)
    # Nothing else can be why they are hidden, so readers know that they are small: so must every table. Other cells may
    # be held by that.
    lone = cells[alone & (cells < size)]
    if len(lone):
        below = high.copy()
        below[lone] = np.minimum(high[lone], grid.threshold - 1)
        low_then, high_then = tighten(problem.rows, low, below)
        if (low_then <= high_then).all():
            low, high = low_then, high_then
        else:
            alone[:] = True  # nothing could be hidden for no reason: no table is admissible
    if problem.rounded:
        system = by_leaves(grid, problem.implied.overlaps, low, high)
    else:
        # A left-over row is a cell to be proved and a row of the system at once: it is watched there.
        number = np.full(len(problem.rows), -1, np.int64)
        first = len(problem.implied.lines)
        number[first:][problem.left_over] = size + np.flatnonzero(problem.left_over)
        told_of = (low < high) & problem.implied.spanned
        system = by_lines(problem.implied.atoms, problem.searched_rows, low, high, number, told_of)
        apart = _in_small_groups(system, group, cells)
        if stand_alone is not None:
            apart |= stand_alone[system.cell]
        # Cells to be proved come first, so that one of them keeps its number and stands for its class.
        rank = low[system.cell] + np.where(np.isin(system.cell, cells), 0, UNBOUNDED)
        system = contract(system, rank, apart)
    # What bounds hold in too narrow a range needs no search: it is in `cells`, but no target.
    wide = ~alone
    node = cells < size
    wide[node] &= high[cells[node]] - low[cells[node]] >= problem.sliding
    excused = node.copy()
    excused[node] = problem.excused[cells[node]]
    targets, aggregated = _targets(problem, system, cells[wide & ~excused], cells[excused], group, free)
    return PreparedProblem(system, targets, aggregated, problem.cells, low, high)


def _in_small_groups(system: System, group: Ints, cells: Ints) -> Bools:
    """Variables whose group is so small that each of its cells has to be looked at for being small."""
    size, least = np.bincount(group[cells], minlength=1), tuning.TUNING.constraints.smallest_aggregated_group
    return np.asarray((group[system.cell] >= 0) & (size[group[system.cell]] < least))


def _targets(
    problem: AuditProblem, system: System, wide: Ints, excused: Ints, group: Ints, free: Ints
) -> tuple[Targets, AggregatedCells]:
    """What the search is asked for: of every class of cells that move together one, the others are aggregated to it."""
    # All cells of the system and, for each, who stands for it and with which sign: of rows each for itself.
    members = system.members
    rows = system.row_cell[system.row_cell >= 0]
    cell = np.concatenate([members.cell, rows])
    of = np.concatenate([system.cell[members.variable], rows])
    sign = np.concatenate([members.sign, np.ones_like(rows)])
    watched = np.unique(of[np.isin(cell, excused)])
    chosen = np.isin(cell, wide)
    order = np.argsort(cell[chosen], kind="stable")
    cell, of, sign = cell[chosen][order], of[chosen][order], sign[chosen][order]
    kept = np.unique(np.concatenate([of, watched]))
    position = np.searchsorted(kept, of)
    floor = 1 if problem.grid.zeros_shown else 0
    groups, numbered = np.unique(group[kept], return_inverse=True)
    sliding, upper, lower = (np.full(len(kept), x, np.int64) for x in (problem.sliding, -INFINITE, INFINITE))
    sliding[~np.isin(kept, of)] = 0  # excused cells, watched for being small
    targets = Targets(
        cells=kept,
        sliding=sliding,
        upper=upper,
        lower=lower,
        group=numbered.astype(np.int64),
        free=np.isin(groups, free),
        floor=floor,
        threshold=problem.grid.threshold,
        justified=problem.justified,
    )
    return targets, AggregatedCells(cell, position.astype(np.int64), sign)
