"""`/sitemap.xml`: every page that doesn't depend on what a reader chooses, in both languages (https://www.sitemaps.org)."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote
from xml.etree import ElementTree

from seuil.catalogue.entry import Catalogue
from seuil.model.text import LANGUAGES
from seuil.portal.pages.locale import locales
from seuil.portal.pages.proof import PROOF
from seuil.portal.pages.routes import CERTIFICATE_PAGE, POLICY
from seuil.portal.pages.subjects.addresses import CONDITION, CONDITIONS, PLACES, PROFESSION, PROFESSIONS, page_of
from seuil.portal.pages.subjects.choice import choosable
from seuil.portal.pages.subjects.places import territory_of
from seuil.portal.pages.subjects.subject import subjects

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_ALWAYS = (
    "/",
    "/secret",
    "/vos-droits",
    POLICY,
    f"{POLICY}/promesses",
    PROOF,
    "/glossaire",
    "/accessibilite",
    "/mentions-legales",
)


def sitemap(catalogue: Catalogue, origin: str, changed: date, *, certified: bool) -> bytes:
    """The file. origin: scheme and host of the portal. changed: when the release was published."""
    ElementTree.register_namespace("", _SITEMAP)
    ElementTree.register_namespace("xhtml", _XHTML)
    root = ElementTree.Element(f"{{{_SITEMAP}}}urlset")
    for pages in page_addresses(catalogue, certified=certified):
        for language in LANGUAGES:
            url = ElementTree.SubElement(root, f"{{{_SITEMAP}}}url")
            ElementTree.SubElement(url, f"{{{_SITEMAP}}}loc").text = origin + pages[language]
            ElementTree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = changed.isoformat()
            for other in LANGUAGES:
                address = {"rel": "alternate", "hreflang": other, "href": origin + pages[other]}
                ElementTree.SubElement(url, f"{{{_XHTML}}}link", address)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def page_addresses(catalogue: Catalogue, *, certified: bool) -> Iterator[dict[str, str]]:
    """The paths of every page, by language."""
    paths = [*_ALWAYS, *([CERTIFICATE_PAGE] if certified else [])]
    paths += [f"/jeux/{quote(entry.id)}" for entry in catalogue.entries]
    found = {role: subjects(catalogue, role) for role in ("condition", "profession")}
    paths += [path for role, path in (("condition", CONDITIONS), ("profession", PROFESSIONS)) if found[role]]
    territory = territory_of(catalogue)
    if territory is not None:
        paths.append(PLACES)
    for path in paths:
        yield {language: locales()[language].path(path) for language in LANGUAGES}
    named = [(PLACES, node) for node in (territory.nodes if territory is not None else ())]
    for role, folder in (("condition", CONDITION), ("profession", PROFESSION)):
        named += [(folder, node) for node in (choosable(found[role][0].main) if found[role] else ())]
    for folder, node in named:
        yield {language: page_of(folder, node, locales()[language]) for language in LANGUAGES}
