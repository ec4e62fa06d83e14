"""A sum of rows of which only the total is known, as if all people of a row gave as much."""

from collections.abc import Mapping

import numpy as np

from kit.memory import Texts, leaf_counts, leaf_places
from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Amounts
from seuil.disclosure.cube.grid import Grid


def leaf_amounts(grid: Grid, codes: Mapping[str, Texts], people: Ints, totals: Ints) -> Amounts:
    """Amounts over (slices, leaves of every axis). people, totals: (rows,); in a row of nothing nobody contributes."""
    total = leaf_counts(grid, codes, totals)
    contributors = leaf_counts(grid, codes, np.where(totals > 0, people, 0))
    places = np.ravel_multi_index(leaf_places(grid, codes, len(totals)), total.shape)
    share = -(-totals // people)
    # Two people of a row can be the two largest; the largest contributions come first within a leaf.
    place, gift = (np.concatenate([x, x[people > 1]]) for x in (places, share))
    order = np.lexsort((-gift, place))
    place, gift = place[order], gift[order]
    first = np.flatnonzero(np.diff(place, prepend=-1))
    largest, second = np.zeros(total.size, np.int64), np.zeros(total.size, np.int64)
    largest[place[first]] = gift[first]
    next_one = first[first + 1 < len(place)] + 1
    same = next_one[place[next_one] == place[next_one - 1]]
    second[place[same]] = gift[same]
    return Amounts(total, contributors, largest.reshape(total.shape), second.reshape(total.shape))
