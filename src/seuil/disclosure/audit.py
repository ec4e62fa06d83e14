"""Prove from public figures alone that every hidden cell is safe, or say which are not (design 3.2, 3.3).

Nothing confidential comes in: figures as they are to be published, and a public seed. For each base in turn:

 1. `prepare` writes down what the figures say; what its bounds hold in too narrow a range is exposed;
 2. a first table that fits the figures is searched for, from the middle of each cell's bounds and, where that fails,
    from the middle of all tables with fractions (`lp.middle`); of linked tables the other way round;
 3. rounds of growing effort push every cell that is not yet proved, and move on to other tables where that helps;
 4. between them, cells that are still open are asked for a proof of the opposite: that they are held in too narrow a
    range (`lp.farkas`). It spares the long rounds for what can't be proved;
 5. what was neither proved nor refuted is *undecided*. It counts as exposed for a release, but is named apart.

An audit protects in the sense of the field's exact audits (Daalmans and de Waal, An improved formulation of the
disclosure auditing problem for secondary cell suppression, Transactions on Data Privacy 2010), but with whole numbers,
and with tables as witnesses in place of intervals. Cost: a few pushes a cell where cells have room; no bound otherwise
but the rounds' own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Ints
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.constraints.problem import (
    COUNT,
    AuditProblem,
    PreparedProblem,
    count_problem,
    prepare,
    sum_problem,
)
from seuil.disclosure.constraints.system import System
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.cube.margins import add_up
from seuil.disclosure.lp.farkas import refuters
from seuil.disclosure.lp.middle import middle_of
from seuil.disclosure.progress import Progress
from seuil.disclosure.proof import Proof
from seuil.disclosure.witness.search import WitnessSearch


@dataclass(frozen=True)
class Audit:
    """Result by base (`count` or a sum's name). Cells are numbered as in `Proof.cells`.

    exposed: shown to lie in too narrow a range. undecided: neither proved nor refuted.
    """

    proofs: Mapping[str, Proof]
    exposed: Mapping[str, Ints]
    undecided: Mapping[str, Ints]

    @property
    def safe(self) -> bool:
        """Whether every hidden cell is proved."""
        return not any(len(x) for x in (*self.exposed.values(), *self.undecided.values()))


def audit(figures: Figures, *, seed: int = 1, progress: Progress | None = None) -> Audit:
    """Prove every hidden cell of every base. Raises DisclosureError where no table at all fits the figures."""
    bases = {COUNT: count_problem(figures)}
    bases |= {name: sum_problem(figures, name) for name in figures.sums}
    proofs, exposed, undecided = {}, {}, {}
    for name, problem in bases.items():
        proofs[name], exposed[name], undecided[name] = _prove(problem, seed, progress)
    return Audit(proofs, exposed, undecided)


def unproved(problem: AuditProblem, progress: Progress | None = None) -> Ints:
    """Cells (numbered as in `Proof.cells`) of one base that an audit would leave unproved.

    Raises DisclosureError where no table at all fits the figures.
    """
    _, exposed, undecided = _prove(problem, 1, progress)
    return np.union1d(exposed, undecided)


def _prove(problem: AuditProblem, seed: int, progress: Progress | None) -> tuple[Proof, Ints, Ints]:
    tuned, prepared = tuning.TUNING.audit, prepare(problem)
    exposed = np.setdiff1d(prepared.cells, prepared.aggregated.cells)
    search = WitnessSearch(prepared.system, prepared.targets, seed, aggregated=prepared.aggregated)
    if not _find_base(search, problem):
        return no_proof(), exposed, prepared.aggregated.cells  # without a table nothing is known of any of them
    atom_values = prepared.low[problem.implied.atoms]
    refuted = np.zeros(0, np.int64)
    for number, effort in enumerate(tuned.rounds):
        open_ = np.setdiff1d(search.left, refuted)
        if number in tuned.refutation_rows and len(open_):
            base, most_rows = search.base(atom_values), tuned.refutation_rows[number]
            refuted = np.union1d(refuted, _refuted(problem, prepared, base, open_, most_rows, progress))
            open_ = np.setdiff1d(open_, refuted)
        if not len(open_):
            break
        # One target is pushed for all cells aggregated to it, as long as any of them is neither proved nor refuted.
        places = search.places_of(open_)
        search.widen(effort, places, progress=progress)
        # Not after the first round: its efforts are so small that what it leaves says nothing of the table. Of linked
        # tables most figures are hidden and small: other tables prove in seconds what greater efforts take minutes for.
        if problem.implied.linking or (number > 0 and search.leaves_most(places)):
            search.walk(effort, places, progress)
    left = search.left
    proof = problem.implied.expand(search.proof(atom_values))
    return proof, np.union1d(exposed, np.intersect1d(left, refuted)), np.setdiff1d(left, refuted)


def _find_base(search: WitnessSearch, problem: AuditProblem) -> bool:
    """Find a first table from one of two starts. False where that fails.

    The middle of each cell's bounds costs nothing and is near a table, but for linked tables: most of their cells are
    hidden, small and tied to others, and repair from there seldom ends (docs/decisions/0025-start-in-the-middle.md).
    """

    def from_bounds() -> bool:
        return search.find_base(start_table(problem, search.system), inside=not problem.rounded)

    def from_middle() -> bool:
        small_enough = search.system.variables <= tuning.TUNING.audit.middle_variables
        middle = middle_of(search.system) if small_enough else None
        return middle is not None and search.find_base(middle, inside=False)

    starts = (from_middle, from_bounds) if problem.implied.linking else (from_bounds, from_middle)
    return any(start() for start in starts)


def _refuted(
    problem: AuditProblem,
    prepared: PreparedProblem,
    atoms: Ints,
    cells: Ints,
    most_rows: int,
    progress: Progress | None,
) -> Ints:
    """Those of some cells that figures prove to be held in too narrow a range. atoms: (atoms,) of any table."""
    values = table_of(problem.grid, problem.implied.line_up(atoms))
    size, lines, tuned = len(values), len(problem.implied.lines), tuning.TUNING.audit
    cells = np.random.default_rng(1).permutation(cells)  # so that the first ones are a sample
    # A left-over row is asked for by its place among all rows, where lines come before overlaps.
    questions = [(int(c if c < size else c + lines), problem.sliding, -INFINITE, INFINITE) for c in cells]
    held: list[bool] = []
    with refuters(problem.rows, values, lambda _: (prepared.low, prepared.high), most_rows) as refute:
        while len(held) < len(cells):
            # Where none of a sample is held, hardly any other is: to ask thousands in vain would take hours.
            if len(cells) > tuned.cells_all_asked and len(held) >= tuned.cells_sampled and not any(held):
                break
            held += [len(found) > 0 for found in refute(questions[len(held) : len(held) + tuned.questions_at_once])]
            if progress is not None:
                progress("looked at for proofs of exposure", len(held), len(cells))
    return cells[: len(held)][held]


def table_of(grid: Grid, leaves: Ints) -> Ints:
    """(cells,) the table that some leaves (leaves,) make."""
    shape = (grid.shape[0], *(len(axis.leaves) for axis in grid.axes))
    return add_up(leaves.reshape(shape), grid.axes).ravel()


def start_table(problem: AuditProblem, system: System) -> Ints:
    """Where the repair of the base begins: shown variables in mid-interval, the others low (where figures are exact in
    the middle of what a small cell can be).
    """
    shown = (problem.grid.published.ravel() & ~problem.hidden)[system.cell]
    above = 0 if problem.rounded or not problem.counts else problem.grid.threshold // 2
    return np.where(shown, (system.low + system.high - 1) // 2, np.minimum(system.low + above, system.high))


def no_proof() -> Proof:
    """A proof of nothing."""
    return Proof(*(np.zeros(n, np.int64) for n in (0, 1, 0, 0, 0, 0, 0, 0)))
