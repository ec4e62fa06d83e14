"""Addresses of the API and of downloads for what a page shows."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from seuil.portal.pages.source import DataSource
from seuil.portal.pages.table import columns_of
from seuil.portal.pages.view import View

API = "/api/explore/v2.1"
FORMATS = ("csv", "json", "parquet")


@dataclass(frozen=True)
class Download:
    """A file of the whole dataset. `size` in bytes, None where it is made as it is sent."""

    format: str
    address: str
    size: int | None


def downloads(source: DataSource, dataset_id: str) -> tuple[Download, ...]:
    """A download in every format."""
    base = f"{API}/catalog/datasets/{quote(dataset_id)}/exports"
    return tuple(Download(f, f"{base}/{f}", source.size(dataset_id, f)) for f in FORMATS)


def api_call(view: View, page: int, page_rows: int) -> str:
    """The call that answers with exactly the rows and columns of a page of the table."""
    period = view.entry.period
    conditions = [f"{column}={_literal(value)}" for column, value in view.equal.items() if column != period]
    asked: list[tuple[str, str | int]] = [("select", ",".join(columns_of(view)))]
    if conditions:
        asked.append(("where", " and ".join(conditions)))
    if view.period is not None:
        asked.append(("refine", f"{period}:{view.period}"))
    asked += [("limit", page_rows), ("offset", (page - 1) * page_rows)]
    return f"{API}/catalog/datasets/{quote(view.entry.id)}/records?{urlencode(asked, quote_via=quote, safe=',:')}"


def _literal(value: str | int) -> str:
    """A value as ODSQL writes it."""
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
