"""Copies the release that an archive serves into a folder of the reader's own, verifying what is copied.

`open_release` verifies files where they lie; whoever can write in the archive can alter them afterwards, under a reader
who holds the release for weeks. So what is served is read from a copy, of which every byte was hashed on its way.

Rules, beyond those of `open`:
 1. a file is hashed as it is copied, so that what is checked is what is kept;
 2. a file that an earlier copy of the same reader holds is linked to that one, and not read again: renewing a timestamp
    costs nothing, and a new release what is new in it;
 3. files of the copy can't be written, and nobody but the reader's user can enter its folder.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from seuil.archive import clock
from seuil.archive.content import Target, find_fault, links_above
from seuil.archive.open import describe
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.release import Release
from seuil.archive.trust import Seen, read_trusted
from seuil.model.errors import ReleaseError

_CHUNK = 1 << 20


def copy_release(
    archive: Path,
    folder: Path,
    *,
    now: datetime | None = None,
    trusted_root: bytes | None = None,
    seen: Seen | None = None,
    before: Release | None = None,
) -> Release:
    """The release that an archive serves, with its files in `folder`, which is made.

    now, trusted_root, seen: as of `open_release`. before: an earlier copy, in a folder beside this one. Raises
    ReleaseError as `open_release` does, and where the copy can't be written.
    """
    trusted = read_trusted(archive, now=clock.utc(now), trusted_root=trusted_root, seen=seen)
    release = replace(describe(archive, trusted), archive=folder)
    kept = {} if before is None else {target.path: before.archive for target in before.targets.values()}
    folder.mkdir(mode=0o700, parents=True)
    for target in release.targets.values():
        place = folder / target.path
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if place.exists():  # two names of equal content in one folder
                continue
            if target.path in kept:
                os.link(kept[target.path] / target.path, place)
                continue
            _copy(archive, target, place)
        except OSError as error:
            raise ReleaseError(f"{place}: {error.strerror}; expected room for a copy of the release (TMPDIR)") from None
    return release


def _copy(archive: Path, target: Target, place: Path) -> None:
    for link in links_above(archive, target.path):
        raise ArchiveError(Problem(link, "is a symbolic link", "a file or folder of the archive itself"))
    digest = hashlib.sha256()
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as copied:
        for chunk in _chunks(archive, target):
            digest.update(chunk)
            copied.write(chunk)
    if digest.hexdigest() != target.sha256:
        # Asked once more for the words; where it is right by now, it was changed while it was read
        fault = find_fault(archive, target.path, target.length, target.sha256)
        raise ArchiveError(fault or Problem(target.path, "changed while it was read", "the bytes that were signed"))


def _chunks(archive: Path, target: Target) -> Iterator[bytes]:
    """At most one byte more than was signed, however long the file is."""
    left = target.length + 1
    try:
        with (archive / target.path).open("rb") as opened:
            while left > 0 and (chunk := opened.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk
    except OSError:
        return  # what is wrong with it is said by `find_fault`
