"""Run all benchmarks, each in a process of its own, one after the other; print ratios, write RESULTS.md.

usage: run.py [--full] [--only tables,portal] [--minutes 30]

By default at a quick size: some minutes. --full: the real sizes, an hour or more. A command that takes longer than
--minutes is ended, and the page says so. Sections of RESULTS.md that no part writes stay.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.measure import load
from kit.ratios import Ratio, ratios_of
from kit.results import RATIO_HEAD, kept, page
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
Line = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """The commands of a benchmark, quick and full; `{data}` is the folder of what `generator` wrote."""

    script: str
    quick: tuple[tuple[str, ...], ...]
    full: tuple[tuple[str, ...], ...]
    generator: str | None = None


BREAST_CANCER, CANCERS = "N01,N02,N03", ",".join([*(f"N{k:02d}" for k in range(12)), "N17"])
ALLIED = "ensemble-des-auxiliaires-medicaux"
PARTS = {
    "startup": Part("startup.py", (("--times", "3"),), ((),)),
    "tables": Part("tables.py", ((),), (("--full",), ("--level", "plausible"))),
    "national": Part(
        "national.py",
        (("{data}", "--nodes", BREAST_CANCER), ("{data}",)),
        (("{data}", "--nodes", CANCERS), ("{data}", "--level", "plausible"), ("{data}",)),
        "make_national.py",
    ),
    "professionals": Part(
        "professionals.py",
        (
            ("{data}", "--jobs", "Chirurgiens", "--zeros", "shown"),
            ("{data}", "--jobs", "3", "--zeros", "shown"),
            ("{data}", "--jobs", "3", "--zeros", "hidden"),
        ),
        (("{data}", "--zeros", "shown"), ("{data}", "--zeros", "hidden")),
        "make_professionals.py",
    ),
    "linked": Part(
        "linked.py",
        (("--professions", "dermatologues,infirmiers"), ("--professions", ALLIED)),
        (("--professions", ALLIED), ("--leave-out", "honoraires-detailles")),
    ),
    "small": Part("small.py", (("--tables", "20", "--shifts", "0,102,104"),), ((),)),
    "levels": Part("levels.py", (("--only", "S"),), ((),)),
    "effort": Part("effort.py", (("--only", "S", "--secrets", "5"),), ((),)),
    "likelihood": Part("likelihood.py", (("--only", "S"),), ((),)),
    "choice": Part("choice.py", (("--cubes", "10"),), ((),)),
    "growth": Part("growth.py", ((),), (("--most", "2100000"), ("--most", "2100000", "--exact"))),
    "records": Part("records.py", (("--scale", "0.02"),), (("--scale", "1"),)),
    "portal": Part("portal.py", (("--rounds", "12"),), (("--rounds", "60"),)),
}


@dataclass
class Run:
    """What has been told so far. remarks: what went wrong."""

    minutes: float
    lines: dict[str, list[Line]]
    remarks: list[str]

    def part(self, name: str, commands: Sequence[Sequence[str]], folder: Path) -> None:
        """Run the commands of a part."""
        part = PARTS[name]
        self.lines[name] = []
        if part.generator:
            self._python(f"generate/{part.generator}", [str(HERE / "data"), str(folder / name)])
        for command in commands:
            arguments = [argument.format(data=folder / name) for argument in command]
            shown = " ".join([part.script, *(argument.format(data="DIR") for argument in command)])
            self.lines[name] += self._told(shown, part.script, arguments)

    def _told(self, shown: str, script: str, arguments: Sequence[str]) -> list[Line]:
        try:
            done = self._python(script, arguments)
        except subprocess.TimeoutExpired as late:
            self.remarks.append(f"`{shown}`: no end in {self.minutes:g} minutes")
            return _read(late.stdout)
        if done.returncode:
            self.remarks.append(f"`{shown}`: ended with code {done.returncode}")
        return _read(done.stdout)

    def _python(self, script: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, str(HERE / script), *arguments],
            stdout=subprocess.PIPE,
            timeout=60 * self.minutes,
            check=False,
        )


def _read(output: bytes | None) -> list[Line]:
    """The whole lines of JSON of an output."""
    return [json.loads(line) for line in (output or b"").splitlines(keepends=True) if line.endswith(b"\n")]


def show(ratios: Sequence[Ratio], remarks: Sequence[str]) -> None:
    """Print the ratios for people."""
    table = Table(title="seuil beside others")
    for column in RATIO_HEAD:
        table.add_column(column, justify="right" if column in ("seuil", "figure", "ratio") else "left")
    for ratio in ratios:
        table.add_row(*ratio.texts())
    console = Console()
    console.print(table)
    for remark in remarks:
        console.print(remark, highlight=False, markup=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the real sizes")
    parser.add_argument("--only", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--minutes", type=float, default=30, help="that a command may take")
    given = sys.argv[1:] if arguments is None else list(arguments)
    asked = parser.parse_args(given)
    names = asked.only.split(",") if asked.only else list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        parser.error(f"no part {', '.join(unknown)}; expected some of {', '.join(PARTS)}")
    before, run = load(), Run(asked.minutes, {}, [])
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            run.part(name, PARTS[name].full if asked.full else PARTS[name].quick, Path(folder))
    ratios = [ratio for name, lines in run.lines.items() for line in lines for ratio in ratios_of(name, line)]
    show(ratios, run.remarks)
    command = " ".join(["benchmarks/run.py", *given])
    written = page(command, (before, load()), run.lines, run.remarks, ratios)
    by_hand = kept(RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "", PARTS)
    RESULTS.write_text(f"{written}\n{by_hand}" if by_hand else written, encoding="utf-8")


if __name__ == "__main__":
    main()
