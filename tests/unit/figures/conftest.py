"""A small dataset with all that a released table can hold, and figures for it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.helpers import visits as helpers

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.model.dataset import Dataset, read_dataset

SITES = """\
code,parent,level,label_fr,label_en,valid_from
T,,total,Total,Total,
N,T,site,Nord,North,
S,T,site,"Sud, été",South,
E,T,site,Nord,North (new),2023
X,T,unknown,Inconnu,Unknown,
"""
CONDITIONS = "code,parent,level,label_fr\nALL,,total,Ensemble\nG,ALL,group,Groupe\nH,ALL,group,Autre\n"
CHANGES = (
    ("values: [2022, 2023]", "values: [2023, 2022]"),
    ("by: ntop}", "by: ntop, decimals: 2}"),
    ("empty:\n  - where: {condition: [G], site: [N]}\n    reason: Nobody can be there\n", ""),
    (
        "  - levels: {site: [site]}\n",
        "  - levels: {condition: [group], site: [site]}\n  - levels: {condition: all, site: all}\n",
    ),
)
"""Two tables, in another order than the code lists', and nothing declared empty."""


def write_dataset(folder: Path, definition: str, codes: Mapping[str, str]) -> Dataset:
    for name, text in codes.items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "definition.yaml"
    path.write_text(definition, encoding="utf-8")
    return read_dataset(path)


@pytest.fixture
def make_dataset(tmp_path: Path) -> Callable[[str, Mapping[str, str]], Dataset]:
    def make(definition: str, codes: Mapping[str, str]) -> Dataset:
        return write_dataset(tmp_path, definition, codes)

    return make


@pytest.fixture
def visits(tmp_path: Path) -> Dataset:
    return helpers.visits(tmp_path, *CHANGES, sites=SITES, conditions=CONDITIONS)


def figures_of(dataset: Dataset, period: int) -> Figures:
    """Every cell its own figure; hidden: condition H at site N (count), condition G at site S (fees)."""
    grid = grid_of(dataset, period)
    shape = grid.shape
    cells = np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
    count = np.where(grid.published, 10 * (cells + 2), 0)
    fees = np.where(grid.published, 1000 + cells, 0)
    hidden_count = np.zeros(shape, dtype=np.bool_)
    hidden_count[2, 1] = True
    hidden_fees = np.zeros(shape, dtype=np.bool_)
    hidden_fees[1, 2] = True
    return Figures(
        grid,
        Column(np.where(hidden_count, 0, count), hidden_count),
        {"fees": Column(np.where(hidden_fees, 0, fees), hidden_fees)},
    )


@pytest.fixture
def figures(visits: Dataset) -> dict[int, Figures]:
    return {period: figures_of(visits, period) for period in (2022, 2023)}
