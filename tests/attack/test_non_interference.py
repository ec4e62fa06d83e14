"""Whoever reads a release can't tell the truth from a witness (guarantee, design 3.9).

Tables of the published proof, expanded to records, go the whole way with the same pattern, clock, keys and secret.
Every byte of the archive must be the same, though together they change every hidden count.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.helpers.tiny_chain import HEADS, Chain, Records, open_office, write_records
from tests.helpers.trees import bytes_of

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.audit import Audit, audit
from seuil.disclosure.constraints.system import leaf_sums
from seuil.disclosure.cube.cube import Cube, Leaves
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.cube.margins import add_up
from seuil.disclosure.cube.publish import Pattern, publish
from seuil.disclosure.protect import Protected
from seuil.figures.leaf_files import read_leaves
from seuil.figures.periods import read_period
from seuil.figures.proof_files import proof_names, read_proof
from seuil.model.dataset import Dataset, read_dataset
from seuil.workflow import period
from seuil.workflow.workspace import open_workspace

MOST = 12  # rounds
Key = tuple[str, int]


class Cubes:
    """The true cubes of an office, the patterns that were published, and the proofs, by dataset and period."""

    def __init__(self, chain: Chain) -> None:
        self.chain, self.place = chain, open_workspace(chain.workspace)
        self.datasets = {d.id: d for d in map(read_dataset, chain.definitions)}
        self.keys: list[Key] = [(d.id, p) for d in self.datasets.values() for p in d.definition.period.values]
        self.grids = {key: grid_of(self.datasets[key[0]], key[1]) for key in self.keys}

    def leaves(self, key: Key) -> Leaves:
        return read_leaves(self.place.leaves(*key) / "leaves.parquet", self.grids[key])

    def figures(self, key: Key) -> Figures:
        return read_period(
            self.datasets[key[0]], key[1], self.place.proposal(key[0]) / "content" / key[0] / "data.parquet"
        )

    def pattern(self, key: Key) -> Pattern:
        figures = self.figures(key)
        return Pattern(figures.count.hidden, {name: column.hidden for name, column in figures.sums.items()})

    def changed(self, key: Key, count: Ints) -> Bools:
        """Hidden cells in which a table has another count than the truth."""
        return self.pattern(key).count & (add_up(count - self.leaves(key).count, self.grids[key].axes) != 0)

    def tables(self, key: Key, base: str) -> Iterator[Ints]:
        """The tables of a proof, over (slices, leaves of every axis)."""
        folder = self.place.proposal(key[0]) / "content" / key[0] / "proof" / str(key[1])
        proof = read_proof({part: folder / name for part, name in proof_names(base).items()})
        shape = self.leaves(key).count.shape
        for number in np.unique([proof.low, proof.high]):
            yield proof.table(int(number)).reshape(shape)


def records_of(dataset: Dataset, grid: Grid, counts: Ints, fees: Ints | None) -> Records:
    """Records of which the leaves are these. counts: (slices, leaves...), fees: (1, leaves...), in whole units."""
    records: Records = {name: [] for name in HEADS}
    codes = [[axis.nodes[k].code for k in axis.leaves] for axis in grid.axes]
    for place in np.ndindex(counts.shape[1:]):
        where = dict(zip(dataset.additive, (c[k] for c, k in zip(codes, place, strict=True)), strict=True))
        dept = where["territory"].replace("X", "?")
        total = counts[(0, *place)]
        names = [f"{dept}{''.join(map(str, place))}-{k}" for k in range(total)]
        if fees is not None:
            amount, age = int(fees[(0, *place)]), {"young": 20, "old": 60}[where["age"]]
            assert total > 0 or amount == 0
            for k, name in enumerate(names):
                share = amount // total + (k < amount % total)
                records["people"].append((name, grid.period, dept, age, where["sex"], share))
        else:
            records["patients"] += [(name, grid.period, dept, where["sex"]) for name in names]
            n = {code: int(counts[(k, *place)]) for k, code in enumerate(grid.slices)}
            assert max(n["A"], n["B"]) <= n["G"] <= n["A"] + n["B"]
            members = {"A": names[: n["A"]], "B": names[n["G"] - n["B"] : n["G"]], "H": names[: n["H"]]}
            records["conditions"] += [(name, grid.period, code) for code, who in members.items() for name in who]
    return records


def audit_here(table: Path, dataset: Dataset, period: int, _: Path) -> Audit:
    """The audit in this process, of the same file."""
    return audit(read_period(dataset, period, table))


def fix_pattern(patch: pytest.MonkeyPatch, patterns: dict[Key, Pattern]) -> None:
    """Publish with a given pattern instead of choosing one; the audit sees the figures, as always."""

    def fixed(cube: Cube, _: bytes, *, auditor, **__) -> Protected:
        figures = publish(cube, patterns[cube.grid.dataset.id, cube.grid.period])
        return Protected(figures, auditor(figures), {}, {}, {}, {})

    patch.setattr(period, "protect", fixed)


def archive_of(truth: Chain, folder: Path, records: Records) -> dict[str, bytes]:
    """The archive that an office with the same keys, clock, secret and definitions makes of other records."""
    chain = open_office(folder)
    for place in ("keys", "archive"):
        shutil.rmtree(chain.folder / place)
    shutil.copytree(truth.folder / "keys", chain.keys)
    shutil.copytree(truth.folder / "empty", chain.archive)
    write_records(chain.records, records)
    chain.build()
    chain.publish(chain.propose())
    return bytes_of(chain.archive)


@pytest.fixture
def truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chain:
    monkeypatch.setattr(period, "audit_apart", audit_here)
    chain = open_office(tmp_path / "truth")
    shutil.copytree(chain.archive, chain.folder / "empty")
    chain.build()
    chain.publish(chain.propose())
    return chain


def fees_for(grid: Grid, column: Column, count: Ints) -> Ints | None:
    """Amounts that give every shown sum, with nothing where the table has nobody; None if there are none."""
    shown = np.flatnonzero((grid.published & ~column.hidden).ravel())
    sums = leaf_sums(grid)[shown]
    here = count.ravel() > 0
    found = milp(
        np.random.default_rng(1).random(count.size),  # any amounts will do; not those of the truth
        integrality=np.ones(count.size),
        bounds=Bounds(0, np.where(here, np.inf, 0)),
        constraints=LinearConstraint(sums, column.values.ravel()[shown], column.values.ravel()[shown]),
    )
    return np.rint(found.x).astype(np.int64).reshape(count.shape) if found.success else None


def options(cubes: "Cubes", key: Key) -> list[tuple[Ints, Ints | None]]:
    """Pairs of a table of the counts and one of the amounts that can be of the same records."""
    figures, grid = cubes.figures(key), cubes.grids[key]
    if not figures.sums:
        return [(count, None) for count in cubes.tables(key, "count")]
    pairs = [(count, fees_for(grid, figures.sums["fees"], count)) for count in cubes.tables(key, "count")]
    return [(count, fees) for count, fees in pairs if fees is not None]


def witnesses(cubes: "Cubes") -> Iterator[dict[Key, tuple[Ints, Ints | None]]]:
    """Tables of counts and amounts, round by round, until every hidden count was changed in some round."""
    pairs = {key: options(cubes, key) for key in cubes.keys}
    left = {key: cubes.pattern(key).count for key in cubes.keys}
    for _ in range(MOST):
        chosen = {}
        for key in cubes.keys:
            found = [cubes.changed(key, count) for count, _ in pairs[key]]
            best = int(np.argmax([(c & left[key]).sum() * 1000 + c.sum() for c in found]))
            chosen[key] = pairs[key][best]
            left[key] = left[key] & ~found[best]
        yield chosen
        if not any(cells.any() for cells in left.values()):
            return


def test_every_byte_is_the_same_whatever_hides_behind_it(
    truth: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cubes, expected = Cubes(truth), bytes_of(truth.archive)
    fix_pattern(monkeypatch, {key: cubes.pattern(key) for key in cubes.keys})
    differing = {key: np.zeros(cubes.grids[key].shape, np.bool_) for key in cubes.keys}
    amounts = {key: np.zeros(cubes.grids[key].shape, np.bool_) for key in cubes.keys}
    for number, chosen in enumerate(witnesses(cubes)):
        records: Records = {name: [] for name in HEADS}
        for key, (counts, fees) in chosen.items():
            for name, rows in records_of(cubes.datasets[key[0]], cubes.grids[key], counts, fees).items():
                records[name] += rows
            differing[key] |= cubes.changed(key, counts)
            if fees is not None:
                amounts[key] |= add_up(fees - cubes.leaves(key).sums["fees"].total, cubes.grids[key].axes) != 0
        assert archive_of(truth, tmp_path / f"witness-{number}", records) == expected
    for key in cubes.keys:
        pattern = cubes.pattern(key)
        assert pattern.count.any()
        assert (differing[key] == pattern.count).all(), key
        if pattern.sums:
            assert not (amounts[key] & ~pattern.sums["fees"]).any()
            assert amounts[key].sum() > 0.8 * pattern.sums["fees"].sum()
