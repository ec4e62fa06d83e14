"""Random tables of 20 to 300 cells, seeded: small enough that the best pattern is often known.

Two or three dimensions. The first one is a hierarchy of two or three levels below its total, uneven, with some only
children; the others are flat. Counts are Poisson, with rates that differ by every code, such that about a third of all
cells are below the threshold of 11.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 11
FEWEST, MOST = 20, 300  # cells
SMALL = 1 / 3  # of them
HALVINGS = 14  # of the range in which the rate lies that makes so many small


@dataclass(frozen=True)
class SmallTable:
    """levels: by dimension the names of its levels, coarse to fine. columns: by level the code of every leaf."""

    levels: dict[str, tuple[str, ...]]
    columns: dict[str, NDArray[np.str_]]
    counts: NDArray[np.int64]


def small_table(seed: int) -> SmallTable:
    """The table of a seed. Draws happen in a fixed order."""
    rng = np.random.default_rng([24, seed])
    while True:
        tree, flat = _tree(rng), tuple(int(n) for n in rng.integers(2, 7, rng.integers(1, 3)))
        if FEWEST <= _cells(tree, flat) <= MOST:
            break
    shape = (len(tree), *flat)
    rates = rng.lognormal(0, 0.35, shape)
    for axis, size in enumerate(shape):
        factors = rng.lognormal(0, 0.6 if axis else 0.8, size)
        rates *= factors.reshape([-1 if k == axis else 1 for k in range(len(shape))])
    return _with_small_ones(tree, rates, int(rng.integers(1 << 30)))


def _tree(rng: np.random.Generator) -> list[tuple[str, ...]]:
    """The path of every leaf of the first dimension, without the total."""
    deep = rng.random() < 1 / 4
    leaves: list[tuple[str, ...]] = []
    for group, parts in enumerate(rng.integers(1, 5, rng.integers(2, 6))):
        for part in range(parts):
            path = (f"g{group}", f"g{group}p{part}")
            leaves += [(*path, f"{path[1]}q{k}") for k in range(rng.integers(1, 3))] if deep else [path]
    return leaves


def _cells(tree: list[tuple[str, ...]], flat: tuple[int, ...]) -> int:
    nodes = 1 + len({path[:depth] for path in tree for depth in range(1, len(path) + 1)})
    return nodes * prod(size + 1 for size in flat)


def _with_small_ones(tree: list[tuple[str, ...]], rates: NDArray[np.float64], seed: int) -> SmallTable:
    """Leaves drawn at the scale at which about a third of all cells are small."""
    least, most = 0.5, 400.0
    for _ in range(HALVINGS):
        middle = (least * most) ** 0.5
        counts = np.random.default_rng(seed).poisson(rates * middle)
        least, most = (middle, most) if _share_small(tree, counts) > SMALL else (least, middle)
    counts = np.random.default_rng(seed).poisson(rates * most)
    place = np.indices(counts.shape).reshape(counts.ndim, -1)
    names = ("group", "part", "piece")[: len(tree[0])]
    columns = {name: np.array([tree[leaf][k] for leaf in place[0]]) for k, name in enumerate(names)}
    levels: dict[str, tuple[str, ...]] = {"tree": names}
    for axis in range(1, counts.ndim):
        name = f"flat{axis}"
        columns[name], levels[name] = np.array([f"{name}v{k}" for k in place[axis]]), (name,)
    return SmallTable(levels, columns, counts.ravel().astype(np.int64))


def _share_small(tree: list[tuple[str, ...]], counts: NDArray[np.int64]) -> float:
    """Of all cells, totals included."""
    paths = sorted({path[:depth] for path in tree for depth in range(len(path) + 1)})
    cells = np.array([counts[[leaf[: len(path)] == path for leaf in tree]].sum(axis=0) for path in paths])
    for axis in range(1, counts.ndim):
        cells = np.concatenate([cells, cells.sum(axis=axis, keepdims=True)], axis=axis)
    return float((cells < THRESHOLD).mean())
