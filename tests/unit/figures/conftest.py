"""A small dataset with all that a released table can hold, and figures for it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.model.dataset import Dataset, read_dataset

DEFINITION = """\
id: visits
title: Visits
unit: patient
threshold: 11
rounding: 10
period: {name: annee, values: [2023, 2022]}
dimensions:
  site: {label: Site, codes: sites.csv}
  condition: {label: Condition, codes: conditions.csv, kind: overlapping}
measures:
  ntop: {kind: count, label: Patients}
  npop: {kind: count, label: People, at: {condition: ALL}}
  fees: {kind: sum, label: Fees}
  rate: {kind: ratio, label: Rate, of: ntop, to: npop}
  mean: {kind: mean, label: Mean, of: fees, by: ntop, decimals: 2}
tables:
  - levels: {condition: [group], site: [site]}
  - levels: {condition: all, site: all}
records:
  people:
    file: people.csv
    identifier: id
    period: annee
    dimensions: {site: {column: site}}
    amounts: {fees: {column: fees}}
  memberships: {file: conditions.csv, identifier: id, period: annee, dimension: condition, value: {column: code}}
"""

CODES = {
    "sites.csv": """\
code,parent,level,label_fr,label_en,valid_from
T,,total,Total,Total,
N,T,site,Nord,North,
S,T,site,"Sud, été",South,
E,T,site,Nord,North (new),2023
X,T,unknown,Inconnu,Unknown,
""",
    "conditions.csv": """\
code,parent,level,label_fr
ALL,,total,Ensemble
G,ALL,group,Groupe
H,ALL,group,Autre
""",
}


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
    return write_dataset(tmp_path, DEFINITION, CODES)


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
