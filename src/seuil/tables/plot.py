"""A picture of what is hidden: every combination of two dimensions, the others at their totals."""

from typing import TYPE_CHECKING

import numpy as np

from seuil.model.errors import UsageError
from seuil.tables.frame_output import PRIMARY, PUBLISHED, SECONDARY, statuses
from seuil.tables.result import ProtectedResult

if TYPE_CHECKING:
    import altair


HIDDEN_WORD = "hidden"
COLOURS = {PUBLISHED: "#dfe5ea", HIDDEN_WORD: "#20507a", PRIMARY: "#20507a", SECONDARY: "#d08a2e"}


def plot(table: ProtectedResult, rows: str | None, columns: str | None, *, reveal: bool) -> "altair.Chart":
    """Share of the cells of each combination that are hidden (or a status each, where there is but one cell).

    Raises UsageError for a dimension that the table hasn't.
    """
    import altair

    layout = table.layout
    names = list(layout.trees)
    chosen = [rows or names[0], columns or names[min(1, len(names) - 1)]]
    for name in chosen:
        if name not in names:
            raise UsageError(f"no dimension {name!r}; expected one of {', '.join(names)}")
    cells = table.reasons.published
    where = layout.where(cells)
    inside = np.ones(len(cells), np.bool_)
    for name in names:
        if name not in chosen:
            inside &= where[name] == 0
    cells = cells[inside]
    found = statuses(table.reasons.hidden[cells], table.reasons.small[cells])
    told = found if reveal else [PUBLISHED if s == PUBLISHED else HIDDEN_WORD for s in found]
    where = layout.where(cells)
    y, x = ([_label(table, name, int(k)) for k in where[name]] for name in chosen)
    values = [{"y": a, "x": b, "status": s} for a, b, s in zip(y, x, told, strict=True)]
    scale = [PUBLISHED, PRIMARY, SECONDARY] if reveal else [PUBLISHED, HIDDEN_WORD]
    others = [n for n in names if n not in chosen]
    under = f"{', '.join(others)}: total" if others else ""
    colours = altair.Scale(domain=scale, range=[COLOURS[s] for s in scale])
    title = altair.TitleParams("What is hidden", subtitle=under)
    chart = altair.Chart(altair.InlineData(values), title=title).mark_rect(stroke="white")
    drawn: altair.Chart = chart.encode(
        y=altair.Y("y:N", sort=None, title=chosen[0]),
        x=altair.X("x:N", sort=None, title=chosen[1]),
        color=altair.Color("status:N", title=None, scale=colours),
        tooltip=["y:N", "x:N", "status:N"],
    )
    return drawn.properties(width=altair.Step(16), height=altair.Step(16))


def _label(table: ProtectedResult, name: str, node: int) -> str:
    tree = table.layout.trees[name]
    code = tree.codes[node]
    return code if tree.by_code[code] is not None else f"{code} ({tree.levels[node]})"
