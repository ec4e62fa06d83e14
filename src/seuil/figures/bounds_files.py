"""Outer bounds of hidden cells as a small Parquet file beside each proof: docs/reference/released-table.md.

<base>-bounds.parquet    cell, low, high    a hidden cell, and the lowest and highest that it can be; -1: none is known
"""

from collections.abc import Mapping
from pathlib import Path

from seuil.disclosure.proof import OuterBounds
from seuil.figures.proof_files import read_whole_numbers, write_whole_numbers

COLUMNS = ("cell", "low", "high")


def bounds_name(base: str) -> str:
    """The file name of the bounds of a base."""
    return f"{base}-bounds.parquet"


def write_bounds(folder: Path, bounds: Mapping[str, OuterBounds]) -> None:
    """Write the bounds of every base into a folder that is there."""
    for base, one in bounds.items():
        columns = {"cell": one.cells, "low": one.low, "high": one.high}
        write_whole_numbers(folder / bounds_name(base), columns, ascending=("cell",))


def read_bounds(path: Path) -> OuterBounds:
    """Read the bounds of one base. Raises ProofError that names a file that holds none.

    Whether they hold is for `disclosure.verify` to say.
    """
    found = read_whole_numbers(path, COLUMNS)
    return OuterBounds(found["cell"], found["low"], found["high"])
