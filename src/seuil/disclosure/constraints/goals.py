"""What is to be proved of a system: ranges of cells, and which cells are proved with others."""

from dataclasses import dataclass

from seuil.disclosure.arrays import Bools, Ints

INFINITE = 1 << 60  # a value that nothing reaches


@dataclass(frozen=True)
class AggregatedCells:
    """Cells that are proved by one target each: they move as it does (sign 1) or against it (-1).

    cells: numbered as in `Proof.cells`, sorted, the targets among them. of: (cells,) position in `Targets.cells`.
    """

    cells: Ints
    of: Ints
    sign: Ints


@dataclass(frozen=True)
class Targets:
    """What is to be proved of a system. cells: positions as in `Proof.cells`; sliding: (cells,) range of each.

    group: (cells,) group of each; where `justified`, a group must hold a small cell in every table, one from `floor` to
    below `threshold`, unless it is `free` (groups,).
    """

    cells: Ints
    sliding: Ints
    upper: Ints
    lower: Ints
    group: Ints
    free: Bools
    floor: int
    threshold: int
    justified: bool
