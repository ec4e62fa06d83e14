"""A dataset with the addresses of its pages and files, from which every format of metadata is made."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from seuil.catalogue.entry import Entry

_API = "/api/explore/v2.1/catalog/datasets"
_YEARS = range(1000, 10000)


@dataclass(frozen=True)
class Described:
    """origin: scheme and host of the portal. release, published: of the release, a day or a moment.

    sha256: of the signed Parquet file.
    """

    entry: Entry
    origin: str
    release: int
    published: date
    sha256: str = ""

    def page(self, language: str) -> str:
        """The page that people read."""
        return f"{self.origin}{'/en' if language == 'en' else ''}/jeux/{quote(self.entry.id)}"

    @property
    def api(self) -> str:
        """The dataset in the API."""
        return f"{self.origin}{_API}/{quote(self.entry.id)}"

    def file(self, fmt: str, query: str = "") -> str:
        """A download."""
        return f"{self.api}/exports/{fmt}{query}"

    @property
    def day(self) -> str:
        """The day on which the release was published."""
        return self.published.isoformat()[:10]

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year; None where periods are no years."""
        periods = self.entry.periods
        return (min(periods), max(periods)) if all(period in _YEARS for period in periods) else None

    @property
    def description(self) -> str:
        """The French description, with what it is for and what a hidden figure is."""
        entry = self.entry
        parts = (entry.description.fr or entry.title.fr, entry.purpose.fr)
        hidden = "Un chiffre masqué (NS, non significatif) n’est ni nul ni manquant."
        return " ".join([*(part for part in parts if part), hidden])
