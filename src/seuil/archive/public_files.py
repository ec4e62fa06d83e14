"""Every file of an archive that a reader needs to verify it: metadata and files of all releases, under their own paths.

Whoever copies these paths into a folder has the archive: `seuil verify` takes it, and so does any TUF client, of which
`metadata/` and `targets/` are the repository.

Rules:
 1. the paths are those that the signed metadata name, so nothing else that lies in the folder is given out;
 2. metadata are given out as they were read when the list was made; a file of a release only after its length and its
    SHA-256 were compared with what was signed, once for as long as nobody touches it.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from seuil.archive.content import Target
from seuil.archive.earlier import checked_path
from seuil.archive.layout import ROOT
from seuil.archive.listing import read_listing
from seuil.archive.problem import ArchiveError
from seuil.archive.release import Release
from seuil.archive.roots import read_bytes

_Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class PublicFiles:
    """Files by their path below the archive. own: those of the release that is served lie in a copy of the reader's."""

    archive: Path
    metadata: Mapping[str, bytes] = field(repr=False)
    targets: Mapping[str, Target] = field(repr=False)
    own: Mapping[str, Path] = field(repr=False)
    _checked: dict[str, _Stamp] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, the root of trust first."""
        return (ROOT, *sorted(self.metadata.keys() - {ROOT}), *sorted(self.targets))

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(map(len, self.metadata.values())) + sum(target.length for target in self.targets.values())

    def file(self, path: str) -> Path | None:
        """Where a file of a release lies, after checking it; None if there is no such path. Raises ReleaseError."""
        target = self.targets.get(path)
        if target is None or path in self.own:
            return self.own.get(path)
        found = (self.archive / path).lstat() if (self.archive / path).exists() else None
        stamp = None if found is None else (found.st_ino, found.st_size, found.st_mtime_ns)
        with self._lock:
            if stamp is None or self._checked.get(path) != stamp:
                checked_path(self.archive, target)
                if stamp is not None:
                    self._checked[path] = stamp
        return self.archive / path


def public_files(archive: Path, release: Release, trusted_root: bytes | None = None) -> PublicFiles:
    """The files of an archive, of which `release` is served. Raises ReleaseError where metadata are not as signed."""
    listing = read_listing(archive, trusted_root)
    if listing.problems:
        raise ArchiveError(listing.problems[0])
    return PublicFiles(
        archive,
        {path: read_bytes(archive, path) for path in sorted(listing.metadata)},
        listing.targets,
        {target.path: release.archive / target.path for target in release.targets.values()},
    )
