"""What a careful hand does: hide line-mates until no line, nor what follows from several, gives a hidden cell away.

It is `cutting_plane` alone, the first step of `suppress`, with equal costs; nothing is searched or proved. Its pattern
is audited here, to show what such patterns leave exposed.
"""

from dataclasses import dataclass

import numpy as np

from kit.measure import Seconds, timed
from seuil.disclosure.arrays import Bools
from seuil.disclosure.audit import audit
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.publish import Pattern, publish
from seuil.disclosure.suppress.cuts import ProtectionLevels
from seuil.disclosure.suppress.cutting_plane import CuttingPlane, SuppressionProblem
from seuil.disclosure.suppress.true_table import count_truth


@dataclass(frozen=True)
class Naive:
    """secondaries: listed cells. unsafe: hidden cells that the audit shows to be exposed, or can't prove."""

    secondaries: int
    unsafe: int
    seconds: Seconds


def naive(cube: Cube) -> Naive:
    """Hide by lines, and audit what is left to see. For a cube without overlaps or unpublished cells."""
    small = count_truth(cube).small
    hidden, seconds = timed(lambda: hide_line_mates(cube, small))
    result = audit(publish(cube, Pattern(hidden.reshape(cube.grid.shape), {})))
    unsafe = len(result.exposed["count"]) + len(result.undecided["count"])
    return Naive(int((hidden & ~small).sum()), unsafe, seconds)


def hide_line_mates(cube: Cube, small: Bools) -> Bools:
    """The small cells, and others of their lines."""
    size = len(small)
    problem = count_truth(cube).problem(np.zeros(size, np.bool_))
    cost = 1 + 0.001 * np.random.default_rng(1).random(size)
    levels = ProtectionLevels(
        np.full(size, problem.sliding, np.int64), np.full(size, -INFINITE), np.full(size, INFINITE)
    )
    nothing, none = np.zeros(len(problem.rows), np.int64), np.zeros(len(problem.rows), np.bool_)
    floor, top, every = np.zeros(size, np.int64), np.full(size, UNBOUNDED), np.ones(size, np.bool_)
    suppression = SuppressionProblem(
        problem.rows, problem.low, problem.high, floor, top, every, levels, nothing, none, None
    )
    plane = CuttingPlane(suppression, small, cost)
    plane.solve()
    return plane.hidden
