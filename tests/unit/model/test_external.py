"""Public figures from elsewhere, as a file beside the definition has them, and errors that name file and line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seuil.model.dataset import Dataset
from seuil.model.errors import DefinitionError
from seuil.workflow.fingerprint import dataset_files

Read = Callable[..., Dataset]
PEOPLE = "annee,site,people\n2022,TOTAL,5000\n2022,N,3000\n2021,S,9\n2023,N,\n2023,S,1000\n"


@pytest.fixture
def people(read: Read, tmp_path: Path) -> Callable[..., Dataset]:
    """The definition with a population, and that population's file."""

    def of(text: str = PEOPLE, *more: tuple[str, str]) -> Dataset:
        (tmp_path / "people.csv").write_text(text, encoding="utf-8")
        added = "  people: {kind: external, label: Inhabitants, file: people.csv}\n"
        return read(("  rate: {", f"{added}  rate: {{"), ("to: npop}", "to: people, times: 1000}"), *more)

    return of


def test_figures_stand_at_the_codes_of_the_file_s_dimensions(people: Callable[..., Dataset]) -> None:
    figures = people().external["people"]
    assert figures.dimensions == ("site",)
    asked = [(2022, "T"), (2022, "N"), (2022, "X"), (2023, "N"), (2023, "S")]
    assert [figures.at(period, [site]) for period, site in asked] == [5000, 3000, None, None, 1000]


def test_a_file_may_tell_of_several_dimensions_and_of_other_things(people: Callable[..., Dataset]) -> None:
    text = "annee;site;label;condition;inhabitants;area\n2022;N;Nord;A;30;7\n2022;N;Nord;TOTAL;40;7\n"
    figures = people(text, ("file: people.csv", "file: people.csv, column: inhabitants")).external["people"]
    assert figures.dimensions == ("site", "condition")
    assert [figures.at(2022, ["N", code]) for code in ("A", "ALL", "B")] == [30, 40, None]


def test_of_one_period_the_file_needs_not_tell_it(people: Callable[..., Dataset]) -> None:
    figures = people("site,people\nN,3000\n", ("values: [2022, 2023]", "values: [2022]")).external["people"]
    assert figures.at(2022, ["N"]) == 3000


def test_the_file_goes_where_the_definition_goes(people: Callable[..., Dataset], tmp_path: Path) -> None:
    assert dataset_files(people())["people.csv"] == tmp_path / "people.csv"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("annee,", "year,", ":1: annee: no such column; expected columns of the period"),
        (",site,", ",place,", ":1: columns: found annee, place, people; expected some of site, condition"),
        ("site,people", "site,inhabitants", ":1: people: no such column"),
        ("2022,TOTAL", "then,TOTAL", ":2: annee: found what is no period"),
        ("2022,N", "2022,Z", ":3: site: found 'Z'; expected a code of that dimension"),
        (
            "2022,N",
            "2022,n",
            ":3: site: found 'n'; expected a code of that dimension (and level), or TOTAL (did you mean N?)",
        ),
        ("2022,N", "2022,S", ":3: site: found 'S'"),  # not in that year
        ("3000", "3 000", ":3: people: found '3 000'; expected a whole number up to 1,099,511,627,776, without spaces"),
        ("3000", "3000.5", ":3: people: found '3000.5'"),
        ("3000", "-1", ":3: people: found '-1'"),
        ("3000", "2000000000000", ":3: people: found '2000000000000'"),
        (
            "2022,N,3000",
            "2022,T,3000",
            ":3: row: found a cell that stands in a row above; expected one row for each of annee",
        ),
    ],
)
def test_a_file_that_can_not_stand(people: Callable[..., Dataset], old: str, new: str, said: str) -> None:
    assert old in PEOPLE
    with pytest.raises(DefinitionError) as caught:
        people(PEOPLE.replace(old, new, 1))
    assert f"people.csv{said}" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("file: people.csv", "file: ../people.csv", "measures.people.file", "leads out of the folder"),
        ("file: people.csv", "file: data.parquet", "measures.people.file", "that a release makes itself"),
        ("file: people.csv", "file: nowhere.csv", "measures.people.file", "no such file"),
        ("by: ntop}", "by: people}", "measures.mean.by", "found 'people'; expected the name of a count, sum or total"),
        ("npop:\n", "people_statut:\n", "measures", "two columns 'people_statut'"),
    ],
)
def test_a_definition_that_can_not_stand(
    people: Callable[..., Dataset], old: str, new: str, field: str, said: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        people(PEOPLE, (old, new))
    assert said in str(caught.value)
    assert caught.value.field == field
