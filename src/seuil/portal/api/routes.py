"""The addresses of the API, each with and without a slash at its end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from seuil.portal.api import catalogue, facets, links, questions
from seuil.portal.api import documentation as doc
from seuil.portal.api.answers import ApiRoute, not_allowed, not_found, preflight
from seuil.portal.api.asked import Asked, Prepared, Reply
from seuil.portal.api.catalogue_exports import CATALOGUE_MEDIA_TYPES, OF_ROWS, CatalogueFormat
from seuil.portal.api.documentation import N_
from seuil.portal.api.older_routes import older_router
from seuil.portal.api.parameters import read_form, read_query, says_compression
from seuil.portal.api.service import Service, is_signed_file
from seuil.portal.exports.export import FORMATS, MEDIA_TYPES, Format, compiled_export
from seuil.portal.exports.sending import Download
from seuil.portal.store import Store

BASE = "/api/explore/v2.1"
_ASKED_MOST = ("/{dataset_id}/records", "/{dataset_id}/facets")
_OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE", "TRACE"]
Endpoint = Callable[[Request], Response | Awaitable[Response]]


@dataclass(frozen=True)
class Operation:
    """An address of the API below its base, what answers there, and what OpenAPI says of it."""

    path: str
    endpoint: Endpoint
    documentation: doc.Doc


def router(store: Store, *, public_url: str = "") -> APIRouter:
    """The API of a store. public_url: scheme and host under which readers reach it; by default those they ask for."""
    routes = APIRouter(route_class=ApiRoute, tags=["explore"])
    service = Service(store, public_url)
    explore = _Explore(service)
    for operation in explore.operations():
        _serve(routes, f"{BASE}/{operation.path}", operation)
    # The vendor's client writes names of formats with hyphens.
    for name in (name for name in CATALOGUE_MEDIA_TYPES if "_" in name):
        address, export = f"{BASE}/catalog/exports/{name.replace('_', '-')}", explore.exporting_catalogue(name)
        for path in (address, f"{address}/"):
            routes.add_api_route(path, export, methods=["GET", "HEAD"], include_in_schema=False)
    routes.include_router(older_router(service))
    for path in ("/api", "/api/{rest:path}"):
        routes.add_api_route(path, _nothing, methods=["GET", "HEAD"], include_in_schema=False)
        routes.add_api_route(path, preflight, methods=["OPTIONS"], include_in_schema=False)
        routes.add_api_route(path, _no_method, methods=_OTHER_METHODS, include_in_schema=False)
    return routes


def asked_most(routes: APIRouter) -> list[ApiRoute]:
    """The questions of the API that are asked most, once more, for an application to try before all its other routes.

    It would get to them last: it goes through the routes of each router that it includes, and three times over.
    """
    return [
        ApiRoute(one.path, one.endpoint, methods=["GET"], include_in_schema=False, response_class=Response)
        for one in routes.routes
        if isinstance(one, ApiRoute) and "GET" in (one.methods or ()) and one.path.endswith(_ASKED_MOST)
    ]


def _serve(routes: APIRouter, path: str, operation: Operation) -> None:
    answer = operation.endpoint
    routes.add_api_route(path, answer, methods=["GET"], openapi_extra=operation.documentation, response_class=Response)
    routes.add_api_route(f"{path}/", answer, methods=["GET", "HEAD"], include_in_schema=False)
    routes.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False)


def _nothing(request: Request) -> Response:
    return not_found(request.url.path)


def _no_method(request: Request) -> Response:
    return not_allowed(request.method)


class _Explore:
    """The Explore API v2.1."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def operations(self) -> list[Operation]:
        """Every operation."""
        one = "catalog/datasets/{dataset_id}"
        found = [
            Operation(
                "catalog/datasets",
                self.datasets,
                doc.operation(N_("Datasets of the catalogue."), doc.RESULTS, parameters=doc.DATASETS),
            ),
            Operation(
                "catalog/facets",
                self.catalogue_facets,
                doc.operation(
                    N_("Values of the catalogue's facets, with how many datasets hold each."),
                    doc.FACETS,
                    parameters=doc.COUNTED,
                ),
            ),
            Operation(
                "catalog/exports",
                self.catalogue_formats,
                doc.operation(N_("The formats in which the catalogue can be downloaded."), doc.LINKS),
            ),
            Operation(
                one,
                self.dataset,
                doc.operation(
                    N_("One dataset: its metadata and its fields."), doc.DATASET, dataset=True, parameters=doc.ONE
                ),
            ),
            Operation(
                f"{one}/records",
                self.records,
                doc.operation(
                    N_("Rows of a dataset, or groups of them."), doc.RESULTS, dataset=True, parameters=doc.RECORDS
                ),
            ),
            Operation(
                f"{one}/records/{{record_id}}",
                self.record,
                doc.operation(
                    N_("One row of a dataset."), doc.RECORD, dataset=True, record=True, parameters=doc.ONE_RECORD
                ),
            ),
            Operation(
                f"{one}/facets",
                self.facets,
                doc.operation(
                    N_("Values of facets, with how many rows hold each."),
                    doc.FACETS,
                    dataset=True,
                    parameters=doc.COUNTED,
                ),
            ),
            Operation(
                f"{one}/attachments",
                self.attachments,
                doc.operation(N_("The files beside a dataset: none has any."), doc.ATTACHMENTS, dataset=True),
            ),
            Operation(
                f"{one}/exports",
                self.exports,
                doc.operation(N_("The formats in which a dataset can be downloaded."), doc.LINKS, dataset=True),
            ),
        ]
        for fmt in FORMATS:
            answer = {"json": doc.ROWS, "geojson": doc.FEATURES, "jsonld": doc.ANYTHING}.get(fmt, doc.FILE)
            parameters = (*doc.EXPORT, *doc.EXPORT_OPTIONS[fmt])
            media_type = MEDIA_TYPES[fmt].partition(";")[0]
            description = f"Rows as {fmt.upper()}."
            documentation = doc.operation(
                description, answer, media_type, dataset=True, parameters=parameters, gzip=True
            )
            found.append(Operation(f"{one}/exports/{fmt}", self._exporting(fmt), documentation))
        for name, media_type in CATALOGUE_MEDIA_TYPES.items():
            answer = {"json": doc.ROWS, "data.json": doc.RECORD, "jsonld": doc.ANYTHING}.get(name, doc.FILE)
            of_rows = doc.CATALOGUE_ROWS if name in OF_ROWS else ()
            parameters = (*of_rows, *doc.CATALOGUE_EXPORT, *doc.CATALOGUE_OPTIONS.get(name, ()))
            media_type = media_type.partition(";")[0]
            documentation = doc.operation(f"The catalogue as {name}.", answer, media_type, parameters=parameters)
            found.append(Operation(f"catalog/exports/{name}", self.exporting_catalogue(name), documentation))
        return found

    def catalogue_formats(self, request: Request) -> Response:
        """The formats in which the catalogue can be downloaded."""

        def answer(asked: Asked) -> Prepared:
            return lambda: Reply({"links": links.formats(f"{asked.catalogue}/exports", CATALOGUE_MEDIA_TYPES)})

        return self._answer(request, answer)

    def datasets(self, request: Request) -> Response:
        """Datasets of the catalogue."""
        return self._answer(request, lambda asked: catalogue.datasets(asked))

    def catalogue_facets(self, request: Request) -> Response:
        """Values of the catalogue's facets, with how many datasets hold each."""
        return self._answer(request, lambda asked: catalogue.catalogue_facets(asked))

    def dataset(self, request: Request) -> Response:
        """One dataset: its metadata and its fields."""
        return self._about(request, lambda asked, name: catalogue.dataset(asked, name))

    def records(self, request: Request) -> Response:
        """Rows of a dataset, or groups of them."""
        return self._about(request, lambda asked, name: questions.records(asked, name))

    def record(self, request: Request) -> Response:
        """One row of a dataset."""
        record_id = str(request.path_params["record_id"])
        return self._about(request, lambda asked, name: questions.record(asked, name, record_id))

    def facets(self, request: Request) -> Response:
        """Values of facets, with how many rows hold each."""
        return self._about(request, lambda asked, name: facets.facets(asked, name))

    def attachments(self, request: Request) -> Response:
        """The files beside a dataset: none has any."""
        return self._about(request, lambda asked, _: lambda: Reply({"links": _self(asked), "attachments": []}))

    def exports(self, request: Request) -> Response:
        """The formats in which a dataset can be downloaded."""

        def answer(asked: Asked, name: str) -> Prepared:
            address = f"{asked.dataset(name)}/exports"
            return lambda: Reply({"links": links.formats(address, FORMATS)})

        return self._about(request, answer)

    def _exporting(self, fmt: Format) -> Endpoint:
        def prepare(request: Request) -> Response | Download:
            asked, name = self._service.asked(request, BASE), _dataset_id(request)
            query, form = read_query(asked.query), read_form(asked.query, fmt)
            described = asked.dataset(name)
            if is_signed_file(query, form, fmt, compression_said=says_compression(asked.query)):
                compiled_export(asked.served, name, query, fmt)  # what would be refused of another file is refused here
                return self._service.signed_file(request, asked, name, described)
            return self._service.download(request, asked, name, fmt, query, form, described)

        async def export(request: Request) -> Response:
            return await self._service.send(request, lambda: prepare(request))

        export.__name__ = f"export_{fmt}"
        export.__doc__ = f"Rows as {fmt.upper()}."
        return export

    def exporting_catalogue(self, fmt: CatalogueFormat) -> Callable[[Request], Response]:
        """The endpoint of a format of the catalogue."""

        def export(request: Request) -> Response:
            asked = self._service.asked(request, BASE)
            return self._service.catalogue_file(request, asked, fmt)

        export.__name__ = f"catalogue_{fmt.replace('.', '_')}"
        export.__doc__ = f"The catalogue as {fmt}."
        return export

    def _answer(self, request: Request, prepare: Callable[[Asked], Prepared]) -> Response:
        asked = self._service.asked(request, BASE)
        return self._service.answer(request, asked, None, lambda: prepare(asked))

    def _about(self, request: Request, prepare: Callable[[Asked, str], Prepared]) -> Response:
        asked, name = self._service.asked(request, BASE), _dataset_id(request)
        asked.served.entry(name)
        return self._service.answer(request, asked, name, lambda: prepare(asked, name))


def _self(asked: Asked) -> list[dict[str, object]]:
    return [links.link(f"{asked.origin}{asked.path}", "self")]


def _dataset_id(request: Request) -> str:
    return str(request.path_params["dataset_id"])
