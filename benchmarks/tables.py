"""S, M, Mrare, L exact, M and Mrare rounded to 10: secondaries, seconds, proof, beside other tools and the naive way.

usage: tables.py [--full] [--only S,M,M/10] [--level plausible] [--shift N]

Quick: S, M, Mrare and the rounded ones; --full: L too, which takes minutes. In process and warm: a table is run twice,
or once where that takes long (everything is compiled by then). Prints a line of JSON for every table.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from kit.naive import naive
from kit.peers import BOUNDS, PUBLISHED, tau_argus
from kit.standard import cube_of_table
from kit.steps import measure, summary, warm

QUICK = ("S", "M", "Mrare", "M/10", "Mrare/10")
FULL = (*QUICK, "L")


def run(table: str, level: str, shift: int) -> dict[str, object]:
    """One table: NAME, or NAME/ROUNDING."""
    name, _, rounding = table.partition("/")
    cube = cube_of_table(name, int(rounding) if rounding else None, level, shift)
    found = warm(lambda: measure(cube))
    by_hand = naive(cube)
    peer = "does not take rounded counts" if rounding else tau_argus(name, shift)
    return {
        "table": table,
        "level": level,
        **summary(found),
        "known_bound": None if shift else BOUNDS.get(table),
        "naive": {**asdict(by_hand), "seconds": by_hand.seconds.as_dict()},
        "tau_argus": peer if isinstance(peer, str) else {**asdict(peer), "seconds": peer.seconds.as_dict()},
        "published": [] if shift else [asdict(p) for p in PUBLISHED.get(table, ())],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="L too")
    parser.add_argument("--only", type=lambda text: tuple(text.split(",")), help=f"some of {','.join(FULL)}")
    parser.add_argument("--shift", type=int, default=0, help="of the seed; 0 for the published tables")
    parser.add_argument("--level", choices=("justified", "plausible"), default="justified")
    asked = parser.parse_args(arguments)
    for table in asked.only or (FULL if asked.full else QUICK):
        print(json.dumps(run(table, asked.level, asked.shift)), flush=True)


if __name__ == "__main__":
    main()
