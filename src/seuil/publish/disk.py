"""Every change that publishing makes to a file system.

A file comes into being whole or not at all: written under another name, synced, renamed, and its folder synced.
`Disk` has one method a step, so that a test can cut the power at each.
"""

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from seuil.model.errors import ReleaseError

PARTIAL = ".partial-"
"""What names of files that are being written start with; no logical name can."""

_CHUNK = 1 << 20


class Disk:
    """Single steps, each with the modes of one zone whatever the process's umask is."""

    def __init__(self, *, file_mode: int, folder_mode: int) -> None:
        self._file_mode, self._folder_mode = file_mode, folder_mode

    def make_folder(self, path: Path) -> None:
        """Make one folder in a folder that exists."""
        path.mkdir(exist_ok=True)
        path.chmod(self._folder_mode)

    def write(self, path: Path, chunks: Iterable[bytes]) -> None:
        """Write a new file, or replace the content of a partial one."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, self._file_mode), "wb") as opened:
            os.fchmod(opened.fileno(), self._file_mode)
            for chunk in chunks:
                opened.write(chunk)

    def sync(self, path: Path) -> None:
        """Return once a file's content, or a folder's names, would survive a power cut."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another name, in place of the file that has it."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()


PUBLIC = Disk(file_mode=0o644, folder_mode=0o755)
"""For archives: everybody may read them."""

PRIVATE = Disk(file_mode=0o600, folder_mode=0o700)
"""For the confidential zone."""


def make_folders(disk: Disk, path: Path) -> None:
    """Make a folder and those above it, where they don't exist."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        disk.make_folder(folder)
        disk.sync(folder.parent)


def put(disk: Disk, path: Path, chunks: Iterable[bytes]) -> None:
    """Put a file in place, whole or not at all; whatever has its name is replaced."""
    make_folders(disk, path.parent)
    partial = path.parent / f"{PARTIAL}{path.name}"
    disk.write(partial, chunks)
    disk.sync(partial)
    disk.rename(partial, path)
    disk.sync(path.parent)


def chunks_of(path: Path) -> Iterator[bytes]:
    """The content of a file, a megabyte at a time."""
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def remove_partials(disk: Disk, folder: Path) -> None:
    """Remove what a publication that was cut off had begun to write."""
    for path in sorted(folder.rglob(f"{PARTIAL}*")):
        disk.remove(path)


def is_private(path: Path) -> bool:
    """Whether nobody but its owner can reach a file or folder."""
    return not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


@contextmanager
def exclusive(folder: Path, what: str) -> Iterator[None]:
    """Hold a folder for one process at a time, and tell errors of the file system in plain words.

    what: who else may hold it, for the message. Raises ReleaseError if another process does.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise ReleaseError(f"{folder}: {error.strerror}; expected an existing folder") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ReleaseError(f"{folder}: {what} is under way; wait for its end") from error
    except OSError as error:
        raise ReleaseError(f"{error.filename or folder}: {error.strerror}; put that right and run it again") from error
    finally:
        os.close(descriptor)
