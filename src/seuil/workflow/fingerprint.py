"""What a step was made from, as one hash: equal hashes mean that its result can be kept.

Fingerprints rest on confidential inputs: they stay in the workspace.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import seuil
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError
from seuil.model.vintages import VINTAGES

_CHUNK = 1 << 20


def fingerprint(**parts: object) -> str:
    """One hash of named parts, each of which JSON can say."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file's content. Raises DataError if it can't be read."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; expected a file that can be read") from None


def file_state(path: Path) -> list[object]:
    """Size and time of change of a file too large to be read for this; of a folder those of every file below it.

    Raises DataError if there is none.
    """
    try:
        if path.is_dir():
            return [[str(one.relative_to(path)), *file_state(one)] for one in sorted(path.rglob("*")) if one.is_file()]
        found = path.stat()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; expected the file of records that the definition names") from None
    return [found.st_size, found.st_mtime_ns]


def dataset_files(dataset: Dataset) -> dict[str, Path]:
    """The definition and all files that it names, and vintages, by their names below `jeux/<id>/` in a release."""
    codes = [dimension.codes for dimension in dataset.definition.dimensions.values()]
    names = [*codes, *(known.file for known in dataset.definition.known if known.file)]
    names += [external.file for external in dataset.externals.values()]
    names += [VINTAGES, *(vintage.told for vintage in dataset.vintages)] if dataset.vintages else []
    return {"definition.yaml": dataset.path} | {name: dataset.path.parent / name for name in names}


def definition_hash(dataset: Dataset) -> dict[str, str]:
    """Hashes of the definition and of the files that it names."""
    return {name: file_hash(path) for name, path in sorted(dataset_files(dataset).items())}


@cache
def program_hash(*packages: str) -> str:
    """Hash of the source of some packages of this program, so that a change of theirs makes what they made stale."""
    root = Path(seuil.__file__).parent
    digest = hashlib.sha256(seuil.__version__.encode())
    for path in _sources(root, packages):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources(root: Path, packages: Iterable[str]) -> list[Path]:
    suffixes = {".py", ".csv"}
    return sorted(p for name in packages for p in (root / name).rglob("*") if p.suffix in suffixes)


def secret_hash(secret: bytes) -> str:
    """Tells one secret from another without being it."""
    return hmac.digest(secret, b"seuil: fingerprint", hashlib.sha256).hex()
