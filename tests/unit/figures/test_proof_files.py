"""Proofs as files."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seuil.disclosure.proof import Proof
from seuil.figures.proof_files import proof_names, read_proof, write_proofs
from seuil.model.errors import ProofError


def proof_of(
    moves: list[list[tuple[int, int]]],
    base: list[int],
    cells: list[tuple[int, int, int]],
    origins: list[int] | None = None,
) -> Proof:
    start = np.cumsum([0, *(len(m) for m in moves)]).astype(np.int64)
    flat = np.array([pair for m in moves for pair in m], np.int64).reshape(-1, 2)
    table = np.array(cells, np.int64).reshape(-1, 3)
    origin = np.array(origins or [0] * len(moves), np.int64)
    numbers = table[:, 0], table[:, 1], table[:, 2], origin
    return Proof(np.array(base, np.int64), start, flat[:, 0], flat[:, 1], *numbers)


def files(folder: Path, base: str = "count") -> dict[str, Path]:
    return {part: folder / name for part, name in proof_names(base).items()}


def same(a: Proof, b: Proof) -> bool:
    return all(
        np.array_equal(x, y) and x.dtype == y.dtype for x, y in zip(vars(a).values(), vars(b).values(), strict=True)
    )


def tables(proof: Proof) -> list[list[int]]:
    found = [proof.base.tolist()]
    for k in range(len(proof.move_start) - 1):
        here = slice(proof.move_start[k], proof.move_start[k + 1])
        table = np.array(found[proof.move_from[k]])
        np.add.at(table, proof.move_variable[here], proof.move_change[here])
        found.append(table.tolist())
    return found


EXAMPLE = proof_of([[(0, -3), (2, 3)], [(1, 500)]], [5, 0, 1 << 40], [(7, 0, 1), (1 << 20, 2, 1)])


def test_round_trip_with_the_same_bytes_twice(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_proofs(tmp_path / folder, {"count": EXAMPLE})
    assert same(read_proof(files(tmp_path / "one")), EXAMPLE)
    for name in proof_names("count").values():
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_integers_are_as_narrow_as_they_can_be(tmp_path: Path) -> None:
    write_proofs(tmp_path, {"count": EXAMPLE})
    moves = pq.read_schema(files(tmp_path)["moves"])
    assert [moves.field(n).type for n in ("move", "from", "gap", "change")] == [
        pa.int8(),
        pa.int8(),
        pa.int8(),
        pa.int16(),
    ]
    assert pq.read_schema(files(tmp_path)["base"]).field("value").type == pa.int64()


def test_gaps_begin_anew_with_every_move(tmp_path: Path) -> None:
    write_proofs(tmp_path, {"count": proof_of([[(4, 1), (2, -1)], [(3, 2), (9, 1)]], [0] * 10, [])})
    moves = pq.read_table(files(tmp_path)["moves"])
    assert [moves[name].to_pylist() for name in moves.column_names] == [
        [0, 0, 1, 1],
        [0, 0, 0, 0],
        [2, 2, 3, 6],
        [-1, 1, 2, 1],
    ]
    assert read_proof(files(tmp_path)).move_variable.tolist() == [2, 4, 3, 9]


def test_proof_of_nothing(tmp_path: Path) -> None:
    nothing = proof_of([], [], [])
    write_proofs(tmp_path, {"count": nothing})
    assert same(read_proof(files(tmp_path)), nothing)


@pytest.mark.parametrize("origins", [[0, 0, 0, 0], [0, 0, 2, 2], [0, 1, 0, 3]])
def test_move_that_changes_nothing_is_the_table_it_starts_from(tmp_path: Path, origins: list[int]) -> None:
    proof = proof_of([[], [(0, 1)], [], [(0, 5)]], [4], [(0, 1, 2), (1, 3, 2), (2, 4, 0)], origins)
    write_proofs(tmp_path, {"count": proof})
    read = read_proof(files(tmp_path))
    before, after = tables(proof), tables(read)
    for field in ("low", "high"):
        named = [before[k] for k in getattr(proof, field)]
        assert [after[k] for k in getattr(read, field)] == named


@settings(deadline=None)
@given(arrays(np.int64, 5, elements=st.integers(-(1 << 62), 1 << 62)))
def test_any_numbers_come_back(tmp_path_factory: pytest.TempPathFactory, values: np.ndarray) -> None:
    folder = tmp_path_factory.mktemp("proof")
    proof = proof_of([[(0, int(values[0]))]], values.tolist(), [(int(values[1]), 0, 1)])
    write_proofs(folder, {"count": proof})
    assert same(read_proof(files(folder)), proof)


@pytest.mark.parametrize(
    ("part", "table", "words"),
    [
        ("moves", {"move": [1, 0], "from": [0, 0], "gap": [0, 0], "change": [1, 1]}, "ascending"),
        ("moves", {"move": [-1], "from": [0], "gap": [0], "change": [1]}, "ascending"),
        ("moves", {"move": [0, 1 << 40], "from": [0, 0], "gap": [0, 0], "change": [1, 1]}, "ascending"),
        ("moves", {"move": [0, 0], "from": [0, 1], "gap": [0, 1], "change": [1, 1]}, "the same number"),
        ("moves", {"move": [0], "from": [0], "change": [1], "gap": [0]}, "columns"),
        ("base", {"value": [1.5]}, "whole numbers"),
        ("cells", {"cell": [None], "low": [0], "high": [0]}, "whole numbers"),
    ],
)
def test_what_is_no_part_of_a_proof_is_refused(tmp_path: Path, part: str, table: dict, words: str) -> None:
    write_proofs(tmp_path, {"count": EXAMPLE})
    pq.write_table(pa.table(table), files(tmp_path)[part])
    with pytest.raises(ProofError, match=words):
        read_proof(files(tmp_path))


def test_missing_and_broken_files_are_named(tmp_path: Path) -> None:
    write_proofs(tmp_path, {"count": EXAMPLE})
    files(tmp_path)["base"].write_bytes(b"PAR1 no")
    with pytest.raises(ProofError, match=r"count-base\.parquet: can't be read"):
        read_proof(files(tmp_path))
    files(tmp_path)["base"].unlink()
    with pytest.raises(ProofError, match=r"count-base\.parquet: is missing"):
        read_proof(files(tmp_path))
