"""Every promise of the data-protection policy is mapped to what keeps it and to tests that exist."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PROMISES = 20


class Promise(NamedTuple):
    """One row of the table of docs/explanation/privacy.md."""

    number: int
    kept_by: str
    tests: list[str]


@pytest.fixture(scope="module")
def promises(root: Path) -> list[Promise]:
    text = (root / "docs/explanation/privacy.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if re.match(r"\| *\d+ *\|", line)]
    return [Promise(int(number), kept, re.findall(r"`(tests/[^`]+)`", tests)) for number, _, kept, tests in rows]


def test_every_promise_has_a_place_and_a_test(promises: list[Promise]):
    assert [promise.number for promise in promises] == list(range(1, PROMISES + 1))
    for promise in promises:
        assert promise.kept_by.strip()
        assert promise.tests
        assert f"tests/unit/portal/test_pages_policy.py::test_the_row_is_stated[{promise.number}]" in promise.tests


def test_the_tests_that_are_named_exist(root: Path, promises: list[Promise]):
    """pytest collects every test that is named, by the very name."""
    named = sorted({test for promise in promises for test in promise.tests})
    collect = ["-o", "addopts=", "--import-mode=importlib", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *collect, *named], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
