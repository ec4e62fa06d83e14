"""What readers know from elsewhere of the cells of a dataset: bounds of counts, and what earlier releases hid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from seuil.model.definition import LARGEST_KNOWN, TOTAL, Definition, Known
from seuil.model.errors import DefinitionError
from seuil.model.formulas import interval
from seuil.model.hierarchy import Hierarchy
from seuil.model.rows import read_rows

Where = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Fact:
    """What is known of the cells at one of the codes of every dimension named (others: of every node).

    period: the only one that it is said of, None for all. low, high: bounds of the count, None without an upper one.
    hidden: the cells were hidden in an earlier release. legacy: cells that this discloses are accepted as they are.
    """

    where: Where
    period: int | None
    low: int
    high: int | None
    hidden: bool
    legacy: bool


def facts_of(definition: Definition, hierarchies: Mapping[str, Hierarchy], path: Path) -> tuple[Fact, ...]:
    """All that a definition says is known. path: of the definition; files lie beside it. Raises DefinitionError."""
    facts: list[Fact] = []
    for known in definition.known:
        if known.file:
            facts += _File(definition, hierarchies, known, path.parent / known.file).facts()
        else:
            low, high = (known.low or 0, known.high) if known.value is None else (known.value, known.value)
            facts.append(Fact(known.where or {}, known.period, low, high, False, known.legacy))
    return tuple(facts)


@dataclass(frozen=True)
class _File:
    """An earlier release: a row a cell, a column a dimension."""

    definition: Definition
    hierarchies: Mapping[str, Hierarchy]
    known: Known
    path: Path

    def facts(self) -> Iterator[Fact]:
        """What every row of the dataset's periods says."""
        seen: set[tuple[int | None, tuple[str, ...]]] = set()
        for line, row in self._rows():
            period = self._period(line, row)
            if period is not None and period not in self._periods:
                continue
            codes = {name: self._code(line, row, name, period) for name in self.hierarchies}
            cell = (period, tuple(codes.values()))
            if cell in seen:
                raise DefinitionError(self.path, line, "row", "a cell that stands in a row above", "one row a cell")
            seen.add(cell)
            low, high, hidden = self._figure(line, row)
            where = {name: (code,) for name, code in codes.items()}
            yield Fact(where, period, low, high, hidden, self.known.legacy)
        if not seen:
            raise DefinitionError(self.path, None, "rows", "none of a period of the dataset", "one row a cell")

    @property
    def _periods(self) -> tuple[int, ...]:
        """The periods that the file can tell of."""
        return self.definition.period.values if self.known.period is None else (self.known.period,)

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        period = [self.definition.period.name] if len(self._periods) > 1 else []
        wanted = (*period, *self.hierarchies, self.known.count)
        rows = read_rows(self.path, "known", wanted)
        for name in wanted:
            if name not in rows.columns:
                expected = "columns of the period (where there are several), of every dimension and of the figures"
                raise DefinitionError(self.path, 1, name, "no such column", expected)
        for row in rows:
            yield row.number, dict(zip(rows.columns, row.fields, strict=True))

    def _period(self, line: int, row: Mapping[str, str]) -> int | None:
        name = self.definition.period.name
        if name not in row:
            return self._periods[0]
        if not row[name].isdecimal():
            raise DefinitionError(self.path, line, name, "what is no period", "a whole number such as a year")
        return int(row[name])

    def _code(self, line: int, row: Mapping[str, str], name: str, period: int | None) -> str:
        """The node's code, which a column of levels may be needed to tell."""
        hierarchy, code, level = self.hierarchies[name], row[name], row.get(f"{name}_level", "")
        if code == TOTAL:
            return hierarchy.root.code
        for known, at in ((code, level), (f"{level}:{code}", "")):
            node = hierarchy.nodes[hierarchy.index[known]] if known in hierarchy.index else None
            if node and at in ("", node.level) and (period is None or node.exists_in(period)):
                return known
        raise DefinitionError(self.path, line, name, repr(code), f"a code of that dimension (and level), or {TOTAL}")

    def _figure(self, line: int, row: Mapping[str, str]) -> tuple[int, int | None, bool]:
        """Bounds of the count, and whether it is hidden."""
        name, known = self.known.count, self.known
        if row[name] in known.hidden:
            return 0, None, True
        if not row[name].isdecimal() or int(row[name]) > LARGEST_KNOWN:
            texts = ", ".join(text or "nothing" for text in known.hidden)
            raise DefinitionError(self.path, line, name, "what is no whole number", f"a count, or {texts}")
        figure = int(row[name])
        if figure % (known.rounding or 1):
            raise DefinitionError(self.path, line, name, "a figure not so rounded", f"multiples of {known.rounding}")
        low, high = interval(figure, known.rounding)
        least = max(low, known.threshold or 0)
        if figure == 0 and least > high:
            return 0, 0, False  # a 0 that is shown where small counts are hidden stands for nobody
        if least > high:
            raise DefinitionError(self.path, line, name, "a figure below the threshold", f"at least {known.threshold}")
        return least, high, False
