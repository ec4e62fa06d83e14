"""The first Explore API, which older scripts speak: records and datasets 1.0, and the address of downloads.

    /api/records/1.0/search/?dataset=...&q=...&rows=10&start=0&sort=-field&facet=...&refine.field=...&exclude.field=...
    /api/records/1.0/download/?dataset=...&format=csv
    /api/datasets/1.0/search/   /api/datasets/1.0/{dataset_id}/
    /explore/dataset/{dataset_id}/download/?format=csv&csv_separator=;&use_labels_for_header=true

The same engine answers as for the newer versions. A record has no key for a missing value; `sort=field` goes from the
greatest value on, `sort=-field` from the least. `rows` is 10 by default in a search, all in a download.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import QueryParams

from seuil.odsql import (
    Compiled,
    Facet,
    InvalidParameterError,
    Request,
    Schema,
    compile_declared_facets,
    compile_export,
)
from seuil.portal.api.asked import Asked, Json, Prepared, Reply
from seuil.portal.api.catalogue import chosen, listing_of
from seuil.portal.api.facets import facet_values
from seuil.portal.api.hidden import hidden_header
from seuil.portal.api.legacy_filters import filtered, needs_places
from seuil.portal.api.legacy_shapes import features_of
from seuil.portal.api.parameters import read_whole
from seuil.portal.api.questions import record_id_of, record_request
from seuil.portal.exports.keys import json_rows, keys_of
from seuil.portal.store import listing
from seuil.portal.store.places import PLACE
from seuil.portal.store.queries import Row

_DEFAULT_ROWS = 10
_MOST_ROWS = 10_000


@dataclass(frozen=True)
class _Search:
    """A search as the first API asks it, read for a table."""

    request: Request
    compiled: Compiled
    facets: tuple[tuple[Facet, Compiled], ...]
    schema: Schema


def search_records(asked: Asked, dataset_id: str, *, on_map: bool = False) -> Prepared:
    """`records/1.0/search`. on_map: as GeoJSON. Raises UnknownDatasetError, RefusedQueryError."""
    served = asked.served
    schema = served.schema(dataset_id)
    found = _search(asked.query, schema, served.relation(dataset_id), places=on_map)

    def answer() -> Reply:
        rows = served.fetch(found.compiled)
        records = records_of(asked, dataset_id, found.compiled, rows)
        if on_map:
            return Reply(features_of(records), hidden_header(found.compiled, rows))
        content = {
            "nhits": served.count(found.compiled),
            "parameters": _parameters(asked.query, found.request, dataset_id),
            "records": records,
        }
        return Reply(content | _groups(asked, found), hidden_header(found.compiled, rows))

    return answer


def search_datasets(asked: Asked) -> Prepared:
    """`datasets/1.0/search`. Raises RefusedQueryError."""
    found = _search(asked.query, listing.SCHEMA, listing_of(asked), select="dataset_id")

    def answer() -> Reply:
        rows = asked.served.fetch(found.compiled)
        content = {
            "nhits": asked.served.count(found.compiled),
            "parameters": _parameters(asked.query, found.request, None),
            "datasets": [_dataset(asked, str(row[0])) for row in rows],
        }
        return Reply(content | _groups(asked, found))

    return answer


def one_dataset(asked: Asked, dataset_id: str) -> Prepared:
    """`datasets/1.0/{dataset_id}`. Raises UnknownDatasetError."""
    asked.served.entry(dataset_id)
    return lambda: Reply(_dataset(asked, dataset_id))


def one_record(asked: Asked, dataset_id: str, record_id: str) -> Prepared:
    """`datasets/1.0/{dataset_id}/records/{record_id}`. Raises UnknownDatasetError, UnknownRecordError."""
    served = asked.served
    request = replace(record_request(served, dataset_id, record_id), positions=True)
    compiled = compile_export(request, served.schema(dataset_id), served.relation(dataset_id))

    def answer() -> Reply:
        rows = served.fetch(compiled)
        (record,) = records_of(asked, dataset_id, compiled, rows)
        return Reply(record, hidden_header(compiled, rows))

    return answer


def download_request(query: QueryParams, schema: Schema) -> Request:
    """The query of a download. Raises RefusedQueryError."""
    return _request(query, schema, rows=-1)


def records_of(asked: Asked, dataset_id: str, compiled: Compiled, rows: Sequence[Row]) -> list[Json]:
    """Rows in the shape of the first API."""
    stamp = asked.served.release.published.isoformat()
    results = json_rows(keys_of(compiled), rows)
    place = compiled.row or 0
    return [
        {
            "datasetid": dataset_id,
            "recordid": record_id_of(dataset_id, row[place]),
            "fields": {name: _value(value) for name, value in result.items() if value is not None},
            **_geometry(result.get(PLACE)),
            "record_timestamp": stamp,
        }
        for row, result in zip(rows, results, strict=True)
    ]


def _geometry(place: object) -> Json:
    """The geometry of a record whose place was asked for."""
    if not isinstance(place, dict):
        return {}
    return {"geometry": {"type": "Point", "coordinates": [place["lon"], place["lat"]]}}


def _value(value: object) -> object:
    # Places were latitude and longitude in a list.
    return [value["lat"], value["lon"]] if isinstance(value, dict) and "lat" in value else value


def _search(
    query: QueryParams, schema: Schema, relation: str, select: str | None = None, *, places: bool = False
) -> _Search:
    request = _request(query, schema, rows=_DEFAULT_ROWS)
    if places:
        needs_places(schema)
        select = f"{request.select or '*'}, {PLACE}"
    if request.limit is not None and request.limit + request.offset > _MOST_ROWS:
        raise InvalidParameterError("sum of start + rows", request.limit + request.offset, f"<= {_MOST_ROWS}")
    # Unlike the newer versions, it answers facets only where some are named.
    facets = compile_declared_facets(request, schema, relation) if request.facets else []
    asked = request if select is None else replace(request, select=select)
    return _Search(request, compile_export(replace(asked, positions=True), schema, relation), tuple(facets), schema)


def _request(query: QueryParams, schema: Schema, *, rows: int) -> Request:
    limit, offset = read_whole(query, "rows"), read_whole(query, "start") or 0
    limit = rows if limit is None else limit
    if not -1 <= limit <= _MOST_ROWS and rows >= 0:
        raise InvalidParameterError("rows", limit, f"-1 <= rows <= {_MOST_ROWS}")
    return replace(
        filtered(query, schema),
        select=", ".join(_names("fields", query.get("fields", ""))) or None,
        order_by=_order(query.get("sort", "")),
        limit=max(0, _MOST_ROWS - offset) if limit == -1 and rows >= 0 else limit,
        offset=offset,
    )


def _order(sort: str) -> str | None:
    keys = [f"`{name[2:]} asc" if name.startswith("`-") else f"{name} desc" for name in _names("sort", sort)]
    return ", ".join(keys) or None


def _names(parameter: str, text: str) -> list[str]:
    """Names with commas between, as ODSQL quotes them: the first API knows no expressions there."""
    if "`" in text:
        raise InvalidParameterError(parameter, text, "names of fields with commas between")
    return [f"`{name.strip()}`" for name in text.split(",") if name.strip()]


def _parameters(query: QueryParams, request: Request, dataset_id: str | None) -> Json:
    found: Json = {} if dataset_id is None else {"dataset": dataset_id}
    found |= {"rows": request.limit, "start": request.offset, "format": "json", "timezone": request.setting.zone}
    if query.get("q"):
        found["q"] = query.get("q")
    if query.get("sort"):
        found["sort"] = [name.strip() for name in query.get("sort", "").split(",")]
    if query.getlist("facet"):
        found["facet"] = query.getlist("facet")
    for kind in ("refine", "exclude", "disjunctive"):
        names = [name for name in query if name.startswith(f"{kind}.")]
        said = {name.partition(".")[2]: _one_or_all(query.getlist(name)) for name in names}
        if said:
            found[kind] = said
    return found


def _one_or_all(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _groups(asked: Asked, found: _Search) -> Json:
    if not found.facets:
        return {}
    groups = []
    for facet, compiled in found.facets:
        values = facet_values(asked.served.fetch(compiled), facet, found.request, found.schema)
        groups.append({"name": facet.field.name, "facets": [_facet(value) for value in values]})
    return {"facet_groups": groups}


def _facet(value: Json) -> Json:
    inner = value.get("facets")
    found = {key: value[key] for key in ("name", "count", "state") if key in value} | {"path": value["value"]}
    return found | ({"facets": [_facet(one) for one in inner]} if isinstance(inner, list) else {})


def _dataset(asked: Asked, dataset_id: str) -> Json:
    described = chosen(asked, dataset_id, ())
    metas, fields = described["metas"], described["fields"]
    default = metas.get("default") if isinstance(metas, dict) else {}
    return {
        "datasetid": dataset_id,
        "metas": default,
        "has_records": True,
        "data_visible": True,
        "features": described["features"],
        "attachments": [],
        "alternative_exports": [],
        "fields": [_field(one) for one in fields] if isinstance(fields, list) else [],
    }


def _field(field: Json) -> Json:
    annotations = field["annotations"]
    listed = (
        [{"name": name, "args": args} for name, args in annotations.items()] if isinstance(annotations, dict) else []
    )
    return {key: field[key] for key in ("name", "label", "type", "description")} | {"annotations": listed}
