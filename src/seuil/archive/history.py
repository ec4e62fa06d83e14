"""Every release of an archive, from its signed metadata: number, date, note, list of files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from seuil.archive import clock
from seuil.archive.content import Target, targets_of
from seuil.archive.earlier import checked_path
from seuil.archive.layout import metadata_path
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.roots import read_bytes, read_roots
from seuil.archive.strict import own_field, read_signed
from seuil.archive.tufapi import Snapshot, Targets


@dataclass(frozen=True)
class PastRelease:
    """A release. published: UTC. targets: its files by logical name, of which only the list was checked."""

    archive: Path
    number: int
    published: datetime
    note: str
    targets: Mapping[str, Target]

    def read_bytes(self, name: str) -> bytes | None:
        """The content of a small file, after checking it; None where the release has none. Raises ReleaseError."""
        target = self.targets.get(name)
        return None if target is None else checked_path(self.archive, target).read_bytes()


def history_of(archive: Path, newest: int) -> tuple[PastRelease, ...]:
    """The releases up to `newest`, that one first. Raises ReleaseError where metadata are not as they were signed."""
    root = read_roots(archive).newest
    found = []
    for number in range(newest, 0, -1):
        places = metadata_path("snapshot", number), metadata_path("targets", number)
        snapshot = read_signed(read_bytes(archive, places[0]), Snapshot, places[0], root=root, version=number).signed
        targets = read_signed(read_bytes(archive, places[1]), Targets, places[1], root=root, version=number).signed
        try:
            published = clock.moment(str(own_field(snapshot).get("published")))
        except ValueError as error:
            raise ArchiveError(Problem(places[0], "does not say when it was published", "a date in UTC")) from error
        note = str(own_field(targets).get("note", ""))
        found.append(PastRelease(archive, number, published, note, targets_of(targets)))
    return tuple(found)
