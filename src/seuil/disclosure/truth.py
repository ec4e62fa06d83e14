"""One base as it is, with what its rule hides, what is asked of its hidden cells, and who knows what (confidential)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.cube import Cube, Pattern, Small, publish
from seuil.disclosure.frame import Bools, Frame, Ints
from seuil.disclosure.implied import implied_of
from seuil.disclosure.insiders import Insiders, insiders_of
from seuil.disclosure.mending import NEVER
from seuil.disclosure.prover import Twins, Wanted
from seuil.disclosure.task import Task, count_task, exact_frame, sum_task


@dataclass(frozen=True)
class Truth:
    """One base as it is (confidential). All arrays over cells (flat).

    values: the true table. small: what the rule hides. reach, fall: values that the range of a hidden cell must
    include. task: the public task of a pattern. insiders: what contributors know, of a sum.
    """

    frame: Frame
    values: Ints
    small: Bools
    reach: Ints
    fall: Ints
    task: Callable[[Bools], Task]
    insiders: Insiders | None = None

    def asked_of(self, wanted: Wanted, twins: Twins) -> tuple[Ints, Ints]:
        """(wanted,) values to be reached, so that every twin reaches its own."""
        size = len(self.values)
        reach, fall = wanted.reach.copy(), wanted.fall.copy()
        node = np.flatnonzero(twins.cells < size)
        cell, of, against = twins.cells[node], twins.of[node], twins.sign[node] < 0
        up, down = self.reach[cell] - self.values[cell], self.fall[cell] - self.values[cell]
        up, down = np.where(against, -down, up), np.where(against, -up, down)
        here = np.zeros(len(wanted.cells), np.int64)
        here[wanted.cells < size] = self.values[wanted.cells[wanted.cells < size]]
        np.maximum.at(reach, of, here[of] + up)
        np.minimum.at(fall, of, here[of] + down)
        return reach, fall


def count_truth(cube: Cube) -> Truth:
    """The counts as they are. Small implied cells are small too."""
    frame = cube.frame
    size = frame.published.size

    implied = implied_of(frame)

    def task(hidden: Bools) -> Task:
        return count_task(publish(cube, Pattern(hidden.reshape(frame.shape), {})), implied)

    matters = frame.published.ravel() | implied.nodes
    small = Small(cube).count.ravel() & matters
    return Truth(frame, cube.count.ravel(), small, np.full(size, -NEVER), np.full(size, NEVER), task)


def sum_truth(cube: Cube, name: str, count_hidden: Bools) -> Truth:
    """A sum as it is: hidden where the rule says so or the count is hidden.

    Its range reaches `p_percent` both ways, for contributors too.
    """
    frame, total = cube.frame, cube.sums[name].total.ravel()

    implied = implied_of(exact_frame(frame))

    def task(hidden: Bools) -> Task:
        pattern = Pattern(count_hidden.reshape(frame.shape), {name: hidden.reshape(frame.shape)})
        return sum_task(publish(cube, pattern), name, implied)

    matters = frame.published.ravel() | implied.nodes
    small = (Small(cube).sum(name).ravel() & matters) | count_hidden
    away = -(-total * frame.dataset.sums[name].p_percent // 100)
    insiders = insiders_of(frame, cube.sums[name], total - away, implied)
    return Truth(frame, total, small, total + away, total - away, task, insiders)
