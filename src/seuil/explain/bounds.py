"""Sums of published figures that hold a hidden one in a range: found by HiGHS, checked in whole numbers.

A bound of a target is a sum of lines. Added up with whole multipliers they say: factor x target = figures + rest, where
the rest is made of hidden cells whose own bounds are known (0 or more). HiGHS proposes multipliers; `Bound.of` makes
whole numbers of them and works the bound out again, exactly. Nothing that it proposes is believed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, vstack

from seuil.disclosure.arrays import Floats
from seuil.disclosure.lp.highs import LinearProgram
from seuil.explain.facts import Facts, unbounded

DENOMINATOR = 60  # multipliers are fractions with no larger one
MOST_USED = 8.0  # how often a figure may be used in a sum
MARGIN = 1e-3
NODES = 2_000  # of the search for the shortest sum: not a time, so that the result is always the same
EXACT_ROWS = 40  # with more lines than these the sum is short, not proved to be the shortest
HIDDEN_WEIGHT = 0.001


@dataclass(frozen=True)
class Bound:
    """factor x target <= value (or >=, for a lower bound), as a sum of lines.

    lines: multiplier by row. terms: what is left of the target's sum, coefficient by cell.
    """

    upper: bool
    factor: int
    lines: Mapping[int, int]
    terms: Mapping[int, int]
    value: int

    @property
    def limit(self) -> int:
        """The bound of the target itself."""
        return self.value // self.factor if self.upper else -(-self.value // self.factor)

    @staticmethod
    def of(
        facts: Facts, target: int, rows: Sequence[int], multipliers: Sequence[float], *, upper: bool
    ) -> "Bound | None":
        """The bound that those multipliers of rows give; None if they give none."""
        shares = [Fraction(m).limit_denominator(DENOMINATOR) for m in multipliers]
        factor = lcm(*(s.denominator for s in shares)) if shares else 1
        lines = {row: int(s * factor) for row, s in zip(rows, shares, strict=True) if s}
        terms = {cell: factor * k for cell, k in facts.expression(target).items()}
        for row, times in lines.items():
            if not facts.is_equation(row) and (times > 0) == upper:
                return None
            for cell, k in facts.members_of_row(row):
                terms[cell] = terms.get(cell, 0) - times * k
        terms = {cell: k for cell, k in sorted(terms.items()) if k}
        value = 0
        for cell, k in terms.items():
            at = int(facts.high[cell]) if (k > 0) == upper else int(facts.low[cell])
            if unbounded(at):
                return None
            value += k * at
        return Bound(upper, factor, lines, terms, value)


@dataclass(frozen=True)
class BoundPair:
    """A target held between two bounds. shortest: no sum of fewer published figures does it."""

    target: int
    low: Bound
    high: Bound
    shortest: bool

    @property
    def width(self) -> int:
        """How far apart two values of the target can be."""
        return self.high.limit - self.low.limit

    def figures(self, facts: Facts) -> int:
        """How many published figures, and bounds of hidden ones, are used."""
        used = self.low.terms.keys() | self.high.terms.keys()
        return sum(facts.is_figure(c) for c in used)


def hold(facts: Facts, target: int, *, exact: bool = True) -> BoundPair | None:
    """A sum of few published figures that holds a target in too narrow a range, from lines that are near.

    exact: look for the fewest figures. None if none was found.
    """
    found = single_lines(facts, target)
    if found is not None and found.figures(facts) <= 1:
        return replace(found, shortest=True)
    if not exact:
        return found
    cells = list(facts.expression(target))
    rows, whole = facts.near(cells, 1000, EXACT_ROWS)
    if not whole:
        rows, _ = facts.near(cells, 1, EXACT_ROWS)
    better = _Search(facts, target, rows).run(whole)
    return better if better is not None and (found is None or better.figures(facts) <= found.figures(facts)) else found


def hold_by(
    facts: Facts, target: int, bounds: tuple[Bound | None, Bound | None], *, exact: bool = True
) -> BoundPair | None:
    """The same from bounds that were found before: with fewer figures of their lines, if it can be."""
    low, high = bounds
    if low is None or high is None or high.limit - low.limit >= facts.sliding:
        return None
    rows = sorted({*low.lines, *high.lines})
    better = _Search(facts, target, rows).run(whole=False, exact=exact and len(rows) <= EXACT_ROWS)
    return better or BoundPair(target, low, high, shortest=False)


def single_lines(facts: Facts, target: int) -> BoundPair | None:
    """The fewest figures of one line (or of one for each side) that do it."""
    if target >= facts.size:
        return None
    start, row, coefficient = facts.by_cell
    part = slice(start[target], start[target + 1])
    sides: list[list[Bound]] = []
    for upper in (False, True):
        ones = [Bound.of(facts, target, [], [], upper=upper)]
        ones += [
            Bound.of(facts, target, [int(r)], [float(k)], upper=upper)
            for r, k in zip(row[part], coefficient[part], strict=True)
        ]
        sides.append([b for b in ones if b is not None])
    held = [
        BoundPair(target, low, high, shortest=False)
        for low in sides[0]
        for high in sides[1]
        if high.limit - low.limit < facts.sliding
    ]
    return min(held, key=lambda h: (h.figures(facts), h.width), default=None)


def range_by_lp(facts: Facts, target: int, most: int = 600) -> tuple[Bound | None, Bound | None]:
    """The bounds that linear programming gives, each checked in whole numbers; None where there is none."""
    rows, _ = facts.near(list(facts.expression(target)), 1000, most)
    search = _Search(facts, target, rows)
    return search.tightest(upper=False), search.tightest(upper=True)


class _Search:
    """The linear program whose solutions are sums of lines.

    Columns, for each side: multipliers of the lines, then what is left of each cell.
    """

    def __init__(self, facts: Facts, target: int, rows: Sequence[int]) -> None:
        self.facts, self.target, self.rows = facts, target, list(rows)
        expression = facts.expression(target)
        cells = dict.fromkeys([*expression, *(c for r in self.rows for c, _ in facts.members_of_row(r))])
        self.cells = np.array(sorted(cells), np.int64)
        place = {int(c): k for k, c in enumerate(self.cells)}
        entries = [(k, place[c], v) for k, r in enumerate(self.rows) for c, v in facts.members_of_row(r)]
        row, cell, value = np.array(entries, np.int64).reshape(-1, 3).T
        self.matrix = csr_array((value, (cell, row)), shape=(len(self.cells), len(self.rows)))
        self.goal = np.zeros(len(self.cells))
        for c, k in expression.items():
            self.goal[place[c]] = k
        self.low = facts.low[self.cells].astype(float)
        self.high = facts.high[self.cells].astype(float)
        self.open = np.array([unbounded(int(h)) for h in facts.high[self.cells]], np.bool_)
        self.figure = np.array([facts.is_figure(int(c)) for c in self.cells], np.bool_)

    def run(self, whole: bool, exact: bool = True) -> BoundPair | None:
        """The fewest figures that hold the target, if any do."""
        relaxed = self._solve(integral=False)
        if relaxed is None:
            return None
        support = self.figure
        chosen, proved = self._fewest() if exact else (None, False)
        for used in (chosen, relaxed[0]):
            if used is None:
                continue
            held = self._held(used, proved and whole and used is chosen)
            if held is not None:
                return held
        return self._held(support, shortest=False)

    def _held(self, used: NDArray[np.bool_], shortest: bool) -> BoundPair | None:
        low = self.tightest(upper=False, used=used)
        high = self.tightest(upper=True, used=used)
        if low is None or high is None or high.limit - low.limit >= self.facts.sliding:
            return None
        own = [Bound.of(self.facts, self.target, [], [], upper=upper) for upper in (False, True)]
        if low.terms != high.terms:  # a side that needs no sum is left without one
            if own[0] is not None and high.limit - own[0].limit < self.facts.sliding:
                low = own[0]
            elif own[1] is not None and own[1].limit - low.limit < self.facts.sliding:
                high = own[1]
        return BoundPair(self.target, low, high, shortest)

    def tightest(self, *, upper: bool, used: NDArray[np.bool_] | None = None) -> Bound | None:
        """The tightest bound of one side, of some figures only; with the smallest coefficients among equals."""
        n, m = len(self.rows), len(self.cells)
        cost = np.concatenate([np.zeros(n), np.where(self.open, 0, self.high), -self.low])
        cost[n:] += 1e-6
        top = np.full(2 * m, np.inf)
        top[:m][self.open] = 0
        if used is not None:
            for part in (slice(0, m), slice(m, 2 * m)):
                top[part][self.figure & ~used] = 0
        low, high = self._multiplier_bounds()
        sign = 1.0 if upper else -1.0
        bounds = np.concatenate([low, np.zeros(2 * m)]), np.concatenate([high, top])
        result = LinearProgram(cost, self._balance(), sign * self.goal, sign * self.goal, *bounds).solve()
        if result.x is None:
            return None
        return Bound.of(self.facts, self.target, self.rows, [sign * y for y in result.x[:n]], upper=upper)

    def _multiplier_bounds(self) -> tuple[Floats, Floats]:
        """Equations may be used either way; an overlap says 0 or more, and so bounds a target in one way."""
        equation = np.array([self.facts.is_equation(r) for r in self.rows], np.bool_)
        low = np.full(len(self.rows), -np.inf)
        return low, np.where(equation, np.inf, 0.0)

    def _balance(self) -> csr_array:
        """(cells,) lines times multipliers + p - q: must be the target."""
        m = len(self.cells)
        eye = csr_array((np.ones(m), (np.arange(m), np.arange(m))), shape=(m, m))
        return _beside([self.matrix, eye, -eye])

    def _fewest(self) -> tuple[NDArray[np.bool_] | None, bool]:
        solved = self._solve(integral=True)
        return (None, False) if solved is None else solved

    def _solve(self, *, integral: bool) -> tuple[NDArray[np.bool_], bool] | None:
        """Both sides at once: figures used, as few as can be (or, not integral, as little as can be)."""
        n, m = len(self.rows), len(self.cells)
        balance = self._balance()
        side = n + 2 * m
        ties = int(self.figure.sum()) if integral else 0
        empty = csr_array((m, side))
        blank = csr_array((m, ties)) if ties else None
        parts = [[balance, empty], [empty, balance]]
        both = [_beside([*row, blank] if blank is not None else row) for row in parts]
        rows = [(both[0], self.goal, self.goal), (both[1], -self.goal, -self.goal)]
        finite = np.where(self.open, 0, self.high)
        one = np.concatenate([np.zeros(n), finite, -self.low])
        width = np.concatenate([one, one, np.zeros(ties)])
        rows.append((csr_array(width[None, :]), np.array([-np.inf]), np.array([self.facts.sliding - MARGIN])))
        top = np.full(side, np.inf)
        top[n : n + m][self.open] = 0
        least, most = self._multiplier_bounds()
        low = np.concatenate([least, np.zeros(2 * m), least, np.zeros(2 * m + ties)])
        high = np.concatenate([most, top[n:], most, top[n:], np.ones(ties)])
        weight = np.where(self.figure, 1.0, HIDDEN_WEIGHT)
        used_cost = np.concatenate([np.zeros(n), weight, weight])
        cost = np.concatenate([used_cost, used_cost])
        kinds = np.zeros(len(low), np.bool_)
        if integral:
            cost = np.concatenate([cost * HIDDEN_WEIGHT, np.ones(ties)])
            kinds[2 * side :] = True
            rows.append(self._ties(n, m, ties))
        matrix = csr_array(vstack([r[0] for r in rows]))
        row_low, row_high = (np.concatenate([r[k] for r in rows]) for k in (1, 2))
        result = LinearProgram(cost, matrix, row_low, row_high, low, high, kinds if integral else None).solve(NODES)
        if result.x is None:
            return None
        x = result.x
        amounts = sum(x[k + n : k + n + m] + x[k + n + m : k + side] for k in (0, side))
        return np.asarray(amounts > 1e-7), result.status == "optimal"

    def _ties(self, n: int, m: int, ties: int) -> tuple[csr_array, Floats, Floats]:
        """(figures,) a figure's amounts are 0 unless it is used."""
        at = np.flatnonzero(self.figure)
        row = np.arange(ties)
        pick = csr_array((np.ones(ties), (row, at)), shape=(ties, m))
        one = _beside([csr_array((ties, n)), pick, pick])
        use = csr_array((np.full(ties, -MOST_USED), (row, row)), shape=(ties, ties))
        return _beside([one, one, use]), np.full(ties, -np.inf), np.zeros(ties)


def _beside(parts: Sequence[csr_array]) -> csr_array:
    return csr_array(hstack(parts))
