"""Puts a signed proposal into the archive.

Rules, in the order in which they are checked:
 1. the list of files bears the signatures that the archive's root asks for, and no others;
 2. its number follows that of the release that is served, and it is not out of date;
 3. every file is as it was signed;
 4. the snapshot's and the timestamp's keys are those that the root names.
Only then is anything written, in this order: the files, the list, the snapshot, and last `timestamp.json`, by one
rename. Until that rename readers get the earlier release, after it the new one; a publication that was cut off is
finished by running it again.
"""

import hashlib
from datetime import datetime
from pathlib import Path

from tuf.api.exceptions import UnsignedMetadataError

from seuil.archive import clock
from seuil.archive.content import find_fault, targets_of
from seuil.archive.layout import FIELD, METADATA, TIMESTAMP, metadata_path
from seuil.archive.strict import check_signatures, metadata_bytes
from seuil.archive.trust import Trusted
from seuil.archive.tufapi import Metadata, MetaFile, Root, Snapshot, T, Timestamp
from seuil.model.errors import ReleaseError, UsageError
from seuil.publish.current import newest_root, served_metadata
from seuil.publish.disk import PUBLIC, Disk, chunks_of, exclusive, put, remove_partials
from seuil.publish.proposal import LIST, Proposal, check_content, read_proposal
from seuil.publish.repository import RELEASE_LIFE, TIMESTAMP_LIFE
from seuil.publish.sslibapi import Signer

_BUSY = "another publication"


def publish(
    archive: Path,
    proposal_dir: Path,
    snapshot_signer: Signer,
    timestamp_signer: Signer,
    *,
    now: datetime,
    disk: Disk = PUBLIC,
) -> int:
    """Publish a proposal that two people have signed; return the number of the release.

    Run again after a crash, or after success, it finishes or does nothing. Raises ReleaseError if rule 1, 2 or 3 is
    broken, UsageError for rule 4; then nothing has been written.
    """
    moment = clock.utc(now)
    with exclusive(archive, _BUSY):
        root, served, proposal = newest_root(archive), served_metadata(archive), read_proposal(proposal_dir)
        check_signatures(root, proposal.targets, LIST)
        if served is not None and served.targets_data == proposal.data:
            remove_partials(disk, archive)
            return proposal.release
        _check_next(proposal, served, moment)
        check_content(proposal)
        snapshot, timestamp = _renewed(root, served, proposal, snapshot_signer, timestamp_signer, moment)
        remove_partials(disk, archive)
        _put_files(disk, archive, proposal)
        put(disk, archive / metadata_path("targets", proposal.release), [proposal.data])
        put(disk, archive / metadata_path("snapshot", proposal.release), [snapshot])
        put(disk, archive / METADATA / TIMESTAMP, [timestamp])
        return proposal.release


def refresh_timestamp(archive: Path, timestamp_signer: Signer, *, now: datetime, disk: Disk = PUBLIC) -> datetime:
    """Say anew, for thirty days, that the release that is served is the newest; return until when it can be opened.

    Needs the timestamp's key alone. Raises ReleaseError if nothing is published, or if the release or the root is out
    of date itself, which a timestamp can't mend.
    """
    moment = clock.utc(now)
    with exclusive(archive, _BUSY):
        served = served_metadata(archive)
        if served is None:
            raise ReleaseError(f"{archive}: no release has been published here yet")
        for part, remedy in ((served.root, "renew the root"), (served.targets, "publish it again")):
            if part.is_expired(moment):
                raise ReleaseError(
                    f"the {part.type} metadata is out of date since {clock.text(part.expires)}; {remedy}"
                )
        timestamp = Timestamp(
            served.timestamp.version + 1, None, moment + TIMESTAMP_LIFE, served.timestamp.snapshot_meta
        )
        put(disk, archive / METADATA / TIMESTAMP, [_signed(newest_root(archive), timestamp, timestamp_signer)])
        return min(served.root.expires, served.targets.expires, served.snapshot.expires, timestamp.expires)


def _check_next(proposal: Proposal, served: Trusted | None, moment: datetime) -> None:
    """Rule 2."""
    number = 1 if served is None else served.targets.version + 1
    if proposal.release != number:
        raise ReleaseError(
            f"this is a proposal of release {proposal.release}, the next one is {number}; propose it again"
        )
    expires = proposal.targets.signed.expires
    if proposal.targets.signed.is_expired(moment):
        raise ReleaseError(f"this proposal is out of date since {clock.text(expires)}; propose it again")


def _renewed(
    root: Root,
    served: Trusted | None,
    proposal: Proposal,
    snapshot_signer: Signer,
    timestamp_signer: Signer,
    moment: datetime,
) -> tuple[bytes, bytes]:
    """The new snapshot and timestamp, signed and checked (rule 4) before anything is written."""
    number = proposal.release
    snapshot = Snapshot(number, None, moment + RELEASE_LIFE, {LIST: _fingerprint(proposal.data, number)})
    snapshot.unrecognized_fields[FIELD] = {"published": clock.text(moment)}
    snapshot_data = _signed(root, snapshot, snapshot_signer)
    version = 1 if served is None else served.timestamp.version + 1
    timestamp = Timestamp(version, None, moment + TIMESTAMP_LIFE, _fingerprint(snapshot_data, number))
    return snapshot_data, _signed(root, timestamp, timestamp_signer)


def _fingerprint(data: bytes, version: int) -> MetaFile:
    return MetaFile(version, len(data), {"sha256": hashlib.sha256(data).hexdigest()})


def _signed(root: Root, signed: T, signer: Signer) -> bytes:
    metadata = Metadata(signed)
    if signer.public_key.keyid not in root.roles[signed.type].keyids:
        raise UsageError(f"this key is not the archive's {signed.type} key")
    try:
        metadata.sign(signer)
    except UnsignedMetadataError as error:
        raise UsageError(f"the {signed.type} key could not sign: {error}") from error
    check_signatures(root, metadata, signed.type)
    return metadata_bytes(metadata)


def _put_files(disk: Disk, archive: Path, proposal: Proposal) -> None:
    """A file that earlier releases hold too is there already; one that is not as its name says is put right."""
    for target in targets_of(proposal.targets.signed).values():
        if find_fault(archive, target.path, target.length, target.sha256) is not None:
            put(disk, archive / target.path, chunks_of(proposal.content / target.name))
