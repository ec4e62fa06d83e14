"""Cuts that are left out of the program until it breaks them change nothing of what it says."""

import numpy as np
import pytest
from tests.helpers.tuning import tune

from seuil.disclosure.suppress.cuts import Cuts
from seuil.disclosure.suppress.master import Master

CELLS = 40


def outcome(seed: int) -> tuple[float, float, float]:
    """Bounds of random cuts, every third batch not valid for all patterns: of all, of the valid ones, of all again."""
    random = np.random.default_rng(seed)
    cost = 1 + random.random(CELLS)
    made = Master(cost, np.zeros(CELLS, np.bool_), 0.5)
    for batch in range(6):
        members = [random.choice(CELLS, random.integers(1, 5), replace=False) for _ in range(20)]
        held = np.array(
            [-1 if random.random() < 0.4 else int(random.choice(np.setdiff1d(range(CELLS), m))) for m in members]
        )
        start = np.cumsum([0] + [len(m) for m in members])
        made.add(Cuts(held, start, np.concatenate(members)), valid=batch % 3 != 0)
        chosen = np.zeros(CELLS, np.bool_)
        chosen[made.choose(made.dive())] = True
        of, on = made.held, chosen[made.cells]
        asked = np.where(of >= 0, on[np.maximum(of, 0)], True)
        assert all(on[made.member[made.start[k] : made.start[k + 1]]].any() for k in np.flatnonzero(asked))
    return made.bound()[1], made.least_of(cost)[0], made.bound()[1]


@pytest.mark.parametrize("seed", range(12))
def test_lazy_cuts_give_the_same_bounds(monkeypatch: pytest.MonkeyPatch, seed: int):
    everything = outcome(seed)
    tune(monkeypatch, "suppress", cuts_all_in=10)
    assert outcome(seed) == pytest.approx(everything, abs=1e-5)
    assert everything[1] < everything[0] == pytest.approx(everything[2])
