"""Keys: who holds what, where they lie, how to sign with them.

    root           says whose keys count; needed once a year or so, kept offline
    statistician   signs releases
    checker        signs releases; a release needs both
    snapshot       signs the fingerprint of a release when it is published
    timestamp      signs, every few days, which release is served; the only key that lives in the public zone

A key is two files in a folder that only its owner can enter: `checker.pem`, the private key (Ed25519, PKCS8, under a
passphrase if one is given), and `checker.json`, which says its public half and, as a URI of securesystemslib, where the
private half is. So a hardware key or a key service takes the place of a file by writing its URI there.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from seuil.model.errors import UsageError
from seuil.publish.disk import PRIVATE, is_private, make_folders
from seuil.publish.sslibapi import SIGNER_FOR_URI_SCHEME, CryptoSigner, Key, SecretsHandler, Signer, SSlibKey

ROLES = ("root", "statistician", "checker", "snapshot", "timestamp")
RELEASE_SIGNERS = ("statistician", "checker")
"""The two whose signatures make a release."""

_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


class EncryptedFileSigner(CryptoSigner):
    """Signs with a private key file that may be under a passphrase: `encfile:<path>`, percent-encoded."""

    SCHEME = "encfile"

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> CryptoSigner:
        """For securesystemslib to call. Asks `secrets_handler("passphrase")` only if the file is encrypted.

        Raises UsageError if the file is missing, open to others, not a key, another key, or under another passphrase.
        """
        path = Path(unquote(priv_key_uri.removeprefix(f"{cls.SCHEME}:")))
        pem = _read_private(path)
        passphrase = None
        if pem.startswith(_ENCRYPTED):
            if secrets_handler is None:
                raise UsageError(f"{path}: this key is under a passphrase; give it")
            passphrase = secrets_handler("passphrase").encode()
        try:
            private = load_pem_private_key(pem, passphrase)
        except (ValueError, TypeError) as error:
            reason = "the passphrase is not that of this key" if passphrase is not None else "this is not a private key"
            raise UsageError(f"{path}: {reason}") from error
        if not isinstance(private, Ed25519PrivateKey) or not isinstance(public_key, SSlibKey):
            raise UsageError(f"{path}: this key is of another kind; expected Ed25519")
        if SSlibKey.from_crypto(private.public_key()).keyval != public_key.keyval:
            raise UsageError(f"{path}: this private key does not belong to the public key beside it")
        return CryptoSigner(private, public_key)


SIGNER_FOR_URI_SCHEME[EncryptedFileSigner.SCHEME] = EncryptedFileSigner


def create_key(folder: Path, role: str, *, passphrase: str | None = None) -> Key:
    """Make the key of a role in a folder (0700, made if need be) and return its public half.

    Raises UsageError if the role has a key there already: keys are never overwritten.
    """
    _check_role(role)
    private_file, public_file = folder / f"{role}.pem", folder / f"{role}.json"
    if private_file.exists() or public_file.exists():
        raise UsageError(f"{folder}: there is a key of the {role} already, and keys are never overwritten")
    make_folders(PRIVATE, folder)
    if not is_private(folder):
        raise UsageError(f"{folder}: others can enter this folder; expected the mode 0700")
    private = Ed25519PrivateKey.generate()
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase is not None:
        if not passphrase:
            raise UsageError(f"the passphrase of the {role} is empty; give one, or none at all")
        encryption = BestAvailableEncryption(passphrase.encode())
    public = SSlibKey.from_crypto(private.public_key())
    description = {
        "role": role,
        "uri": f"{EncryptedFileSigner.SCHEME}:{role}.pem",
        "keyid": public.keyid,
        "public": public.to_dict(),
    }
    _write_new(private_file, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    _write_new(public_file, (json.dumps(description, indent=1, sort_keys=True) + "\n").encode())
    return public


def create_keys(folder: Path, *, passphrases: Mapping[str, str] | None = None) -> Mapping[str, Key]:
    """Make the keys of all roles in one folder; `passphrases` by role, those without are not encrypted.

    Meant for demonstrations and tests: in earnest each person makes their own key in a folder of their own.
    """
    given = passphrases or {}
    return {role: create_key(folder, role, passphrase=given.get(role)) for role in ROLES}


def public_key(folder: Path, role: str) -> Key:
    """The public half of a role's key. Raises UsageError if there is none or its file can't be read as one."""
    return _described(folder, role)[0]


def load_signer(folder: Path, role: str, passphrase: Callable[[], str] | None = None) -> Signer:
    """The signer of a role, by the URI that its key's file names.

    passphrase: asked only if the key needs it (a prompt, say). Raises UsageError in plain words, never with the secret.
    """
    public, uri = _described(folder, role)
    scheme, _, rest = uri.partition(":")
    if scheme == EncryptedFileSigner.SCHEME:
        # Relative to the key's folder, so that the folder can be moved
        uri = f"{scheme}:{quote(str(folder.absolute() / unquote(rest)))}"
    try:
        return Signer.from_priv_key_uri(uri, public, (lambda _: passphrase()) if passphrase else None)
    except ValueError as error:
        raise UsageError(f"{folder / f'{role}.json'}: there is no signer for {scheme}: on this machine") from error


def _described(folder: Path, role: str) -> tuple[Key, str]:
    """Public half and URI."""
    _check_role(role)
    path = folder / f"{role}.json"
    try:
        description = json.loads(path.read_bytes())
        return Key.from_dict(description["keyid"], description["public"]), str(description["uri"])
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no key of the {role} here; make one first") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: this does not describe a key; expected keyid, public and uri") from error


def _read_private(path: Path) -> bytes:
    try:
        if not is_private(path):
            raise UsageError(f"{path}: others can read this private key; expected the mode 0600")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the private key can't be read ({error.strerror})") from error


def _write_new(path: Path, content: bytes) -> None:
    """The mode is there from the first byte on, and a file that exists is never touched."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        os.fchmod(opened.fileno(), 0o600)
        opened.write(content)


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise UsageError(f"{role!r} is not a role; expected one of {', '.join(ROLES)}")
