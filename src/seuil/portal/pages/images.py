"""Pictures to take away: SVG and PNG with title, source and release, and a page for the frames of other sites."""

import threading

from fastapi import APIRouter, HTTPException, Request, Response

from seuil.portal.drawings.standalone import Frame, standalone
from seuil.portal.drawings.style import policy
from seuil.portal.pages.drawn import drawn
from seuil.portal.pages.figure_address import RELEASE
from seuil.portal.pages.image_address import NAMES
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.pictures import Kind, Picture, kinds_for, read_picture
from seuil.portal.pages.routes import DATASET, entry_of
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.view import View, read_view
from seuil.portal.security import embedded

_TYPES: dict[str, str] = {"svg": "image/svg+xml", "png": "image/png"}
_SHARPNESS = 2.0
"""Pixels of a PNG for each of the SVG."""


def images_router(site: Site) -> APIRouter:
    """The pictures in every language."""
    router = APIRouter(include_in_schema=False)
    for locale in locales().values():
        pages = _Images(site, locale)
        base = locale.path(DATASET)
        router.add_api_route(f"{base}/images/{{name}}.{{fmt}}", pages.image, methods=["GET", "HEAD"])
        router.add_api_route(f"{base}/integrer/{{name}}", pages.embedded, methods=["GET", "HEAD"])
    return router


class _Images:
    def __init__(self, site: Site, locale: Locale) -> None:
        self.site, self.locale = site, locale
        self._drawing = threading.Lock()

    def image(self, dataset_id: str, name: str, fmt: str, request: Request) -> Response:
        """A picture as a file. One PNG is made at a time: it takes a processor for a tenth of a second."""
        source, view, kind = self._asked(dataset_id, name, request)
        if fmt not in _TYPES:
            raise HTTPException(404)
        picture = read_picture(source, view, kind, self.locale)
        content = self._file(source, view, picture, self.site.origin(request), fmt).encode()
        if fmt == "png":
            with self._drawing:
                content = _png(content.decode())
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy()}
        return Response(content, media_type=_TYPES[fmt], headers=headers)

    def embedded(self, dataset_id: str, name: str, request: Request) -> Response:
        """A picture as a page, for frames of the sites that the settings allow."""
        source, view, kind = self._asked(dataset_id, name, request)
        picture = read_picture(source, view, kind, self.locale)
        answer = self.site.page(
            "embed.html",
            request,
            self.locale,
            source,
            entry=view.entry,
            picture=picture,
            drawn=drawn(picture, view, self.locale),
            address=f"{self.site.origin(request)}{self.locale.path(f'/jeux/{view.entry.id}')}?{view.query()}",
            fictitious=view.entry.fictitious,
        )
        answer.headers.update(embedded(self.site.settings.embed_in))
        return answer

    def _asked(self, dataset_id: str, name: str, request: Request) -> tuple[DataSource, View, Kind]:
        source = self.site.current()
        view = read_view(entry_of(source, dataset_id), request.query_params)
        kind = next((kind for kind in kinds_for(view) if NAMES[kind] == name), None)
        if kind is None:
            raise HTTPException(404)
        return source, view, kind

    def _file(self, source: DataSource, view: View, picture: Picture, origin: str, fmt: str) -> str:
        locale, entry, release = self.locale, view.entry, source.release
        told = drawn(picture, view, locale)
        publisher = locale.text(entry.publisher) or locale.text(self.site.settings.controller)
        published = locale.gettext(
            "release no. %(number)s of %(day)s", number=release.number, day=locale.date(release.published)
        )
        address = f"{origin}{locale.path(f'/jeux/{entry.id}')}?{view.query(**{RELEASE: release.number})}"
        notes = [f"{publisher}, {locale.text(entry.title)}, {published}. {entry.licence}".strip(), address]
        frame = Frame(picture.measure, f"{picture.title} · {picture.subtitle}", told.keys, notes)
        return standalone(told.markup, frame, locale.language, dark=fmt == "svg")


def _png(svg: str) -> bytes:
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg, scale=_SHARPNESS))
