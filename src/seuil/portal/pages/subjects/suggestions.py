"""How a search may go on: names of the code lists that begin with the last words of what is typed."""

from seuil.catalogue.entry import Entry
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.phrases import Phrases
from seuil.portal.pages.search import LONGEST
from seuil.portal.pages.terms import plain, terms
from seuil.portal.pages.view import MEASURE

MOST = 8
_LONGEST_NAME = 5
"""Words of a name that are looked for at once."""


def suggestions(phrases: Phrases, typed: str, locale: Locale) -> tuple[str, ...]:
    """What the text may become: what is typed before, and a name that its last words begin. The best first."""
    words = typed[:LONGEST].split()
    for count in range(min(len(words), _LONGEST_NAME), 0, -1):
        ending = words[-count:]
        if not terms(ending[0]):
            continue
        found = _names(phrases, " ".join(ending), locale)
        if found:
            before = " ".join(words[:-count])
            return tuple(f"{before} {name}".strip() for name in found)
    return ()


def _names(phrases: Phrases, ending: str, locale: Locale) -> tuple[str, ...]:
    asked = {word: phrases.meanings(word) for word in terms(ending)}
    if not asked:
        return ()
    best: dict[str, tuple[float, ...]] = {}
    for entry in phrases.catalogue.entries:
        names = _labels(entry, locale)
        for match in phrases.matches(entry, asked):
            name = names.get((match.phrase.parameter, match.phrase.value))
            if match.asked == asked.keys() and name:
                begins = plain(name).startswith(plain(ending))
                best[name] = max(best.get(name, (0.0,)), (float(begins), *match.fit[:2]))
    return tuple(sorted(best, key=lambda name: (*(-part for part in best[name]), len(name), name)))[:MOST]


def _labels(entry: Entry, locale: Locale) -> dict[tuple[str, str], str]:
    found = {(d.name, n.code): locale.text(n.label) for d in entry.dimensions for n in d.nodes}
    return found | {(MEASURE, m.name): locale.text(m.label) for m in entry.measures}
