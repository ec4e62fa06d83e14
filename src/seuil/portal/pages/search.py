"""Finding datasets by words, whatever their case and accents."""

from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.text import Text
from seuil.portal.pages.terms import plain

LONGEST = 200


def find(catalogue: Catalogue, asked: str) -> tuple[Entry, ...]:
    """The datasets that hold every word of `asked`, in the catalogue's order; all of them where nothing is asked."""
    words = plain(asked[:LONGEST]).split()
    return tuple(entry for entry in catalogue.entries if all(word in said_of(entry) for word in words))


def said_of(entry: Entry) -> str:
    """What the catalogue says of a dataset in both languages, without case and accents."""
    texts: list[Text] = [entry.title, entry.description, entry.purpose, entry.origin, *entry.keywords, *entry.themes]
    texts += [d.label for d in entry.dimensions] + [m.label for m in entry.measures]
    return plain(" ".join([entry.id, *(t.fr for t in texts), *(t.en for t in texts)]))
