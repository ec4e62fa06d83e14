"""Checks every metadata file of an archive, and says which files it ought to hold.

Rules, in the order in which they are checked:
 1. every root follows from the one before it, and `root.json` is the first;
 2. `timestamp.json` says which release is served, and fixes the bytes of its snapshot;
 3. for this release and every earlier one there is a snapshot, which fixes the bytes of the list of files;
 4. each of them is read by the rules of `strict`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seuil.archive.content import Target, targets_of
from seuil.archive.layout import METADATA, ROOT, TIMESTAMP, metadata_path, versions_present
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.roots import RootChain, read_bytes, read_roots
from seuil.archive.strict import read_signed
from seuil.archive.tufapi import Metadata, MetaFile, Root, Snapshot, T, Targets, Timestamp
from seuil.model.errors import ReleaseError


@dataclass(frozen=True)
class Listing:
    """What the metadata of an archive says.

    metadata: paths of the metadata files that belong to it. targets: every file of every release, by path below
    the archive. complete: whether the list of files of every release could be read.
    """

    metadata: frozenset[str]
    targets: Mapping[str, Target]
    complete: bool
    problems: tuple[Problem, ...]


def read_listing(archive: Path, trusted_root: bytes | None) -> Listing:
    """Read all metadata of an archive; what is wrong with it is in `problems`. Expiry is not looked at."""
    chain = read_roots(archive)
    reader = _Reader(archive, chain)
    if trusted_root is not None and trusted_root not in chain.files.values():
        reader.problems.append(Problem(ROOT, "is not the root that is trusted", "an archive that starts from it"))
    if chain.roots:
        reader.read_releases(chain.newest)
    return Listing(frozenset(reader.metadata), reader.targets, reader.complete, tuple(reader.problems))


class _Reader:
    """Collects while it walks through the releases."""

    def __init__(self, archive: Path, chain: RootChain) -> None:
        self._archive = archive
        self.metadata = {ROOT, *(metadata_path("root", version) for version in chain.files)}
        self.targets: dict[str, Target] = {}
        self.complete = False
        self.problems = list(chain.problems)

    def read_releases(self, root: Root) -> None:
        """Rules 2 to 4."""
        timestamp = self._read(Timestamp, f"{METADATA}/{TIMESTAMP}", root, None, None)
        self.complete = True
        if timestamp is None:
            # Which release is served is not known: every one that is there is checked
            for number in versions_present(self._archive, "snapshot"):
                self._read_release(root, number, None)
            return
        newest = timestamp.signed.snapshot_meta
        for number in range(1, newest.version + 1):
            self._read_release(root, number, newest if number == newest.version else None)

    def _read_release(self, root: Root, number: int, fixed: MetaFile | None) -> None:
        snapshot = self._read(Snapshot, metadata_path("snapshot", number), root, number, fixed)
        fixed_list = None if snapshot is None else snapshot.signed.meta.get("targets.json")
        file = metadata_path("targets", number)
        targets = self._read(Targets, file, root, number, fixed_list)
        if targets is None:
            self.complete = False
            return
        try:
            self.targets |= {target.path: target for target in targets_of(targets.signed).values()}
        except ReleaseError as error:
            self.problems.append(Problem(file, str(error), "safe names and SHA-256"))

    def _read(
        self, kind: type[T], file: str, root: Root, version: int | None, fixed: MetaFile | None
    ) -> Metadata[T] | None:
        """One metadata file, or None after noting what is wrong. fixed: what other metadata says of its bytes."""
        self.metadata.add(file)
        try:
            data = read_bytes(self._archive, file)
            metadata = read_signed(data, kind, file, root=root, version=version)
            _check_fixed(data, file, version, fixed)
        except ArchiveError as error:
            self.problems.append(error.problem)
            return None
        return metadata


def _check_fixed(data: bytes, file: str, version: int | None, fixed: MetaFile | None) -> None:
    if fixed is None:
        return
    found = {"sha256": hashlib.sha256(data).hexdigest()}
    if (fixed.version, fixed.length, fixed.hashes) != (version, len(data), found):
        raise ArchiveError(Problem(file, "is not what the metadata above it has fixed", "those very bytes"))
