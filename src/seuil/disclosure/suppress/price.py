"""What a pattern costs, and what every safe one costs at least (confidential).

The least comes from the cuts that every safe pattern obeys: from the relaxation of the master, and of small tables from
its program in whole numbers, whose first node alone raises the bound of table S by 1 to 7 per cent.
"""

import math
from dataclasses import dataclass

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Floats
from seuil.disclosure.suppress.cutting_plane import CuttingPlane
from seuil.disclosure.suppress.instance import Instance
from seuil.disclosure.suppress.whole_number_master import bound

ROUNDING = 1e-6  # of a solver's whole number
ONE = 1 - ROUNDING  # a bound that is nearer than this to a number of cells can't be raised


@dataclass(frozen=True)
class Price:
    """How many published cells a pattern hides beside those that were hidden at the start, and what they cost.

    least_number, least_cost: no safe pattern is below (proved by the cuts that all of them obey).
    """

    number: int
    cost: float
    least_number: int
    least_cost: float


def price_of(instance: Instance, plane: CuttingPlane, *, large: bool) -> Price:
    """The price of the pattern that stands. large: it has so many cells that only the number is bounded by all cuts."""
    more, published = plane.hidden & ~instance.start, (~instance.problem.implied.nodes).astype(np.float64)
    number, cost = int(published[more].sum()), float(instance.cost[more].sum())
    costs, counted = plane.equal.costs(instance.cost), plane.equal.costs(published)  # of classes of equal cells
    if large:  # cuts that came in later raise the least cost by less than they take to count
        least_cost, [least] = plane.least_cost, plane.master.least_of(counted)
    else:  # first what it has been solved for already: that is quicker
        least_cost, least = plane.master.least_of(costs, counted)
    least_cost = max(least_cost, plane.least_cost)
    if plane.master.exhausted:
        least = _fewest(instance, published, least_cost)
    else:
        least_cost, least = _in_whole_numbers(instance, plane, costs, counted, least_cost, least)
    return Price(number, cost, math.ceil(least - ROUNDING), least_cost)


def _fewest(instance: Instance, counted: Floats, cost: float) -> float:
    """How many cells at least cost so much."""
    cells = instance.eligible & ~instance.start
    published: Bools = cells & (counted > 0)
    rest = float(instance.cost[cells & ~published].sum())
    return max(cost - rest, 0.0) / float(instance.cost[published].max()) if published.any() else 0.0


def _in_whole_numbers(
    instance: Instance, plane: CuttingPlane, costs: Floats, counted: Floats, least_cost: float, least: float
) -> tuple[float, float]:
    """Better bounds of the cost and of the number, where the table is small enough to find some."""
    t, cells = tuning.TUNING.suppress, int(instance.truth.grid.published.sum())
    if not instance.problem.counts or cells > t.bounded_cells:
        return least_cost, least
    if cells > t.whole_number_cells:
        return least_cost, max(least, bound(plane, counted, ONE, 1, t.bound_gap))
    nodes, gap = t.bound_nodes, t.whole_number_gap
    return max(least_cost, bound(plane, costs, gap, nodes)), max(least, bound(plane, counted, ONE, nodes))
