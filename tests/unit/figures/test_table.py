"""What the released table holds, row by row."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seuil.disclosure.cube.figures import Column, Figures
from seuil.figures import layout
from seuil.figures.table import Written, write_table
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError

ByPeriod = Mapping[int, Figures]


@pytest.fixture
def table(visits: Dataset, figures: ByPeriod, tmp_path: Path) -> pa.Table:
    write_table(visits, figures, tmp_path / "data.parquet")
    return pq.read_table(tmp_path / "data.parquet")


def test_the_columns_are_those_of_the_contract(table: pa.Table) -> None:
    text = pa.dictionary(pa.int32(), pa.string())
    assert list(zip(table.schema.names, table.schema.types, strict=True)) == [
        ("annee", pa.int32()),
        *[(name, text) for name in ("site", "site_niveau", "site_libelle")],
        *[(name, text) for name in ("condition", "condition_niveau", "condition_libelle")],
        *[("ntop", pa.int64()), ("ntop_statut", text), ("npop", pa.int64()), ("npop_statut", text)],
        *[("fees", pa.int64()), ("fees_statut", text), ("rate", pa.float64()), ("rate_statut", text)],
        *[("mean", pa.float64()), ("mean_statut", text)],
    ]


def test_rows_are_by_period_then_table_then_nodes_each_cell_once(table: pa.Table) -> None:
    rows = [(r["annee"], r["site"], r["condition"]) for r in table.to_pylist()]
    first_table_2022 = [(s, c) for s in "NS" for c in "GH"]
    second_table_2022 = [("T", "ALL"), ("T", "G"), ("T", "H"), ("N", "ALL"), ("S", "ALL")]
    first_table_2023 = [(s, c) for s in "NSE" for c in "GH"]
    second_table_2023 = [*second_table_2022, ("E", "ALL")]
    assert rows == [(2022, *cell) for cell in first_table_2022 + second_table_2022] + [
        (2023, *cell) for cell in first_table_2023 + second_table_2023
    ]


def test_levels_and_labels_are_those_of_the_code_list(table: pa.Table) -> None:
    row = next(r for r in table.to_pylist() if (r["site"], r["condition"]) == ("S", "ALL"))
    assert (row["site_niveau"], row["site_libelle"]) == ("site", "Sud, été")
    assert (row["condition_niveau"], row["condition_libelle"]) == ("total", "Ensemble")


def test_a_shown_row(table: pa.Table) -> None:
    row = next(r for r in table.to_pylist() if (r["annee"], r["site"], r["condition"]) == (2022, "T", "G"))
    # 2022 has 4 sites, so the cells (ALL, T) and (G, T) are 0 and 4
    assert (row["ntop"], row["npop"], row["fees"]) == (60, 20, 1004)
    assert (row["rate"], row["mean"]) == (300.0, 16.73)
    assert [row[f"{m}_statut"] for m in ("ntop", "npop", "fees", "rate", "mean")] == [None] * 5


def test_what_is_hidden_hides_what_is_derived_from_it(table: pa.Table) -> None:
    rows = {(r["annee"], r["site"], r["condition"]): r for r in table.to_pylist()}
    count_hidden, sum_hidden = rows[2022, "N", "H"], rows[2022, "S", "G"]
    for row, hidden in ((count_hidden, {"ntop", "rate", "mean"}), (sum_hidden, {"fees", "mean"})):
        for measure in ("ntop", "npop", "fees", "rate", "mean"):
            expected = "NS" if measure in hidden else None
            assert row[f"{measure}_statut"] == expected, measure
            assert (row[measure] is None) == (measure in hidden), measure


def test_a_hidden_population_hides_the_rate_of_every_row(visits: Dataset, figures: ByPeriod, tmp_path: Path) -> None:
    one = figures[2022]
    hidden = one.count.hidden.copy()
    hidden[0, 1] = True
    hidden_one = replace(one, count=Column(np.where(hidden, 0, one.count.values), hidden))
    write_table(visits, {**figures, 2022: hidden_one}, tmp_path / "data.parquet")
    rows = [r for r in pq.read_table(tmp_path / "data.parquet").to_pylist() if r["annee"] == 2022 and r["site"] == "N"]
    assert {r["condition"] for r in rows} == {"ALL", "G", "H"}
    assert all(r["npop_statut"] == r["rate_statut"] == "NS" for r in rows)


def test_nothing_is_divided_by_a_published_zero(visits: Dataset, figures: ByPeriod, tmp_path: Path) -> None:
    one = figures[2022]
    values = one.count.values.copy()
    values[1, 0] = 0
    write_table(visits, {**figures, 2022: replace(one, count=Column(values, one.count.hidden))}, tmp_path / "d.parquet")
    rows = pq.read_table(tmp_path / "d.parquet").to_pylist()
    row = next(r for r in rows if (r["annee"], r["site"], r["condition"]) == (2022, "T", "G"))
    assert (row["ntop"], row["mean"], row["mean_statut"]) == (0, None, "ND")
    assert (row["rate"], row["rate_statut"]) == (0.0, None)


def test_the_number_of_figures_counts_each_base_and_cell_once(
    visits: Dataset, figures: ByPeriod, tmp_path: Path
) -> None:
    # counts: 3 conditions x (3 + 4) sites; fees: the same; hidden: one count and one sum in either year
    assert write_table(visits, figures, tmp_path / "d.parquet") == Written(rows=21, cells=42, hidden=4)


def test_the_same_figures_give_the_same_bytes(visits: Dataset, figures: ByPeriod, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_table(visits, figures, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_stands_under_a_hidden_figure_changes_no_byte(visits: Dataset, figures: ByPeriod, tmp_path: Path) -> None:
    write_table(visits, figures, tmp_path / "a")
    planted = {
        period: replace(
            one,
            count=Column(np.where(one.count.hidden, 7, one.count.values), one.count.hidden),
            sums={n: Column(np.where(c.hidden, 7_654_321, c.values), c.hidden) for n, c in one.sums.items()},
        )
        for period, one in figures.items()
    }
    assert any((planted[p].count.values != figures[p].count.values).any() for p in figures)
    write_table(visits, planted, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_cell_that_is_no_row_is_in_no_byte(visits: Dataset, figures: ByPeriod, tmp_path: Path) -> None:
    """The unknown leaf is not published: its figures are nowhere."""
    write_table(visits, figures, tmp_path / "a")
    changed = {}
    for period, one in figures.items():
        values = one.count.values.copy()
        values[:, -1] = 99
        assert not one.grid.published[:, -1].any()
        changed[period] = replace(one, count=Column(values, one.count.hidden))
    write_table(visits, changed, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_blocks_of_any_size_hold_the_same_rows(figures: ByPeriod) -> None:
    grid = figures[2023].grid
    whole = np.concatenate([layout.numbers_of(grid, b.nodes) for b in layout.blocks(grid)])
    for size in (1, 2, 5):
        parts = list(layout.blocks(grid, rows=size))
        assert max(map(len, parts)) <= size
        assert (np.concatenate([layout.numbers_of(grid, b.nodes) for b in parts]) == whole).all()


def test_a_period_without_figures_is_named_and_leaves_no_file(
    visits: Dataset, figures: ByPeriod, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="visits: no figures for 2023"):
        write_table(visits, {2022: figures[2022]}, tmp_path / "d.parquet")
    assert list(tmp_path.glob("d.parquet*")) == []


def test_a_failure_leaves_the_old_table(visits: Dataset, figures: ByPeriod, tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    write_table(visits, figures, path)
    before = path.read_bytes()
    with pytest.raises(KeyError):
        write_table(visits, {**figures, 2023: replace(figures[2023], sums={})}, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.glob("d.parquet*")] == ["d.parquet"]


def test_duckdb_reads_it(visits: Dataset, figures: ByPeriod, tmp_path: Path) -> None:
    path = tmp_path / "d.parquet"
    write_table(visits, figures, path)
    question = (
        "select annee, count(*), sum(ntop), count(ntop_statut) from read_parquet($1) where site_niveau = 'total' "
    )
    rows = duckdb.execute(question + "group by annee order by annee", [str(path)]).fetchall()
    assert rows == [(2022, 3, 20 + 60 + 100, 0), (2023, 3, 20 + 70 + 120, 0)]
