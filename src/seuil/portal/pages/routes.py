"""The addresses of the pages. French ones have no prefix; English ones are the same under `/en`."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from markupsafe import Markup

from seuil.catalogue.certificate import Certificate, write_certificate
from seuil.catalogue.entry import Entry
from seuil.portal.charts import outlines
from seuil.portal.metadata.dataset import Described
from seuil.portal.metadata.schema_org import schema_org
from seuil.portal.pages import assets
from seuil.portal.pages.answers import answers
from seuil.portal.pages.documents import policy_changes, policy_dates, policy_document, read_document
from seuil.portal.pages.drawn import pictures_of
from seuil.portal.pages.figure_address import asked_release, fixed_query
from seuil.portal.pages.guides import guides
from seuil.portal.pages.headline import read_headline
from seuil.portal.pages.links import api_call, calls, downloads, seen_as
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.numbers import rounding_example
from seuil.portal.pages.pictures import Kind, kinds_of, read_picture, specification
from seuil.portal.pages.readme import package_address
from seuil.portal.pages.rights import LIST_OF, RIGHTS, read_letter
from seuil.portal.pages.search import LONGEST, find
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.subjects.home import doors, living
from seuil.portal.pages.subjects.intents import read_intent
from seuil.portal.pages.subjects.links import addressed, comparison
from seuil.portal.pages.subjects.suggestions import suggestions
from seuil.portal.pages.table import first_view, read_table
from seuil.portal.pages.terms import terms
from seuil.portal.pages.view import OVER, SORT, levels_of, read_view, read_width, spread_levels

DATASET = "/jeux/{dataset_id}"
POLICY = "/protection-des-donnees"
CERTIFICATE_PAGE = "/certificat"
_DOCUMENTS = (
    ("/secret", "secrecy"),
    ("/glossaire", "glossary"),
    ("/accessibilite", "accessibility"),
    ("/mentions-legales", "legal"),
    (f"{POLICY}/promesses", "promises"),
)
"""Pages of one text: their addresses and the names of their texts."""

_READ = ["GET", "HEAD"]
_CHARTS: dict[str, Kind] = {"ages": "ages", "periodes": "periods"}


def pages_router(site: Site) -> APIRouter:
    """Every page in every language, and the assets."""
    router = APIRouter(include_in_schema=False)
    router.include_router(assets.router)
    for locale in locales().values():
        pages = Pages(site, locale)
        shown: list[tuple[str, Callable[..., Response]]] = [
            ("/", pages.home),
            ("/suggestions", pages.suggestions),
            (DATASET, pages.dataset),
            (f"{DATASET}/carte.json", pages.map_specification),
            (f"{DATASET}/graphique.json", pages.chart_specification),
            (POLICY, pages.policy),
            *((path, pages.document(name)) for path, name in _DOCUMENTS),
            (POLICY + "/{day}", pages.policy_version),
            (POLICY + "/{day}/depuis/{earlier}", pages.policy_difference),
            ("/vos-droits", pages.rights),
            (CERTIFICATE_PAGE, pages.certificate),
            (f"{CERTIFICATE_PAGE}.json", pages.certificate_file),
        ]
        for path, answer in shown:
            router.add_api_route(locale.path(path), answer, methods=_READ)
    return router


class Pages:
    """The pages in one language. They are plain functions, run in threads: the store blocks while it reads."""

    def __init__(self, site: Site, locale: Locale) -> None:
        self.site = site
        self.locale = locale

    def home(self, request: Request) -> Response:
        """What a search finds: views with their figures, and datasets; all datasets where nothing is asked."""
        asked = request.query_params.get("q", "")[:LONGEST].strip()
        source = self.site.current()
        part, looked_for = read_intent(asked)
        phrases = self.site.phrases(source.catalogue)
        answered = answers(phrases, source, looked_for, self.locale) if asked else ()
        left = answered[0].left_words if answered else ()
        found, entries = find(source.catalogue, asked), source.catalogue.entries
        told = {entry.id for entry in (*found, *(answer.entry for answer in answered))}
        return self.site.page(
            "home.html",
            request,
            self.locale,
            source,
            asked=asked,
            answers=addressed(answered, source.catalogue, self.locale, part),
            guides=guides(asked, source.catalogue, self.locale)
            or guides(" ".join(left), source.catalogue, self.locale),
            guides_first=2 * len(left) >= len(terms(looked_for)),
            comparison=comparison(answered, source.catalogue, self.locale),
            doors=() if asked else doors(source.catalogue, self.locale),
            living=() if asked else living(source, self.locale),
            found=[entry for entry in entries if entry.id in told],
            fictitious=any(entry.fictitious for entry in entries),
        )

    def suggestions(self, request: Request) -> Response:
        """How what is typed may go on, as a list of texts in JSON."""
        typed = request.query_params.get("q", "")
        found = suggestions(self.site.phrases(self.site.current().catalogue), typed, self.locale)
        return JSONResponse(list(found), headers={"Cache-Control": "no-cache"})

    def dataset(self, dataset_id: str, request: Request) -> Response:
        """A dataset: pictures, table, downloads, API call, description."""
        source, settings = self.site.current(), self.site.settings
        entry = entry_of(source, dataset_id)
        view = read_view(entry, request.query_params)
        table = read_table(source, view, self.locale, settings.page_rows)
        if not table.total and not request.query_params:
            view = first_view(source, view)
            table = read_table(source, view, self.locale, settings.page_rows)
        pictures = pictures_of(source, view, self.locale, self.site.origin(request))
        described = Described(entry, self.site.origin(request), source.release.number, source.release.published)
        return self.site.page(
            "dataset.html",
            request,
            self.locale,
            source,
            entry=entry,
            view=view,
            table=table,
            headline=read_headline(source, view, self.locale),
            pictures=pictures,
            card=pictures[0].png if pictures else "",
            downloads=downloads(source, entry.id),
            api=self.site.origin(request) + api_call(view, table.page, settings.page_rows),
            levels_of=levels_of,
            spread_levels=spread_levels,
            sort=SORT,
            seen={fmt: seen_as(view, fmt, self.locale.language) for fmt in ("csv", "xlsx")},
            package=package_address(view, self.locale),
            calls=calls(view, table.page, settings.page_rows, self.site.origin(request)),
            address=f"{self.site.origin(request)}{self.locale.path(f'/jeux/{entry.id}')}?{fixed_query(view, source)}",
            named=_other_release(source, entry, request),
            rounded=rounding_example(entry),
            structured=_structured(schema_org(described)),
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
        return self._policy(_version(day), request)

    def policy_difference(self, day: str, earlier: str, request: Request) -> Response:
        """What changed in the policy between two versions."""
        new, old = _version(day), _version(earlier)
        changes = policy_changes(old, new, self.locale, self.site.settings)
        return self.site.page(
            "difference.html",
            request,
            self.locale,
            self.site.current(),
            old=old,
            new=new,
            changes=changes,
            fictitious=False,
        )

    def rights(self, request: Request) -> Response:
        """How people exercise their rights, and a letter to whom they concern."""
        return self.site.page(
            "rights.html",
            request,
            self.locale,
            self.site.current(),
            document=read_document("rights", self.locale, self.site.settings),
            departments=outlines.names(),
            letter=read_letter(request.query_params),
            rights=RIGHTS,
            list_of=self.locale.month(*LIST_OF),
            fictitious=False,
        )

    def certificate(self, request: Request) -> Response:
        """The certificate of the release: what is promised, hidden and proved of each dataset and year."""
        source = self.site.current()
        certificate = _certificate_of(source)
        return self.site.page(
            "certificate.html",
            request,
            self.locale,
            source,
            certificate=certificate,
            proposed=datetime.fromisoformat(certificate.proposed),
            entries={entry.id: entry for entry in source.catalogue.entries},
            signers=source.release.signers,
            needed=source.release.signatures_needed,
            fictitious=False,
        )

    def certificate_file(self) -> Response:
        """The certificate as a file: the bytes of `certificate.json`."""
        content = write_certificate(_certificate_of(self.site.current()))
        return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})

    def document(self, name: str) -> Callable[[Request], Response]:
        """Answers with a page of one text."""

        def page(request: Request) -> Response:
            document, current = read_document(name, self.locale, self.site.settings), self.site.current()
            return self.site.page("document.html", request, self.locale, current, document=document, fictitious=False)

        return page

    def _specification(self, dataset_id: str, kind: Kind, request: Request) -> Response:
        source = self.site.current()
        entry = entry_of(source, dataset_id)
        if kind not in kinds_of(entry):
            raise HTTPException(404)
        view = read_view(entry, request.query_params)
        picture = read_picture(source, view, kind, self.locale)
        outlines = self.site.origin(request) + assets.address("geo/departements.topojson")
        spec = specification(picture, view, self.locale, outlines, read_width(request.query_params))
        content = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
        return Response(content, media_type="application/json", headers={"Cache-Control": "no-cache"})

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


def _certificate_of(source: DataSource) -> Certificate:
    """Raises HTTPException with status 404 where the release has none."""
    if source.certificate is None:
        raise HTTPException(404)
    return source.certificate


def _version(day: str) -> date:
    """A version of the policy by the day in an address. Raises HTTPException with status 404 where there is none."""
    known = {found.isoformat(): found for found in policy_dates()}
    if day not in known:
        raise HTTPException(404)
    return known[day]


def _too_old(text: date, days: int) -> bool:
    return (datetime.now(UTC).date() - text).days > days


def _other_release(source: DataSource, entry: Entry, request: Request) -> str:
    """The release that an address names, if it is not the one that is served."""
    named = asked_release(entry, request.query_params)
    return "" if named == str(source.release.number) else named


def entry_of(source: DataSource, dataset_id: str) -> Entry:
    """The dataset of that name. Raises HTTPException with status 404 where there is none."""
    for entry in source.catalogue.entries:
        if entry.id == dataset_id:
            return entry
    raise HTTPException(404)


def _structured(told: dict[str, object]) -> Markup:
    """JSON-LD for search engines: data, which no browser runs. No text in it can end its element."""
    written = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(f'<script type="application/ld+json">{written}</script>')
