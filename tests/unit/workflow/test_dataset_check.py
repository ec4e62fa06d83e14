"""Checking a dataset before it is built: its definition alone, its records, or the table that it names."""

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
    assert check_dataset(visits, tell=news.append) == CheckedDataset("visits", {2022: 72, 2023: 72}, "", ())
    assert check_dataset(illness).cells == {2023: 5 * 7 * 3}
    assert news == [], "nothing is counted"


def test_codes_count_in_the_periods_in_which_they_are_valid(elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "fees.csv").write_text("year,code,amount\n2020,a,1.5\n2021,b,NS\n", encoding="utf-8")
    checked = check_dataset(elsewhere)
    assert checked == CheckedDataset("fees", {2020: 2, 2021: 3}, "fees.csv", ())
    assert list(checked.cells) == [2020, 2021]


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
        f"1 of {rows} rows set aside: fees is no amount",
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
