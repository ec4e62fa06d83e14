"""What verify finds, and the names of cells."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid

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


def cell_name(grid: Grid, index: int) -> str:
    """Codes of the cell `index` (as in a proof): a cell of the grid or, beyond them, a difference of slices."""
    size = grid.published.size
    if index < size:
        return grid.names.assignments(index)
    number, place = divmod(index - size, size // grid.shape[0])
    return grid.names.difference(grid.relations[number].terms, place)


def cell_faults(grid: Grid, rule: int, base: str, bad: Bools, found: str) -> Iterator[Fault]:
    """A fault for each of the first cells where `bad` (over cells numbered as in a proof), and one for the rest."""
    return index_faults(grid, rule, base, np.flatnonzero(bad), found)


def index_faults(grid: Grid, rule: int, base: str, index: Ints, found: str) -> Iterator[Fault]:
    """The same for cells given by their numbers."""
    for k in index[:NAMED]:
        yield Fault(rule, base, cell_name(grid, int(k)), found)
    if len(index) > NAMED:
        yield Fault(rule, base, "", f"{found}: {len(index) - NAMED} more cells")
