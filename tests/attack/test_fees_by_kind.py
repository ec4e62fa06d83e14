"""Amounts of several kinds a person: no canary comes out, and a release can't be told from its witnesses."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.attack.test_non_interference import audit_here, fix_pattern
from tests.helpers.fees_by_kind import FeesOffice, Row, fees_office, some_fees, write_fees
from tests.helpers.trees import bytes_of, texts_in

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.cube.margins import add_up
from seuil.disclosure.cube.publish import Pattern
from seuil.figures.leaf_files import read_leaves
from seuil.figures.periods import read_period
from seuil.figures.proof_files import proof_names, read_proof
from seuil.model.dataset import read_dataset
from seuil.workflow import period

YEAR = 2023
IDENTIFIER, FEES = "CANARY-7c41e09b", 987654321
CANARY = re.compile(f"{IDENTIFIER}|{FEES}", re.IGNORECASE)
ROUNDS = 12


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(period, "audit_apart", audit_here)


def published(office: FeesOffice) -> FeesOffice:
    office.build()
    office.publish(office.propose())
    return office


def test_a_canary_stays_in_the_leaves(tmp_path: Path) -> None:
    people, fees = some_fees()
    people.append((IDENTIFIER, YEAR, "b"))
    fees += [(IDENTIFIER, YEAR, "r", FEES, 9, 9), (IDENTIFIER, YEAR, "no such kind", 1, 1, 1)]
    office = published(fees_office(tmp_path / "office", people, fees))
    assert all(not CANARY.search(text) for _, text in texts_in(office.archive))
    holding = {name for name, text in texts_in(office.workspace) if CANARY.search(text)}
    assert holding == {f"datasets/fees/leaves/{YEAR}/leaves-fees.parquet"}


def records_of(grid: Grid, count: Ints, amounts: Ints) -> tuple[list[Row], list[Row]]:
    """Records of which the leaves are these. count: (1, places), amounts: (1, places, kinds), in whole units."""
    own = grid.grids["fees"]
    kinds = [own.axes[1].nodes[k].code for k in own.axes[1].leaves]
    people: list[Row] = []
    fees: list[Row] = []
    for place, node in enumerate(grid.axes[0].leaves):
        n = int(count[0, place])
        code = grid.axes[0].nodes[node].code.replace("X", "?")
        people += [(f"{code}-{k}", YEAR, code) for k in range(n)]
        for kind, amount in zip(kinds, amounts[0, place].tolist(), strict=True):
            assert n or not amount
            shares = [(k, amount // n + (k < amount % n)) for k in range(n)]
            fees += [(f"{code}-{k}", YEAR, kind, share, 3, share) for k, share in shares if share]
    return people, fees


def test_every_byte_is_the_same_whatever_amounts_are_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = fees_office(tmp_path / "truth", *some_fees())
    shutil.copytree(office.archive, office.folder / "empty")
    expected = bytes_of(published(office).archive)
    dataset = read_dataset(office.definition)
    grid = grid_of(dataset, YEAR)
    own = grid.grids["fees"]
    content = office.workspace / "datasets" / "fees" / "proposal" / "content" / "fees"
    figures = read_period(dataset, YEAR, content / "data.parquet")
    leaves = read_leaves(office.workspace / "datasets" / "fees" / "leaves" / str(YEAR) / "leaves.parquet", grid)
    truth, hidden = leaves.sums["fees"].total, figures.sums["fees"].hidden
    assert hidden.any() and not figures.sums["fees"].hidden[0, :, 0].all()
    folder = content / "proof" / str(YEAR)
    proof = read_proof({part: folder / name for part, name in proof_names("fees").items()})
    tables = [proof.table(int(k)).reshape(truth.shape) for k in np.unique([proof.low, proof.high])]
    fix_pattern(monkeypatch, {("fees", YEAR): Pattern(figures.count.hidden, {"fees": hidden})})
    left = hidden.copy()
    for number in range(ROUNDS):
        changed = [(add_up(table - truth, own.axes) != 0) & left for table in tables]
        best = int(np.argmax([cells.sum() for cells in changed]))
        if not changed[best].any():
            break
        left &= ~changed[best]
        other = fees_office(tmp_path / f"witness-{number}", *some_fees())
        for place in ("keys", "archive"):
            shutil.rmtree(other.folder / place)
        shutil.copytree(office.folder / "keys", other.keys)
        shutil.copytree(office.folder / "empty", other.archive)
        write_fees(other.records, *records_of(grid, leaves.count, tables[best]))
        assert bytes_of(published(other).archive) == expected
    assert not left.any()
