"""How well hidden counts can be guessed from what is shown, by a fit to it: of which the guarantee promises nothing.

usage: likelihood.py [--only S,M,Mrare]

Prints a line of JSON a table, exact and rounded to 10: of how many hidden figures the guess "small or not" is right,
beside the share that saying "small" of all of them would get right.
"""

import argparse
import json
from collections.abc import Sequence

import numpy as np
from kit.standard import cube_of_table
from kit.steps import SECRET

from seuil.disclosure.cube.primary import PrimaryRules
from seuil.disclosure.protect import protect
from seuil.explain.likelihood import guessed_small

TABLES, ROUNDINGS = ("S", "M", "Mrare"), (None, 10)


def main(arguments: Sequence[str] | None = None) -> None:
    """Guess on every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda text: tuple(text.split(",")), default=TABLES, help="some of S,M,Mrare")
    asked = parser.parse_args(arguments)
    for table in asked.only:
        for rounding in ROUNDINGS:
            cube = cube_of_table(table, rounding, "justified")
            figures = protect(cube, SECRET).figures
            hidden = figures.count.hidden
            small, guessed = PrimaryRules(cube).count[hidden], guessed_small(figures)[hidden]
            right = float(np.mean(small == guessed))
            found = {"hidden": int(hidden.sum()), "right": round(right, 3), "all_small": round(float(small.mean()), 3)}
            print(json.dumps({"table": table, "rounding": rounding} | found), flush=True)


if __name__ == "__main__":
    main()
