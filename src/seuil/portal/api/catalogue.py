"""What the API answers of the catalogue: datasets, one dataset, facets."""

import re
from dataclasses import replace

import orjson

from seuil.odsql import Request, compile_records
from seuil.portal.api import links
from seuil.portal.api.asked import Asked, Json, Prepared, Reply
from seuil.portal.api.description import default_metas, describe
from seuil.portal.api.facets import facets_of
from seuil.portal.api.parameters import read_language, read_query, read_truth
from seuil.portal.exports.keys import json_rows, keys_of
from seuil.portal.store import listing
from seuil.portal.store.served import ServedRelease

_DEFAULT = "default."
_NAMED = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\b(default\.)([a-z_]+)\b""")
_ITEM = re.compile(r"(^|,)\s*(default\.([a-z_]+))\s*(?=,|$)")
_LABELLED = r"\1\3 as `\2`"
_PARTS = frozenset(
    {
        "dataset_id", "dataset_uid", "attachments", "alternative_exports", "has_records", "data_visible", "visibility",
        "features", "metas", "fields",
    }
)  # fmt: skip


def datasets(asked: Asked) -> Prepared:
    """Datasets of the catalogue, whole or what `select` names of them. Raises RefusedQueryError."""
    as_written = read_query(asked.query)
    request = short_names(as_written)
    with_links = read_truth(asked.query, "include_links", False)
    with_metas = read_truth(asked.query, "include_app_metas", False)
    served, plain = asked.served, plain_select(asked.served, as_written)
    entries = served.catalogue.entries
    beside = with_links or with_metas
    queried = replace(request, positions=beside) if plain is None else replace(request, select="dataset_id")
    compiled = compile_records(queried, listing.SCHEMA, listing_of(asked))

    def answer() -> Reply:
        rows, total = served.page(compiled)
        if plain is None:
            results = json_rows(keys_of(compiled), rows)
            # A dataset's row stands where the dataset does in the catalogue.
            found = [] if compiled.row is None else [entries[int(str(row[compiled.row]))].id for row in rows]
        else:
            found = [str(row[0]) for row in rows]
            results = [chosen(asked, dataset_id, plain) for dataset_id in found]
        for dataset_id, result in zip(found, results, strict=False):
            result |= _beside(asked, dataset_id, with_links, with_metas)
        content: Json = {"results": results} if total is None else {"total_count": total, "results": results}
        if with_links:
            content["_links"] = links.pages(asked, compiled.page.limit or 0, request.offset, total)
        return Reply(content)

    return answer


def short_names(request: Request) -> Request:
    """The request with the metadata of the default template by their short names: `publisher` for `default.publisher`.

    Where the longer name is an item of a list of its own, it is the key of the answer.
    """
    where = () if request.where is None else (request.where,) if isinstance(request.where, str) else request.where
    order = None if request.order_by is None else _shortened(request.order_by)
    grouped, select = request.group_by, request.select
    return replace(
        request,
        select=None if select is None else _shortened(_ITEM.sub(r"\1`\2`" if grouped else _LABELLED, select)),
        group_by=None if grouped is None else _shortened(_ITEM.sub(_LABELLED, grouped)),
        where=tuple(map(_shortened, where)),
        order_by=order,
        refine=tuple(map(short_name, request.refine)),
        exclude=tuple(map(short_name, request.exclude)),
        facets=tuple(re.sub(r"\bdefault\.", "", one) for one in request.facets),
    )


def short_name(name: str) -> str:
    """A name of metadata without that of the default template."""
    return name.removeprefix(_DEFAULT)


def _shortened(clause: str) -> str:
    """A clause without the template's name; what stands in quotes stays."""
    return _NAMED.sub(lambda found: found[0] if found[1] is None else found[2], clause)


def dataset(asked: Asked, dataset_id: str) -> Prepared:
    """One dataset of the catalogue. Raises UnknownDatasetError, and RefusedQueryError for a select."""
    served = asked.served
    served.entry(dataset_id)
    request = read_query(asked.query)
    as_written = Request(select=request.select, timezone=request.timezone, lang=request.lang)
    asked_for, plain = short_names(as_written), plain_select(served, as_written)
    # A select that the catalogue's own query refuses is refused here, in the same words.
    compile_records(asked_for if plain is None else replace(asked_for, select=None), listing.SCHEMA, listing_of(asked))
    with_links = read_truth(asked.query, "include_links", False)
    with_metas = read_truth(asked.query, "include_app_metas", False)

    def answer() -> Reply:
        if plain is None:
            row = replace(asked_for, refine=(f'dataset_id:"{dataset_id}"',), limit=1)
            compiled = compile_records(row, listing.SCHEMA, listing_of(asked))
            (content,) = json_rows(keys_of(compiled), served.fetch(compiled))
        else:
            content = chosen(asked, dataset_id, plain)
        return Reply(content | _beside(asked, dataset_id, with_links, with_metas))

    return answer


def catalogue_facets(asked: Asked) -> Prepared:
    """The facets of the catalogue."""
    return facets_of(asked, listing.SCHEMA, listing_of(asked))


def plain_select(served: ServedRelease, request: Request) -> tuple[str, ...] | None:
    """The parts of a description that a select names, none for all of it; None where it asks for more than parts."""
    if request.group_by is not None:
        return None
    if request.select is None or request.select.strip() == "*":
        return ()
    entry = served.catalogue.entries[0] if served.catalogue.entries else None
    known = set() if entry is None else set(default_metas(entry, served.release, "fr"))
    names = tuple(name.strip() for name in request.select.split(","))
    return names if all(name in _PARTS or short_name(name) in known for name in names) else None


def listing_of(asked: Asked) -> str:
    """The table of datasets in the language that is asked for."""
    return listing.RELATIONS[read_language(asked.query)]


def chosen(asked: Asked, dataset_id: str, names: tuple[str, ...]) -> Json:
    """A description, or the parts of it that are named, in the language and the time zone that are asked for."""
    entry, release = asked.served.entry(dataset_id), asked.served.release
    language, zone = read_language(asked.query), read_query(asked.query).setting.zone
    whole = describe(entry, release, language, zone)
    if not names:
        return whole
    metas = default_metas(entry, release, language, zone)
    return {name: whole[name] if name in whole else metas.get(short_name(name)) for name in names}


def _beside(asked: Asked, dataset_id: str, with_links: bool, with_metas: bool) -> Json:
    found: Json = {}
    if with_metas:
        whole = describe(asked.served.entry(dataset_id), asked.served.release, "fr")
        found["_id"] = whole["dataset_uid"]
        found["_timestamp"] = asked.served.release.published.isoformat()
        found["_size"] = len(orjson.dumps(whole))
    if with_links:
        address = asked.dataset(dataset_id)
        found["_links"] = [links.link(address, "self")] + [
            links.link(f"{address}/{name}", name) for name in ("records", "exports", "facets", "attachments")
        ]
    return found
