"""What a command costs before it does anything: CPU seconds of processes, beside those of Python and of NumPy.

usage: startup.py [--times 5]

Prints a line of JSON for every command. Each is run once unmeasured, so that bytecode and compiled functions are kept,
then some times; the smallest figure is told, since what disturbs a process only ever adds to it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

LEAVES = "area,sex,n\nA,f,3\nA,m,25\nB,f,40\nB,m,31\nC,f,20\nC,m,18\n"
DEFINITION = "unit: patient\nthreshold: 11\ncount: n\ndimensions: {area: {levels: [area]}, sex: {levels: [sex]}}\n"
PYTHON = ("python -c pass", "import numpy", "import numba")


def commands(folder: Path) -> dict[str, list[str]]:
    """What is run, by the name that it is told under."""
    (folder / "leaves.csv").write_text(LEAVES, encoding="utf-8")
    (folder / "table.yaml").write_text(DEFINITION, encoding="utf-8")
    protect = ["protect", "leaves.csv", "--definition", "table.yaml", "--out", "protected.csv"]
    seuil = [sys.executable, "-m", "seuil"]
    code = dict.fromkeys(PYTHON, "pass") | {name: name for name in PYTHON[1:]}
    return {name: [sys.executable, "-c", text] for name, text in code.items()} | {
        "seuil --help": [*seuil, "--help"],
        "seuil protect, six leaves": [*seuil, *protect],
    }


def cpu_seconds(command: Sequence[str], folder: Path) -> float:
    """CPU seconds of one run and of whatever it starts. Raises CalledProcessError if it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="that a command is measured")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known: dict[str, float] = {}
        for what, command in commands(folder).items():
            cpu_seconds(command, folder)
            known[what] = min(cpu_seconds(command, folder) for _ in range(asked.times))
            line: dict[str, object] = {"what": what, "cpu_seconds": round(known[what], 3)}
            if what not in PYTHON:
                line["beside"] = {other: round(known[other], 3) for other in PYTHON}
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
