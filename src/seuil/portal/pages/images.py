"""Pictures to take away: SVG and PNG with title, source and release, and a page for the frames of other sites."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response

from seuil.catalogue.entry import Entry
from seuil.portal.drawings.standalone import Drawing, Frame, standalone
from seuil.portal.drawings.style import policy
from seuil.portal.pages.chart import read_chart
from seuil.portal.pages.drawn import drawn
from seuil.portal.pages.figure_address import RELEASE
from seuil.portal.pages.image_address import CHART, NAMES
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.pictures import kinds_for, read_picture
from seuil.portal.pages.routes import DATASET, entry_of
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.view import read_view
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


@dataclass(frozen=True)
class _Asked:
    """What an address asks for: pictures and what they are of. path, query: of the page that they are on."""

    entry: Entry
    title: str
    subtitle: str
    drawings: tuple[Drawing, ...]
    path: str
    query: Callable[..., str]


class _Images:
    def __init__(self, site: Site, locale: Locale) -> None:
        self.site, self.locale = site, locale
        self._drawing = threading.Lock()

    def image(self, dataset_id: str, name: str, fmt: str, request: Request) -> Response:
        """A picture as a file. One PNG is made at a time: it takes a processor for a tenth of a second."""
        if fmt not in _TYPES:
            raise HTTPException(404)
        source = self.site.current()
        content = self._file(self._asked(source, dataset_id, name, request), source, request, fmt).encode()
        if fmt == "png":
            with self._drawing:
                content = _png(content.decode())
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy()}
        return Response(content, media_type=_TYPES[fmt], headers=headers)

    def embedded(self, dataset_id: str, name: str, request: Request) -> Response:
        """A picture as a page, for frames of the sites that the settings allow."""
        source = self.site.current()
        asked = self._asked(source, dataset_id, name, request)
        answer = self.site.page(
            "embed.html",
            request,
            self.locale,
            source,
            entry=asked.entry,
            asked=asked,
            address=f"{self.site.origin(request)}{asked.path}?{asked.query()}",
            fictitious=asked.entry.fictitious,
        )
        answer.headers.update(embedded(self.site.settings.embed_in))
        return answer

    def _asked(self, source: DataSource, dataset_id: str, name: str, request: Request) -> _Asked:
        """Raises HTTPException with status 404 where there is no such picture."""
        entry, page = entry_of(source, dataset_id), self.locale.path(f"/jeux/{dataset_id}")
        if name == CHART:
            chart = read_chart(source, entry, request.query_params, self.locale)
            panels = tuple(
                Drawing(panel.drawn.markup, panel.drawn.keys, panel.name, panel.drawn.notes) for panel in chart.panels
            )
            return _Asked(entry, chart.title, chart.subtitle, panels, f"{page}/{CHART}", chart.query)
        view = read_view(entry, request.query_params)
        kind = next((kind for kind in kinds_for(view) if NAMES[kind] == name), None)
        if kind is None:
            raise HTTPException(404)
        picture = read_picture(source, view, kind, self.locale)
        told = drawn(picture, view, self.locale)
        subtitle = f"{picture.title} · {picture.subtitle}"
        return _Asked(
            entry, picture.measure, subtitle, (Drawing(told.markup, told.keys, notes=told.notes),), page, view.query
        )

    def _file(self, asked: _Asked, source: DataSource, request: Request, fmt: str) -> str:
        locale, entry, release = self.locale, asked.entry, source.release
        publisher = locale.text(entry.publisher) or locale.text(self.site.settings.controller)
        published = locale.gettext(
            "release no. %(number)s of %(day)s", number=release.number, day=locale.date(release.published)
        )
        address = f"{self.site.origin(request)}{asked.path}?{asked.query(**{RELEASE: release.number})}"
        notes = [f"{publisher}, {locale.text(entry.title)}, {published}. {entry.licence}".strip(), address]
        return standalone(asked.drawings, Frame(asked.title, asked.subtitle, notes), locale.language, dark=fmt == "svg")


def _png(svg: str) -> bytes:
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg, scale=_SHARPNESS))
