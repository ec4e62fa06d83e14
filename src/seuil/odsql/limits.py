"""How many rows a query may ask for, and from where.

| | without group_by | with group_by | exports |
|---|---|---|---|
| limit when not given | 10 | as many as allowed | all |
| limit | -1 to 100 | -1 to 20000 | -1 and more |
| offset + limit | up to 10000 | up to 20000 | any |

A limit of -1 means as many rows as allowed.
"""

from dataclasses import dataclass

from seuil.odsql.errors import InvalidParameterError

DEFAULT_ROWS = 10
MOST_ROWS = 100
LAST_ROW = 10_000
MOST_GROUPS = 20_000
MOST_KEPT = 10
"""Aggregates of a query that keep all their values until the end: DuckDB doesn't count these against its memory."""
_LARGEST = 2**62  # DuckDB reads limits as 64-bit numbers; no file has as many rows


@dataclass(frozen=True)
class Page:
    """`limit` rows (None: all) after the first `offset`."""

    limit: int | None
    offset: int


def records_page(limit: int | None, offset: int, *, grouped: bool) -> Page:
    """The page that a request for records means. Raises InvalidParameterError outside the bounds above."""
    most, last = (MOST_GROUPS, MOST_GROUPS) if grouped else (MOST_ROWS, LAST_ROW)
    if limit is not None and not -1 <= limit <= most:
        raise InvalidParameterError("limit", limit, f"-1 <= limit <= {most}")
    _refuse_negative(offset)
    if limit is None and not grouped:
        limit = DEFAULT_ROWS
    if limit is None or limit == -1:
        limit = max(0, min(most, last - offset))
    if offset + limit > last:
        raise InvalidParameterError("sum of offset + limit", offset + limit, f"<= {last}")
    return Page(limit, offset)


def export_page(limit: int | None, offset: int) -> Page:
    """The page that a request for an export means. Raises InvalidParameterError where limit or offset is negative."""
    if limit is not None and limit < -1:
        raise InvalidParameterError("limit", limit, "-1 <= limit")
    _refuse_negative(offset)
    return Page(None if limit in (None, -1) else min(limit, _LARGEST), min(offset, _LARGEST))


def _refuse_negative(offset: int) -> None:
    if offset < 0:
        raise InvalidParameterError("offset", offset, "0 <= offset")
