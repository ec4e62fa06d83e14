"""Public figures from elsewhere, such as the population of departments, as a file beside a definition has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seuil.model.cell_rows import cell_rows
from seuil.model.definition import Definition, External
from seuil.model.errors import DefinitionError
from seuil.model.formulas import whole_number
from seuil.model.hierarchy import Hierarchy
from seuil.model.limits import LARGEST_FIGURE

MISSING_TEXTS = ("", "ND")


@dataclass(frozen=True)
class ExternalFigures:
    """The figures of a measure. dimensions: those that the file has a column of; at every node of another one the
    figure is the same. figures: by period and the codes of those dimensions.
    """

    dimensions: tuple[str, ...]
    figures: Mapping[tuple[int, tuple[str, ...]], int]

    def at(self, period: int, codes: Sequence[str]) -> int | None:
        """The figure at those nodes of `dimensions`, None where the file has none."""
        return self.figures.get((period, tuple(codes)))


def read_external(
    name: str, measure: External, definition: Definition, hierarchies: Mapping[str, Hierarchy], path: Path
) -> ExternalFigures:
    """The figures of a measure for the periods of a definition. path: of the definition; the file lies beside it.

    Raises DefinitionError with file, line and column.
    """
    source, column = path.parent / measure.file, measure.column or name
    rows = cell_rows(source, f"measures.{name}.file", definition, hierarchies, figures=column, every=False)
    figures = {}
    for line, period, codes in rows:
        text = line[column]
        if text in MISSING_TEXTS:
            continue
        figure = whole_number(text)
        if figure is None or figure > LARGEST_FIGURE:
            expected = f"a whole number up to {LARGEST_FIGURE:,}, without spaces; or nothing, where there is no figure"
            raise DefinitionError(source, line.number, column, repr(text[:40]), expected)
        figures[period, codes] = figure
    return ExternalFigures(tuple(rows.hierarchies), figures)
