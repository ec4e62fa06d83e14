"""Primary suppression (confidential): the cells that the rules themselves hide.

Minimum frequency (threshold), dominance and p%: Hundepool et al., Statistical Disclosure Control, 2012, section 4.2.
"""

from dataclasses import dataclass
from functools import cached_property

from seuil.disclosure.arrays import Bools
from seuil.disclosure.cube.cube import Cube


@dataclass(frozen=True)
class PrimaryRules:
    """The cells that the rule itself hides (confidential): of the count, and of every sum."""

    cube: Cube

    @cached_property
    def count(self) -> Bools:
        """Fewer units than the threshold; an empty cell too, unless zeros are shown or it is declared empty."""
        grid, n = self.cube.grid, self.cube.count
        small = n < grid.threshold
        if grid.zeros_shown:
            small &= n > 0
        return small & ~grid.empty

    def sum(self, name: str) -> Bools:
        """Too few contributors, one of them above the dominance limit, or the p% rule; nobody is in an empty cell.

        Too few of a second unit, and dominance of one of them, likewise.

        The p% rule (Hundepool et al., Statistical Disclosure Control, 2012, section 4.2): whoever contributes the
        second largest amount takes it from the total, and what is left is above the largest by no more than what all
        others contribute. That has to be p per cent of the largest or more.
        """
        counts = self.cube.grid
        grid, amounts = counts.grids[name], self.cube.sums[name]
        rule = grid.dataset.sums[name]
        few = amounts.contributors < grid.threshold
        total = amounts.in_parts
        dominated = 100 * amounts.largest > rule.dominance * total
        others = total - amounts.largest - amounts.second
        estimated = 100 * others < rule.p_percent * amounts.largest
        nobody = counts.onto(grid, self.cube.count == 0) & grid.zeros_shown
        other = amounts.second_unit
        if rule.second_unit is not None and other is not None:
            few = few | (other.count < rule.second_unit.threshold)
            dominated = dominated | (100 * other.largest > rule.second_unit.dominance * total)
        return (few | dominated | estimated) & ~grid.empty & ~nobody
