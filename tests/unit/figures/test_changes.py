"""One digest for the figures of a year, in whatever table they stand."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.unit.figures.conftest import figures_of

from seuil.figures.changes import changes_between, figures_digest
from seuil.figures.periods import of_period
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError


@pytest.fixture
def table(visits: Dataset, tmp_path: Path) -> Path:
    path = tmp_path / "both.parquet"
    write_table(visits, {period: figures_of(visits, period) for period in (2022, 2023)}, path)
    return path


def test_other_years_beside_it_change_nothing(visits: Dataset, table: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.parquet"
    write_table(of_period(visits, 2023), {2023: figures_of(visits, 2023)}, alone)
    assert figures_digest(visits, table, 2023) == figures_digest(visits, alone, 2023)
    assert figures_digest(visits, table, 2023) != figures_digest(visits, table, 2022)


def test_labels_are_no_figures(visits: Dataset, table: Path) -> None:
    before = figures_digest(visits, table, 2023)
    rows = pq.read_table(table)
    labels = next(name for name in rows.column_names if "libelle" in name or "label" in name)
    place = rows.column_names.index(labels)
    other = pa.array(["autre"] * len(rows)).dictionary_encode()
    pq.write_table(rows.set_column(place, labels, other), table)
    assert figures_digest(visits, table, 2023) == before


@pytest.mark.parametrize("column", ["ntop", "ntop_statut", "site"])
def test_figure_status_or_code_makes_another_digest_of_a_file_that_is_replaced(
    visits: Dataset, table: Path, column: str
) -> None:
    before = figures_digest(visits, table, 2023)
    rows = pq.read_table(table)
    values = rows[column]
    other = pc.add(values, 1) if pa.types.is_integer(values.type) else pa.array(["X"] * len(rows), pa.string())
    pq.write_table(rows.set_column(rows.column_names.index(column), column, other), table)
    assert figures_digest(visits, table, 2023) != before


def test_same_digest_is_no_change_and_another_one_is_looked_at(visits: Dataset, table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    figures = figures_of(visits, 2023)
    hidden = figures.count.hidden.copy()
    cell = tuple(int(k[0]) for k in (figures.grid.published & ~hidden).nonzero())
    hidden[cell] = True
    changed = replace(figures, count=replace(figures.count, hidden=hidden))
    write_table(visits, {2022: figures_of(visits, 2022), 2023: changed}, other)
    assert not changes_between(visits, table, visits, other, 2022)
    assert changes_between(visits, table, visits, other, 2023).hidden >= 1


def test_no_table_is_told_in_words(visits: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.parquet: .* expected a released table of"):
        figures_digest(visits, tmp_path / "gone.parquet", 2023)
