"""Write the released table: what a protected cube shows, row by row (docs/reference/released-table.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.figures import Column, Figures
from seuil.figures.columns import key_columns, measure_columns, schema_of, table_at
from seuil.figures.layout import Block, blocks, cells_at, hierarchies_of
from seuil.figures.values import Values, derive, total_of, values_of
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError


@dataclass(frozen=True)
class Written:
    """What a table tells of itself in the catalogue.

    cells, hidden: published figures of all periods and bases, and how many of them are hidden; a figure that stands in
    several rows, such as a population, counts once, and derived measures don't count.
    """

    rows: int
    cells: int
    hidden: int


def write_table(dataset: Dataset, figures: Mapping[int, Figures], path: Path) -> Written:
    """Write all periods of a dataset from records. figures: by period, as published (rounded), hidden ones marked.

    Raises DataError if a period of the definition has no figures. Memory: the figures and one block of rows.
    """
    periods = sorted(dataset.definition.period.values)
    for period in periods:
        if period not in figures:
            raise DataError(f"{dataset.id}: no figures for {period}; build every period of the definition first")
    rows = cells = hidden = 0
    with table_at(path, schema_of(dataset)) as table:
        for period in periods:
            one = figures[period]
            hierarchies = hierarchies_of(one.grid)
            in_rows = np.zeros(prod(one.grid.shape), dtype=np.bool_)
            for block in blocks(one.grid):
                columns = key_columns(hierarchies, block.nodes) | measure_columns(measures_of(one, block))
                table.write(period, len(block), columns)
                in_rows[block.cells] = True
                rows += len(block)
            for column, shown in [(one.count, one.grid.published.ravel()), *((c, in_rows) for c in one.sums.values())]:
                cells += int(shown.sum())
                hidden += int((column.hidden.ravel() & shown).sum())
    return Written(rows, cells, hidden)


def measures_of(figures: Figures, block: Block) -> dict[str, Values]:
    """The values of every measure in those rows, derived ones from the published values of their parts."""
    dataset, grid = figures.grid.dataset, figures.grid
    base = {name: _at(figures.count, cells_at(grid, block.cells, grid.slice_of(name))) for name in dataset.counts}
    base |= {name: _at(figures.sums[name], block.cells) for name in dataset.sums}
    return in_order(dataset, base)


def in_order(dataset: Dataset, base: Mapping[str, Values]) -> dict[str, Values]:
    """Counts and sums with the measures that are derived from them, in the definition's order."""
    known = dict(base)
    for name, derived in dataset.derived.items():
        if derived.kind == "total":
            known[name] = total_of([known[part] for part in derived.of])
        else:
            bottom = derived.by if derived.kind == "mean" else derived.to
            known[name] = derive(derived, known[derived.of], known[bottom])
    return {name: known[name] for name in dataset.definition.measures}


def _at(column: Column, cells: Ints) -> Values:
    return values_of(column.values.ravel()[cells], column.hidden.ravel()[cells])
