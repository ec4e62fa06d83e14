"""Figures from elsewhere in a released table: shown beside hidden counts, and ratios of both."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers import visits as helpers
from tests.unit.figures.conftest import CHANGES, CONDITIONS, SITES, figures_of

from seuil.disclosure.cube.figures import Figures
from seuil.figures.periods import read_made, write_period
from seuil.figures.read import read_figures
from seuil.figures.table import Written, write_table
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError

PEOPLE = "annee,site,people\n2022,T,5000\n2022,N,3000\n2022,S,0\n2023,T,7000\n"
DENSITY = """\
  people: {kind: external, label: Inhabitants, file: people.csv}
  density: {kind: ratio, label: Density, of: ntop, to: people, times: 1000, decimals: 1, significant: 3}
"""
Rows = list[dict[str, Any]]


@pytest.fixture
def visits(tmp_path: Path) -> Dataset:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    changes = (*CHANGES, ("  rate: {", f"{DENSITY}  rate: {{"))
    return helpers.visits(tmp_path, *changes, sites=SITES, conditions=CONDITIONS)


@pytest.fixture
def figures(visits: Dataset) -> dict[int, Figures]:
    return {period: figures_of(visits, period) for period in (2022, 2023)}


@pytest.fixture
def written(visits: Dataset, figures: Mapping[int, Figures], tmp_path: Path) -> Written:
    return write_table(visits, figures, tmp_path / "data.parquet")


def rows_of(path: Path) -> dict[tuple[int, str, str], dict[str, Any]]:
    return {(row["annee"], row["site"], row["condition"]): row for row in pq.read_table(path).to_pylist()}


def told(row: Mapping[str, Any], measure: str) -> Any:
    return row[measure] if row[f"{measure}_statut"] is None else row[f"{measure}_statut"]


@pytest.mark.usefixtures("written")
def test_a_public_figure_is_shown_beside_a_hidden_count_whose_ratio_is_hidden(tmp_path: Path) -> None:
    rows = rows_of(tmp_path / "data.parquet")
    hidden = rows[2022, "N", "H"]
    assert [told(hidden, name) for name in ("ntop", "people", "density")] == ["NS", 3000, "NS"]
    shown = rows[2022, "T", "G"]
    assert [told(shown, name) for name in ("ntop", "people", "density")] == [60, 5000, 12.0]
    assert told(rows[2022, "N", "G"], "density") == pytest.approx(70 / 3, abs=0.05)


@pytest.mark.usefixtures("written")
def test_it_is_the_same_at_every_node_of_a_dimension_that_its_file_does_not_tell(tmp_path: Path) -> None:
    rows = rows_of(tmp_path / "data.parquet")
    assert {rows[2022, "N", condition]["people"] for condition in ("ALL", "G", "H")} == {3000}
    assert pq.read_schema(tmp_path / "data.parquet").field("people").type == pa.int64()


@pytest.mark.usefixtures("written")
def test_what_its_file_does_not_have_is_missing_and_so_is_a_ratio_to_it(tmp_path: Path) -> None:
    rows = rows_of(tmp_path / "data.parquet")
    assert [told(rows[2023, "E", "G"], name) for name in ("people", "density")] == ["ND", "ND"]
    assert [told(rows[2022, "S", "G"], name) for name in ("people", "density")] == [0, "ND"]


def test_it_is_no_figure_of_the_records(written: Written, figures: Mapping[int, Figures]) -> None:
    cells = sum(int(one.grid.published.sum()) for one in figures.values())
    assert written.cells == 2 * cells, "the count and the fees"
    assert written.hidden == 4


@pytest.mark.usefixtures("written")
def test_it_reads_back_and_a_step_of_a_build_does_not_depend_on_it(
    visits: Dataset, figures: Mapping[int, Figures], tmp_path: Path
) -> None:
    path = tmp_path / "data.parquet"
    assert (read_figures(visits, path)[2022].count.values == figures[2022].count.values).all()
    revised = replace(visits, external={"people": replace(visits.external["people"], figures={})})
    made = tmp_path / "made.parquet"
    write_period(figures[2022], made)
    assert (read_made(revised, 2022, made).count.values == figures[2022].count.values).all()
    with pytest.raises(DataError, match=r"column people: is not the figure of people\.csv"):
        read_figures(revised, path)


@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        ((2022, "T", "G"), {"people": 5001}, "column people: is not the figure of people.csv, which the definition"),
        ((2022, "T", "G"), {"people": None, "people_statut": "NS"}, "column people: is not the figure of people.csv"),
        ((2023, "E", "G"), {"people": 10, "people_statut": None}, "column people: is not the figure of people.csv"),
        ((2022, "T", "G"), {"density": 12.1}, "column density: is not what its formula makes"),
        ((2022, "N", "H"), {"density": 6.7, "density_statut": None}, "column density: is not hidden, shown or missing"),
        ((2023, "E", "G"), {"density": 0.0, "density_statut": None}, "column density: is not hidden, shown or missing"),
    ],
)
@pytest.mark.usefixtures("written")
def test_an_altered_one_is_named(
    visits: Dataset, tmp_path: Path, place: tuple[int, str, str], change: dict[str, object], message: str
) -> None:
    path = tmp_path / "data.parquet"
    table = pq.read_table(path)
    rows: Rows = table.to_pylist()
    (row,) = [r for r in rows if (r["annee"], r["site"], r["condition"]) == place]
    assert any(row[name] != value for name, value in change.items())
    row |= change
    nullable = pa.schema([field.with_nullable(True) for field in table.schema])
    pq.write_table(pa.Table.from_pylist(rows, nullable), path)
    with pytest.raises(DataError, match=message):
        read_figures(visits, path)
