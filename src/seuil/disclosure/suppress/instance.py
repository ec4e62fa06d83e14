"""One instance of the cell suppression problem: what has to be hidden, what may be, at which cost (confidential).

Costs, order and ties come from public weights and the secret, never from a count (design 3.9): costs that fell with
counts would tell of the counts that they chose between.
"""

import hashlib
from collections.abc import Callable

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.constraints.groups import Neighbours
from seuil.disclosure.constraints.linked import in_every_table
from seuil.disclosure.constraints.problem import AuditProblem
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.cube.levels import cell_heights
from seuil.disclosure.suppress.cuts import Cuts, ProtectionLevels
from seuil.disclosure.suppress.cutting_plane import SuppressionProblem
from seuil.disclosure.suppress.equal_cells import equal_cells
from seuil.disclosure.suppress.justification import Justification
from seuil.disclosure.suppress.true_table import TrueTable

BoundsOf = Callable[[int], tuple[Ints, Ints]]
"""Bounds (cells,) of all cells in the tables that prove a given one."""


class Instance:
    """A base as it is and all that follows from it before anything is chosen. All arrays are (cells,).

    problem: the audit problem where nothing is hidden. to_protect: of which something is to be proved once they are
    hidden. eligible: may be hidden. start: hidden whatever is chosen. known: hidden, but calculated with as if shown.
    height: levels above the leaves, dimensions added up. cost: of hiding each. random: breaks all ties.
    """

    def __init__(self, truth: TrueTable, secret: bytes) -> None:
        self.truth, grid = truth, truth.grid
        self.problem = truth.problem(np.zeros(len(truth.values), np.bool_))
        digest = hashlib.sha256(secret + f"{grid.dataset.id}/{grid.period}".encode()).digest()
        self.random = np.random.default_rng(int.from_bytes(digest[:16], "big"))
        self.seed = int.from_bytes(digest[16:20], "big") >> 1
        published, implied, known = grid.published.ravel(), self.problem.implied.nodes, self.problem.implied.known
        self.to_protect = (published | implied) & ~known.exact & ~known.narrow
        # A shown 0 stays shown; so does a sum over nobody. Any other sum of 0 has too few contributors: it is small.
        zero_shown = grid.zeros_shown & (truth.values == 0) & published
        self.eligible = self.to_protect & ~zero_shown & ~grid.asked("shown").ravel()
        self.height = cell_heights(grid)
        self.cost = self._costs(implied)
        self.neighbours = Neighbours(self.problem.rows, self.eligible, self.random)
        # What nothing fixes and nobody publishes is free to move like a hidden cell, with nothing to be proved of it.
        free = ~(published | implied) & self.problem.implied.spanned
        start = truth.small | free | ((grid.asked("hidden") | grid.elsewhere.hidden).ravel() & ~zero_shown)
        # A count that is known can't be concealed: its cell reads NS, and all else is chosen as if it were shown.
        self.start, self.known = start & ~known.exact, start & known.exact & published & ~grid.empty.ravel()
        self.justification, self.suppression = self._suppression(implied)

    def _costs(self, implied: Bools) -> Floats:
        """What hiding a cell costs: more for every level above the leaves, so that national figures go last.

        What linked tables of counts have in common goes last of all: it stands in the lines of each of them, so that
        one such cell obeys many cuts, and it is what most readers look for.
        """
        t, linking = tuning.TUNING.suppress, self.problem.implied.linking
        rise = t.level_cost if self.problem.counts and linking is None else t.level_cost_of_sums
        cost = 1 + rise * self.height + t.tie_cost * self.random.random(len(self.height))
        if linking is not None and self.problem.counts:
            cost = np.where(in_every_table(self.truth.grid, linking), t.shared_cost * cost, cost)
        return np.where(implied, t.implied_cost, cost * self.truth.grid.costs.ravel())

    def _suppression(self, implied: Bools) -> tuple[Justification, SuppressionProblem]:
        problem, grid, values = self.problem, self.truth.grid, self.truth.values
        # Nobody prints an implied cell, but as long as it is not hidden its figures tell it exactly.
        low, high = np.where(implied, values, problem.low), np.where(implied, values, problem.high)
        floor, known = 1 if grid.zeros_shown and problem.counts else 0, problem.implied.known
        hidden_low = np.maximum(np.where(grid.published.ravel(), floor, 0), known.low)
        hidden_high = np.where(grid.empty.ravel(), UNBOUNDED, known.high)
        justification = Justification(problem, values, low, high, hidden_low, hidden_high, self.neighbours)
        # What can't be protected may at least not be told exactly.
        sliding = np.where(self.to_protect, problem.sliding, known.narrow & ~known.exact)
        levels = ProtectionLevels(sliding, self.truth.upper, self.truth.lower)
        rest, always_open = np.zeros(len(problem.rows), np.int64), np.zeros(len(problem.rows), np.bool_)
        if problem.counts:
            rest[len(problem.implied.lines) :] = np.where(problem.implied.left_over, problem.sliding, 0)
            always_open[len(problem.implied.lines) :] = justification.small_left_over()

        # A sum over nobody of a shown table is 0 like those that it adds up.
        nought = (values == 0) & (grid.zeros_shown & problem.counts)
        same = equal_cells(problem.implied.lines, nought, self.eligible) if self.linked else None

        def lacking(hidden: Bools) -> Cuts:
            return justification.cuts(self.audit_problem(hidden))

        return justification, SuppressionProblem(
            rows=problem.searched_rows,
            low=low,
            high=high,
            hidden_low=hidden_low,
            hidden_high=hidden_high,
            eligible=self.eligible,
            levels=levels,
            rest=rest,
            always_open=always_open,
            justification=lacking if problem.justified else None,
            same=same,
        )

    @property
    def linked(self) -> bool:
        """Whether it is of counts of linked tables, most of whose cells have to be hidden as a rule."""
        return self.problem.counts and self.problem.implied.linking is not None

    def published(self, hidden: Bools) -> Bools:
        """(cells,) what of a pattern is published as NS."""
        return np.asarray((hidden | self.known) & self.truth.grid.published.ravel())

    def audit_problem(self, hidden: Bools) -> AuditProblem:
        """What readers of a pattern are left to prove."""
        return self.truth.problem(self.published(hidden))

    def line_mates(self, cell: int) -> Ints:
        """Cells, sorted, that share a row with one (numbered as in `Proof.cells`) and may be hidden."""
        return self.neighbours.of_all(self.problem.nodes_of(np.array([cell])))
