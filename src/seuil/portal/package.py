"""What a page shows as a ZIP: its rows in CSV, a text that says what they are, and how to cite them."""

from collections.abc import Generator

from fastapi import APIRouter, Request, Response
from starlette.datastructures import QueryParams

from seuil.model.text import LANGUAGES
from seuil.portal.api.caching import caching, entity_tag, matches
from seuil.portal.api.parameters import read_form, read_query
from seuil.portal.api.service import Service, client_of, head
from seuil.portal.exports.export import compiled_export, export_pieces
from seuil.portal.exports.sending import Download, WholeFile
from seuil.portal.exports.zip_file import zip_chunks
from seuil.portal.pages.links import seen_as
from seuil.portal.pages.locale import locales
from seuil.portal.pages.readme import DATA, PACKAGE, readme
from seuil.portal.pages.routes import DATASET, entry_of
from seuil.portal.pages.site import language_of
from seuil.portal.pages.view import read_view
from seuil.portal.settings import Settings
from seuil.portal.store import Store

_TYPE = "application/zip"
_README = {"fr": "LISEZMOI.txt", "en": "README.txt"}


def package_router(store: Store, settings: Settings) -> APIRouter:
    """The address in every language."""
    router = APIRouter(include_in_schema=False)

    service = Service(store, settings.public_url)

    async def package(dataset_id: str, request: Request) -> Response:
        return await service.send(request, lambda: prepared(dataset_id, request))

    def prepared(dataset_id: str, request: Request) -> Response | Download:
        served = store.served()
        entry = entry_of(served, dataset_id)
        locale = locales()[language_of(request.url.path)]
        origin = service.origin(request)
        view = read_view(entry, request.query_params)
        tag = entity_tag(served, dataset_id, request, origin)
        headers = {**caching(tag, served), "Content-Disposition": f'attachment; filename="{dataset_id}.zip"'}
        if matches(request, tag):
            return Response(status_code=304, headers=headers)
        asked = QueryParams(seen_as(view, "csv", locale.language).partition("?")[2])
        compiled = compiled_export(served, dataset_id, read_query(asked), "csv")
        publisher = locale.text(settings.controller)
        texts = {_README[locale.language]: readme(served, view, locale, publisher=publisher, origin=origin)}

        def pieces() -> Generator[bytes, None, None]:
            return zip_chunks(texts, DATA, export_pieces(served, entry, compiled, "csv", read_form(asked, "csv")))

        kept = served.files.get(tag) if tag is not None else None
        reader = None if kept is None else kept.reader()
        if reader is not None:
            return WholeFile(reader, headers, _TYPE)
        if request.method == "HEAD":
            return head(headers, _TYPE)
        limits = served.limits
        made = served.make(tag, client_of(request), pieces)
        whole, seconds = limits.export_whole_mb << 20, limits.export_wait_seconds
        return Download(made, headers, _TYPE, whole, seconds, lambda: served.busy)

    for language in LANGUAGES:
        path = f"{locales()[language].path(DATASET)}/{PACKAGE}"
        router.add_api_route(path, package, methods=["GET", "HEAD"])
    return router
