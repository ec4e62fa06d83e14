"""A release that has been verified."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from seuil.archive.content import Target
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.trust import Seen
from seuil.model.errors import ReleaseError


@dataclass(frozen=True, order=True)
class Signer:
    """Whose key has signed: the role that the root names for it (statistician, checker), and the key's id."""

    role: str
    keyid: str


@dataclass(frozen=True)
class Release:
    """A numbered, signed set of files, each of which had the signed length and hash when the release was opened.

    archive: its folder. published, expires: UTC; from `expires` on it can't be opened unless something is renewed.
    targets: what was signed for each logical name. custom: what else was signed with the list of files (`note`,
    `proposed`). signers: who has signed the list, at least `signatures_needed`. seen: hand it to the next
    `open_release`, so that nothing older is taken after this release.
    """

    archive: Path
    number: int
    published: datetime
    expires: datetime
    targets: Mapping[str, Target]
    custom: Mapping[str, str]
    signers: tuple[Signer, ...]
    signatures_needed: int
    seen: Seen = field(repr=False)

    @cached_property
    def files(self) -> Mapping[str, Path]:
        """The verified file of each logical name, where it lies in the archive."""
        return MappingProxyType({name: self.archive / target.path for name, target in self.targets.items()})

    def read_bytes(self, name: str) -> bytes:
        """The content of a file (meant for small ones), checked once more: what is returned is what was signed.

        Raises ReleaseError if the release has no such file or if it has changed since it was opened.
        """
        target = self.targets.get(name)
        if target is None:
            raise ReleaseError(f"release {self.number} has no file {name}; it has {len(self.targets)} others")
        signed = f"the {target.length} bytes that were signed"
        try:
            content = (self.archive / target.path).read_bytes()
        except OSError as error:
            raise ArchiveError(Problem(target.path, f"can't be read ({error.strerror})", signed)) from error
        if len(content) != target.length or hashlib.sha256(content).hexdigest() != target.sha256:
            raise ArchiveError(Problem(target.path, "has changed since the release was opened", signed))
        return content
