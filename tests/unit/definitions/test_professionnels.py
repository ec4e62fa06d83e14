"""The fund's datasets of professionals in its own columns and codes, as a reader finds them who knows nothing else.

tests/fixtures/<collection>/<dataset>.csv: ten rows of each by hand, with made-up figures; what is derived (densities,
means, rates) was worked out by hand from the others and from the population of the row's territory. Figures that a
dataset has no column of, such as how many professionals there are, stand in figures/<dataset>.csv: row by row, or cell
by cell where they stand in other rows, such as those of women, or of fees of one kind.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.layout import cells_of, hierarchies_of
from seuil.figures.periods import of_period
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset, read_dataset

ROOT = Path(__file__).parents[3]
FIXTURES = sorted((ROOT / "tests" / "fixtures" / "professionnels").glob("*.csv"))
SOURCE = ROOT / "src" / "seuil" / "synthetic" / "data" / "population.csv"
YEAR = 2024
TEXT = pa.dictionary(pa.int32(), pa.string())
TYPES = {
    "annee": pa.int32(),
    "effectif": pa.int64(),
    "densite": pa.float64(),
    "montant_honoraires": pa.int64(),
    "montant_honoraires_moyens": pa.int64(),
}
"""Types of the fund's columns; shares, ages and orders are numbers, whole ones end in `_integer`, all others are texts.
"""

LABELS = {
    "profession_sante": "profession",
    "libelle_classe_age": "age",
    "libelle_sexe": "sexe",
    "libelle_secteur_conventionnel": "secteur",
    "libelle_type_exercice_liberal": "exercice",
}
"""Columns whose text is the label of a node."""
KEYS = ("annee", *LABELS, "region", "departement", "code_departement", "poste_prescription")
KINDS = tuple(f"type_honoraires_niveau_{level}" for level in (1, 2, 3))
COUNT = "effectif"
Row = Mapping[str, str]


@pytest.fixture(scope="module")
def professionnels() -> Dataset:
    return read_dataset(ROOT / "definitions" / "professionnels" / "professionnels.yaml")


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def figures_of(path: Path) -> list[dict[str, str]]:
    """The rows of a fixture with the figures behind them."""
    behind = path.parent / "figures" / path.name
    lines = lines_of(path)
    if not behind.exists():
        return lines
    figures = lines_of(behind)
    return figures if "profession_sante" in figures[0] else [a | b for a, b in zip(lines, figures, strict=True)]


def rendered(dataset: Dataset, name: str, rows: Sequence[Row], path: Path) -> pa.Table:
    """The table of a dataset in which those rows have these figures, and all others are hidden."""
    one = of_period(dataset, YEAR)
    grid = grid_of(one, YEAR)
    columns = {COUNT: _column(grid, COUNT, rows)} | {n: _column(grid.grids[n], n, rows) for n in one.sums}
    (view,) = [view for view in one.views if view.id == name]
    sums = {name: columns[name] for name in one.sums}
    write_table(one, {YEAR: Figures(grid, columns[COUNT], sums)}, path, view)
    return pq.read_table(path)


def _column(grid: Grid, measure: str, rows: Sequence[Row]) -> Column:
    values, hidden = np.zeros(grid.shape, np.int64).ravel(), grid.published.copy().ravel()
    for row in rows:
        if row.get(measure, "") not in ("", "NS"):
            cell, there = cells_of(grid, {n: np.array([k]) for n, k in nodes_of(grid, row).items()})
            assert there.all()
            values[cell], hidden[cell] = int(row[measure]), False
    return Column(values.reshape(grid.shape), hidden.reshape(grid.shape))


def nodes_of(grid: Grid, row: Row) -> dict[str, int]:
    """The nodes of a row of the fund, by its columns alone; of a dimension that it says nothing of, the total."""
    found = dict.fromkeys(grid.dataset.hierarchies, 0)
    hierarchies = hierarchies_of(grid)
    for dimension in found.keys() & row.keys():
        found[dimension] = hierarchies[dimension].index[row[dimension]]
    for column, dimension in LABELS.items():
        if row.get(column):
            (found[dimension],) = [
                k for k, node in enumerate(hierarchies[dimension].nodes) if node.label.fr == row[column]
            ]
    department = row.get("departement") or row.get("code_departement")
    if department:
        region = row.get("region", "99")
        place = department if department != "999" else "FR" if region == "99" else f"R{region}"
        found["territoire"] = hierarchies["territoire"].index[place]
    return found


def as_read(row: Mapping[str, object]) -> dict[str, str]:
    """A row of the table as the fund writes it in CSV."""
    return {name: "" if value is None else str(value) for name, value in row.items()}


def type_of(column: str) -> pa.DataType:
    if column.startswith(("part_", "age_moyen")):
        return pa.float64()
    return (
        pa.int64() if column.endswith("_integer") or column.startswith("honoraires_ordre_") else TYPES.get(column, TEXT)
    )


def keys_of(columns: Sequence[str]) -> list[str]:
    """The columns that tell rows apart: texts, and the year."""
    return [c for c in columns if c in (*KEYS, *KINDS)]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_header_and_types(professionnels: Dataset, path: Path, tmp_path: Path) -> None:
    schema = rendered(professionnels, path.stem, [], tmp_path / "t.parquet").schema
    with path.open(encoding="utf-8") as file:
        assert file.readline().rstrip("\n").split(";") == schema.names
    assert {f.name: f.type for f in schema} == {name: type_of(name) for name in schema.names}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_rows_by_hand(professionnels: Dataset, path: Path, tmp_path: Path) -> None:
    lines = lines_of(path)
    assert len(lines) == 10
    table = rendered(professionnels, path.stem, figures_of(path), tmp_path / "t.parquet")
    keys = keys_of(table.schema.names)
    found = {tuple(row[k] for k in keys): row for row in map(as_read, table.to_pylist())}
    assert [found[tuple(line[k] for k in keys)] for line in lines] == lines


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("demographie-effectifs-et-les-densites", 38 * 120 * 13 * 4),
        ("demographie-secteurs-conventionnels", 38 * 120 * 7),
        ("demographie-exercices-liberaux", 38 * 120 * 3),
        ("demographie-ages-moyens-part-des-femmes-part-des-plus-de-60-ans", 38),
        ("honoraires", 38 * 120),
        ("honoraires-detailles", 102 * (38 * 30 - 662)),  # without what is declared empty
        ("prescriptions", 38 * 120 * 9),
        ("patientele", 38 * 120),
    ],
)
def test_rows_of_a_year_each_once(professionnels: Dataset, name: str, rows: int, tmp_path: Path) -> None:
    table = rendered(professionnels, name, [], tmp_path / "t.parquet")
    keys = table.select(keys_of(table.schema.names))
    assert table.num_rows == rows == keys.group_by(keys.schema.names).aggregate([]).num_rows


def test_head_counts_have_as_many_rows_as_the_fund_s(professionnels: Dataset) -> None:
    """3,456,960 for 2010 to 2024, as a re-user measured: two professions of 38 begin in 2018."""
    (view,) = [v for v in professionnels.views if v.id == "demographie-effectifs-et-les-densites"]
    (table,) = view.tables
    rows = 0
    for period in range(2010, 2025):
        sizes = [len(professionnels.published_nodes(table, n, period)) for n in professionnels.hierarchies]
        rows += int(np.prod(sizes))
    assert rows == 3_456_960


def test_fees_by_sector_are_published_of_sector_2_in_france_alone(professionnels: Dataset) -> None:
    grid = grid_of(professionnels, YEAR, "honoraires_par_nature")
    names = map(grid.names.name, np.flatnonzero(grid.published).tolist())
    told = {(cell["secteur"], cell["territoire"], cell["nature"]) for cell in names}
    of_sectors = {cell for cell in told if cell[0] != "tout-secteur"}
    parts = ("HORS_DEPASSEMENTS", "TOUS_DEPASSEMENTS")
    assert of_sectors == {(sector, "FR", part) for sector in ("2", "2_optam", "2_non_optam") for part in parts}


def test_kinds_of_fees_are_published_of_france_and_departments(professionnels: Dataset) -> None:
    """Rows of regions have those without excess, and excess; what both add up to is protected nowhere."""
    grid = grid_of(professionnels, YEAR, "honoraires_par_nature")
    names = map(grid.names.name, np.flatnonzero(grid.published).tolist())
    told = {(cell["nature"], len(cell["territoire"]) == 3 and cell["territoire"][0] == "R") for cell in names}
    assert {nature for nature, region in told if region} == {"HORS_DEPASSEMENTS", "TOUS_DEPASSEMENTS"}
    assert len({nature for nature, region in told if not region}) == 32


def population_of(places: Mapping[str, str]) -> Iterator[tuple[tuple[int, str], int]]:
    """INSEE's people of each department and year, and of the places above it."""
    with SOURCE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for year in range(2010, 2026):
                if row[str(year)]:
                    for place in (row["dep"], places[row["dep"]], "FR"):
                        yield (year, place), int(row[str(year)])


def test_the_population_is_insee_s(professionnels: Dataset) -> None:
    places = {node.code: node.parent for node in professionnels.hierarchies["territoire"].nodes}
    expected: dict[tuple[int, tuple[str, ...]], int] = {}
    for (year, place), people in population_of(places):
        expected[year, (place,)] = expected.get((year, (place,)), 0) + people
    assert professionnels.external["population"].figures == expected
    assert expected[2023, ("FR",)] == 68_246_082
