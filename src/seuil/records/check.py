"""What a statistician wants to know of records before they are built. Counts, never a value of the records."""

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seuil.model.dataset import Dataset
from seuil.model.errors import UsageError
from seuil.model.hierarchy import UNKNOWN, Hierarchy
from seuil.records.count import LEAVES_FOLDER, Progress, count_leaves
from seuil.records.engine import Limits
from seuil.records.matching import below
from seuil.records.report import FileReport

Cell = tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """One thing to know. `what` is confidential as the records are.

    problem: rows that don't count, or a period without any. notice: what is counted in an unknown leaf, or a sum that
    may contain another one. candidate: a combination without anybody in any period; it is declared empty only if a
    person gives a public reason.
    """

    kind: Literal["problem", "notice", "candidate"]
    where: str
    what: str


def check(
    dataset: Dataset,
    records: Path,
    *,
    scratch: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Count the records in a folder that is deleted afterwards, and say what is odd.

    scratch: where that folder is made, in the confidential zone. Raises DataError as `count_leaves` does.
    """
    if scratch is not None:
        try:
            scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{scratch}: {error.strerror}; expected a folder for --scratch") from None
    with tempfile.TemporaryDirectory(prefix="seuil-check-", dir=scratch) as folder:  # of mode 0700
        key = secrets.token_bytes(32)
        report = count_leaves(dataset, records, Path(folder), key=key, limits=limits, progress=progress)
        occupied = _occupied(dataset, Path(folder) / LEAVES_FOLDER)
        nested = list(_nested(dataset, Path(folder) / LEAVES_FOLDER))
    findings = [finding for file in report.files for finding in _of_file(file)]
    empty = [period for period, units in report.units.items() if units == 0]
    findings += [Finding("problem", f"{dataset.id}, {period}", "no row counts in this period") for period in empty]
    return findings + nested + list(_candidates(dataset, occupied))


def _of_file(file: FileReport) -> Iterator[Finding]:
    for reason, rows in file.set_aside.items():
        yield Finding("problem", file.file, f"{rows:,} of {file.rows:,} rows set aside: {reason}")
    for dimension, rows in file.unknown.items():
        yield Finding("notice", file.file, f"{rows:,} of {file.rows:,} rows in the unknown leaf of {dimension}")


def _nested(dataset: Dataset, folder: Path) -> Iterator[Finding]:
    """Sums that are never smaller than another one: if one includes the other, their difference tells a third one."""
    columns = {name: dataset.leaf_columns(name)[:2] for name in dataset.sums}
    pairs = list(permutations(columns, 2))
    for file in sorted(folder.glob("*.parquet")) if pairs else ():
        leaves = pq.read_table(file, columns=[column for both in columns.values() for column in both])
        pairs = [(whole, part) for whole, part in pairs if _never_smaller(leaves, columns[whole], columns[part])]
    for whole, part in pairs:
        found = f"{whole} is never smaller than {part}"
        right = f"declare the difference as a sum and {whole} as `kind: total`"
        yield Finding("notice", f"measures.{whole}", f"{found}. If {whole} includes {part}, {right}")


def _never_smaller(leaves: pa.Table, whole: Sequence[str], part: Sequence[str]) -> bool:
    """Whether columns of one sum are everywhere at least those of another one: totals, and how many contribute."""
    pairs = zip(whole, part, strict=True)
    return all(pc.all(pc.greater_equal(leaves[more], leaves[less])).as_py() is not False for more, less in pairs)


def _occupied(dataset: Dataset, folder: Path) -> dict[str, set[Cell]]:
    """By additive dimension the pairs (node of the overlapping dimension, node) with anybody in some period."""
    found: dict[str, set[Cell]] = {name: set() for name in dataset.additive}
    if dataset.overlapping is None:
        return found
    for file in sorted(folder.glob("*.parquet")):
        for name, cells in found.items():
            pairs = pq.read_table(file, columns=[dataset.overlapping, name]).group_by([dataset.overlapping, name])
            for row in pairs.aggregate([]).to_pylist():
                cells |= {(row[dataset.overlapping], code) for code in _line(dataset.hierarchies[name], row[name])}
    return found


def _line(hierarchy: Hierarchy, code: str) -> Iterator[str]:
    """A node and those above it."""
    while code:
        yield code
        code = hierarchy.nodes[hierarchy.index[code]].parent


def _candidates(dataset: Dataset, occupied: dict[str, set[Cell]]) -> Iterator[Finding]:
    """Empty pairs that are not declared, without those that follow from an empty pair above."""
    if dataset.overlapping is None:
        return
    overlapping = dataset.hierarchies[dataset.overlapping]
    for name, cells in occupied.items():
        hierarchy, declared = dataset.hierarchies[name], _declared(dataset, name)
        empty = {
            (o.code, a.code)
            for o in overlapping.nodes
            for a in hierarchy.nodes
            if a.level != UNKNOWN and (o.code, a.code) not in cells | declared
        }
        for o in overlapping.nodes:
            above = [a for a in hierarchy.nodes if (o.code, a.code) in empty]
            top = [a.code for a in above if (o.parent, a.code) not in empty and (o.code, a.parent) not in empty]
            if top:
                where = f"{dataset.overlapping} {o.code}"
                yield Finding("candidate", where, f"nobody in any period in {name} {', '.join(top)}")


def _declared(dataset: Dataset, name: str) -> set[Cell]:
    """Pairs that a declaration on these two dimensions alone already covers."""
    overlapping, hierarchy = dataset.hierarchies[dataset.overlapping or ""], dataset.hierarchies[name]
    found: set[Cell] = set()
    for declared in dataset.definition.empty:
        if set(declared.where) <= {dataset.overlapping, name}:
            over = declared.where.get(dataset.overlapping or "", (overlapping.root.code,))
            of = declared.where.get(name, (hierarchy.root.code,))
            found |= {
                (overlapping.nodes[o].code, hierarchy.nodes[a].code)
                for o in below(overlapping, over)
                for a in below(hierarchy, of)
            }
    return found
