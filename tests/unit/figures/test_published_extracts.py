"""The extracts of the fund's published tables come in whole: every row, every hidden figure."""

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from seuil.figures.elsewhere import bring_in
from seuil.figures.render import Rendering
from seuil.model.dataset import read_dataset

ROOT = Path(__file__).parents[3]
DEFINITIONS = sorted((ROOT / "definitions").glob("reel-*/reel-*.yaml"))
PLACES = {"FR": "R99"}
FIXTURE = ROOT / "tests" / "fixtures" / "effectifs.csv"


def test_there_are_extracts() -> None:
    assert len(DEFINITIONS) >= 3


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda p: p.stem)
def test_an_extract_comes_in_whole(path: Path, tmp_path: Path) -> None:
    dataset = read_dataset(path)
    published = dataset.definition.published
    assert published is not None
    with (path.parent / published.file).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=published.delimiter or ","))
    columns = [m.column for m in dataset.definition.measures.values() if m.kind == "given"]
    written = bring_in(dataset, tmp_path / "data.parquet")
    assert written.rows == len(lines) > 1000
    assert written.hidden == sum(line[c] in published.hidden for line in lines for c in columns)


def rendered(name: str, folder: Path) -> list[dict[str, object]]:
    (path,) = (p for p in DEFINITIONS if p.stem == name)
    dataset = read_dataset(path)
    bring_in(dataset, folder / "figures.parquet")
    Rendering(dataset, folder / "figures.parquet").write(dataset.views[0], folder / "data.parquet")
    return [dict(row) for row in pq.read_table(folder / "data.parquet").to_pylist()]


def lines_of(name: str, delimiter: str) -> list[dict[str, str]]:
    (path,) = (ROOT / "definitions" / name).glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("reel-honoraires", ("hono_sans_depassement_moyens", "depassements_moyens")),
        ("reel-patientele", ("nombre_patients_uniques",)),
    ],
)
def test_an_extract_keeps_its_own_columns_and_texts(name: str, columns: tuple[str, ...], tmp_path: Path) -> None:
    keys = ("annee", "profession_sante", "departement")
    rows = {tuple(str(row[k]) for k in keys): row for row in rendered(name, tmp_path)}
    lines = lines_of(name, ";")
    assert len(rows) == len(lines)
    for line in lines:
        row = rows[tuple(line[k] for k in keys)]
        assert [str(row[c]).replace(" ", "") for c in columns] == [line[c] for c in columns]
    shown = next(row for row in rows.values() if str(row[columns[0]]).count(" ") == 1)
    numbers = [value for column, value in shown.items() if column.endswith("_integer")]
    assert numbers[0] == int(str(shown[columns[0]]).replace(" ", ""))


def test_the_extract_of_patients_keeps_its_own_columns_and_codes(tmp_path: Path) -> None:
    rows = rendered("reel-effectifs-2020", tmp_path)
    assert list(rows[0]) == FIXTURE.read_text(encoding="utf-8").split("\n", 1)[0].split(";")
    told = {
        (r["top"], r["cla_age_5"], r["sexe"], f"R{r['region']}" if r["dept"] == "999" else r["dept"]): r for r in rows
    }
    for line in lines_of("reel-effectifs-2020", ","):
        row = told[line["top"], line["cla_age_5"], line["sexe"], PLACES.get(line["territoire"], line["territoire"])]
        expected = [line["ntop"], line["npop"], line["prev"]]
        assert [_written(row[name]) for name in ("ntop", "npop", "prev")] == expected
    assert rows[0]["patho_niv3"] == "Total consommants tous régimes"


def _written(value: object) -> str:
    return "" if value is None else str(value)
