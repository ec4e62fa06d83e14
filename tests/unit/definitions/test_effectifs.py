"""The fund's `effectifs` in its own columns and codes, as a reader finds it who knows these columns and nothing else.

tests/fixtures/effectifs.csv: rows of "Cartographie des pathologies et des dépenses de l'Assurance Maladie, Cnam,
data.ameli.fr", 2015 to 2023, from an extract in RemyNg22/analyse-pathologies-assurance-maladie, commit 759eab29 (ODbL,
as a re-user cites it), with the rate that follows from the published figures in place of the source's, which was made
before rounding; and, last, two rows without a known `top`, whose figures are made up.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.layout import blocks, count_cells, hierarchies_of
from seuil.figures.periods import of_period
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset, read_dataset

ROOT = Path(__file__).parents[3]
FIXTURE = ROOT / "tests" / "fixtures" / "effectifs.csv"
EXTRACT = ROOT / "definitions" / "reel-effectifs-2020" / "effectifs_2020_extrait.csv"
TEXT = pa.dictionary(pa.int32(), pa.string())
SCHEMA = {
    "annee": pa.int32(),
    **dict.fromkeys(("patho_niv1", "patho_niv2", "patho_niv3", "top", "cla_age_5", "sexe", "region", "dept"), TEXT),
    "ntop": pa.int64(),
    "npop": pa.int64(),
    "prev": pa.float64(),
    "niveau_prioritaire": pa.list_(pa.field("element", pa.string())),
    "libelle_classe_age": TEXT,
    "libelle_sexe": TEXT,
    "tri": pa.float64(),
}
Row = Mapping[str, object]


@pytest.fixture(scope="module")
def effectifs() -> Dataset:
    return read_dataset(ROOT / "definitions" / "effectifs" / "effectifs.yaml")


def rendered(dataset: Dataset, period: int, rows: Sequence[Row], path: Path) -> pa.Table:
    """The table of a year in which those rows have these figures, and all others are hidden."""
    one = of_period(dataset, period)
    grid = grid_of(one, period)
    values, hidden = np.zeros(grid.shape, np.int64).ravel(), grid.published.copy().ravel()
    for cells, figure in placed(grid, rows):
        values[cells], hidden[cells] = figure or 0, figure is None
    count = Column(values.reshape(grid.shape), hidden.reshape(grid.shape))
    (view,) = one.views
    write_table(one, {period: Figures(grid, count, {})}, path, view)
    return pq.read_table(path)


def placed(grid: Grid, rows: Sequence[Row]) -> Iterator[tuple[int, int | None]]:
    """The cells of patients and of people that rows tell of, and the figures."""
    hierarchies = hierarchies_of(grid)
    (block,) = list(blocks(grid, rows=1 << 20))
    key = tuple(block.nodes[name] for name in hierarchies)
    place = {nodes: k for k, nodes in enumerate(zip(*(column.tolist() for column in key), strict=True))}
    patients, people = (count_cells(grid, name, block)[0] for name in ("ntop", "npop"))
    for row in rows:
        at = place[tuple(hierarchies[name].index[str(row[name])] for name in hierarchies)]
        yield int(patients[at]), _whole(row["ntop"])
        yield int(people[at]), _whole(row["npop"])


def _whole(text: object) -> int | None:
    return int(str(text)) if text else None


def with_nodes(dataset: Dataset, row: Mapping[str, str]) -> Row:
    """A row of the fund with the nodes that it is of."""
    conditions = dataset.hierarchies["condition"].nodes
    named = {(n.attributes["top"], n.label.fr): n.code for n in conditions}
    label = row["patho_niv3"] or row["patho_niv2"] or row["patho_niv1"]
    territory = "FR" if row["region"] == "99" else f"R{row['region']}" if row["dept"] == "999" else row["dept"]
    return row | {"condition": named[row["top"], label], "age": row["cla_age_5"], "territoire": territory}


def as_read(row: Mapping[str, object]) -> dict[str, str]:
    """A row of the table as the fund writes it in CSV."""
    return {name: _written(value) for name, value in row.items()}


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case float():
            return format(Decimal(repr(value)), "f")
        case list():
            return ",".join(value)
        case _:
            return str(value)


def test_header_and_types(effectifs: Dataset, tmp_path: Path) -> None:
    schema = rendered(effectifs, 2020, [], tmp_path / "t.parquet").schema
    assert dict(zip(schema.names, schema.types, strict=True)) == SCHEMA
    with FIXTURE.open(encoding="utf-8") as file:
        assert file.readline().rstrip("\n").split(";") == schema.names


def test_rows_of_a_year(effectifs: Dataset, tmp_path: Path) -> None:
    """72 lines of three sexes and 7 of one, 21 ages, 120 territories: as many rows as the fund has, each once."""
    table = rendered(effectifs, 2020, [], tmp_path / "t.parquet")
    assert table.num_rows == (72 * 3 + 7 * 2) * 21 * 120 == 579_600
    keys = table.select(["patho_niv1", "patho_niv2", "patho_niv3", "cla_age_5", "sexe", "region", "dept"])
    assert keys.group_by(keys.schema.names).aggregate([]).num_rows == table.num_rows
    sexes = {(row["patho_niv3"], row["sexe"]) for row in table.slice(0, 100_000).to_pylist()}
    assert {sex for label, sex in sexes if label == "Cancer de la prostate actif"} == {"1", "9"}
    assert {sex for label, sex in sexes if label == "Cancer colorectal actif"} == {"1", "2", "9"}


def test_rows_by_hand(effectifs: Dataset, tmp_path: Path) -> None:
    with FIXTURE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    found = []
    for year in dict.fromkeys(int(line["annee"]) for line in lines):
        rows = [with_nodes(effectifs, line) for line in lines if int(line["annee"]) == year]
        table = rendered(effectifs, year, rows, tmp_path / "t.parquet")
        wanted = {tuple(line[k] for k in KEY) for line in lines if int(line["annee"]) == year}
        near = table.filter(reduce(pc.and_, (has_one_of(table, k, {line[k] for line in lines}) for k in KEY)))
        found += [row for row in map(as_read, near.to_pylist()) if tuple(row[k] for k in KEY) in wanted]
    assert [sorted(found, key=by_key), len(found)] == [sorted(lines, key=by_key), len(lines)]


KEY = ("annee", "patho_niv1", "patho_niv2", "patho_niv3", "cla_age_5", "sexe", "region", "dept")


def has_one_of(table: pa.Table, column: str, texts: set[str]) -> pa.ChunkedArray:
    """Rows in which a column reads as one of some texts. Half a million rows a year are too many for Python."""
    return pc.is_in(pc.fill_null(table[column].cast("string"), ""), pa.array(sorted(texts)))


def by_key(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[k] for k in KEY)


def test_every_row_of_an_extract_is_there_under_its_keys(effectifs: Dataset, tmp_path: Path) -> None:
    with EXTRACT.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    rows = [line | {"condition": line["top"], "age": line["cla_age_5"]} for line in lines]
    table = rendered(effectifs, 2020, rows, tmp_path / "t.parquet")
    columns = [table[name].cast("string").to_pylist() for name in ("top", "cla_age_5", "sexe", "region", "dept")]
    figures = zip(table["ntop"].to_pylist(), table["npop"].to_pylist(), strict=True)
    told = dict(zip(zip(*columns, strict=True), figures, strict=True))
    for line in lines:
        place = line["territoire"]
        region = effectifs.hierarchies["territoire"].nodes[effectifs.hierarchies["territoire"].index[place]]
        keys = ("99", "999") if place == "FR" else (place[1:], "999") if place[0] == "R" else (region.parent[1:], place)
        expected = (_whole(line["ntop"]), _whole(line["npop"]))
        assert told[line["top"], line["cla_age_5"], line["sexe"], *keys] == expected
