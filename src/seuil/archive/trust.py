"""Whom to believe: TUF's client workflow, run by python-tuf's `Updater`, on an archive in a folder.

The Updater follows the specification (section 5): root, timestamp, snapshot, targets, in this order; each signed by
as many as the root asks for, none older than what was seen, none out of date. It is made for the network and keeps
what it trusts in a folder of its own; here the network is the archive, and that folder lives as long as the call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from seuil.archive import clock
from seuil.archive.layout import METADATA, ROOT, TIMESTAMP
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.roots import read_bytes, read_or_empty
from seuil.archive.strict import check_signatures
from seuil.archive.tufapi import Metadata, Root, Snapshot, Targets, Timestamp

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Seen:
    """The metadata that was trusted last, to be handed to the next reading: nothing older is taken after it."""

    root: bytes = field(repr=False)
    timestamp: bytes = field(repr=False)
    snapshot: bytes = field(repr=False)


@dataclass(frozen=True)
class Trusted:
    """The metadata of the release that an archive serves. `targets_data` are the bytes of its list of files."""

    root: Root
    timestamp: Timestamp
    snapshot: Snapshot
    targets: Targets
    targets_data: bytes = field(repr=False)
    seen: Seen

    @property
    def expires(self) -> datetime:
        """The moment from which the release can't be opened, unless something is renewed before."""
        return min(part.expires for part in (self.root, self.timestamp, self.snapshot, self.targets))


class _FolderFetcher(FetcherInterface):
    """Gives the Updater the files of a folder. `asked` is the last that it asked for, so the one an error is about."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.asked = TIMESTAMP

    def _fetch(self, url: str) -> Iterator[bytes]:
        self.asked = url.rpartition("/")[2]
        try:
            opened = (self._folder / self.asked).open("rb")
        except FileNotFoundError as error:
            # 404 is how a server says it, and what ends the Updater's search for a newer root
            raise DownloadHTTPError(f"{self.asked} not found", 404) from error

        def chunks() -> Iterator[bytes]:
            with opened:
                while chunk := opened.read(_CHUNK):
                    yield chunk

        return chunks()


def read_trusted(
    archive: Path, *, now: datetime, trusted_root: bytes | None = None, seen: Seen | None = None
) -> Trusted:
    """Run the client workflow on the metadata of an archive; the files of the release are not looked at.

    now: the moment of reading (UTC). trusted_root: the root where trust starts, the archive's own by default. seen:
    what an earlier reading trusted; where a root is given too, both must lead to the archive.

    Raises ArchiveError, never an error of python-tuf.
    """
    if seen and trusted_root:
        read_trusted(archive, now=now, trusted_root=trusted_root)
    start = seen.root if seen else trusted_root or read_bytes(archive, ROOT)
    fetcher = _FolderFetcher(archive / METADATA)
    with TemporaryDirectory(prefix="seuil-") as folder:
        memory = Path(folder)
        if seen:
            (memory / TIMESTAMP).write_bytes(seen.timestamp)
            (memory / "snapshot.json").write_bytes(seen.snapshot)
        try:
            updater = Updater(folder, f"{METADATA}/", fetcher=fetcher, bootstrap=start)
        except RepositoryError as error:
            problem = Problem(ROOT, "is altered or not signed by its own key", "the root of trust as it was written")
            raise ArchiveError(problem) from error
        # The Updater has no public way to be told the time (tuf 7.0); without one, neither tests nor a rebuild with
        # the same bytes could fix the clock. test_open.py fails if this stops having an effect.
        updater._trusted_set.reference_time = now
        try:
            updater.refresh()
        except (RepositoryError, DownloadError) as error:
            raise ArchiveError(_explain(error, archive, fetcher.asked, _newest_root(memory), now)) from error
        return _trusted(memory)


def _trusted(memory: Path) -> Trusted:
    """What the Updater keeps after a refresh: exactly the metadata that it has verified."""
    data = {name: (memory / f"{name}.json").read_bytes() for name in ("root", "timestamp", "snapshot", "targets")}
    return Trusted(
        Metadata[Root].from_bytes(data["root"]).signed,
        Metadata[Timestamp].from_bytes(data["timestamp"]).signed,
        Metadata[Snapshot].from_bytes(data["snapshot"]).signed,
        Metadata[Targets].from_bytes(data["targets"]).signed,
        data["targets"],
        Seen(data["root"], data["timestamp"], data["snapshot"]),
    )


def _newest_root(memory: Path) -> Root:
    return Metadata[Root].from_file(str(memory / ROOT)).signed


def _explain(error: Exception, archive: Path, name: str, root: Root, now: datetime) -> Problem:
    """The Updater's error about the metadata file `name`, in plain words."""
    file = f"{METADATA}/{name}"
    match error:
        case ExpiredMetadataError():
            return _expired(archive, file, root, now)
        case UnsignedMetadataError():
            return _unsigned(archive, file, root)
        case BadVersionNumberError():
            return Problem(file, "is older than what was seen before", "the newest version, or a newer one")
        case DownloadHTTPError() if name == TIMESTAMP:
            return Problem(file, "is missing: no release has been published here", "a published release")
        case DownloadHTTPError():
            return Problem(file, "is missing", "the metadata that was signed")
        case LengthOrHashMismatchError() | DownloadLengthMismatchError():
            return Problem(file, "is altered: its length or SHA-256 is another one", "the metadata that was signed")
        case _:
            return Problem(file, "is altered: it can't be read", "the metadata that was signed")


def _expired(archive: Path, file: str, root: Root, now: datetime) -> Problem:
    if root.is_expired(now):
        file, expires = ROOT, root.expires
    else:
        expires = Metadata.from_bytes(read_bytes(archive, file)).signed.expires
    found = f"is out of date since {clock.text(expires)}"
    return Problem(file, found, f"metadata that holds at {clock.text(now)}")


def _unsigned(archive: Path, file: str, root: Root) -> Problem:
    """How many have signed: the same check once more, by the code that names them."""
    try:
        check_signatures(root, Metadata.from_bytes(read_or_empty(archive, file)), file)
    except ArchiveError as error:
        return error.problem
    return Problem(file, "is not signed by its own keys and those before them", "a root that both have signed")
