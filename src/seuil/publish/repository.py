"""Makes an archive, and renews its root.

How long signatures hold: the root two years, a release (list of files and snapshot) one year, the timestamp thirty
days. The snapshot holds as long as its release, so that the timestamp key alone, which lives in the public zone, keeps
a release served; whoever holds an archive back from its readers is found out by the timestamp.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from seuil.archive import clock
from seuil.archive.layout import FIELD, METADATA, ROOT, TARGETS, metadata_path
from seuil.archive.problem import ArchiveError
from seuil.archive.roots import read_roots
from seuil.archive.strict import check_signatures, metadata_bytes
from seuil.archive.tufapi import Metadata, Root
from seuil.model.errors import ReleaseError, UsageError
from seuil.publish.disk import PUBLIC, Disk, exclusive, make_folders, put
from seuil.publish.keys import RELEASE_SIGNERS, ROLES
from seuil.publish.sslibapi import Key, Signer

ROOT_LIFE = timedelta(days=730)
RELEASE_LIFE = timedelta(days=365)
TIMESTAMP_LIFE = timedelta(days=30)


def create_archive(archive: Path, keys: Mapping[str, Key], root_signer: Signer, *, now: datetime) -> None:
    """Make an empty archive whose root names the public keys of every role.

    Raises ReleaseError if there is one already, UsageError if a key is missing or stands for two roles.
    """
    _check_keys(keys)
    if (archive / ROOT).exists():
        raise ReleaseError(f"{archive}: there is an archive here already")
    root = Root(version=1, expires=clock.utc(now) + ROOT_LIFE, consistent_snapshot=True)
    for role in ROLES:
        root.add_key(keys[role], "targets" if role in RELEASE_SIGNERS else role)
    root.roles["targets"].threshold = len(RELEASE_SIGNERS)
    root.unrecognized_fields[FIELD] = {"signers": {keys[role].keyid: role for role in ROLES}}
    data = _signed_root(root, root_signer, before=root)
    make_folders(PUBLIC, archive)
    with exclusive(archive, "another publication"):
        for folder in (METADATA, TARGETS):
            make_folders(PUBLIC, archive / folder)
        put(PUBLIC, archive / metadata_path("root", 1), [data])
        put(PUBLIC, archive / ROOT, [data])


def renew_root(archive: Path, root_signer: Signer, *, now: datetime, disk: Disk = PUBLIC) -> int:
    """Write the next version of the root, with the same keys and a new expiry; return its version.

    Works on an expired root too. Raises ReleaseError if the root is altered or the key is not the root's.
    """
    with exclusive(archive, "another publication"):
        chain = read_roots(archive)
        if chain.problems:
            raise ArchiveError(chain.problems[0])
        before = chain.newest
        root = Root.from_dict(before.to_dict())
        root.version += 1
        root.expires = clock.utc(now) + ROOT_LIFE
        data = _signed_root(root, root_signer, before=before)
        put(disk, archive / metadata_path("root", root.version), [data])
        return root.version


def _signed_root(root: Root, signer: Signer, *, before: Root) -> bytes:
    metadata = Metadata(root)
    metadata.sign(signer)
    check_signatures(before, metadata, metadata_path("root", root.version))
    return metadata_bytes(metadata)


def _check_keys(keys: Mapping[str, Key]) -> None:
    missing = [role for role in ROLES if role not in keys]
    if missing:
        raise UsageError(f"the key of the {missing[0]} is missing; an archive needs those of {', '.join(ROLES)}")
    holders: dict[str, str] = {}
    for role in ROLES:
        other = holders.setdefault(keys[role].keyid, role)
        if other != role:
            raise UsageError(f"the {role} has the key of the {other}; expected a key of each one's own")
