"""The same bytes whatever the number of threads: of the pattern, and of its proof."""

import os

import numpy as np
import pytest
from tests.helpers.strategies import PERIOD, dataset, tree
from tests.helpers.tuning import tune

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import protect
from seuil.disclosure.tuning import TUNING, Effort
from seuil.disclosure.witness import threads
from seuil.disclosure.witness.base_table import BaseTableRepair
from seuil.disclosure.witness.push import Found

WEAK = Effort(steps=2, stall=1, tries=1, units=0)  # leaves something to move on for


def mostly_small() -> Cube:
    """720 leaves, most of them small, so that search, samples and other tables all have something to do."""
    places = ["T total", *(f"r{k} T region" for k in range(6)), *(f"d{k} r{k // 5} department" for k in range(30))]
    ages = ["A total", *(f"a{k} A age" for k in range(8))]
    trees = {
        "place": tree(",".join(places)),
        "age": tree(",".join(ages)),
        "sex": tree("S total,m S sex,w S sex,x S sex"),
    }
    grid = grid_of(dataset(trees, threshold=5), PERIOD)
    counts = np.random.default_rng(3).poisson(3, (1, 30, 8, 3)).astype(np.int64)
    return cube_of(grid, Leaves(counts, {}))


def told(monkeypatch: pytest.MonkeyPatch, threads: int) -> list[Ints]:
    """Everything that comes out, with so many processors at hand."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(threads)))
    found = protect(mostly_small(), b"secret")
    assert found.safe
    proof = found.audit.proofs["count"]
    return [found.figures.count.hidden, *vars(proof).values()]


def test_patterns_and_proofs_are_the_same_with_one_thread_and_with_several(monkeypatch: pytest.MonkeyPatch) -> None:
    tune(monkeypatch, "suppress", many_unproved=20, many_share=0.0, sample_least=5, quick=(WEAK, WEAK))
    tune(monkeypatch, "witness", block_cells=50, share_left=-1.0)
    tune(monkeypatch, "audit", rounds=(WEAK, WEAK, *TUNING.audit.rounds[2:]))
    abreast: list[int] = []
    near = threads.tables_near

    def noted(base_repair: BaseTableRepair, found: Found, held: list[Ints], seeds: Ints) -> list[Ints]:
        abreast.append(len(held))
        return near(base_repair, found, held, seeds)

    monkeypatch.setattr(threads, "tables_near", noted)
    alone, several = told(monkeypatch, 1), told(monkeypatch, 3)
    assert max(abreast) == TUNING.witness.parallel_tables  # not vacuous
    assert all(np.array_equal(a, b) for a, b in zip(alone, several, strict=True))
