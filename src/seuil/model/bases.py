"""Bases: what is protected by itself, the counts and each sum; and which part of a collection each of them is in.

Where no table names its measures, every base is in every table and has all dimensions. Else a sum has the dimensions
in which its own tables show more than the total: fees by profession and territory know nothing of age or sex, however
finely the same professionals are counted. Counts keep all additive dimensions of units, since nothing is published of
amounts where no count is (`uncounted`). A dimension of amounts belongs to the sums that are split by it, and to no
other base.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from seuil.model.definition import Count, Definition, Sum, Table
from seuil.model.hierarchy import Hierarchy

BASE_OF_COUNTS = "count"  # what proofs call the base that is no sum

LevelsOf = Callable[[Table, str], tuple[str, ...]]


@dataclass(frozen=True)
class Base:
    """One base. additive, overlapping: names of its dimensions, in the collection's order. tables: those that hold it.

    everywhere: whether it has the tables and dimensions of the whole collection. kinds: of its additive dimensions the
    one of amounts, if it has one.
    """

    name: str
    tables: tuple[Table, ...]
    additive: tuple[str, ...]
    overlapping: str | None
    everywhere: bool
    kinds: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it is that of the counts."""
        return self.name == BASE_OF_COUNTS

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of its dimensions in the order of the axes of arrays: the overlapping one first."""
        return (*([self.overlapping] if self.overlapping else []), *self.additive)


def bases_of(
    definition: Definition, tables: tuple[Table, ...], hierarchies: Mapping[str, Hierarchy], levels: LevelsOf
) -> dict[str, Base]:
    """Every base by name, that of the counts first."""
    of_amounts = {name for name, dimension in definition.dimensions.items() if dimension.of == "amounts"}
    additive = tuple(n for n, h in hierarchies.items() if h.kind == "additive")
    units = tuple(name for name in additive if name not in of_amounts)
    overlapping = next((n for n, h in hierarchies.items() if h.kind == "overlapping"), None)
    sums = {name: measure for name, measure in definition.measures.items() if isinstance(measure, Sum)}
    counts = {name: measure for name, measure in definition.measures.items() if isinstance(measure, Count)}
    if not of_amounts and not any(table.measures for table in tables):
        return {name: Base(name, tables, units, overlapping, True) for name in (BASE_OF_COUNTS, *sums)}

    def base(name: str, measures: Sequence[str]) -> Base:
        mine = tuple(t for t in tables if not t.measures or set(measures) & set(t.measures))
        told = {n for n, h in hierarchies.items() if any(set(levels(t, n)) - {h.root.level} for t in mine)}
        if name == BASE_OF_COUNTS:
            told |= {*units, *(n for count in counts.values() for n in count.at)}
        kinds = sums[name].kinds if name in sums else None
        mine_only = tuple(n for n in additive if (n in told and n in units) or n == kinds)
        over = overlapping if overlapping in told else None
        return Base(name, mine, mine_only or units[:1], over, False, kinds)  # an array has an axis at least

    return {BASE_OF_COUNTS: base(BASE_OF_COUNTS, list(counts))} | {name: base(name, [name]) for name in sums}


def counts_in(table: Table, counts: Mapping[str, Count]) -> tuple[Count, ...]:
    """The counts that a table holds."""
    return tuple(count for name, count in counts.items() if not table.measures or name in table.measures)


def uncounted(
    base: Base, of_counts: Base, counts: Mapping[str, Count], hierarchies: Mapping[str, Hierarchy], levels: LevelsOf
) -> Iterator[Table]:
    """Tables of a sum of which some cells have no published count.

    Of a dimension that the counts don't have, theirs is the total.
    """
    names = [name for name in hierarchies if name in of_counts.dimensions]

    def cells(table: Table, at: Mapping[str, str]) -> set[tuple[str, ...]]:
        """Levels of the published cells of a count, in the dimensions by name."""
        fixed = {name: hierarchies[name].nodes[hierarchies[name].index[code]].level for name, code in at.items()}
        return set(product(*([fixed[name]] if name in fixed else levels(table, name) for name in names)))

    counted = {cell for t in of_counts.tables for count in counts_in(t, counts) for cell in cells(t, count.at)}
    yield from (table for table in base.tables if not cells(table, {}) <= counted)
