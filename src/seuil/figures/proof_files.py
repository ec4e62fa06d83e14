"""A proof as three small Parquet files: docs/reference/released-table.md.

<base>-base.parquet    value                    the base table, one row a leaf
<base>-moves.parquet   move, from, gap, change  the moves, numbered from 0; a row a leaf that changes
<base>-cells.parquet   cell, low, high          per cell to be proved the tables where it is lowest and highest

from: the table that the move starts from, 0 for the base. gap: how far a leaf is after the one before it in the same
move, the first one's own position. Integers are as narrow as they can be; the same proof gives the same bytes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from seuil.disclosure.arrays import Ints
from seuil.disclosure.proof import Proof
from seuil.model.errors import ProofError

PARTS = {"base": ("value",), "moves": ("move", "from", "gap", "change"), "cells": ("cell", "low", "high")}
_ASCENDING = ("move", "from", "cell")  # columns of which differences are smaller than the numbers
_LEVEL = 9  # of zstd; the highest, 19, takes twelve times as long for 7 % less
_WIDTHS = (pa.int8(), pa.int16(), pa.int32(), pa.int64())


def proof_names(base: str) -> dict[str, str]:
    """The file name of each part of the proof of a base."""
    return {part: f"{base}-{part}.parquet" for part in PARTS}


def write_proofs(folder: Path, proofs: Mapping[str, Proof]) -> None:
    """Write the proof of every base into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for base, proof in proofs.items():
        for part, columns in _columns(proof).items():
            write_whole_numbers(folder / proof_names(base)[part], columns, ascending=_ASCENDING)


def write_whole_numbers(path: Path, columns: Mapping[str, Ints], *, ascending: Collection[str]) -> None:
    """Write columns as narrow as they can be. ascending: names of those whose differences are small."""
    import pyarrow.parquet as pq  # costs as much as protecting a small table, of which no proof may be asked for

    table = pa.table({name: _narrow(values) for name, values in columns.items()})
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=False,
        column_encoding={name: "DELTA_BINARY_PACKED" if name in ascending else "PLAIN" for name in columns},
    )


def read_proof(files: Mapping[str, Path]) -> Proof:
    """Read the proof of one base. files: by part. Raises ProofError that names a file that is no part of a proof.

    Whether it proves anything is for `disclosure.verify` to say.
    """
    base, moves, cells = (read_whole_numbers(files[part], names) for part, names in PARTS.items())
    move = moves["move"]
    if len(move) and not (move[0] == 0 and np.isin(np.diff(move), (0, 1)).all()):
        raise ProofError(f"{files['moves']}: column move: expected 0, 1, 2 ..., in ascending order")
    start = np.concatenate([[0], np.cumsum(np.bincount(move))]).astype(np.int64)
    added = np.concatenate([[0], np.cumsum(moves["gap"])]).astype(np.int64)
    variable = added[1:] - np.repeat(added[start[:-1]], np.diff(start))
    origin, first = moves["from"], start[:-1]
    if (origin != np.repeat(origin[first], np.diff(start))).any():
        raise ProofError(f"{files['moves']}: column from: expected the same number in all rows of a move")
    found = cells["cell"], cells["low"], cells["high"], origin[first]
    return Proof(base["value"], start, variable, moves["change"], *found)


@dataclass(frozen=True)
class _Moves:
    """Moves that change something, renumbered: one that changes nothing gives the table that it starts from."""

    lengths: Ints
    origin: Ints

    def rows(self) -> Ints:
        kept = self.lengths[self.lengths > 0]
        return np.repeat(np.arange(len(kept), dtype=np.int64), kept)

    def tables(self, numbers: Ints) -> Ints:
        some = self.lengths > 0
        new = np.concatenate([[0], np.where(some, np.cumsum(some), 0)]).astype(np.int64)
        new[1:] = np.where(some, new[1:], new[self.origin])
        return np.asarray(new[numbers], dtype=np.int64)


def _columns(proof: Proof) -> dict[str, dict[str, Ints]]:
    lengths = np.diff(proof.move_start)
    moves = _Moves(lengths, proof.move_from)
    ascending = np.lexsort((proof.move_variable, np.repeat(np.arange(len(lengths)), lengths)))
    gap = np.diff(proof.move_variable[ascending], prepend=0)
    first = proof.move_start[:-1][lengths > 0]
    gap[first] = proof.move_variable[ascending][first]
    return {
        "base": {"value": proof.base},
        "moves": {
            "move": moves.rows(),
            "from": np.repeat(moves.tables(proof.move_from), lengths),
            "gap": gap,
            "change": proof.move_change[ascending],
        },
        "cells": {"cell": proof.cells, "low": moves.tables(proof.low), "high": moves.tables(proof.high)},
    }


def _narrow(values: Ints) -> pa.Array:
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    kind = next(t for t in _WIDTHS if -(1 << (t.bit_width - 1)) <= low and high < 1 << (t.bit_width - 1))
    return pa.array(values).cast(kind)


def read_whole_numbers(path: Path, names: tuple[str, ...]) -> dict[str, Ints]:
    """Read such columns. Raises ProofError for a file that has others."""
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise ProofError(f"{path}: is missing; expected a part of a proof") from None
    except (OSError, pa.ArrowException):
        raise ProofError(f"{path}: can't be read as Parquet") from None
    if tuple(table.column_names) != names:
        raise ProofError(f"{path}: columns {', '.join(table.column_names)}; expected {', '.join(names)}")
    return dict(_integers(path, table))


def _integers(path: Path, table: pa.Table) -> Iterator[tuple[str, Ints]]:
    for name in table.column_names:
        column = table[name]
        if column.type not in _WIDTHS or column.null_count:
            raise ProofError(f"{path}: column {name}: expected whole numbers (int8 to int64) in every row")
        yield name, column.to_numpy().astype(np.int64)
