"""The page of one figure, and how to cite it as files."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request, Response

from seuil.catalogue.entry import Entry
from seuil.portal.charts.points import Status
from seuil.portal.pages.citation import Citation
from seuil.portal.pages.figure import Asked, FigureShown, read_asked, read_figure
from seuil.portal.pages.figure_address import FIGURE, RELEASE, asked_release, figure_address
from seuil.portal.pages.links import api_call
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.routes import entry_of
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.witness import shown

_READ = ["GET", "HEAD"]
_CITED = {"bib": "application/x-bibtex; charset=utf-8", "ris": "application/x-research-info-systems; charset=utf-8"}


def figure_router(site: Site) -> APIRouter:
    """The pages of figures in every language."""
    router = APIRouter(include_in_schema=False)
    for locale in locales().values():
        pages = FigurePages(site, locale)
        router.add_api_route(locale.path(FIGURE), pages.figure, methods=_READ)
        router.add_api_route(locale.path(FIGURE) + ".{fmt}", pages.cited, methods=_READ)
    return router


class FigurePages:
    """The pages of figures in one language."""

    def __init__(self, site: Site, locale: Locale) -> None:
        self.site = site
        self.locale = locale

    def figure(self, dataset_id: str, request: Request) -> Response:
        """A figure: what it counts, why it is hidden, its versions, how to cite it."""
        source = self.site.current()
        found = self._read(source, entry_of(source, dataset_id), request.query_params)
        entry, asked = found.asked.entry, found.asked
        why = source.why(entry.id, asked.period, asked.codes, asked.measure.name) if found.hidden else ()
        named = asked_release(entry, request.query_params)
        living = figure_address(entry, found.row, asked.measure, self.locale)
        fixed = figure_address(entry, found.row, asked.measure, self.locale, **{RELEASE: source.release.number})
        origin = self.site.origin(request)
        return self.site.page(
            "figure.html",
            request,
            self.locale,
            source,
            entry=entry,
            found=found,
            about=_about(asked, self.locale),
            why=[(one.basis.shown_as, shown(entry, one, self.locale)) for one in why],
            named=named if named != str(source.release.number) else "",
            living=living,
            fixed=fixed,
            origin=origin,
            view=f"{self.locale.path(f'/jeux/{entry.id}')}?{asked.view.query()}",
            citation=self._citation(source, found, origin + fixed),
            cited={fmt: fixed.replace("?", f".{fmt}?", 1) for fmt in _CITED},
            api=origin + api_call(asked.view, 1, 1),
            fictitious=entry.fictitious,
        )

    def cited(self, dataset_id: str, fmt: str, request: Request) -> Response:
        """How to cite a figure, as a file for bibliographies."""
        if fmt not in _CITED:
            raise HTTPException(404)
        source = self.site.current()
        entry = entry_of(source, dataset_id)
        found = self._read(source, entry, request.query_params)
        measure = found.asked.measure
        fixed = figure_address(entry, found.row, measure, self.locale, **{RELEASE: source.release.number})
        citation = self._citation(source, found, self.site.origin(request) + fixed)
        return Response(
            citation.bibtex if fmt == "bib" else citation.ris,
            media_type=_CITED[fmt],
            headers={"Cache-Control": "no-cache", "Content-Disposition": f'attachment; filename="{entry.id}.{fmt}"'},
        )

    def _read(self, source: DataSource, entry: Entry, parameters: Mapping[str, str]) -> FigureShown:
        asked = read_asked(entry, parameters)
        found = None if asked is None else read_figure(source, asked, self.locale)
        if found is None:
            raise HTTPException(404)
        return found

    def _citation(self, source: DataSource, found: FigureShown, address: str) -> Citation:
        locale, asked = self.locale, found.asked
        entry, release = asked.entry, source.release
        unit = locale.text(asked.measure.unit_label)
        what = [locale.text(asked.measure.label), *_about(asked, locale), str(asked.period)]
        return Citation(
            key=f"{entry.id}-{asked.measure.name}-{asked.period}-{'-'.join(asked.codes.values())}",
            publisher=locale.text(entry.publisher) or locale.text(self.site.settings.controller),
            title=f"{', '.join(what)} ({locale.text(entry.title)})",
            value=f"{found.cell.text} {unit}".strip() if found.cell.status is Status.SHOWN else found.cell.text,
            release=locale.gettext(
                "release no. %(number)s of %(day)s", number=release.number, day=locale.date(release.published)
            ),
            site=locale.text(self.site.settings.site_name),
            day=release.published,
            address=address,
            language=locale.language,
        )


def _about(asked: Asked, locale: Locale) -> list[str]:
    """The nodes of a figure: totals are left out, unless all are."""
    every = [locale.text(node.label) for _, node in asked.nodes]
    parts = [locale.text(node.label) for dimension, node in asked.nodes if node.code != dimension.total]
    return parts or every
