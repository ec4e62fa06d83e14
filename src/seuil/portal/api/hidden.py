"""What an answer tells of the hidden values behind its aggregates: the object `hidden` of JSON, and a header.

    "hidden": {
      "results": [{"total": {"status": "partiel", "hidden_rows": 38, "min": 700, "max": 1098}}, {}],
      "warnings": [{"code": "...", "message": "...", "where": "..."}]
    }

`results` stands beside the answer's `results`, one object a row. A value that is no aggregate has its status alone,
unless the row has that itself. `min` and `max` are the lowest and highest that the true value can be, from the
published figures alone: null where that can't be said. `published_total` names the row that has the figure of all those
rows together, where there is one (`totals`).
"""

from collections.abc import Iterable, Mapping, Sequence

from seuil.model.columns import status_column
from seuil.odsql import Compiled, OutputColumn
from seuil.portal.api.asked import Json
from seuil.portal.store.queries import Row

HEADER = "Seuil-Hidden"


def hidden_object(
    compiled: Compiled, rows: Sequence[Row], warnings: Sequence[Json], totals: Sequence[Mapping[str, Json]]
) -> Json | None:
    """The object, None where nothing has to be told. totals: by row and column, published ones that need no sum."""
    untold = _untold(compiled)
    if not compiled.partial and not untold and not warnings:
        return None
    told = _told(compiled, rows, untold)
    for one, published in zip(told, totals, strict=True):
        for name, total in published.items():
            one[name]["published_total"] = total
    if not warnings and not any(told):
        return None
    return {"results": told, "warnings": list(warnings)}


def hidden_header(compiled: Compiled, rows: Iterable[Row]) -> dict[str, str]:
    """The header: how many values are hidden, how many leave hidden ones out, and how many measures filters read."""
    hidden = partial = 0
    measures = [(place, c) for place, c in enumerate(compiled.columns) if c.status is not None or c.blank_hides]
    for row in rows:
        for place, column in measures:
            status = None if column.status is None else row[column.status]
            hidden += status == "NS" or (column.status is None and row[place] is None)
            partial += status == "partiel"
    filtered = f", filtered={len(compiled.filtered_by)}" if compiled.filtered_by else ""
    return {HEADER: f"hidden={hidden}, partial={partial}{filtered}"} if hidden or partial or filtered else {}


def file_header(compiled: Compiled) -> dict[str, str]:
    """The header of a file, which is sent before its rows are known: whether any may leave hidden values out."""
    partial = "partial=unknown" if compiled.partial else ""
    filtered = f"filtered={len(compiled.filtered_by)}" if compiled.filtered_by else ""
    told = ", ".join(part for part in (partial, filtered) if part)
    return {HEADER: told} if told else {}


def filter_warnings(compiled: Compiled) -> list[Json]:
    """A warning for each measure that a filter compares: what matches can't go by what is hidden."""
    return [
        {
            "code": "filter_reads_hidden",
            "field": name,
            "message": f"The filter compares {name}: what is hidden is no match, of a negation one, whatever it is.",
            "where": None,
        }
        for name in compiled.filtered_by
    ]


def _untold(compiled: Compiled) -> list[OutputColumn]:
    """Values that may be hidden, and whose status isn't among the keys of the answer."""
    names = {column.name for column in compiled.columns}
    single = (column for column in compiled.columns if column.partial is None and column.status is not None)
    return [column for column in single if status_column(column.name) not in names]


def _told(compiled: Compiled, rows: Sequence[Row], untold: Iterable[OutputColumn]) -> list[dict[str, Json]]:
    """By row and column, what is told of it."""
    told: list[dict[str, Json]] = [{} for _ in rows]
    for column in untold:
        if (status := column.status) is None:
            continue
        for one, row in zip(told, rows, strict=True):
            if row[status] is not None:
                one[column.name] = {"status": row[status]}
    for column in compiled.columns:
        status, partial = column.status, column.partial
        if partial is None or status is None:
            continue
        for one, row in zip(told, rows, strict=True):
            if row[status] is not None:
                one[column.name] = {
                    "status": row[status],
                    "hidden_rows": row[partial.hidden],
                    "min": limit_of(column, row, partial.lowest),
                    "max": limit_of(column, row, partial.highest),
                }
    return told


def limit_of(column: OutputColumn, row: Row, position: int | None) -> object:
    """The lowest or highest that an aggregate can be, whole where it is; None where that isn't known."""
    value = None if position is None else row[position]
    return int(value) if column.type == "int" and isinstance(value, float) else value
