"""Why a row is set aside, or left out of a sum. A row has one reason, the first that applies.

A row that is set aside counts nowhere. A row whose amount is wrong counts as a unit, and is left out of that sum alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.records.values import LARGEST_AMOUNT, Wrong

NO_IDENTIFIER = "no identifier"
OTHER_PERIOD = "period that is not the definition's"
NOT_AMONG_PEOPLE = "unit that is not among the counted people of its period"
DECLARED_EMPTY = "in a combination that is declared empty"
OTHER_ROW_LEFT_OUT = "another row of the unit is left out of this sum, and so are all of its rows"
CONTRADICTORY = "unit with several rows in a period that differ in a dimension: none of them counts"
REPEATED = "repeats a row that counts"


def no_code(dimension: str) -> str:
    """The value fits no leaf, and there is no unknown one."""
    return f"value of {dimension} that fits no code"


def no_value(dimension: str) -> str:
    """Nothing stands there, and there is no unknown leaf."""
    return f"no value of {dimension}"


LEFT_OUT: Mapping[Wrong, str] = {
    Wrong.MISSING: "no amount is given; expected a number, 0 where there is none",
    Wrong.SPACES: "the amount has spaces or apostrophes between its digits; expected digits alone, as in 12345.50",
    Wrong.COMMA: "the amount has a comma; expected a point for decimals, nothing between thousands: 12345.50",
    Wrong.NEGATIVE: "the amount is negative; expected 0 or more, corrections taken off the amount that they correct",
    Wrong.TOO_LARGE: f"the amount is too large; expected at most {LARGEST_AMOUNT:,} whole units",
    Wrong.NO_NUMBER: "the amount is no number; expected digits, with a point before decimals",
    Wrong.DIFFERS: "several rows of one unit have other amounts; expected one row a unit and period",
}
"""Why a row that counts is left out of a sum, and what was expected."""


def first_of(conditions: Sequence[tuple[str, ir.BooleanColumn]]) -> ir.Column:
    """The first reason that applies, null where none does."""
    if not conditions:
        return ibis.null("string")
    return ibis.cases(*((condition, reason) for reason, condition in conditions), else_=ibis.null("string"))


@dataclass(frozen=True)
class EmptyRule:
    """A declared empty combination in a period.

    where: positions of leaves, by additive dimension. nodes: positions of nodes of the overlapping dimension, None
    where the combination is empty whatever the node.
    """

    where: dict[str, tuple[int, ...]]
    nodes: tuple[int, ...] | None

    def holds(self, table: ir.Table, node: ir.Column | None = None) -> ir.BooleanColumn:
        """Whether a row lies in it, given columns that are named as the dimensions."""
        inside = ibis.literal(True)
        for name, positions in self.where.items():
            inside = inside & table[name].isin(positions)
        if self.nodes is not None and node is not None:
            inside = inside & node.isin(self.nodes)
        return inside.fill_null(False)


def empty_rules(dataset: Dataset, hierarchies: dict[str, Hierarchy], kinds: str | None = None) -> tuple[EmptyRule, ...]:
    """The definition's declarations, for the hierarchies of a period.

    kinds: a dimension of amounts; then those that name it, else those that name none.
    """
    rules = []
    for declared in dataset.definition.empty:
        if {name for name, codes in declared.where.items() if codes and name in dataset.of_amounts} != (
            {kinds} if kinds else set()
        ):
            continue
        where = {n: hierarchies[n].below(codes) for n, codes in declared.where.items() if n != dataset.overlapping}
        nodes = None
        if dataset.overlapping in declared.where:
            overlapping = hierarchies[dataset.overlapping]
            found = overlapping.below(declared.where[dataset.overlapping])
            nodes = None if 0 in found else found
        rules.append(EmptyRule(where, nodes))
    return tuple(rules)
