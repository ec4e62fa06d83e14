"""What the API answers of a dataset: rows, groups, one record."""

import hashlib
import re
from dataclasses import replace

import orjson

from seuil.odsql import Request, compile_export, compile_records
from seuil.portal.api import links
from seuil.portal.api.asked import Asked, Json, Prepared, Reply
from seuil.portal.api.errors import UnknownRecordError
from seuil.portal.api.hidden import hidden_header, hidden_object
from seuil.portal.api.parameters import read_query, read_truth
from seuil.portal.api.totals import totals_of, warnings_of
from seuil.portal.exports.keys import json_rows, keys_of
from seuil.portal.store.nodes import presence_of
from seuil.portal.store.served import ServedRelease

_RECORD_ID = re.compile(r"[0-9a-f]{32}[0-9a-f]{8}")


def records(asked: Asked, dataset_id: str) -> Prepared:
    """Rows of a dataset, or groups of them. Raises UnknownDatasetError, RefusedQueryError; the answer what the store
    raises."""
    served = asked.served
    schema = served.schema(dataset_id)
    with_links = read_truth(asked.query, "include_links", False)
    with_metas = read_truth(asked.query, "include_app_metas", False)
    entry = served.entry(dataset_id)
    request = replace(read_query(asked.query), positions=with_links or with_metas, presence=presence_of(entry))
    compiled = compile_records(request, schema, served.relation(dataset_id))

    def answer() -> Reply:
        rows, total = served.page(compiled)
        results = json_rows(keys_of(compiled), rows)
        if compiled.row is not None:
            for row, result in zip(rows, results, strict=True):
                result |= beside(asked, dataset_id, result, row[compiled.row], links=with_links, metas=with_metas)
        content: Json = {"results": results} if total is None else {"total_count": total, "results": results}
        if with_links:
            limit = len(results) if request.limit is None or request.limit < 0 else request.limit
            page = links.pages(
                asked, 10 if request.limit is None and not compiled.grouped else limit, request.offset, total
            )
            content["_links"] = [*page, links.link(asked.dataset(dataset_id), "dataset")]
        totals = totals_of(served, entry, compiled, rows)
        hidden = hidden_object(compiled, rows, warnings_of(entry, compiled, rows), totals)
        if hidden is not None:
            content["hidden"] = hidden
        return Reply(content, hidden_header(compiled, rows))

    return answer


def record(asked: Asked, dataset_id: str, record_id: str) -> Prepared:
    """One row of a dataset. Raises UnknownDatasetError, UnknownRecordError, RefusedQueryError."""
    served = asked.served
    query = read_query(asked.query)
    row = record_request(served, dataset_id, record_id)
    request = replace(row, select=query.select, timezone=query.timezone, lang=query.lang)
    compiled = compile_export(request, served.schema(dataset_id), served.relation(dataset_id))

    def answer() -> Reply:
        rows = served.fetch(compiled)
        if not rows:
            raise UnknownRecordError(record_id)
        (result,) = json_rows(keys_of(compiled), rows)
        return Reply(result, hidden_header(compiled, rows))

    return answer


def record_request(served: ServedRelease, dataset_id: str, record_id: str) -> Request:
    """The query for one row. Raises UnknownDatasetError, UnknownRecordError."""
    return Request(limit=1, row=_row_of(served, dataset_id, record_id))


def record_id_of(dataset_id: str, row: object) -> str:
    """The identifier of a row: 40 hexadecimal digits, the last eight its position in the file."""
    return f"{_record_space(dataset_id)}{row:08x}"


def _record_space(dataset_id: str) -> str:
    return hashlib.sha256(dataset_id.encode()).hexdigest()[:32]


def _row_of(served: ServedRelease, dataset_id: str, record_id: str) -> int:
    rows = served.entry(dataset_id).rows
    if not _RECORD_ID.fullmatch(record_id) or record_id[:32] != _record_space(dataset_id):
        raise UnknownRecordError(record_id)
    row = int(record_id[32:], 16)
    if row >= rows:
        raise UnknownRecordError(record_id)
    return row


def beside(asked: Asked, dataset_id: str, result: Json, row: object, *, links: bool, metas: bool) -> Json:
    """What stands beside the fields of a record: its links and metadata of the application."""
    found: Json = {}
    record_id = record_id_of(dataset_id, row)
    if metas:
        found["_id"] = record_id
        found["_timestamp"] = asked.served.release.published.isoformat()
        found["_size"] = len(orjson.dumps(result))
    if links:
        address = asked.dataset(dataset_id)
        found["_links"] = [
            {"href": f"{address}/records/{record_id}", "rel": "self"},
            {"href": address, "rel": "dataset"},
        ]
    return found
