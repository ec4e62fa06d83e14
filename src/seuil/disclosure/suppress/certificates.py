"""Cuts from Farkas certificates: of unproved cells, by which shown figures they are held (confidential).

Bound propagation (`cuts`) sees one row at a time; what follows from several rows together is proved by a linear program
that has no solution (`lp.farkas`). The figures that its dual ray uses are one more inequality of the master, as the
capacity constraints of Fischetti and Salazar-Gonzalez (2001, Management Science 47) are dual solutions of the
attacker's programs; here they are checked in whole numbers first (docs/decisions/0009-refutation.md).

Cost: some 10 ms for each unproved cell, up to 150 ms in tables that are mostly hidden.
"""

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.lp.farkas import Question, refuters
from seuil.disclosure.suppress.cuts import Cuts
from seuil.disclosure.suppress.proving import PatternProver


def certified_cuts(prover: PatternProver, hidden: Bools, unproved: Ints) -> tuple[Cuts, Ints]:
    """What holds the unproved cells of a pattern, and those of which nothing is found out.

    Of a large pattern, cells near figures that may go already are left for the next time. Whatever the pattern, no more
    is asked once the programs of the table took the work that they may (`prover.certificate_work`).
    """
    instance, truth, problem = prover.instance, prover.instance.truth, prover.instance.problem
    size, first_rest, large = len(truth.values), len(problem.implied.lines), prover.large
    able = instance.eligible & ~hidden
    held, parts, not_held = [], [], []
    going = np.zeros(size, np.bool_)

    def question(cell: int) -> Question:
        if cell < size:
            return cell, problem.sliding, int(truth.upper[cell]), int(truth.lower[cell])
        return first_rest + cell, problem.sliding, -INFINITE, INFINITE  # what a row leaves over

    limit = tuning.TUNING.suppress.certificate_rows if large else tuning.TUNING.farkas.most_rows
    at_once = tuning.TUNING.farkas.questions_at_once
    with refuters(problem.rows, truth.values, prover.bounds_of(hidden), limit) as refute:
        waiting = [(cell, instance.line_mates(cell)) for cell in instance.random.permutation(unproved).tolist()]
        while waiting and prover.certificate_work > refute.work:
            # Of a large pattern nothing is shown again, so a second cut through the same neighbourhood could hide a
            # cell for nothing; the next look tells whether its cell is still held.
            waiting = [(cell, mates) for cell, mates in waiting if not going[mates].any()]
            wave, waiting = waiting[:at_once], waiting[at_once:]
            for (cell, _), figures in zip(wave, refute([question(cell) for cell, _ in wave]), strict=True):
                figures = figures[able[figures]]
                if not len(figures):
                    not_held.append(cell)
                    continue
                held.append(cell if cell < size else first_rest + cell)
                parts.append(figures)
                going[figures] = large
            if prover.progress is not None:
                prover.progress("asked what holds them", len(unproved) - len(waiting), len(unproved))
        prover.certificate_work -= refute.work
    start = np.cumsum([0] + [len(figures) for figures in parts])
    cuts = Cuts(np.array(held, np.int64), start, np.concatenate([np.zeros(0, np.int64), *parts]))
    return cuts, np.array(not_held, np.int64)
