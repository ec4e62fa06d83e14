"""What the choice of a pattern tells beyond the figures (a matching attack), with the secret known and unknown.

usage: choice.py [--cubes 100] [--secrets 4] [--tables 200]

Tiny tables are drawn (2 x 2 to 3 x 3, counts of 0 to 30) and protected. The attacker lists every table that agrees with
all that is shown, runs the program on each, and keeps those that are given the published pattern: under the secret
itself where it is known (or where there is none), else under any of some secrets of their own, since a table can't be
ruled out while there may be a secret that gives it that pattern. Trying more secrets only keeps more tables, so that
the figures for an unknown secret are upper bounds. Tables with more than --tables candidates are left out.

A hidden cell is found where all tables that are kept agree on it; a small one is shown small where it is small in all
of them; it is held where they leave it a range narrower than the threshold. Prints a line of JSON.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

import pyarrow as pa

import seuil
from seuil.model.errors import DisclosureError

THRESHOLD = 11
SHAPES = ((2, 2), (2, 2), (2, 3), (3, 3))
Counts = tuple[int, ...]
"""A count for every leaf, row after row."""


@dataclass(frozen=True)
class Toy:
    """A table of some rows and columns, with its totals. `cells`: which leaves each of its cells adds up."""

    rows: int
    columns: int

    @property
    def cells(self) -> list[list[int]]:
        wanted = product([None, *range(self.rows)], [None, *range(self.columns)])
        return [
            [
                r * self.columns + c
                for r in range(self.rows)
                for c in range(self.columns)
                if i in (None, r) and j in (None, c)
            ]
            for i, j in wanted
        ]

    def values(self, leaves: Counts) -> Counts:
        """What every cell holds."""
        return tuple(sum(leaves[k] for k in cell) for cell in self.cells)

    def hidden(self, leaves: Counts, secret: bytes) -> tuple[bool, ...] | None:
        """Which cells the program hides, None where it can't protect them."""
        places = list(product(range(self.rows), range(self.columns)))
        frame = pa.table(
            {"row": [f"r{r}" for r, _ in places], "column": [f"c{c}" for _, c in places], "n": list(leaves)}
        )
        try:
            found = seuil.protect(frame, ["row", "column"], "n", threshold=THRESHOLD, secret=secret).frame().to_pylist()
        except DisclosureError:
            return None
        told = {(line["row"], line["column"]): line["n"] for line in found}
        names = product(
            ["TOTAL", *(f"r{r}" for r in range(self.rows))], ["TOTAL", *(f"c{c}" for c in range(self.columns))]
        )
        return tuple(told[name] is None for name in names)

    def candidates(self, values: Counts, hidden: Sequence[bool], most: int) -> list[Counts]:
        """Every table that agrees with what is shown; one more than `most` where there are that many."""
        shown = [
            (set(cell), value) for cell, value, secret in zip(self.cells, values, hidden, strict=True) if not secret
        ]
        found: list[Counts] = []
        for counts in self._agreeing(shown, [], self.rows * self.columns):
            found.append(counts)
            if len(found) > most:
                break
        return found

    def _agreeing(self, shown: list[tuple[set[int], int]], begun: list[int], number: int) -> Iterator[Counts]:
        k = len(begun)
        for cell, value in shown:
            spent = sum(begun[leaf] for leaf in cell if leaf < k)
            if spent > value or (spent < value and max(cell) < k):
                return
        if k == number:
            yield tuple(begun)
            return
        left = [value - sum(begun[leaf] for leaf in cell if leaf < k) for cell, value in shown if k in cell]
        for count in range(min(left, default=3 * THRESHOLD) + 1):
            yield from self._agreeing(shown, [*begun, count], number)


def look_at(seed: int, secrets: int, most: int) -> Counter[str]:
    """Attack one table."""
    draw = Random(seed)
    toy = Toy(*draw.choice(SHAPES))
    leaves = tuple(draw.choice((draw.randint(0, 10), draw.randint(0, 30))) for _ in range(toy.rows * toy.columns))
    secret, others = draw.randbytes(32), [draw.randbytes(32) for _ in range(secrets)]
    hidden = toy.hidden(leaves, secret)
    if hidden is None or not any(hidden):
        return Counter()
    tables = toy.candidates(toy.values(leaves), hidden, most)
    if len(tables) > most:
        return Counter({"left out": 1})
    known = [table for table in tables if toy.hidden(table, secret) == hidden]
    unknown = [table for table in tables if table in known or any(toy.hidden(table, s) == hidden for s in others)]
    found = Counter({"tables": 1, "candidates": len(tables)})
    truth = toy.values(leaves)
    for name, kept in (("known", known), ("unknown", unknown)):
        ranges = list(zip(*(toy.values(table) for table in kept), strict=True))
        for value, secret_cell, over in zip(truth, hidden, ranges, strict=True):
            if secret_cell:
                found[f"{name}: hidden"] += 1
                found[f"{name}: small"] += value < THRESHOLD
                found[f"{name}: found"] += len(set(over)) == 1
                found[f"{name}: shown small"] += max(over) < THRESHOLD
                found[f"{name}: held"] += max(over) - min(over) < THRESHOLD
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Attack some tables and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cubes", type=int, default=100, help="tables that are attacked")
    parser.add_argument("--secrets", type=int, default=4, help="that the attacker tries, not knowing the true one")
    parser.add_argument("--tables", type=int, default=200, help="candidates at most")
    asked = parser.parse_args(arguments)
    found: Counter[str] = Counter()
    seed = 0
    while found["tables"] < asked.cubes:
        found.update(look_at(seed, asked.secrets, asked.tables))
        seed += 1
    line: dict[str, object] = {name: found[name] for name in ("tables", "left out", "candidates")}
    kinds = ("hidden", "small", "found", "shown small", "held")
    line |= {name: {kind: found[f"{name}: {kind}"] for kind in kinds} for name in ("known", "unknown")}
    print(json.dumps({"what": "choice of pattern", "secrets": asked.secrets} | line))


if __name__ == "__main__":
    main()
