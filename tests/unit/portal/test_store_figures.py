"""What pages read of a dataset that has columns of its own: the same rows, with codes and statuses."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from tests.helpers.portal_release import shared_store
from tests.unit.figures.test_columns import CODES, DEFINITION, some_figures

from seuil.catalogue.build import entry_of
from seuil.catalogue.entry import Entry
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import ReleaseError
from seuil.odsql import Request, compile_records
from seuil.portal.pages.conditions import conditions_of
from seuil.portal.store.bounds import check_bounds
from seuil.portal.store.columns import schema_of
from seuil.portal.store.figures import figures_statement
from seuil.portal.store.nodes import presence_of

LEFT_OUT = DEFINITION.replace("columns:\n", "empty_rows: left_out\ncolumns:\n")


def dataset(folder: Path, definition: str) -> Dataset:
    for name, text in CODES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "care.yaml").write_text(definition, encoding="utf-8")
    return read_dataset(folder / "care.yaml")


def entry(made: Dataset) -> Entry:
    return entry_of(made, rows=24, modified=date(2024, 5, 17), hidden=1, cells=24)


@pytest.mark.parametrize("definition", [DEFINITION, LEFT_OUT], ids=["all", "left out"])
def test_pages_read_the_rows_of_the_dataset_in_its_order(definition: str, tmp_path: Path) -> None:
    made = dataset(tmp_path, definition)
    (view,) = made.views
    write_table(made, {2023: some_figures(made)}, tmp_path / "own.parquet", view)
    write_table(made, {2023: some_figures(made)}, tmp_path / "figures.parquet")
    connection = duckdb.connect()
    connection.execute(
        "CREATE VIEW whole AS SELECT * EXCLUDE (file_row_number), file_row_number AS _row "
        f"FROM read_parquet('{tmp_path / 'figures.parquet'}', file_row_number = true)"
    )
    connection.execute(figures_statement("part", "whole", entry(made)))
    found = connection.execute("SELECT illness, place, fees, fees_statut FROM part ORDER BY _row").fetchall()
    own = pq.read_table(tmp_path / "own.parquet").to_pylist()
    assert [(fees, status) for *_, fees, status in found] == [
        (row["fees_integer"], "NS" if row["fees"] == "NS" else None) for row in own
    ]
    codes = {"Total": "ALL", "Cancers": "G1", "Diabète": "S"}
    assert [illness for illness, *_ in found] == [
        "D1" if row["niv2"] == "Cancer du sein" else codes[row["niv1"]] for row in own
    ]
    assert len(found) == (24 if definition == DEFINITION else 22)


def test_nodes_and_levels_are_told_by_the_fewest_columns_and_values(tmp_path: Path) -> None:
    illness, place = entry(dataset(tmp_path, DEFINITION)).dimensions
    assert (illness.fields, place.fields) == (("niv1", "niv2", "top"), ("region", "dept"))
    for dimension, code, level, expected in (
        (place, "A", "", ['dept="02"']),
        (place, "R1", "", ['region="32"', 'dept="999"']),
        (place, "F", "", ['region="99"']),
        (place, "", "dept", ['dept!="999"']),
        (place, "", "region", ['region!="99"', 'dept="999"']),
        (place, "", "", []),
        (illness, "D1", "", ['niv2="Cancer du sein"']),
        (illness, "G1", "", ["niv2 is null"]),
        (illness, "ALL", "", ['niv1="Total"']),
        (illness, "", "detail", ['niv2 in ("Cancer du sein","Diabète")']),
    ):
        assert [one.text for one in conditions_of(dimension, code, level)] == expected


def test_bounds_of_other_rows_than_the_hidden_ones_are_refused() -> None:
    served = shared_store().served()
    entry = served.entry("patients")
    schema = served.schema("patients")
    bounds, own = served.bounds(entry), pq.read_table(served.file("patients"))
    check_bounds(entry, schema, bounds, own)
    with pytest.raises(ReleaseError, match=r"aren't those that .* hides in ntop; rebuild the release"):
        check_bounds(entry, schema, bounds, own.take(list(reversed(range(own.num_rows)))))


@pytest.mark.parametrize("source", ["records", "published"])
def test_sums_are_told_what_they_add_of_every_measure_wherever_it_was_published(source: str, tmp_path: Path) -> None:
    made = entry(dataset(tmp_path, DEFINITION)).model_copy(update={"source": source})
    schema = schema_of(made)
    measures = [f.name for f in made.fields if f.of in {m.name for m in made.measures} and f.type in ("int", "double")]
    assert measures
    for name in measures:
        field = schema.field(name, clause="select")
        assert field.blank_hides == (source == "records" and field.hidden_by is None)
        request = Request(select=f"sum({name})", presence=presence_of(made))
        assert set(compile_records(request, schema, "t").presence) == set(presence_of(made))
        assert not compile_records(Request(select=name, presence=presence_of(made)), schema, "t").presence
