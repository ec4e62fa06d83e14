"""Long texts, a Markdown file each and language, with the names of the settings filled in.

content/<name>.<language>.md                 the current text
content/policy/<date>.<language>.md          the policy as it stood from that day on; earlier versions stay
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from string import Template

from markdown_it import MarkdownIt
from markupsafe import Markup

from seuil.model.text import Language
from seuil.portal.pages.differences import Change, changes_between
from seuil.portal.pages.locale import Locale
from seuil.portal.settings import Settings

_POLICY = re.compile(r"(\d{4}-\d{2}-\d{2})\.fr\.md")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Document:
    """A text ready for a page: its title in plain text, its body in HTML, and each section's anchor and title."""

    title: str
    body: Markup
    sections: tuple[tuple[str, str], ...]


def read_document(name: str, locale: Locale, settings: Settings, **more: str) -> Document:
    """Read `content/<name>.<language>.md`. Its first line is its title, after `# `. more: names that it has alone."""
    first, _, rest = _source(name, locale.language).partition("\n")
    text = Template(rest).substitute(_names(locale, settings) | more)
    tokens = _MARKDOWN.parse(text)
    sections = []
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            anchor = anchor_of(inside.content)
            opening.attrSet("id", anchor)
            sections.append((anchor, inside.content))
        if opening.type == "table_open":
            opening.attrSet("class", "plain")
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Document(first.removeprefix("# "), Markup(html), tuple(sections))


def anchor_of(title: str) -> str:
    """A title as it stands in an address: small letters without accents, joined by dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


@cache
def policy_dates() -> tuple[date, ...]:
    """The days from which each version of the data-protection policy holds, the newest first."""
    folder = files("seuil.portal.pages").joinpath("content", "policy")
    found = (_POLICY.fullmatch(file.name) for file in folder.iterdir())
    return tuple(sorted((date.fromisoformat(match[1]) for match in found if match), reverse=True))


def policy_document(day: date, locale: Locale, settings: Settings) -> Document:
    """The policy that holds from that day on. Raises FileNotFoundError if none does."""
    return read_document(f"policy/{day.isoformat()}", locale, settings)


def policy_changes(old: date, new: date, locale: Locale, settings: Settings) -> tuple[Change, ...]:
    """What changed in the policy between two of its versions. Raises FileNotFoundError if there is no such version."""
    names = _names(locale, settings)
    texts = (Template(_source(f"policy/{day.isoformat()}", locale.language)).substitute(names) for day in (old, new))
    return changes_between(*(_LINK.sub(r"\1", text) for text in texts))


@cache
def _source(name: str, language: Language) -> str:
    return files("seuil.portal.pages").joinpath("content", f"{name}.{language}.md").read_text(encoding="utf-8")


def _names(locale: Locale, settings: Settings) -> dict[str, str]:
    """What `$names` of the texts stand for."""
    next_release = settings.next_release
    return {
        "site": locale.text(settings.site_name),
        "controller": locale.text(settings.controller),
        "controller_address": locale.text(settings.controller_address),
        "publication_director": locale.text(settings.publication_director),
        "host": locale.text(settings.host),
        "host_address": locale.text(settings.host_address),
        "data_protection_officer": locale.text(settings.data_protection_officer),
        "general_policy": settings.general_policy_url,
        "next_release": locale.date(next_release) if next_release else locale.gettext("not yet fixed"),
        "home": locale.path("/"),
        "secrecy": locale.path("/secret"),
        "proof": locale.path("/preuve"),
        "certificate": locale.path("/certificat"),
        "policy": locale.path("/protection-des-donnees"),
        "rights": locale.path("/vos-droits"),
        "releases": locale.path("/publications"),
        "legal": locale.path("/mentions-legales"),
        "conditions": locale.path("/pages/data-pathologies/"),
        "professions": locale.path("/pages/data-professionnels-sante-liberaux/"),
        "places": locale.path("/territoires/"),
    }
