"""A fund's release office in a folder: keys, workspace, archive, and a clock that the test moves."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from seuil.publish.keys import RELEASE_SIGNERS, create_keys, load_signer
from seuil.publish.propose import propose
from seuil.publish.publish import publish
from seuil.publish.repository import create_archive
from seuil.publish.sign import sign
from seuil.publish.sslibapi import Signer

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

FIRST = {
    "catalogue.json": b'{"datasets": ["medecins", "patients"]}',
    "jeux/patients/data.parquet": bytes(range(256)) * 3,
    "jeux/patients/codes/territoires.csv": b"code,nom\n75,Paris\n",
    "jeux/medecins/data.parquet": b"PAR1 medecins PAR1",
}
SECOND = FIRST | {
    "catalogue.json": b'{"datasets": ["medecins", "patients"], "n": 2}',
    "jeux/patients/notes.txt": b"neuf",
}


@dataclass(frozen=True)
class Office:
    """Folders of one office. `contents` are given as bytes by logical name."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    def signer(self, role: str) -> Signer:
        return load_signer(self.folder / "keys", role)

    def open_for_business(self) -> "Office":
        create_archive(self.archive, create_keys(self.folder / "keys"), self.signer("root"), now=NOON)
        return self

    def copy(self, folder: Path) -> "Office":
        shutil.copytree(self.folder, folder)
        return Office(folder)

    def files(self, contents: Mapping[str, bytes]) -> dict[str, Path]:
        written = {}
        for name, content in contents.items():
            written[name] = self.folder / "built" / name
            written[name].parent.mkdir(parents=True, exist_ok=True)
            written[name].write_bytes(content)
        return written

    def propose(self, contents: Mapping[str, bytes], *, now: datetime = NOON, signed_by=RELEASE_SIGNERS) -> Path:
        proposal = propose(self.archive, self.files(contents), self.workspace, now=now)
        for role in signed_by:
            sign(proposal.folder, self.signer(role))
        return proposal.folder

    def publish(self, proposal: Path, *, now: datetime = NOON, **more) -> int:
        return publish(self.archive, proposal, self.signer("snapshot"), self.signer("timestamp"), now=now, **more)

    def release(self, contents: Mapping[str, bytes], *, now: datetime = NOON) -> int:
        return self.publish(self.propose(contents, now=now), now=now)


def archive_files(archive: Path) -> dict[str, bytes]:
    """Every file below a folder, by path."""
    return {
        path.relative_to(archive).as_posix(): path.read_bytes() for path in sorted(archive.rglob("*")) if path.is_file()
    }
