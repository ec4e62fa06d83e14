"""Write down what `make soak` found: `soak.py RESULTS.xml OUT.md`; exit code 1 where anything failed."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree


def outcome_of(case: ElementTree.Element) -> str:
    """How a test ended."""
    for name in ("failure", "error", "skipped"):
        if case.find(name) is not None:
            return name
    return "passed"


def main(results: Path, out: Path) -> int:
    """Read pytest's JUnit file; write one row a test."""
    suite = next(ElementTree.parse(results).iter("testsuite"))
    cases = sorted(suite.iter("testcase"), key=lambda case: (case.get("classname", ""), case.get("name", "")))
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    outcomes = [outcome_of(case) for case in cases]
    rows = [
        f"| `{case.get('classname', '').removeprefix('tests.')}` | {case.get('name')} | {outcome} | "
        f"{float(case.get('time', 0)):.0f} |"
        for case, outcome in zip(cases, outcomes, strict=True)
    ]
    head = [
        "# Last run of the full counts",
        "",
        f"`make soak`, {suite.get('timestamp', '')[:10]}, at commit {commit.stdout.strip() or 'unknown'}: "
        f"{outcomes.count('passed')} of {len(cases)} passed.",
        "",
        "| module | test | came out | seconds |",
        "|---|---|---|---|",
    ]
    out.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")
    return int(not cases or outcomes.count("passed") < len(cases))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
