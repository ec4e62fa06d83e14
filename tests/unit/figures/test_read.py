"""A released table reads back as the figures it was made of; an altered one is refused by row and column."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.figures.read import read_figures
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError

Alter = Callable[[list[dict[str, Any]]], None]


@pytest.fixture
def path(visits: Dataset, figures: Mapping[int, Figures], tmp_path: Path) -> Path:
    write_table(visits, figures, tmp_path / "data.parquet")
    return tmp_path / "data.parquet"


@pytest.fixture
def refused(visits: Dataset, path: Path) -> Callable[[Alter], str]:
    """The message for the table with altered rows."""

    def alter(change: Alter) -> str:
        table = pq.read_table(path)
        rows = table.to_pylist()
        change(rows)
        nullable = pa.schema([field.with_nullable(True) for field in table.schema])
        pq.write_table(pa.Table.from_pylist(rows, nullable), path)
        with pytest.raises(DataError) as problem:
            read_figures(visits, path)
        return str(problem.value).removeprefix(f"{path}: ")

    return alter


def row_of(rows: list[dict[str, Any]], period: int, site: str, condition: str) -> int:
    keys = [(r["annee"], r["site"], r["condition"]) for r in rows]
    return keys.index((period, site, condition))


def test_reads_back_what_was_written(visits: Dataset, figures: Mapping[int, Figures], path: Path) -> None:
    found = read_figures(visits, path)
    assert list(found) == [2022, 2023]
    for period, expected in figures.items():
        assert (found[period].grid.published == expected.grid.published).all()
        for a, b in ((found[period].count, expected.count), (found[period].sums["fees"], expected.sums["fees"])):
            assert (a.values == b.values).all()
            assert (a.hidden == b.hidden).all()
        assert found[period].count.hidden.sum() == 1


def test_row_groups_and_encodings_are_no_matter(visits: Dataset, figures: Mapping[int, Figures], path: Path) -> None:
    table = pq.read_table(path)
    plain = pa.schema(
        [pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    )
    pq.write_table(table.cast(plain), path, row_group_size=4)
    assert (read_figures(visits, path)[2023].count.values == figures[2023].count.values).all()


LAID_OUT = "is not the one that the definition lays out here"
FORMULA = "is not what its formula makes of the values shown"


@pytest.mark.parametrize(
    ("column", "value", "place", "message"),
    [
        ("annee", 2021, (1, "annee"), f"{LAID_OUT}, 2022"),
        ("site", "S", (1, "site"), f"{LAID_OUT}, 'N'"),
        ("site_niveau", "total", (1, "site_niveau"), f"{LAID_OUT}, 'site'"),
        ("site_libelle", "nord", (1, "site_libelle"), f"{LAID_OUT}, 'Nord'"),
        ("site_libelle", None, (1, "site_libelle"), f"{LAID_OUT}, 'Nord'"),
        ("ntop", 75, (1, "ntop"), "is not rounded; counts are multiples of 10"),
        ("ntop", -10, (1, "ntop"), "is negative; a count is 0 or more"),
        ("ntop", None, (1, "ntop"), "has neither value nor status"),
        ("fees", None, (1, "fees"), "has neither value nor status"),
        ("fees_statut", "NS", (1, "fees"), "has a value beside its status; expected null"),
        ("fees_statut", "ns", (1, "fees_statut"), "is no status; right are null, NS and ND"),
        ("fees_statut", "", (1, "fees_statut"), "is no status; right are null, NS and ND"),
        ("npop", 50, (2, "npop"), "is not what another row or column says of the same units; all must agree"),
        ("rate", 233.4, (1, "rate"), FORMULA),
        ("rate", float("nan"), (1, "rate"), FORMULA),
        ("fees", 9999, (1, "mean"), FORMULA),
    ],
)
def test_a_changed_value_is_named(
    refused: Callable[[Alter], str], column: str, value: object, place: tuple[int, str], message: str
) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        assert row_of(rows, 2022, "N", "G") == 0
        assert rows[0][column] != value
        rows[0][column] = value

    row, name = place
    assert refused(change) == f"row {row}, column {name}: {message}"


@pytest.mark.parametrize(("measure", "status"), [("rate", "NS"), ("rate", "ND"), ("mean", "NS")])
def test_a_derived_measure_is_hidden_only_where_a_part_is(
    refused: Callable[[Alter], str], measure: str, status: str
) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[0] |= {measure: None, f"{measure}_statut": status}

    assert refused(change) == f"row 1, column {measure}: is not hidden, shown or missing as its parts make it"


def test_a_derived_measure_is_hidden_wherever_a_part_is(refused: Callable[[Alter], str]) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        row = rows[row_of(rows, 2022, "N", "H")]
        assert row["rate_statut"] == "NS"
        row |= {"rate": 40.0, "rate_statut": None}

    assert refused(change) == "row 2, column rate: is not hidden, shown or missing as its parts make it"


def test_a_measure_from_records_is_shown_or_hidden(refused: Callable[[Alter], str]) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[0] |= {"ntop": None, "ntop_statut": "ND", "rate": None, "rate_statut": "ND"}

    assert refused(change) == "row 1, column ntop: has no figure; what a table holds is shown or hidden"


def test_a_population_shown_in_one_row_and_hidden_in_another(refused: Callable[[Alter], str]) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        row = rows[row_of(rows, 2022, "S", "H")]
        row |= {"npop": None, "npop_statut": "NS", "rate": None, "rate_statut": "NS"}

    message = "is not what another row or column says of the same units; all must agree"
    assert refused(change) == f"row 4, column npop: {message}"


def test_the_total_of_the_conditions_is_the_population(refused: Callable[[Alter], str]) -> None:
    """`ntop` at the total and `npop` are one figure in two columns; where they differ there are two answers."""

    def change(rows: list[dict[str, Any]]) -> None:
        at = row_of(rows, 2022, "T", "ALL")
        assert rows[at]["ntop"] == rows[at]["npop"] == 20
        for k in (at, at + 1, at + 2):
            rows[k]["npop"] = 30
        rows[at]["rate"] = 66.7

    assert refused(change).startswith("row 5, column npop: is not what another row or column says")


def test_a_missing_row(refused: Callable[[Alter], str]) -> None:
    assert refused(lambda rows: rows.pop(3)) == (
        "row 4, column site: is not the one that the definition lays out here, 'S'"
    )


def test_two_rows_that_changed_places(refused: Callable[[Alter], str]) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[0], rows[1] = rows[1], rows[0]

    assert refused(change) == "row 1, column condition: is not the one that the definition lays out here, 'G'"


def test_the_last_row_missing(refused: Callable[[Alter], str]) -> None:
    assert refused(lambda rows: rows.pop()) == "ends before row 21; the definition has more rows"


def test_a_row_too_many(refused: Callable[[Alter], str]) -> None:
    assert refused(lambda rows: rows.append(rows[-1])) == "goes on after row 21, the last that the definition has"


def test_errors_name_rows_of_later_blocks(refused: Callable[[Alter], str]) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows[-1]["ntop"] += 1

    assert refused(change).startswith("row 21, column ntop: is not rounded")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop_columns(["fees"]), "column 12 is fees_statut; expected fees"),
        (lambda t: t.select(range(t.num_columns - 1)), "column 17 is nothing; expected mean_statut"),
        (lambda t: t.append_column("more", t["ntop"]), "column more is not in the definition"),
        (
            lambda t: t.set_column(7, "ntop", t["ntop"].cast(pa.float64())),
            "column ntop is double; expected int64",
        ),
    ],
)
def test_other_columns_are_refused(
    visits: Dataset, path: Path, change: Callable[[pa.Table], pa.Table], message: str
) -> None:
    pq.write_table(change(pq.read_table(path)), path)
    with pytest.raises(DataError) as problem:
        read_figures(visits, path)
    assert str(problem.value) == f"{path}: {message}"


def test_what_is_no_table(visits: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file; expected a released table"):
        read_figures(visits, tmp_path / "nothing.parquet")
    (tmp_path / "text.parquet").write_text("annee,site")
    with pytest.raises(DataError, match="can't be read as Parquet"):
        read_figures(visits, tmp_path / "text.parquet")
    with pytest.raises(DataError, match="can't be read as Parquet"):
        read_figures(visits, tmp_path)


def test_a_damaged_table(visits: Dataset, path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4:40] = bytes(36)
    path.write_bytes(content)
    with pytest.raises(DataError, match="can't be read as Parquet"):
        read_figures(visits, path)


def test_exact_counts_need_no_multiple(
    make_dataset: Callable[[str, Mapping[str, str]], Dataset], tmp_path: Path
) -> None:
    definition = """\
id: heads
title: Heads
unit: professional
threshold: 5
period: {values: [2022]}
dimensions: {sex: {label: Sex, codes: sex.csv}}
measures: {n: {kind: count, label: Heads}}
records: {people: {file: p.csv, identifier: id, period: y, dimensions: {sex: {column: sex}}}}
"""
    dataset = make_dataset(definition, {"sex.csv": "code,parent,level,label_fr\nT,,total,T\nF,T,sex,F\nM,T,sex,M\n"})
    values = np.array([[13, 0, 7]])
    column = Column(values, np.array([[False, True, False]]))
    write_table(dataset, {2022: Figures(grid_of(dataset, 2022), column, {})}, tmp_path / "d.parquet")
    found = read_figures(dataset, tmp_path / "d.parquet")[2022]
    assert found.count.values.tolist() == [[13, 0, 7]]
    assert found.count.hidden.tolist() == [[False, True, False]]
