"""Addresses of the API and of downloads for what a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

from seuil.catalogue.entry import Entry
from seuil.model.text import Language
from seuil.portal.pages.conditions import filter_of
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
    """The call that answers with exactly the rows of a page of the table, in the dataset's own columns."""
    asked = [*_asked(view, columns_of(view)), ("limit", str(page_rows)), ("offset", str((page - 1) * page_rows))]
    return _address(view.entry, "records", asked)


def seen_as(view: View, fmt: Literal["csv", "xlsx"], language: Language) -> str:
    """The file of all rows of the table, in its order, with readable headings."""
    entry = view.entry
    nodes = (name for d in entry.dimensions for name in (d.column, d.label_column))
    columns = (entry.period, *nodes, *(measure.name for measure in view.columns))
    asked = [*_asked(view, columns), ("use_labels", "true"), ("lang", language)]
    return _address(entry, f"exports/{fmt}", asked)


def calls(view: View, page: int, page_rows: int, origin: str) -> tuple[tuple[str, str], ...]:
    """The same call in the languages that re-users write, by name: its rows in JSON, or all rows of the view in CSV."""
    rows, table = origin + api_call(view, page, page_rows), origin + seen_as(view, "csv", "fr")
    return (
        ("curl", f"curl '{rows}'"),
        ("Python", f'import pandas\n\ntable = pandas.read_csv(\n    "{table}",\n    sep=";",\n)'),
        ("R", f'table <- read.csv(\n  "{table}",\n  sep = ";", fileEncoding = "UTF-8-BOM"\n)'),
        ("JavaScript", f'const answer = await fetch(\n  "{rows}"\n);\nconst {{ results }} = await answer.json();'),
    )


def _asked(view: View, columns: Sequence[str]) -> list[tuple[str, str]]:
    """The rows of the view in its order. columns: of a dataset that has no others of its own."""
    entry = view.entry
    conditions = " and ".join(filter(None, (filter_of(c.dimension, c.codes, c.level) for c in view.choices)))
    asked = [("select", ",".join(_own(view) if entry.part else columns))] if _selects(view) else []
    if conditions:
        asked.append(("where", conditions))
    if view.period is not None:
        asked.append(("refine", f"{entry.period_fields[0].name}:{view.period}"))
    if order := _order(view):
        asked.append(("order_by", order))
    return asked


def _selects(view: View) -> bool:
    """Whether columns are named: those of the table where it has no others, or only some of the dataset's own."""
    return view.entry.part is None or view.columns != view.entry.measures


def _own(view: View) -> list[str]:
    """The dataset's own columns without those of measures that the table leaves out."""
    left = {m.name for m in view.entry.measures} - {m.name for m in view.columns}
    return [field.name for field in view.entry.fields if not {field.of, field.name} & left]


def _order(view: View) -> str:
    """What sorts the view, in the dataset's own columns; nothing where no number of the measure is among them."""
    measure = view.sort.removeprefix("-")
    numbers = (f for f in view.entry.fields if f.type in ("int", "double") and measure and measure in (f.of, f.name))
    name = next((field.name for field in numbers), "")
    return f"{name} desc" if name and view.sort.startswith("-") else name


def _address(entry: Entry, what: str, asked: Sequence[tuple[str, str]]) -> str:
    return f"{API}/catalog/datasets/{quote(entry.id)}/{what}?{urlencode(asked, quote_via=quote, safe=',:')}"
