"""What the level of the guarantee and rounding cost: secondaries and seconds of each, on S, M and Mrare.

usage: levels.py [--only S,M]

Prints a line of JSON for every table, level and rounding; in process and warm.
"""

import argparse
import json
from collections.abc import Sequence
from functools import partial
from itertools import product

from kit.standard import cube_of_table
from kit.steps import measure, summary, warm

TABLES, LEVELS, ROUNDINGS = ("S", "M", "Mrare"), ("plausible", "justified"), (None, 10)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every combination."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda text: tuple(text.split(",")), default=TABLES, help="some of S,M,Mrare")
    asked = parser.parse_args(arguments)
    for table, rounding, level in product(asked.only, ROUNDINGS, LEVELS):
        cube = cube_of_table(table, rounding, level)
        found = warm(partial(measure, cube))
        print(json.dumps({"table": table, "rounding": rounding, "level": level, **summary(found)}), flush=True)


if __name__ == "__main__":
    main()
