"""The Explore API v2.0 and its older address `/api/v2`: the answers of v2.1, each row in a wrapper of its own.

| address | v2.1 | v2.0 |
|---|---|---|
| `records` | `results` of flat rows | `records` of `{"links", "record": {"id", "timestamp", "size", "fields"}}` |
| `records` with `group_by` | `results` | `aggregations` |
| `aggregates` | none; without `group_by` one row of what is selected | `aggregations` |
| `query` | as `records` | as v2.1 |
| `records/{record_id}` | the row | `links` and `record` |
| `catalog/datasets` | `results` | `datasets` of `{"links", "dataset"}` |
| `catalog/datasets/{dataset_id}` | the description | `links` and `dataset` |
"""

from dataclasses import replace

from starlette.datastructures import QueryParams

from seuil.portal.api import catalogue, links, questions
from seuil.portal.api.asked import Asked, Json, Prepared, Reply

_BESIDE = ("_id", "_timestamp", "_size", "_links")
_PAGE = {"rows": "limit", "start": "offset"}
"""What limits and offsets were called first."""


def with_metas(query: QueryParams) -> QueryParams:
    """The parameters by their newer names, and the identifiers and links that v2.0 always tells."""
    told = ("include_links", "include_app_metas")
    renamed = {name: newer for name, newer in _PAGE.items() if newer not in query}
    others = [(renamed.get(name, name), value) for name, value in query.multi_items() if name not in told]
    return QueryParams([*others, ("include_links", "true"), ("include_app_metas", "true")])


def records(asked: Asked, dataset_id: str) -> Prepared:
    """Rows, or groups of them."""
    inner = questions.records(asked, dataset_id)

    def answer() -> Reply:
        reply = inner()
        content = _object(reply.content)
        rows = [_object(row) for row in _list(content["results"])]
        hidden = {"hidden": content["hidden"]} if "hidden" in content else {}
        if "total_count" not in content:
            return Reply({"links": content["_links"], "aggregations": rows} | hidden, reply.headers)
        wrapped = {
            "total_count": content["total_count"],
            "links": content["_links"],
            "records": [{"links": row.get("_links", []), "record": _record(row)} for row in rows],
        }
        return Reply(wrapped | hidden, reply.headers)

    return answer


def aggregates(asked: Asked, dataset_id: str) -> Prepared:
    """Groups of rows, or the one group of all rows that match."""
    if asked.query.get("group_by", "").strip():
        return records(asked, dataset_id)
    return _one_group(questions.records(_of_one_row(asked), dataset_id))


def catalogue_aggregates(asked: Asked) -> Prepared:
    """Groups of datasets, or the one group of all datasets that match."""
    if asked.query.get("group_by", "").strip():
        return datasets(asked)
    return _one_group(catalogue.datasets(_of_one_row(asked)))


def _of_one_row(asked: Asked) -> Asked:
    """The question for one row: an aggregate without groups stands on each row of v2.1, so one tells all."""
    others = [(name, value) for name, value in asked.query.multi_items() if name not in ("limit", "offset")]
    return replace(asked, query=QueryParams([*others, ("limit", "1")]))


def _one_group(inner: Prepared) -> Prepared:
    def answer() -> Reply:
        reply = inner()
        content = _object(reply.content)
        rows = [_object(row) for row in _list(content["results"])]
        told = [{name: value for name, value in row.items() if name not in _BESIDE} for row in rows]
        hidden = {"hidden": content["hidden"]} if "hidden" in content else {}
        return Reply({"links": content["_links"], "aggregations": told} | hidden, reply.headers)

    return answer


def record(asked: Asked, dataset_id: str, record_id: str) -> Prepared:
    """One row."""
    inner = questions.record(asked, dataset_id, record_id)

    def answer() -> Reply:
        reply = inner()
        address = asked.dataset(dataset_id)
        told = {
            "id": record_id,
            "timestamp": asked.served.release.published.isoformat(),
            "fields": _object(reply.content),
        }
        self_link = links.link(f"{address}/records/{record_id}", "self")
        return Reply({"links": [self_link, links.link(address, "dataset")], "record": told}, reply.headers)

    return answer


def datasets(asked: Asked) -> Prepared:
    """Datasets of the catalogue."""
    inner = catalogue.datasets(asked)

    def answer() -> Reply:
        content = _object(inner().content)
        rows = [_object(row) for row in _list(content["results"])]
        if "total_count" not in content:
            return Reply({"links": content["_links"], "aggregations": rows})
        wrapped = [
            {
                "links": row.get("_links", []),
                "dataset": {name: value for name, value in row.items() if name not in _BESIDE},
            }
            for row in rows
        ]
        return Reply({"total_count": content["total_count"], "links": content["_links"], "datasets": wrapped})

    return answer


def dataset(asked: Asked, dataset_id: str) -> Prepared:
    """One dataset."""
    inner = catalogue.dataset(asked, dataset_id)

    def answer() -> Reply:
        row = _object(inner().content)
        told = {name: value for name, value in row.items() if name not in _BESIDE}
        return Reply({"links": row.get("_links", []), "dataset": told})

    return answer


def _record(row: Json) -> Json:
    fields = {name: value for name, value in row.items() if name not in _BESIDE}
    return {"id": row.get("_id"), "timestamp": row.get("_timestamp"), "size": row.get("_size"), "fields": fields}


def _object(content: object) -> Json:
    return content if isinstance(content, dict) else {}


def _list(content: object) -> list[object]:
    return content if isinstance(content, list) else []
