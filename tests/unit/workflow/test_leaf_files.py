"""Files of leaves into arrays."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from seuil.disclosure.cube.grid import grid_of
from seuil.figures.leaf_files import read_leaves
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError

SUM = {
    "fees": [70_4999, 9_0000],
    "fees_contributors": [3, 1],
    "fees_largest": [40_0000, 9_0000],
    "fees_second": [20_0000, 0],
}
VISITS = {"territory": ["b", "X"], "age": ["old", "young"], "sex": ["2", "1"], "n": [4, 1], **SUM}


def written(folder: Path, columns: dict, kind: str) -> Path:
    path = folder / f"leaves.{kind}"
    table = pa.table(columns)
    pcsv.write_csv(table, path) if kind == "csv" else pq.write_table(table, path)
    return path


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_leaves_stand_where_their_codes_say(tmp_path: Path, visits: Dataset, kind: str) -> None:
    leaves = read_leaves(written(tmp_path, VISITS, kind), grid_of(visits, 2023))
    # Leaves of territory: a, b, c, d, X; of age: young, old; of sex: 1, 2
    assert leaves.count.shape == (1, 5, 2, 2)
    assert (leaves.count[0, 1, 1, 1], leaves.count[0, 4, 0, 0], leaves.count.sum()) == (4, 1, 5)
    fees = leaves.sums["fees"]
    assert (fees.total[0, 1, 1, 1], fees.in_parts[0, 1, 1, 1], fees.contributors[0, 1, 1, 1]) == (70, 70_4999, 3)
    assert [fees.units(a)[0, 1, 1, 1] for a in (fees.largest, fees.second)] == [40, 20]


def test_overlapping_dimension_gives_the_slice(tmp_path: Path, illness: Dataset) -> None:
    columns = {"condition": ["ALL", "A"], "territory": ["a", "a"], "sex": ["1", "1"], "n": [9, 2]}
    leaves = read_leaves(written(tmp_path, columns, "parquet"), grid_of(illness, 2023))
    assert leaves.count.shape == (5, 5, 2)
    assert (leaves.count[0, 0, 0], leaves.count[2, 0, 0], leaves.count.sum()) == (9, 2, 11)


def test_nobody_at_all(tmp_path: Path, visits: Dataset) -> None:
    columns = {
        name: pa.array([], pa.string() if name in ("territory", "age", "sex") else pa.int64()) for name in VISITS
    }
    assert read_leaves(written(tmp_path, columns, "parquet"), grid_of(visits, 2023)).count.sum() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"territory": ["SECRET", "X"]}, "column territory: a code that is no leaf"),
        ({"territory": ["N", "X"]}, "column territory: a code that is no leaf"),
        ({"n": [4, -777]}, "column n: a negative number"),
        ({"n": ["4", "SECRET"]}, "can't be read as leaves"),
        ({"n": [4, None]}, "column n: a row without a value"),
        ({"territory": ["X", "X"], "age": ["old", "old"], "sex": ["1", "1"]}, "two rows"),
    ],
)
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_what_does_not_fit_is_named_without_its_value(
    tmp_path: Path, visits: Dataset, change: dict, words: str, kind: str
) -> None:
    path = written(tmp_path, VISITS | change, kind)
    with pytest.raises(DataError, match=words) as caught:
        read_leaves(path, grid_of(visits, 2023))
    assert "SECRET" not in str(caught.value)
    assert "777" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_missing_column_and_missing_file(tmp_path: Path, visits: Dataset) -> None:
    path = written(tmp_path, {k: v for k, v in VISITS.items() if k != "fees_second"}, "parquet")
    for wrong in (path, tmp_path / "nothing.parquet"):
        with pytest.raises(DataError, match="expected the columns territory, age, sex, n, fees"):
            read_leaves(wrong, grid_of(visits, 2023))
