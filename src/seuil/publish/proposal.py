"""A proposal: a release that waits for its signatures, in the confidential workspace.

release-3/               0700
  targets.json           the list of files as it will be published, with the signatures so far
  root.json              the archive's root at the time: whose signatures count
  content/jeux/...       the files themselves, by logical name
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from seuil.archive.content import find_fault, targets_of
from seuil.archive.layout import ROOT
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.strict import check_signatures, read_metadata
from seuil.archive.tufapi import Metadata, Root, Targets
from seuil.model.errors import ReleaseError

LIST = "targets.json"
CONTENT = "content"


@dataclass(frozen=True)
class Proposal:
    """What lies in a proposal's folder. data: the bytes of `targets`, its list of files and signatures."""

    folder: Path
    release: int
    root: Root = field(repr=False)
    targets: Metadata[Targets] = field(repr=False)
    data: bytes = field(repr=False)

    @property
    def content(self) -> Path:
        """The folder of its files."""
        return self.folder / CONTENT


def read_proposal(folder: Path) -> Proposal:
    """Read a proposal; signatures and content are not checked. Raises ReleaseError if it can't be read."""
    data = _read(folder, LIST)
    targets = read_metadata(data, Targets, LIST)
    root = read_metadata(_read(folder, ROOT), Root, ROOT)
    check_signatures(root.signed, root, ROOT)
    return Proposal(folder, targets.signed.version, root.signed, targets, data)


def check_content(proposal: Proposal) -> None:
    """Compare every file with the list. Raises ReleaseError at the first that is altered, missing or not listed."""
    listed = targets_of(proposal.targets.signed)
    for target in listed.values():
        fault = find_fault(proposal.content, target.name, target.length, target.sha256)
        if fault is not None:
            raise ArchiveError(Problem(f"{CONTENT}/{fault.file}", fault.found, fault.expected))
    for name in _names(proposal.content):
        if name not in listed:
            found = "is not listed in the proposal"
            raise ArchiveError(Problem(f"{CONTENT}/{name}", found, "the content as it was proposed"))


def _names(content: Path) -> Iterator[str]:
    for folder, _, files in os.walk(content):
        for name in files:
            yield (Path(folder) / name).relative_to(content).as_posix()


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise ReleaseError(f"{folder / name}: {error.strerror}; expected the folder of a proposal") from error
