"""The parameters of a URL. Unknown ones are ignored, as the live service does; a blank one says nothing."""

import re
from collections.abc import Iterable

from starlette.datastructures import QueryParams

from seuil.model.text import Language
from seuil.odsql import InvalidParameterError, Request
from seuil.portal.exports.csv_text import CsvForm
from seuil.portal.exports.parquet_file import Compression

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DELIMITERS = {";": ";", ",": ",", "\t": "\t", "\\t": "\t", "|": "|"}
_COMPRESSIONS: dict[str, Compression] = {"snappy": "snappy", "zstd": "zstd"}


def read_query(query: QueryParams) -> Request:
    """The query that a URL asks. Raises InvalidParameterError where limit or offset is no whole number."""
    return Request(
        select=_joined(query.getlist("select")),
        where=tuple(query.getlist("where")),
        group_by=_joined(query.getlist("group_by")),
        order_by=_joined(query.getlist("order_by")),
        limit=_whole(query, "limit"),
        offset=_whole(query, "offset") or 0,
        refine=_said(query.getlist("refine")),
        exclude=_said(query.getlist("exclude")),
    )


def read_language(query: QueryParams) -> Language:
    """The language of labels; French where the portal doesn't speak the one asked for."""
    return "en" if query.get("lang", "").strip().lower() == "en" else "fr"


def read_csv_form(query: QueryParams) -> CsvForm:
    """How a CSV file is to be written. Raises InvalidParameterError."""
    delimiter = query.get("delimiter") or ";"
    if delimiter not in _DELIMITERS:
        raise InvalidParameterError("delimiter", delimiter, "one of ; , | or a tab")
    return CsvForm(
        delimiter=_DELIMITERS[delimiter],
        with_bom=read_truth(query, "with_bom", True),
        quote_all=read_truth(query, "quote_all", False),
    )


def read_compression(query: QueryParams) -> Compression | None:
    """How a Parquet file is to be compressed, None where it isn't said. Raises InvalidParameterError."""
    said = query.get("parquet_compression", "").strip().lower()
    if said and said not in _COMPRESSIONS:
        raise InvalidParameterError("parquet_compression", said, "snappy or zstd")
    return _COMPRESSIONS.get(said)


def read_truth(query: QueryParams, name: str, default: bool) -> bool:
    """A parameter that is true or false. Raises InvalidParameterError."""
    said = query.get(name, "").strip().lower()
    if not said:
        return default
    if said not in ("true", "false"):
        raise InvalidParameterError(name, said, "true or false")
    return said == "true"


def read_facets(query: QueryParams) -> tuple[str, ...]:
    """The facets that are asked for, each once."""
    return tuple(dict.fromkeys(_said(query.getlist("facet"))))


def _whole(query: QueryParams, name: str) -> int | None:
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
