"""Checking a dataset before it is built: its definition alone, its records, or the table that it names."""

import csv
from itertools import product
from pathlib import Path

import pytest
from tests.helpers.tiny_chain import Chain

from seuil.model.errors import DataError, DefinitionError
from seuil.workflow.dataset_check import CheckedDataset, check_dataset
from seuil.workflow.progress import Event

ELSEWHERE = """\
id: fees
title: Fees
source: published
unit: professional
threshold: 5
period: {name: year, values: [2021, 2020]}
dimensions: {site: {label: Site, codes: sites.csv}}
measures: {fees: {kind: given, label: Fees, column: amount, decimals: 1}}
published: {file: fees.csv, period: year, columns: {site: {column: code}}}
"""
SITES = "code,parent,level,label_fr,valid_from\nT,,total,Ensemble,\na,T,site,Ain,\nb,T,site,Bray,2021\n"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A dataset that was published elsewhere; its table has yet to be written."""
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    (tmp_path / "fees.yaml").write_text(ELSEWHERE, encoding="utf-8")
    return tmp_path / "fees.yaml"


def test_a_definition_alone_tells_its_published_cells_by_period(office: Chain) -> None:
    visits, illness = office.definitions
    news: list[Event] = []
    # 8 territories, 3 ages and 3 sexes with their totals; 5 conditions, 3 sexes, and territories without the unknown.
    assert check_dataset(visits, tell=news.append) == CheckedDataset(
        "visits", {2022: 72, 2023: 72}, "", (), threshold=5
    )
    assert check_dataset(illness).cells == {2023: 5 * 7 * 3}
    assert news == [], "nothing is counted"


def test_codes_count_in_the_periods_in_which_they_are_valid(elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "fees.csv").write_text("year,code,amount\n2020,a,1.5\n2021,b,NS\n", encoding="utf-8")
    checked = check_dataset(elsewhere)
    assert checked == CheckedDataset("fees", {2020: 2, 2021: 3}, "fees.csv", (), threshold=5)
    assert list(checked.cells) == [2020, 2021]


def test_small_figures_are_told_by_level_and_threshold(office: Chain) -> None:
    """Held against a count of its own over all combinations."""
    small = check_dataset(office.definitions[0], office.records).small
    with (office.records / "people.csv").open(encoding="utf-8") as file:
        people = [row for row in csv.DictReader(file) if row["year"] == "2022"]
    places = {"T": "abcd?", "N": "ab", "S": "cd", "a": "a", "b": "b", "c": "c", "d": "d", "X": "?"}
    cells: dict[tuple[str, str, str], int] = {}
    for place, age, sex in product(places, ("all", "young", "old"), ("both", "1", "2")):
        here = [
            row
            for row in people
            if row["dept"] in places[place]
            and age in ("all", "young" if int(row["age"]) < 40 else "old")
            and sex in ("both", row["sex"])
        ]
        cells[place, age, sex] = len(here)

    def told(dimension: str, level: str) -> dict[int, int]:
        (one,) = [s for s in small if (s.period, s.base, s.dimension, s.level) == (2022, "count", dimension, level)]
        return dict(one.hidden)

    def below(codes: str) -> dict[int, int]:
        return {t: sum(n < t for (place, _, _), n in cells.items() if place in codes) for t in (5, 11, 20)}

    assert told("", "") == below("TNSabcdX")
    assert told("territory", "department") == below("abcd")
    assert 0 < told("territory", "department")[5] < told("territory", "department")[20]
    (ages,) = [s for s in small if (s.period, s.base, s.level) == (2022, "fees", "band")]
    assert ages.cells == 8 * 2 * 3
    assert ages.hidden[5] >= told("age", "band")[5]  # whoever has no fees contributes nothing


def test_nothing_is_small_in_cells_that_are_declared_empty(office: Chain) -> None:
    definition = office.definitions[1]
    before = check_dataset(definition, office.records).small[0]
    empty = "empty: [{where: {condition: [H], sex: ['1']}, reason: {fr: raison, en: reason}}]\n"
    definition.write_text(definition.read_text("utf-8") + empty, "utf-8")
    after = check_dataset(definition, office.records).small[0]
    assert (before.cells - after.cells, before.level, after.period) == (7, "", 2023)


def test_records_are_counted_and_what_does_not_count_is_a_finding(office: Chain, tmp_path: Path) -> None:
    scratch, file = tmp_path / "scratch", office.records / "people.csv"
    scratch.mkdir()
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "person-x,2022,a,30,1,much\nperson-y,1999,a,30,1,5\n", encoding="utf-8")
    news: list[Event] = []
    checked = check_dataset(office.definitions[0], office.records, scratch=scratch, tell=news.append)
    assert checked.read == str(office.records)
    rows = len(text.splitlines()) + 1
    problems = {f.what for f in checked.findings if f.kind == "problem"}
    assert problems == {
        f"1 of {rows} rows left out of fees: the amount is no number; expected digits, with a point before decimals",
        f"1 of {rows} rows set aside: period that is not the definition's",
    }
    assert any(f.kind == "notice" and "unknown leaf of territory" in f.what for f in checked.findings)
    assert list(scratch.iterdir()) == [], "what was counted is deleted"
    assert [(e.subject, e.state) for e in news] == [("visits", "running"), ("visits", "done")]


def test_a_definition_that_can_not_stand_is_named_with_file_and_line(office: Chain) -> None:
    definition = office.definitions[0]
    definition.write_text(definition.read_text().replace("of: fees, by: people", "of: fees, by: nobody"))
    with pytest.raises(DefinitionError, match=r"visits\.yaml:\d+: measures\.fees_mean\.by: found 'nobody'"):
        check_dataset(definition, office.records)


def test_missing_records_are_named(office: Chain) -> None:
    (office.records / "people.csv").unlink()
    with pytest.raises(DataError, match=r"people\.csv"):
        check_dataset(office.definitions[0], office.records)


@pytest.mark.parametrize("table", [None, "year,code,amount\n2020,b,1\n", "year,code,amount\n2020,a,much\n"])
def test_a_published_table_is_read_as_build_will_read_it(elsewhere: Path, tmp_path: Path, table: str | None) -> None:
    """It is missing; names a code that is not valid in that period; holds what is no number."""
    if table is not None:
        (tmp_path / "fees.csv").write_text(table, encoding="utf-8")
    with pytest.raises(DataError, match=r"fees\.csv"):
        check_dataset(elsewhere)


def test_a_zero_that_codes_have_lost_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text(
        "id: care\ntitle: Care\nunit: professional\nthreshold: 5\nperiod: {name: year, values: [2024]}\n"
        "dimensions: {dept: {label: Dept, codes: dept.csv}}\nmeasures: {n: {kind: count, label: N}}\n"
        "records: {people: {file: p.csv, identifier: id, period: year, dimensions: {dept: {column: dept}}}}\n"
    )
    (tmp_path / "dept.csv").write_text("code,parent,level,label_fr\nFR,,total,F\n01,FR,dept,A\n02,FR,dept,B\n")
    rows = "".join(f"p{k},2024,{'1' if k < 4 else '02'}\n" for k in range(12))
    (tmp_path / "p.csv").write_text("id,year,dept\n" + rows)
    found = check_dataset(tmp_path / "d.yaml", tmp_path).findings
    told = (
        "4 of 12 rows set aside: value of dept that fits no code; expected its codes with all their zeros, such as 01"
    )
    assert [finding.what for finding in found] == [told]
