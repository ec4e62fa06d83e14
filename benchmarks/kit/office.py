"""An archive with one release of made-up figures, signed and published, for a portal to open."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from seuil.catalogue.build import catalogue_of, entry_of, write_catalogue
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.table import write_table
from seuil.model.dataset import Dataset
from seuil.publish.keys import RELEASE_SIGNERS, create_keys, load_signer
from seuil.publish.propose import propose
from seuil.publish.publish import publish
from seuil.publish.repository import create_archive
from seuil.publish.sign import sign

HIDDEN_SHARE = 0.2


def open_archive(folder: Path, dataset: Dataset) -> Path:
    """Publish a dataset with random figures: a log-uniform count in every cell, a fifth of them hidden."""
    now, archive, keys = datetime.now(UTC), folder / "archive", folder / "keys"
    create_archive(archive, create_keys(keys), load_signer(keys, "root"), now=now)
    table = folder / "data.parquet"
    periods = dataset.definition.period.values
    written = write_table(dataset, _figures(dataset, periods), table)
    entry = entry_of(dataset, rows=written.rows, modified=now.date(), hidden=written.hidden, cells=written.cells)
    catalogue = folder / "catalogue.json"
    catalogue.write_bytes(write_catalogue(catalogue_of([entry])))
    contents = {"catalogue.json": catalogue, entry.data_file: table}
    proposal = propose(archive, contents, folder / "workspace", now=now)
    for role in RELEASE_SIGNERS:
        sign(proposal.folder, load_signer(keys, role))
    publish(archive, proposal.folder, load_signer(keys, "snapshot"), load_signer(keys, "timestamp"), now=now)
    return archive


def _figures(dataset: Dataset, periods: Sequence[int]) -> dict[int, Figures]:
    random = np.random.default_rng(1)
    return {period: _random(grid_of(dataset, period), random) for period in periods}


def _random(grid: Grid, random: np.random.Generator) -> Figures:
    counts = 10 * np.exp(random.uniform(1, 12, grid.shape)).astype(np.int64)
    hidden = (random.random(grid.shape) < HIDDEN_SHARE) & grid.published
    return Figures(grid, Column(np.where(hidden | ~grid.published, 0, counts), hidden), {})
