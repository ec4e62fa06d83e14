"""Finds a file of an earlier release, which lies in the archive beside the one that is served."""

from collections.abc import Mapping
from pathlib import Path

from seuil.archive.content import Target, find_fault, targets_of
from seuil.archive.layout import metadata_path
from seuil.archive.problem import ArchiveError
from seuil.archive.roots import read_bytes, read_roots
from seuil.archive.strict import read_signed
from seuil.archive.tufapi import Targets


def earlier_targets(archive: Path, number: int) -> Mapping[str, Target]:
    """The files of release `number` by logical name, of which only the list was checked. Raises ReleaseError."""
    file = metadata_path("targets", number)
    signed = read_signed(read_bytes(archive, file), Targets, file, root=read_roots(archive).newest, version=number)
    return targets_of(signed.signed)


def earlier_file(archive: Path, number: int, name: str) -> Path | None:
    """Where a file of release `number` lies, after checking it; None if that release has no such file.

    The list of files must bear the signatures that the newest root asks for, the file the length and hash that were
    signed. Raises ReleaseError that names what is wrong.
    """
    target = earlier_targets(archive, number).get(name)
    return None if target is None else checked_path(archive, target)


def checked_path(archive: Path, target: Target) -> Path:
    """Where a file lies, after comparing it with what was signed. Raises ReleaseError that names what is wrong."""
    if (fault := find_fault(archive, target.path, target.length, target.sha256)) is not None:
        raise ArchiveError(fault)
    return archive / target.path
