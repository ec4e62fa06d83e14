"""The page that says what is proved, and how to verify it oneself with the files that it gives."""

import hashlib
from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from seuil.archive.layout import DATASETS, ROOT
from seuil.archive.public_files import PublicFiles
from seuil.catalogue.entry import Entry
from seuil.portal.archive_paths import LIST, PATH
from seuil.portal.pages.documents import read_document
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import ArchiveShown

PROOF = "/preuve"


def proof_router(site: Site, archive: ArchiveShown | None) -> APIRouter:
    """The page in every language. archive: where its files are given out."""
    router = APIRouter(include_in_schema=False)
    for locale in locales().values():
        router.add_api_route(locale.path(PROOF), _Page(site, locale, archive).answer, methods=["GET", "HEAD"])
    return router


class _Page:
    def __init__(self, site: Site, locale: Locale, archive: ArchiveShown | None) -> None:
        self.site, self.locale, self.archive = site, locale, archive

    def answer(self, request: Request) -> Response:
        """What is proved, of which datasets, and the steps."""
        source, locale = self.site.current(), self.locale
        files = None if self.archive is None else self.archive.files()
        origin = self.site.origin(request)
        document = read_document(
            "proof",
            locale,
            self.site.settings,
            list=f"{origin}{PATH}/{LIST}",
            root=f"{origin}{PATH}/{ROOT}",
            fingerprint="–" if files is None else hashlib.sha256(files.metadata[ROOT]).hexdigest(),
            count="–" if files is None else locale.number(len(files.paths)),
            size="–" if files is None else locale.size(files.size),
            number=str(source.release.number),
        )
        return self.site.page(
            "proof.html",
            request,
            locale,
            source,
            document=document,
            proved=[entry for entry in source.catalogue.entries if entry.guarantee.proved],
            elsewhere=[entry for entry in source.catalogue.entries if not entry.guarantee.proved],
            definition=None if files is None else _definition(files),
            signers=source.release.signers,
            fictitious=False,
        )


def _definition(files: PublicFiles) -> Callable[[Entry], str]:
    """The address of the definition that a dataset of the served release is laid out by."""

    def address(entry: Entry) -> str:
        folder = f"targets/{DATASETS}/{entry.collection}/"
        found = [p for p in files.own if p.startswith(folder) and p.endswith(".definition.yaml")]
        return f"{PATH}/{found[0]}" if found else ""

    return address
