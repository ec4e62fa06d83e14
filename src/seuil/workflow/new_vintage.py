"""Make a published year anew (confidential): what earlier vintages told of it, and whether amounts may have changed.

told     of each earlier vintage: what it hid, and what it showed where that is as it was. `protect` takes it as known,
         so that figures are hidden only if they are safe from readers who remember them.
amounts  a sum may show another amount only where at least T contributors more are there than units were told of
         before, in every cell of the lines in which it changed; contributors of old are not kept, so that of fewer
         or other ones nothing is certain. With a second unit, of which nothing is published, never.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.problem import COUNT
from seuil.disclosure.constraints.rows import Rows, lines, overlaps, stack
from seuil.disclosure.cube.cube import Cube, cube_of
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.leaf_files import read_leaves
from seuil.figures.periods import read_made
from seuil.model.dataset import Dataset
from seuil.model.errors import DisclosureError, UsageError
from seuil.model.vintages import Vintage, told_name, write_told
from seuil.workflow.frozen import Published, changes_from, figures_of
from seuil.workflow.vintages import bounds_told, shown_cells, vintage_faults


def new_vintages(
    dataset: Dataset, period: int, earlier: Sequence[Published], leaves: Path, written: Sequence[Vintage], folder: Path
) -> tuple[Vintage, ...]:
    """Write what each earlier vintage of a year told into the folder of the definition; the entries of them.

    earlier: the newest first. written: entries of the newest, which has those of all but itself.
    """
    cube = cube_of(grid_of(dataset, period), read_leaves(leaves, grid_of(dataset, period)))
    known = {one.replaces: one for one in written if one.period == period}
    entries = []
    for year in earlier:
        name = told_name(period, year.release)
        (folder / name).parent.mkdir(exist_ok=True)
        write_told(folder / name, tuple(dataset.hierarchies), told_rows(cube, *figures_of(year, dataset)))
        entries.append(known.get(year.release) or Vintage(period=period, replaces=year.release, told=name))
    return tuple(entries)


def told_rows(cube: Cube, then: Figures, old: Figures) -> Iterator[tuple[str, ...]]:
    """Codes, bounds and hidden bases of every cell of which something is told."""
    grid = cube.grid
    low, high = bounds_told(then)
    same = shown_cells(grid, old.count) & (low <= cube.count) & (cube.count <= high)
    hidden = {name: column.hidden & g.published & ~g.empty for name, (g, column) in old.columns().items()}
    told: dict[tuple[str, ...], list[str]] = {}
    for name, cells in hidden.items():
        one = grid if name == COUNT else grid.grids[name]
        for cell in np.argwhere(cells | same if name == COUNT else cells).tolist():
            bases = told.setdefault(_codes(one, cell), [])
            bases += [name] if cells[tuple(cell)] else []
    bounds = {
        _codes(grid, cell): (str(low[tuple(cell)]), str(high[tuple(cell)])) for cell in np.argwhere(same).tolist()
    }
    # In the order of the cells of the counts, whatever bases have something to tell.
    names = [*grid.base.dimensions, *(name for name in grid.dataset.hierarchies if name not in grid.base.dimensions)]
    order = [(list(grid.dataset.hierarchies).index(name), grid.dataset.hierarchies[name].index) for name in names]
    for codes, bases in sorted(told.items(), key=lambda row: [index[row[0][k]] for k, index in order]):
        yield (*codes, *bounds.get(codes, ("", "")), " ".join(bases))


def _codes(grid: Grid, cell: Sequence[int]) -> tuple[str, ...]:
    """Codes of a cell in every dimension of the collection; of one that the grid doesn't have that of the total."""
    first = len(grid.shape) - len(grid.hierarchies)
    own = {name: hierarchy.nodes[cell[k]].code for k, (name, hierarchy) in enumerate(grid.hierarchies, first)}
    return tuple(own.get(name, hierarchy.root.code) for name, hierarchy in grid.dataset.hierarchies.items())


def check_new_vintage(dataset: Dataset, period: int, earlier: Sequence[Published], leaves: Path, table: Path) -> None:
    """Hold the figures of a new vintage against all earlier ones. Raises DisclosureError that names cells.

    Raises UsageError if they are those of the newest.
    """
    now = read_made(dataset, period, table)
    cube = cube_of(now.grid, read_leaves(leaves, now.grid))
    if not changes_from(earlier[0], dataset, table):
        raise UsageError(
            f"{dataset.id}, {period}: the records give the figures of release {earlier[0].release}: nothing to reissue"
        )
    told: list[str] = []
    for year in earlier:
        then, old = figures_of(year, dataset)
        found = [*vintage_faults(now, then, old), *amount_faults(cube, now, then, old)]
        told += [f"  against release {year.release}: {what}" for what in found]
    if told:
        head = (
            f"{dataset.id}, {period}: can't be published again, since together with what was published it would tell:"
        )
        raise DisclosureError("\n".join([head, *told]))


def amount_faults(cube: Cube, now: Figures, then: Figures, old: Figures) -> Iterator[str]:
    """Sums of which a shown amount has changed that may rest on fewer than T contributors."""
    _, most = bounds_told(then)
    for name, amounts in cube.sums.items():
        grid = cube.grid.grids[name]
        both = shown_cells(grid, now.sums[name]) & shown_cells(grid, old.sums[name])
        change = np.where(both, now.sums[name].values - old.sums[name].values, 0)
        if not change.any():
            continue
        rule = grid.dataset.sums[name]
        grown = both & (amounts.contributors - cube.grid.onto(grid, most) >= grid.threshold)
        if rule.second_unit is not None:
            grown[...] = False
        bad = (change != 0) & ~grown
        bad |= _beside(stack([lines(grid), overlaps(grid)]), both, change).reshape(grid.shape)
        if bad.any():
            what = f"amounts changed, and fewer than {grid.threshold} contributors may be what has changed there"
            yield f"{name}, {grid.named(bad)}: {what}"


def _beside(rows: Rows, both: Bools, change: Ints) -> Bools:
    """(cells,) changed cells of which a line or an overlap tells the change of what is not shown in both vintages.

    In a line that is shown as a whole each cell has been looked at. Where a single one is shown nothing is told of
    others. In between, and where nodes overlap, it is the change of what is left over.
    """
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    shown, changed = both.ravel()[rows.cell], change.ravel()[rows.cell]
    count = np.bincount(line, shown, len(rows))
    rest = np.bincount(line, rows.coefficient * changed, len(rows))
    told = (count > 1) & (rest != 0)
    found = np.zeros(both.size, np.bool_)
    found[rows.cell[told[line] & (changed != 0)]] = True
    return found
