"""Several datasets of one collection, read as their readers find them: together they open no small figure.

Two or three datasets share some dimensions. What they show is taken from their tables alone, in their own columns, put
together as who downloads them all would, and judged by listing every table that fits. The same datasets as
collections of their own do open each other, as the last test shows: so this one can fail.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.helpers.brute_force import Oracle, TooLargeError
from tests.helpers.strategies import PERIOD, dataset, random_leaves, tree

from seuil.disclosure.cube.cube import Leaves, cube_of
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import protect
from seuil.disclosure.verify import verify
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset

TWO = "T all,{0} T leaf,{1} T leaf"
TREES = {"x": TWO.format("a", "b"), "y": TWO.format("f", "m"), "z": TWO.format("p", "q")}
PAIR = (("x", "y"), ("x", "z"))
TRIPLE = (("x", "y"), ("y", "z"), ("x", "z"))
SECRET = b"s" * 32


def view(name: str, dimensions: tuple[str, ...]) -> dict[str, object]:
    """A dataset by some dimensions: each in a column of its own, in which the total is `999`, and figures as text."""
    nodes = [{"name": f"c_{d}", "dimension": d, "level": "leaf", "total": "999"} for d in dimensions]
    figures = {"name": "effectif", "measure": "n", "form": "text"}
    return {
        "id": name,
        "title": name,
        "tables": [{"levels": dict.fromkeys(dimensions, "all")}],
        "columns": [{"name": "annee", "period": "year"}, *nodes, figures],
    }


def collection(draw: Random, datasets: tuple[tuple[str, ...], ...]) -> Dataset:
    said = {"threshold": draw.choice((2, 3)), "level": draw.choice(("justified", "plausible"))}
    measures = {"n": {"kind": "count", "label": "n"}}
    views = [view(f"d{k}", dimensions) for k, dimensions in enumerate(datasets)]
    rounding, zeros = draw.choice((None, None, 3)), draw.choice(("hidden", "shown"))
    rules = {"rounding": rounding, "zeros": "hidden" if rounding else zeros}
    return dataset({k: tree(v) for k, v in TREES.items()}, **said, **rules, measures=measures, datasets=views)


def protected(made: Dataset, counts: np.ndarray, secret: bytes = SECRET) -> Figures | None:
    grid = grid_of(made, PERIOD)
    result = protect(cube_of(grid, Leaves(counts.reshape(1, *(len(a.leaves) for a in grid.axes)), {})), secret)
    if not result.safe:
        return None
    assert verify(result.figures, result.audit.proofs) == ()
    return result.figures


def read_back(made: Dataset, figures: Figures, folder: Path) -> dict[tuple[int, ...], int | None]:
    """What the tables of all datasets show: by cell of all dimensions, None where it is hidden."""
    found: dict[tuple[int, ...], int | None] = {}
    for one in made.views:
        write_table(made, {PERIOD: figures}, folder / "data.parquet", one)
        for row in pq.read_table(folder / "data.parquet").to_pylist():
            nodes = {f"c_{name}": h.index | {"999": 0} for name, h in made.hierarchies.items()}
            cell = (0, *(nodes[c].get(row.get(c, "999"), 0) for c in nodes))
            figure = None if row["effectif"] == "NS" else int(row["effectif"].replace(" ", ""))
            assert found.setdefault(cell, figure) == figure, "two datasets tell of one cell otherwise"
    return found


def together(made: Dataset, told: Mapping[tuple[int, ...], int | None]) -> Figures:
    """What all of it is, as figures of the collection."""
    grid = grid_of(made, PERIOD)
    assert set(told) == {tuple(cell) for cell in np.argwhere(grid.published).tolist()}
    values, hidden = np.zeros(grid.shape, np.int64), np.zeros(grid.shape, np.bool_)
    for cell, figure in told.items():
        values[cell], hidden[cell] = figure or 0, figure is None
    return Figures(grid, Column(values, hidden), {})


def came_of(seed: int, datasets: tuple[tuple[str, ...], ...], folder: Path) -> str:
    draw = Random(seed)
    made = collection(draw, datasets)
    counts = random_leaves(draw, grid_of(made, PERIOD))
    figures = protected(made, counts)
    if figures is None:
        return "refused"
    oracle = Oracle(together(made, read_back(made, figures, folder)))
    try:
        assert oracle.admissible(counts.reshape(1, -1))[0], seed
        assert oracle.exposed == [], seed
    except TooLargeError:
        return "too large"
    return "safe" if oracle.to_prove else "nothing hidden"


@pytest.mark.parametrize("datasets", [PAIR, TRIPLE], ids=["pairs", "triples"])
def test_what_the_datasets_of_a_collection_show_together_is_safe(
    datasets: tuple[tuple[str, ...], ...], tmp_path: Path
) -> None:
    came = Counter(came_of(seed, datasets, tmp_path) for seed in range(60))
    assert came["safe"] > 20, came


@pytest.mark.soak
@pytest.mark.parametrize("start", range(1000, 4000, 500))
@pytest.mark.parametrize("datasets", [PAIR, TRIPLE], ids=["pairs", "triples"])
def test_what_the_datasets_of_a_collection_show_together_is_safe_in_full(
    datasets: tuple[tuple[str, ...], ...], start: int, tmp_path: Path
) -> None:
    came = Counter(came_of(seed, datasets, tmp_path) for seed in range(start, start + 500))
    assert came["safe"] > 150, came


def test_the_same_datasets_proved_one_by_one_open_each_other() -> None:
    """Each is safe by itself; what one hides the other one shows."""
    opened = 0
    for seed in range(40):
        draw = Random(seed)
        whole = collection(draw, PAIR)
        counts = random_leaves(draw, grid_of(whole, PERIOD)).reshape(2, 2, 2)
        told: dict[tuple[int, ...], int | None] = {}
        for dimensions, axis in (("x", "y"), 2), (("x", "z"), 1):
            said = whole.definition
            rules = {"threshold": said.threshold, "level": said.level, "rounding": said.rounding, "zeros": said.zeros}
            alone = dataset({d: tree(TREES[d]) for d in dimensions}, **rules)
            figures = protected(alone, counts.sum(axis=axis), secret=SECRET + dimensions[1].encode())
            if figures is None:
                break
            for cell in np.argwhere(figures.grid.published).tolist():
                at = (0, cell[1], cell[2], 0) if axis == 2 else (0, cell[1], 0, cell[2])
                shown = None if figures.count.hidden[tuple(cell)] else int(figures.count.values[tuple(cell)])
                told[at] = told.get(at) if shown is None else shown
        else:
            try:
                opened += bool(Oracle(together(whole, told)).exposed)
            except TooLargeError:
                continue
    assert opened > 3
