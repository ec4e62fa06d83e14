"""Hierarchies from the rows of a table, and how their nodes are written in tables.

Children stand sorted, the numbers in their codes by value: the order of rows, and their counts, say nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from seuil.model.definition import TOTAL, TOTAL_LEVEL
from seuil.model.errors import DataError
from seuil.model.hierarchy import Hierarchy, Node
from seuil.model.text import Text

Step = tuple[str, str]  # level and code


@dataclass(frozen=True)
class Tree:
    """A dimension's hierarchy. codes, levels: of every node as they are written in tables; the root is `TOTAL`.

    The hierarchy's own codes are the same, but for the total's of a code list, and where a code is that of two levels.
    """

    hierarchy: Hierarchy
    codes: tuple[str, ...]
    levels: tuple[str, ...]

    @cached_property
    def position(self) -> dict[Step, int]:
        """Level and code to the node's position."""
        return {(level, code): k for k, (level, code) in enumerate(zip(self.levels, self.codes, strict=True))}

    @cached_property
    def by_code(self) -> dict[str, int | None]:
        """Code to the node's position, None where several levels have it."""
        found: dict[str, int | None] = {}
        for k, code in enumerate(self.codes):
            found[code] = None if code in found else k
        return found


def tree_of_hierarchy(hierarchy: Hierarchy, where: str) -> Tree:
    """The tree of a code list. Raises DataError if a node below the total is called `TOTAL`."""
    codes = tuple(n.code for n in hierarchy.nodes)
    if TOTAL in codes[1:]:
        raise DataError(f"{where}: the code {TOTAL} is that of a total; expected another one")
    return Tree(hierarchy, (TOTAL, *codes[1:]), tuple(n.level for n in hierarchy.nodes))


def tree_of_paths(paths: Sequence[tuple[str, ...]], levels: Sequence[str], where: str) -> Tree:
    """The tree of distinct paths: codes from the coarsest level on, down to any level.

    Raises DataError where a code is the total's, or stands under two codes of the coarser level.
    """
    parents: dict[Step, Step | None] = {}
    for path in paths:
        above: Step | None = None
        for level, code in zip(levels, path, strict=False):
            if code == TOTAL:
                raise DataError(f"{where}: column {level}: the code {TOTAL}; expected leaves, without totals")
            node = (level, code)
            if parents.setdefault(node, above) != above:
                known = parents[node]
                told = f"{known[1]!r} and {above[1]!r}" if known and above else "several"
                raise DataError(
                    f"{where}: column {level}: {code!r} stands under {told} of the coarser level; "
                    "expected one parent for each code (make codes unique, or give a finer level)"
                )
            above = node
    return _tree(parents, where)


def _tree(parents: dict[Step, Step | None], where: str) -> Tree:
    children: dict[Step | None, list[Step]] = {}
    for node, parent in parents.items():
        children.setdefault(parent, []).append(node)
    order: list[Step] = []

    def visit(node: Step | None) -> None:
        for child in sorted(children.get(node, []), key=lambda step: natural(step[1])):
            order.append(child)
            visit(child)

    visit(None)
    plain = [code for _, code in order]
    twice = len(set(plain)) < len(plain)
    own = {node: f"{node[0]}:{node[1]}" if twice else node[1] for node in order}
    nodes = [Node(TOTAL, "", TOTAL_LEVEL, Text(fr="Total", en="Total"))]
    for node in order:
        parent = parents[node]
        label = Text(fr=node[1], en=node[1])
        nodes.append(Node(own[node], own[parent] if parent else TOTAL, node[0], label))
    try:
        hierarchy = Hierarchy(tuple(nodes))
    except ValueError as problem:
        raise DataError(f"{where}: {problem}; expected codes that tell nodes apart") from None
    return Tree(hierarchy, (TOTAL, *plain), (TOTAL_LEVEL, *(level for level, _ in order)))


def natural(code: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key: numbers in a code by value, so that 5-9 stands before 10-14."""
    parts = [(p, p.lstrip("0")) for p in re.findall(r"[0-9]+|[^0-9]+", code)]
    # Of digits the longer ones are the larger number, and those of one length stand in the order of their texts
    return [(0, len(digits), digits) if p[0] in "0123456789" else (1, 0, p) for p, digits in parts], code
