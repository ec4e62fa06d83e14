"""Tiny systems of rows with bounds of their cells, and all their whole-number points by enumeration.

The judge of all that reasons over rows: it knows what a row says and counts, nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

import numpy as np
from scipy.sparse import csr_array

from seuil.disclosure.arrays import Ints
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows
from seuil.disclosure.constraints.system import Members, Sparse, System

Terms = Mapping[int, int]  # coefficient by cell
Row = tuple[Terms, int, int]  # terms, lowest and highest sum


@dataclass(frozen=True)
class TinySystem:
    """rows: of `row_terms`. low, high: (cells,) bounds. point: (cells,) one that obeys them all."""

    row_terms: Sequence[Row]
    low: np.ndarray
    high: np.ndarray
    point: np.ndarray

    @property
    def rows(self) -> Rows:
        return rows_of(self.row_terms)


def rows_of(rows: Sequence[Row]) -> Rows:
    """The sparse system."""
    start = np.cumsum([0] + [len(terms) for terms, _, _ in rows])
    cell = [c for terms, _, _ in rows for c in terms]
    coefficient = [k for terms, _, _ in rows for k in terms.values()]
    low, high = [row[1] for row in rows], [row[2] for row in rows]
    return Rows(*(np.array(x, np.int64) for x in (start, cell, coefficient, low, high)))


def random_system(draw: Random, cells: int = 5, most: int = 6, *, unbounded: float = 0.0) -> TinySystem:
    """Lines, overlaps and sums within bounds, of a few cells each; bounds from 0 to `most` around a random point.

    unbounded: the share of cells without an upper bound.
    """
    point = [draw.randrange(most - 1) for _ in range(cells)]
    rows: list[Row] = []
    for _ in range(draw.choice([1, 2, 3, 4])):
        members = draw.sample(range(cells), draw.choice([2, 3, 3, 4]))
        terms = {c: draw.choice([1, -1, -1]) if k else 1 for k, c in enumerate(members)}
        total = sum(k * point[c] for c, k in terms.items())
        limits = [(total, total), (total, total), (total - draw.randrange(3), int(UNBOUNDED))]
        rows.append((terms, *draw.choice([*limits, (total - draw.randrange(2), total + draw.randrange(3))])))
    low = [draw.randrange(p + 1) if draw.random() < 0.6 else 0 for p in point]
    high = [p if draw.random() < 0.2 else draw.randrange(p, most + 1) for p in point]
    high = [int(UNBOUNDED) if draw.random() < unbounded else h for h in high]
    return TinySystem(rows, *(np.array(x, np.int64) for x in (low, high, point)))


def points(rows: Sequence[Row], low: Sequence[int], high: Sequence[int], cut: int = 12) -> np.ndarray:
    """(points, cells) all whole-number points. cut: where enumeration ends for cells without an upper bound."""
    ranges = [np.arange(lo, min(hi, cut) + 1) for lo, hi in zip(low, high, strict=True)]
    found = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, len(ranges))
    for terms, least, most in rows:
        total = sum(k * found[:, c] for c, k in terms.items())
        found = found[(total >= least) & (total <= most)]
    return found


def single_row_bounds(rows: Sequence[Row], low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The bounds that rows leave one by one, again and again until nothing changes; None where a row can't hold.

    All cells must be bounded.
    """
    low, high = low.copy(), high.copy()
    while True:
        before = low.tolist(), high.tolist()
        for terms, least, most in rows:
            members = list(terms)
            held = [
                values
                for values in product(*(range(low[c], high[c] + 1) for c in members))
                if least <= sum(terms[c] * v for c, v in zip(members, values, strict=True)) <= most
            ]
            if not held:
                return None
            for c, values in zip(members, zip(*held, strict=True), strict=True):
                low[c], high[c] = min(values), max(values)
        if before == (low.tolist(), high.tolist()):
            return low, high


def system_of(matrix: Ints, sums: Ints, high: int) -> System:
    """One variable a column, from 0 to `high`; the rows of the matrix (rows, columns) add up to `sums` (rows,)."""
    rows, n = matrix.shape
    cells, none = np.arange(n), np.zeros(n, np.int64)
    members = Members(np.arange(n + 1), cells, cells, np.ones_like(cells), none)
    entries, no_cell = Sparse.of(csr_array(matrix)), np.full(rows, -1)
    return System(none, none + high, sums, sums, np.zeros(rows, np.int64), entries, cells, no_cell, members)


def cube_lines(order: int) -> Ints:
    """(lines, cells) which cells of a cube stand in which of its lines, those of one direction after another."""
    one, each = np.ones((1, order), np.int64), np.eye(order, dtype=np.int64)
    lines = [(one, each, each), (each, one, each), (each, each, one)]
    return np.concatenate([np.kron(np.kron(a, b), c) for a, b, c in lines])
