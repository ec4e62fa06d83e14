"""Reads one metadata file more strictly than TUF's client, which must stay open to what others write.

Rules, in the order in which they are checked:
 1. the bytes are the very bytes that this program writes for what they say, so that no byte goes unread;
 2. nothing stands outside what is signed, and signatures are lower-case hexadecimal (upper case would be valid);
 3. it is of the role and the version that its name says;
 4. every signature is valid and of a key of the role, and there are as many as the role asks for.
"""

import re
from typing import Any

from tuf.api.exceptions import RepositoryError
from tuf.api.serialization.json import JSONSerializer

from seuil.archive.layout import FIELD
from seuil.archive.problem import ArchiveError, Problem
from seuil.archive.tufapi import Metadata, Root, Signed, T

_HEXADECIMAL = re.compile(r"[0-9a-f]+")


def metadata_bytes(metadata: Metadata[T]) -> bytes:
    """The bytes of a metadata file: JSON that a person can read, signatures in the order of their keys."""
    in_order = Metadata(metadata.signed, dict(sorted(metadata.signatures.items())), metadata.unrecognized_fields)
    return in_order.to_bytes(JSONSerializer(compact=False))


def own_field(signed: Signed) -> dict[str, Any]:
    """What this program says in `signed` beyond TUF's own fields; empty where it says nothing."""
    own = signed.unrecognized_fields.get(FIELD, {})
    return own if isinstance(own, dict) else {}


def signer_name(root: Root, keyid: str) -> str:
    """The role that the root names for a key (statistician, checker...), or the beginning of its id."""
    names = own_field(root).get("signers", {})
    return str(names.get(keyid, f"key {keyid[:8]}"))


def read_metadata(data: bytes, kind: type[T], file: str) -> Metadata[T]:
    """Rules 1 to 3, except the version. `file` is for the message. Raises ArchiveError."""
    role = kind.type
    whole = f"metadata of the role {role} as it was written"
    try:
        metadata: Metadata[T] = Metadata.from_bytes(data)
        # Signed bytes are asked for here, where it is told: a fraction, which JSON can say, has none
        canonical = metadata_bytes(metadata) == data and bool(metadata.signed_bytes)
    except RepositoryError as error:
        raise ArchiveError(Problem(file, "is altered: it can't be read", whole)) from error
    if not isinstance(metadata.signed, kind):
        raise ArchiveError(Problem(file, f"holds metadata of the role {metadata.signed.type}", whole))
    plain = not metadata.unrecognized_fields and all(
        not signature.unrecognized_fields and _HEXADECIMAL.fullmatch(str(signature.signature))
        for signature in metadata.signatures.values()
    )
    if not (canonical and plain):
        raise ArchiveError(Problem(file, "is altered outside what is signed", whole))
    return metadata


def check_signatures(root: Root, metadata: Metadata[T], file: str) -> None:
    """Rule 4, by the keys that `root` names. Raises ArchiveError that says how many of how many have signed."""
    role = metadata.signed.type
    result = root.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
    needed = f"{result.threshold} valid signature{'s' if result.threshold > 1 else ''}"
    if not result.verified:
        names = ", ".join(sorted(signer_name(root, keyid) for keyid in result.signed))
        by = f" ({names})" if names else ""
        found = f"is altered or not signed by enough: {len(result.signed)} valid of {result.threshold} signatures{by}"
        raise ArchiveError(Problem(file, found, needed))
    strange = sorted(set(metadata.signatures) - set(result.signed))
    if strange:
        found = f"bears a signature that is not valid, of the {signer_name(root, strange[0])}"
        raise ArchiveError(Problem(file, found, f"{needed} and no others"))


def read_signed(data: bytes, kind: type[T], file: str, *, root: Root, version: int | None = None) -> Metadata[T]:
    """All rules; `version` is None where the name says none. Raises ArchiveError."""
    metadata = read_metadata(data, kind, file)
    if version is not None and metadata.signed.version != version:
        found = f"holds version {metadata.signed.version}"
        raise ArchiveError(Problem(file, found, f"version {version}, as its name says"))
    check_signatures(root, metadata, file)
    return metadata
