"""The confidential workspace: a folder that only its owner can enter (0700), with everything but the records.

secret.key                          32 random bytes (0600): pseudonyms, and ties between equally good patterns
datasets/<id>/leaves/<period>/      leaves.parquet, report.json
datasets/<id>/definition/           copy of the definition, with what earlier vintages told, if there are any
datasets/<id>/periods/<period>/     table.parquet, proof/, summary.json
datasets/<id>/proposal/             content/ by logical name below jeux/, written.json
verified/<id>/<period>.json         what the last verification of its proof found (`workflow.verified`)
digests/<SHA-256>.json              digests of the years of a published table (`workflow.digests`)
releases/release-N/                 proposals that are being signed (`publish.propose`)
archive.json                        the archive that it publishes into, so that no build forgets what was published

A folder of a step appears whole, by one rename, with the fingerprint of what it was made from in `step.json`.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seuil.model.errors import UsageError
from seuil.publish.disk import PARTIAL, PRIVATE, exclusive, is_private, make_folders, put
from seuil.workflow.secret import SECRET_FILE, new_secret, read_secret

STEP, ARCHIVE = "step.json", "archive.json"


@dataclass(frozen=True)
class Workspace:
    """The folders of a workspace; `open_workspace` makes and checks them."""

    folder: Path

    @property
    def releases(self) -> Path:
        """Where proposals wait for their signatures."""
        return self.folder / "releases"

    @property
    def verified(self) -> Path:
        """Where it is noted which periods were verified."""
        return self.folder / "verified"

    @property
    def digests(self) -> Path:
        """Where digests of published figures are remembered."""
        return self.folder / "digests"

    @property
    def archive(self) -> Path | None:
        """The archive that was last named, None if none ever was. Raises UsageError if it isn't there any more."""
        try:
            written = str(json.loads((self.folder / ARCHIVE).read_bytes())["archive"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            raise UsageError(f"{self.folder / ARCHIVE}: can't be read; name the archive with --archive") from None
        archive = Path(os.path.normpath(self.folder.resolve() / written))
        if not archive.is_dir():
            raise UsageError(
                f"{archive}: no such folder, but this workspace has published there; name it with --archive"
            )
        return archive

    def remember(self, archive: Path) -> None:
        """Keep where the archive lies, seen from the workspace: they may move together."""
        write_json(self.folder / ARCHIVE, {"archive": os.path.relpath(archive.resolve(), self.folder.resolve())})

    def dataset(self, name: str) -> Path:
        """The folder of a dataset."""
        return self.folder / "datasets" / name

    def leaves(self, name: str, period: int) -> Path:
        """The step that counts the records of one period."""
        return self.dataset(name) / "leaves" / str(period)

    def definition(self, name: str) -> Path:
        """The copy of a definition that knows of earlier vintages."""
        return self.dataset(name) / "definition"

    def period(self, name: str, period: int) -> Path:
        """The step that protects one period."""
        return self.dataset(name) / "periods" / str(period)

    def proposal(self, name: str) -> Path:
        """The step that puts all periods together, ready to be released."""
        return self.dataset(name) / "proposal"

    def proposals(self) -> list[str]:
        """The datasets that are ready to be released."""
        return sorted(path.parent.parent.name for path in self.folder.glob(f"datasets/*/proposal/{STEP}"))

    @property
    def secret(self) -> bytes:
        """The secret of the workspace. Raises UsageError if others can read it, or it is not one."""
        return read_secret(self.folder / SECRET_FILE)


def open_workspace(folder: Path) -> Workspace:
    """Make a workspace, or open one. Raises UsageError if it is no folder, or others can enter it."""
    if not folder.exists():
        make_folders(PRIVATE, folder)
    if not folder.is_dir():
        raise UsageError(f"{folder}: a file; expected a folder for the workspace")
    if not is_private(folder):
        raise UsageError(f"{folder}: others can enter this; expected a folder of mode 0700 (chmod 700 {folder})")
    if not (folder / SECRET_FILE).exists():
        put(PRIVATE, folder / SECRET_FILE, [new_secret()])
    return Workspace(folder)


@contextmanager
def busy(workspace: Workspace) -> Iterator[None]:
    """Hold a workspace for one run at a time, and remove what an earlier one left unfinished."""
    with exclusive(workspace.folder, "another run in this workspace"):
        for path in sorted(workspace.folder.glob(f"datasets/**/{PARTIAL}*")):
            shutil.rmtree(path, ignore_errors=True)
        yield


def is_current(folder: Path, fingerprint: str) -> bool:
    """Whether a step's folder is there and was made from what has this fingerprint."""
    try:
        return bool(json.loads((folder / STEP).read_bytes())["fingerprint"] == fingerprint)
    except (OSError, ValueError, KeyError, TypeError):
        return False


@contextmanager
def step(folder: Path, fingerprint: str) -> Iterator[Path]:
    """A folder to write a step's result in. It becomes `folder` if all goes well, and is removed otherwise."""
    partial = folder.parent / f"{PARTIAL}{folder.name}"
    shutil.rmtree(partial, ignore_errors=True)
    make_folders(PRIVATE, partial)
    try:
        yield partial
        put(PRIVATE, partial / STEP, [(json.dumps({"fingerprint": fingerprint}) + "\n").encode()])
        _replace(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A private folder below `folder` for what no step keeps; it is removed in any case."""
    place = folder / f"{PARTIAL}scratch"
    shutil.rmtree(place, ignore_errors=True)
    make_folders(PRIVATE, place)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def write_json(path: Path, content: object) -> None:
    """A small private file of a step."""
    put(PRIVATE, path, [(json.dumps(content, indent=1) + "\n").encode()])


def _replace(partial: Path, folder: Path) -> None:
    """Put a folder in the place of another. In between there is none, which the next run mends by making it anew."""
    for path in sorted(partial.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    if folder.exists():
        old = folder.parent / f"{PARTIAL}old-{folder.name}"
        shutil.rmtree(old, ignore_errors=True)
        folder.replace(old)
        partial.replace(folder)
        shutil.rmtree(old)
    else:
        partial.replace(folder)
