"""Finding datasets by words, whatever their case and accents."""

import unicodedata

from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.text import Text

LONGEST = 200


def find(catalogue: Catalogue, asked: str) -> tuple[Entry, ...]:
    """The datasets that hold every word of `asked`, in the catalogue's order; all of them where nothing is asked."""
    words = plain(asked[:LONGEST]).split()
    return tuple(entry for entry in catalogue.entries if all(word in _said(entry) for word in words))


def plain(text: str) -> str:
    """The text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _said(entry: Entry) -> str:
    texts: list[Text] = [entry.title, entry.description, entry.purpose, entry.origin, *entry.keywords, *entry.themes]
    texts += [d.label for d in entry.dimensions] + [m.label for m in entry.measures]
    return plain(" ".join([entry.id, *(t.fr for t in texts), *(t.en for t in texts)]))
