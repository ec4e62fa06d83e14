"""`seuil serve` and `seuil demo`, as processes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.helpers.tiny_chain import Chain, open_office

from seuil.publish.keys import load_signer
from seuil.publish.publish import refresh_timestamp

SEUIL = [sys.executable, "-m", "seuil"]


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.match(r"open (http://127\.0\.0\.1:\d+)", line)
        if found:
            return found[1]
    raise AssertionError(f"no address; status {process.wait()}")


def get(address: str) -> bytes:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return bytes(answer.read())
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("nobody answers")


def serve(chain: Chain) -> list[str]:
    """The command that serves an archive on a free port, and remembers in the chain's own folder."""
    archive, state = str(chain.archive), str(chain.folder / "state")
    return [*SEUIL, "serve", "--archive", archive, "--port", "0", "--state", state]


def test_serve_answers_until_it_is_stopped(released: Chain) -> None:
    refresh_timestamp(released.archive, load_signer(released.keys, "timestamp"), now=datetime.now(UTC))
    with subprocess.Popen(serve(released), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = address_of(process)
            assert "Visites" in get(address).decode()
            catalogue = json.loads(get(f"{address}/api/explore/v2.1/catalog/datasets"))
            assert catalogue["total_count"] == 2
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")


def test_archive_out_of_date_is_not_served(released: Chain) -> None:
    """The tests' clock stands in the past, and its timestamp has run out."""
    done = subprocess.run(serve(released), capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "out of date" in done.stderr
    assert "Traceback" not in done.stderr


def test_archive_refresh_lets_it_be_served_again(released: Chain) -> None:
    arguments = ["--archive", str(released.archive), "--keys", str(released.keys)]
    done = subprocess.run([*SEUIL, "archive", "refresh", *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "can be opened until" in done.stdout
    done = subprocess.run([*SEUIL, "verify", str(released.archive)], capture_output=True, text=True, check=False)
    assert done.returncode == 0


def test_pinned_root_of_others_is_not_served(released: Chain, tmp_path: Path) -> None:
    refresh_timestamp(released.archive, load_signer(released.keys, "timestamp"), now=datetime.now(UTC))
    root = open_office(tmp_path / "other").archive / "root.json"
    command = [*SEUIL, "serve", "--archive", str(released.archive), "--root", str(root), "--port", "0"]
    command += ["--state", str(tmp_path / "state")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "0 valid of 1" in done.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.soak
def test_demo_twice(tmp_path: Path) -> None:
    checkout = Path(__file__).parents[2]
    command = [*SEUIL, "demo", "--folder", str(tmp_path / "demo"), "--scale", "0.01", "--no-serve", "--json"]
    contents = []
    for _ in range(2):
        done = subprocess.run(command, cwd=checkout, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        contents.append(json.loads(done.stdout))
    first, second = contents
    assert [[stage["years"] for stage in content["stages"]] for content in contents] == [[[2024, 2025]], [[]]]
    assert first["verified"] and second["verified"]
    assert second["stages"][0]["seconds"]["build"] < 0.2 * first["stages"][0]["seconds"]["build"]
    assert {d["dataset"] for d in first["datasets"]} >= {"effectifs", "professionnels", "rand", "reel-honoraires"}
