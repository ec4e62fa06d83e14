"""How the portal speaks to a reader: the texts, numbers, dates and addresses of one language."""

from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol
from babel.support import Translations
from markupsafe import Markup

from seuil.model.text import LANGUAGES, Language, Text

_LOCALES: dict[Language, str] = {"fr": "fr_FR", "en": "en_GB"}
_NBSP = "\u00a0"
_MILLION = 1_000_000


class Locale:
    """One language. French pages have no prefix; English ones stand under `/en`."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.babel = _LOCALES[language]
        self.prefix = "" if language == "fr" else f"/{language}"
        self.translations = _translations(language)
        self.decimal = get_decimal_symbol(self.babel)
        self.thousands = get_group_symbol(self.babel)

    def gettext(self, message: str, **values: object) -> str:
        """The text of the catalogue, its placeholders filled."""
        text = str(self.translations.gettext(message))
        return text % values if values else text

    def markup(self, message: str, **values: object) -> Markup:
        """The same for templates: what is filled in is escaped."""
        return Markup(self.translations.gettext(message)) % values

    def ngettext(self, one: str, many: str, count: int) -> Markup:
        """`one` or `many`, as the language asks for a count; `%(count)s` in them is the count."""
        return Markup(self.translations.ngettext(one, many, count)) % {"count": self.number(count)}

    def text(self, text: Text) -> str:
        """A text that a definition or the settings bring along."""
        return text.in_(self.language)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with its thousands apart: `1 234,5` in French, with narrow no-break spaces."""
        return _number(value, decimals, self.babel)

    def compact(self, value: float, decimals: int = 0) -> str:
        """The same for the scale of a picture: from a million on in millions, `11,5 M`."""
        if abs(value) < _MILLION:
            return self.number(value, decimals)
        return f"{format_decimal(value / _MILLION, format='#,##0.##', locale=self.babel)}{_NBSP}M"

    def date(self, day: date) -> str:
        """A day in full: `25 novembre 2026`."""
        return str(format_date(day, format="long", locale=self.babel))

    def month(self, year: int, month: int) -> str:
        """A month: `décembre 2020`."""
        return str(format_date(date(year, month, 1), format="MMMM y", locale=self.babel))

    def size(self, count: int) -> str:
        """A file's size in multiples of 1000 bytes."""
        units = ("o", "ko", "Mo", "Go") if self.language == "fr" else ("B", "kB", "MB", "GB")
        value, k = float(count), 0
        while value >= 1000 and k < len(units) - 1:
            value, k = value / 1000, k + 1
        return f"{self.number(value, 1 if k and value < 100 else 0)}{_NBSP}{units[k]}"

    def path(self, path: str) -> str:
        """The address of a page in this language."""
        return f"{self.prefix}{path}" if path != "/" else f"{self.prefix}/"


@lru_cache(maxsize=1 << 14)  # a page writes hundreds, and other pages mostly the same ones
def _number(value: float, decimals: int, babel: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, format=pattern, locale=babel))


@cache
def locales() -> dict[Language, Locale]:
    """A locale for every language."""
    return {language: Locale(language) for language in LANGUAGES}


def _translations(language: Language) -> Translations:
    """Read the catalogue as translators write it, so that no compiled copy can be out of date."""
    source = files("seuil.portal").joinpath("translations", language, "LC_MESSAGES", "messages.po")
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return Translations(compiled)
