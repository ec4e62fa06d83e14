"""Tiny collections of which a sum is split by kinds of amounts, and people who have amounts of several kinds."""

from collections.abc import Mapping, Sequence
from itertools import product
from random import Random
from typing import NamedTuple

import numpy as np
from tests.helpers.strategies import dataset, tree

from seuil.disclosure.cube.cube import Amounts, Leading, Leaves
from seuil.disclosure.cube.grid import Grid
from seuil.model.dataset import Dataset

PLACES = ("T all,a T leaf,b T leaf", "T all,a T leaf,b T leaf,c T leaf", "T all,R T region,a R leaf,b R leaf,c T leaf")
SEXES = "T all,f T sex,m T sex"
KINDS = (
    "ALL all,p ALL kind,q ALL kind",
    "ALL all,p ALL kind,q ALL kind,r ALL kind",
    "ALL all,G ALL group,p G kind,q G kind,r ALL kind",
)
Amount = int


class Person(NamedTuple):
    """Who is at a leaf of the dimensions of units, and the amounts that he has, by leaf of that of amounts."""

    leaf: tuple[int, ...]
    amounts: Mapping[int, Amount]


def random_collection(draw: Random, *, own_total: bool = True, **rules: object) -> Dataset:
    """Counts by place (and sex), and a sum by place (and sex) and kind. rules: of the definition.

    own_total: whether all kinds together are protected too.
    """
    trees = {"x": tree(draw.choice(PLACES))} | ({"y": tree(SEXES)} if draw.random() < 0.25 else {})
    trees["k"] = tree(draw.choice(KINDS))
    units = [name for name in trees if name != "k"]
    summed: dict[str, object] = {**dict.fromkeys(units, "all"), "k": "all"}
    if draw.random() < 0.2 and "group" in trees["k"].levels:
        summed["k"] = ["all", "kind"]
    if not own_total:
        trees["k"] = trees["k"].without_total()
        summed["k"] = [level for level in trees["k"].levels if level != "all"]
    empty = []
    if draw.random() < 0.3:
        where = {"x": [draw.choice(trees["x"].nodes[1:]).code], "k": [draw.choice(trees["k"].nodes[1:]).code]}
        empty = [{"where": where, "reason": "no such amounts there"}]
    return dataset(
        trees,
        ["k"],
        unit="professional",
        zeros=draw.choice(("hidden", "shown")),
        tables=[
            {"levels": dict.fromkeys(units, "all"), "measures": ["n"]},
            {"levels": summed, "measures": ["m"]},
        ],
        empty=empty,
        measures={
            "n": {"kind": "count", "label": "n"},
            "m": {"kind": "sum", "label": "m", "width": draw.choice([1, 1, 2]), "kinds": "k"},
        },
        records={"people": {"file": "p.csv", "identifier": "i", "period": "p", "dimensions": {}}},
        **rules,
    )


def random_people(draw: Random, grid: Grid, how_many: Sequence[int], given: Sequence[Amount]) -> list[Person]:
    """A few people in every leaf; of most kinds they have nothing. None are where none can be."""
    own = grid.grids["m"]
    kinds, people = own.axes[-1].leaves, []
    for leaf in product(*(axis.leaves for axis in grid.axes)):
        if grid.empty[(0, *leaf)]:
            continue
        may = [kind for kind in kinds if not own.empty[(0, *leaf, kind)]]
        for _ in range(draw.choice(how_many)):
            chosen = [kind for kind in may if draw.random() < 0.5]
            people.append(Person(leaf, {kind: draw.choice(given) for kind in chosen}))
    return people


def leaves_of(grid: Grid, people: Sequence[Person]) -> Leaves:
    """What counting makes of them."""
    axis = grid.grids["m"].axes[-1]
    places = list(product(*(a.leaves for a in grid.axes)))
    shape = tuple(len(a.leaves) for a in grid.axes)
    count = np.zeros((1, *shape), np.int64)
    total = np.zeros((1, *shape, len(axis.leaves)), np.int64)
    contributors, largest, second, by = (np.zeros((1, *shape, len(axis.nodes)), np.int64) for _ in range(4))
    for place in places:
        at = (0, *(a.leaves.index(n) for a, n in zip(grid.axes, place, strict=True)))
        here = [person for person in people if person.leaf == place]
        count[at] = len(here)
        for k, kind in enumerate(axis.leaves):
            total[(*at, k)] = sum(person.amounts.get(kind, 0) for person in here)
        for node, under in enumerate(axis.leaves_under):
            has = [sum(person.amounts.get(kind, 0) for kind in under) for person in here]
            most = [*sorted(has)[::-1], 0, 0]
            contributors[(*at, node)] = sum(x > 0 for x in has)
            largest[(*at, node)], second[(*at, node)] = most[:2]
            by[(*at, node)] = has.index(most[0]) + 1 if most[0] else 0
    amounts = Amounts(total, contributors, largest, second, leading=Leading(by, largest, second))
    return Leaves(count, {"m": amounts})
