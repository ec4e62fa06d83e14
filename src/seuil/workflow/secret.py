"""The secret that breaks ties between equally good patterns: 32 random bytes in a file that nobody else can read.

Without one, whoever has a protected table could run the program on every table that fits it, keep those that give the
same pattern, and so learn more than the figures tell (docs/explanation/guarantee.md, "the choice of pattern").
"""

import os
import secrets
from pathlib import Path

import platformdirs

from seuil.model.errors import UsageError
from seuil.publish.disk import PARTIAL, PRIVATE, is_private, make_folders

SECRET_BYTES = 32
SECRET_FILE = "secret.key"


def new_secret() -> bytes:
    """Random bytes for a new secret."""
    return secrets.token_bytes(SECRET_BYTES)


def read_secret(path: Path) -> bytes:
    """The bytes of a secret's file. Raises UsageError if it is missing, open to others, or too short."""
    try:
        if not is_private(path):
            raise UsageError(f"{path}: others can read this secret; expected the mode 0600")
        secret = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; expected a file of {SECRET_BYTES} random bytes") from None
    if len(secret) < SECRET_BYTES:
        raise UsageError(f"{path}: {len(secret)} bytes; expected {SECRET_BYTES} random ones")
    return secret


def secret_of_user() -> bytes:
    """The secret of whoever runs this, made at first use, so that the same table gives the same result from run to run.

    It lies in the place that the system has for a user's data. Raises UsageError where it can't be made or read.
    """
    path = platformdirs.user_data_path("seuil", appauthor=False) / SECRET_FILE
    try:
        if not path.exists():
            _make(path)
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; expected a place for the secret that breaks ties; "
            "a file of your own can be named, or none be asked for (--secret FILE, --open; in Python secret=...)"
        ) from None
    return read_secret(path)


def _make(path: Path) -> None:
    make_folders(PRIVATE, path.parent)
    partial = path.parent / f"{PARTIAL}{SECRET_FILE}-{os.getpid()}"
    PRIVATE.write(partial, [new_secret()])
    PRIVATE.sync(partial)
    try:
        os.link(partial, path)
    except FileExistsError:
        pass  # another run was first: both have to go on with the same one
    finally:
        PRIVATE.remove(partial)
    PRIVATE.sync(path.parent)
