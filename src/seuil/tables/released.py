"""The attack on one period of a released dataset: on its counts, from the same public facts."""

from pathlib import Path

import numpy as np

from seuil.disclosure.frame import Figures
from seuil.disclosure.prover import Progress
from seuil.tables.attack import TableAudit, attack
from seuil.tables.layout import Asked, Layout
from seuil.tables.published import Published
from seuil.tables.tree import tree_of_hierarchy


def attack_released(
    figures: Figures, path: Path, *, intervals: bool = False, progress: Progress | None = None
) -> TableAudit:
    """Audit the counts of one period. path: the definition. Raises DataError if the figures contradict each other."""
    frame = figures.frame
    hierarchies = frame.dataset.hierarchies
    trees = {n: tree_of_hierarchy(h.in_period(frame.period), f"{path}: {n}") for n, h in hierarchies.items()}
    layout = Layout(Asked(frame.dataset.definition, path, frame.period), frame, trees)
    nothing = np.zeros(frame.published.size, np.bool_)
    counts = Figures(frame, figures.count, {})
    return attack(Published(layout, counts, nothing), str(path), intervals=intervals, progress=progress)
