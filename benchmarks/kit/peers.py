"""Other tools on the same tables: tau-Argus' engine in the same run where it is installed, and published figures.

Neither gives the guarantee: `secondaries` of theirs are for less protection.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from generate.make_tables import write_table

from kit.measure import Seconds
from kit.standard import cube_of_table, rows_of
from seuil.disclosure.audit import audit
from seuil.disclosure.cube.publish import Pattern, publish

ENGINE = Path(__file__).parent / "tau_argus.py"
PATIENCE = 100_000  # people; it takes microdata, and found no end on the table of 87,120 cells
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Published:
    """A figure measured earlier, on other hardware. seconds, shown_small: None where none was published."""

    tool: str
    secondaries: int | None
    seconds: float | None
    remark: str


# Source: the project's issue 12, "Measured" (GaussSuppression 1.2.3; tau-Argus' engine 0.6; prototypes of ours).
PUBLISHED: dict[str, tuple[Published, ...]] = {
    "S": (
        Published("GaussSuppression", 144, 0.3, "no guarantee: 54 small cells can be shown to be small"),
        Published("tau-Argus OPT", 160, 2.5, "no guarantee: 24 shown small"),
        Published("prototype", 145, 0.27, "with the guarantee"),
        Published("prototype, longer", 135, 1.2, "with the guarantee"),
    ),
    "M": (
        Published("GaussSuppression", 562, 8.4, "no guarantee: 17 of 300 shown small"),
        Published("tau-Argus MOD", 586, 8.2, "no guarantee: 12 of 300 shown small"),
        Published("prototype", 569, 0.19, "with the guarantee"),
        Published("prototype, longer", 561, 0.9, "with the guarantee"),
    ),
    "Mrare": (
        Published("GaussSuppression", 116, 3.3, "below the bound: it can't have the guarantee"),
        Published("prototype", 133, 2.1, "with the guarantee"),
        Published("prototype, longer", 128, 9.0, "with the guarantee"),
    ),
    "L": (
        Published("GaussSuppression", 5_809, 1_347.0, "no guarantee"),
        Published("tau-Argus", None, None, "no end in 600 s"),
        Published("prototype", 5_646, 96.0, "with the guarantee"),
        Published("prototype, longer", 5_551, 194.0, "with the guarantee"),
    ),
    "M/10": (Published("prototype", 110, None, "with the guarantee, optimal"),),
    "Mrare/10": (Published("prototype", 25, None, "with the guarantee, optimal"),),
}
BOUNDS = {"S": 129, "M": 559, "Mrare": 128, "L": 5_010, "M/10": 110, "Mrare/10": 25}


@dataclass(frozen=True)
class Peer:
    """What tau-Argus hid beyond what its rule hides, and what it took.

    empty: cells with nobody in them, which it leaves out of its protection. unsafe: hidden cells of its pattern, the
    empty ones taken as hidden, that our audit shows to be exposed, or can't prove.
    """

    secondaries: int
    empty: int
    unsafe: int
    seconds: Seconds


def installed() -> bool:
    """Whether `pytauargus` can be imported; it is no dependency of this project."""
    return importlib.util.find_spec("pytauargus") is not None


def tau_argus(name: str, shift: int = 0) -> Peer | str:
    """Protect an exact table by tau-Argus' engine, or why it wasn't done."""
    if not installed():
        return "pytauargus is not installed"
    if rows_of(name, shift).counts.sum() > PATIENCE:
        return "left out: too large for it"
    with tempfile.TemporaryDirectory() as folder:
        leaves = write_table(name, Path(folder), shift)
        try:
            done = subprocess.run(
                [sys.executable, str(ENGINE), str(leaves)],
                cwd=folder,  # it leaves logs where it runs
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return f"no end in {PATIENCE_SECONDS} s"
    if done.returncode:
        return f"ended with code {done.returncode}"
    told = json.loads(done.stdout.splitlines()[-1])
    statuses = told["statuses"]
    return Peer(
        statuses.get("M", 0),
        statuses.get("E", 0),
        _unsafe(name, shift, told["cells"]),
        Seconds(told["wall"], told["cpu"]),
    )


def _unsafe(name: str, shift: int, cells: Sequence[tuple[Sequence[str], str]]) -> int:
    cube = cube_of_table(name, shift=shift)
    hidden = np.zeros(cube.grid.shape, np.bool_)
    for codes, status in cells:
        places = (axis.index.get(code, 0) for axis, code in zip(cube.grid.axes, codes, strict=True))
        hidden[(0, *places)] = status != "S"
    result = audit(publish(cube, Pattern(hidden, {})))
    return len(result.exposed["count"]) + len(result.undecided["count"])
