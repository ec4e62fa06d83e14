"""Made-up professionals: skewed fees that add up, few of a kind in many departments, the same every time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seuil.model.dataset import read_dataset
from seuil.model.errors import UsageError
from seuil.synthetic import practice
from seuil.synthetic.practice import PRACTICES, SECTORS
from seuil.synthetic.professionals import (
    DETAIL_FILE,
    FILE,
    FILES,
    PRESCRIPTIONS_FILE,
    PlantedProfessional,
    write_professionals,
)
from seuil.synthetic.professions import EXCESS, items, kinds, means, mix, professions
from seuil.synthetic.reference import YEARS

DEFINITION = Path(__file__).parents[3] / "definitions" / "professionnels" / "professionnels.yaml"
SOME = ("medecins-generalistes-hors-mep", "cardiologues", "dermatologues", "sages-femmes", "chirurgiens-dentistes-odf")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("professionals")
    write_professionals(folder, seed=5, files=[FILE])
    return folder


@pytest.fixture(scope="module")
def rows(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / FILE)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """All files of some professions over several years."""
    folder = tmp_path_factory.mktemp("whole")
    write_professionals(folder, seed=5, years=(2010, 2017, 2018), only=SOME)
    return {name: pd.read_parquet(folder / name) for name in FILES}


def test_full_scale_and_one_row_a_year(rows: pd.DataFrame):
    assert rows.groupby("annee").size().between(360_000, 400_000).all()
    assert not rows.duplicated(["id", "annee"]).any()
    assert 0.9 < (rows.groupby("id").annee.nunique() == 2).mean() < 0.97


def test_professions_are_those_of_the_definition(rows: pd.DataFrame):
    hierarchy = read_dataset(DEFINITION).hierarchies["profession"]
    assert set(rows.profession) == {n.code for n in hierarchy.nodes if n.level == "profession"}
    assert len(professions()) == 33


def test_some_cells_are_small_and_some_dominated(rows: pd.DataFrame):
    cells = (
        rows[rows.annee == 2022].groupby(["profession", "dept"], observed=True).honoraires.agg(["size", "sum", "max"])
    )
    assert (cells["size"] < 5).sum() > 100
    large = cells[cells["size"] >= 5]
    assert (large["max"] > 0.85 * large["sum"]).any()


def test_some_have_no_fees_or_no_known_department_age_or_sex(rows: pd.DataFrame):
    assert 0.01 < (rows.honoraires == 0).mean() < 0.02
    assert 0.001 < rows.dept.isna().mean() < 0.005
    assert 0.0005 < rows.age.isna().mean() < 0.002
    assert 0.0001 < (rows.sexe == "0").mean() < 0.001
    assert (rows[["honoraires", "sans_depassement", "depassements"]] >= 0).all().all()


def test_means_are_those_of_the_extracts(rows: pd.DataFrame):
    of_year = rows[rows.annee == 2022].groupby("profession", observed=True)
    found = of_year[["sans_depassement", "depassements", "patients"]].mean()
    for profession in professions():
        there = len(rows[(rows.annee == 2022) & (rows.profession == profession.code)])
        expected = {m: means()[profession.code][m][YEARS.index(2022)] for m in ("fees", "excess", "patients")}
        near = 0.05 + 7 / there**0.5  # five standard deviations of a mean of so skewed amounts, and departments
        row = found.loc[profession.code]
        assert row.sans_depassement / 100 == pytest.approx(expected["fees"], rel=near), profession.code
        assert row.patients == pytest.approx(expected["patients"], rel=near), profession.code
        if profession.sector_2 > 0.2 and there > 2000:
            assert row.depassements / 100 == pytest.approx(expected["excess"], rel=2 * near), profession.code


def test_what_beyond_the_extracts_is_follows_their_trend():
    nurses = means()["infirmiers"]["fees"]
    assert (np.diff(nurses[YEARS.index(2021) :]) > 0).all()
    assert nurses[-1] < 1.04**4 * nurses[YEARS.index(2021)]
    patients = means()["infirmiers"]["patients"]
    assert (patients[: YEARS.index(2016)] == patients[YEARS.index(2016)]).all()


def test_parts_add_up_to_totals(whole: dict[str, pd.DataFrame]):
    people = whole[FILE].set_index(["id", "annee"])
    detail = whole[DETAIL_FILE]
    excess = detail[detail.kind == EXCESS].groupby(["id", "annee"]).cents.sum()
    others = detail[detail.kind != EXCESS].groupby(["id", "annee"]).cents.sum()
    assert (others.reindex(people.index, fill_value=0) == people.sans_depassement).all()
    assert (excess.reindex(people.index, fill_value=0) == people.depassements).all()
    total = (people.sans_depassement + people.depassements) / 100
    assert (people.honoraires - total).abs().max() <= 0.5


def test_parts_are_known_kinds_each_once_and_some_lack(whole: dict[str, pd.DataFrame]):
    for file, column, codes in ((DETAIL_FILE, "kind", kinds()), (PRESCRIPTIONS_FILE, "poste", items())):
        table = whole[file]
        assert set(table[column]) <= set(codes)
        assert not table.duplicated(["id", "annee", column]).any()
        assert (table.cents > 0).all()
    with_visits = whole[DETAIL_FILE].query("kind == 'VISITES' and annee == 2010").id.nunique()
    doctors = whole[FILE].query(f"profession == '{SOME[0]}' and annee == 2010 and honoraires > 0").id.nunique()
    assert 0.88 < with_visits / doctors < 0.96


def test_second_units_are_possible(whole: dict[str, pd.DataFrame]):
    people = whole[FILE]
    for total, largest in (
        (people.honoraires, people.honoraires_patient),
        (people.sans_depassement, people.sans_depassement_patient),
        (people.depassements, people.depassements_patient),
    ):
        assert ((total == 0) | ((largest <= total) & (people.patients >= 1))).all()
        assert (largest * people.patients >= 0.99 * total - people.patients).all()
    for file in (DETAIL_FILE, PRESCRIPTIONS_FILE):
        parts = whole[file].merge(people[["id", "annee", "patients"]], on=["id", "annee"], suffixes=("", "_all"))
        assert (parts.patients >= 1).all()
        assert (parts.cents_patient <= parts.cents).all()
        with_patients = parts[parts.patients_all > 0]
        assert (with_patients.patients <= with_patients.patients_all).all()


def test_who_has_fees_has_a_patient(monkeypatch: pytest.MonkeyPatch):
    few = {m: np.full(len(YEARS), 0.01 if m == "patients" else 1000.0) for m in ("fees", "excess", "patients")}
    monkeypatch.setattr(practice, "means", lambda: {p.code: few for p in professions()})
    here = practice.practices(professions()[0], 2020, 1.0, 1)
    assert set(here.patients[here.fees > 0]) == {1}
    assert set(here.patients[here.fees == 0]) <= {0}
    assert (here.largest_share == 1).all()


def test_all_professions_have_elders_also_those_that_the_extracts_have_later(rows: pd.DataFrame):
    ages = rows[rows.annee == 2022].groupby("profession", observed=True).age
    assert ages.mean().between(35, 55).all()
    assert (ages.quantile(0.95) > 47).all()
    assert ages.mean()["allergologues"] > 45


def test_people_stay_and_grow_older_and_newcomers_are_young(whole: dict[str, pd.DataFrame]):
    people = whole[FILE]
    by_year = {year: people[people.annee == year].set_index("id") for year in (2010, 2017, 2018)}
    both = by_year[2017].join(by_year[2018].add_suffix("_next"), how="inner")
    assert 0.95 < len(both) / len(by_year[2017]) < 0.99
    for column in ("profession", "dept", "sexe", "exercice"):
        same = both[column].astype(object).fillna("-") == both[f"{column}_next"].astype(object).fillna("-")
        assert same.all()
    aged = both.age_next - both.age
    assert set(aged.dropna()) <= {0, 1}  # 0 for those of the highest age
    assert (aged == 1).mean() > 0.98
    new = by_year[2018][~by_year[2018].index.isin(by_year[2017].index)]
    left = by_year[2017][~by_year[2017].index.isin(by_year[2018].index)]
    assert new.age.mean() < 42 < 58 < left.age.mean()
    assert new.groupby("profession", observed=True).age.mean().max() < 45
    assert len(set(by_year[2010].index) & set(by_year[2018].index)) / len(by_year[2010]) > 0.7


def test_sectors_are_of_doctors_and_optam_grows(whole: dict[str, pd.DataFrame]):
    people = whole[FILE]
    shares = pd.crosstab([people.profession, people.annee], people.secteur, normalize="index")
    assert set(people.secteur) <= set(SECTORS)
    assert set(people.exercice) == set(PRACTICES)
    skin = shares.loc["dermatologues"]
    assert skin.loc[2010, "2_optam"] == 0 < skin.loc[2017, "2_optam"] < skin.loc[2018, "2_optam"]
    assert (skin["2_optam"] + skin["2_non_optam"]).tolist() == pytest.approx([0.45] * 3, abs=0.04)
    assert (shares.loc["sages-femmes"][["1", "2_optam", "2_non_optam"]] == 0).all().all()
    of_sector = people[people.profession == "dermatologues"].groupby("secteur", observed=True)
    rate = of_sector.depassements.sum() / of_sector.sans_depassement.sum()
    assert rate["1"] < rate["2_optam"] < rate["2_non_optam"]


def test_attending_doctors_are_general_practitioners(whole: dict[str, pd.DataFrame]):
    attending = whole[FILE].groupby("profession", observed=True).patients_medecin_traitant.mean()
    assert attending[SOME[0]] == pytest.approx(980, rel=0.1)
    assert attending.drop(SOME[0]).max() == 0


def test_kinds_begin_when_they_began():
    doctor = next(p for p in professions() if p.code == SOME[0])
    assert "TELECONSULTATIONS" not in mix(doctor, 2017)[0]
    assert "TELECONSULTATIONS" in mix(doctor, 2018)[0]
    for year in YEARS:
        for profession in professions():
            names, shares = mix(profession, year)
            assert set(names) <= set(kinds())
            assert shares.sum() == pytest.approx(1)


def test_same_seed_same_bytes_and_a_profession_by_itself_is_a_part(
    folder: Path, tmp_path: Path, whole: dict[str, pd.DataFrame]
):
    write_professionals(tmp_path / "same", seed=5, files=[FILE])
    assert (tmp_path / "same" / FILE).read_bytes() == (folder / FILE).read_bytes()
    write_professionals(tmp_path / "one", seed=5, years=(2018,), only=["cardiologues"])
    for name in FILES:
        one = pd.read_parquet(tmp_path / "one" / name)
        expected = whole[name][(whole[name].annee == 2018) & whole[name].id.isin(one.id)]
        texts = [frame.astype(str).reset_index(drop=True) for frame in (one, expected)]
        pd.testing.assert_frame_equal(*texts)
    assert len(one)


def test_planted_professional_is_there(tmp_path: Path):
    planted = PlantedProfessional(
        "CANARI-2",
        2023,
        "infirmiers",
        "2A",
        123_456_789,
        details=(("SOINS_INFIRMIERS", 12_345_678_900),),
        prescriptions=(("3", 55),),
    )
    made = write_professionals(tmp_path, scale=0.001, planted=[planted])
    rows = pd.read_parquet(tmp_path / FILE)
    (row,) = rows[rows.id == "CANARI-2"].itertuples(index=False)
    assert (row.annee, row.profession, row.dept, row.honoraires) == (2023, "infirmiers", "2A", 123_456_789)
    for name, amount in ((DETAIL_FILE, 12_345_678_900), (PRESCRIPTIONS_FILE, 55)):
        parts = pd.read_parquet(tmp_path / name)
        assert parts[parts.id == "CANARI-2"].cents.tolist() == [amount]
        assert made.rows[name] == len(parts)


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"years": (2026,)}, "2026; expected years 2010 to 2025"), ({"only": ("nurses",)}, "'nurses'; expected codes")],
)
def test_what_cannot_be_made_is_told(asked: dict[str, tuple[object]], said: str, tmp_path: Path):
    with pytest.raises(UsageError, match=said):
        write_professionals(tmp_path, scale=0.001, **asked)
