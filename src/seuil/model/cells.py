"""The names of cells: the one place where a cell of a table becomes text, for messages, reports and rows.

Cells are numbered as arrays over (slices, nodes of the first additive dimension, ...) are laid out, the last axis
fastest.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

GRAND_TOTAL = "the grand total"
NAMED = 10
"""How many cells a message names; the rest is counted."""


@dataclass(frozen=True)
class NodeNames:
    """How the nodes of one dimension are written. codes, levels: of every node, the total first."""

    dimension: str
    codes: tuple[str, ...]
    levels: tuple[str, ...]

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        """Codes that stand at several levels."""
        return frozenset(code for code, times in Counter(self.codes).items() if times > 1)

    def words(self, node: int) -> str:
        """A node with its dimension, and with its level where the code alone doesn't tell."""
        code = self.codes[node]
        level = f" ({self.levels[node]})" if code in self.ambiguous else ""
        return f"{self.dimension} {code}{level}"


@dataclass(frozen=True)
class CellNames:
    """Names of the cells of one table.

    dimensions: in the order in which they are told. axes: the axis of `shape` that each of them is; an axis of length 1
    that no dimension is has no name.
    """

    dimensions: tuple[NodeNames, ...]
    axes: tuple[int, ...]
    shape: tuple[int, ...]

    @cached_property
    def size(self) -> int:
        """How many cells there are."""
        product = 1
        for length in self.shape:
            product *= length
        return product

    def nodes(self, cell: int) -> tuple[int, ...]:
        """Position of a cell's node in every dimension."""
        places = [0] * len(self.shape)
        for axis in reversed(range(len(self.shape))):
            cell, places[axis] = divmod(cell, self.shape[axis])
        return tuple(places[axis] for axis in self.axes)

    def name(self, cell: int) -> dict[str, str]:
        """Code by dimension."""
        return {d.dimension: d.codes[k] for d, k in zip(self.dimensions, self.nodes(cell), strict=True)}

    def words(self, cell: int) -> str:
        """A cell in words: what of it is no total."""
        told = [d.words(k) for d, k in zip(self.dimensions, self.nodes(cell), strict=True) if k]
        return ", ".join(told) or GRAND_TOTAL

    def assignments(self, cell: int) -> str:
        """Every dimension with its code, as in `territory=01, sex=f`."""
        return ", ".join(f"{name}={code}" for name, code in self.name(cell).items())

    def difference(self, terms: Sequence[tuple[int, int]], place: int) -> str:
        """What one slice has beyond others at a place, as in `condition=ALL - A, territory=01`.

        terms: (slice, +1 or -1). place: number of the cell within its slice.
        """
        sliced = self.axes.index(0)
        signs = [
            ("+" if sign > 0 else "-") + " " + self.dimensions[sliced].codes[k]
            for k, sign in sorted(terms, key=lambda term: -term[1])
        ]
        first = f"{self.dimensions[sliced].dimension}={' '.join(signs).removeprefix('+ ')}"
        codes = self.name(place)
        rest = [f"{d.dimension}={codes[d.dimension]}" for k, d in enumerate(self.dimensions) if k != sliced]
        return ", ".join([first, *rest])

    def in_proof(self, number: int, differences: Sequence[Sequence[tuple[int, int]]]) -> str:
        """A cell as proofs number them: those of the table or, beyond them, the differences of slices, place by place.

        differences: terms of each, as of `difference`.
        """
        if number < self.size:
            return self.assignments(number)
        which, place = divmod(number - self.size, self.size // self.shape[0])
        return self.difference(differences[which], place)

    def few(self, cells: Iterable[int]) -> str:
        """Codes of the first of some cells, and how many more there are."""
        every = list(cells)
        more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
        return "; ".join(", ".join(self.name(cell).values()) for cell in every[:NAMED]) + more
