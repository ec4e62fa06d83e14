"""What `verify` finds: rules that do not hold, and where."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.verify.cells import CellLayout
from seuil.disclosure.verify.inputs import Bools, Ints

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


def cell_faults(layout: CellLayout, rule: int, base: str, bad: Bools, found: str) -> Iterator[Fault]:
    """A fault for each of the first cells where `bad` (over cells numbered as in a proof), and one for the rest."""
    return index_faults(layout, rule, base, np.flatnonzero(bad), found)


def index_faults(layout: CellLayout, rule: int, base: str, index: Ints, found: str) -> Iterator[Fault]:
    """The same for cells given by their numbers."""
    for k in index[:NAMED]:
        yield Fault(rule, base, layout.name(int(k)), found)
    if len(index) > NAMED:
        yield Fault(rule, base, "", f"{found}: {len(index) - NAMED} more cells")
