"""What readers know from elsewhere of the cells of a dataset: bounds of counts, and what earlier releases hid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from seuil.model.cell_rows import cell_rows
from seuil.model.definition import LARGEST_KNOWN, Definition, Known
from seuil.model.errors import DefinitionError
from seuil.model.formulas import interval, whole_number
from seuil.model.hierarchy import Hierarchy

Where = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Fact:
    """What is known of the cells at one of the codes of every dimension named (others: of every node).

    period: the only one that it is said of, None for all. low, high: bounds of the count, None without an upper one.
    hidden: the cells were hidden in an earlier release. legacy: cells that this discloses are accepted as they are.
    sums: those that were hidden there, by name.
    """

    where: Where
    period: int | None
    low: int
    high: int | None
    hidden: bool
    legacy: bool
    sums: tuple[str, ...] = ()


def facts_of(
    known: Known, definition: Definition, hierarchies: Mapping[str, Hierarchy], path: Path
) -> tuple[Fact, ...]:
    """All that an entry of `known` says. path: of the definition; files lie beside it. Raises DefinitionError."""
    if known.file:
        return tuple(_File(definition, hierarchies, known, path.parent / known.file).facts())
    low, high = (known.low or 0, known.high) if known.value is None else (known.value, known.value)
    return (Fact(known.where or {}, known.period, low, high, False, known.legacy),)


@dataclass(frozen=True)
class _File:
    """An earlier release: a row a cell, a column a dimension."""

    definition: Definition
    hierarchies: Mapping[str, Hierarchy]
    known: Known
    path: Path

    def facts(self) -> Iterator[Fact]:
        """What every row of the dataset's periods says."""
        periods = None if self.known.period is None else (self.known.period,)
        rows = cell_rows(
            self.path, "known", self.definition, self.hierarchies, figures=self.known.count, periods=periods
        )
        for line, period, codes in rows:
            low, high, hidden = self._figure(line.number, line[self.known.count])
            where = {name: (code,) for name, code in zip(self.hierarchies, codes, strict=True)}
            yield Fact(where, period, low, high, hidden, self.known.legacy)

    def _figure(self, line: int, text: str) -> tuple[int, int | None, bool]:
        """Bounds of the count, and whether it is hidden."""
        name, known = self.known.count, self.known
        if text in known.hidden:
            return 0, None, True
        figure = whole_number(text)
        if figure is None or figure > LARGEST_KNOWN:
            texts = ", ".join(word or "nothing" for word in known.hidden)
            raise DefinitionError(self.path, line, name, "what is no whole number", f"a count, or {texts}")
        if figure % (known.rounding or 1):
            raise DefinitionError(self.path, line, name, "a figure not so rounded", f"multiples of {known.rounding}")
        low, high = interval(figure, known.rounding)
        least = max(low, known.threshold or 0)
        if figure == 0 and least > high:
            return 0, 0, False  # a 0 that is shown where small counts are hidden stands for nobody
        if least > high:
            raise DefinitionError(self.path, line, name, "a figure below the threshold", f"at least {known.threshold}")
        return least, high, False
