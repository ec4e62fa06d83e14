"""The bounds of a dataset's hidden figures as its release tells them: each was signed, and `verify` has checked it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.catalogue.entry import Entry
from seuil.model.columns import HIDDEN, status_column
from seuil.model.dataset import Dataset
from seuil.model.definition import Total
from seuil.odsql import Schema
from seuil.portal.proofs.bounds import Values, told_bounds
from seuil.portal.store.bounds import ROW, bounded_fields
from seuil.portal.store.propagation import Rows


def measures_needed(entry: Entry, dataset: Dataset) -> tuple[str, ...]:
    """The columns whose figures the bounds of an entry's measures are made of."""
    found = [part.column for measure in bounded_fields(entry).values() for part in _parts(dataset, measure.name)]
    return tuple(dict.fromkeys(found))


def told_bounds_of(
    entry: Entry, dataset: Dataset, files: Mapping[str, Path], figures: pa.Table, schema: Schema
) -> pa.Table:
    """As `bounds.bounds_of`, from what the release tells. Raises ReleaseError where it tells nothing of a figure.

    figures: of the dataset's rows in their order: period, codes, and `measures_needed` with their statuses.
    """
    reader = _Reader(entry, dataset, files, figures)
    hidden = np.zeros(figures.num_rows, dtype=bool)
    found: dict[str, Values] = {}
    for name, measure in bounded_fields(entry).items():
        shown = schema.field(name, clause="select")
        rows, low, high = reader.bounds(measure.name)
        for bound, values in ((shown.lower_bound, low), (shown.upper_bound, high)):
            found[bound] = np.full(figures.num_rows, np.nan)
            found[bound][rows] = np.where(np.isinf(values), np.nan, values)
        hidden[rows] = True
    rows = np.flatnonzero(hidden)
    arrays = {name: pa.array(values[rows], from_pandas=True) for name, values in found.items()}
    return pa.table({ROW: pa.array(rows), **arrays})


@dataclass(frozen=True)
class _Part:
    """A count or a sum, `measure`, that a measure is made of. column: where its figures stand.

    at: nodes of some dimensions that it is taken at, whatever the row's are.
    """

    column: str
    measure: str
    at: Mapping[str, str] = field(default_factory=dict)


def _parts(dataset: Dataset, measure: str) -> tuple[_Part, ...]:
    """The sums that a total is made of; other measures are their own."""
    said = dataset.definition.measures[measure]
    if not isinstance(said, Total):
        return (_Part(measure, measure),)
    if said.single:  # its own column has the figure of the other node
        return (_Part(measure, said.of[0].measure, said.of[0].at),)
    return tuple(found for part in said.of for found in _parts(dataset, part.measure))


@dataclass(frozen=True)
class _Reader:
    entry: Entry
    dataset: Dataset
    files: Mapping[str, Path]
    figures: pa.Table

    def bounds(self, measure: str) -> tuple[Rows, Values, Values]:
        """The rows in which a measure is hidden, and its bounds there: for a total, those of its parts together."""
        parts = _parts(self.dataset, measure)
        hidden = [self._status(part.column, HIDDEN) for part in parts]
        there = [pc.is_valid(self.figures[p.column]).to_numpy() | h for p, h in zip(parts, hidden, strict=True)]
        rows = np.flatnonzero(np.any(hidden, axis=0) & np.all(there, axis=0))
        low, high = np.zeros(len(rows)), np.zeros(len(rows))
        for part, where in zip(parts, hidden, strict=True):
            shown = pc.fill_null(self.figures[part.column], 0).to_numpy().astype(np.float64)[rows]
            at = where[rows]
            least, most = self._told(part, rows[at])
            low += _where(at, least, shown)
            high += _where(at, most, shown)
        return rows, low, high

    def _status(self, column: str, status: str) -> np.ndarray:
        told = pc.equal(self.figures[status_column(column)].cast(pa.string()), status)
        return np.asarray(pc.fill_null(told, False).to_numpy(), dtype=np.bool_)

    def _told(self, part: _Part, rows: Rows) -> tuple[Values, Values]:
        low, high = np.zeros(len(rows)), np.zeros(len(rows))
        periods = self.figures[self.entry.period].to_numpy()[rows]
        for period in np.unique(periods).tolist():
            here = np.flatnonzero(periods == period)
            codes = self._codes(rows[here], period)
            codes |= {name: pa.array([code] * len(here), pa.string()) for name, code in part.at.items()}
            told = told_bounds(self.dataset, self.files, part.measure, period, codes)
            low[here], high[here] = told.low, told.high
        return low, high

    def _codes(self, rows: Rows, period: int) -> dict[str, pa.Array]:
        """The codes of every dimension of the collection: of one that the dataset doesn't tell it has one node."""
        columns = {dimension.name: dimension.column for dimension in self.entry.dimensions}
        table = next(view for view in self.dataset.views if view.id == self.entry.id).tables[0]
        chosen = self.figures.select(list(columns.values())).take(pa.array(rows))
        found = {}
        for name in self.dataset.definition.dimensions:
            if name in columns:
                found[name] = chosen[columns[name]].cast(pa.string()).combine_chunks()
            else:
                code = self.dataset.published_nodes(table, name, period)[0]
                found[name] = pa.array([code] * len(rows), pa.string())
        return found


def _where(at: np.ndarray, there: Values, otherwise: Values) -> Values:
    """`otherwise`, but in the marked rows, of which `there` has one value each."""
    found = otherwise.copy()
    found[at] = there
    return found
