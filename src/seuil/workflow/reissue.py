"""A dataset that knows what earlier vintages of its years told, from a copy of its definition in the workspace.

The copy has `vintages.yaml` and its files beside it, as the release will: those of the newest release for years that
stay, made anew for years that are published again (confidential: from the records of today).
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from seuil.archive.layout import DATASETS
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.vintages import FOLDER, VINTAGES, Vintage, vintages_bytes
from seuil.publish.disk import PRIVATE, make_folders
from seuil.workflow.fingerprint import dataset_files
from seuil.workflow.frozen import Published
from seuil.workflow.new_vintage import new_vintages
from seuil.workflow.vintages import entries_of

Anew = Mapping[int, tuple[list[Published], Path]]
"""By year to be made anew: its vintages, the newest first, and the file of its leaves."""


def with_vintages(dataset: Dataset, vintages: Mapping[int, list[Published]], anew: Anew, folder: Path) -> Dataset:
    """The dataset with what earlier vintages told, read from `folder`; as it is where no year was published again."""
    newest = max((all_[0] for all_ in vintages.values()), key=lambda year: year.release, default=None)
    written = () if newest is None else entries_of(newest)
    if newest is None or not (written or anew):
        return dataset
    shutil.rmtree(folder, ignore_errors=True)
    make_folders(PRIVATE, folder)
    for name, path in dataset_files(dataset).items():
        if name != VINTAGES and not name.startswith(f"{FOLDER}/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
    kept = tuple(one for one in written if one.period not in anew)
    for one in kept:
        (folder / one.told).parent.mkdir(exist_ok=True)
        shutil.copyfile(newest.files[f"{DATASETS}/{dataset.id}/{one.told}"], folder / one.told)
    made: list[Vintage] = []
    for period, (earlier, leaves) in anew.items():
        made += new_vintages(dataset, period, earlier, leaves, written, folder)
    (folder / VINTAGES).write_bytes(vintages_bytes((*kept, *made)))
    return read_dataset(folder / "definition.yaml")
