"""Whatever the dataset and its figures: what is written reads back, and any altered figure is refused or is another."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.figures.layout import blocks, cells_of
from seuil.figures.read import read_figures
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset
from seuil.model.definition import Definition
from seuil.model.errors import DataError
from seuil.model.hierarchy import Hierarchy, Kind, Node
from seuil.model.text import Text

LABELS = ["Nord", "Sud", "é;\n", ""]


@st.composite
def hierarchies(draw: st.DrawFn, kind: Kind) -> Hierarchy:
    nodes = [Node("T", "", "l0", Text(fr="Total"))]
    depth = {"T": 0}
    for k in range(draw(st.integers(0, 4))):
        parent = draw(st.sampled_from([n.code for n in nodes if depth[n.code] < 2]))
        code = f"c{k}"
        depth[code] = depth[parent] + 1
        level = "unknown" if k == 3 and kind == "additive" else f"l{depth[code]}"
        start = draw(st.sampled_from([None, None, 2021]))
        nodes.append(Node(code, parent, level, Text(fr=draw(st.sampled_from(LABELS))), valid_from=start))
    return Hierarchy(tuple(nodes), kind)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    kinds: list[Kind] = draw(
        st.sampled_from([["additive"], ["additive"] * 2, ["additive", "overlapping"], ["overlapping", "additive"]])
    )
    found = {f"d{k}": draw(hierarchies(kind)) for k, kind in enumerate(kinds)}
    overlapping = next((n for n, h in found.items() if h.kind == "overlapping"), None)
    measures: dict[str, Any] = {"n": {"kind": "count", "label": "n"}}
    if overlapping:
        measures["pop"] = {"kind": "count", "label": "pop", "at": {overlapping: "T"}}
    bottom = "pop" if overlapping else "n"
    decimals = draw(st.integers(0, 3))
    measures["rate"] = {"kind": "ratio", "label": "r", "of": "n", "to": bottom, "decimals": decimals}
    if draw(st.booleans()):
        measures = {
            "mean": {"kind": "mean", "label": "m", "of": "fees", "by": bottom, "decimals": decimals},
            "mean_all": {"kind": "mean", "label": "m", "of": "all", "by": bottom, "decimals": decimals},
            "all": {"kind": "total", "label": "a", "of": ["excess", "fees"]},
            "fees": {"kind": "sum", "label": "fees"},
            "excess": {"kind": "sum", "label": "excess"},
        } | measures
    tables = [
        {"levels": {n: draw(st.sampled_from(["all", *([x] for x in h.levels)])) for n, h in found.items()}}
        for _ in range(draw(st.integers(0, 2)))
    ]
    definition = {
        "id": "d",
        "title": "D",
        "unit": "patient",
        "threshold": 11,
        "rounding": draw(st.sampled_from([None, 5, 10])),
        "period": {"name": "annee", "values": draw(st.sampled_from([[2020], [2021, 2020]]))},
        "dimensions": {n: {"label": n, "codes": "x.csv", "kind": h.kind} for n, h in found.items()},
        "measures": measures,
        "tables": tables,
    }
    return Dataset(Definition.model_validate(definition), found, Path("d.yaml"))


def random_figures(dataset: Dataset, seed: int) -> dict[int, Figures]:
    random = np.random.default_rng(seed)
    base = dataset.definition.rounding or 1
    figures = {}
    for period in dataset.definition.period.values:
        grid = grid_of(dataset, period)
        rows = np.zeros(grid.published.size, dtype=np.bool_)
        for block in blocks(grid):
            rows[cells_of(grid, block.nodes)[0]] = True

        def column(published: np.ndarray[Any, np.dtype[np.bool_]], factor: int, shape: tuple[int, ...]) -> Column:
            hidden = published & (random.random(shape) < 0.3)
            values = np.where(published & ~hidden, random.integers(0, 5, shape) * factor, 0)
            return Column(values, hidden)

        count = column(grid.published, base, grid.shape)
        sums = {name: column(rows.reshape(grid.shape), 12_345_678_901, grid.shape) for name in dataset.sums}
        figures[period] = Figures(grid, count, sums)
    return figures


def equal(found: dict[int, Figures], expected: dict[int, Figures]) -> bool:
    pairs = [(found[p].count, one.count) for p, one in expected.items()]
    pairs += [(found[p].sums[name], column) for p, one in expected.items() for name, column in one.sums.items()]
    return found.keys() == expected.keys() and all(
        (a.values == b.values).all() and (a.hidden == b.hidden).all() for a, b in pairs
    )


@given(datasets(), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_reads_back(dataset: Dataset, seed: int) -> None:
    figures = random_figures(dataset, seed)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.parquet"
        written = write_table(dataset, figures, path)
        keys = pq.read_table(path, columns=["annee", *dataset.hierarchies]).to_pylist()
        assert equal(read_figures(dataset, path), figures)
    assert len({tuple(key.values()) for key in keys}) == len(keys) == written.rows
    columns = [c for one in figures.values() for c in (one.count, *one.sums.values())]
    assert written.hidden == sum(int(c.hidden.sum()) for c in columns)


@given(datasets(), st.integers(0, 2**32), st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_altered_cell_is_refused_or_gives_other_figures(dataset: Dataset, seed: int, data: st.DataObject) -> None:
    """No cell of the table can be changed without being noticed: none is read twice, none is skipped."""
    figures = random_figures(dataset, seed)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.parquet"
        if write_table(dataset, figures, path).rows == 0:
            return
        table = pq.read_table(path)
        rows = table.to_pylist()
        row = rows[data.draw(st.integers(0, len(rows) - 1))]
        name = data.draw(st.sampled_from(table.schema.names))
        other = {"annee": 1999}.get(name, "NS" if name.endswith("_statut") and row[name] is None else "Z")
        if pa.types.is_integer(table.schema.field(name).type) or pa.types.is_floating(table.schema.field(name).type):
            other = (row[name] or 0) + 10
        row[name] = other
        pq.write_table(pa.Table.from_pylist(rows, table.schema), path)
        try:
            found = read_figures(dataset, path)
        except DataError:
            return
        assert not equal(found, figures)


@pytest.mark.soak
@given(datasets(), st.integers(0, 2**32))
@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_reads_back_many_times(dataset: Dataset, seed: int) -> None:
    with TemporaryDirectory() as folder:
        figures = random_figures(dataset, seed)
        write_table(dataset, figures, Path(folder) / "data.parquet")
        assert equal(read_figures(dataset, Path(folder) / "data.parquet"), figures)
