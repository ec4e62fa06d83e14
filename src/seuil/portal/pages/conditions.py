"""What a reader chose, as a query asks for it in the dataset's own columns: `region="84" and dept!="999"`.

A node or a level is told by the fewest columns and values that it and no other published node of its dimension has.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from seuil.catalogue.entry import Dimension, Node


@dataclass(frozen=True)
class Condition:
    """A column that has one of some values (None is null), or none of them."""

    column: str
    values: tuple[str | None, ...]
    negated: bool = False

    @property
    def text(self) -> str:
        """As ODSQL writes it."""
        told = [value for value in self.values if value is not None]
        parts = []
        if len(told) == 1:
            parts.append(f"{self.column}{'!=' if self.negated else '='}{quoted(told[0])}")
        elif told:
            listed = ",".join(map(quoted, told))
            parts.append(f"{self.column} {'not ' if self.negated else ''}in ({listed})")
        if None in self.values:
            parts.append(f"{self.column} is {'not ' if self.negated else ''}null")
        joined = (" and " if self.negated else " or ").join(parts)
        return f"({joined})" if len(parts) > 1 else joined


def quoted(text: str) -> str:
    """A text as ODSQL writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def conditions_of(dimension: Dimension, code: str, level: str) -> tuple[Condition, ...]:
    """What holds for the node of that code alone, or the nodes of that level alone; nothing where neither is said."""
    if not dimension.fields:
        if code:
            return (Condition(dimension.column, (code,)),)
        return (Condition(dimension.level_column, (level,)),) if level else ()
    if not code and not level:
        return ()
    wanted = [node for node in dimension.nodes if (node.code == code if code else node.level == level)]
    codes = {node.code for node in wanted}
    others = [node for node in dimension.nodes if node.code not in codes]
    found = min(_choices(dimension, wanted, others), key=_size, default=None)
    return found if found is not None else ()


def filter_of(dimension: Dimension, codes: Sequence[str], level: str) -> str:
    """The same as one filter, for any of several codes; empty where nothing is said."""
    if len(codes) < 2:
        return " and ".join(one.text for one in conditions_of(dimension, next(iter(codes), ""), level))
    if not dimension.fields:
        return Condition(dimension.column, tuple(codes)).text
    each = (" and ".join(one.text for one in conditions_of(dimension, code, "")) for code in codes)
    return f"({' or '.join(f'({one})' for one in each)})"


def _choices(dimension: Dimension, wanted: list[Node], others: list[Node]) -> Iterator[tuple[Condition, ...]]:
    """Every way of telling the wanted nodes from the others by some columns."""
    columns = range(len(dimension.fields))
    for several in range(len(dimension.fields) + 1):
        for chosen in combinations(columns, several):
            among = {k: {node.values[k] for node in wanted} for k in chosen}
            if not any(all(node.values[k] in among[k] for k in chosen) for node in others):
                yield tuple(_condition(dimension, k, among[k]) for k in chosen)


def _condition(dimension: Dimension, column: int, among: set[str | None]) -> Condition:
    """The shorter one of the two ways to say which values a column has."""
    known = dict.fromkeys(node.values[column] for node in dimension.nodes)
    inside, outside = tuple(v for v in known if v in among), tuple(v for v in known if v not in among)
    negated = 0 < len(outside) < len(inside) and None not in inside  # a null is unlike nothing
    return Condition(dimension.fields[column], outside if negated else inside, negated)


def _size(conditions: Iterable[Condition]) -> int:
    return sum(1 + len(one.values) for one in conditions)
