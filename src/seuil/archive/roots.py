"""The chain of roots: who may sign what, from the first root to the newest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from seuil.archive.layout import ROOT, metadata_path, versions_present
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.strict import check_signatures, read_metadata, read_signed
from seuil.archive.tufapi import Metadata, Root


@dataclass(frozen=True)
class RootChain:
    """The roots that follow one another without fault, by version, and what is wrong with the others."""

    roots: Mapping[int, Root]
    files: Mapping[int, bytes] = field(repr=False)
    problems: tuple[Problem, ...]

    @property
    def newest(self) -> Root:
        """The root that says who signs today. Raises ReleaseError if not even the first one can be trusted."""
        if not self.roots:
            raise ArchiveError(self.problems[0])
        return self.roots[max(self.roots)]


def read_roots(archive: Path) -> RootChain:
    """Check every root of the archive: each signs itself, and the one before it signs it too.

    Trust starts at the archive's own first root; whoever knows a root from elsewhere compares it with `files`.
    """
    roots: dict[int, Root] = {}
    files: dict[int, bytes] = {}
    problems = []
    for version in range(1, max(versions_present(archive, "root"), default=1) + 1):
        file = metadata_path("root", version)
        try:
            files[version] = read_bytes(archive, file)
            roots[version] = _read_root(files[version], file, version, roots.get(version - 1)).signed
        except ArchiveError as error:
            problems.append(error.problem)
            break
    if 1 in files and read_or_empty(archive, ROOT) != files[1]:
        problems.append(Problem(ROOT, f"is missing, or is not what {metadata_path('root', 1)} is", "the same bytes"))
    return RootChain(roots, files, tuple(problems))


def _read_root(data: bytes, file: str, version: int, before: Root | None) -> Metadata[Root]:
    metadata = read_signed(data, Root, file, root=read_metadata(data, Root, file).signed, version=version)
    if before is not None:
        check_signatures(before, metadata, file)
    return metadata


def read_bytes(archive: Path, file: str) -> bytes:
    """The bytes of a metadata file. Raises ArchiveError if it is missing or can't be read."""
    try:
        return (archive / file).read_bytes()
    except FileNotFoundError as error:
        raise ArchiveError(Problem(file, "is missing", "the metadata that was signed")) from error
    except OSError as error:
        found = f"can't be read ({error.strerror})"
        raise ArchiveError(Problem(file, found, "the metadata that was signed")) from error


def read_or_empty(archive: Path, file: str) -> bytes:
    """The bytes of a file, or none where it is missing or can't be read."""
    try:
        return read_bytes(archive, file)
    except ArchiveError:
        return b""
