"""Made-up patients: who they are, what they have, and that they are the same every time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seuil.synthetic import reference
from seuil.synthetic.draw import rounded, uniform
from seuil.synthetic.patients import MEMBERSHIPS_FILE, PEOPLE_FILE, PlantedPatient, write_patients

SCALE = 0.005


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("patients")
    write_patients(folder, scale=SCALE, seed=3)
    return folder


@pytest.fixture(scope="module")
def people(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / PEOPLE_FILE)


@pytest.fixture(scope="module")
def ill(folder: Path, people: pd.DataFrame) -> pd.DataFrame:
    memberships = pd.read_parquet(folder / MEMBERSHIPS_FILE)
    return memberships.merge(people, on=["id", "annee"], how="left", validate="many_to_one")


def test_a_person_stands_once_a_year_and_many_in_both(people: pd.DataFrame):
    assert not people.duplicated(["id", "annee"]).any()
    years = people.groupby("id").annee.nunique()
    assert 0.8 < (years == 2).mean() < 0.99


def test_cells_follow_the_population(people: pd.DataFrame):
    for year in (2022, 2023):
        there = people[people.annee == year]
        expected = reference.population(year).sum() * SCALE
        assert len(there) == pytest.approx(expected, rel=0.01)
        north = reference.population(year)[reference.departments().index("59")].sum() * SCALE
        assert (there.dept == "59").sum() == pytest.approx(north, rel=0.05)


def test_people_grow_a_year_older_where_they_live(people: pd.DataFrame):
    both = people.pivot(index="id", columns="annee", values="age").dropna()
    assert set((both[2023] - both[2022])[both[2022] < 110]) == {1}


def test_rates_are_those_of_the_table(people: pd.DataFrame, ill: pd.DataFrame):
    women = people[(people.sexe == "2") & people.age.between(70, 74)]
    treated = ill[(ill.top == "TFC_HTA_EXC") & (ill.sexe == "2") & ill.age.between(70, 74)]
    rate = reference.rates()["TFC_HTA_EXC"][1, reference.AGES.index("70-74")]
    assert len(treated) / len(women) == pytest.approx(rate, rel=0.05)
    cancers = ill[ill.top.str.startswith("CAN_")].drop_duplicates(["id", "annee"])
    old_men = cancers[(cancers.sexe == "1") & cancers.age.between(70, 74)]
    men = people[(people.sexe == "1") & people.age.between(70, 74)]
    rate = reference.rates()["CAN_CAT_CAT"][0, reference.AGES.index("70-74")]
    assert len(old_men) / len(men) == pytest.approx(rate, rel=0.08)


def test_conditions_of_one_sex_and_overlaps(ill: pd.DataFrame):
    assert set(ill[ill.top.str.startswith("CAN_SEI")].sexe) <= {"2", "0"}
    assert set(ill[ill.top.str.startswith("CAN_PRO")].sexe) <= {"1", "0"}
    assert ill.age.notna().all()
    tops = ill.groupby(["id", "annee"]).top.agg(set)
    assert any({"CAN_SEI_ACT", "CAN_SEI_SUR"} <= t for t in tops)
    assert any(
        "CAN_CAT_CAT" in t and not t & {"CAN_SEI_ACT", "CAN_SEI_SUR", "CAN_PRO_ACT", "CAN_PRO_SUR"} for t in tops
    )
    assert tops.map(len).max() >= 3


def test_chronic_conditions_stay(people: pd.DataFrame, ill: pd.DataFrame):
    last_year = set(ill[(ill.annee == 2022) & (ill.top == "DIA_CAT_CAT")].id)
    still_here = last_year & set(people[people.annee == 2023].id)
    now = set(ill[(ill.annee == 2023) & (ill.top == "DIA_CAT_CAT")].id)
    assert len(still_here & now) / len(still_here) > 0.95


def test_some_have_no_known_department_or_sex(people: pd.DataFrame):
    assert 0 < people.dept.isna().mean() < 0.01
    assert 0 < (people.sexe == "0").mean() < 0.01


def test_same_seed_same_bytes_and_another_seed_others(folder: Path, tmp_path: Path):
    for name, seed in (("same", 3), ("other", 4)):
        write_patients(tmp_path / name, scale=SCALE, seed=seed)
    for file in (PEOPLE_FILE, MEMBERSHIPS_FILE):
        assert (tmp_path / "same" / file).read_bytes() == (folder / file).read_bytes()
        assert (tmp_path / "other" / file).read_bytes() != (folder / file).read_bytes()


def test_planted_people_are_there_as_they_are(tmp_path: Path):
    planted = PlantedPatient("CANARI-1", 2022, None, "2", 33, ("CAN_SEI_ACT", "DIA_CAT_CAT"))
    made = write_patients(tmp_path, scale=0.0001, years=(2022,), planted=[planted])
    people = pd.read_parquet(tmp_path / PEOPLE_FILE)
    memberships = pd.read_parquet(tmp_path / MEMBERSHIPS_FILE)
    assert made.rows == {PEOPLE_FILE: len(people), MEMBERSHIPS_FILE: len(memberships)}
    (row,) = people[people.id == "CANARI-1"].itertuples(index=False)
    assert (row.annee, row.sexe, row.age) == (2022, "2", 33)
    assert pd.isna(row.dept)
    assert set(memberships[memberships.id == "CANARI-1"].top) == {"CAN_SEI_ACT", "DIA_CAT_CAT"}


def test_a_failed_run_leaves_no_file(tmp_path: Path):
    def fail(_: str) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_patients(tmp_path, scale=0.0001, progress=fail)
    assert list(tmp_path.iterdir()) == []


def test_draws_are_uniform_and_independent_of_order():
    ids = np.arange(200_000, dtype=np.int64)
    numbers = uniform(ids, 1, "a")
    assert (uniform(ids[::-1], 1, "a")[::-1] == numbers).all()
    assert np.histogram(numbers, bins=10, range=(0, 1))[0] == pytest.approx(20_000, rel=0.03)
    assert abs(np.corrcoef(numbers, uniform(ids, 1, "b"))[0, 1]) < 0.01
    assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < 0.01


def test_rounding_up_keeps_the_mean():
    rng = np.random.default_rng(0)
    assert rounded(np.full(100_000, 2.3), rng).mean() == pytest.approx(2.3, rel=0.01)
