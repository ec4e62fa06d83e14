"""What a page of the portal costs, over the release of an archive, without a network.

usage: pages.py ARCHIVE [--addresses 24] [--only home,conditions]

Of each kind of page a number of addresses, drawn with a fixed seed from the code lists of the release, each asked
twice: the first time the page is made and packed (brotli), the second time it is one that is kept. Prints a line of
JSON for every kind: median and 95th percentile, CPU and wall milliseconds, from the request to the packed answer.
"""

import argparse
import json
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

from kit.asgi import Reader
from kit.measure import Seconds, load, timed

from seuil.catalogue.entry import Entry
from seuil.portal.app import assemble
from seuil.portal.pages.figure_address import figure_address
from seuil.portal.pages.locale import locales
from seuil.portal.pages.subjects.addresses import CONDITION, CONDITIONS, PLACES, PROFESSION, PROFESSIONS, page_of
from seuil.portal.pages.subjects.choice import choosable, parameter
from seuil.portal.pages.subjects.places import territory_of
from seuil.portal.pages.subjects.subject import Subject, subjects
from seuil.portal.settings import Settings
from seuil.portal.store import Store
from seuil.portal.store.served import ServedRelease

FRENCH = locales()["fr"]
WORDS = ("diabète", "cancer", "infirmiers", "dermatologues", "démence", "maternité")


class Drawn:
    """Addresses of a release's pages, drawn at random."""

    def __init__(self, source: ServedRelease) -> None:
        self.source, self.catalogue, self.chance = source, source.catalogue, random.Random(27)

    def home(self) -> str:
        """The home page; what follows the question mark keeps it from being the same address."""
        return f"/?x={self.chance.random()}"

    def search(self) -> str:
        """A word and a place."""
        territory = territory_of(self.catalogue)
        place = self.chance.choice(territory.nodes).label.fr if territory else ""
        return f"/?q={quote(f'{self.chance.choice(WORDS)} {place}')}"

    def conditions(self) -> str:
        """A view of the first dataset of conditions."""
        return self._view(subjects(self.catalogue, "condition")[0], CONDITIONS)

    def professions(self) -> str:
        """A view of the first dataset of professions."""
        return self._view(subjects(self.catalogue, "profession")[0], PROFESSIONS)

    def condition(self) -> str:
        """The page of a condition."""
        main = subjects(self.catalogue, "condition")[0].main
        return f"{page_of(CONDITION, self.chance.choice(choosable(main)), FRENCH)}?x={self.chance.random()}"

    def profession(self) -> str:
        """The page of a profession."""
        main = subjects(self.catalogue, "profession")[0].main
        return f"{page_of(PROFESSION, self.chance.choice(choosable(main)), FRENCH)}?x={self.chance.random()}"

    def territory(self) -> str:
        """The page of a place."""
        territory = territory_of(self.catalogue)
        assert territory is not None
        return page_of(PLACES, self.chance.choice(choosable(territory)), FRENCH)

    def dataset(self) -> str:
        """A view of a dataset that is proved."""
        entry = self._entry()
        return f"/jeux/{entry.id}?{self._nodes(entry, 2)}"

    def chart(self) -> str:
        """A chart of it."""
        entry = self._entry()
        return f"/jeux/{entry.id}/graphique?{self._nodes(entry, 3)}"

    def figure(self) -> str:
        """One figure of it, shown or hidden."""
        entry = self._entry()
        row = self.source.rows(entry.id, equal={}, limit=1, offset=self.chance.randrange(entry.rows)).rows[0]
        return figure_address(entry, row, self.chance.choice(entry.measures), FRENCH)

    def _entry(self) -> Entry:
        return self.chance.choice([entry for entry in self.catalogue.entries if entry.guarantee.proved])

    def _nodes(self, entry: Entry, most: int) -> str:
        named = [d for d in entry.dimensions if d.facet]
        some = self.chance.sample(named, min(most, len(named)))
        return "&".join(f"{d.name}={self.chance.choice(d.nodes).code}" for d in some)

    def _view(self, subject: Subject, page: str) -> str:
        named = (subject.main, subject.territory, *(d for d in subject.others if d.role in ("age", "sex")))
        return page + "?" + "&".join(f"{parameter(d)}={self.chance.choice(choosable(d)).code}" for d in named)


KINDS: dict[str, Callable[[Drawn], str]] = {
    "home": Drawn.home,
    "conditions": Drawn.conditions,
    "professions": Drawn.professions,
    "condition": Drawn.condition,
    "profession": Drawn.profession,
    "territory": Drawn.territory,
    "dataset": Drawn.dataset,
    "chart": Drawn.chart,
    "figure": Drawn.figure,
    "search": Drawn.search,
}


def told(taken: Sequence[Seconds]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    found = {}
    for name, times in (("cpu", [s.cpu for s in taken]), ("wall", [s.wall for s in taken])):
        found[f"{name}_p50"] = round(1000 * statistics.median(times), 1)
        found[f"{name}_p95"] = round(1000 * statistics.quantiles(times, n=20, method="inclusive")[-1], 1)
    return found


def addresses(kind: str, drawn: Drawn, count: int) -> Iterator[str]:
    """Different ones; fewer where there are no more."""
    seen: set[str] = set()
    for _ in range(20 * count):
        address = KINDS[kind](drawn)
        if address not in seen and len(seen) < count:
            seen.add(address)
            yield address


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask for every page twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--addresses", type=int, default=24)
    parser.add_argument("--only", default=",".join(KINDS))
    asked = parser.parse_args(arguments)
    store = Store.open(asked.archive)
    reader = Reader(assemble(Settings(archive=asked.archive, requests_per_minute=0), store.served))
    for kind in asked.only.split(","):
        drawn = Drawn(store.served())
        reader.ask(*KINDS[kind](drawn).split("?"))  # what is read once a release and once a process
        first: list[Seconds] = []
        again: list[Seconds] = []
        for address in addresses(kind, drawn, asked.addresses):
            for taken in (first, again):
                answer, seconds = timed(partial(reader.ask, *address.split("?")))
                if answer.status != 200:
                    raise SystemExit(f"{address}: status {answer.status}")
                taken.append(seconds)
        print(
            json.dumps(
                {"page": kind, "addresses": len(first), "made": told(first), "kept": told(again), "load": load()}
            )
        )
    reader.close()


if __name__ == "__main__":
    main()
