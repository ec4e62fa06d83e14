"""Made-up professionals: skewed fees, few of a kind in many departments, the same every time."""

from pathlib import Path

import pandas as pd
import pytest

from seuil.model.dataset import read_dataset
from seuil.synthetic import reference
from seuil.synthetic.professionals import FILE, PlantedProfessional, write_professionals

DEFINITION = Path(__file__).parents[3] / "definitions" / "professionals" / "professionals.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("professionals")
    write_professionals(folder, seed=5)
    return folder


@pytest.fixture(scope="module")
def rows(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / FILE)


def test_full_scale_and_one_row_a_year(rows: pd.DataFrame):
    assert rows.groupby("annee").size().between(390_000, 410_000).all()
    assert not rows.duplicated(["id", "annee"]).any()
    assert 0.85 < (rows.groupby("id").annee.nunique() == 2).mean() < 0.95


def test_professions_are_those_of_the_definition(rows: pd.DataFrame):
    hierarchy = read_dataset(DEFINITION).hierarchies["profession"]
    assert set(rows.profession) == {n.code for n in hierarchy.nodes if n.level == "profession"}
    assert len(reference.professions()) == 33


def test_some_cells_are_small_and_some_dominated(rows: pd.DataFrame):
    cells = (
        rows[rows.annee == 2022].groupby(["profession", "dept"], observed=True).honoraires.agg(["size", "sum", "max"])
    )
    assert (cells["size"] < 5).sum() > 100
    large = cells[cells["size"] >= 5]
    assert (large["max"] > 0.85 * large["sum"]).any()


def test_some_have_no_fees_or_no_department(rows: pd.DataFrame):
    assert 0.01 < (rows.honoraires == 0).mean() < 0.02
    assert 0.001 < rows.dept.isna().mean() < 0.005
    assert (rows.honoraires >= 0).all()


def test_mean_fees_are_near_the_published_ones(rows: pd.DataFrame):
    nurses = rows[rows.profession == "infirmiers"].honoraires
    published = next(p.mean_fees for p in reference.professions() if p.code == "infirmiers")
    assert nurses.median() == pytest.approx(published, rel=0.25)


def test_same_seed_same_bytes(folder: Path, tmp_path: Path):
    write_professionals(tmp_path, seed=5)
    assert (tmp_path / FILE).read_bytes() == (folder / FILE).read_bytes()


def test_planted_professional_is_there(tmp_path: Path):
    planted = PlantedProfessional("CANARI-2", 2023, "infirmiers", "2A", 123_456_789)
    write_professionals(tmp_path, scale=0.001, planted=[planted])
    rows = pd.read_parquet(tmp_path / FILE)
    (row,) = rows[rows.id == "CANARI-2"].itertuples(index=False)
    assert (row.annee, row.profession, row.dept, row.honoraires) == (2023, "infirmiers", "2A", 123_456_789)
