"""A released table that was taken from the portal as CSV, back into the file of the release.

Rows may stand in any order, and columns too; levels and labels needn't be there, since the code lists tell them. What
reads the result (`read`) checks all the rest.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.layout import Block, hierarchies_of, numbers_of, row_words
from seuil.figures.table import Reader, write_rows
from seuil.figures.values import SHOWN, STATUSES, Values
from seuil.model.columns import status_column
from seuil.model.dataset import Dataset
from seuil.model.definition import WHOLE
from seuil.model.delimited import Form, form_of
from seuil.model.errors import DataError

NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
LONGEST = 40  # characters of a text that is quoted
Columns = Mapping[str, Sequence[str]]


def columns_needed(dataset: Dataset) -> tuple[str, ...]:
    """Columns that tell a released table: period, dimensions, measures."""
    return (dataset.definition.period.name, *dataset.hierarchies, *dataset.definition.measures)


def table_from_csv(dataset: Dataset, source: Path, path: Path) -> None:
    """Write the released table that a CSV file holds. Raises DataError with the line of what can't be read."""
    form = form_of(source, columns_needed(dataset))
    lines, columns = _read(form)
    period, known = dataset.definition.period.name, sorted(dataset.definition.period.values)
    there = np.array(columns[period])
    strange = np.flatnonzero(~np.isin(there, [str(value) for value in known]))
    if len(strange):
        row = int(strange[0])
        found = f"column {period}: found {str(there[row])[:LONGEST]!r}"
        raise DataError(f"{source}:{lines[row]}: {found}; expected a period of the definition")
    values = {name: _values(dataset, form, lines, columns, name) for name in dataset.definition.measures}
    periods = [
        (grid, _reader(form, grid, _placed(grid, form, lines, columns, rows), values))
        for value in known
        if len(rows := np.flatnonzero(there == str(value)))
        for grid in [grid_of(dataset, value)]
    ]
    write_rows(dataset, dataset.whole, periods, path)


@dataclass(frozen=True)
class _Placed:
    """Ascending numbers of rows (`numbers_of`), and the row of the file that each of them is."""

    numbers: Ints
    rows: Ints

    def lines_of(self, numbers: Ints) -> Ints:
        """Rows of the file, -1 for none."""
        at = np.minimum(np.searchsorted(self.numbers, numbers), len(self.numbers) - 1)
        return np.where(self.numbers[at] == numbers, self.rows[at], -1)


def _reader(form: Form, grid: Grid, placed: _Placed, values: Mapping[str, Values]) -> Reader:
    """The values of every measure in some rows of the layout."""

    def read(block: Block) -> tuple[Bools, dict[str, Values]]:
        at = placed.lines_of(numbers_of(grid, block.nodes))
        if (at < 0).any():
            words = row_words(grid, {name: int(x[np.argmin(at)]) for name, x in block.nodes.items()})
            raise DataError(f"{form.path}: no row for {words} in {grid.period}; expected the whole of the table")
        return np.ones(len(block), np.bool_), {name: Values(v.numbers[at], v.status[at]) for name, v in values.items()}

    return read


def _read(form: Form) -> tuple[Sequence[int], Columns]:
    records = list(form.records())
    fields = zip(*(record for _, record in records), strict=True) if records else [() for _ in form.columns]
    return [line for line, _ in records], dict(zip(form.columns, fields, strict=True))


def _placed(grid: Grid, form: Form, lines: Sequence[int], columns: Columns, rows: Ints) -> _Placed:
    """Where each row of a period stands."""
    nodes = {}
    for name, hierarchy in hierarchies_of(grid).items():
        codes = [columns[name][int(row)] for row in rows]
        at = np.array([hierarchy.index.get(code, -1) for code in codes], np.int64)
        if (at < 0).any():
            k = int(np.argmin(at))
            found = f"column {name}: found {codes[k][:LONGEST]!r}"
            raise DataError(
                f"{form.path}:{lines[int(rows[k])]}: {found}; expected a code of the code list in {grid.period}"
            )
        nodes[name] = at
    numbers = numbers_of(grid, nodes)
    unique, first = np.unique(numbers, return_index=True)
    again: Bools = np.ones(len(numbers), np.bool_)
    again[first] = False
    if again.any():
        line = lines[int(rows[int(np.argmax(again))])]
        raise DataError(f"{form.path}:{line}: a cell that stands in a line above; expected one line a cell")
    return _Placed(unique, rows[first])


def _values(dataset: Dataset, form: Form, lines: Sequence[int], columns: Columns, name: str) -> Values:
    """A measure in all rows: its figures, or the status that stands in place of one."""
    whole = isinstance(dataset.definition.measures[name], WHOLE)
    statuses = columns.get(status_column(name), [""] * len(lines))
    numbers = np.zeros(len(lines), np.int64 if whole else np.float64)
    status = np.full(len(lines), SHOWN, np.int8)
    for k, (text, said) in enumerate(zip(columns[name], statuses, strict=True)):
        word = text or said
        if word in STATUSES and said in ("", word):
            status[k] = STATUSES.index(word) + 1
            continue
        number = None if said else _number(word, whole=whole)
        if number is None:
            found = f"{text[:LONGEST]!r}" + (f" beside the status {said[:LONGEST]!r}" if said else "")
            right = f"a number, {' or '.join(STATUSES)}"
            raise DataError(f"{form.path}:{lines[k]}: column {name}: found {found}; expected {right}")
        numbers[k] = number
    return Values(numbers.astype(np.int64) if whole else numbers.astype(np.float64), status)


def _number(text: str, *, whole: bool) -> int | float | None:
    """A number of figures and a point; None for anything else, what is no number (`nan`) or has no end among them."""
    if not NUMBER.fullmatch(text):
        return None
    return int(text) if whole and text.lstrip("-").isdecimal() else None if whole else float(text)
