"""The bounds of a dataset's figures, from the published figures and the catalogue alone.

Those of hidden figures are told by the release (`told_bounds`); of one that was published before releases did, they are
worked out here, along the published rows.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from seuil.catalogue.entry import Dimension, Entry, FieldEntry, Measure
from seuil.model.errors import ReleaseError
from seuil.model.formulas import interval
from seuil.odsql import Schema
from seuil.portal.store.connection import identifier
from seuil.portal.store.figures import codes_of
from seuil.portal.store.propagation import Line, Rows, Values, propagate

ROW = "_row"
_BOUNDED = ("count", "sum", "total")
Flags = NDArray[np.bool_]


def bounded_fields(entry: Entry) -> dict[str, Measure]:
    """The fields whose figures have bounds, with the measure that each shows: whole, not negative, of a proved table.

    Means and ratios don't add up, and of a table that was published elsewhere the rules aren't known.
    """
    if entry.source != "records":
        return {}
    measures = {measure.name: measure for measure in entry.measures if measure.kind in _BOUNDED}
    numbers = (field for field in entry.fields if field.type in ("int", "double"))
    return {field.name: measures[_shown(field)] for field in numbers if _shown(field) in measures}


def bounds_of(entry: Entry, figures: pa.Table, schema: Schema) -> pa.Table:
    """The bounds of all rows in which a measure is hidden: `_row`, and the bounds of each bounded field.

    figures: `figure_columns` of the dataset's rows, in their order. The highest is null where it isn't known. Bounds of
    shown figures follow from rounding (`shown_bounds`), and are null here.
    """
    lines = _lines(entry, figures)
    hidden = np.zeros(figures.num_rows, dtype=bool)
    found: dict[str, NDArray[np.float64]] = {}
    for name, measure in bounded_fields(entry).items():
        field = schema.field(name, clause="select")
        shown = pc.is_valid(figures[measure.name]).to_numpy()
        values = pc.fill_null(figures[measure.name], 0).to_numpy().astype(np.float64)
        low, high = shown_bounds(entry, measure, values)
        least = 1.0 if measure.kind == "count" and entry.guarantee.zeros == "shown" else 0.0
        low, high = np.where(shown, low, least), np.where(shown, high, np.inf)
        low, high = propagate(low, high, _of_own_cells(entry, measure, figures, lines))
        found[field.lower_bound] = np.where(shown, np.nan, low)
        found[field.upper_bound] = np.where(shown | np.isinf(high), np.nan, high)
        hidden |= ~shown
    rows = np.flatnonzero(hidden)
    arrays = {name: pa.array(values[rows], from_pandas=True) for name, values in found.items()}
    return pa.table({ROW: pa.array(rows), **arrays})


def check_bounds(entry: Entry, schema: Schema, bounds: pa.Table, figures: pa.Table) -> None:
    """Compare whose bounds they are with the dataset's own file: a shown figure has none there.

    bounds: as `bounds_of`. figures: the bounded fields of all rows, in their order. Raises ReleaseError.
    """
    rows = bounds[ROW].to_numpy()
    for name in bounded_fields(entry):
        shown = pc.is_valid(figures[name]).to_numpy()
        told = pc.is_valid(bounds[schema.field(name, clause="select").lower_bound]).to_numpy()
        if shown[rows[told]].any():
            raise ReleaseError(
                f"{entry.figures_file}: its hidden figures aren't those that {entry.data_file} hides in {name}; "
                "rebuild the release"
            )


def shown_bounds(entry: Entry, measure: Measure, values: Values) -> tuple[Values, Values]:
    """What a shown figure can have been before it was rounded; a count is at least the threshold, or an exact zero."""
    if measure.kind != "count":
        return values, values
    below, above = interval(0, entry.guarantee.rounding)
    low = np.maximum(values + below, entry.guarantee.threshold)
    high = values + above
    return np.where(values == 0, 0.0, low), np.where(values == 0, 0.0, high)


def bounds_view(entry: Entry, schema: Schema, relation: str, name: str) -> str:
    """The statement that makes the view `name`: `relation` with the bounds of all measures beside each row.

    The table `<name>_cachees` holds those of hidden figures.
    """
    columns = []
    for named, measure in bounded_fields(entry).items():
        field = schema.field(named, clause="select")
        shown = shown_bounds_sql(entry, measure, f"rows.{identifier(named)}")
        for bound, written in zip((field.lower_bound, field.upper_bound), shown, strict=True):
            columns.append(f"coalesce(hidden.{identifier(bound)}, {written}) AS {identifier(bound)}")
    return (
        f"CREATE VIEW {identifier(name)} AS SELECT rows.*, {', '.join(columns)} FROM {identifier(relation)} AS rows "
        f"LEFT JOIN {identifier(name + '_cachees')} AS hidden ON rows._row = hidden._row"
    )


def shown_bounds_sql(entry: Entry, measure: Measure, column: str) -> tuple[str, str]:
    """The same as expressions of SQL. column: as SQL quotes it."""
    if measure.kind != "count":
        return column, column
    below, above = interval(0, entry.guarantee.rounding)
    # Without a figure there is nothing: greatest() would skip what is missing.
    at_least = f"greatest({column} - {-below}, {entry.guarantee.threshold})"
    low = f"CASE WHEN {column} = 0 THEN 0 WHEN {column} IS NOT NULL THEN {at_least} END"
    return low, f"CASE WHEN {column} = 0 THEN 0 ELSE {column} + {above} END"


def _lines(entry: Entry, table: pa.Table) -> list[Line]:
    """For each dimension the parents of all rows: the row of the closest ancestor, all else equal."""
    codes = [codes_of(dimension, table) for dimension in entry.dimensions]
    sizes = [len(dimension.nodes) for dimension in entry.dimensions]
    key = np.asarray(table[entry.period].to_numpy(), dtype=np.int64)
    strides: list[int] = []
    stride = 1
    for size in reversed(sizes):
        strides.insert(0, stride)
        stride *= size
    key = (key - key.min(initial=0)) * stride
    for code, one in zip(codes, strides, strict=True):
        key += code * one
    order = np.argsort(key)
    ordered = key[order]
    lines = []
    for dimension, code, one in zip(entry.dimensions, codes, strides, strict=True):
        above = _parents(dimension)
        parent = np.full(table.num_rows, -1, dtype=np.int64)
        ancestor = above[code]
        while (sought := (parent < 0) & (ancestor >= 0)).any():
            rows = np.flatnonzero(sought)
            wanted = key[rows] + (ancestor[rows] - code[rows]) * one
            place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
            there = ordered[place] == wanted
            parent[rows[there]] = order[place[there]]
            ancestor[rows[~there]] = above[ancestor[rows[~there]]]
        lines.append(Line(parent, dimension.kind == "additive"))
    return lines


def _of_own_cells(entry: Entry, measure: Measure, figures: pa.Table, lines: list[Line]) -> list[Line]:
    """The lines of a measure, without those between a figure of a row's own cell and one of another cell.

    Where a condition of women stands beside the population of women, that is no sum over both sexes; and excess that
    stands beside every kind of fees is no sum over kinds.
    """
    lines = [
        Line(np.full_like(line.parent, -1), line.additive) if dimension.name in measure.fixed else line
        for line, dimension in zip(lines, entry.dimensions, strict=True)
    ]
    for elsewhere in measure.elsewhere:
        moved = _at(entry, figures, elsewhere)
        lines = [
            Line(np.where((line.parent >= 0) & (moved[line.parent] == moved), line.parent, -1), line.additive)
            for line in lines
        ]
    return lines


def _at(entry: Entry, figures: pa.Table, where: Mapping[str, tuple[str, ...]]) -> Flags:
    found = np.ones(figures.num_rows, dtype=bool)
    for dimension in entry.dimensions:
        if dimension.name in where:
            codes = pa.array(where[dimension.name], pa.string())
            found &= pc.is_in(figures[dimension.column].cast(pa.string()), codes).to_numpy()
    return found


def _shown(field: FieldEntry) -> str:
    return field.of or field.name


def _parents(dimension: Dimension) -> Rows:
    places = {node.code: place for place, node in enumerate(dimension.nodes)}
    return np.array([places.get(node.parent, -1) for node in dimension.nodes], dtype=np.int64)
