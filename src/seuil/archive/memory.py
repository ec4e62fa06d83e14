"""What a reader remembers of an archive from one start to the next: the metadata that was trusted last.

Without it an archive that was put back to an older state, or put in place of another under other keys, looks as good as
any at first sight. One small public file, `seen.json`, in a folder of the reader's own; never in the archive, which its
readers need no right to write in.
"""

import contextlib
import json
import os
import tempfile
from pathlib import Path

from seuil.archive.trust import Seen
from seuil.model.errors import ReleaseError, UsageError

FILE = "seen.json"
_PARTS = ("root", "timestamp", "snapshot")


class Memory:
    """The folder in which a reader remembers one archive."""

    def __init__(self, folder: Path, archive: Path) -> None:
        """Raises UsageError if the folder lies in the archive."""
        if folder.resolve().is_relative_to(archive.resolve()):
            raise UsageError(f"{folder}: lies in the archive; expected a folder of the reader's own")
        self.file = folder / FILE

    def read(self) -> Seen | None:
        """What was trusted last, None at first sight. Raises ReleaseError if the file is not what was written."""
        try:
            content = json.loads(self.file.read_bytes())
            return Seen(*(content[part].encode() for part in _PARTS))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(f"{self.file}: {error.strerror}; expected a file that can be read") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ReleaseError(
                f"{self.file}: is not what was remembered; expected root, timestamp and snapshot as they were trusted. "
                "If it is damaged, remove it, and give the root that you kept with --root"
            ) from None

    def write(self, seen: Seen) -> None:
        """Remember, whole or not at all. Raises UsageError if the folder can't be written."""
        content = {part: getattr(seen, part).decode() for part in _PARTS}
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(prefix=f".{FILE}-", dir=self.file.parent)
            try:
                with os.fdopen(handle, "wb") as opened:
                    opened.write(json.dumps(content).encode())
                    opened.flush()
                    os.fsync(opened.fileno())
                Path(partial).replace(self.file)
            finally:
                with contextlib.suppress(OSError):
                    Path(partial).unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(
                f"{self.file.parent}: {error.strerror}; expected a folder that can be written (--state)"
            ) from None
