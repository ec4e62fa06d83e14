"""Contributors as attackers: what they know of a sum beyond its figures, and witnesses for them (confidential).

Whoever contributes to a leaf knows that it, and all that it is a part of, is at least what he contributes, and knows
exactly how much there is where he is alone. That the attacker may be a respondent is why there are dominance and p%
rules for single cells (Hundepool et al. 2012, Statistical Disclosure Control, chapter 4); that safe single cells don't
make a safe pattern is the starting point of Daalmans and de Waal (2010, Transactions on Data Privacy 3, 217-251).
Nobody is told too much by a cell if for everyone there are tables with all that he knows in which the cell is far
enough away; for several people that may take several tables.

    fees 60 + 40 = 100 of two people A and B in different leaves, p = 10: in no table that holds for A *and* B does the
    total fall to 90, since 60 and 40 are known; for A alone it falls to 60.

Of each cell some are excepted: who is alone in a leaf of it is told nothing new by the whole, since what it leaves him
to find out are its other parts, and these are proved themselves; and who gives nearly all of it knows it anyway.

Cost: one table for most cells; up to 2^`splits` for those for which one does not hold for all (decision 12).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.implied import Implied
from seuil.disclosure.constraints.rows import Rows, is_leaf, spans
from seuil.disclosure.constraints.system import common_bounds, leaf_sums
from seuil.disclosure.cube.cube import Amounts
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push
from seuil.disclosure.witness.search import WitnessSearch


@dataclass(frozen=True)
class ContributorKnowledge:
    """What is known by people of several kinds.

    largest, second: (leaves,) contributions to the leaves of all slices. other: (leaves,) the largest amount of a
    second unit there, 0 where only one is. gives: (kinds of people, leaves) what they may contribute at most; the kinds
    are sorted, those that give most first. total, alone: (cells,) the true table, and where only one contributes.
    lower: (cells,) to which each has to come down in one of its tables. cells: those that equations tell of; parts:
    (of these, leaves) what each adds up. excepted: (cells, leaves) whose largest contributor need not be thought of.
    """

    largest: Ints
    second: Ints
    other: Ints
    gives: csr_array
    total: Ints
    alone: Bools
    lower: Ints
    cells: Ints
    parts: csr_array
    excepted: csr_array

    @cached_property
    def everyone(self) -> Ints:
        """All kinds of people."""
        return np.arange(self.gives.shape[0])

    @cached_property
    def apart(self) -> Bools:
        """(cells,) for which other people count than for most."""
        return np.asarray((np.diff(self.excepted.indptr) > 0) | (self.total == 0))

    def whom_to_convince(self, cell: int) -> Ints:
        """Whom a cell must not tell too much: of an empty one they may know what they like."""
        return self.everyone if self.total[cell] > 0 else self.everyone[:0]

    def bounds(self, people: Ints, cell: int | None = None) -> tuple[Ints, Bools]:
        """What some people know, all together: how much (cells,) is there at least, and where there is no more.

        cell: without those that are excepted of it.
        """
        least = self.least_of(people)
        if cell is not None:
            cells, without = self.least_without(people, cell)
            least = least.copy()
            least[cells] = without
        return least, self.alone & (least == self.total)

    def least_of(self, people: Ints) -> Ints:
        """How much (cells,) there is at least to some people's knowledge. To be read only."""
        return self._together(people)[1]

    def least_without(self, people: Ints, cell: int) -> tuple[Ints, Ints]:
        """Where that may be less without those of them that are excepted of a cell, and how much is left there."""
        contribution, least = self._together(people)
        begin, end = self.excepted.indptr[cell], self.excepted.indptr[cell + 1]
        excepted = self.excepted.indices[begin:end].astype(np.int64)
        other = self.other[excepted]
        left = np.maximum(self.second[excepted], np.where(other <= self.lower[cell], other, 0))
        less = left < contribution[excepted]
        wholes = self._wholes.indptr, self._wholes.indices
        parts = self.parts.indptr, self.parts.indices
        return _most_without(contribution, least, excepted[less], left[less], *wholes, *parts, self.cells)

    def _together(self, people: Ints) -> tuple[Ints, Ints]:
        """What some people contribute to (leaves,) at most, and by that to (cells,). To be read only."""
        # The same groups are asked for again and again, cell after cell: everyone, both halves, their halves...
        group = people.tobytes()
        known = self._of_groups.get(group)
        if known is None:
            contribution, least = np.zeros_like(self.largest), np.zeros_like(self.total)
            gives = self.gives[people]
            np.maximum.at(contribution, gives.indices, gives.data)
            if len(self.cells):
                least[self.cells] = np.maximum.reduceat(contribution[self.parts.indices], self.parts.indptr[:-1])
            known = self._of_groups[group] = contribution, least
        return known

    @cached_property
    def _of_groups(self) -> dict[bytes, tuple[Ints, Ints]]:
        return {}

    @cached_property
    def _wholes(self) -> csr_array:
        """(leaves, rows of `parts`) which of them have a leaf in them."""
        return csr_array(self.parts.T)

    def within(self, low: Ints, high: Ints, people: Ints, cell: int | None = None) -> tuple[Ints, Ints]:
        """Bounds of all cells by what some people know. low, high: (cells,) bounds by the figures alone."""
        least, exactly = self.bounds(people, cell)
        return np.maximum(low, least), np.where(exactly, np.minimum(high, self.total), high)


def knowledge_of_contributors(grid: Grid, amounts: Amounts, lower: Ints, implied: Implied) -> ContributorKnowledge:
    """What contributors to a sum know. lower: as of `ContributorKnowledge`."""
    leaf = np.flatnonzero(is_leaf(grid).ravel())
    alone = amounts.contributors.ravel() == 1
    largest, second = (amounts.units(x).ravel()[leaf] for x in (amounts.largest, amounts.second))
    gives = kinds_of(largest.reshape(grid.shape[0], -1), second.reshape(grid.shape[0], -1))
    cells = np.flatnonzero(implied.spanned)
    parts = csr_array(leaf_sums(grid)[cells])
    whole = np.repeat(cells, np.diff(parts.indptr))
    # Whoever is alone in a part, or gives so much that the whole can't fall far enough without him, is excepted.
    mostly = alone[leaf[parts.indices]] | (largest[parts.indices] > lower[whole])
    excepted = coo_array((mostly, (whole, parts.indices)), shape=(len(alone), len(leaf)), dtype=np.int64).tocsr()
    excepted.eliminate_zeros()
    # He is excepted as well where overlapping slices count the same contribution again.
    known_well = alone[leaf] | (largest > lower[leaf])
    excepted = csr_array(excepted @ _same_person(leaf, largest, known_well, implied.overlaps, len(alone)))
    # A second unit (the patients of a professional's fees) contributes to the same cells with other amounts.
    other = np.zeros_like(largest)
    if amounts.second_unit is not None:
        several = amounts.second_unit.count.ravel()[leaf] > 1
        other = np.where(several, amounts.units(amounts.second_unit.largest).ravel()[leaf], 0)
    return ContributorKnowledge(
        largest=largest,
        second=second,
        other=other,
        gives=gives,
        total=amounts.total.ravel(),
        alone=alone,
        lower=lower,
        cells=cells,
        parts=parts,
        excepted=excepted,
    )


def kinds_of(largest: Ints, second: Ints) -> csr_array:
    """What people of each kind may contribute to each leaf at most; given are (slices, places).

    People are of one kind who are at the same place and give no more than a largest contribution there, but more than
    any smaller one: where the largest is above that they are at most second.
    """
    slices, places = largest.shape
    kinds, entries = [], []
    for place in range(places):
        below = 0
        for most in np.unique(largest[:, place][largest[:, place] > 0]).tolist():
            at, then = largest[:, place], second[:, place]
            given = np.where(at == most, most, np.where((at > most) & (then > below), np.minimum(then, most), 0))
            there = np.flatnonzero(given)
            entries.append((there * places + place, given[there]))
            kinds.append(most)
            below = most
    order = np.argsort(-np.array(kinds, np.int64), kind="stable")
    start = np.cumsum([0] + [len(entries[k][0]) for k in order])
    leaf, given = (np.concatenate([np.zeros(0, np.int64), *(entries[k][x] for k in order)]) for x in (0, 1))
    return csr_array((given, leaf, start), shape=(len(kinds), slices * places))


def _same_person(leaf: Ints, largest: Ints, known_well: Bools, relations: Rows, cells: int) -> csr_array:
    """(leaves, leaves) whose largest contributor is the same person: one slice is a part of the other there."""
    number = np.full(cells, -1, np.int64)
    number[leaf[known_well]] = np.flatnonzero(known_well)
    line = np.repeat(np.arange(len(relations)), np.diff(relations.start))
    entry = number[relations.cell] >= 0
    at, line, sign = number[relations.cell[entry]], line[entry], relations.coefficient[entry]
    pairs = []
    for here in np.split(np.arange(len(at)), np.flatnonzero(np.diff(line)) + 1):
        one, other = at[here[sign[here] > 0]], at[here[sign[here] < 0]]
        pairs += [(a, b) for a in one.tolist() for b in other.tolist() if largest[a] == largest[b]]
    first, second = np.array(pairs, np.int64).reshape(-1, 2).T
    size = len(leaf)
    links = coo_array((np.ones(len(first), np.int64), (first, second)), shape=(size, size))
    person = connected_components(links, directed=False)[1]
    of = csr_array((np.ones(size, np.int64), (np.arange(size), person)), shape=(size, size))
    return csr_array(of @ of.T)


@njit(cache=True)
def _most_without(
    contribution: Ints,
    least: Ints,
    without: Ints,
    left: Ints,
    whole_start: Ints,
    whole: Ints,
    part_start: Ints,
    part: Ints,
    cells: Ints,
) -> tuple[Ints, Ints]:
    """Cells, and the most that one of their parts has, where that may be less if leaves `without` have what is left.

    contribution: (leaves,) as it is; meanwhile it is changed. least: (cells,) the most of each with it.
    """
    before = contribution[without].copy()
    contribution[without] = left
    met = np.zeros(len(cells), np.bool_)
    found, most = np.empty(len(cells), np.int64), np.empty(len(cells), np.int64)
    n = 0
    for k in range(len(without)):
        for z in range(whole_start[without[k]], whole_start[without[k] + 1]):
            row = whole[z]
            # Only where such a leaf was the one that had most the cell has less now.
            if met[row] or least[cells[row]] > before[k]:
                continue
            met[row] = True
            found[n], most[n] = cells[row], 0
            for y in range(part_start[row], part_start[row + 1]):
                most[n] = max(most[n], contribution[part[y]])
            n += 1
    contribution[without] = before
    return found[:n], most[:n]


@dataclass(frozen=True)
class ContributorWitnesses:
    """Witnesses of a cell: one for all contributors, else several, each for some of them.

    low, high: (cells,) bounds by the figures alone.
    """

    knowledge: ContributorKnowledge
    low: Ints
    high: Ints

    def not_convinced(self, search: WitnessSearch, places: Iterable[int], effort: Effort) -> dict[int, Ints]:
        """Try watched cells one by one; of each that is not proved, some people for whom no table was found."""
        found = {}
        trial = _Trial(self, search, effort)
        for place in places:
            people = self.knowledge.whom_to_convince(int(search.targets.cells[place]))
            left = trial.not_convinced(place, people, tuning.TUNING.suppress.splits)
            if left is not None:
                found[place] = left
        return found


class _Trial:
    """Tries to prove cells to people in one search, whose cells alone are looked at: a grid may have many more."""

    def __init__(self, witnesses: ContributorWitnesses, search: WitnessSearch, effort: Effort) -> None:
        self.knowledge, self.search, self.effort = witnesses.knowledge, search, effort
        self.members, self.variable = search.system.members, search.system.members.variable
        self.cells = self.members.cell
        self.low, self.high = witnesses.low[self.cells], witnesses.high[self.cells]
        self.total, self.alone = self.knowledge.total[self.cells], self.knowledge.alone[self.cells]
        self.number = np.full(len(self.knowledge.total), -1, np.int64)
        self.number[self.cells] = np.arange(len(self.cells))
        self._of_groups: dict[bytes, tuple[Ints, Ints, Ints]] = {}

    def bounds(self, cell: int, people: Ints) -> tuple[Ints, Ints]:
        """Bounds of all variables in the tables that prove a cell to some people."""
        least, low, high = self._bounds_of(people)
        changed, without = self.knowledge.least_without(people, cell)
        number = self.number[changed]
        number, without = number[number >= 0], without[number >= 0]
        if len(number):
            low, high = low.copy(), high.copy()
            variables = np.unique(self.variable[number])
            members, of = spans(self.members.start[variables], self.members.start[variables + 1])
            less = least[members]
            less[np.searchsorted(members, number)] = without
            low[variables], high[variables] = self._common(members, less, of, len(variables))
        return low, high

    def _bounds_of(self, people: Ints) -> tuple[Ints, Ints, Ints]:
        """How much (members,) there is at least to people's knowledge, and bounds of all variables. To be read only."""
        group = people.tobytes()
        known = self._of_groups.get(group)
        if known is None:
            least = self.knowledge.least_of(people)[self.cells]
            every = np.arange(len(self.cells))
            known = self._of_groups[group] = (
                least,
                *self._common(every, least, self.variable, self.search.system.variables),
            )
        return known

    def _common(self, members: Ints, least: Ints, of: Ints, variables: int) -> tuple[Ints, Ints]:
        """Bounds that some members leave their variables, of each how much there is at least."""
        low, high, total = self.low[members], self.high[members], self.total[members]
        high = np.where(self.alone[members] & (least == total), np.minimum(high, total), high)
        sign, offset = self.members.sign[members], self.members.offset[members]
        return common_bounds(np.maximum(low, least), high, of, sign, offset, variables)

    def not_convinced(self, place: int, people: Ints, splits: int) -> Ints | None:
        """Some people for whom no table was found that proves a watched cell; None if there are none."""
        with self.search.within(place, *self.bounds(int(self.search.targets.cells[place]), people)):
            self.search.widen_alone(self.effort, np.array([place]))
            if push.done(self.search.problem, self.search.found, place):
                return None
        if not splits or len(people) < 2:
            return people
        # Those with the largest contributions are at odds with each other: they go into different halves.
        for some in (people[0::2], people[1::2]):
            left = self.not_convinced(place, some, splits - 1)
            if left is not None:
                return left
        return None
