"""Choose a pattern, publish the figures, and have them proved; hide more until the proof is whole (confidential)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.audit import Audit, audit
from seuil.disclosure.cube import Cube, Pattern, Small, publish
from seuil.disclosure.frame import Bools, Figures, Ints
from seuil.disclosure.prover import Progress
from seuil.disclosure.search import NEVER
from seuil.disclosure.suppress import Truth, suppress
from seuil.disclosure.task import COUNT, Task, count_task, sum_task

ATTEMPTS = 6
P_PERCENT = 10  # a hidden sum can be at least so much lower and higher than it is


@dataclass(frozen=True)
class Protected:
    """What is to be published and its audit; confidential beside it how many cells are small and hidden, by base."""

    figures: Figures
    audit: Audit
    small: Mapping[str, int]
    hidden: Mapping[str, int]


def protect(cube: Cube, secret: bytes, *, progress: Progress | None = None) -> Protected:
    """Protect one cube. The audit says whether every hidden cell is proved; if not, nothing of it may be published."""
    bases = {COUNT: count_truth(cube)}
    hidden: dict[str, Bools] = {COUNT: suppress(bases[COUNT], secret, progress=progress).hidden}
    for name in cube.sums:
        bases[name] = sum_truth(cube, name, hidden[COUNT])
        hidden[name] = suppress(bases[name], secret + name.encode(), progress=progress).hidden
    figures = publish(cube, _pattern(cube, hidden))
    result = audit(figures, progress=progress)
    return Protected(
        figures,
        result,
        {name: int((b.small & cube.frame.published.ravel()).sum()) for name, b in bases.items()},
        {name: int(h.sum()) for name, h in hidden.items()},
    )


def count_truth(cube: Cube) -> Truth:
    """The counts as they are. Small implied cells are small too."""
    frame = cube.frame
    size = frame.published.size

    def task(hidden: Bools) -> Task:
        return count_task(publish(cube, Pattern(hidden.reshape(frame.shape), {})))

    matters = frame.published.ravel() | task(np.zeros(size, np.bool_)).implied.nodes
    small = Small(cube).count.ravel() & matters
    return Truth(frame, cube.count.ravel(), small, np.full(size, -NEVER), np.full(size, NEVER), task)


def sum_truth(cube: Cube, name: str, count_hidden: Bools) -> Truth:
    """A sum as it is: hidden where the rule says so or the count is hidden; its range reaches p % both ways."""
    frame, total = cube.frame, cube.sums[name].total.ravel()

    def task(hidden: Bools) -> Task:
        column = {name: hidden.reshape(frame.shape)}
        return sum_task(publish(cube, Pattern(np.zeros(frame.shape, np.bool_), column)), name)

    matters = frame.published.ravel() | task(np.zeros(len(total), np.bool_)).implied.nodes
    small = (Small(cube).sum(name).ravel() & matters) | count_hidden
    away = -(-total * P_PERCENT // 100)
    return Truth(frame, total, small, total + away, total - away, task)


def _pattern(cube: Cube, hidden: Mapping[str, Bools]) -> Pattern:
    shape = cube.frame.shape
    sums = {name: h.reshape(shape) for name, h in hidden.items() if name != COUNT}
    return Pattern(hidden[COUNT].reshape(shape), sums)


def numbered(cells: Ints) -> list[int]:
    """Plain numbers of cells."""
    return [int(c) for c in cells]
