"""What is hidden of the tables that the benchmarks measure, for one secret: a worse pattern fails here.

A better one passes: then write the new number down here, with the change that brought it.
"""

import pytest
from tests.helpers.standard_tables import standard_cube
from tests.helpers.tuning import tune

from seuil.disclosure.protect import protect


@pytest.mark.parametrize(
    ("table", "rounding", "most"),
    [("S", None, 141), ("Mrare", None, 128), ("M", 10, 110)],
    ids=["S", "Mrare", "M/10"],
)
def test_no_more_cells_are_hidden_than_were_to_protect_the_small_ones(table: str, rounding: int | None, most: int):
    result = protect(standard_cube(table, rounding), b"secret")
    assert result.safe
    secondary = result.hidden["count"] - result.small["count"]
    price = result.prices["count"]
    assert price.least_number <= secondary <= most


def test_a_table_is_proved_where_programs_may_not_ask_what_holds_a_cell(monkeypatch: pytest.MonkeyPatch):
    tune(monkeypatch, "suppress", certificate_work=0, certificate_work_least=0)
    assert protect(standard_cube("S"), b"secret").safe
