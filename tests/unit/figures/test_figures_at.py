"""Ratios of figures at other nodes than the row's, and measures that not every table holds."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.strategies import PERIOD, dataset, tree

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.figures.read import read_figures
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset, make_dataset
from seuil.model.errors import DataError, DefinitionError

WOMEN = {"measure": "n", "at": {"sex": "F"}}
MEASURES = {
    "n": {"kind": "count", "label": "n"},
    "fees": {"kind": "sum", "label": "fees"},
    "mean": {"kind": "mean", "label": "mean", "of": "fees", "by": "n", "decimals": 2},
    "women": {"kind": "ratio", "label": "women", "of": WOMEN, "to": "n"},
    "all_fees": {"kind": "total", "label": "all fees", "of": ["fees", "more"]},
    "more": {"kind": "sum", "label": "more"},
    "in_north": {"kind": "ratio", "label": "north", "of": {"measure": "all_fees", "at": {"place": "N"}}, "to": "fees"},
}
TABLES = [
    {"levels": {"place": "all", "sex": "all"}, "measures": ["n"]},
    {"levels": {"place": "all"}, "measures": ["fees"]},
    {"levels": {"place": ["site"]}, "measures": ["more"]},
]
TREES = {"place": tree("T all,N T site,S T site"), "sex": tree("A all,F A sex,M A sex")}


@pytest.fixture
def made() -> Dataset:
    return dataset(TREES, threshold=5, measures=MEASURES, tables=TABLES)


@pytest.fixture
def figures(made: Dataset) -> dict[int, Figures]:
    """40, 30 of them women, in the north; 20 in the south, the women hidden; fees hidden in the south."""
    grid = grid_of(made, PERIOD)
    count = np.array([[[60, 0, 0], [40, 30, 10], [20, 0, 0]]])
    hidden = np.array([[[0, 1, 1], [0, 0, 0], [0, 1, 1]]], np.bool_)
    fees = Column(np.array([[0, 500, 0]]), np.array([[True, False, True]]))
    more = Column(np.array([[0, 50, 7]]), np.array([[False, False, False]]))
    return {PERIOD: Figures(grid, Column(count, hidden), {"fees": fees, "more": more})}


def rows(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["place"], row["sex"]): row for row in pq.read_table(path).to_pylist()}


def test_a_figure_stands_where_a_table_holds_it(made: Dataset, figures: dict[int, Figures], tmp_path: Path) -> None:
    written = write_table(made, figures, tmp_path / "t")
    found = rows(tmp_path / "t")
    assert (written.rows, written.cells, written.hidden) == (9, 9 + 3 + 2, 4 + 2)
    assert found["N", "A"]["fees"] == 500 and found["S", "A"]["fees_statut"] == "NS"
    assert [found["N", sex]["fees_statut"] for sex in "AFM"] == [None, "ND", "ND"]
    assert found["T", "A"]["more_statut"] == "ND" and found["S", "A"]["more"] == 7
    assert found["N", "A"]["mean"] == 12.5 and found["N", "F"]["mean_statut"] == "ND"
    assert found["N", "A"]["all_fees"] == 550 and found["T", "A"]["all_fees_statut"] == "ND"


def test_a_ratio_of_another_node_is_hidden_and_missing_with_it(
    made: Dataset, figures: dict[int, Figures], tmp_path: Path
) -> None:
    write_table(made, figures, tmp_path / "t")
    found = rows(tmp_path / "t")
    assert found["N", "A"]["women"] == 75.0
    assert found["N", "M"]["women"] == 300.0  # 30 women to 10 men
    assert found["S", "A"]["women_statut"] == "NS" and found["T", "A"]["women_statut"] == "NS"
    assert found["N", "A"]["in_north"] == 110.0 and found["S", "A"]["in_north_statut"] == "NS"
    assert found["N", "F"]["in_north_statut"] == "ND"


def test_it_reads_back_and_a_ratio_that_is_altered_is_refused(
    made: Dataset, figures: dict[int, Figures], tmp_path: Path
) -> None:
    write_table(made, figures, tmp_path / "t")
    read = read_figures(made, tmp_path / "t")[PERIOD]
    for name, (_, column) in figures[PERIOD].columns().items():
        assert np.array_equal(read.columns()[name][1].values, column.values), name
        assert np.array_equal(read.columns()[name][1].hidden, column.hidden), name
    table = pq.read_table(tmp_path / "t")
    ratios = table["women"].to_pylist()
    at = ratios.index(75.0)
    ratios[at] = 75.1
    place = table.schema.get_field_index("women")
    pq.write_table(table.set_column(place, table.schema.field(place), pa.array(ratios)), tmp_path / "u")
    with pytest.raises(DataError, match=f"row {at + 1}, column women: is not what its formula makes"):
        read_figures(made, tmp_path / "u")


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [("fees", "NS", "no table holds it there"), ("n", "ND", "what a table holds is shown or hidden")],
)
def test_a_status_that_the_tables_do_not_give_is_refused(
    made: Dataset, figures: dict[int, Figures], tmp_path: Path, name: str, status: str, message: str
) -> None:
    write_table(made, figures, tmp_path / "t")
    table = pq.read_table(tmp_path / "t")
    place = table.schema.get_field_index(f"{name}_statut")
    statuses, numbers = table[f"{name}_statut"].to_pylist(), table[name].to_pylist()
    row = statuses.index("ND") if name == "fees" else statuses.index("NS")
    statuses[row], numbers[row] = status, None
    changed = table.set_column(place, table.schema.field(place), pa.array(statuses).dictionary_encode())
    pq.write_table(changed, tmp_path / "u")
    with pytest.raises(DataError, match=message):
        read_figures(made, tmp_path / "u")


def women_of(part: dict[str, Any]) -> dict[str, Any]:
    return MEASURES | {"women": {"kind": "ratio", "label": "women", "of": part, "to": "n"}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tables": [TABLES[0], {"levels": {}, "measures": ["mean", "fees"]}, TABLES[2]]}, "'mean', a derived measure"),
        ({"tables": TABLES[:2]}, "measures.more: found in no table"),
        ({"tables": [TABLES[0] | {"levels": {"sex": "all"}}, *TABLES[1:]]}, "fees in cells without a published count"),
        ({"measures": women_of({"measure": "n", "at": {"sex": "X"}})}, "'X'"),
        ({"measures": women_of({"measure": "n", "at": {"age": "F"}})}, "'age'"),
        ({"measures": women_of({"measure": "mean"})}, "'mean'"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], message: str) -> None:
    columns = {"file": "people.csv", "identifier": "id", "period": "year"}
    places = {name: {"column": name} for name in TREES}
    people = {**columns, "dimensions": places, "amounts": {n: {"column": n} for n in ("fees", "more")}}
    chosen = {"threshold": 5, "measures": MEASURES, "tables": TABLES, "records": {"people": people}, **change}
    with pytest.raises(DefinitionError, match=message):
        make_dataset(dataset(TREES, **chosen).definition, TREES, Path("tiny.yaml"))
