"""The sums of verify's system are those that adding up node by node gives; what nobody asks about is left out."""

from random import Random

import numpy as np
import pytest
from tests.helpers.strategies import PERIOD, random_dataset

from seuil.disclosure.verify import system as module
from seuil.disclosure.verify.cells import add_up, lay_out
from seuil.disclosure.verify.system import system


@pytest.mark.parametrize("chunk", [1, 7, 4_000_000])
def test_sums_are_those_of_nodes(chunk: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "CHUNK", chunk)
    seen = np.zeros(3, np.int64)
    for number in range(60):
        draw = np.random.default_rng(number)
        layout = lay_out(random_dataset(Random(number)), PERIOD)
        shape, size = layout.shape, layout.published.size
        asked = draw.random(shape) < 0.4
        cells_of_slice = size // shape[0]
        every = np.arange(len(layout.overlaps) * cells_of_slice) + size
        differences = every[draw.random(len(every)) < 0.2]
        made = system(layout, differences, asked)
        leaves = draw.integers(-9, 99, (shape[0], *(len(axis.leaves) for axis in layout.axes)))
        nodes = add_up(leaves, layout.axes).reshape(shape[0], -1)
        values = made.values(leaves.reshape(-1))
        here = asked.reshape(shape[0], -1).any(axis=0)
        here[(differences - size) % cells_of_slice] = True
        here[made.leaf_rows[: leaves[0].size]] = True  # the leaves of the first slice stand there by their positions
        np.testing.assert_array_equal(values[:size].reshape(shape[0], -1), np.where(here, nodes, 0))
        gaps = [sum(sign * nodes[k] for k, sign in overlap.terms) for overlap in layout.overlaps]
        at_leaves = made.leaf_rows[: leaves[0].size]
        for k, gap in enumerate(gaps):
            first = size + k * leaves[0].size
            np.testing.assert_array_equal(values[first : first + leaves[0].size], gap[at_leaves])
        expected = [gaps[place // cells_of_slice][place % cells_of_slice] for place in (differences - size).tolist()]
        np.testing.assert_array_equal(values[made.row_of(differences)], expected)
        np.testing.assert_array_equal(np.flatnonzero(made.is_leaf), np.sort(made.leaf_rows))
        seen += [shape[0] > 1, len(differences) > 0, not here.all()]
    assert (seen > 5).all(), seen
