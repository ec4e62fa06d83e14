"""The range of a target over whole tables, by HiGHS, where few cells hang together; both ends are checked exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.lp.highs import LinearProgram
from seuil.explain.facts import Facts, unbounded

MOST_CELLS = 250
MOST_ROWS = 400
NODES = 20_000


@dataclass(frozen=True)
class Range:
    """Lowest and highest value of a target; high is None where nothing limits it. tables: by end, one that has it."""

    low: int
    high: int | None


def whole_range(facts: Facts, target: int) -> Range | None:
    """The range over all tables that fit (justified ones, where the definition says so).

    None where there are too many cells, or HiGHS came to no end that holds in whole numbers.
    """
    rows, whole = facts.near(list(facts.expression(target)), 1000, MOST_ROWS)
    if not whole:
        return None
    program = _IntegerProgram(facts, target, rows)
    if len(program.cells) > MOST_CELLS or not program.closed:
        return None
    low, high = program.end(1), program.end(-1)
    if low is None or (high is None and not program.unlimited):
        return None
    return Range(low, None if program.unlimited else high)


class _IntegerProgram:
    def __init__(self, facts: Facts, target: int, rows: Sequence[int]) -> None:
        self.facts = facts
        expression = facts.expression(target)
        found = dict.fromkeys([*expression, *(c for r in rows for c, _ in facts.members_of_row(r))])
        self.cells = np.array(sorted(found), np.int64)
        self.place = {int(c): k for k, c in enumerate(self.cells)}
        self.low, self.high = facts.low[self.cells], facts.high[self.cells]
        self.open = np.array([unbounded(int(h)) for h in self.high], np.bool_)
        self.matrix = self._matrix([facts.members_of_row(r) for r in rows])
        self.equation = np.array([facts.is_equation(r) for r in rows], np.bool_)
        self.goal = self._matrix([list(expression.items())])
        self.unlimited = False
        self.groups = self._groups()
        finite = int(self.high[~self.open].sum())
        self.cap = min(20 * facts.sliding + 2 * finite, 1_000_000)

    @property
    def closed(self) -> bool:
        """Whether every group that is touched is here as a whole, and may hold a small cell."""
        return self.groups is not None

    def _groups(self) -> list[list[csr_array]] | None:
        """For every group here the sums of cells one of which must be small."""
        facts = self.facts
        if not facts.problem.justified or not facts.keeps_rules:
            return []
        here = {int(facts.group[c]) for c in self.cells if facts.group[c] >= 0} - facts.free
        found = []
        for group in sorted(here):
            members = [facts.expression(int(t)) for t in facts.small_ones(group)]
            # A group that can't hold a small cell: no table is justified, so nothing is said of the range over them
            if not members or any(c not in self.place for e in members for c in e):
                return None
            found.append([self._matrix([list(e.items())]) for e in members])
        return found

    def _matrix(self, rows: Sequence[Sequence[tuple[int, int]]]) -> csr_array:
        entries = [(k, self.place[c], v) for k, row in enumerate(rows) for c, v in row]
        row, cell, value = np.array(entries, np.int64).reshape(-1, 3).T
        return csr_array((value, (row, cell)), shape=(len(rows), len(self.cells)))

    def end(self, sign: int) -> int | None:
        """The lowest (1) or highest (-1) value of the target."""
        m, groups = len(self.cells), self.groups or []
        flags = sum(len(g) for g in groups)
        top = np.where(self.open, np.inf, self.high.astype(float))
        wide = csr_array(
            (self.matrix.data, self.matrix.indices, self.matrix.indptr), shape=(len(self.equation), m + flags)
        )
        rows = [(wide, np.zeros(len(self.equation)), np.where(self.equation, 0.0, np.inf))]
        rows += self._one_small(groups, m, flags)
        found = LinearProgram(
            np.concatenate([sign * self.goal.toarray()[0].astype(float), np.zeros(flags)]),
            csr_array(vstack([r[0] for r in rows])),
            np.concatenate([r[1] for r in rows]),
            np.concatenate([r[2] for r in rows]),
            np.concatenate([self.low.astype(float), np.zeros(flags)]),
            np.concatenate([top, np.ones(flags)]),
            np.ones(m + flags, np.bool_),
        ).solve(NODES)
        if found.status == "unbounded" and sign < 0:
            self.unlimited = True
        if found.status != "optimal" or found.x is None:
            return None
        table = np.rint(found.x[:m]).astype(np.int64)
        return int((self.goal @ table)[0]) if self.holds(table) else None

    def _one_small(
        self, groups: Sequence[Sequence[csr_array]], m: int, flags: int
    ) -> list[tuple[csr_array, Floats, Floats]]:
        limits: list[tuple[csr_array, Floats, Floats]] = []
        at = m
        for group in groups:
            size = len(group)
            most, least = [], []
            for k, one in enumerate(group):
                flag = csr_array(([self.cap], ([0], [at + k])), shape=(1, m + flags))
                wide = csr_array((one.data, one.indices, one.indptr), shape=(1, m + flags))
                most.append(wide + flag)
                least.append(wide - flag)
            open_ = np.full(size, np.inf)
            limits.append((csr_array(vstack(most)), -open_, np.full(size, self.facts.sliding - 1.0 + self.cap)))
            limits.append((csr_array(vstack(least)), np.full(size, float(self.facts.floor - self.cap)), open_))
            place = (np.zeros(size, np.int64), np.arange(at, at + size))
            some = csr_array((np.ones(size), place), shape=(1, m + flags))
            limits.append((some, np.ones(1), np.full(1, np.inf)))
            at += len(group)
        return limits

    def holds(self, table: Ints) -> bool:
        """Whether whole numbers keep to every bound, line and group."""
        rows = self.matrix @ table
        fits: Bools = (table >= self.low) & (table <= self.high)
        small = all(any(self.is_small(int((e @ table)[0])) for e in group) for group in self.groups or [])
        return bool(fits.all() and (rows[self.equation] == 0).all() and (rows >= 0).all() and small)

    def is_small(self, value: int) -> bool:
        """Whether the rule hides a number."""
        return self.facts.floor <= value < self.facts.sliding
