"""A dataset in columns of its own: what a reader finds who knows these columns only."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.figures.columns import Columns
from seuil.figures.french import french
from seuil.figures.layout import hierarchies_of
from seuil.figures.render import Rendering, same_table
from seuil.figures.table import Written, write_table
from seuil.figures.values import NS, SHOWN, Values
from seuil.model.dataset import Dataset

Make = Callable[[str, Mapping[str, str]], Dataset]

DEFINITION = """\
id: care
title: Care
unit: professional
threshold: 5
zeros: shown
period: {name: year, values: [2023]}
dimensions:
  illness: {label: Illness, codes: illnesses.csv, kind: overlapping}
  place: {label: Place, codes: places.csv, role: territory}
measures:
  people: {kind: count, label: People}
  fees: {kind: sum, label: Fees}
  mean: {kind: mean, label: Mean, of: fees, by: people, decimals: 1}
empty:
  - {where: {illness: [G1], place: [C]}, reason: Nobody can be there}
columns:
  - {name: annee, period: date, label: {fr: Année, en: Year}}
  - {name: niv1, dimension: illness, level: group, show: label, total: Total}
  - {name: niv2, dimension: illness, level: detail, show: label, total: Total, above: null}
  - {name: top, dimension: illness, show: top}
  - {name: levels, dimension: illness, show: levels, type: texts}
  - {name: tri, dimension: illness, show: tri, type: number}
  - {name: region, dimension: place, level: region, show: insee, total: "99"}
  - {name: dept, dimension: place, level: dept, show: insee, total: "999"}
  - {name: fees, measure: fees, form: text}
  - {name: fees_integer, measure: fees}
  - {name: mean, measure: mean, form: text}
  - {name: mean_integer, measure: mean, form: integer}
  - {name: mean_statut, measure: mean, form: status}
  - {name: vision, text: oui}
records:
  people:
    {file: p.csv, identifier: id, period: year, dimensions: {place: {column: d}}, amounts: {fees: {column: f}}}
  memberships: {file: m.csv, identifier: id, period: year, dimension: illness, value: {column: c}}
"""
CODES = {
    "illnesses.csv": """\
code,parent,level,label_fr,top,levels,tri
ALL,,total,Tous,TOT,,
G1,ALL,group,Cancers,CAN,1,4
D1,G1,detail,Cancer du sein,,"2,3",5.5
S,ALL,detail,Diabète,DIA,"1,2,3",2
""",
    "places.csv": """\
code,parent,level,label_fr,insee
F,,country,France,99
R1,F,region,Nord,32
A,R1,dept,Aisne,02
B,R1,dept,Nord,59
R2,F,region,Corse,94
C,R2,dept,Corse-du-Sud,2A
""",
}


@pytest.fixture
def care(make_dataset: Make) -> Dataset:
    return make_dataset(DEFINITION, CODES)


def some_figures(dataset: Dataset) -> Figures:
    """People 4 and 9 at the total of all illnesses, fees 1,234,567 apart; hidden: `G1` in A, and nobody in `S` in B."""
    grid = grid_of(dataset, 2023)
    people, fees = np.full(grid.shape, 6, np.int64), np.full(grid.shape, 1_234_567, np.int64)
    hidden = np.zeros(grid.shape, np.bool_)
    people[3, 3] = fees[3, 3] = 0
    hidden[1, 2] = True
    people[hidden] = fees[hidden] = 0
    return Figures(grid, Column(people, hidden), {"fees": Column(fees, hidden)})


def rows_of(dataset: Dataset, folder: Path) -> pa.Table:
    (view,) = dataset.views
    write_table(dataset, {2023: some_figures(dataset)}, folder / "own.parquet", view)
    return pq.read_table(folder / "own.parquet")


def test_the_columns_and_types_are_those_of_the_layout(care: Dataset, tmp_path: Path) -> None:
    text = pa.dictionary(pa.int32(), pa.string())
    schema = rows_of(care, tmp_path).schema
    assert list(zip(schema.names, schema.types, strict=True)) == [
        ("annee", pa.date32()),
        *((name, text) for name in ("niv1", "niv2", "top")),
        ("levels", pa.list_(pa.field("element", pa.string()))),
        ("tri", pa.float64()),
        *((name, text) for name in ("region", "dept", "fees")),
        ("fees_integer", pa.int64()),
        ("mean", text),
        ("mean_integer", pa.int64()),
        *((name, text) for name in ("mean_statut", "vision")),
    ]


def test_a_node_stands_at_each_level_and_totals_have_codes_of_their_own(care: Dataset, tmp_path: Path) -> None:
    rows = rows_of(care, tmp_path).to_pylist()
    illnesses = dict.fromkeys((r["niv1"], r["niv2"], r["top"], tuple(r["levels"] or ()), r["tri"]) for r in rows)
    assert list(illnesses) == [
        ("Total", "Total", "TOT", (), None),
        ("Cancers", None, "CAN", ("1",), 4.0),
        ("Cancers", "Cancer du sein", None, ("2", "3"), 5.5),
        ("Diabète", "Diabète", "DIA", ("1", "2", "3"), 2.0),
    ]
    places = dict.fromkeys((r["region"], r["dept"]) for r in rows)
    assert list(places) == [("99", "999"), ("32", "999"), ("32", "02"), ("32", "59"), ("94", "999"), ("94", "2A")]


def test_figures_are_text_and_whole_numbers_side_by_side(care: Dataset, tmp_path: Path) -> None:
    rows = {(r["top"], r["dept"]): r for r in rows_of(care, tmp_path).to_pylist()}
    figures = ("fees", "fees_integer", "mean", "mean_integer", "mean_statut", "vision")
    assert [rows["TOT", "02"][k] for k in figures] == ["1 234 567", 1_234_567, "205 761,2", 205_761, None, "oui"]
    assert [rows["CAN", "02"][k] for k in figures] == ["NS", None, "NS", None, "NS", "oui"]
    assert [rows["DIA", "59"][k] for k in figures] == ["0", 0, "ND", None, "ND", "oui"]
    assert {str(r["annee"]) for r in rows.values()} == {"2023-01-01"}


def test_rows_declared_empty_can_be_left_out(make_dataset: Make, tmp_path: Path) -> None:
    whole = make_dataset(DEFINITION, CODES)
    rows = {(r["niv1"], r["niv2"], r["dept"]) for r in rows_of(whole, tmp_path).to_pylist()}
    without = make_dataset(DEFINITION.replace("columns:\n", "empty_rows: left_out\ncolumns:\n"), CODES)
    fewer = {(r["niv1"], r["niv2"], r["dept"]) for r in rows_of(without, tmp_path).to_pylist()}
    assert rows - fewer == {("Cancers", None, "2A"), ("Cancers", "Cancer du sein", "2A")}
    assert not fewer - rows


def test_figures_are_counted_once_and_only_those_shown(care: Dataset, tmp_path: Path) -> None:
    (view,) = care.views
    written = write_table(care, {2023: some_figures(care)}, tmp_path / "own.parquet", view)
    assert view.measures == ("fees", "mean")
    assert written == Written(rows=24, cells=24, hidden=1)


def test_it_is_rendered_from_the_table_of_all_figures_byte_by_byte(care: Dataset, tmp_path: Path) -> None:
    (view,) = care.views
    write_table(care, {2023: some_figures(care)}, tmp_path / "figures.parquet")
    rows_of(care, tmp_path)
    Rendering(care, tmp_path / "figures.parquet").write(view, tmp_path / "again.parquet")
    assert same_table(tmp_path / "own.parquet", tmp_path / "again.parquet")
    table = pq.read_table(tmp_path / "own.parquet")
    column = pa.array([1 if v is None else v for v in table["mean_integer"].to_pylist()], pa.int64())
    place = table.schema.get_field_index("mean_integer")
    pq.write_table(table.set_column(place, table.schema.field(place), column), tmp_path / "again.parquet")
    assert not same_table(tmp_path / "own.parquet", tmp_path / "again.parquet")


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (1234.5, 1, "1 234,5"),
        (0, 0, "0"),
        (1_234_567, 0, "1 234 567"),
        (-1234.5, 2, "-1 234,50"),
        (0.0042, 1, "0,0042"),
        (12.0, 1, "12,0"),
    ],
)
def test_a_number_as_people_write_it_in_french(number: float, decimals: int, text: str) -> None:
    assert french(number, decimals) == text


def test_many_different_figures_as_text(care: Dataset) -> None:
    """More of them than a status can count to."""
    (view,) = care.views
    made = Columns(care, view, 2023, hierarchies_of(grid_of(care, 2023)))
    values = Values(np.arange(1000, dtype=np.int64), np.where(np.arange(1000) % 2, NS, SHOWN).astype(np.int8))
    nodes = {name: np.zeros(1000, np.int64) for name in care.hierarchies}
    texts = made.of(nodes, {"fees": values, "mean": values})["fees"].to_pylist()
    assert texts == ["NS" if k % 2 else french(k, 0) for k in range(1000)]
