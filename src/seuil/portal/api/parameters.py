"""The parameters of a URL. Unknown ones are ignored, as the live service does; a blank one says nothing."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from starlette.datastructures import QueryParams

from seuil.model.text import Language
from seuil.odsql import InvalidParameterError, Request, disjunctive_fields
from seuil.portal.exports.csv_text import CsvForm
from seuil.portal.exports.export import Form, Format
from seuil.portal.exports.gpx import Waypoints
from seuil.portal.exports.keys import Hidden
from seuil.portal.exports.parquet_file import Compression
from seuil.portal.exports.projection import DEGREES, read_epsg

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DELIMITERS = {";": ";", ",": ",", "\t": "\t", "\\t": "\t", "|": "|"}
_COMPRESSIONS: dict[str, Compression] = {"snappy": "snappy", "zstd": "zstd"}
_HIDDEN: dict[str, Hidden] = {"ns": "ns", "empty": "empty", "columns": "columns"}
_PROJECTED: tuple[Format, ...] = ("geojson", "shp", "fgb")
_LONGEST_SEPARATOR = 10
_SINGLE = frozenset(
    {
        "limit", "offset", "lang", "timezone", "include_links", "include_app_metas", "hidden", "compressed", "epsg",
        "delimiter", "list_separator", "with_bom", "quote_all", "use_labels", "parquet_compression", "include_exports",
        "use_labels_in_exports", "name_field", "description_field_list", "use_extension", "rows", "start",
    }
)  # fmt: skip
_Option = TypeVar("_Option")


def refuse_contradictions(query: QueryParams) -> None:
    """Raises InvalidParameterError where a parameter that has one value is said twice, with another one each time."""
    for name in _SINGLE.intersection(query):
        said = dict.fromkeys(value for value in query.getlist(name) if value.strip())
        if len(said) > 1:
            raise InvalidParameterError(name, " and ".join(said), "one value")


def read_query(query: QueryParams) -> Request:
    """The query that a URL asks. Raises InvalidParameterError where limit or offset is no whole number."""
    return Request(
        select=_joined(query.getlist("select")),
        where=tuple(query.getlist("where")),
        group_by=_joined(query.getlist("group_by")),
        order_by=_joined(query.getlist("order_by")),
        limit=read_whole(query, "limit"),
        offset=read_whole(query, "offset") or 0,
        refine=_said(query.getlist("refine")),
        exclude=_said(query.getlist("exclude")),
        facets=_said(query.getlist("facet")),
        disjunctive=disjunctive_fields(query.multi_items()),
        timezone=query.get("timezone"),
        lang=query.get("lang"),
    )


def read_language(query: QueryParams) -> Language:
    """The language of labels: French where the portal has none in the one asked for, which `read_query` knows."""
    return "en" if query.get("lang", "").strip().lower() == "en" else "fr"


def read_form(query: QueryParams, fmt: Format, *, with_bom: bool = True) -> Form:
    """How a file is to be written. with_bom: what holds where the URL doesn't say. Raises InvalidParameterError."""
    return Form(
        csv=CsvForm(
            delimiter=_one_of(query, "delimiter", _DELIMITERS, ";", "one of ; , | or a tab"),
            with_bom=read_truth(query, "with_bom", with_bom),
            quote_all=read_truth(query, "quote_all", False),
            list_separator=_list_separator(query),
            hidden=_one_of(query, "hidden", _HIDDEN, "ns", "ns, empty or columns"),
        ),
        labels=read_language(query) if read_truth(query, "use_labels", False) else None,
        parquet=_one_of(query, "parquet_compression", _COMPRESSIONS, "snappy", "snappy or zstd"),
        epsg=_epsg(query, fmt),
        waypoints=Waypoints(
            query.get("name_field", "").strip(),
            tuple(name.strip() for name in query.get("description_field_list", "").split(",") if name.strip()),
            read_truth(query, "use_extension", False) if fmt == "gpx" else False,
        ),
        compressed=read_truth(query, "compressed", False),
    )


def says_compression(query: QueryParams) -> bool:
    """Whether the URL says how a Parquet file is to be compressed."""
    return bool(query.get("parquet_compression", "").strip())


def _one_of(query: QueryParams, name: str, known: Mapping[str, _Option], default: str, expected: str) -> _Option:
    said = query.get(name) or default
    found = said if said in known else said.strip().lower()
    if found not in known:
        raise InvalidParameterError(name, said, expected)
    return known[found]


def _epsg(query: QueryParams, fmt: Format) -> int:
    said = query.get("epsg", "").strip() or str(DEGREES)
    found = read_epsg(said)
    if found != DEGREES and fmt not in _PROJECTED:
        raise InvalidParameterError("epsg", said, f"{DEGREES}, degrees, for {fmt}")
    return found


def _list_separator(query: QueryParams) -> str:
    said = query.get("list_separator") or ","
    if len(said) > _LONGEST_SEPARATOR:
        raise InvalidParameterError("list_separator", said, f"at most {_LONGEST_SEPARATOR} characters")
    return said


def read_truth(query: QueryParams, name: str, default: bool) -> bool:
    """A parameter that is true or false. Raises InvalidParameterError."""
    said = query.get(name, "").strip().lower()
    if not said:
        return default
    if said not in ("true", "false"):
        raise InvalidParameterError(name, said, "true or false")
    return said == "true"


def read_whole(query: QueryParams, name: str) -> int | None:
    """A parameter that is a whole number. Raises InvalidParameterError."""
    said = query.get(name, "").strip()
    if not said:
        return None
    if not _WHOLE.fullmatch(said):
        raise InvalidParameterError(name, said, "a whole number")
    return int(said)


def _joined(clauses: Iterable[str]) -> str | None:
    """A clause that is sent in parts is one list."""
    return ", ".join(_said(clauses)) or None


def _said(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value.strip())
