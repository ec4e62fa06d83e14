"""Where the usual start of an audit leads to no table, the middle of all those with fractions does."""

import numpy as np
import pytest
from tests.helpers.fixed_tables import exact_with_a_sum
from tests.helpers.tiny_systems import cube_lines, system_of

from seuil.disclosure.arrays import Ints
from seuil.disclosure.audit import audit
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.lp.middle import middle_of
from seuil.disclosure.protect import protect
from seuil.disclosure.verify import verify
from seuil.disclosure.witness.search import WitnessSearch


@pytest.mark.parametrize("high", [5, int(UNBOUNDED)])
def test_in_the_middle_of_a_cube_whose_lines_are_alike_all_cells_are(high: int):
    lines = cube_lines(3)
    assert middle_of(system_of(lines, np.full(len(lines), 6), high)).tolist() == [2] * 27


def test_rows_that_contradict_each_other_have_no_middle():
    assert middle_of(system_of(np.array([[1, 1], [1, 1]]), np.array([3, 4]), 9)) is None


def test_an_audit_that_finds_no_table_from_its_usual_start_begins_in_the_middle(monkeypatch: pytest.MonkeyPatch):
    figures = protect(exact_with_a_sum(), b"secret").figures
    usual, starts = WitnessSearch.find_base, list[Ints]()

    def find_base(self: WitnessSearch, start: Ints, *, inside: bool) -> bool:
        starts.append(start)
        return not inside and usual(self, start, inside=inside)

    monkeypatch.setattr(WitnessSearch, "find_base", find_base)
    found = audit(figures)
    assert found.safe and not verify(figures, found.proofs)
    assert len(starts) == 4  # two for the count, two for the sum
    assert all((usual_one != middle).any() for usual_one, middle in zip(starts[::2], starts[1::2], strict=True))
