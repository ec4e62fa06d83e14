"""The outer bounds of hidden figures that a release tells, brought to the rows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from seuil.archive.collection import PROOF
from seuil.archive.layout import DATASETS
from seuil.model.bases import BASE_OF_COUNTS
from seuil.model.dataset import Dataset
from seuil.model.definition import Count
from seuil.model.errors import ReleaseError
from seuil.portal.proofs.cells import Cells

_ENDING = "-bounds.parquet"
Values = NDArray[np.float64]
Codes = Mapping[str, pa.Array]
"""The code of every dimension of the collection, by row."""


@dataclass(frozen=True)
class Told:
    """low, high: (rows,) of what a release tells; the highest is infinite where none is known."""

    low: Values
    high: Values


def tells_bounds(files: Mapping[str, Path], collection: str) -> bool:
    """Whether a release has the bounds of a collection: those of today do. files: of the release."""
    folder = f"{DATASETS}/{collection}/{PROOF}/"
    return any(name.startswith(folder) and name.endswith(_ENDING) for name in files)


def told_bounds(dataset: Dataset, files: Mapping[str, Path], measure: str, period: int, codes: Codes) -> Told:
    """The bounds of a count or a sum in some rows of a period in which it is hidden.

    files: of the release. Raises ReleaseError where they tell nothing of such a cell.
    """
    count = dataset.counts.get(measure)
    base = measure if count is None else BASE_OF_COUNTS
    cells = Cells.of(dataset, period, base)
    sought = cells.numbers(codes if count is None else _counted(count, codes))
    name = _file(dataset, period, base)
    try:
        table = pq.read_table(files[name])
        cell, low, high = (table[column].to_numpy().astype(np.int64) for column in ("cell", "low", "high"))
    except (OSError, KeyError, pa.ArrowException) as error:
        raise ReleaseError(f"{name}: can't be read; expected the bounds of hidden cells") from error
    place = np.minimum(np.searchsorted(cell, sought), max(len(cell) - 1, 0))
    if len(sought) and (not len(cell) or (cell[place] != sought).any()):
        raise ReleaseError(f"{name}: tells nothing of a hidden cell; rebuild the release")
    return Told(low[place].astype(np.float64), np.where(high[place] < 0, np.inf, high[place]))


def _file(dataset: Dataset, period: int, base: str) -> str:
    return f"{DATASETS}/{dataset.id}/{PROOF}/{period}/{base}{_ENDING}"


def _counted(count: Count, codes: Codes) -> Codes:
    """The cells that a count tells of in some rows: their own, or those that it is fixed at."""
    found = dict(codes)
    for other in count.instead:
        here = None
        for name, chosen in other.where.items():
            among = pc.is_in(codes[name], pa.array(chosen, pa.string()))
            here = among if here is None else pc.and_(here, among)
        found |= {name: pc.if_else(here, code, found[name]) for name, code in other.at.items()}
    rows = len(next(iter(codes.values())))
    return found | {name: pa.array([code] * rows, pa.string()) for name, code in count.at.items()}
