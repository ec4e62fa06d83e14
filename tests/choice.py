"""How much the choice of a pattern tells (design: what is not promised): measured on tiny cubes.

usage: python -m tests.choice [--cubes 150] [--tables 60]

Of every released cube all admissible tables are listed. An attacker who had the secret would run the program on each of
them and keep those that give the published pattern; without it they would have to try secrets too. Printed: how often a
second table gives the same pattern with the same secret, and of how many hidden cells the tables kept still leave a
range of the threshold. Of many tables a sample is taken, so that the shares are lower bounds.
"""

import argparse
from collections import Counter
from random import Random

import numpy as np
from tests.helpers.brute_force import Oracle, TooLargeError
from tests.helpers.strategies import PERIOD, random_dataset, random_leaves

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.protect import protect
from seuil.disclosure.suppress import suppress
from seuil.disclosure.suppress.true_table import count_truth
from seuil.model.errors import DisclosureError

SECRET = b"the attacker has it"


def cube_from(frame: Grid, leaves: Ints) -> Cube:
    """A cube of counts alone."""
    shape = (frame.shape[0], *(len(axis.leaves) for axis in frame.axes))
    return cube_of(frame, Leaves(leaves.reshape(shape), {}))


def pattern_of(frame: Grid, leaves: Ints) -> Bools:
    """What the program hides first, before any audit asks for more."""
    return suppress(count_truth(cube_from(frame, leaves)), SECRET).hidden.reshape(frame.shape)


def look_at(seed: int, most: int) -> Counter[str]:
    """One cube."""
    draw = Random(seed)
    frame = grid_of(random_dataset(draw), PERIOD)
    leaves = random_leaves(draw, frame)
    try:
        result = protect(cube_from(frame, leaves), SECRET)
        oracle = Oracle(result.figures)
        if not result.audit.safe or not oracle.to_prove:
            return Counter()
        tables = oracle.tables
    except (DisclosureError, TooLargeError):
        return Counter()
    others = np.array(draw.sample(range(len(tables)), min(most, len(tables))))
    hidden = result.figures.count.hidden
    if not (pattern_of(frame, leaves) == hidden).all():
        return Counter()  # an audit asked for more: the way of the pattern is longer than what is measured here
    same = [t for t in tables[others] if (t != leaves).any() and (pattern_of(frame, t) == hidden).all()]
    kept = np.array([leaves, *same])
    values = [kept @ oracle.rows[index] for index in oracle.to_prove]
    wide = sum(int(v.max() - v.min()) >= oracle.threshold for v in values)
    return Counter(
        {
            "cubes": 1,
            "cubes with a second table": bool(same),
            "tables tried": len(others),
            "tables with the same pattern": len(same),
            "hidden cells": len(values),
            "hidden cells still wide": wide,
        }
    )


def main() -> None:
    """Look at some cubes and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cubes", type=int, default=150, help="seeds that are drawn")
    parser.add_argument("--tables", type=int, default=60, help="tried of every cube at most")
    asked = parser.parse_args()
    found = sum((look_at(seed, asked.tables) for seed in range(asked.cubes)), Counter())
    for name, number in found.items():
        print(f"{name}: {number:,}")


if __name__ == "__main__":
    main()
