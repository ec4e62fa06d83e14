"""The formats of the first API's answers: `json`, `jsonp`, `geojson`, `geojsonp`, of an analysis `csv`; `pretty_print`.

JSONP is JSON within a call of the function that `callback` names, for scripts of other sites from before CORS.
"""

import csv
import io
import re
from collections.abc import Sequence

import orjson
from fastapi import Response
from starlette.datastructures import QueryParams

from seuil.model.columns import HIDDEN, status_column
from seuil.odsql import InvalidParameterError
from seuil.portal.api.asked import Json
from seuil.portal.api.parameters import read_truth

_FUNCTION = re.compile(r"[A-Za-z_$][\w$]{0,99}(\.[A-Za-z_$][\w$]{0,99}){0,5}", re.ASCII)
_SCRIPT = "text/javascript; charset=utf-8"
_CSV = "text/csv; charset=utf-8"
_X = "x"
_DATE = {"year", "month", "weekday", "day", "hour", "minute"}


def read_shape(query: QueryParams, known: Sequence[str]) -> str:
    """The format of an answer, with its callback found sound. Raises InvalidParameterError."""
    said = query.get("format", "").strip().lower() or known[0]
    if said not in known:
        raise InvalidParameterError("format", said, f"one of {', '.join(known)}")
    callback = query.get("callback", "").strip()
    if (callback or said.endswith("jsonp") or said == "geojsonp") and not _FUNCTION.fullmatch(callback):
        raise InvalidParameterError("callback", callback or "nothing", "the name of a function")
    read_truth(query, "pretty_print", False)
    if said == "csv" and len(query.get("csv_separator", ";")) != 1:
        raise InvalidParameterError("csv_separator", query["csv_separator"], "one character")
    return said


def shaped(response: Response, query: QueryParams, shape: str) -> Response:
    """An answer in JSON as it was asked for; errors, and answers without a body, stay as they are."""
    callback = query.get("callback", "").strip()
    pretty = read_truth(query, "pretty_print", False)
    if response.status_code != 200 or not response.body or not (callback or pretty or shape == "csv"):
        return response
    content, kind = bytes(response.body), response.media_type
    if shape == "csv":
        content, kind = _table(orjson.loads(content), query.get("csv_separator", ";")), _CSV
    elif pretty:
        content = orjson.dumps(orjson.loads(content), option=orjson.OPT_INDENT_2)
    if callback and shape != "csv":
        # The comment keeps a script from being taken for something else by its first bytes.
        content, kind = b"/**/" + callback.encode() + b"(" + content + b");", _SCRIPT
    headers = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
    return Response(content, headers=headers, media_type=kind)


def features_of(records: Sequence[Json]) -> Json:
    """Records as GeoJSON: the place of each is its geometry."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": record.get("geometry"),
                "properties": {key: value for key, value in record.items() if key != "geometry"},
            }
            for record in records
        ],
    }


def _table(rows: Sequence[Json], separator: str) -> bytes:
    """An analysis as CSV: what is hidden reads NS, as in every table."""
    flat = [_groups(row[_X]) | {name: value for name, value in row.items() if name != _X} for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(names)
    for row in flat:
        writer.writerow([HIDDEN if _is_hidden(row, name) else row.get(name) for name in names])
    return out.getvalue().encode()


def _groups(x: object) -> Json:
    """The group of a row by column: a field each, a date such as 2024-01."""
    parts = x if isinstance(x, dict) and not _is_date(x) else {_X: x}
    return {name: "-".join(map(str, v.values())) if isinstance(v, dict) else v for name, v in parts.items()}


def _is_date(x: Json) -> bool:
    return bool(x) and all(isinstance(value, int) for value in x.values()) and set(x) <= _DATE


def _is_hidden(row: Json, name: str) -> bool:
    return row.get(name) is None and row.get(status_column(name)) == HIDDEN
