"""What a careful hand does: hide line-mates until no single line gives a hidden cell away. Nothing is proved.

It is `cover` alone, the first step of `suppress`, with equal costs. Its pattern is audited here, to show what such
patterns leave exposed.
"""

from dataclasses import dataclass

import numpy as np

from kit.measure import Seconds, timed
from seuil.disclosure.audit import audit
from seuil.disclosure.cover import Cells, cover, incidence_of, show_needless
from seuil.disclosure.cube import Cube, Pattern, publish
from seuil.disclosure.frame import Bools
from seuil.disclosure.protect import count_truth


@dataclass(frozen=True)
class Naive:
    """secondaries: listed cells. unsafe: hidden cells that the audit shows to be exposed, or can't prove."""

    secondaries: int
    unsafe: int
    seconds: Seconds


def naive(cube: Cube) -> Naive:
    """Hide by lines, and audit what is left to see. For a cube without overlaps."""
    small = count_truth(cube).small
    hidden, seconds = timed(lambda: hide_line_mates(cube, small))
    result = audit(publish(cube, Pattern(hidden.reshape(cube.frame.shape), {})))
    unsafe = len(result.exposed["count"]) + len(result.undecided["count"])
    return Naive(int((hidden & ~small).sum()), unsafe, seconds)


def hide_line_mates(cube: Cube, small: Bools) -> Bools:
    """The small cells, and others of their lines."""
    task = count_truth(cube).task(np.zeros(len(small), np.bool_))
    size, random = len(small), np.random.default_rng(1)
    rows = incidence_of(task.rows, size, np.zeros(len(task.rows), np.bool_))
    cost = 1 + 0.001 * random.random(size)
    need = np.full(size, task.need, np.int64)
    cells = Cells(task.low, task.high, np.zeros(size, np.int64), need, np.ones(size, np.bool_), cost, small.copy())
    cover(rows, cells, random.permutation(len(task.rows)))
    show_needless(rows, cells, random.permutation(np.flatnonzero(cells.hidden & ~small)))
    return cells.hidden
