"""The leaves of the two tables of one cell, from the three files of a proof: only the rows that they need are read."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from seuil.model.errors import ReleaseError

Ints = NDArray[np.int64]
PARTS = ("base", "moves", "cells")


def part_name(base: str, part: str) -> str:
    """File name of a part of the proof of a base: `count-moves.parquet`."""
    return f"{base}-{part}.parquet"


def witnesses(files: Mapping[str, Path], cell: int) -> tuple[Ints, Ints] | None:
    """(leaves,) of the tables where the cell is lowest and highest; None where the proof doesn't list it.

    files: by part. Raises ReleaseError where they are no proof.
    """
    try:
        found = pq.read_table(files["cells"], filters=[("cell", "=", cell)])
        if not found.num_rows:
            return None
        base = pq.read_table(files["base"])["value"].to_numpy().astype(np.int64)
        low, high = (int(found[name][0].as_py()) for name in ("low", "high"))
        return _table(files["moves"], base, low), _table(files["moves"], base, high)
    except (OSError, KeyError, IndexError, pa.ArrowException) as error:
        raise ReleaseError(f"{files['cells'].name}: can't be read; expected a part of a proof") from error


def _table(moves: Path, base: Ints, number: int) -> Ints:
    """A table by its number: 0 is the base, k is what move k - 1 makes of the table that it starts from."""
    if number == 0:
        return base.copy()
    rows = pq.read_table(moves, filters=[("move", "=", number - 1)])
    table = _table(moves, base, int(rows["from"][0].as_py()))
    at = np.cumsum(rows["gap"].to_numpy().astype(np.int64))
    np.add.at(table, at, rows["change"].to_numpy().astype(np.int64))
    return table
