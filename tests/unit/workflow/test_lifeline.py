"""A command that is bound to its starter ends with it, however that one ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.helpers.process_groups import is_left, until

from seuil.workflow.lifeline import beside, run_bound

STARTER = """
import os, sys
from pathlib import Path
from seuil.workflow.lifeline import run_bound

run_bound([sys.executable, "-c", {command!r}], environment=dict(os.environ), folder=Path.cwd())
"""
BESIDE = """
import os, sys, time
from pathlib import Path
from seuil.workflow.lifeline import beside

with beside([sys.executable, "-c", {command!r}]):
    time.sleep(300)
"""
COMMAND = """
import signal, time
from pathlib import Path
from seuil.workflow.lifeline import end_with_starter

{handler}
end_with_starter()
Path("started").touch()
time.sleep(300)
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.mark.parametrize(
    ("starter_of", "handler"),
    [(STARTER, ""), (STARTER, DEAF), (BESIDE, "")],
    ids=["that listens", "that is deaf to signals", "beside"],
)
def test_command_ends_when_its_starter_is_killed(tmp_path: Path, starter_of: str, handler: str) -> None:
    program = starter_of.format(command=COMMAND.format(handler=handler))
    starter = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, start_new_session=True)
    try:
        assert until((tmp_path / "started").exists)
        starter.kill()
        starter.wait(timeout=60)
        assert until(lambda: not is_left(starter.pid), seconds=60)
    finally:
        if is_left(starter.pid):
            os.killpg(starter.pid, signal.SIGKILL)


@pytest.mark.parametrize("handler", ["", DEAF], ids=["that listens", "that is deaf to signals"])
def test_command_beside_runs_meanwhile_and_ends_with_the_block(tmp_path: Path, handler: str, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with beside([sys.executable, "-c", COMMAND.format(handler=handler)], niceness=5) as process:
        assert until((tmp_path / "started").exists)
        assert process.poll() is None
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= 5
    assert process.returncode is not None


def test_command_runs_to_its_end_and_gives_what_it_printed(tmp_path: Path) -> None:
    program = "import os, sys; print(os.getcwd()); print('LANG' in os.environ, file=sys.stderr); sys.exit(3)"
    done = run_bound([sys.executable, "-c", program], environment={}, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (3, f"{tmp_path}\n", "False\n")
