"""The addresses of the API, each with and without a slash at its end."""

from collections.abc import Callable
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.background import BackgroundTask

from seuil.catalogue.entry import Entry
from seuil.odsql import Compiled
from seuil.portal.api import documentation as doc
from seuil.portal.api import questions
from seuil.portal.api.answers import (
    ApiRoute,
    caching,
    entity_tag,
    json_answer,
    matches,
    not_found,
    preflight,
)
from seuil.portal.api.description import Json
from seuil.portal.api.parameters import (
    read_compression,
    read_csv_form,
    read_language,
    read_query,
    read_truth,
)
from seuil.portal.exports.export import (
    FORMATS,
    MEDIA_TYPES,
    Format,
    Pieces,
    compiled_export,
    csv_export,
    is_whole,
    json_export,
    parquet_export,
    sent,
)
from seuil.portal.exports.notice import notice_headers
from seuil.portal.store import Store
from seuil.portal.store.served import ServedRelease

BASE = "/api/explore/v2.1"
_DATASETS = f"{BASE}/catalog/datasets"
_DATASET = f"{_DATASETS}/{{dataset_id}}"
_JSON = "application/json"
_Export = Callable[[ServedRelease, Entry, Compiled], Pieces]


def router(store: Store, *, public_url: str = "") -> APIRouter:
    """The API of a store. public_url: scheme and host under which readers reach it; by default those they ask for."""
    routes = APIRouter(route_class=ApiRoute, tags=["explore"])
    api = _Api(store, public_url)
    for path, endpoint, operation in api.operations():
        _serve(routes, path, endpoint, operation)
    for path in (BASE, f"{BASE}/{{rest:path}}"):
        routes.add_api_route(path, api.nothing, methods=["GET", "HEAD"], include_in_schema=False)
        routes.add_api_route(path, preflight, methods=["OPTIONS"], include_in_schema=False)
    return routes


def _serve(routes: APIRouter, path: str, endpoint: Callable[[Request], Response], operation: doc.Doc) -> None:
    routes.add_api_route(path, endpoint, methods=["GET"], openapi_extra=operation, response_class=Response)
    routes.add_api_route(f"{path}/", endpoint, methods=["GET", "HEAD"], include_in_schema=False)
    routes.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)


class _Api:
    """The endpoints. They are plain functions, run in threads: the store blocks while it reads."""

    def __init__(self, store: Store, public_url: str) -> None:
        self._store = store
        self._public_url = public_url

    def operations(self) -> list[tuple[str, Callable[[Request], Response], doc.Doc]]:
        """Path, endpoint and documentation of each operation."""
        found: list[tuple[str, Callable[[Request], Response], doc.Doc]] = [
            (_DATASETS, self.datasets, doc.operation(doc.RESULTS, _JSON, dataset=False, parameters=doc.RECORDS)),
            (
                _DATASET,
                self.dataset,
                doc.operation(doc.DATASET, _JSON, dataset=True, parameters=(doc.SELECT, doc.LANG)),
            ),
            (
                f"{_DATASET}/records",
                self.records,
                doc.operation(doc.RESULTS, _JSON, dataset=True, parameters=doc.RECORDS),
            ),
            (
                f"{_DATASET}/facets",
                self.facets,
                doc.operation(doc.FACETS, _JSON, dataset=True, parameters=(doc.FACET, *doc.FILTERS)),
            ),
            (f"{_DATASET}/exports", self.exports, doc.operation(doc.LINKS, _JSON, dataset=True)),
        ]
        endpoints = {"csv": self.csv, "json": self.json, "parquet": self.parquet}
        for fmt in FORMATS:
            answer = doc.ROWS if fmt == "json" else doc.FILE
            media_type = MEDIA_TYPES[fmt].partition(";")[0]
            parameters = (*doc.EXPORT, *doc.EXPORT_OPTIONS[fmt])
            operation = doc.operation(answer, media_type, dataset=True, parameters=parameters)
            found.append((f"{_DATASET}/exports/{fmt}", endpoints[fmt], operation))
        return found

    def datasets(self, request: Request) -> Response:
        """Datasets of the catalogue."""
        return self._answer(request, None, lambda served: questions.datasets(served, request.query_params))

    def dataset(self, request: Request) -> Response:
        """One dataset: its metadata and its fields."""
        name = _dataset_id(request)
        return self._answer(request, name, lambda served: questions.dataset(served, name, request.query_params))

    def records(self, request: Request) -> Response:
        """Rows of a dataset, or groups of them."""
        name = _dataset_id(request)
        return self._answer(request, name, lambda served: questions.records(served, name, request.query_params))

    def facets(self, request: Request) -> Response:
        """Values of facets, with how many rows hold each."""
        name = _dataset_id(request)
        return self._answer(request, name, lambda served: questions.facets(served, name, request.query_params))

    def exports(self, request: Request) -> Response:
        """The formats in which a dataset can be downloaded."""
        base = f"{self._described(request)}/exports"
        links = [{"href": f"{base}/{fmt}", "rel": fmt} for fmt in FORMATS]
        return self._answer(request, _dataset_id(request), lambda _: {"links": links})

    def csv(self, request: Request) -> Response:
        """Rows as CSV. A hidden value reads NS, a missing one ND."""
        query = request.query_params
        form = read_csv_form(query)
        labels = read_language(query) if read_truth(query, "use_labels", False) else None
        return self._download(
            request, "csv", lambda served, entry, compiled: csv_export(served, entry, compiled, form, labels)
        )

    def json(self, request: Request) -> Response:
        """Rows as a JSON array. A hidden value is null, and its status says NS."""
        return self._download(request, "json", json_export)

    def parquet(self, request: Request) -> Response:
        """Rows as Parquet; all of a dataset is the very file that was signed."""
        compression = read_compression(request.query_params)
        if compression is None and is_whole(read_query(request.query_params)):
            return self._signed_file(request)
        return self._download(
            request,
            "parquet",
            lambda served, entry, compiled: parquet_export(served, entry, compiled, compression or "zstd"),
        )

    def nothing(self, request: Request) -> Response:
        """Whatever else lies below the API's address."""
        return not_found(request.url.path)

    def _answer(self, request: Request, dataset_id: str | None, ask: Callable[[ServedRelease], Json]) -> Response:
        served = self._store.served()
        tag = entity_tag(served, dataset_id, self._origin(request))
        if matches(request, tag):
            return Response(status_code=304, headers=caching(tag))
        return json_answer(ask(served), headers=caching(tag))

    def _download(self, request: Request, fmt: Format, export: _Export) -> Response:
        served, name = self._store.served(), _dataset_id(request)
        compiled = compiled_export(served, name, read_query(request.query_params))
        headers = self._download_headers(request, served, name, fmt)
        if matches(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            response = Response(headers=headers, media_type=MEDIA_TYPES[fmt])
            del response.headers["content-length"]
            return response
        pieces = export(served, served.entry(name), compiled)
        # The first piece before the headers: what goes wrong until then can still be told.
        return StreamingResponse(sent(next(pieces), pieces), headers=headers, media_type=MEDIA_TYPES[fmt])

    def _signed_file(self, request: Request) -> Response:
        served, name = self._store.served(), _dataset_id(request)
        headers = self._download_headers(request, served, name, "parquet")
        if matches(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        # The file is opened after this returns: until it is sent, the copy that it lies in has to stay
        keep = BackgroundTask(served.entry, name)
        return FileResponse(served.file(name), headers=headers, media_type=MEDIA_TYPES["parquet"], background=keep)

    def _download_headers(self, request: Request, served: ServedRelease, name: str, fmt: Format) -> dict[str, str]:
        tag = entity_tag(served, name, self._origin(request))
        notice = notice_headers(served.entry(name), served.number, self._origin(request), self._described(request))
        return {**caching(tag), **notice, "Content-Disposition": f'attachment; filename="{name}.{fmt}"'}

    def _origin(self, request: Request) -> str:
        return self._public_url or str(request.base_url).rstrip("/")

    def _described(self, request: Request) -> str:
        return f"{self._origin(request)}{_DATASETS}/{quote(_dataset_id(request), safe='')}"


def _dataset_id(request: Request) -> str:
    return str(request.path_params["dataset_id"])
