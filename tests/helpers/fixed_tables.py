"""Two made-up tables that stay as they are, protected with a fixed secret, and hashes of what comes out.

`python -m tests.helpers.fixed_tables THREADS` prints the hashes as JSON. The counts come from arithmetic, not from a
generator of random numbers, which may draw others in its next version.
"""

import hashlib
import json
import os
import sys
from itertools import product

import numpy as np
from tests.helpers.strategies import PERIOD, dataset, tree

from seuil.disclosure.cube.cube import Amounts, Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.proof import Proof
from seuil.disclosure.protect import Protected, protect

SECRET = b"secret"
PLACES = "T all," + ",".join([*(f"R{r} T region" for r in range(3)), *(f"d{k} R{k // 4} dept" for k in range(12))])
AGES = "A all," + ",".join(f"a{k} A age" for k in range(5))
SEXES = "S all,f S sex,m S sex"
CONDITIONS = "ALL! all,A ALL node,B ALL node"
ARRAYS = ("base", "move_start", "move_from", "move_variable", "move_change", "cells", "low", "high")


def exact_with_a_sum(**fields: object) -> Cube:
    """288 cells of professionals in exact figures, with an amount; zeros are shown. fields: more of the definition."""
    measures = {"n": {"kind": "count", "label": "n"}, "m": {"kind": "sum", "label": "m", "width": 3}}
    trees = {"place": tree(PLACES), "age": tree(AGES), "sex": tree(SEXES)}
    made = dataset(trees, id="exact", unit="professional", threshold=5, zeros="shown", measures=measures, **fields)
    grid = grid_of(made, PERIOD)
    count, total, largest, second = (np.zeros((1, 12, 5, 2), np.int64) for _ in range(4))
    for d, a, s in np.ndindex(12, 5, 2):
        amounts = sorted(
            (3 + (17 * d + 29 * a + 5 * s + 11 * k * k) % 23 for k in range(_number(d, a, s))), reverse=True
        )
        at = 0, d, a, s
        count[at], total[at] = len(amounts), sum(amounts)
        largest[at], second[at] = [*amounts, 0, 0][:2]
    return cube_of(grid, Leaves(count, {"m": Amounts(total, count, largest, second)}))


def rounded_by_condition() -> Cube:
    """288 cells of patients in rounded figures, by two conditions that may go together, of all."""
    trees = {"condition": tree(CONDITIONS, "overlapping"), "place": tree(PLACES), "age": tree(AGES)}
    grid = grid_of(dataset(trees, id="rounded", threshold=11, rounding=10), PERIOD)
    count = np.zeros((3, 12, 5), np.int64)
    for d, a in product(range(12), range(5)):
        everybody = 15 + (41 * d + 23 * a * a) % 60
        one, other = everybody * (d % 4 + 1) // 9, everybody * (a % 3 + 1) // 11
        count[:, d, a] = everybody, one, other
    return cube_of(grid, Leaves(count, {}))


def _number(d: int, a: int, s: int) -> int:
    return (7 * d * d + 3 * a + 5 * s + d * a) % 19 - 2 if (d + a + s) % 5 else 0


CUBES = {"exact": exact_with_a_sum, "rounded": rounded_by_condition}


def hashes_of(result: Protected) -> dict[str, str]:
    """SHA-256 of the pattern with its figures, and of the arrays of every proof."""
    assert result.safe
    columns = [result.figures.count, *(column for _, column in sorted(result.figures.sums.items()))]
    pattern = [array for column in columns for array in (column.hidden, column.values)]
    return {"pattern": _sha256(pattern), **{base: _of_proof(p) for base, p in sorted(result.audit.proofs.items())}}


def _of_proof(proof: Proof) -> str:
    return _sha256([getattr(proof, name) for name in ARRAYS])


def _sha256(arrays: list[np.ndarray]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(str(array.shape).encode() + np.ascontiguousarray(array, dtype="<i8").tobytes())
    return digest.hexdigest()


def all_hashes() -> dict[str, dict[str, str]]:
    """By table."""
    return {name: hashes_of(protect(make(), SECRET)) for name, make in CUBES.items()}


if __name__ == "__main__":
    processors = set(range(int(sys.argv[1])))
    os.sched_getaffinity = lambda _: processors  # so many threads are used
    print(json.dumps(all_hashes()))
