"""Prove from public figures alone that every hidden cell is safe, or say which are not (design 3.2, 3.3).

Nothing confidential comes in: figures as they are to be published, and a public seed. What can't be proved within the
effort given counts as exposed for a release, but is named apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

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
from seuil.disclosure.constraints.system import System, leaf_sums
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.lp.farkas import MOST_ROWS, WAVE, refuters
from seuil.disclosure.progress import Progress
from seuil.disclosure.proof import Proof
from seuil.disclosure.witness.push import Effort
from seuil.disclosure.witness.search import WitnessSearch

ROUNDS = (
    Effort(steps=400, stall=100, tries=1, units=0),
    Effort(steps=2_000, stall=400, tries=2, units=0),
    Effort(steps=10_000, stall=2_000, tries=1, units=0),
    Effort(steps=50_000, stall=10_000, tries=2, units=0),
    Effort(steps=40_000, stall=8_000, tries=3, units=12),
    Effort(steps=50_000, stall=25_000, tries=12, units=12),
)
CROWD, SAMPLE = 1_000, 64  # of more cells, so many are asked of first; if none is held, the others aren't asked
REFUTED_BEFORE = {3: 300, 4: MOST_ROWS}  # number of a round: rows by which what is held is looked for before it


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


def _prove(problem: AuditProblem, seed: int, progress: Progress | None) -> tuple[Proof, Ints, Ints]:
    prepared = prepare(problem)
    targets = prepared.targets
    exposed = np.setdiff1d(prepared.cells, prepared.aggregated.cells)
    search = WitnessSearch(prepared.system, targets, seed, aggregated=prepared.aggregated)
    if not search.find_base(start_table(problem, prepared.system), inside=not problem.rounded):
        return no_proof(), exposed, prepared.aggregated.cells
    atom_values = prepared.low[problem.implied.atoms]
    refuted = np.zeros(0, np.int64)
    for number, effort in enumerate(ROUNDS):
        open_ = np.setdiff1d(search.left, refuted)
        if number in REFUTED_BEFORE and len(open_):
            base = search.base(atom_values)
            refuted = np.union1d(refuted, _refuted(problem, prepared, base, open_, REFUTED_BEFORE[number], progress))
            open_ = np.setdiff1d(open_, refuted)
        if not len(open_):
            break
        places = search.places_of(open_)
        search.widen(effort, places, progress=progress)
        if number > 0 and search.leaves_most(places):
            search.walk(effort, places, progress)
    left = search.left
    proof = problem.implied.expand(search.proof(atom_values))
    return proof, np.union1d(exposed, np.intersect1d(left, refuted)), np.setdiff1d(left, refuted)


def _refuted(
    problem: AuditProblem,
    prepared: PreparedProblem,
    atoms: Ints,
    cells: Ints,
    most_rows: int,
    progress: Progress | None,
) -> Ints:
    """Those of some cells that figures prove to be held in too narrow a range. atoms: (atoms,) of any table."""
    values = np.asarray(leaf_sums(problem.grid) @ problem.implied.line_up(atoms), dtype=np.int64)
    size, lines = len(values), len(problem.implied.lines)
    cells = np.random.default_rng(1).permutation(cells)  # so that the first ones are a sample
    questions = [(int(c if c < size else c + lines), problem.sliding, -INFINITE, INFINITE) for c in cells]
    held: list[bool] = []
    with refuters(problem.rows, values, lambda _: (prepared.low, prepared.high), most_rows) as refute:
        while len(held) < len(cells) and (len(cells) <= CROWD or len(held) < SAMPLE or any(held)):
            held += [len(found) > 0 for found in refute(questions[len(held) : len(held) + WAVE])]
            if progress is not None:
                progress("looked at for proofs of exposure", len(held), len(cells))
    return cells[: len(held)][held]


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
