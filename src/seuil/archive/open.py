"""Opens the release that an archive serves, after checking all of it.

Rules, in the order in which they are checked:
 1. trust starts at a root: one that the caller knows, or else the archive's own (trust on first sight: whoever could
    replace the whole archive could replace its root too, so operators are told to keep a copy of the first one);
 2. the list of files is signed by as many people as the root asks for (two), nothing is out of date, nothing is older
    than what was seen before;
 3. every file that the list names has the length and the SHA-256 that were signed.
Files are read where they lie: nothing is copied (`copy` does that), nothing is written in the archive.
"""

from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from seuil.archive import clock
from seuil.archive.content import find_fault, targets_of
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.release import Release, Signer
from seuil.archive.strict import own_field, signer_name
from seuil.archive.trust import Seen, Trusted, read_trusted
from seuil.archive.tufapi import Metadata, Root, Targets


def open_release(
    archive: Path, *, now: datetime | None = None, trusted_root: bytes | None = None, seen: Seen | None = None
) -> Release:
    """The release that the archive serves at `now` (the system's clock by default).

    trusted_root: the bytes of the root where trust starts; default: the archive's `root.json`. seen: `Release.seen` of
    an earlier opening, so that an archive that was put back to an older state is refused.
    Raises ReleaseError that names the file and what is wrong with it.
    """
    trusted = read_trusted(archive, now=clock.utc(now), trusted_root=trusted_root, seen=seen)
    return release_of(archive, trusted)


def release_of(archive: Path, trusted: Trusted) -> Release:
    """Rule 3, for metadata that is already trusted. Raises ReleaseError at the first file that is not as signed."""
    release = describe(archive, trusted)
    for target in release.targets.values():
        fault = find_fault(archive, target.path, target.length, target.sha256)
        if fault:
            raise ArchiveError(fault)
    return release


def describe(archive: Path, trusted: Trusted) -> Release:
    """The release of metadata that is already trusted; its files are not looked at."""
    custom = {key: str(value) for key, value in own_field(trusted.targets).items()}
    return Release(
        archive=archive,
        number=trusted.targets.version,
        published=_published(trusted),
        expires=trusted.expires,
        targets=MappingProxyType(dict(targets_of(trusted.targets))),
        custom=MappingProxyType(custom),
        signers=signers_of(trusted.root, Metadata[Targets].from_bytes(trusted.targets_data)),
        signatures_needed=trusted.root.roles[Targets.type].threshold,
        seen=trusted.seen,
    )


def signers_of(root: Root, targets: Metadata[Targets]) -> tuple[Signer, ...]:
    """Who has validly signed a list of files, by role."""
    found = root.get_verification_result(Targets.type, targets.signed_bytes, targets.signatures)
    return tuple(sorted(Signer(signer_name(root, keyid), keyid) for keyid in found.signed))


def _published(trusted: Trusted) -> datetime:
    written = str(own_field(trusted.snapshot).get("published"))
    try:
        return clock.moment(written)
    except ValueError as error:
        file = f"metadata/{trusted.snapshot.version}.snapshot.json"
        raise ArchiveError(Problem(file, "does not say when it was published", "a date and time in UTC")) from error
