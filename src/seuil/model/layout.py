"""The columns of a released table, one by one: what a definition can say of them, and what stands in those of nodes.

A dataset without `columns` has those of `default_columns`; every other layout is a choice and order of the same parts.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from seuil.model.hierarchy import Hierarchy, Node
from seuil.model.strict import Identifier, Strict
from seuil.model.text import Text

NodeType = Literal["text", "texts", "integer", "number"]
SHOWN_OF_A_NODE = ("code", "label", "label_en", "level")
"""What can be shown of every node; anything else is a column of its own in the code list."""


class PeriodColumn(Strict):
    """The period: a whole number, the first day of the year as a date, or a text."""

    name: Identifier
    label: Text = Text()
    period: Literal["year", "date", "text"]


class NodeColumn(Strict):
    """What is shown of a dimension's node, or of its ancestor at a level.

    level: the first node on the way down from the total whose level is this one or a finer one; the row's own node by
    default. total, above: what stands in its place at the dimension's total, and at other nodes above the level.
    """

    name: Identifier
    label: Text = Text()
    dimension: Identifier
    level: str = ""
    show: str = "code"
    type: NodeType = "text"
    total: str | None = None
    above: str | None = None

    @property
    def attribute(self) -> str | None:
        """The column of the code list that it shows, None where that is a part of every node."""
        return None if self.show in SHOWN_OF_A_NODE else self.show


class MeasureColumn(Strict):
    """A measure: its number (null where it is hidden or missing), the same to the unit, the status that says why it is
    null, or a text as French people write numbers, which holds the status itself.
    """

    name: Identifier
    label: Text = Text()
    measure: Identifier
    form: Literal["number", "integer", "status", "text"] = "number"


class FixedColumn(Strict):
    """The same text in every row."""

    name: Identifier
    label: Text = Text()
    text: str


_KINDS = {name: f"column of {name}" for name in ("period", "dimension", "measure", "text")}


def _kind(value: object) -> str | None:
    """Which of the four a column is: the field that only that one has tells."""
    if isinstance(value, Mapping):
        return next((kind for name, kind in _KINDS.items() if name in value), None)
    return next((kind for name, kind in _KINDS.items() if hasattr(value, name)), None)


LayoutColumn = Annotated[
    Annotated[PeriodColumn, Tag(_KINDS["period"])]
    | Annotated[NodeColumn, Tag(_KINDS["dimension"])]
    | Annotated[MeasureColumn, Tag(_KINDS["measure"])]
    | Annotated[FixedColumn, Tag(_KINDS["text"])],
    Discriminator(
        _kind,
        custom_error_type="column",
        custom_error_message="a column of a `period`, a `dimension`, a `measure` or a fixed `text`",
    ),
]


def node_values(column: NodeColumn, hierarchy: Hierarchy) -> list[str | None]:
    """What a column shows of every node, in the hierarchy's order, as text; None where there is nothing."""
    if not column.level:
        return [_shown(column.show, node) for node in hierarchy.nodes]
    order = {level: k for k, level in enumerate(hierarchy.levels)}
    asked = order.get(column.level, len(order))
    found: list[str | None] = []
    reached: list[Node | None] = []  # for every node the first one on the way to it that is at the level or below
    for node, parent in zip(hierarchy.nodes, hierarchy.parents, strict=True):
        before = None if parent < 0 else reached[parent]
        at = before or (node if parent >= 0 and order[node.level] >= asked else None)
        reached.append(at)
        if at is not None:
            found.append(_shown(column.show, at))
        elif parent < 0 or "above" not in column.model_fields_set:
            found.append(column.total)
        else:
            found.append(column.above)
    return found


def parts_of(text: str) -> list[str]:
    """The texts of a `texts` column, as a code list writes them: with commas between."""
    return [part.strip() for part in text.split(",") if part.strip()]


def attributes_of(columns: Iterable[object], dimension: str) -> frozenset[str]:
    """Columns of a dimension's code list, beyond those of every list, that some columns show."""
    nodes = [c for c in columns if isinstance(c, NodeColumn) and c.dimension == dimension]
    return frozenset(c.attribute for c in nodes if c.attribute is not None)


def _shown(show: str, node: Node) -> str | None:
    match show:
        case "code":
            return node.code
        case "label":
            return node.label.fr
        case "label_en":
            return node.label.en
        case "level":
            return node.level
        case _:
            return node.attributes.get(show) or None
