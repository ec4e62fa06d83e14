"""Released tables, a period at a time."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.figures.read import read_figures
from seuil.figures.table import Written, write_table
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError, UsageError


def of_period(dataset: Dataset, period: int) -> Dataset:
    """The same dataset as if this were its only period. Raises UsageError if it is none of its periods."""
    asked = dataset.definition.period
    if period not in asked.values:
        known = ", ".join(str(p) for p in sorted(asked.values))
        raise UsageError(f"{dataset.id} has no period {period}; expected one of {known}")
    return of_periods(dataset, (period,))


def of_periods(dataset: Dataset, periods: tuple[int, ...]) -> Dataset:
    """The same dataset as if these were its only periods, of which each is one of its own."""
    period = dataset.definition.period.model_copy(update={"values": periods})
    return replace(dataset, definition=dataset.definition.model_copy(update={"period": period}))


def write_period(figures: Figures, path: Path) -> Written:
    """Write the released table of one period alone."""
    period = figures.grid.period
    return write_table(of_period(figures.grid.dataset, period), {period: figures}, path)


def read_period(dataset: Dataset, period: int, path: Path) -> Figures:
    """The figures of one period, from a table of that period alone or of all. Raises DataError as `read_figures`."""
    one = of_period(dataset, period)
    if periods_in(dataset, path) == [period]:
        return read_figures(one, path)[period]
    groups = _groups_of(dataset, period, path)
    return read_figures(dataset, path)[period] if groups is None else read_figures(one, path, groups=groups)[period]


def read_made(dataset: Dataset, period: int, path: Path) -> Figures:
    """The figures of a period as a step of a build left them, whatever its texts and derived measures were then."""
    one = of_period(dataset, period)
    return replace(read_figures(one, path, texts=False)[period], grid=grid_of(dataset, period))


def periods_in(dataset: Dataset, path: Path) -> list[int]:
    """The periods that a released table has rows of. Raises DataError if it can't be read."""
    column = dataset.definition.period.name
    try:
        return sorted(int(p) for p in pc.unique(pq.read_table(path, columns=[column])[column]).to_pylist() if p)
    except (OSError, KeyError, ValueError, TypeError, pa.ArrowException):
        raise DataError(f"{path}: can't be read; expected a released table with a column {column}") from None


def _groups_of(dataset: Dataset, period: int, path: Path) -> list[int] | None:
    """The row groups of a period; None where one holds rows of several, or doesn't tell."""
    found: dict[int, list[int]] = {}
    try:
        metadata = pq.read_metadata(path)
        place = metadata.schema.names.index(dataset.definition.period.name)
        for group in range(metadata.num_row_groups):
            told = metadata.row_group(group).column(place).statistics
            if told is None or not told.has_min_max or told.min != told.max:
                return None
            found.setdefault(told.min, []).append(group)
    except (OSError, ValueError, pa.ArrowException):
        return None  # what is wrong with it is for the reader to tell
    return found.get(period, [])
