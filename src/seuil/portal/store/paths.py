"""The path of a row's node in its dimension, from the total down: the fields `<dimension>_chemin`.

`territoire_chemin` of Paris is `FR/R11/75`, by the codes of the code list. It is a hierarchical facet: refined by
`FR/R11` it keeps a region and its departments. Only dimensions of several levels have one, where the dataset has no
column of that name and the rows tell their nodes; `*` leaves them out.
"""

from collections.abc import Iterator, Mapping

from seuil.catalogue.entry import Dimension, Entry
from seuil.odsql import Field
from seuil.odsql.facet import SEPARATOR
from seuil.portal.store.connection import identifier, literal
from seuil.portal.store.nodes import Telling, Told, tellings

_BETWEEN = "|"
"""Between the columns that tell a node."""
_NULL = "\x01"
"""Stands for a missing value among them: an empty text may be another node's."""
_LEVELS = 3
"""From the total to the lowest nodes: fewer are no hierarchy that would help anybody."""


def path_fields(entry: Entry) -> tuple[Field, ...]:
    """The fields of paths that a dataset has."""
    return tuple(
        Field(_name(one.dimension), "text", f"{one.dimension.label.fr} (chemin)", separator=SEPARATOR)
        for one, _ in _paths(entry)
    )


def path_columns(entry: Entry) -> str:
    """What SQL computes for them beside the columns of the table."""
    columns = []
    for one, paths in _paths(entry):
        told = {_key(values): paths[code] for values, code in one.codes.items()}
        pairs = ", ".join(f"{literal(key)}: {literal(path)}" for key, path in told.items())
        missing = f"chr({ord(_NULL)})"
        parts = (f"coalesce(CAST({identifier(name)} AS VARCHAR), {missing})" for name in one.fields)
        key = f" || {literal(_BETWEEN)} || ".join(parts)
        columns.append(f", MAP {{{pairs}}}[{key}] AS {identifier(_name(one.dimension))}")
    return "".join(columns)


def _paths(entry: Entry) -> Iterator[tuple[Telling, Mapping[str, str]]]:
    taken = {field.name.casefold() for field in entry.fields}
    for one in tellings(entry):
        lines = {node.code: _line(one.dimension, node.code) for node in one.dimension.nodes}
        deep = max(map(len, lines.values()), default=0) >= _LEVELS
        plain = not any(SEPARATOR in code for code in lines)
        if deep and plain and _name(one.dimension).casefold() not in taken:
            yield one, {code: SEPARATOR.join(line) for code, line in lines.items()}


def _line(dimension: Dimension, code: str) -> tuple[str, ...]:
    """A node and all above it, from the root on."""
    parents = {node.code: node.parent for node in dimension.nodes}
    found: list[str] = []
    while code and code not in found:
        found.append(code)
        code = parents.get(code, "")
    return tuple(reversed(found))


def _name(dimension: Dimension) -> str:
    return f"{dimension.name}_chemin"


def _key(told: Told) -> str:
    return _BETWEEN.join(_NULL if value is None else value for value in told)
