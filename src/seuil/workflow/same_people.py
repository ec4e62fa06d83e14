"""Two collections never count the same people: each is proved by itself, and the two together can open each other.

Tables of one source by age and by sex, each proved alone, gave away 578 of 1,445 hidden figures: what one of them hides
the other one shows. As one collection they are protected and proved together. Rules:
 1. of one unit an archive holds one proved collection, in whatever releases;
 2. but for two of which each declares, with a public reason, that it counts other people than the other (`apart_from`).
What was published elsewhere is not proved, and not concerned.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from seuil.archive.collection import DEFINITION, Files, dataset_of
from seuil.archive.earlier import checked_path, earlier_targets
from seuil.archive.layout import DATASETS
from seuil.archive.problem import Problem
from seuil.catalogue.build import read_catalogue
from seuil.model.dataset import Dataset
from seuil.model.errors import DisclosureError
from seuil.publish.current import served_metadata
from seuil.workflow.release_check import collections_of
from seuil.workflow.release_files import CATALOGUE

EXPECTED = (
    "one collection with both as its `datasets`, so that they are protected together; or in each definition "
    "`apart_from`, with the public reason why they count different people"
)


@dataclass(frozen=True)
class Counted:
    """Whom a proved collection counts. apart: the collections that it declares to count other people."""

    collection: str
    unit: str
    apart: frozenset[str]


def counted(dataset: Dataset) -> Counted | None:
    """What a definition says of it; None of what was published elsewhere."""
    definition = dataset.definition
    if definition.source != "records":
        return None
    return Counted(dataset.id, definition.unit.name, frozenset(one.collection for one in definition.apart_from))


def same_people(collections: Iterable[Counted]) -> Iterator[tuple[Counted, Counted]]:
    """Pairs that may count the same people. Of several with one name the first is taken."""
    named: dict[str, Counted] = {}
    for one in collections:
        named.setdefault(one.collection, one)
    for one, other in combinations(named.values(), 2):
        declared = other.collection in one.apart and one.collection in other.apart
        if one.unit == other.unit and not declared:
            yield one, other


def refuse_same_people(collections: Iterable[Counted]) -> None:
    """Raises DisclosureError that names every pair."""
    told = [f"  {_words(one, other)}" for one, other in same_people(collections)]
    if told:
        lines = ["two collections may count the same people, and open what the other hides:", *told]
        raise DisclosureError("\n".join([*lines, f"expected {EXPECTED}"]))


def same_people_problems(collections: Iterable[Counted]) -> Iterator[Problem]:
    """The same as findings in a release."""
    for one, other in same_people(collections):
        yield Problem(f"{DATASETS}/{one.collection}/{DEFINITION}", _words(one, other), EXPECTED)


def counted_in(files: Files) -> Iterator[Counted]:
    """Whom the proved collections of a release count. files: by logical name."""
    for name in collections_of(read_catalogue(files[CATALOGUE].read_bytes())):
        with dataset_of(files, name) as dataset:
            one = counted(dataset)
        if one is not None:
            yield one


def ever_published(archive: Path | None) -> list[Counted]:
    """Every collection that some release of an archive holds, as the newest one defines it. Raises ReleaseError."""
    served = None if archive is None else served_metadata(archive)
    if archive is None or served is None:
        return []
    found: dict[str, Counted | None] = {}
    for number in range(served.targets.version, 0, -1):
        targets = earlier_targets(archive, number)
        for name in sorted(n.split("/")[1] for n in targets if n.endswith(f"/{DEFINITION}") and n.count("/") == 2):
            if name not in found:
                prefix = f"{DATASETS}/{name}/"
                mine = {n: target for n, target in targets.items() if n.startswith(prefix)}
                files = {n: checked_path(archive, t) for n, t in mine.items() if not n.endswith(".parquet")}
                with dataset_of(files, name) as dataset:
                    found[name] = counted(dataset)
    return [one for one in found.values() if one is not None]


def _words(one: Counted, other: Counted) -> str:
    return f"{one.collection} and {other.collection} both count units called {one.unit}"
