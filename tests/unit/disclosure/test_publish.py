"""What a pattern leaves to see is rounded by the one rule."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seuil.disclosure.cube.publish import rounded
from seuil.model.formulas import round_half_up


@given(st.lists(st.integers(0, 10**12), min_size=1), st.one_of(st.none(), st.integers(2, 1000)))
def test_arrays_are_rounded_as_single_figures_are(values: list[int], base: int | None) -> None:
    assert rounded(np.array(values), base).tolist() == [round_half_up(value, base) for value in values]
