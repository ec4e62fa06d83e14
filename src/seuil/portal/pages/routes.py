"""The addresses of the pages. French ones have no prefix; English ones are the same under `/en`."""

import json
from datetime import UTC, date, datetime

from fastapi import APIRouter, HTTPException, Request, Response

from seuil.catalogue.certificate import Certificate, write_certificate
from seuil.catalogue.entry import Entry
from seuil.portal.pages import assets
from seuil.portal.pages.documents import policy_dates, policy_document, read_document
from seuil.portal.pages.links import api_call, downloads
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.pictures import Kind, kinds_of, read_picture, specification
from seuil.portal.pages.search import LONGEST, find
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.table import first_view, read_table
from seuil.portal.pages.view import OVER, PAGE, View, levels_of, read_view, read_width, spread_levels

DATASET = "/jeux/{dataset_id}"
POLICY = "/protection-des-donnees"
CERTIFICATE_PAGE = "/certificat"
_READ = ["GET", "HEAD"]
_CHARTS: dict[str, Kind] = {"ages": "ages", "periodes": "periods"}


def pages_router(site: Site) -> APIRouter:
    """Every page in every language, and the assets."""
    router = APIRouter(include_in_schema=False)
    router.include_router(assets.router)
    for locale in locales().values():
        pages = Pages(site, locale)
        for path, answer in (
            ("/", pages.home),
            (DATASET, pages.dataset),
            (f"{DATASET}/carte.json", pages.map_specification),
            (f"{DATASET}/graphique.json", pages.chart_specification),
            (POLICY, pages.policy),
            (POLICY + "/{day}", pages.policy_version),
            ("/vos-droits", pages.rights),
            ("/secret", pages.secrecy),
            (CERTIFICATE_PAGE, pages.certificate),
            (f"{CERTIFICATE_PAGE}.json", pages.certificate_file),
            ("/mentions-legales", pages.legal_notice),
        ):
            router.add_api_route(locale.path(path), answer, methods=_READ)
    return router


class Pages:
    """The pages in one language. They are plain functions, run in threads: the store blocks while it reads."""

    def __init__(self, site: Site, locale: Locale) -> None:
        self.site = site
        self.locale = locale

    def home(self, request: Request) -> Response:
        """The list of datasets, all or those that a search finds."""
        asked = request.query_params.get("q", "")[:LONGEST].strip()
        source = self.site.current()
        found = find(source.catalogue, asked)
        fictitious = any(entry.fictitious for entry in source.catalogue.entries)
        return self.site.page(
            "home.html", request, self.locale, source, asked=asked, found=found, fictitious=fictitious
        )

    def dataset(self, dataset_id: str, request: Request) -> Response:
        """A dataset: pictures, table, downloads, API call, description."""
        source, settings = self.site.current(), self.site.settings
        entry = entry_of(source, dataset_id)
        view = read_view(entry, request.query_params)
        table = read_table(source, view, self.locale, settings.page_rows)
        if not table.total and not request.query_params:
            view = first_view(source, view)
            table = read_table(source, view, self.locale, settings.page_rows)
        pictures = [read_picture(source, view, kind, self.locale) for kind in kinds_of(entry)]
        return self.site.page(
            "dataset.html",
            request,
            self.locale,
            source,
            entry=entry,
            view=view,
            table=table,
            pictures=[(picture, self._address(view, picture.kind)) for picture in pictures],
            downloads=downloads(source, entry.id),
            api=self.site.origin(request) + api_call(view, table.page, settings.page_rows),
            levels_of=levels_of,
            spread_levels=spread_levels,
            page_parameter=PAGE,
            fictitious=entry.fictitious,
        )

    def map_specification(self, dataset_id: str, request: Request) -> Response:
        """The map of a dataset in Vega-Lite."""
        return self._specification(dataset_id, "map", request)

    def chart_specification(self, dataset_id: str, request: Request) -> Response:
        """A chart of a dataset in Vega-Lite, over ages or over periods."""
        kind = _CHARTS.get(request.query_params.get(OVER, ""))
        if kind is None:
            raise HTTPException(404)
        return self._specification(dataset_id, kind, request)

    def policy(self, request: Request) -> Response:
        """The data-protection policy that holds today."""
        return self._policy(policy_dates()[0], request)

    def policy_version(self, day: str, request: Request) -> Response:
        """The data-protection policy as it stood from a day on."""
        known = {found.isoformat(): found for found in policy_dates()}
        if day not in known:
            raise HTTPException(404)
        return self._policy(known[day], request)

    def rights(self, request: Request) -> Response:
        """How people exercise their rights."""
        return self._document("rights", request)

    def secrecy(self, request: Request) -> Response:
        """How secrecy is kept."""
        return self._document("secrecy", request)

    def certificate(self, request: Request) -> Response:
        """The certificate of the release: what is promised, hidden and proved of each dataset and year."""
        source = self.site.current()
        return self.site.page(
            "certificate.html",
            request,
            self.locale,
            source,
            certificate=_certificate_of(source),
            entries={entry.id: entry for entry in source.catalogue.entries},
            signers=source.release.signers,
            needed=source.release.signatures_needed,
            fictitious=False,
        )

    def certificate_file(self) -> Response:
        """The certificate as a file: the bytes of `certificate.json`."""
        content = write_certificate(_certificate_of(self.site.current()))
        return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})

    def legal_notice(self, request: Request) -> Response:
        """The legal notice."""
        return self._document("legal", request)

    def _specification(self, dataset_id: str, kind: Kind, request: Request) -> Response:
        source = self.site.current()
        entry = entry_of(source, dataset_id)
        if kind not in kinds_of(entry):
            raise HTTPException(404)
        view = read_view(entry, request.query_params)
        picture = read_picture(source, view, kind, self.locale)
        outlines = assets.address("geo/departements.topojson")
        spec = specification(picture, view, self.locale, outlines, read_width(request.query_params))
        content = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
        return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})

    def _address(self, view: View, kind: Kind) -> str:
        base = self.locale.path(f"/jeux/{view.entry.id}")
        if kind == "map":
            return f"{base}/carte.json?{view.query()}"
        return f"{base}/graphique.json?{view.query(**{OVER: next(n for n, k in _CHARTS.items() if k == kind)})}"

    def _policy(self, day: date, request: Request) -> Response:
        document, source = policy_document(day, self.locale, self.site.settings), self.site.current()
        certificate = source.certificate
        return self.site.page(
            "policy.html",
            request,
            self.locale,
            source,
            document=document,
            day=day,
            current=day == policy_dates()[0],
            versions=policy_dates(),
            rules=None if certificate is None or day != policy_dates()[0] else certificate.policy,
            late=certificate is not None and _too_old(policy_dates()[0], certificate.policy.privacy_text_days),
            fictitious=False,
        )

    def _document(self, name: str, request: Request) -> Response:
        document = read_document(name, self.locale, self.site.settings)
        current = self.site.current()
        return self.site.page("document.html", request, self.locale, current, document=document, fictitious=False)


def _certificate_of(source: DataSource) -> Certificate:
    """Raises HTTPException with status 404 where the release has none."""
    if source.certificate is None:
        raise HTTPException(404)
    return source.certificate


def _too_old(text: date, days: int) -> bool:
    return (datetime.now(UTC).date() - text).days > days


def entry_of(source: DataSource, dataset_id: str) -> Entry:
    """The dataset of that name. Raises HTTPException with status 404 where there is none."""
    for entry in source.catalogue.entries:
        if entry.id == dataset_id:
            return entry
    raise HTTPException(404)
