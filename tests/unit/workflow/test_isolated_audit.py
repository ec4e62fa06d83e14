"""The audit of a released table: its verdict, and what the process that makes it is given."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from seuil.disclosure.audit import audit
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.figures.periods import write_period
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DataError, DisclosureError, UsageError
from seuil.workflow.isolated_audit import KEPT_VARIABLES, audit_apart, audit_table
from seuil.workflow.lifeline import VARIABLE

SITES = """\
id: sites
title: Sites
unit: patient
threshold: 5
period: {name: year, values: [2022, 2023]}
dimensions: {site: {label: Site, codes: sites.csv}}
measures: {n: {kind: count, label: People}}
tables: [{levels: {site: all}}]
records: {people: {file: people.csv, identifier: id, period: year, dimensions: {site: {column: site}}}}
"""
CODES = "code,parent,level,label_fr\nT,,total,Ensemble\na,T,site,Ain\nb,T,site,Bray\nc,T,site,Caux\nd,T,site,Diois\n"
COUNTS = np.array([[25, 1, 7, 8, 9]])  # the total, then the sites
A, B = 1, 2
SAFE, EXPOSED = (A, B), (A,)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    folder = tmp_path / "definition"
    folder.mkdir()
    (folder / "sites.csv").write_text(CODES, encoding="utf-8")
    (folder / "sites.yaml").write_text(SITES, encoding="utf-8")
    return read_dataset(folder / "sites.yaml")


def table_of(dataset: Dataset, path: Path, hidden: tuple[int, ...]) -> tuple[Figures, Path]:
    """The table of 2023 in which some cells are hidden."""
    pattern = np.isin(np.arange(5), hidden).reshape(1, 5)
    figures = Figures(grid_of(dataset, 2023), Column(np.where(pattern, 0, COUNTS), pattern), {})
    write_period(figures, path)
    return figures, path


@pytest.mark.parametrize(("hidden", "exposed"), [(SAFE, []), (EXPOSED, [A])])
def test_the_audit_in_a_process_of_its_own_says_what_the_audit_says_here(
    dataset: Dataset, tmp_path: Path, hidden: tuple[int, ...], exposed: list[int]
) -> None:
    figures, table = table_of(dataset, tmp_path / "table.parquet", hidden)
    apart, here = audit_apart(table, dataset, 2023, tmp_path / "out"), audit(figures)
    assert apart.exposed["count"].tolist() == here.exposed["count"].tolist() == exposed
    assert apart.undecided["count"].tolist() == here.undecided["count"].tolist() == []
    assert apart.safe == here.safe == (not exposed)
    told, found = apart.proofs["count"], here.proofs["count"]
    for name in ("base", "cells", "low", "high", "move_from"):
        assert getattr(told, name).tolist() == getattr(found, name).tolist(), name
    for number in range(len(found.move_from) + 1):  # files sort the changes of a move
        assert told.table(number).tolist() == found.table(number).tolist()


def interpreter(path: Path, body: str) -> str:
    """A program that is started in place of Python."""
    path.write_text(f"#!{sys.executable}\n{body}\n", encoding="utf-8")
    path.chmod(0o700)
    return str(path)


def test_the_process_is_given_the_table_and_the_definition_and_nothing_else(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table_of(dataset, tmp_path / "table.parquet", SAFE)
    note, out = tmp_path / "note.json", tmp_path / "out"
    noting = (
        "import json, os, sys\n"
        "note = [sys.argv[1:], dict(os.environ), os.getcwd()]\n"
        f"open({str(note)!r}, 'w').write(json.dumps(note))\n"
        f"os.execv({sys.executable!r}, [{sys.executable!r}, *sys.argv[1:]])"
    )
    monkeypatch.setenv("SEUIL_SECRET", "a secret of this process")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", interpreter(tmp_path / "noting", noting))
    monkeypatch.chdir(tmp_path / "definition")
    assert audit_apart(Path("../table.parquet"), dataset, 2023, out).safe
    arguments, environment, folder = json.loads(note.read_bytes())
    # `-I`: neither the folder nor PYTHONPATH decides what is imported.
    told = ["audit", f"{tmp_path}/definition/../table.parquet", "--definition", str(dataset.path)]
    assert arguments == ["-I", "-m", "seuil", *told, "--period", "2023", "--out", str(out), "--json"]
    # LC_CTYPE is set by Python itself; the lifeline is the number of a pipe that tells when this process is gone.
    assert environment.pop(VARIABLE).isdecimal()
    assert environment.keys() <= {*KEPT_VARIABLES, "LC_CTYPE"}
    assert not any("secret" in name.lower() or "secret" in value for name, value in environment.items())
    assert folder == str(tmp_path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise SystemExit(3)", "it ended with status 3"),
        ("import sys; sys.exit('first line\\nseuil: the last words')", "seuil: the last words"),
        ("print('no JSON')", "it ended with status 0"),
        ("print('[]')", "it ended with status 0"),
        ('print(\'{"periods": {"2022": {"bases": {}}}}\')', "it ended with status 0"),
        ('print(\'{"periods": {"2023": {"ba\')', "it ended with status 0"),
        ("import os; os.kill(os.getpid(), 9)", "it ended with status -9"),
    ],
)
def test_a_process_without_a_verdict_is_an_error_that_quotes_its_last_words(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    _, table = table_of(dataset, tmp_path / "table.parquet", SAFE)
    monkeypatch.setattr(sys, "executable", interpreter(tmp_path / "failing", body))
    with pytest.raises(DisclosureError) as caught:
        audit_apart(table, dataset, 2023, tmp_path / "out")
    assert str(caught.value) == f"sites, 2023: the audit came to no verdict: {words}"


def test_a_period_that_the_table_has_not_is_named(dataset: Dataset, tmp_path: Path) -> None:
    _, table = table_of(dataset, tmp_path / "table.parquet", SAFE)
    with pytest.raises(UsageError, match=r"table\.parquet has no rows of 2022; it has those of 2023"):
        audit_table(table, dataset.path, period=2022)
    with pytest.raises(DisclosureError, match=r"sites, 2022: the audit came to no verdict: .*has no rows of 2022"):
        audit_apart(table, dataset, 2022, tmp_path / "out")


def test_all_periods_of_a_table_are_audited_by_default_and_proofs_are_written(dataset: Dataset, tmp_path: Path) -> None:
    figures, table = table_of(dataset, tmp_path / "table.parquet", SAFE)
    verdicts = audit_table(table, dataset.path, out=tmp_path / "out")
    assert list(verdicts) == [2023]
    assert verdicts[2023].as_json() == {
        "safe": True,
        "bases": {"count": {"figures": 5, "hidden": 2, "proved": 2, "exposed": [], "undecided": []}},
    }
    names = {"count-base.parquet", "count-moves.parquet", "count-cells.parquet"}
    assert {path.name for path in (tmp_path / "out" / "2023").iterdir()} == names
    assert figures.grid.shape == verdicts[2023].grids["count"].shape


def test_an_exposed_cell_is_told_by_number_and_name(dataset: Dataset, tmp_path: Path) -> None:
    _, table = table_of(dataset, tmp_path / "table.parquet", EXPOSED)
    told = audit_table(table, dataset.path)[2023].as_json()
    assert told["safe"] is False
    assert told["bases"]["count"]["exposed"] == [{"cell": A, "name": "site=a"}]
    assert (told["bases"]["count"]["hidden"], told["bases"]["count"]["proved"]) == (1, 0)


def test_what_is_no_released_table_is_not_audited(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "table.parquet").write_bytes(b"no table")
    with pytest.raises(DataError, match=r"table\.parquet"):
        audit_table(tmp_path / "table.parquet", dataset.path)


def test_a_dataset_that_was_published_elsewhere_is_not_audited(dataset: Dataset, tmp_path: Path) -> None:
    text = SITES[: SITES.index("records:")].replace("title: Sites", "title: Sites\nsource: published")
    text = text.replace("kind: count, label: People", "kind: given, label: People, column: n")
    elsewhere = dataset.path.with_name("elsewhere.yaml")
    elsewhere.write_text(text + "published: {file: n.csv, period: year, columns: {site: {column: s}}}\n")
    with pytest.raises(UsageError, match="sites was published elsewhere"):
        audit_table(tmp_path / "table.parquet", elsewhere)
