"""Texts at known addresses: `/robots.txt` (RFC 9309), `/.well-known/security.txt` (RFC 9116), `/llms.txt`."""

from datetime import datetime, timedelta

from seuil.catalogue.entry import Catalogue
from seuil.portal.settings import Settings

_SECURITY_DAYS = 180


def robots(origin: str) -> str:
    """Everything may be read but what answers without end: queries, exports, views that a reader chooses.

    The picture of a view that was shared may be fetched: who shows the link asks for it alone.
    """
    return (
        "User-agent: *\n"
        "Disallow: /api/\n"
        "Disallow: /explore/\n"
        "Disallow: /mcp\n"
        "Disallow: /*?\n"
        "Allow: /api/explore/v2.1/catalog/exports/\n"
        "Allow: /assets/\n"
        "Allow: /jeux/*/images/\n"
        "Allow: /en/jeux/*/images/\n"
        f"\nSitemap: {origin}/sitemap.xml\n"
    )


def security(origin: str, settings: Settings, now: datetime) -> str:
    """Whom to tell of a weakness. Made anew all the time, so that it never expires."""
    until = (now + timedelta(days=_SECURITY_DAYS)).strftime("%Y-%m-%dT00:00:00Z")
    contact = settings.security_contact or f"{origin}/mentions-legales"
    return (
        f"Contact: {contact}\nExpires: {until}\nPreferred-Languages: fr, en\n"
        f"Canonical: {origin}/.well-known/security.txt\n"
    )


def llms(catalogue: Catalogue, origin: str, settings: Settings) -> str:
    """What a language model has to know before it reads anything else (https://llmstxt.org)."""
    datasets = "".join(
        f"- [{entry.title.en}]({origin}/en/jeux/{entry.id}): `{entry.id}`, "
        f"{min(entry.periods)} to {max(entry.periods)}{', fictitious data' if entry.fictitious else ''}\n"
        for entry in catalogue.entries
    )
    return f"""\
# {settings.site_name.en}

> {settings.site_tagline.en}

A hidden figure reads NS ("non significatif"): it is neither zero nor missing. Never take it for 0, and never leave it
out of a sum unsaid. Rows hold totals beside their parts: ask for the total's own row instead of adding.

## Ask

- [Model Context Protocol]({origin}/mcp): find and describe datasets, query, one figure with its bounds
- [Explore API v2.1]({origin}/openapi.json): `{origin}/api/explore/v2.1/catalog/datasets`
- [Catalogue in DCAT-AP]({origin}/api/explore/v2.1/catalog/exports/ttl)

## Datasets

{datasets}
## Trust

- [How secrecy is kept]({origin}/en/secret)
- [What is proved, and how to verify it]({origin}/en/preuve)
- [Releases]({origin}/publications.atom)
"""
