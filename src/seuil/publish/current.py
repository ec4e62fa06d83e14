"""What an archive serves now, for those who are about to change that.

Unlike readers they also take what is out of date: it is they who renew it.
"""

from pathlib import Path

from seuil.archive import clock
from seuil.archive.layout import METADATA, TIMESTAMP
from seuil.archive.open import release_of
from seuil.archive.problem import ArchiveError
from seuil.archive.release import Release
from seuil.archive.roots import read_roots
from seuil.archive.trust import Trusted, read_trusted
from seuil.archive.tufapi import Root
from seuil.model.errors import ReleaseError


def newest_root(archive: Path) -> Root:
    """The root that says who signs. Raises ReleaseError if there is none, or if any of them is altered."""
    chain = read_roots(archive)
    if chain.problems:
        raise ArchiveError(chain.problems[0])
    return chain.newest


def served_metadata(archive: Path) -> Trusted | None:
    """The metadata of the release that is served, None before the first. Raises ReleaseError if it is altered."""
    if not (archive / METADATA / TIMESTAMP).exists():
        return None
    return read_trusted(archive, now=clock.BEFORE_EVERYTHING)


def served_release(archive: Path) -> Release:
    """The release that is served, every byte of it checked. Raises ReleaseError if there is none or it is altered."""
    trusted = served_metadata(archive)
    if trusted is None:
        raise ReleaseError(f"{archive}: no release has been published here yet")
    return release_of(archive, trusted)
