"""Small tables drawn as text, to be read as figures.

             | north | south | (unknown) | TOTAL
    women    |  NS   |   .   |           |  NS!
    TOTAL    |  ...

A number is shown, `NS` hidden, `.` declared empty. In parentheses: the leaf for unknown values, which is not published;
what stands below it is `?` where its value is implied and to be proved, else nothing. `!` after a hidden or implied
cell: the reader can place it in a range narrower than T. A dot in a name tells its parent: `west.brest` is in `west`.
With one row of figures there is one dimension. The rows of an overlap are nodes, the first above all others, and `+`
after a parent's name says that its children cover it.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from tests.helpers.brute_force import Oracle
from tests.helpers.strategies import PERIOD, dataset

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.model.hierarchy import Hierarchy, Node
from seuil.model.text import Text


@dataclass(frozen=True)
class Picture:
    """What a drawing says: figures, and the cells (numbered as in a proof) marked as in danger or as implied."""

    figures: Figures
    exposed: set[int]
    implied: set[int]
    place: dict[tuple[str, str], int]

    @property
    def oracle(self) -> Oracle:
        return Oracle(self.figures)

    def cell(self, column: str, row: str = "") -> int:
        """Number of a cell."""
        return self.place[row, column]


def draw(text: str, *, overlap: bool = False, **rules: object) -> Picture:
    """Read a drawing. rules: fields of the definition; the threshold is 11 and figures are exact unless said."""
    header, *body = [[x.strip() for x in line.split("|")] for line in text.strip("\n").splitlines() if line.strip()]
    names = [row[0] for row in body]
    if not overlap:
        names = [n or "TOTAL" for n in names]
    column_nodes = _hierarchy(header[1:], "additive")
    hierarchies = {"column": column_nodes}
    if len(body) > 1 or overlap:
        hierarchies = {"row": _hierarchy(names, "overlapping" if overlap else "additive"), **hierarchies}
    tokens = {
        (n.rstrip("+"), c): t
        for n, row in zip(names, body, strict=True)
        for c, t in zip(header[1:], row[1:], strict=True)
    }
    empty = [
        {"where": {"row": [_code(n)], "column": [_code(c)]}, "reason": "nobody can be there"}
        for (n, c), t in tokens.items()
        if t == "." and len(hierarchies) > 1
    ] + [
        {"where": {"column": [_code(c)]}, "reason": "nobody can be there"}
        for (_, c), t in tokens.items()
        if t == "." and len(hierarchies) == 1
    ]
    grid = grid_of(dataset(hierarchies, empty=empty, **rules), PERIOD)
    return _read(grid, {(_code(n), _code(c)): t for (n, c), t in tokens.items()})


def _read(grid: Grid, tokens: dict[tuple[str, str], str]) -> Picture:
    values, hidden = np.zeros(grid.shape, dtype=np.int64), np.zeros(grid.shape, dtype=np.bool_)
    exposed, implied, place = set(), set(), {}
    axes = ([grid.overlapping] if grid.overlapping else []) + list(grid.axes)
    for where in product(*(range(n) for n in grid.shape)):
        codes = [axis.nodes[k].code for axis, k in zip(axes, where[-len(axes) :], strict=True)]
        row, column = codes if len(codes) == 2 else ("TOTAL", codes[0])
        token, number = tokens[row, column], int(np.ravel_multi_index(where, grid.shape))
        place[row, column] = place["", column] = number
        hidden[where] = token.startswith("NS")
        if token.endswith("!"):
            exposed.add(number)
        if token.startswith("?"):
            implied.add(number)
        if token.isdigit():
            values[where] = int(token)
    return Picture(Figures(grid, Column(values, hidden), {}), exposed, implied, place)


def _code(name: str) -> str:
    return name.strip("()+").split(".")[-1]


def _hierarchy(names: list[str], kind: str) -> Hierarchy:
    """The root is TOTAL, or the first row of an overlap."""
    root = names[0] if kind == "overlapping" else "TOTAL"
    nodes = [_node(root, "", kind)]
    for name in (n for n in names if n != root):
        parent = _code(name.split(".")[-2]) if "." in name else _code(root)
        nodes.append(_node(name, parent, kind))
    return Hierarchy(tuple(nodes), "overlapping" if kind == "overlapping" else "additive")


def _node(name: str, parent: str, kind: str) -> Node:
    code = _code(name)
    level = "unknown" if name.startswith("(") else f"level{name.count('.')}" if parent else "all"
    return Node(code, parent, level, Text(fr=code, en=code), complete=name.endswith("+") or kind == "additive")
