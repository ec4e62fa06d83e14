"""Why a row is set aside. A row has one reason, the first that applies in the order of this file."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.records.matching import below

NO_IDENTIFIER = "no identifier"
OTHER_PERIOD = "period that is not the definition's"
NOT_AMONG_PEOPLE = "unit that is not among the counted people of its period"
DECLARED_EMPTY = "in a combination that is declared empty"
CONTRADICTORY = "unit with several rows in a period that differ: none of them counts"
REPEATED = "repeats a row that counts"


def no_code(dimension: str) -> str:
    """The value fits no leaf, and there is no unknown one."""
    return f"value of {dimension} that fits no code"


def no_amount(measure: str) -> str:
    """Missing, negative, not a number, or beyond all amounts."""
    return f"{measure} is no amount"


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

    where: dict[str, list[int]]
    nodes: list[int] | None

    def holds(self, table: ir.Table, node: ir.Column | None = None) -> ir.BooleanColumn:
        """Whether a row lies in it, given columns that are named as the dimensions."""
        inside = ibis.literal(True)
        for name, positions in self.where.items():
            inside = inside & table[name].isin(positions)
        if self.nodes is not None and node is not None:
            inside = inside & node.isin(self.nodes)
        return inside.fill_null(False)


def empty_rules(dataset: Dataset, hierarchies: dict[str, Hierarchy]) -> tuple[EmptyRule, ...]:
    """The definition's declarations, for the hierarchies of a period."""
    rules = []
    for declared in dataset.definition.empty:
        where = {n: below(hierarchies[n], codes) for n, codes in declared.where.items() if n != dataset.overlapping}
        nodes = None
        if dataset.overlapping in declared.where:
            overlapping = hierarchies[dataset.overlapping]
            found = below(overlapping, declared.where[dataset.overlapping])
            nodes = None if 0 in found else found
        rules.append(EmptyRule(where, nodes))
    return tuple(rules)
