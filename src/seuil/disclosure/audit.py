"""Prove from public figures alone that every hidden cell is safe, or say which are not (design 3.2, 3.3).

Nothing confidential comes in: figures as they are to be published, and a public seed. What can't be proved within the
effort given counts as exposed for a release, but is named apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.frame import Figures, Ints
from seuil.disclosure.lattice import is_leaf
from seuil.disclosure.proof import Proof
from seuil.disclosure.prover import Progress, Prover
from seuil.disclosure.search import Effort
from seuil.disclosure.system import System
from seuil.disclosure.task import COUNT, Task, count_task, lay_out, sum_task

ROUNDS = (
    Effort(steps=400, stall=100, tries=1, units=0),
    Effort(steps=2_000, stall=400, tries=2, units=0),
    Effort(steps=6_000, stall=1_500, tries=3, units=12),
    Effort(steps=40_000, stall=8_000, tries=3, units=12),
    Effort(steps=50_000, stall=25_000, tries=12, units=12),
)


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
    bases = {COUNT: count_task(figures)}
    bases |= {name: sum_task(figures, name) for name in figures.sums}
    proofs, exposed, undecided = {}, {}, {}
    for name, task in bases.items():
        proofs[name], exposed[name], undecided[name] = _prove(task, seed, progress)
    return Audit(proofs, exposed, undecided)


def _prove(task: Task, seed: int, progress: Progress | None) -> tuple[Proof, Ints, Ints]:
    layout = lay_out(task)
    wanted = layout.wanted
    exposed = np.setdiff1d(layout.cells, layout.twins.cells)
    prover = Prover(layout.system, wanted, seed, twins=layout.twins)
    if not prover.find_base(start_table(task, layout.system), spread=task.rounded):
        return no_proof(), exposed, layout.twins.cells
    for effort in ROUNDS:
        if not len(prover.open):
            break
        prover.widen(effort, progress=progress)
    leaf_values = layout.low[np.flatnonzero(is_leaf(task.frame).ravel())]
    return prover.proof(leaf_values), exposed, prover.left


def start_table(task: Task, system: System) -> Ints:
    """Where the repair of the base begins: shown variables in mid-interval, the others low."""
    shown = (task.frame.published.ravel() & ~task.hidden)[system.cell]
    return np.where(shown, (system.low + system.high - 1) // 2, system.low)


def no_proof() -> Proof:
    """A proof of nothing."""
    return Proof(*(np.zeros(n, np.int64) for n in (0, 1, 0, 0, 0, 0, 0)))
