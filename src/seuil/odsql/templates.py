"""Reads a clause by its template: its text with a stand-in for each constant (databases call that parametrisation).

A client's questions differ in their constants as a rule, so a template has been read already, and its tree kept; the
constants are put in where the stand-ins stand, and places are moved by what these are shorter. That takes a tenth of
the time of the grammar. Where a constant is no node of its own, such as the words of a full-text search, or where it
can't be told with certainty what the grammar would make of the text, nothing is given, and the clause is read as it is.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seuil.odsql import tree

_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of characters, which no text has."""
_CONSTANT = re.compile(
    r"""(?P<kept>(?<!\w)(?:date|geom)\s*(?:'[^']*'|"[^"]*")|`[^`]*`)"""
    r"""|(?P<text>'[^']*'|"[^"]*")"""
    r"""|(?P<number>(?<![\w.])[0-9]{1,18}(?:\.[0-9]{1,18})?(?![\w.]))""",
    re.IGNORECASE,
)
"""What is in quotes, and numbers; of a text without backslashes, where each quote ends at the next one of its kind.

Longer numbers are left to the grammar, which knows how many digits a whole one has.
"""

_STAND_INS = {"text": "''", "number": "1"}

Parsed = tree.Node | tuple[tree.Node, ...]
"""What the grammar makes of a clause."""


@dataclass(frozen=True)
class Constant:
    """A constant as a clause has it. start, end: its place there. stand_in: start and end of what stands for it."""

    text: str
    start: int
    end: int
    stand_in: tree.Span


@dataclass(frozen=True)
class Template:
    """A clause without its constants. text: which the grammar reads."""

    text: str
    constants: tuple[Constant, ...]

    @property
    def stand_ins(self) -> tuple[tree.Span, ...]:
        """Where the stand-ins are in the text."""
        return tuple(one.stand_in for one in self.constants)


def template_of(clause: str) -> Template | None:
    """The template of a clause, None of one that has no constants, or may not be what it seems."""
    if "\\" in clause or _HALVES.search(clause):
        return None
    parts: list[str] = []
    found: list[Constant] = []
    read = written = 0
    for match in _CONSTANT.finditer(clause):
        if match.lastgroup not in _STAND_INS:
            continue
        start, end = match.span()
        stand_in = _STAND_INS[match.lastgroup]
        parts.extend((clause[read:start], stand_in))
        at = written + start - read
        read, written = end, at + len(stand_in)
        found.append(Constant(match[0], start, end, (at, written)))
    return Template("".join((*parts, clause[read:])), tuple(found)) if found else None


def has_all(parsed: object, stand_ins: Sequence[tree.Span]) -> bool:
    """Whether each stand-in is a constant of its own in the tree of a template, a number perhaps with its sign."""
    spans = sorted(node.span for node in _constants(parsed))
    return len(spans) == len(stand_ins) and all(
        found[0] <= expected[0] and found[1] == expected[1] for found, expected in zip(spans, stand_ins, strict=True)
    )


def filled(parsed: Parsed, template: Template) -> Parsed:
    """The tree of a template, with the constants of a clause in it."""
    constants = {one.stand_in[1]: one.text for one in template.constants}
    begin = [one.stand_in[0] for one in template.constants]
    # By how much what stands behind each is moved.
    moves = [0, *(one.end - one.stand_in[1] for one in template.constants)]

    def moved(position: int) -> int:
        return position + moves[bisect_left(begin, position)]

    def put(part: tree.Node) -> tree.Node:
        said = vars(part).copy()
        for name, value in said.items():
            if isinstance(value, tree.Node):
                said[name] = put(value)
            elif isinstance(value, tuple):
                said[name] = tuple(put(one) if isinstance(one, tree.Node) else one for one in value)
        start, end = part.span
        said["span"] = moved(start), moved(end)
        match part:
            case tree.Call():
                said["parenthesis"] = moved(part.parenthesis)
            case tree.TextLiteral():
                said["value"] = constants[end][1:-1]
            case tree.NumberLiteral():  # which is 1, or -1 with its sign
                said["value"] = part.value * _number(constants[end])
        return type(part)(**said)

    return tuple(map(put, parsed)) if isinstance(parsed, tuple) else put(parsed)


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _constants(part: object) -> Iterator[tree.TextLiteral | tree.NumberLiteral]:
    if isinstance(part, tuple):
        for one in part:
            yield from _constants(one)
    elif isinstance(part, tree.TextLiteral | tree.NumberLiteral):
        yield part
    elif isinstance(part, tree.Node):
        yield from _constants(tuple(vars(part).values()))
