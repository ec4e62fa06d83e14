"""The addresses that harvesters look for, and the metadata of each dataset."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import orjson
from fastapi import APIRouter, HTTPException, Request, Response

from seuil.portal.feeds.atom import atom, releases
from seuil.portal.feeds.sitemap import sitemap
from seuil.portal.feeds.texts import llms, robots, security
from seuil.portal.metadata.croissant import croissant
from seuil.portal.metadata.datapackage import datapackage
from seuil.portal.metadata.dataset import Described
from seuil.portal.metadata.schema_org import Json, schema_org
from seuil.portal.settings import Settings
from seuil.portal.store import Store
from seuil.portal.store.errors import UnknownDatasetError

_READ = ["GET", "HEAD"]
_PLAIN = "text/plain; charset=utf-8"
_HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
METADATA: dict[str, tuple[Callable[[Described], Json], str]] = {
    "schema.jsonld": (schema_org, "application/ld+json; charset=utf-8"),
    "croissant.json": (croissant, "application/ld+json; charset=utf-8"),
    "datapackage.json": (datapackage, "application/json; charset=utf-8"),
}
"""What is told below a dataset's page, how it is made, and its type."""


def feeds_router(store: Store, settings: Settings, archive: Callable[[], Mapping[str, bytes]]) -> APIRouter:
    """All of them. archive: the metadata files of the archive by path."""
    router = APIRouter(include_in_schema=False)
    feeds = _Feeds(store, settings, archive)
    for path, answer in (
        ("/robots.txt", feeds.robots),
        ("/sitemap.xml", feeds.sitemap),
        ("/llms.txt", feeds.llms),
        ("/publications.atom", feeds.atom),
        ("/.well-known/security.txt", feeds.security),
    ):
        router.add_api_route(path, answer, methods=_READ)
    for name in METADATA:
        router.add_api_route(f"/jeux/{{dataset_id}}/{name}", feeds.about(name), methods=_READ)
    return router


class _Feeds:
    def __init__(self, store: Store, settings: Settings, archive: Callable[[], Mapping[str, bytes]]) -> None:
        self._store = store
        self._settings = settings
        self._archive = archive

    def robots(self, request: Request) -> Response:
        return _answer(robots(self._origin(request)), _PLAIN)

    def sitemap(self, request: Request) -> Response:
        served = self._store.served()
        certified = served.certificate is not None
        day = served.release.published.date()
        return _answer(sitemap(served.catalogue, self._origin(request), day, certified=certified), "application/xml")

    def llms(self, request: Request) -> Response:
        return _answer(llms(self._store.served().catalogue, self._origin(request), self._settings), _PLAIN)

    def security(self, request: Request) -> Response:
        return _answer(security(self._origin(request), self._settings, datetime.now(UTC)), _PLAIN)

    def atom(self, request: Request) -> Response:
        found, settings = releases(self._archive()), self._settings
        title = f"Publications – {settings.site_name.fr}"
        return _answer(atom(found, self._origin(request), title, settings.controller.fr), "application/atom+xml")

    def about(self, name: str) -> Callable[[str, Request], Response]:
        make, kind = METADATA[name]

        def answer(dataset_id: str, request: Request) -> Response:
            try:
                served = self._store.served()
                entry = served.entry(dataset_id)
            except UnknownDatasetError:
                raise HTTPException(404) from None
            described = Described(
                entry, self._origin(request), served.number, served.release.published, served.sha256(dataset_id)
            )
            return _answer(orjson.dumps(make(described)), kind)

        return answer

    def _origin(self, request: Request) -> str:
        return self._settings.public_url or str(request.base_url).rstrip("/")


def _answer(content: str | bytes, kind: str) -> Response:
    return Response(content, media_type=kind, headers=_HEADERS)
