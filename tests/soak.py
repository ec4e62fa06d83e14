"""Write down what `make soak` found, a line a day: `soak.py RESULTS.xml OUT.md`; exit code 1 where anything failed."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

HEAD = """\
# The full counts, a line a day

What `make soak` found last on each day. Minutes are those of all tests added up; they run side by side.

| day | commit | passed | failed | minutes | slowest, in seconds |
|---|---|---|---|---|---|
"""
SLOWEST = 3


def summary(results: str, commit: str) -> str:
    """The line of a run. results: pytest's JUnit file, as text; commit: as git names it, nothing if unknown.

    Whatever is skipped or in error has not passed.
    """
    suite = next(ElementTree.fromstring(results).iter("testsuite"))
    cases = list(suite.iter("testcase"))
    failed = sum(case.find(name) is not None for case in cases for name in ("failure", "error", "skipped"))
    seconds = sorted(
        ((float(case.get("time", 0)), f"{_module(case)}.{case.get('name')}") for case in cases), reverse=True
    )
    slowest = ", ".join(f"`{name}` {time:.0f}" for time, name in seconds[:SLOWEST])
    day, minutes = suite.get("timestamp", "")[:10], sum(time for time, _ in seconds) / 60
    return f"| {day} | {commit or 'unknown'} | {len(cases) - failed} | {failed} | {minutes:.0f} | {slowest} |"


def with_line(text: str, line: str) -> str:
    """The page with a line added, or in place of that of the same day; the newest day first."""
    lines = {_day(old): old for old in text.splitlines() if old.startswith("| 2")} | {_day(line): line}
    return HEAD + "".join(f"{lines[day]}\n" for day in sorted(lines, reverse=True))


def main(results: Path, out: Path) -> int:
    """Bring a run into the page."""
    command = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    line = summary(results.read_text(encoding="utf-8"), commit)
    out.write_text(with_line(out.read_text(encoding="utf-8") if out.exists() else "", line), encoding="utf-8")
    _, passed, failed = (part.strip() for part in line.split("|")[2:5])
    return int(passed == "0" or failed != "0")


def _module(case: ElementTree.Element) -> str:
    return case.get("classname", "").removeprefix("tests.")


def _day(line: str) -> str:
    return line.split("|")[1].strip()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
