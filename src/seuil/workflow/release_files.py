"""Where the files of a collection and of its datasets lie in a release, by logical name.

jeux/<collection>/definition.yaml, code lists, proof/<period>/     what a collection is, what proves it, outer bounds
jeux/<collection>/figures.parquet                                  all its figures (`Dataset.whole`)
jeux/<dataset>/data.parquet                                        a dataset of it

Where a collection is one dataset with the default columns, its `data.parquet` has all its figures.
"""

from collections.abc import Mapping
from pathlib import Path

from seuil.archive.collection import DATA, FIGURES, Files
from seuil.archive.layout import DATASETS
from seuil.catalogue.build import figures_file
from seuil.figures.bounds_files import bounds_name
from seuil.figures.proof_files import proof_names
from seuil.model.dataset import Dataset
from seuil.model.errors import ReleaseError
from seuil.workflow.fingerprint import dataset_files

CATALOGUE = "catalogue.json"


def expected_names(dataset: Dataset) -> set[str]:
    """Logical names of all files of a collection in a release."""
    prefix = f"{DATASETS}/{dataset.id}"
    names = {figures_file(dataset)} | {f"{DATASETS}/{view.id}/{DATA}" for view in dataset.views}
    names |= {f"{prefix}/{name}" for name in dataset_files(dataset)}
    if dataset.definition.source == "records":
        for base in ("count", *dataset.sums):
            for period in dataset.definition.period.values:
                names |= {
                    f"{prefix}/proof/{period}/{name}" for name in (*proof_names(base).values(), bounds_name(base))
                }
    return names


def figures_name(names: Mapping[str, object], collection: str) -> str:
    """Logical name of the table with all figures of a collection, as a release has it. names: of its files."""
    own = f"{DATASETS}/{collection}/{FIGURES}"
    return own if own in names else f"{DATASETS}/{collection}/{DATA}"


def own_files(files: Files, name: str) -> dict[str, Path]:
    """The files in the folder of a collection or dataset."""
    return {logical: path for logical, path in files.items() if logical.startswith(f"{DATASETS}/{name}/")}


def file_of(files: Files, name: str) -> Path:
    """Raises ReleaseError if there is no such file."""
    if name not in files:
        raise ReleaseError(f"{name} is missing")
    return files[name]
