"""Rows of a CSV beside a definition of which each is of one cell: a column of the period, and one of each dimension.

What stands in a column of a dimension is the node's code, `TOTAL` for its total; a column `<dimension>_level` is heeded
where there is one. Rows of periods that aren't asked for are passed over, and so are other columns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from seuil.model.definition import TOTAL, Definition
from seuil.model.delimited import Line
from seuil.model.errors import DefinitionError
from seuil.model.formulas import whole_number
from seuil.model.hierarchy import Hierarchy
from seuil.model.hints import did_you_mean
from seuil.model.rows import Rows, read_rows


@dataclass(frozen=True)
class CellRows:
    """The rows of a file. hierarchies: of the dimensions that it has a column of. periods: those that are asked for."""

    definition: Definition
    hierarchies: Mapping[str, Hierarchy]
    periods: tuple[int, ...]
    rows: Rows

    def __iter__(self) -> Iterator[tuple[Line, int, tuple[str, ...]]]:
        """Each row with its period and the codes of its nodes. Raises DefinitionError with file, line and column."""
        path, seen = self.rows.form.path, set[tuple[int, tuple[str, ...]]]()
        for line in self.rows:
            period = self._period(line)
            if period not in self.periods:
                continue
            codes = tuple(self._code(line, name, period) for name in self.hierarchies)
            if (period, codes) in seen:
                expected = f"one row for each of {', '.join([self.definition.period.name, *self.hierarchies])}"
                raise DefinitionError(path, line.number, "row", "a cell that stands in a row above", expected)
            seen.add((period, codes))
            yield line, period, codes
        if not seen:
            raise DefinitionError(path, 1, "rows", "none of a period of the dataset", "one row a cell")

    def _period(self, line: Line) -> int:
        name = self.definition.period.name
        if name not in line:
            return self.periods[0]
        period = whole_number(line[name])
        if period is None:
            path = self.rows.form.path
            raise DefinitionError(path, line.number, name, "what is no period", "a whole number such as a year")
        return period

    def _code(self, line: Line, name: str, period: int) -> str:
        """The node's code, which a column of levels may be needed to tell."""
        hierarchy, code, level = self.hierarchies[name], line[name], line.get(f"{name}_level")
        if code in (TOTAL, *self.definition.dimensions[name].total):
            return hierarchy.root.code
        for known, at in ((code, level), (f"{level}:{code}", "")):
            node = hierarchy.nodes[hierarchy.index[known]] if known in hierarchy.index else None
            if node and at in ("", node.level) and node.exists_in(period):
                return known
        path, hint = self.rows.form.path, did_you_mean(code, hierarchy.index)
        expected = f"a code of that dimension (and level), or {TOTAL}{hint}"
        raise DefinitionError(path, line.number, name, repr(code), expected)


def cell_rows(
    path: Path,
    field: str,
    definition: Definition,
    hierarchies: Mapping[str, Hierarchy],
    *,
    figures: str,
    periods: tuple[int, ...] | None = None,
    every: bool = True,
) -> CellRows:
    """Open a file that a field of a definition names. figures: the column that it must have besides.

    periods: those that are asked for, all of the definition by default; where they are several, the file tells them.
    every: whether it has a column of every dimension; at least of one otherwise. Raises DefinitionError.
    """
    asked = definition.period.values if periods is None else periods
    period = [definition.period.name] if len(asked) > 1 else []
    rows = read_rows(path, field, (*period, *hierarchies, figures))
    there = {name: hierarchy for name, hierarchy in hierarchies.items() if every or name in rows.columns}
    for name in (*period, *there, figures):
        if name not in rows.columns:
            several = "of every dimension" if every else "of some dimensions"
            expected = f"columns of the period (where there are several), {several} and of the figures"
            raise DefinitionError(path, 1, name, "no such column", expected)
    if not there:
        raise DefinitionError(path, 1, "columns", ", ".join(rows.columns), f"some of {', '.join(hierarchies)}")
    return CellRows(definition, there, asked, rows)
