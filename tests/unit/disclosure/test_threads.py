"""The same bytes whatever the number of threads: of the pattern, and of its proof."""

import os

import numpy as np
import pytest
from tests.helpers.strategies import PERIOD, dataset, tree

from seuil.disclosure import audit, parallel, prover, suppress
from seuil.disclosure.cube import Cube, Leaves, cube_of
from seuil.disclosure.frame import Ints, frame_of
from seuil.disclosure.mender import Mender
from seuil.disclosure.protect import protect
from seuil.disclosure.search import Effort, Found

WEAK = Effort(steps=2, stall=1, tries=1, units=0)  # leaves something to move on for


def mostly_small() -> Cube:
    """720 leaves, most of them small, so that search, crowds and other tables all have something to do."""
    places = ["T total", *(f"r{k} T region" for k in range(6)), *(f"d{k} r{k // 5} department" for k in range(30))]
    ages = ["A total", *(f"a{k} A age" for k in range(8))]
    trees = {
        "place": tree(",".join(places)),
        "age": tree(",".join(ages)),
        "sex": tree("S total,m S sex,w S sex,x S sex"),
    }
    frame = frame_of(dataset(trees, threshold=5), PERIOD)
    counts = np.random.default_rng(3).poisson(3, (1, 30, 8, 3)).astype(np.int64)
    return cube_of(frame, Leaves(counts, {}))


def told(monkeypatch: pytest.MonkeyPatch, threads: int) -> list[Ints]:
    """Everything that comes out, with so many processors at hand."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(threads)))
    found = protect(mostly_small(), b"secret")
    assert found.safe
    proof = found.audit.proofs["count"]
    return [found.figures.count.hidden, *vars(proof).values()]


def test_patterns_and_proofs_are_the_same_with_one_thread_and_with_several(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in (
        (parallel, "BLOCK", 50),
        (prover, "MOST_LEFT", -1.0),
        (suppress, "CROWD", 20),
        (suppress, "CROWDED", 0.0),
        (suppress, "FEW", 5),
        (suppress, "QUICK", (WEAK, WEAK)),
        (audit, "ROUNDS", (WEAK, WEAK, *audit.ROUNDS[2:])),
    ):
        monkeypatch.setattr(module, name, value)
    abreast: list[int] = []
    near = parallel.tables_near

    def noted(mender: Mender, found: Found, held: list[Ints], seeds: Ints) -> list[Ints]:
        abreast.append(len(held))
        return near(mender, found, held, seeds)

    monkeypatch.setattr(parallel, "tables_near", noted)
    alone, several = told(monkeypatch, 1), told(monkeypatch, 3)
    assert max(abreast) == prover.ABREAST  # not vacuous
    assert all(np.array_equal(a, b) for a, b in zip(alone, several, strict=True))
