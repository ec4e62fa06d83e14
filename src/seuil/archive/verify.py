"""Verifies a whole archive, and lists everything that is wrong instead of stopping at the first.

Rules:
 1. the release that is served can be opened: TUF's client workflow accepts it (`trust`);
 2. every metadata file, of every release, is as it was written (`listing`, by code of our own);
 3. every file of every release has the length and the SHA-256 that were signed;
 4. nothing else lies in the archive: no other file, no link.
So a single altered byte anywhere below the archive is a problem.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from seuil.archive import clock
from seuil.archive.content import find_fault
from seuil.archive.layout import METADATA, TARGETS
from seuil.archive.listing import Listing, read_listing
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.trust import read_trusted

Progress = Callable[[str, int, int], None]
"""Called before each file is read: its path below the archive, bytes read so far, bytes in all."""


@dataclass(frozen=True)
class Verdict:
    """What a verification found.

    release: the number of the release that is served, None if it can't be opened. files, bytes: how many files lie in
    the archive and how long they are together. problems: sorted by file.
    """

    release: int | None
    files: int
    bytes: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.problems


def verify_archive(
    archive: Path,
    *,
    trusted_root: bytes | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Check every byte below the folder `archive` against what was signed.

    trusted_root: a root that the caller knows; default: the archive's own. now: default the system's clock.
    Only files below `targets/` that no list names may go unreported, when a list of files itself can't be read.
    """
    release, problems = _served(archive, trusted_root, clock.utc(now))
    listing = read_listing(archive, trusted_root)
    named = {problem.file for problem in listing.problems}
    # Both readers find a broken metadata file; the stricter one's words are kept
    problems = [problem for problem in problems if problem.file not in named] + list(listing.problems)
    problems += _content_problems(archive, listing, progress)
    present = dict(_lengths(archive))
    problems += _unexpected(archive, listing, present)
    return Verdict(release, len(present), sum(present.values()), tuple(sorted(set(problems))))


def _served(archive: Path, trusted_root: bytes | None, now: datetime) -> tuple[int | None, list[Problem]]:
    """Rule 1."""
    try:
        return read_trusted(archive, now=now, trusted_root=trusted_root).targets.version, []
    except ArchiveError as error:
        return None, [error.problem]


def _content_problems(archive: Path, listing: Listing, progress: Progress | None) -> Iterator[Problem]:
    """Rule 3."""
    total = sum(target.length for target in listing.targets.values())
    done = 0
    for path, target in sorted(listing.targets.items()):
        if progress is not None:
            progress(path, done, total)
        fault = find_fault(archive, path, target.length, target.sha256)
        if fault is not None:
            yield fault
        done += target.length


def _unexpected(archive: Path, listing: Listing, present: dict[str, int]) -> Iterator[Problem]:
    """Rule 4."""
    known = listing.metadata | listing.targets.keys()
    for path in sorted(present):
        if (archive / path).is_symlink():
            yield Problem(path, "is a symbolic link", "a file or folder of the archive itself")
        elif path in known or (path.startswith(f"{TARGETS}/") and not listing.complete):
            continue
        elif path.startswith((f"{METADATA}/", f"{TARGETS}/")):
            found = "is an unexpected file: no release that is served lists it"
            yield Problem(path, found, "no such file, or the publication that it belongs to, run again to its end")
        else:
            yield Problem(path, "is an unexpected file", "nothing but root.json, metadata/ and targets/")


def _lengths(archive: Path) -> Iterator[tuple[str, int]]:
    """Path below the archive and length in bytes of everything that is not a folder; links are not followed."""
    for folder, folders, files in os.walk(archive):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in [*files, *links]:
            path = Path(folder) / name
            yield path.relative_to(archive).as_posix(), path.lstat().st_size
