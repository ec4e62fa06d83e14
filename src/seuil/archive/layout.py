"""Where the files of an archive lie.

    root.json                                     the root of trust: the same bytes as metadata/1.root.json
    metadata/N.root.json                          the keys, and how many must sign what
    metadata/N.targets.json                       release N: every file's name, length and SHA-256; two signatures
    metadata/N.snapshot.json                      the fingerprint of N.targets.json, and when it was published
    metadata/timestamp.json                       which release is served; the only file that is ever replaced
    targets/jeux/effectifs/<sha256>.data.parquet   the file of the logical name jeux/effectifs/data.parquet

Files of equal name and content are stored once, whatever the number of releases that hold them.
"""

import re
from pathlib import Path, PurePosixPath

from seuil.model.errors import ReleaseError

ROOT = "root.json"
METADATA = "metadata"
TARGETS = "targets"
TIMESTAMP = "timestamp.json"
DATASETS = "jeux"
"""The folder of logical names under which each dataset has its own folder."""

FIELD = "seuil"
"""The one field that this program adds to TUF's metadata, inside what is signed."""

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=-]{0,159}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_VERSIONED = re.compile(r"([1-9][0-9]{0,8})\.(root|targets|snapshot)\.json")


def check_name(name: str) -> str:
    """Return `name` if it can be a logical name: ASCII parts joined by `/`, safe on every file system and in every URL.

    Raises ReleaseError for anything else, so that no name, signed or not, leads out of the archive.
    """
    if not all(_PART.fullmatch(part) for part in name.split("/")):
        raise ReleaseError(
            f"{name!r} can't name a file of a release; expected parts of letters, digits and _ . = - "
            "(at most 160, not starting with a dot or a dash), joined by /"
        )
    return name


def target_path(name: str, sha256: str) -> str:
    """Path below the archive of the file with this logical name and content. Raises ReleaseError for unsafe ones."""
    if not _SHA256.fullmatch(sha256):
        raise ReleaseError(f"{name}: {sha256!r} is not a SHA-256 in lower-case hexadecimal")
    logical = PurePosixPath(check_name(name))
    return str(TARGETS / logical.parent / f"{sha256}.{logical.name}")


def metadata_name(role: str, version: int) -> str:
    """File name of one version of a role's metadata: `3.targets.json`."""
    return f"{version}.{role}.json"


def metadata_path(role: str, version: int) -> str:
    """Path below the archive of one version of a role's metadata."""
    return f"{METADATA}/{metadata_name(role, version)}"


def versions_present(archive: Path, role: str) -> list[int]:
    """Versions of a role's metadata that lie in the archive, in ascending order."""
    found = [_VERSIONED.fullmatch(path.name) for path in (archive / METADATA).glob(f"*.{role}.json")]
    return sorted(int(match[1]) for match in found if match and match[2] == role)
