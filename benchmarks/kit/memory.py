"""Datasets and leaves in memory, without files: from a table of leaf counts to the cube that is protected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.model.dataset import Dataset
from seuil.model.definition import Definition
from seuil.model.hierarchy import Hierarchy, Node
from seuil.model.text import Text

TOTAL = "TOTAL"
PERIOD = 2023
Texts = NDArray[np.str_]


@dataclass(frozen=True)
class Rules:
    """What a definition says of secrecy. tables: levels by dimension of every published table, empty for one of all.

    sums: names of amounts that are published beside the count.
    """

    unit: str
    threshold: int
    rounding: int | None = None
    level: str = "justified"
    zeros: str = "hidden"
    empty: Sequence[Mapping[str, str]] = ()
    tables: Sequence[Mapping[str, object]] = ()
    sums: Sequence[str] = ()


def text(label: str) -> Text:
    """A label in both languages."""
    return Text(fr=label, en=label)


def tree_of(levels: Mapping[str, Texts]) -> Hierarchy:
    """An additive dimension from columns, coarse to fine, in order of appearance. Codes of all levels are different."""
    nodes = {TOTAL: Node(TOTAL, "", "total", text("Total"))}
    parents = np.full(len(next(iter(levels.values()))), TOTAL)
    for level, codes in levels.items():
        for code, parent in dict.fromkeys(zip(codes.tolist(), parents.tolist(), strict=True)):
            if code in nodes:
                raise ValueError(f"code {code!r} stands in two places of the tree")
            nodes[code] = Node(code, parent, level, text(code))
        parents = codes
    # Parents before children: coarse levels come first.
    return Hierarchy(tuple(nodes.values()))


def dataset_of(name: str, dimensions: Mapping[str, Hierarchy], rules: Rules) -> Dataset:
    """A dataset that counts units over those dimensions. Its records are named but never read."""
    additive = {k: {"column": k} for k, h in dimensions.items() if h.kind == "additive"}
    overlapping = next((k for k, h in dimensions.items() if h.kind == "overlapping"), None)
    source = {"file": "none.csv", "identifier": "id", "period": "year"}
    memberships = {**source, "dimension": overlapping, "value": {"column": "code"}} if overlapping else None
    definition = Definition.model_validate(
        {
            "id": name,
            "title": name,
            "unit": rules.unit,
            "threshold": rules.threshold,
            "rounding": rules.rounding,
            "level": rules.level,
            "zeros": rules.zeros,
            "empty": [{"where": {k: [c] for k, c in e.items()}, "reason": "empty nation-wide"} for e in rules.empty],
            "period": {"values": [PERIOD]},
            "dimensions": {k: {"label": k, "codes": "none.csv", "kind": h.kind} for k, h in dimensions.items()},
            "measures": {
                "n": {"kind": "count", "label": "n"},
                **{name: {"kind": "sum", "label": name} for name in rules.sums},
            },
            "tables": [{"levels": dict(levels)} for levels in rules.tables],
            "records": {"people": {**source, "dimensions": additive}, "memberships": memberships},
        }
    )
    return Dataset(definition, dimensions, Path("none.yaml"))


def cube_in_memory(dataset: Dataset, codes: Mapping[str, Texts], counts: Ints) -> Cube:
    """All cells of a dataset. codes: by dimension the leaf (any node of an overlapping one) of every row."""
    grid = grid_of(dataset, PERIOD)
    return cube_of(grid, Leaves(leaf_counts(grid, codes, counts), {}))


def leaf_counts(grid: Grid, codes: Mapping[str, Texts], counts: Ints) -> Ints:
    """Counts over (slices, leaves of every axis), rows of one combination added."""
    leaves = np.zeros((len(grid.slices), *(len(axis.leaves) for axis in grid.axes)), np.int64)
    np.add.at(leaves, leaf_places(grid, codes, len(counts)), counts)
    return leaves


def leaf_places(grid: Grid, codes: Mapping[str, Texts], rows: int) -> tuple[Ints, ...]:
    """Where every row stands among the slices and the leaves of every axis."""
    dataset = grid.dataset
    places: list[Ints] = [np.zeros(rows, np.int64)]
    if dataset.overlapping is not None:
        places = [positions(grid.slices, codes[dataset.overlapping])]
    for name, axis in zip(dataset.additive, grid.axes, strict=True):
        places.append(positions([axis.nodes[k].code for k in axis.leaves], codes[name]))
    return tuple(places)


def positions(known: Iterable[str], codes: Texts) -> Ints:
    """Place of every code among those known. Raises KeyError for one that isn't."""
    place = {code: k for k, code in enumerate(known)}
    distinct, inverse = np.unique(codes, return_inverse=True)
    return np.array([place[str(code)] for code in distinct], np.int64)[inverse]
