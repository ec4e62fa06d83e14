"""A collection's definition and code lists, read out of the files of a release."""

import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from seuil.archive.layout import DATASETS
from seuil.model.dataset import Dataset, read_dataset

DEFINITION, DATA, FIGURES, PROOF = "definition.yaml", "data.parquet", "figures.parquet", "proof"
Files = Mapping[str, Path]

_READ: OrderedDict[str, Dataset] = OrderedDict()
"""Collections that were read last, by what is in their files: each year of each release asks for one."""
_MOST_READ = 64


@contextmanager
def dataset_of(files: Files, name: str) -> Iterator[Dataset]:
    """A collection as the files of a release define it, laid out in a folder for as long as it is needed."""
    prefix = f"{DATASETS}/{name}/"
    with tempfile.TemporaryDirectory(prefix="seuil-") as folder:
        digest = hashlib.sha256()
        mine = {n.removeprefix(prefix): path for n, path in files.items() if n.startswith(prefix)}
        for name in sorted(name for name in mine if not _is_made(name)):
            target, content = Path(folder) / name, mine[name].read_bytes()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        yield _read(digest.hexdigest(), Path(folder) / DEFINITION)


def _read(digest: str, path: Path) -> Dataset:
    """A definition and its code lists. digest: of the folder that they lie in."""
    known = _READ.pop(digest, None)
    dataset = read_dataset(path) if known is None else replace(known, path=path)
    _READ[digest] = dataset
    if len(_READ) > _MOST_READ:
        _READ.popitem(last=False)
    return dataset


def _is_made(relative: str) -> bool:
    """Whether a file of a collection's folder is made from its definition, and so no part of it."""
    return relative in (DATA, FIGURES) or relative.startswith(f"{PROOF}/")
