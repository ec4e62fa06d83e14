"""What contributors know of a sum that is split by kinds of amounts, of which each may have several (confidential).

Who has fees of three kinds knows of each of them, and of what they add up to, that it is at least his; and where he is
alone, in whichever kinds, how much there is. What he contributes to a node is not the largest of his amounts below it
but their sum. So people are thought of at the *entries*: leaves of all dimensions of units, and every node of that of
amounts. Of each entry the program knows who contributes most, and the two largest amounts.

    consultations: A 60, B 40     surgery: A 30     all: A 90, B 40

B knows 40 in consultations and 40 in all, not that all surgery is A's. A knows all of surgery, so that for him
consultations are all less 30: he is excepted of every cell that surgery is a part of, wherever his amounts stand, and
none is proved to him; B is not.

People are of one kind who are at the same leaves of the dimensions of units, and none of whom contributes most to an
entry but one: he gives what is largest where he does, and no one of them more than the second largest elsewhere.
"""

import numpy as np
from scipy.sparse import coo_array, csr_array, kron

from seuil.disclosure.arrays import Ints
from seuil.disclosure.constraints.implied import Implied
from seuil.disclosure.cube.cube import Amounts, Leading
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.suppress.contributors import ContributorKnowledge
from seuil.model.hierarchy import Hierarchy


def knowledge_by_kinds(
    grid: Grid, amounts: Amounts, leading: Leading, lower: Ints, implied: Implied
) -> ContributorKnowledge:
    """What contributors to such a sum know. lower: (cells,) as of `ContributorKnowledge`, whose leaves are entries."""
    entry, total = _entries(grid), amounts.total.ravel()
    alone = amounts.contributors.ravel() == 1
    by = leading.by.ravel()
    # Kinds are rounded each for itself: what they add up to may be a little less than what somebody has of all of them.
    largest, second = (np.minimum(amounts.units(x).ravel(), total[entry]) for x in (leading.largest, leading.second))
    largest = np.where(alone[entry], total[entry], largest)
    cells = np.flatnonzero(implied.spanned)
    own, within = (csr_array(matrix[cells]) for matrix in _incidence(grid))
    whole = np.repeat(cells, np.diff(within.indptr))
    # Whoever is alone in a part, or gives so much that the whole can't fall far enough without him, is excepted.
    mostly = (by > 0)[within.indices] & (alone[entry[within.indices]] | (largest[within.indices] > lower[whole]))
    excepted = coo_array(
        (np.ones(int(mostly.sum()), np.int64), (whole[mostly], within.indices[mostly])), shape=(len(total), len(entry))
    ).tocsr()
    people = _people(grid, by)
    # With what he has of whatever kind.
    excepted = csr_array(excepted @ people.T @ people)
    other = np.zeros_like(largest)
    if leading.second_unit is not None:
        several = leading.second_unit.count.ravel() > 1
        other = np.where(several, np.minimum(amounts.units(leading.second_unit.largest).ravel(), total[entry]), 0)
    return ContributorKnowledge(
        largest=largest,
        second=second,
        other=other,
        gives=_gives(grid, people, largest, second),
        total=total,
        alone=alone,
        lower=lower,
        cells=cells,
        parts=own,
        excepted=excepted,
    )


def _entries(grid: Grid) -> Ints:
    """(entries,) cells (flat) at leaves of all dimensions of units."""
    chosen = [np.zeros(1, np.int64)]
    for name, axis in zip(grid.base.additive, grid.axes, strict=True):
        chosen.append(np.arange(len(axis.nodes)) if name == grid.base.kinds else np.array(axis.leaves, np.int64))
    return np.asarray(np.ravel_multi_index(np.ix_(*chosen), grid.shape).ravel(), np.int64)


def _incidence(grid: Grid) -> tuple[csr_array, csr_array]:
    """(cells, entries) twice: of the same node of the dimension of amounts, and of that node or one below it."""
    own = within = csr_array(np.eye(1, dtype=np.int64))
    for name, axis in zip(grid.base.additive, grid.axes, strict=True):
        if name == grid.base.kinds:
            one, other = csr_array(np.eye(len(axis.nodes), dtype=np.int64)), _below(axis)
        else:
            one = other = _leaves_under(axis)
        own, within = (csr_array(kron(a, b, format="csr")) for a, b in ((own, one), (within, other)))
    return own, within


def _leaves_under(axis: Hierarchy) -> csr_array:
    position = {leaf: k for k, leaf in enumerate(axis.leaves)}
    pairs = [(k, position[leaf]) for k, leaves in enumerate(axis.leaves_under) for leaf in leaves]
    return _ones(pairs, (len(axis.nodes), len(axis.leaves)))


def _below(axis: Hierarchy) -> csr_array:
    """(nodes, nodes) each with itself and all below it."""
    pairs = [(k, below) for k, node in enumerate(axis.nodes) for below in axis.below([node.code])]
    return _ones(pairs, (len(axis.nodes), len(axis.nodes)))


def _ones(pairs: list[tuple[int, int]], shape: tuple[int, int]) -> csr_array:
    row, column = np.array(pairs, np.int64).T
    return coo_array((np.ones(len(row), np.int64), (row, column)), shape=shape).tocsr()


def _places(grid: Grid) -> Ints:
    """(entries,) a number of the leaves of all dimensions of units that each is at."""
    sizes = [
        1 if name == grid.base.kinds else len(axis.leaves)
        for name, axis in zip(grid.base.additive, grid.axes, strict=True)
    ]
    shape = [
        len(axis.nodes) if name == grid.base.kinds else len(axis.leaves)
        for name, axis in zip(grid.base.additive, grid.axes, strict=True)
    ]
    return np.broadcast_to(np.arange(int(np.prod(sizes))).reshape(sizes), shape).ravel().astype(np.int64)


def _people(grid: Grid, by: Ints) -> csr_array:
    """(people, entries) where each of those contributes most who does so anywhere."""
    somebody = np.flatnonzero(by > 0)
    pair = _places(grid)[somebody] * (int(by.max(initial=0)) + 1) + by[somebody]
    person = np.unique(pair, return_inverse=True)[1].reshape(-1)
    shape = (int(person.max(initial=-1)) + 1, len(by))
    return coo_array((np.ones(len(somebody), np.int64), (person, somebody)), shape=shape).tocsr()


def _gives(grid: Grid, people: csr_array, largest: Ints, second: Ints) -> csr_array:
    """(kinds of people, entries) what they may contribute at most, those first who contribute most to an entry."""
    place, size = _places(grid), people.shape[0]
    if not size:
        return csr_array((0, len(largest)), dtype=np.int64)
    at = place[people.indices[people.indptr[:-1]]]
    order = np.argsort(place, kind="stable")
    each = len(order) // (int(place.max()) + 1)  # entries of every place, place after place
    entries = order.reshape(-1, each)[at]
    leads = np.zeros((size, each), np.bool_)
    person = np.repeat(np.arange(size), np.diff(people.indptr))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) % each
    leads[person, rank[people.indices]] = True
    given = np.where(leads, largest[entries], second[entries])
    first = np.argsort(-given.max(axis=1), kind="stable")
    start = np.arange(size + 1, dtype=np.int64) * each
    found = csr_array((given[first].ravel(), entries[first].ravel(), start), shape=(size, len(largest)))
    found.eliminate_zeros()
    return found
