"""What is to be proved of a system: protection levels of cells, and which cells are proved with others.

The levels are those of the field (Fischetti and Salazar, Solving the cell suppression problem on tabular data with
linear constraints, Management Science 2001). Of a cell with the *sliding* level 5, the highest and the lowest value in
any table that readers must take for possible are 5 apart or more, wherever that range lies. The *upper* and the *lower*
level are values here, not distances: the highest must come up to one, the lowest down to the other.

Counts have a sliding level alone, the threshold. Sums are asked for the other two as well, by `suppress`, which knows
their true values; an audit doesn't, so it asks for a width.
"""

from dataclasses import dataclass

from seuil.disclosure.arrays import Bools, Ints

INFINITE = 1 << 60  # beyond every count, sum and bound; as a level: none (-INFINITE of the upper one)


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
    """What is to be proved of a system.

    cells: sorted, numbered as in `Proof.cells`. sliding, upper, lower: (cells,) protection levels, in units of the
    base; a sliding level of 0 asks for nothing: the cell is watched for being small. group: (cells,) group of each;
    where `justified`, a group must hold a small cell in every table, one from `floor` to below `threshold`, unless it
    is `free` (groups,).
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
