"""Two small tables around a hidden figure: the lines through it, as the two tables of its proof have them.

Both come from public figures alone, and nothing here knows which is nearer to the truth: they stand in the order of the
proof, lowest first. Rows and columns are chosen by what is published, what differs between the two, and code lists.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from seuil.model.text import Text
from seuil.portal.proofs.cells import Cells, Place
from seuil.portal.proofs.files import Ints
from seuil.portal.proofs.lines import Heading, Line, headings, line_through, own_place

_ROWS, _COLUMNS = 3, 2
"""How many parts of a line stand by themselves: the tables fit a phone that is 320 pixels wide."""

Told = int | Literal["NS", "none", "several"]
"""What the release says of a square: its figure, `NS`, that it isn't published, or that it is of several cells."""

Published = Callable[[Mapping[str, Sequence[str]]], Mapping[tuple[str, ...], Told]]
"""What the release says of cells. Asked: codes by dimension. Answered: by the codes of a cell, in the asked order."""


@dataclass(frozen=True)
class Square:
    """What one place of the small tables holds in each of the two, and what the release says of it."""

    low: int
    high: int
    told: Told

    @property
    def differs(self) -> bool:
        """Whether the two tables differ here."""
        return self.low != self.high


@dataclass(frozen=True)
class Title:
    """A row or a column: a node's code and label. others: how many nodes stand together."""

    code: str
    label: Text
    kind: Literal["part", "others", "total"]
    others: int = 0


@dataclass(frozen=True)
class Cap:
    """A node that has the cell's own in it, such as the population of a condition: the cell is at most as large."""

    label: Text
    square: Square


@dataclass(frozen=True)
class Excerpt:
    """squares: by row and column. row, column: where the figure stands; its two values are `own`."""

    rows: tuple[Title, ...]
    columns: tuple[Title, ...]
    squares: tuple[tuple[Square, ...], ...]
    row: int
    column: int
    cap: Cap | None

    @property
    def own(self) -> Square:
        """The figure."""
        return self.squares[self.row][self.column]


def cut(cells: Cells, place: Place, tables: tuple[Ints, Ints], published: Published) -> Excerpt | None:
    """The small tables around a cell. tables: (leaves,) of the two. None where no line goes through the cell."""
    reader = _Reader(cells, place, tables, published)
    lines = reader.lines()
    if not lines:
        return None
    down, across = lines[0], lines[1] if len(lines) > 1 else None
    if across is not None and len(across[1].parts) > len(down[1].parts):
        down, across = across, down
    return reader.excerpt(down, across)


_Named = tuple[str, Line]


class _Reader:
    def __init__(self, cells: Cells, place: Place, tables: tuple[Ints, Ints], published: Published) -> None:
        self.cells, self.place, self.tables, self.published = cells, place, tables, published
        self.slice = cells.slice_of(place)
        self.own = {name: axis.index[place[name]] for name, axis in cells.axes.items()}
        through = {name: line_through(axis, self.own[name]) for name, axis in cells.axes.items()}
        self.through = {name: line for name, line in through.items() if line is not None}
        self.known: dict[tuple[str, ...], Told] = {}

    def lines(self) -> list[_Named]:
        """A line for each dimension that has one, best first: the cell a part of it, its total shown, few parts."""
        self._learn({name: (line.own, line.total) for name, line in self.through.items()}, above=True)
        found = []
        for name, line in self.through.items():
            hidden = not isinstance(self.told({name: Heading((line.total,), "total")}), int)
            balanced = any(self.square({name: Heading((k,), "part")}).differs for k in line.parts if k != line.own)
            found.append(((not line.is_part, hidden, not balanced, len(line.parts)), name, line))
        return [(name, line) for _, name, line in sorted(found, key=lambda one: one[0])]

    def excerpt(self, down: _Named, across: _Named | None) -> Excerpt:
        """The tables with `down` as rows and `across` as columns."""
        both = (down,) if across is None else (down, across)
        self._learn({name: (*line.parts, line.total) for name, line in both})
        columns = (Heading((), "total"),) if across is None else self._headings(across, _COLUMNS, [{}])
        beside = [{} if across is None else {across[0]: heading} for heading in columns]
        rows = self._headings(down, _ROWS, beside)
        return Excerpt(
            tuple(self._title(down[0], heading) for heading in rows),
            () if across is None else tuple(self._title(across[0], heading) for heading in columns),
            tuple(tuple(self.square({down[0]: row, **one}) for one in beside) for row in rows),
            own_place(rows, down[1]),
            0 if across is None else own_place(columns, across[1]),
            self._cap(),
        )

    def square(self, at: Mapping[str, Heading]) -> Square:
        """The cell's own square, but for the dimensions named."""
        groups = [at[name].nodes if name in at else (self.own[name],) for name in self.cells.axes]
        low, high = (self.cells.sums(table, self.slice, groups) for table in self.tables)
        return Square(low, high, self.told(at))

    def told(self, at: Mapping[str, Heading]) -> Told:
        """What the release says there."""
        if any(heading.kind == "others" for heading in at.values()):
            return "several"
        return self._told({name: self._code(name, heading.nodes[0]) for name, heading in at.items()})

    def _headings(self, named: _Named, most: int, beside: Sequence[Mapping[str, Heading]]) -> tuple[Heading, ...]:
        """First what differs most between the two tables, then what is hidden. beside: headings of the other line."""
        name, line = named

        def rank(node: int) -> tuple[int, bool]:
            squares = [self.square({name: Heading((node,), "part"), **one}) for one in beside]
            return -max(abs(s.high - s.low) for s in squares), all(s.told != "NS" for s in squares)

        return headings(line, most, rank)

    def _learn(self, nodes: Mapping[str, Sequence[int]], *, above: bool = False) -> None:
        """Ask once what the release says of the cells where these nodes cross, and of those above them."""
        codes = {name: [code] for name, code in self.place.items()}
        codes |= {name: list(dict.fromkeys(self._code(name, k) for k in line)) for name, line in nodes.items()}
        over = self._above() if above else None
        if over is not None and self.cells.overlapping is not None:
            codes[over[0]].append(self.cells.overlapping[1].nodes[over[1]].code)
        self.known |= self.published(codes)

    def _told(self, others: Mapping[str, str]) -> Told:
        return self.known.get(tuple({**self.place, **others}.values()), "none")

    def _code(self, name: str, node: int) -> str:
        return self.cells.axes[name].nodes[node].code

    def _title(self, name: str, heading: Heading) -> Title:
        if heading.kind == "others":
            return Title("", Text(), "others", len(heading.nodes))
        node = self.cells.axes[name].nodes[heading.nodes[0]]
        return Title(node.code, node.label, heading.kind)

    def _above(self) -> tuple[str, int] | None:
        """The node above the cell's own in the overlapping dimension, with the name of that."""
        if self.cells.overlapping is None:
            return None
        name, hierarchy = self.cells.overlapping
        parent = hierarchy.parents[self.slice]
        return None if parent < 0 else (name, parent)

    def _cap(self) -> Cap | None:
        above = self._above()
        if above is None or self.cells.overlapping is None:
            return None
        name, slice_ = above
        groups = [(self.own[axis],) for axis in self.cells.axes]
        low, high = (self.cells.sums(table, slice_, groups) for table in self.tables)
        node = self.cells.overlapping[1].nodes[slice_]
        return Cap(node.label, Square(low, high, self._told({name: node.code})))
