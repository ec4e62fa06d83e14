"""The addresses of older versions of the API, and of the vendor's pages. They are no part of OpenAPI."""

from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import QueryParams

from seuil.odsql import InvalidParameterError
from seuil.portal.api import catalogue, facets, legacy, legacy_analysis, legacy_places, links, questions, version_2_0
from seuil.portal.api.answers import ApiRoute, preflight
from seuil.portal.api.asked import Asked, Prepared, Reply
from seuil.portal.api.catalogue_exports import CATALOGUE_MEDIA_TYPES, CatalogueFormat
from seuil.portal.api.legacy_shapes import read_shape, shaped
from seuil.portal.api.parameters import read_form, read_query, says_compression
from seuil.portal.api.service import Service, is_signed_file
from seuil.portal.exports.export import FORMATS, Format, compiled_export
from seuil.portal.exports.sending import Download

_READ = ["GET", "HEAD"]
_VERSIONS = ("/api/explore/v2.0", "/api/v2")
_LEGACY_FORMATS: dict[str, Format] = {name: name for name in FORMATS} | {"xls": "xlsx"}
_PAGES = ("information", "table", "map", "analyze", "export", "api", "images", "custom")
_CURRENT = "/api/explore/v2.1"


class LegacyRoute(ApiRoute):
    """A route whose errors have the key `error` too, which clients of the first API read."""

    legacy = True


def older_router(service: Service) -> APIRouter:
    """Every older address."""
    routes = APIRouter(include_in_schema=False)
    for base in _VERSIONS:
        _Version20(service, base).add_to(routes)
    legacy_routes = APIRouter(route_class=LegacyRoute)
    _Legacy(service).add_to(legacy_routes)
    routes.include_router(legacy_routes)
    return routes


class _Version20:
    def __init__(self, service: Service, base: str) -> None:
        self._service = service
        self._base = base

    def add_to(self, routes: APIRouter) -> None:
        """Add the addresses of v2.0 below the base."""
        versioned = APIRouter(route_class=ApiRoute)
        one = "catalog/datasets/{dataset_id}"
        about = {
            one: version_2_0.dataset,
            f"{one}/records": version_2_0.records,
            f"{one}/aggregates": version_2_0.aggregates,
            f"{one}/query": questions.records,
            f"{one}/facets": facets.facets,
            f"{one}/exports": self._formats,
            f"{one}/attachments": _attachments,
        }
        for path, prepare in about.items():
            self._add(versioned, path, self._about(prepare))
        self._add(versioned, f"{one}/records/{{record_id}}", self._record)
        self._add(versioned, "catalog/datasets", self._answer(version_2_0.datasets))
        self._add(versioned, "catalog/facets", self._answer(catalogue.catalogue_facets))
        self._add(versioned, "catalog/aggregates", self._answer(version_2_0.catalogue_aggregates))
        self._add(versioned, "catalog/query", self._answer(catalogue.datasets))
        self._add(versioned, "catalog/exports", self._answer(self._catalogue_formats))
        for name in CATALOGUE_MEDIA_TYPES:
            self._add(versioned, f"catalog/exports/{name}", self._exporting_catalogue(name))
        for fmt in FORMATS:
            self._add(versioned, f"{one}/exports/{fmt}", self._exporting(fmt))
        self._add(versioned, "catalog/exports/xls", self._exporting_catalogue("xlsx"))
        self._add(versioned, f"{one}/exports/xls", self._exporting("xlsx"))
        routes.include_router(versioned)

    def _add(self, routes: APIRouter, path: str, answer: Callable[[Request], Response | Awaitable[Response]]) -> None:
        for address in (f"{self._base}/{path}", f"{self._base}/{path}/"):
            routes.add_api_route(address, answer, methods=_READ, response_class=Response)

    def _about(self, prepare: Callable[[Asked, str], Prepared]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            asked, name = self._asked(request), str(request.path_params["dataset_id"])
            asked.served.entry(name)
            return self._service.answer(request, asked, name, lambda: prepare(asked, name))

        return answer

    def _answer(self, prepare: Callable[[Asked], Prepared]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            asked = self._asked(request)
            return self._service.answer(request, asked, None, lambda: prepare(asked))

        return answer

    def _record(self, request: Request) -> Response:
        asked = self._asked(request)
        name, record_id = str(request.path_params["dataset_id"]), str(request.path_params["record_id"])
        return self._service.answer(request, asked, name, lambda: version_2_0.record(asked, name, record_id))

    def _exporting(self, fmt: Format) -> Callable[[Request], Awaitable[Response]]:
        def prepare(request: Request) -> Response | Download:
            asked, name = self._asked(request), str(request.path_params["dataset_id"])
            query, form = read_query(asked.query), read_form(asked.query, fmt, with_bom=False)
            compiled_export(asked.served, name, query, fmt)
            if is_signed_file(query, form, fmt, compression_said=says_compression(asked.query)):
                return self._service.signed_file(request, asked, name, asked.dataset(name))
            return self._service.download(request, asked, name, fmt, query, form, asked.dataset(name))

        async def export(request: Request) -> Response:
            return await self._service.send(request, lambda: prepare(request))

        return export

    def _formats(self, asked: Asked, dataset_id: str) -> Prepared:
        return lambda: Reply({"links": links.formats(f"{asked.dataset(dataset_id)}/exports", FORMATS)})

    def _catalogue_formats(self, asked: Asked) -> Prepared:
        return lambda: Reply({"links": links.formats(f"{asked.catalogue}/exports", CATALOGUE_MEDIA_TYPES)})

    def _exporting_catalogue(self, fmt: CatalogueFormat) -> Callable[[Request], Response]:
        def export(request: Request) -> Response:
            return self._service.catalogue_file(request, self._asked(request), fmt)

        return export

    def _asked(self, request: Request) -> Asked:
        return self._service.asked(request, self._base, version_2_0.with_metas(request.query_params))


class _Legacy:
    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, routes: APIRouter) -> None:
        """Add the addresses of the first API, and those of the vendor's pages."""
        for path, answer in (
            ("/api/records/1.0/search", self._search),
            ("/api/records/1.0/analyze", self._asking(legacy_analysis.analysis, "json", "jsonp", "csv")),
            ("/api/records/1.0/geocluster", self._asking(legacy_places.clusters, "json", "jsonp")),
            ("/api/records/1.0/boundingbox", self._asking(legacy_places.bounding_box, "json", "jsonp")),
            ("/api/records/1.0/geopreview", self._asking(legacy_places.preview, "json", "jsonp")),
            ("/api/records/1.0/download", self._download),
            ("/api/datasets/1.0/search", self._datasets),
            ("/api/datasets/1.0/{dataset_id}", self._asking(legacy.one_dataset, "json", "jsonp")),
            ("/api/datasets/1.0/{dataset_id}/records/{record_id}", self._record),
            ("/explore/dataset/{dataset_id}/download", self._download),
        ):
            for address in (path, f"{path}/"):
                routes.add_api_route(address, answer, methods=_READ, response_class=Response)
                # Of what isn't below /api nobody else says what scripts of other sites may do.
                routes.add_api_route(address, preflight, methods=["OPTIONS"], response_class=Response)
        for path in ("/explore/dataset/{dataset_id}", *(f"/explore/dataset/{{dataset_id}}/{name}" for name in _PAGES)):
            for address in (path, f"{path}/"):
                routes.add_api_route(address, _dataset_page, methods=_READ, response_class=Response)
        for address in ("/explore", "/explore/"):
            routes.add_api_route(address, _home_page, methods=_READ, response_class=Response)

    def _asking(self, prepare: Callable[[Asked, str], Prepared], *shapes: str) -> Callable[[Request], Response]:
        """The endpoint of a question about a dataset. shapes: the formats of its answer, the default first."""

        def answer(request: Request) -> Response:
            asked, name = self._asked(request)
            shape = read_shape(asked.query, shapes)
            found = self._service.answer(request, asked, name, lambda: prepare(asked, name))
            return shaped(found, asked.query, shape)

        return answer

    def _search(self, request: Request) -> Response:
        on_map = request.query_params.get("format", "").strip().lower() in ("geojson", "geojsonp")
        search = partial(legacy.search_records, on_map=on_map)
        return self._asking(search, "json", "jsonp", "geojson", "geojsonp")(request)

    def _datasets(self, request: Request) -> Response:
        asked = self._service.asked(request, _CURRENT)
        shape = read_shape(asked.query, ("json", "jsonp"))
        return shaped(
            self._service.answer(request, asked, None, lambda: legacy.search_datasets(asked)), asked.query, shape
        )

    def _record(self, request: Request) -> Response:
        record_id = str(request.path_params["record_id"])
        find = partial(legacy.one_record, record_id=record_id)
        return self._asking(find, "json", "jsonp")(request)

    async def _download(self, request: Request) -> Response:
        return await self._service.send(request, lambda: self._prepared_download(request))

    def _prepared_download(self, request: Request) -> Response | Download:
        asked, name = self._asked(request)
        said = (asked.query.get("format") or "csv").strip().lower()
        if said not in _LEGACY_FORMATS:
            raise InvalidParameterError("format", said, f"one of {', '.join(_LEGACY_FORMATS)}")
        fmt = _LEGACY_FORMATS[said]
        query = legacy.download_request(asked.query, asked.served.schema(name))
        form = read_form(_newer(asked.query), fmt, with_bom=False)
        shape = None if fmt != "json" else lambda compiled, rows: legacy.records_of(asked, name, compiled, rows)
        return self._service.download(request, asked, name, fmt, query, form, asked.dataset(name), shape=shape)

    def _asked(self, request: Request) -> tuple[Asked, str]:
        asked = self._service.asked(request, _CURRENT)
        name = request.path_params.get("dataset_id") or asked.query.get("dataset", "")
        if not name:
            raise InvalidParameterError("dataset", "nothing", "the identifier of a dataset")
        asked.served.entry(str(name))
        return asked, str(name)


_RENAMED = {"csv_separator": "delimiter", "use_labels_for_header": "use_labels"}


def _newer(query: QueryParams) -> QueryParams:
    """The options of a file by their newer names."""
    return QueryParams([(_RENAMED.get(name, name), value) for name, value in query.multi_items()])


def _attachments(asked: Asked, _: str) -> Prepared:
    return lambda: Reply({"links": [links.link(f"{asked.origin}{asked.path}", "self")], "attachments": []})


def _dataset_page(request: Request) -> Response:
    return RedirectResponse(f"/jeux/{quote(str(request.path_params['dataset_id']), safe='')}", 301)


def _home_page(_: Request) -> Response:
    return RedirectResponse("/", 301)
