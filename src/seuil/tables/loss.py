"""What protection costs: figures that are hidden, and why (confidential)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.external import legacy_of
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.primary import PrimaryRules
from seuil.disclosure.suppress import Price
from seuil.tables.layout import Layout

NAMED = 10


@dataclass(frozen=True)
class Tally:
    """Numbers of figures: published or hidden, hidden because they are small, hidden to protect these."""

    cells: int
    primary: int
    secondary: int

    @property
    def hidden(self) -> int:
        return self.primary + self.secondary

    @property
    def share(self) -> float:
        """Per cent of the figures that are hidden."""
        return 100 * self.hidden / self.cells if self.cells else 0.0

    @property
    def secondary_share(self) -> float:
        """Per cent of the figures that are hidden though they are not small: what protection costs."""
        return 100 * self.secondary / self.cells if self.cells else 0.0

    def __str__(self) -> str:
        return (
            f"{self.cells:,} figures, {self.hidden:,} hidden ({self.share:.1f} %): "
            f"{self.primary:,} small, {self.secondary:,} to protect them"
        )


@dataclass(frozen=True)
class Loss(Tally):
    """The whole table, and by dimension and level. Confidential. seconds: what protecting and proving took.

    price: what hiding cost, and the least that it can. legacy: hidden ones that are not proved, since what is known
    from elsewhere discloses them.
    """

    levels: dict[str, dict[str, Tally]]
    seconds: float
    price: Price
    legacy: int = 0

    @property
    def gap(self) -> float:
        """By how many per cent fewer figures could at best be hidden to protect others (a bound, perhaps less)."""
        return 100 * (1 - self.price.least_number / self.price.number) if self.price.number else 0.0

    @property
    def cost_gap(self) -> float:
        """The same for their cost, in which figures of higher levels weigh more."""
        return 100 * (1 - self.price.least_cost / self.price.cost) if self.price.cost else 0.0

    def __str__(self) -> str:
        told = f"{super().__str__()}, of which {self.price.least_number:,} at least are needed (gap {self.gap:.1f} %)"
        return f"{told}; {self.legacy:,} disclosed by what is known from elsewhere" if self.legacy else told


@dataclass(frozen=True)
class Reasons:
    """Which hidden cells are small. Arrays over cells, flat."""

    layout: Layout
    figures: Figures
    cube: Cube

    @cached_property
    def published(self) -> Ints:
        """Cells with a row, in the order of rows."""
        return self.layout.in_order(self.figures.grid.published)

    @cached_property
    def small(self) -> Bools:
        """Cells that the rule itself hides."""
        return np.asarray(PrimaryRules(self.cube).count.ravel() & self.figures.grid.published.ravel())

    @cached_property
    def hidden(self) -> Bools:
        return self.figures.count.hidden.ravel()

    @cached_property
    def legacy(self) -> Ints:
        """Hidden cells without a proof, which what is known from elsewhere discloses."""
        return legacy_of(self.figures)

    def tally(self, cells: Ints) -> Tally:
        """Numbers of some cells."""
        hidden, small = self.hidden[cells], self.small[cells]
        return Tally(len(cells), int((hidden & small).sum()), int((hidden & ~small).sum()))

    def by_level(self) -> Iterator[tuple[str, str, Tally]]:
        """Dimension, level, and the numbers of all cells at that level of it."""
        where = self.layout.where(self.published)
        for name, tree in self.layout.trees.items():
            for level in dict.fromkeys(tree.levels):
                at = np.array([known == level for known in tree.levels])
                cells = self.published[at[where[name]]]
                if len(cells):
                    yield name, level, self.tally(cells)

    def loss(self, seconds: float, price: Price) -> Loss:
        """All of it."""
        whole = self.tally(self.published)
        levels: dict[str, dict[str, Tally]] = {}
        for name, level, tally in self.by_level():
            levels.setdefault(name, {})[level] = tally
        return Loss(whole.cells, whole.primary, whole.secondary, levels, seconds, price, len(self.legacy))


def legacy_words(told: str, legacy: Sequence[str]) -> str:
    """What is told of all hidden figures, but for those that are accepted without a proof."""
    if not legacy:
        return told
    named = "; ".join(legacy[:NAMED]) + (f" and {len(legacy) - NAMED} more" if len(legacy) > NAMED else "")
    return f"{told}, but for {len(legacy)} accepted as legacy ({named})"
