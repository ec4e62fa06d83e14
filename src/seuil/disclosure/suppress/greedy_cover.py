"""Greedy set covering with conditions: take the cell that is cheapest for each cut that it newly obeys (confidential).

The heuristic of Chvatal (1979, Mathematics of Operations Research 4), with cuts that ask for nothing until their own
cell is taken; then what has become needless is dropped, dearest first. Cut k is obeyed if one of the columns
member[start[k]:start[k + 1]] is chosen, or its held[k] is not (-1: it always asks). cell_start, cell_cut: the cuts of
each column.

Cost: linear in the entries of all cuts for each pass; a pass follows while the last one took something.
"""

import numpy as np
from numba import njit

from seuil.disclosure.arrays import Bools, Floats, Ints


@njit(cache=True)
def slack(start: Ints, member: Ints, held: Ints, share: Floats) -> Floats:
    """By how much every cut is obeyed; less than 0 where it is broken."""
    left = np.empty(len(held))
    for k in range(len(held)):
        left[k] = -(share[held[k]] if held[k] >= 0 else 1.0)
        for q in range(start[k], start[k + 1]):
            left[k] += share[member[q]]
    return left


@njit(cache=True)
def times_obeyed(start: Ints, member: Ints, chosen: Bools) -> Ints:
    """By how many cells every cut is obeyed."""
    met = np.zeros(len(start) - 1, np.int64)
    for k in range(len(met)):
        for q in range(start[k], start[k + 1]):
            met[k] += chosen[member[q]]
    return met


@njit(cache=True)
def add_greedily(
    start: Ints, member: Ints, held: Ints, cell_start: Ints, cell_cut: Ints, price: Floats, chosen: Bools
) -> None:
    """Obey every cut: the cell is taken that is cheapest for the number of cuts that it newly obeys."""
    met = times_obeyed(start, member, chosen)
    again = True
    while again:  # a cell that was taken may be the one of which an earlier cut speaks
        again = False
        for k in range(len(held)):
            if met[k] > 0 or (held[k] >= 0 and not chosen[held[k]]):
                continue
            best, least = -1, 1e18
            for c in member[start[k] : start[k + 1]]:
                worth = 0  # cuts that ask for something now; those of cells not yet taken may never do
                for other in cell_cut[cell_start[c] : cell_start[c + 1]]:
                    worth += met[other] == 0 and (held[other] < 0 or chosen[held[other]])
                if price[c] / worth < least:
                    best, least = c, price[c] / worth
            chosen[best] = True
            again = True
            for other in cell_cut[cell_start[best] : cell_start[best + 1]]:
                met[other] += 1


@njit(cache=True)
def drop_needless(
    start: Ints, member: Ints, held: Ints, cell_start: Ints, cell_cut: Ints, order: Ints, chosen: Bools
) -> None:
    """Leave out what is needless, in the order given."""
    met = times_obeyed(start, member, chosen)
    for c in order:
        needed = not chosen[c]
        for k in cell_cut[cell_start[c] : cell_start[c + 1]]:
            needed |= met[k] == 1 and (held[k] < 0 or chosen[held[k]])
        if not needed:
            chosen[c] = False
            for k in cell_cut[cell_start[c] : cell_start[c + 1]]:
                met[k] -= 1
