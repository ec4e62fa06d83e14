"""The page on which a reader builds a chart of a dataset."""

from fastapi import APIRouter, Request, Response

from seuil.catalogue.entry import Entry
from seuil.portal.pages.chart import BY, SHAPE, SPLIT, Chart, points_of, read_chart
from seuil.portal.pages.image_address import CHART, chart_embed_address, chart_image_address
from seuil.portal.pages.links import seen_as
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.routes import DATASET, entry_of
from seuil.portal.pages.site import Site


def chart_router(site: Site) -> APIRouter:
    """The page in every language."""
    router = APIRouter(include_in_schema=False)
    for locale in locales().values():
        router.add_api_route(locale.path(f"{DATASET}/graphique"), _Chart(site, locale).page, methods=["GET", "HEAD"])
    return router


class _Chart:
    def __init__(self, site: Site, locale: Locale) -> None:
        self.site, self.locale = site, locale

    def page(self, dataset_id: str, request: Request) -> Response:
        """The form, the pictures, and the table of their figures."""
        source = self.site.current()
        entry = entry_of(source, dataset_id)
        chart = read_chart(source, entry, request.query_params, self.locale)
        return self.site.page(
            "chart.html",
            request,
            self.locale,
            source,
            entry=entry,
            chart=chart,
            columns=[(panel.name or chart.by.text, points_of(panel)) for panel in chart.panels],
            names={"by": BY, "split": SPLIT, "shape": SHAPE},
            image=self._image(entry, chart, request),
            seen={fmt: seen_as(chart.view, fmt, self.locale.language) for fmt in ("csv", "xlsx")},
            fictitious=entry.fictitious,
        )

    def _image(self, entry: Entry, chart: Chart, request: Request) -> dict[str, str | int]:
        """Addresses of the chart as a file and for a frame, and how high a frame has room for it."""
        rows = max((len(panel.picture.points) for panel in chart.panels), default=0)
        high = {"carte": 760, "courbe": 260, "barres": 24 * rows}[chart.shape]
        query = chart.query()
        return {
            "name": CHART,
            "svg": chart_image_address(entry, query, "svg", self.locale),
            "png": chart_image_address(entry, query, "png", self.locale),
            "embed": self.site.origin(request) + chart_embed_address(entry, query, self.locale),
            "height": 200 + len(chart.panels) * (high + 80),
        }
