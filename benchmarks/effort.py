"""Loss against time: how many secondaries are saved by how much effort, on S and M, over several secrets.

usage: effort.py [--only S,M] [--secrets 10]

Every setting replaces constants of the choice (`SuppressTuning`) by others. Prints a line of JSON for each: the mean,
least and most number of secondaries over the secrets, and the mean CPU seconds to choose them, warm. `sound` says
whether all hidden cells were proved, whatever the setting, and the proofs verified.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from unittest.mock import patch

from kit.standard import cube_of_table
from kit.steps import measure

from seuil.disclosure import tuning
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.tuning import SuppressTuning

TABLES = ("S", "M")
AS_IT_IS = tuning.TUNING.suppress
SETTINGS: Mapping[str, SuppressTuning] = {
    "nothing is refuted": replace(AS_IT_IS, certificate_rounds=0),
    "refuted once": replace(AS_IT_IS, certificate_rounds=1),
    "refuted twice": replace(AS_IT_IS, certificate_rounds=2),
    "no long search before refuting": replace(AS_IT_IS, slow=AS_IT_IS.quick[1]),
    "half of what is in between fixed at a time": replace(AS_IT_IS, dive_share=0.5),
    "as it is": AS_IT_IS,
    "a twentieth of what is in between fixed at a time": replace(AS_IT_IS, dive_share=0.05),
    "longer search before refuting": replace(AS_IT_IS, slow=AS_IT_IS.slow._replace(steps=20_000, stall=5_000, tries=4)),
}


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
        for name, setting in SETTINGS.items():
            with patch.object(tuning, "TUNING", replace(tuning.TUNING, suppress=setting)):
                print(json.dumps({"table": table, "setting": name, **runs(cube, asked.secrets)}), flush=True)


if __name__ == "__main__":
    main()
