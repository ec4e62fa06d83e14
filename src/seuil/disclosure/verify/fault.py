"""What verify finds, and the names of cells."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.frame import Bools, Frame, Ints, Relation

NAMED = 10  # cells named per rule and base; the rest is counted


@dataclass(frozen=True)
class Fault:
    """A rule that does not hold.

    rule: its number in the docstring of `verify`. base: `count` or the name of a sum. cell: the codes of its nodes,
    empty where no single cell is at fault. found: what is there instead.
    """

    rule: int
    base: str
    cell: str
    found: str

    def __str__(self) -> str:
        place = f"{self.base}, {self.cell}" if self.cell else self.base
        return f"rule {self.rule}: {place}: {self.found}"


def cell_name(frame: Frame, index: int) -> str:
    """Codes of the cell `index` (as in a proof): a frame cell or, beyond them, a difference of slices in a cell."""
    size = frame.published.size
    if index < size:
        return _codes(frame, index)
    number, position = divmod(index - size, size // frame.shape[0])
    relation = _difference(frame, frame.relations[number])
    place = _codes(frame, position, with_slice=False)
    return f"{relation}, {place}"


def _codes(frame: Frame, index: int, *, with_slice: bool = True) -> str:
    where = [int(k) for k in np.unravel_index(index, frame.shape)]
    names = [
        f"{name}={axis.nodes[k].code}"
        for name, axis, k in zip(frame.dataset.additive, frame.axes, where[1:], strict=True)
    ]
    if with_slice and frame.overlapping is not None:
        names.insert(0, f"{frame.dataset.overlapping}={frame.slices[where[0]]}")
    return ", ".join(names)


def _difference(frame: Frame, relation: Relation) -> str:
    terms = [
        ("+" if sign > 0 else "-") + " " + frame.slices[k] for k, sign in sorted(relation.terms, key=lambda t: -t[1])
    ]
    return f"{frame.dataset.overlapping}={' '.join(terms).removeprefix('+ ')}"


def cell_faults(frame: Frame, rule: int, base: str, bad: Bools, found: str) -> Iterator[Fault]:
    """A fault for each of the first cells where `bad` (over cells numbered as in a proof), and one for the rest."""
    return index_faults(frame, rule, base, np.flatnonzero(bad), found)


def index_faults(frame: Frame, rule: int, base: str, index: Ints, found: str) -> Iterator[Fault]:
    """The same for cells given by their numbers."""
    for k in index[:NAMED]:
        yield Fault(rule, base, cell_name(frame, int(k)), found)
    if len(index) > NAMED:
        yield Fault(rule, base, "", f"{found}: {len(index) - NAMED} more cells")
