"""The bytes of two patterns and their proofs, written down: any change of what is chosen or proved shows here.

That the same records and secret give the same release, in any process and with any number of threads, is promised; so
is that a change which only moves or renames code changes none of them. To renew them on purpose: say in the changelog
that results differ, run `.venv/bin/python -m tests.helpers.fixed_tables 1` and put what it prints in `WRITTEN`; the
numbers of `test_standard_tables.py` say whether the new patterns are worse. The solver reckons in floating point:
should another kind of processor break a tie otherwise, it shows here first.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.helpers.fixed_tables import CUBES, SECRET, hashes_of

from seuil.disclosure.protect import protect

WRITTEN = {
    "exact": {
        "pattern": "a840ec2308af23163ba899c2161219f6a87938c7a3f200ed3879d69312ba2cb3",
        "count": "7cde3e9ee83e91074e71e7e3846c641eedb7a6aaf584ba8ea511f24442e9ffb7",
        "m": "a09eb2a7c62b6cb3ecaaf99b0bda73b1af0c3549134652ac92d3a6a03e06da45",
    },
    "rounded": {
        "pattern": "90f49523e07d0adc98f8eb7a940d21d6e1fa252266c2f91666f98d6052413aa0",
        "count": "9af54a0bb68e75c20fdd8730d4004d2c4ae0dc03bb15e290cbcc48bc6cfea106",
    },
}


@pytest.mark.parametrize("threads", [1, 2])
def test_patterns_and_proofs_of_any_process_are_those_written_here_with_one_thread_and_with_two(threads: int):
    command = [sys.executable, "-m", "tests.helpers.fixed_tables", str(threads)]
    environment = {**os.environ, "PYTHONHASHSEED": str(threads)}
    root = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == WRITTEN


def test_one_changed_value_gives_another_hash():
    found = protect(CUBES["rounded"](), SECRET)
    assert hashes_of(found) == WRITTEN["rounded"]
    found.audit.proofs["count"].base[0] += 1
    found.figures.count.hidden[0, 0, 0] ^= True
    assert all(told != WRITTEN["rounded"][name] for name, told in hashes_of(found).items())
