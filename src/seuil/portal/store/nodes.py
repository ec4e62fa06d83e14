"""Which columns of a dataset tell its periods and nodes apart, whatever columns it has.

A dataset in the default layout has a column of codes for each dimension. One with columns of its own tells a node by
one or several of them: `region` and `dept`, with 999 for every department. Where none do, nothing is said of the
dimension.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from seuil.catalogue.entry import Dimension, Entry

Told = tuple[str | None, ...]
"""What stands in some columns."""


@dataclass(frozen=True, eq=False)
class Telling:
    """The columns that tell the nodes of a dimension apart, and what stands there for each, in the entry's order.

    There is one of each dimension (`tellings`): it is equal to itself alone, so that what is known of it can be kept.
    """

    dimension: Dimension
    fields: tuple[str, ...]
    values: tuple[Told, ...]

    @cached_property
    def codes(self) -> dict[Told, str]:
        """The node that some values belong to."""
        return {told: node.code for told, node in zip(self.values, self.dimension.nodes, strict=True)}

    @cached_property
    def ancestors(self) -> dict[str, tuple[str, ...]]:
        """The nodes above each one, the nearest first."""
        parents = {node.code: node.parent for node in self.dimension.nodes}
        found = {}
        for code in parents:
            line: list[str] = []
            above = parents[code]
            while above and above not in line:
                line.append(above)
                above = parents.get(above, "")
            found[code] = tuple(line)
        return found

    def where(self, code: str) -> str:
        """The filter for a node, as ODSQL writes it."""
        told = next(told for told, known in self.codes.items() if known == code)
        return " and ".join(
            f"{name} is null" if value is None else f"{name} = {quoted(value)}"
            for name, value in zip(self.fields, told, strict=True)
        )


def telling(entry: Entry, dimension: Dimension) -> Telling | None:
    """The fewest columns of a dataset that tell the nodes apart, None where they don't."""
    if entry.part is None:
        codes = tuple((node.code,) for node in dimension.nodes)
        there = any(field.name == dimension.column for field in entry.fields)
        return Telling(dimension, (dimension.column,), codes) if there else None
    chosen = _fewest(tuple(node.values for node in dimension.nodes))
    if chosen is None:
        return None
    values = tuple(tuple(node.values[k] for k in chosen) for node in dimension.nodes)
    return Telling(dimension, tuple(dimension.fields[k] for k in chosen), values)


@lru_cache(maxsize=256)
def _fewest(values: tuple[Told, ...]) -> tuple[int, ...] | None:
    """The fewest places in which no two are alike, the first ones of these; None where there are none."""
    places = range(len(values[0]) if values else 0)
    for several in range(1, len(places) + 1):
        for chosen in combinations(places, several):
            if len({tuple(told[k] for k in chosen) for told in values}) == len(values):
                return chosen
    return None


def tellings(entry: Entry) -> tuple[Telling, ...]:
    """Those of every dimension that can be told."""
    return _tellings(_Same(entry))


class _Same:
    """An entry as a key: a catalogue has each once, and comparing all that it says would cost as much as telling."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def __hash__(self) -> int:
        return id(self.entry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.entry is self.entry


@lru_cache(maxsize=64)
def _tellings(same: _Same) -> tuple[Telling, ...]:
    found = (telling(same.entry, dimension) for dimension in same.entry.dimensions)
    return tuple(one for one in found if one is not None)


def period_field(entry: Entry) -> str | None:
    """The column that holds the period as a number or a date, None where there is none."""
    return next((field.name for field in entry.period_fields if field.type != "text"), None)


def period_text(entry: Entry, period: object) -> str:
    """A period as ODSQL compares it with that column."""
    dates = any(field.name == period_field(entry) and field.type == "date" for field in entry.fields)
    return f"date'{period:04}'" if dates else str(period)


def presence_of(entry: Entry) -> tuple[tuple[str, ...], ...]:
    """The fields of which has to be known which values a sum is taken over: the period's and every dimension's."""
    period = period_field(entry)
    return (*([] if period is None else [(period,)]), *(one.fields for one in tellings(entry)))


def codes_of(one: Telling, found: Sequence[object]) -> set[str]:
    """The nodes that stand behind some values of its fields; a value that is no node's is left out."""
    told = (tuple(value) if isinstance(value, list) else (value,) for value in found)
    return {one.codes[value] for value in told if value in one.codes}


def quoted(text: str) -> str:
    """A text as ODSQL writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
