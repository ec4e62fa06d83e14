"""The derived columns of a published table: rates and means, with what they are made of."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.explain.derived import NO_CELL, Part, Quotients
from seuil.model.columns import MISSING
from seuil.model.definition import Count, External, FigureAt, Mean, Ratio
from seuil.model.external import read_external
from seuil.tables.frame_input import LONGEST, InputTable
from seuil.tables.layout import Layout
from seuil.tables.marks import marked
from seuil.tables.spec import TableSpec


def read_derived(
    given: InputTable, spec: TableSpec, layout: Layout, cells: Ints, hidden: Sequence[str]
) -> tuple[Quotients, ...]:
    """Every derived measure of the definition. cells: (rows,) the cell of each row. hidden: texts for what is hidden.

    Raises DataError with the row of what is no number, or of more decimals than the definition says.
    """
    words = (*hidden, MISSING)
    found = []
    for name, measure in spec.derived.items():
        top, bottom = (_part(given, spec, layout, cells, part, words) for part in measure.parts.values())
        times = measure.times if isinstance(measure, Ratio) else 1
        values = _values(given, name, measure, marked(given, name, words))
        found.append(Quotients(name, top, bottom, values, times, measure.decimals))
    return tuple(found)


def _part(
    given: InputTable, spec: TableSpec, layout: Layout, cells: Ints, part: FigureAt, words: Sequence[str]
) -> Part:
    """A numerator or denominator: the table's own count, that at another node, a column, or a public file."""
    name = part.measure
    measure = spec.beside[name]
    if isinstance(measure, External):
        return _external(spec, layout, _moved(layout, cells, part.at), name, measure)
    rows = _rows_at(layout, cells, part.at)
    places = np.full(len(cells), NO_CELL, np.int64)
    base: int | None = None
    column = name
    if isinstance(measure, Count):
        places, base = _moved(layout, cells, part.at), spec.definition.rounding
        column = spec.count if not measure.at else name
        if measure.at:
            places = _moved(layout, places, measure.at)
    elif measure.kind == "given":
        column, base = measure.column, measure.rounding
    numbers, there = given.numbers(column, marked(given, column, words))
    if part.at:  # what stands in the row of that node
        name = f"{name} at {', '.join(f'{dimension} {code}' for dimension, code in part.at.items())}"
        numbers, there = numbers[rows], there[rows] & (rows >= 0)
    half, width = (base or 0) // 2, (base or 1) - 1
    low, high = np.maximum(numbers - half, 0), numbers - half + width
    return Part(name, places, np.where(there, low, -1), np.where(there, high, -1), base)


def _moved(layout: Layout, cells: Ints, at: Mapping[str, str]) -> Ints:
    """(cells,) the cells at other nodes of some dimensions."""
    nodes = list(np.unravel_index(cells, layout.grid.shape))
    for dimension, code in at.items():
        nodes[layout.axis_of[dimension]] = np.full(len(cells), layout.trees[dimension].hierarchy.index[code])
    return np.asarray(np.ravel_multi_index(tuple(nodes), layout.grid.shape), np.int64)


def _rows_at(layout: Layout, cells: Ints, at: Mapping[str, str]) -> Ints:
    """(rows,) the row of the cell at other nodes, -1 where there is none. cells: (rows,) the cell of each."""
    order = np.argsort(cells, kind="stable")
    wanted = _moved(layout, cells, at)
    place = np.minimum(np.searchsorted(cells, wanted, sorter=order), max(len(cells) - 1, 0))
    found = order[place]
    return np.where(cells[found] == wanted, found, -1)


def _external(spec: TableSpec, layout: Layout, cells: Ints, name: str, measure: External) -> Part:
    """A figure that anybody can look up, whether or not it stands in the table."""
    hierarchies = {dimension: tree.hierarchy for dimension, tree in layout.trees.items()}
    found = read_external(name, measure, spec.definition, hierarchies, spec.path)
    nodes = np.unravel_index(cells, layout.grid.shape)
    axes = [(hierarchies[dimension], nodes[layout.axis_of[dimension]]) for dimension in found.dimensions]
    codes = ([h.nodes[int(at[row])].code for h, at in axes] for row in range(len(cells)))
    figures = np.array([-1 if (f := found.at(spec.period, c)) is None else f for c in codes], np.int64)
    return Part(name, np.full(len(cells), NO_CELL, np.int64), figures, figures, None)


def _values(given: InputTable, name: str, measure: Mean | Ratio, skip: Bools) -> Ints:
    """(rows,) the figures times 10^decimals, -1 where there is none."""
    found = np.full(len(skip), -1, np.int64)
    texts = given.words(name)
    for row in np.flatnonzero(~skip).tolist():
        text = texts[row].as_py()
        try:
            value = Decimal(text.replace(",", ".")).scaleb(measure.decimals)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value < 0 or value != value.to_integral_value():
            right = f"a number of at most {measure.decimals} decimals (`decimals` of the measure), or how it is hidden"
            raise given.fail(name, f"in {given.place(row)} {text[:LONGEST]!r}", right)
        found[row] = int(value)
    return found
