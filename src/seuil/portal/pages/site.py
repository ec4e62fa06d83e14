"""Turns a page's values into HTML: one Jinja environment a language, with what every page needs."""

from collections.abc import Callable
from importlib.resources import files

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from seuil.catalogue.entry import Catalogue
from seuil.model.text import LANGUAGES, Language
from seuil.portal.pages.assets import address
from seuil.portal.pages.breaks import concerned
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.pages.phrases import Phrases
from seuil.portal.pages.roles import has_page
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.words import level_name
from seuil.portal.settings import Settings

_REFRESH = "no-cache"


class Site:
    """The pages of the release that is served. `current` gives it: a request takes it once, for another may follow."""

    def __init__(self, settings: Settings, current: Callable[[], DataSource]) -> None:
        self.settings = settings
        self.current = current
        self._phrases: Phrases | None = None
        self._environments = {language: self._environment(locales()[language]) for language in LANGUAGES}

    def page(
        self,
        template: str,
        request: Request,
        locale: Locale,
        source: DataSource,
        *,
        status: int = 200,
        card: str = "",
        **values: object,
    ) -> Response:
        """A page from a template, the reader's language, the release and its values.

        card: the address of a picture that stands for it where it is shared, if it has one.
        """
        html = (
            self._environments[locale.language]
            .get_template(template)
            .render(
                locale=locale,
                release=source.release,
                certified=source.certificate is not None,
                of_conditions=has_page(source.catalogue, "condition"),
                of_professions=has_page(source.catalogue, "profession"),
                here=address_in_both(request, locale),
                site_origin=self.origin(request),
                # What a reader chose stands in the query: the page itself is the one without.
                canonical=f"{self.origin(request)}{request.url.path}" if status < 400 else "",
                card=f"{self.origin(request)}{card}" if card else "",
                shared=f"{self.origin(request)}{request.url.path}{_query(request)}",
                **values,
            )
        )
        return HTMLResponse(
            html, status_code=status, headers={"Cache-Control": _REFRESH, "Content-Language": locale.language}
        )

    def phrases(self, catalogue: Catalogue) -> Phrases:
        """The index for searches, made once a release."""
        found = self._phrases
        if found is None or found.catalogue is not catalogue:
            self._phrases = found = Phrases(catalogue)
        return found

    def origin(self, request: Request) -> str:
        """Scheme and host under which the reader reached the site."""
        return self.settings.public_url or str(request.base_url).rstrip("/")

    def _environment(self, locale: Locale) -> Environment:
        environment = Environment(
            loader=PackageLoader("seuil.portal.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(
            _=locale.markup,
            ngettext=locale.ngettext,
            settings=self.settings,
            asset=address,
            level_name=level_name,
            concerned=concerned,
            hatch=Markup(files("seuil.portal").joinpath("assets", "hatch.svg").read_text(encoding="utf-8")),
        )
        return environment


def language_of(path: str) -> Language:
    """The language that the address of a page names."""
    return "en" if path == "/en" or path.startswith("/en/") else "fr"


def address_in_both(request: Request, locale: Locale) -> dict[Language, str]:
    """The address of the same page in each language."""
    bare = request.url.path.removeprefix(locale.prefix) or "/"
    return {language: locales()[language].path(bare) + _query(request) for language in LANGUAGES}


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""
