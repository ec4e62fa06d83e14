"""Checks a file, where it lies, against the length and the hash that were signed for it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from seuil.archive.layout import target_path
from seuil.archive.problem import Problem
from seuil.archive.tufapi import Targets
from seuil.model.errors import ReleaseError


@dataclass(frozen=True)
class Target:
    """A file that is signed for: its logical name, its path below the archive, its length in bytes, its SHA-256."""

    name: str
    path: str
    length: int
    sha256: str


def targets_of(targets: Targets) -> Mapping[str, Target]:
    """The files of a release by logical name, in the order of their names.

    Raises ReleaseError if a name or a hash, although signed, leads out of the archive or is of another kind.
    """
    listed = {}
    for name, entry in sorted(targets.targets.items()):
        if set(entry.hashes) != {"sha256"}:
            raise ReleaseError(f"{name}: signed with the hashes {sorted(entry.hashes)}; expected sha256 alone")
        sha256 = entry.hashes["sha256"]
        listed[name] = Target(name, target_path(name, sha256), entry.length, sha256)
    return listed


def links_above(folder: Path, relative: str) -> Iterator[str]:
    """Symbolic links on the way from `folder` to the file `relative`, itself included."""
    path = folder
    for part in relative.split("/"):
        path = path / part
        if path.is_symlink():
            yield str(path.relative_to(folder))


def find_fault(folder: Path, relative: str, length: int, sha256: str) -> Problem | None:
    """What is wrong with the file `relative` of `folder`, or None. Reads the file once, in small memory.

    length: in bytes. sha256: lower-case hexadecimal. OSError of a disk that can't be read is a fault as well.
    """
    signed = f"the {length} bytes that were signed"
    for link in links_above(folder, relative):
        return Problem(link, "is a symbolic link", "a file or folder of the archive itself")
    path = folder / relative
    try:
        if not path.exists():
            return Problem(relative, "is missing", signed)
        if not path.is_file():
            return Problem(relative, "is not a file", signed)
        found = path.stat().st_size
        if found < length:
            return Problem(relative, f"is too short, {found} bytes", signed)
        if found > length:
            return Problem(relative, f"is too long, {found} bytes", signed)
        with path.open("rb") as opened:
            altered = hashlib.file_digest(opened, "sha256").hexdigest() != sha256
    except OSError as error:
        return Problem(relative, f"can't be read ({error.strerror})", signed)
    return Problem(relative, "is altered: its SHA-256 is another one", signed) if altered else None
