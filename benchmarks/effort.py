"""Loss against time: how many secondaries are saved by how much effort, on S and M, over several secrets.

usage: effort.py [--only S,M] [--secrets 10]

Every setting replaces constants of the choice by others. Prints a line of JSON for each: the mean, least and most
number of secondaries over the secrets, and the mean CPU seconds to choose them, warm. `sound` says whether all hidden
cells were proved, whatever the setting, and the proofs verified.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from statistics import fmean
from types import ModuleType
from unittest.mock import patch

from kit.standard import cube_of_table
from kit.steps import measure

from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.suppress import master, strategy

TABLES = ("S", "M")
Constants = Sequence[tuple[ModuleType, str, object]]
QUICK, SLOW = strategy.QUICK, strategy.SLOW
SETTINGS: Mapping[str, Constants] = {
    "nothing is refuted": ((strategy, "REFUTATIONS", 0),),
    "refuted once": ((strategy, "REFUTATIONS", 1),),
    "refuted twice": ((strategy, "REFUTATIONS", 2),),
    "no long search before refuting": ((strategy, "SLOW", QUICK[1]),),
    "half of what is in between fixed at a time": ((master, "PART", 0.5),),
    "as it is": (),
    "a twentieth of what is in between fixed at a time": ((master, "PART", 0.05),),
    "longer search before refuting": ((strategy, "SLOW", SLOW._replace(steps=20_000, stall=5_000, tries=4)),),
}


@contextmanager
def changed(constants: Constants) -> Iterator[None]:
    """Meanwhile some constants of modules have other values."""
    with ExitStack() as stack:
        for module, name, value in constants:
            stack.enter_context(patch.object(module, name, value))
        yield


def runs(cube: Cube, secrets: int) -> dict[str, object]:
    """What several secrets hide and take, for JSON."""
    found = [measure(cube, f"secret {number}".encode()) for number in range(secrets)]
    secondaries = [one.secondaries for one in found]
    return {
        "secondaries": round(fmean(secondaries), 1),
        "least": min(secondaries),
        "most": max(secondaries),
        "cpu": round(fmean(one.protect.cpu for one in found), 3),
        "sound": all(one.sound for one in found),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every setting on every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda text: tuple(text.split(",")), default=TABLES, help="some of S,M,Mrare,L")
    parser.add_argument("--secrets", type=int, default=10)
    asked = parser.parse_args(arguments)
    for table in asked.only:
        cube = cube_of_table(table, None, "justified")
        runs(cube, 1)  # warm
        for name, constants in SETTINGS.items():
            with changed(constants):
                print(json.dumps({"table": table, "setting": name, **runs(cube, asked.secrets)}), flush=True)


if __name__ == "__main__":
    main()
