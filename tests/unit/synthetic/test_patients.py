"""Made-up patients: who they are, what they have, and that they are the same every time."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seuil.model.errors import UsageError
from seuil.synthetic import illness, reference, risk
from seuil.synthetic.draw import normal, uniform
from seuil.synthetic.patients import MEMBERSHIPS_FILE, PEOPLE_FILE, PlantedPatient, write_patients

SCALE = 0.005
MEN_ONLY = {"CAN_PRO_ACT", "CAN_PRO_SUR"}
WOMEN_ONLY = {"CAN_SEI_ACT", "CAN_SEI_SUR", "maternite"}
PAINKILLERS, HOSPITAL = "traitement-antalgique-ou-anti-inflammatoire", "hospitalisations-hors-pathologies-reperees"


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


@pytest.fixture(scope="module")
def tops(ill: pd.DataFrame) -> pd.Series:
    """Codes of everybody in 2023."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    rows = ill[ill.annee == 2023]
    for identifier, top in zip(rows.id.tolist(), rows.top.tolist(), strict=True):
        found[identifier].add(top)
    return pd.Series({identifier: frozenset(codes) for identifier, codes in found.items()})


def test_a_person_stands_once_a_year_and_most_in_both(people: pd.DataFrame):
    assert not people.duplicated(["id", "annee"]).any()
    years = people.groupby("id").annee.nunique()
    assert 0.9 < (years == 2).mean() < 0.99


def test_cells_follow_the_population(people: pd.DataFrame):
    for year in (2022, 2023):
        there = people[people.annee == year]
        assert len(there) == pytest.approx(reference.population(year).sum() * SCALE, rel=0.005)
        north = reference.population(year)[reference.departments().index("59")].sum() * SCALE
        assert (there.dept == "59").sum() == pytest.approx(north, rel=0.01)


def test_people_grow_a_year_older_where_they_live(people: pd.DataFrame):
    both = people.pivot(index="id", columns="annee", values="age").dropna()
    assert set(both[2023] - both[2022]) == {1}


def test_every_condition_is_as_frequent_as_its_rates_say(people: pd.DataFrame, ill: pd.DataFrame):
    there = people[(people.annee == 2023) & (people.sexe != "0")]
    cells = np.zeros((len(reference.SEXES), len(reference.AGES)))
    np.add.at(cells, (there.sexe.astype(int) - 1, np.minimum(there.age // 5, 19)), 1)
    counts = ill[(ill.annee == 2023) & (ill.sexe != "0")].top.value_counts()
    for condition in risk.conditions():
        expected = (cells * reference.rates()[condition.code]).sum() * risk.trend(condition.family, 2023)
        # Five standard deviations, and what departments and straight lines between bands differ.
        assert abs(counts.get(condition.code, 0) - expected) < 5 * expected**0.5 + 0.06 * expected, condition.code


def test_rates_by_sex_and_age_are_those_of_the_extract(people: pd.DataFrame, ill: pd.DataFrame):
    for sex, band in (("1", "60-64"), ("2", "70-74")):
        low = int(band[:2])
        some = people[(people.sexe == sex) & people.age.between(low, low + 4)]
        treated = ill[(ill.top == "TFC_HTA_EXC") & (ill.sexe == sex) & ill.age.between(low, low + 4)]
        rate = reference.rates()["TFC_HTA_EXC"][int(sex) - 1, reference.AGES.index(band)]
        trend = risk.trend("traitements-du-risque-vasculaire", 2022)
        assert len(treated) / len(some) == pytest.approx(rate * trend, rel=0.06)


def test_lines_of_one_sex_have_nobody_of_the_other(ill: pd.DataFrame):
    assert set(ill[ill.top.isin(WOMEN_ONLY)].sexe) == {"2", "0"}
    assert set(ill[ill.top.isin(MEN_ONLY)].sexe) <= {"1", "0"}
    assert ill.age.notna().all()
    both = ill[ill.sexe.isin(["1", "2"])].groupby("top", observed=True).sexe.nunique()
    assert set(both[both == 1].index) == WOMEN_ONLY | MEN_ONLY


def test_complements_are_exact(people: pd.DataFrame, tops: pd.Series):
    assert len(tops) == (people.annee == 2023).sum()  # everybody has a line
    for alone in (illness.NOTHING_ELSE, PAINKILLERS):
        assert {codes for codes in tops if alone in codes} == {frozenset({alone})}
    assert any({HOSPITAL, "DIA_CAT_CAT"} <= codes for codes in tops)  # with or without diseases, as its label says


def test_treatments_without_a_disease_are_nobodys_who_has_it(tops: pd.Series):
    def has(codes: frozenset[str], *starts: str) -> bool:
        return any(code.startswith(starts) for code in codes)

    assert not any(has(codes, "TPS_", "traitements-hypnotiques") and has(codes, "PSY_", "troubles-") for codes in tops)
    kept_apart = ("MCV_SCO", "maladie-coronaire", "MCV_AVC", "MCV_ICA", "insuffisance", "arterio", "DIA_", "IRT_")
    assert not any(has(codes, "TFC_") and has(codes, *kept_apart) for codes in tops)
    assert any(has(codes, "TFC_") and has(codes, "MCV_TRC") for codes in tops)


def test_conditions_go_together_within_a_family_most(people: pd.DataFrame, tops: pd.Series):
    old = people[(people.annee == 2023) & people.age.between(75, 79)].id
    codes = tops.reindex(old)

    def lift(one: str, other: str) -> float:
        first, second = (np.array([code in found for found in codes]) for code in (one, other))
        return float((first & second).mean() / (first.mean() * second.mean()))

    assert lift("MCV_TRC_IND", "maladie-coronaire-chronique") > 1.5
    assert lift("TPS_ANX_EXC", "TPS_ADR_EXC") > 2
    assert 1 < lift("DIA_CAT_CAT", "maladie-coronaire-chronique") < 1.5
    assert codes.map(len).max() >= 6


def test_chronic_conditions_stay_and_episodes_are_drawn_anew(people: pd.DataFrame, ill: pd.DataFrame):
    there = set(people[people.annee == 2023].id)
    by_year = {year: ill[ill.annee == year].groupby("top", observed=True).id.agg(set) for year in (2022, 2023)}

    def again(code: str) -> float:
        still_there = by_year[2022][code] & there
        return len(still_there & by_year[2023][code]) / len(still_there)

    for chronic in (
        "DIA_CAT_CAT",
        "maladie-coronaire-chronique",
        "troubles-nevrotiques-et-de-l-humeur",
        "CAN_SEI_SUR",
        "RES_CAT_EXC",
    ):
        assert again(chronic) > 0.95, chronic
    assert 0.7 < again("CAN_SEI_ACT") < 0.9  # five years
    assert again("maternite") < 0.3
    assert again(HOSPITAL) < 0.4


def test_some_have_no_known_department_or_sex(people: pd.DataFrame):
    assert 0 < people.dept.isna().mean() < 0.01
    assert 0 < (people.sexe == "0").mean() < 0.01


def test_same_seed_same_bytes_and_another_seed_others(folder: Path, tmp_path: Path):
    for name, seed in (("same", 3), ("other", 4)):
        write_patients(tmp_path / name, scale=SCALE, seed=seed)
    for file in (PEOPLE_FILE, MEMBERSHIPS_FILE):
        assert (tmp_path / "same" / file).read_bytes() == (folder / file).read_bytes()
        assert (tmp_path / "other" / file).read_bytes() != (folder / file).read_bytes()


def test_departments_and_years_by_themselves_are_parts_of_the_whole(folder: Path, tmp_path: Path, people: pd.DataFrame):
    write_patients(tmp_path, scale=SCALE, seed=3, years=(2023,), departments=("2A", "59"))
    part = pd.read_parquet(tmp_path / PEOPLE_FILE)
    known = people[(people.annee == 2023) & people.dept.isin(["2A", "59"])]
    assert set(known.id) <= set(part.id)
    assert part.dept.isna().sum() == len(part) - len(known)
    columns = ["id", "annee", "top"]
    whole, some = (pd.read_parquet(place / MEMBERSHIPS_FILE).astype({"top": str}) for place in (folder, tmp_path))
    expected = whole[(whole.annee == 2023) & whole.id.isin(part.id)]
    assert sorted(some[columns].itertuples(index=False)) == sorted(expected[columns].itertuples(index=False))
    merged = part.merge(people, on=["id", "annee"], how="left", suffixes=("", "_whole"))
    for column in ("age", "sexe", "dept"):
        same = merged[column].astype(object).fillna("-") == merged[f"{column}_whole"].astype(object).fillna("-")
        assert same.all(), column


def test_a_condition_that_is_not_asked_for_counts_in_its_group_or_family(folder: Path, tmp_path: Path):
    nodes = ("CAN_CAT_CAT", "CAN_SEI_CAT", "CAN_SEI_ACT", "DIA_CAT_CAT")
    write_patients(tmp_path, scale=SCALE, seed=3, nodes=nodes)
    found = pd.read_parquet(tmp_path / MEMBERSHIPS_FILE)
    every = pd.read_parquet(folder / MEMBERSHIPS_FILE)
    assert set(found.top) == set(nodes)
    assert not found.duplicated().any()

    def people(rows: pd.DataFrame, chosen: pd.Series) -> set[tuple[str, int]]:
        return set(rows[chosen][["id", "annee"]].itertuples(index=False, name=None))

    others = every.top.str.startswith("CAN_") & ~every.top.str.startswith("CAN_SEI")
    assert people(found, found.top == "CAN_CAT_CAT") == people(every, others)
    assert people(found, found.top == "CAN_SEI_CAT") == people(every, every.top == "CAN_SEI_SUR")
    assert people(found, found.top == "DIA_CAT_CAT") == people(every, every.top == "DIA_CAT_CAT")


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


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"years": (2009,)}, "2009; expected years 2010 to 2025"), ({"departments": ("99",)}, "'99'; expected codes")],
)
def test_what_cannot_be_made_is_told(asked: dict[str, tuple[object]], said: str, tmp_path: Path):
    with pytest.raises(UsageError, match=said):
        write_patients(tmp_path, scale=0.0001, **asked)
    assert list(tmp_path.iterdir()) == []


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
    bell = normal(ids, 1, "a")
    assert (bell.mean(), bell.std()) == pytest.approx((0, 1), abs=0.01)
