"""What a release proves of one hidden figure, with what it says of the cells around it."""

import threading
from collections.abc import Callable, Mapping, Sequence

from seuil.archive.collection import dataset_of
from seuil.archive.release import Release
from seuil.catalogue.entry import Entry
from seuil.model.columns import HIDDEN, status_column
from seuil.model.dataset import Dataset
from seuil.portal.proofs.excerpt import Told
from seuil.portal.proofs.why import Witnessed, parts_of, witnessed
from seuil.portal.store.connection import identifier

Fetch = Callable[[str, Sequence[object]], Sequence[Sequence[object]]]


class Evidence:
    """The proofs of a served release. All methods may be called from any thread.

    fetch: runs a SELECT with its parameters. wholes: by dataset, the name of the view of all figures of its collection.
    """

    def __init__(self, release: Release, fetch: Fetch, wholes: Mapping[str, str]) -> None:
        self._release = release
        self._fetch = fetch
        self._wholes = wholes
        self._datasets: dict[str, Dataset] = {}
        self._lock = threading.Lock()

    def of(self, entry: Entry, period: int, codes: Mapping[str, str], measure: str) -> tuple[Witnessed, ...]:
        """The small tables of each hidden count or sum that a figure is made of; none where nothing is proved of it.

        codes: of every dimension of the entry. Raises ReleaseError where a proof can't be read.
        """
        if not entry.guarantee.proved:
            return ()
        dataset = self.dataset(entry.collection)
        place = self._place(dataset, entry, period, codes)
        found = []
        for basis in parts_of(dataset, measure, place):
            told = self._published(entry, dataset, period, basis.measure)
            found.append(witnessed(dataset, period, basis, self._release.files, told))
        return tuple(one for one in found if one is not None)

    def dataset(self, collection: str) -> Dataset:
        """The definition and code lists of a collection, read the first time that they are asked for."""
        with self._lock:
            if collection not in self._datasets:
                with dataset_of(self._release.files, collection) as dataset:
                    self._datasets[collection] = dataset
            return self._datasets[collection]

    def _place(self, dataset: Dataset, entry: Entry, period: int, codes: Mapping[str, str]) -> dict[str, str]:
        """The code of every dimension of the collection: of those that a dataset doesn't tell of it has one node."""
        view = next(view for view in dataset.views if view.id == entry.id)
        return {
            name: codes[name] if name in codes else dataset.published_nodes(view.tables[0], name, period)[0]
            for name in dataset.definition.dimensions
        }

    def _published(
        self, entry: Entry, dataset: Dataset, period: int, measure: str
    ) -> Callable[[Mapping[str, Sequence[str]]], Mapping[tuple[str, ...], Told]]:
        def told(asked: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, ...], Told]:
            names = ", ".join(map(identifier, asked))
            places = " AND ".join(
                f"{identifier(name)} IN ({', '.join('?' for _ in codes)})" for name, codes in asked.items()
            )
            sql = (
                f"SELECT {identifier(measure)}, {identifier(status_column(measure))}, {names} "
                f"FROM {identifier(self._wholes[entry.id])} "
                f"WHERE {identifier(dataset.definition.period.name)} = ? AND {places}"
            )
            rows = self._fetch(sql, [period, *(code for codes in asked.values() for code in codes)])
            return {tuple(map(str, place)): _told(value, status) for value, status, *place in rows}

        return told


def _told(value: object, status: object) -> Told:
    if status == HIDDEN:
        return "NS"
    return int(value) if isinstance(value, (int, float)) else "none"
