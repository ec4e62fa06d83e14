"""A collection's definition and code lists, read out of the files of a release."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from seuil.archive.layout import DATASETS
from seuil.model.dataset import Dataset, read_dataset

DEFINITION, DATA, FIGURES, PROOF = "definition.yaml", "data.parquet", "figures.parquet", "proof"
Files = Mapping[str, Path]


@contextmanager
def dataset_of(files: Files, name: str) -> Iterator[Dataset]:
    """A collection as the files of a release define it, laid out in a folder for as long as it is needed."""
    prefix = f"{DATASETS}/{name}/"
    with tempfile.TemporaryDirectory(prefix="seuil-") as folder:
        for logical, path in files.items():
            relative = logical.removeprefix(prefix)
            if logical.startswith(prefix) and not _is_made(relative):
                target = Path(folder) / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        yield read_dataset(Path(folder) / DEFINITION)


def _is_made(relative: str) -> bool:
    """Whether a file of a collection's folder is made from its definition, and so no part of it."""
    return relative in (DATA, FIGURES) or relative.startswith(f"{PROOF}/")
