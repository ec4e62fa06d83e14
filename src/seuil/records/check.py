"""What a statistician wants to know of records before they are built. Counts, never a value of the records."""

import re
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
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
from seuil.model.leaf_names import amounts_file
from seuil.model.limits import ABOVE_LIMIT, LARGEST_FIGURE, PARTS
from seuil.records.count import LEAVES_FOLDER, Progress, count_leaves
from seuil.records.engines.engine import Limits
from seuil.records.engines.profiles import Database
from seuil.records.leaves import whole_sums
from seuil.records.reasons import no_code
from seuil.records.report import FileReport

Cell = tuple[str, str]
Amount = tuple[int, int]


@dataclass(frozen=True)
class Finding:
    """One thing to know. `what` is confidential as the records are.

    problem: rows that don't count or are left out of a sum, or a period without any. notice: what is counted in an
    unknown leaf, or a sum that may contain another one. candidate: a combination without anybody in any period; it is
    declared empty only if a person gives a public reason.
    """

    kind: Literal["problem", "notice", "candidate"]
    where: str
    what: str


def check(
    dataset: Dataset,
    records: Path,
    *,
    scratch: Path | None = None,
    database: Database | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    look: Callable[[int, Path], None] = lambda _period, _leaves: None,
) -> list[Finding]:
    """Count the records in a folder that is deleted afterwards, and say what is odd.

    scratch: where that folder is made, in the confidential zone. database, limits: as for `count_leaves`. look: is
    called with the file of each period's leaves while it is there. Raises DataError as `count_leaves` does.
    """
    if scratch is not None:
        try:
            scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{scratch}: {error.strerror}; expected a folder for --scratch") from None
    with tempfile.TemporaryDirectory(prefix="seuil-check-", dir=scratch) as folder:  # of mode 0700
        key = secrets.token_bytes(32)
        report = count_leaves(
            dataset, records, Path(folder), key=key, database=database, limits=limits, progress=progress
        )
        occupied = _occupied(dataset, Path(folder) / LEAVES_FOLDER)
        nested = list(_nested(dataset, Path(folder) / LEAVES_FOLDER))
        large = list(_large(dataset, Path(folder) / LEAVES_FOLDER))
        for period in () if large else dataset.definition.period.values:
            look(period, Path(folder) / LEAVES_FOLDER / f"{period}.parquet")
    findings = [finding for file in report.files for finding in _of_file(dataset, file)]
    empty = [period for period, units in report.units.items() if units == 0]
    findings += [Finding("problem", f"{dataset.id}, {period}", "no row counts in this period") for period in empty]
    return findings + nested + large + list(_candidates(dataset, occupied))


def _of_file(dataset: Dataset, file: FileReport) -> Iterator[Finding]:
    expected = {no_code(name): _with_zeros(hierarchy) for name, hierarchy in dataset.hierarchies.items()}
    for reason, rows in file.set_aside.items():
        more = expected.get(reason, "")
        yield Finding("problem", file.file, f"{rows:,} of {file.rows:,} rows set aside: {reason}{more}")
    for measure, wrong in file.left_out.items():
        for reason, rows in wrong.items():
            yield Finding("problem", file.file, f"{rows:,} of {file.rows:,} rows left out of {measure}: {reason}")
    for dimension, rows in file.unknown.items():
        yield Finding("notice", file.file, f"{rows:,} of {file.rows:,} rows in the unknown leaf of {dimension}")


def _with_zeros(hierarchy: Hierarchy) -> str:
    """What is expected of codes of which a spreadsheet may have taken a zero, nothing where none begins with one."""
    code = next((node.code for node in hierarchy.nodes if re.fullmatch(r"0[0-9]+", node.code)), None)
    return "" if code is None else f"; expected its codes with all their zeros, such as {code}"


def _periods(dataset: Dataset, folder: Path) -> list[Path]:
    """The files of leaves of all units."""
    return [folder / f"{period}.parquet" for period in sorted(dataset.definition.period.values)]


def _large(dataset: Dataset, folder: Path) -> Iterator[Finding]:
    """Measures whose total in some period is larger than a figure may be."""
    split = [name for name, measure in dataset.sums.items() if measure.kinds]
    group = [dataset.overlapping] if dataset.overlapping else []
    for file in _periods(dataset, folder):
        for path, names, by in (
            (file, ["n", *whole_sums(dataset)], group),
            *((amounts_file(file, name), [name], [dataset.sums[name].kinds or ""]) for name in split),
        ):
            leaves = pq.read_table(path, columns=[*names, *by])
            floats = [(name, leaves[name].cast(pa.float64(), safe=False)) for name in names]
            table = pa.table({**dict(floats), **{name: leaves[name] for name in by}})
            totals = table.group_by(by).aggregate([(name, "sum") for name in names])
            for name in names:
                most = LARGEST_FIGURE if name == "n" else LARGEST_FIGURE * PARTS
                if (pc.max(totals[f"{name}_sum"]).as_py() or 0) >= most:
                    yield Finding("problem", f"measures.{name}, {file.stem}", ABOVE_LIMIT)


def _nested(dataset: Dataset, folder: Path) -> Iterator[Finding]:
    """Sums that are never smaller than another one: if one includes the other, their difference tells a third one."""
    pairs = list(permutations(dataset.sums, 2))
    for file in _periods(dataset, folder) if pairs else ():
        pairs = [(whole, part) for whole, part in pairs if _never_smaller(dataset, file, whole, part)]
    for whole, part in pairs:
        found = f"{whole} is never smaller than {part}"
        right = f"declare the difference as a sum and {whole} as `kind: total`"
        if dataset.sums[whole].kinds or dataset.sums[part].kinds:
            right = "let both be nodes of one dimension of amounts"
        yield Finding("notice", f"measures.{whole}", f"{found}. If {whole} includes {part}, {right}")


def _never_smaller(dataset: Dataset, file: Path, whole: str, part: str) -> bool:
    """Whether one sum is at least another one in all leaves that both have: totals, and how many contribute."""
    split = [name for name in (whole, part) if dataset.sums[name].kinds]
    bases = [dataset.bases[name] for name in split]
    shared = [d for d in dataset.additive if all(d in base.additive for base in bases)]
    shared += [dataset.overlapping] if dataset.overlapping and not split else []
    more, less = (_by_leaf(dataset, file, name, shared) for name in (whole, part))
    return all(
        x >= y
        for leaf in more.keys() | less.keys()
        for x, y in zip(more.get(leaf, (0, 0)), less.get(leaf, (0, 0)), strict=True)
    )


def _by_leaf(dataset: Dataset, file: Path, name: str, dimensions: Sequence[str]) -> dict[tuple[str, ...], Amount]:
    """Total and contributors of a sum in some dimensions, of all kinds together."""
    kinds, numbers = dataset.sums[name].kinds, list(dataset.leaf_columns(name)[:2])
    path, of_all = (amounts_file(file, name), kinds) if kinds else (file, dataset.overlapping)
    others = [of_all] if of_all and of_all not in dimensions else []
    leaves = pq.read_table(path, columns=[*dimensions, *others, *numbers])
    for column in others:
        leaves = leaves.filter(pc.equal(leaves[column], dataset.hierarchies[column].root.code))
    found = leaves.group_by(list(dimensions)).aggregate([(number, "sum") for number in numbers])
    codes = zip(*(found[d].to_pylist() for d in dimensions), strict=True) if dimensions else [()] * len(found)
    total, contributors = (found[f"{number}_sum"].to_pylist() for number in numbers)
    return dict(zip(codes, zip(total, contributors, strict=True), strict=True))


def _occupied(dataset: Dataset, folder: Path) -> dict[str, set[Cell]]:
    """By additive dimension the pairs (node of the overlapping dimension, node) with anybody in some period."""
    found: dict[str, set[Cell]] = {name: set() for name in dataset.additive}
    if dataset.overlapping is None:
        return found
    for file in _periods(dataset, folder):
        for name, cells in found.items():
            hierarchy = dataset.hierarchies[name]
            pairs = pq.read_table(file, columns=[dataset.overlapping, name]).group_by([dataset.overlapping, name])
            for row in pairs.aggregate([]).to_pylist():
                line = hierarchy.line(hierarchy.index[row[name]])
                cells |= {(row[dataset.overlapping], hierarchy.nodes[k].code) for k in line}
    return found


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
                for o in overlapping.below(over)
                for a in hierarchy.below(of)
            }
    return found
