"""Cells found by their number are the rows that the query engine finds."""

import random
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from tests.helpers.portal_release import shared_store
from tests.helpers.small_release import small_release

from seuil.catalogue.entry import Entry
from seuil.portal.store import Store
from seuil.portal.store.cells import Cells, write_cells
from seuil.portal.store.served import ServedRelease


@pytest.fixture(scope="module", params=["by hand", "from records"])
def served(request: pytest.FixtureRequest) -> ServedRelease:
    return (shared_store() if request.param == "by hand" else Store.open(small_release().archive)).served()


def cells_of(served: ServedRelease, entry: Entry) -> Cells:
    found = served._cells[entry.id]
    assert found is not None
    return found


def questions(entry: Entry, chance: random.Random) -> dict[str, str | int | tuple[str, ...]]:
    """Filters such as pages ask for: codes, several codes, levels, the period, or nothing of some dimension."""
    equal: dict[str, str | int | tuple[str, ...]] = {}
    if chance.random() < 0.7:
        equal[entry.period] = chance.choice((*entry.periods, 1900))
    for dimension in entry.dimensions:
        codes, way = [node.code for node in dimension.nodes], chance.randrange(5)
        if way == 0:
            equal[dimension.column] = chance.choice([*codes, "nowhere"])
        elif way == 1:
            equal[dimension.column] = tuple(chance.choices(codes, k=3))
        elif way == 2:
            equal[dimension.level_column] = chance.choice(dimension.nodes).level
        elif way == 3:
            equal[dimension.column] = chance.choice(codes)
            equal[dimension.level_column] = chance.choice(dimension.nodes).level
    return equal


def test_they_are_the_rows_of_the_query_engine(served: ServedRelease, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, found = random.Random(3), 0
    for entry in served.catalogue.entries:
        cells = cells_of(served, entry)
        measures = [name for m in entry.measures for name in (m.name, m.status_column)]
        columns = [*measures, entry.period, *(d.column for d in entry.dimensions)]
        for _ in range(60):
            equal, limit, offset = questions(entry, chance), chance.choice((1, 5, 5000)), chance.choice((0, 0, 2))
            answered = cells.rows(equal, columns, limit, offset)
            assert answered is not None
            with monkeypatch.context() as patch:
                patch.setattr(served, "_cells", {})
                page = served.rows(entry.id, equal=equal, columns=columns, limit=limit, offset=offset)
            assert answered == (page.total, page.rows)
            found += len(page.rows)
            for one, other in zip(answered[1], page.rows, strict=True):
                assert [type(value) for value in one.values()] == [type(value) for value in other.values()]
    assert found > 150


def test_pages_are_answered_so(served: ServedRelease, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served._queries, "fetch", lambda *_: pytest.fail("asked the query engine"))
    for entry in served.catalogue.entries:
        names = (entry.period, *(d.column for d in entry.dimensions), entry.measures[0].name)
        assert served.rows(entry.id, equal={entry.period: entry.periods[0]}, columns=names, limit=9).rows


@pytest.mark.parametrize("asked", [{"taux": 3}, {"annee_libelle": "x"}, {"annee": "2023"}, {"annee": ("2022", "2023")}])
def test_what_is_no_cell_is_left_to_the_query_engine(asked: dict[str, str | int | tuple[str, ...]]) -> None:
    entry = shared_store().entry("patients")
    cells = cells_of(shared_store().served(), entry)
    assert cells.rows(asked, ["annee"], 1, 0) is None
    assert cells.rows({}, ["territoire_libelle"], 1, 0) is None


TABLE = "SELECT * FROM (VALUES (2022, 'A', 1, NULL), (2022, 'B', NULL, 'NS'), (2023, 'A', 3, NULL)) t(annee, a, n, s)"


def written(sql: str, folder: Path) -> Cells | None:
    """The cells of a table that stands as `sql` says, by a catalogue of two periods and two codes."""
    first = shared_store().entry("patients")
    node, measure, dimension = first.dimensions[0].nodes[0], first.measures[0], first.dimensions[0]
    nodes = tuple(node.model_copy(update={"code": code}) for code in "AB")
    dimension = dimension.model_copy(update={"column": "a", "nodes": nodes})
    measure = measure.model_copy(update={"name": "n", "status_column": "s"})
    entry = first.model_copy(update={"dimensions": (dimension,), "measures": (measure,), "rows": 3})
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW v AS {sql}")
    return write_cells(entry, "v", lambda asked: connection.sql(asked).to_arrow_reader(2), folder / "cells")


def test_a_table_in_an_order_of_its_own_keeps_it(tmp_path: Path) -> None:
    cells = written(f"{TABLE} ORDER BY a DESC, annee DESC", tmp_path)
    assert cells is not None and cells.order is not None
    answered = cells.rows({}, ["annee", "a", "n", "s"], 9, 0)
    assert answered is not None
    assert [tuple(row.values()) for row in answered[1]] == [
        (2022, "B", None, "NS"), (2023, "A", 3, None), (2022, "A", 1, None),
    ]  # fmt: skip
    plain = written(TABLE, tmp_path / "plain")
    assert plain is not None and plain.order is None


@pytest.mark.parametrize(
    "change",
    ["'A'", "'C'", "annee + 1 WHERE true"],
)  # fmt: skip
def test_a_table_that_is_not_what_the_catalogue_says_has_no_cells(change: str, tmp_path: Path) -> None:
    """A cell twice, a code that is not named, a row too few."""
    columns = {"'A'": "annee, 'A' AS a, n, s", "'C'": "annee, 'C' AS a, n, s"}.get(change, "annee, a, n, s")
    where = "" if change.startswith("'") else " WHERE a = 'A'"
    assert written(f"SELECT {columns} FROM ({TABLE}){where}", tmp_path) is None


@pytest.mark.parametrize("change", ["n::DECIMAL(9, 2) AS n, s", "n, 'XY' AS s"])
def test_figures_that_are_no_numbers_and_other_statuses_have_no_cells(change: str, tmp_path: Path) -> None:
    assert written(f"SELECT annee, a, {change} FROM ({TABLE})", tmp_path) is None


def test_too_many_cells_for_one_question_are_read_in_their_order(served: ServedRelease) -> None:
    entry = served.catalogue.entries[0]
    cells = cells_of(served, entry)
    many = tuple(range(200_000))
    wide = replace(cells.axes[0], values=many)
    assert replace(cells, axes=(wide, *cells.axes[1:])).rows({}, [entry.period], 1, 0) is None


def test_the_files_are_only_mapped(served: ServedRelease) -> None:
    cells = cells_of(served, served.catalogue.entries[0])
    assert isinstance(cells.numbers, np.memmap)
    assert not cells.numbers.flags.writeable
    assert pa.total_allocated_bytes() < 1 << 30
