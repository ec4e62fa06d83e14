"""A build reads the tables of earlier releases once; whoever proposes, reviews or verifies reads them all the same."""

import json
from pathlib import Path

import pytest
from tests.helpers.tiny_chain import NOON, Chain

from seuil.model.dataset import read_dataset
from seuil.workflow import digests as remembering
from seuil.workflow import frozen
from seuil.workflow.digests import Digests, digests_of
from seuil.workflow.fingerprint import file_hash
from seuil.workflow.frozen import vintages_of
from seuil.workflow.verify import verify_folder
from seuil.workflow.workspace import open_workspace

Read = list[str]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """The tables of which digests were made, by the collection."""
    seen: Read = []

    def noting(dataset, table):  # type: ignore[no-untyped-def]
        seen.append(dataset.id)
        return digests_of(dataset, table)

    monkeypatch.setattr(remembering, "digests_of", noting)
    monkeypatch.setattr(frozen, "digests_of", noting)
    return seen


def build_again(chain: Chain) -> None:
    open_workspace(chain.workspace).remember(chain.archive)
    chain.build()


def test_a_published_table_is_read_by_the_first_build_alone(released: Chain, read: Read) -> None:
    build_again(released)
    assert sorted(read) == ["illness", "visits"]
    build_again(released)
    assert sorted(read) == ["illness", "visits"]


def test_it_is_read_by_all_others(released: Chain, read: Read) -> None:
    build_again(released)
    read.clear()
    released.publish(released.propose())
    assert len(read) >= 4  # what is proposed and what the statistician and the checker sign, at the least
    read.clear()
    assert verify_folder(released.archive, now=NOON, workers=1).ok
    assert read


def test_what_is_remembered_is_what_is_read(released: Chain) -> None:
    build_again(released)
    memory = Digests(open_workspace(released.workspace).digests)
    for name in ("visits", "illness"):
        anew, known = (vintages_of(released.archive, name, digests=where) for where in (None, memory))
        assert anew == known
        assert anew


def spoilt(file: Path) -> None:
    file.write_text("{")


def of_another_program(file: Path) -> None:
    content = json.loads(file.read_text())
    file.write_text(json.dumps(content | {"fingerprint": "of another", "digests": {"2022": "0"}}))


def none_said(file: Path) -> None:
    content = json.loads(file.read_text())
    file.write_text(json.dumps(content | {"digests": None}))


@pytest.mark.parametrize("change", [spoilt, of_another_program, none_said, Path.unlink])
def test_what_can_not_be_used_is_made_anew(change, released: Chain, tmp_path: Path, read: Read) -> None:  # type: ignore[no-untyped-def]
    table = next((released.workspace / "datasets" / "visits" / "proposal").rglob("data.parquet"))
    dataset, memory = read_dataset(released.definitions[0]), Digests(tmp_path / "digests")
    expected = memory.of(dataset, table, file_hash(table))
    assert list(expected) == [2022, 2023]
    assert memory.of(dataset, table, file_hash(table)) == expected
    assert len(read) == 1
    change(tmp_path / "digests" / f"{file_hash(table)}.json")
    assert memory.of(dataset, table, file_hash(table)) == expected
    assert len(read) == 2


def test_another_table_is_another_one(released: Chain, tmp_path: Path, read: Read) -> None:
    table = next((released.workspace / "datasets" / "visits" / "proposal").rglob("data.parquet"))
    dataset, memory = read_dataset(released.definitions[0]), Digests(tmp_path / "digests")
    memory.of(dataset, table, file_hash(table))
    memory.of(dataset, table, "0" * 64)
    assert len(read) == 2
