"""Every release, and what each changed of the one before, in words: from public files alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fastapi import APIRouter, Request, Response

from seuil.archive.history import PastRelease
from seuil.catalogue.build import read_catalogue
from seuil.catalogue.certificate import CERTIFICATE, read_certificate
from seuil.catalogue.changes import CHANGES, CollectionChanges, PeriodChanges, read_changes
from seuil.catalogue.entry import Entry
from seuil.model.text import Text
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import ArchiveShown, DataSource

RELEASES = "/publications"
_CATALOGUE = "catalogue.json"
_SEVERAL = 3
"""New periods in a row from which on they are told together."""


@dataclass(frozen=True)
class Told:
    """What a release says of a collection: the names of its datasets, and sentences. quiet: nothing has changed."""

    title: Text
    datasets: tuple[str, ...]
    sentences: tuple[str, ...]
    quiet: bool


@dataclass(frozen=True)
class ReleaseTold:
    """A release. reasons: why years were published again in it."""

    number: int
    published: date
    note: str
    collections: tuple[Told, ...]
    reasons: tuple[str, ...]


def releases_router(site: Site, archive: ArchiveShown | None) -> APIRouter:
    """The page in every language. archive: where earlier releases lie; without it the one that is served is told."""
    router = APIRouter(include_in_schema=False)
    for locale in locales().values():
        router.add_api_route(locale.path(RELEASES), _Page(site, locale, archive).answer, methods=["GET", "HEAD"])
    return router


class _Page:
    def __init__(self, site: Site, locale: Locale, archive: ArchiveShown | None) -> None:
        self.site, self.locale, self.archive = site, locale, archive

    def answer(self, request: Request) -> Response:
        """All releases, the newest first."""
        source = self.site.current()
        releases = told_releases(source, self.archive, self.locale)
        return self.site.page(
            "releases.html",
            request,
            self.locale,
            source,
            releases=releases,
            served={entry.id for entry in source.catalogue.entries},
            fictitious=False,
        )


def told_releases(source: DataSource, archive: ArchiveShown | None, locale: Locale) -> list[ReleaseTold]:
    """Every release in words, the newest first. Raises ReleaseError where the archive is not as it was signed."""
    if archive is None:
        entries = source.catalogue.entries
        return [ReleaseTold(source.release.number, source.release.published, "", tuple(_plain(entries, locale)), ())]
    return [_told(release, locale) for release in archive.history()]


def _told(release: PastRelease, locale: Locale) -> ReleaseTold:
    changes = release.read_bytes(CHANGES)
    if changes is None:
        entries = read_catalogue(release.read_bytes(_CATALOGUE) or b"").entries
        collections = tuple(_plain(entries, locale))
    else:
        collections = tuple(_collection(one, locale) for one in read_changes(changes).collections)
    return ReleaseTold(release.number, release.published, release.note, collections, tuple(_reasons(release, locale)))


def _plain(entries: Sequence[Entry], locale: Locale) -> Iterator[Told]:
    """What is known of a release that doesn't say what it changed: its datasets and their periods."""
    for entry in entries:
        span = f"{entry.periods[0]}–{entry.periods[-1]}" if len(entry.periods) > 1 else str(entry.periods[0])
        rows = str(locale.ngettext("%(count)s row", "%(count)s rows", entry.rows))
        yield Told(entry.title, (entry.id,), (f"{span}, {rows}",), False)


def _collection(one: CollectionChanges, locale: Locale) -> Told:
    first = {"new": locale.gettext("new"), "gone": locale.gettext("withdrawn"), "same": locale.gettext("unchanged")}
    sentences = [first[one.kind]] if one.kind in first else []
    sentences += periods_told(one.periods, locale)
    if one.columns:
        sentences.append(locale.gettext("other columns: %(names)s", names=", ".join(one.columns)))
    return Told(one.title, one.datasets, tuple(sentences), one.kind == "same")


def periods_told(periods: Sequence[PeriodChanges], locale: Locale) -> list[str]:
    """What changed of periods; several new ones in a row are one sentence."""
    found: list[str] = []
    runs = groupby(enumerate(periods), key=lambda one: one[1].period - one[0] if one[1].kind == "new" else -one[0] - 1)
    for run in ([period for _, period in pairs] for _, pairs in runs):
        if len(run) < _SEVERAL:
            found += [period_told(period, locale) for period in run]
            continue
        added = sum(period.added for period in run)
        rows = locale.ngettext("%(count)s row", "%(count)s rows", added)
        span = {"first": run[0].period, "last": run[-1].period}
        found.append(locale.gettext("%(first)s to %(last)s added (%(rows)s)", **span, rows=rows))
    return found


def period_told(one: PeriodChanges, locale: Locale) -> str:
    """What changed of a period, as a sentence."""
    if one.kind == "new":
        rows = locale.ngettext("%(count)s row", "%(count)s rows", one.added)
        return locale.gettext("%(period)s added (%(rows)s)", period=one.period, rows=rows)
    if one.kind == "gone":
        return locale.gettext("%(period)s left out", period=one.period)
    parts = (
        (one.added, locale.ngettext("%(count)s row added", "%(count)s rows added", one.added)),
        (one.left_out, locale.ngettext("%(count)s row left out", "%(count)s rows left out", one.left_out)),
        (one.revised, locale.ngettext("%(count)s figure revised", "%(count)s figures revised", one.revised)),
        (one.hidden, locale.ngettext("%(count)s figure newly hidden", "%(count)s figures newly hidden", one.hidden)),
        (one.shown, locale.ngettext("%(count)s figure newly shown", "%(count)s figures newly shown", one.shown)),
    )
    return f"{one.period}{locale.gettext(': ')}{', '.join(str(text) for count, text in parts if count)}"


def _reasons(release: PastRelease, locale: Locale) -> Iterator[str]:
    """Why years were published again in this release, as its certificate says."""
    content = release.read_bytes(CERTIFICATE)
    for one in read_certificate(content).datasets if content else ():
        for vintage in one.vintages:
            if vintage.release == release.number:
                yield f"{locale.text(one.title)}, {vintage.period}{locale.gettext(': ')}{locale.text(vintage.reason)}"
