"""What the API answers: datasets, records and facets, in the documented shapes."""

from dataclasses import replace

from starlette.datastructures import QueryParams

from seuil.model.text import Language
from seuil.odsql import Compiled, Request, compile_facets, compile_records
from seuil.odsql.refine import Refinement, read_refinements
from seuil.portal.api.description import Json, default_metas, describe
from seuil.portal.api.parameters import read_facets, read_language, read_query
from seuil.portal.exports.keys import json_rows, keys_of
from seuil.portal.store import listing
from seuil.portal.store.queries import Row
from seuil.portal.store.served import ServedRelease

_DEFAULT = "default."


def records(served: ServedRelease, dataset_id: str, query: QueryParams) -> Json:
    """Rows of a dataset. Raises UnknownDatasetError, RefusedQueryError and what the store raises."""
    schema = served.schema(dataset_id)
    compiled = compile_records(read_query(query), schema, served.relation(dataset_id))
    return _results(served, compiled, json_rows(keys_of(compiled), served.fetch(compiled)))


def facets(served: ServedRelease, dataset_id: str, query: QueryParams) -> Json:
    """The values of facets with their counts, all declared facets by default. Raises as `records` does."""
    schema, request = served.schema(dataset_id), read_query(query)
    names = read_facets(query) or tuple(field.name for field in schema.fields if field.facet)
    refined = read_refinements("refine", request.refine, schema)
    excluded = read_refinements("exclude", request.exclude, schema)
    answer = []
    for name in names:
        compiled = compile_facets(request, schema, served.relation(dataset_id), name)
        values = _facet_values(served.fetch(compiled), _values(refined, name))
        values += [{"name": value, "value": value, "state": "excluded"} for value in _values(excluded, name)]
        answer.append({"name": name, "facets": values})
    return {"links": [], "facets": answer}


def datasets(served: ServedRelease, query: QueryParams) -> Json:
    """Datasets of the catalogue, whole or what `select` names of them. Raises as `records` does."""
    request, language = read_query(query), read_language(query)
    plain = _plain_select(request)
    if plain is None:
        compiled = compile_records(request, listing.SCHEMA, listing.RELATION)
        return _results(served, compiled, json_rows(keys_of(compiled), served.fetch(compiled)))
    compiled = compile_records(replace(request, select="dataset_id"), listing.SCHEMA, listing.RELATION)
    found = [str(row[0]) for row in served.fetch(compiled)]
    return _results(served, compiled, [_chosen(served, dataset_id, plain, language) for dataset_id in found])


def dataset(served: ServedRelease, dataset_id: str, query: QueryParams) -> Json:
    """One dataset of the catalogue. Raises UnknownDatasetError, and RefusedQueryError for a select."""
    plain = _plain_select(read_query(query))
    if plain is None:
        # A select that the catalogue's own query refuses is refused here, in the same words.
        compile_records(Request(select=query.get("select")), listing.SCHEMA, listing.RELATION)
        plain = ()
    return _chosen(served, dataset_id, plain, read_language(query))


def _results(served: ServedRelease, compiled: Compiled, results: list[Json]) -> Json:
    total = served.count(compiled)
    return {"results": results} if total is None else {"total_count": total, "results": results}


def _values(refinements: tuple[Refinement, ...], name: str) -> list[str]:
    return [refinement.value for refinement in refinements if refinement.field.name == name]


def _facet_values(rows: list[Row], refined: list[str]) -> list[Json]:
    return [
        {"name": str(value), "value": str(value), "count": count, "state": _state(str(value), refined)}
        for value, count in (row[:2] for row in rows)
    ]


def _state(value: str, refined: list[str]) -> str:
    return "refined" if value in refined else "displayed"


def _plain_select(request: Request) -> tuple[str, ...] | None:
    """The parts of a description that a select names, none for all of it; None where it asks for more than parts."""
    if request.group_by is not None:
        return None
    if request.select is None or request.select.strip() == "*":
        return ()
    names = tuple(name.strip() for name in request.select.split(","))
    return names if all(name in _PARTS or name.startswith(_DEFAULT) for name in names) else None


_PARTS = frozenset(
    {"dataset_id", "dataset_uid", "attachments", "has_records", "data_visible", "features", "metas", "fields"}
)


def _chosen(served: ServedRelease, dataset_id: str, names: tuple[str, ...], language: Language) -> Json:
    entry = served.entry(dataset_id)
    whole = describe(entry, served.release, language)
    if not names:
        return whole
    metas = default_metas(entry, served.release, language)
    return {name: whole[name] if name in whole else metas.get(name.removeprefix(_DEFAULT)) for name in names}
