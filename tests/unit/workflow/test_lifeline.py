"""A command that is bound to its starter ends with it, however that one ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.helpers.process_groups import is_left, until

from seuil.workflow.lifeline import run_bound

STARTER = """
import os, sys
from pathlib import Path
from seuil.workflow.lifeline import run_bound

run_bound([sys.executable, "-c", {command!r}], environment=dict(os.environ), folder=Path.cwd())
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


@pytest.mark.parametrize("handler", ["", DEAF], ids=["that listens", "that is deaf to signals"])
def test_command_ends_when_its_starter_is_killed(tmp_path: Path, handler: str) -> None:
    program = STARTER.format(command=COMMAND.format(handler=handler))
    starter = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, start_new_session=True)
    try:
        assert until((tmp_path / "started").exists)
        starter.kill()
        starter.wait(timeout=60)
        assert until(lambda: not is_left(starter.pid), seconds=60)
    finally:
        if is_left(starter.pid):
            os.killpg(starter.pid, signal.SIGKILL)


def test_command_runs_to_its_end_and_gives_what_it_printed(tmp_path: Path) -> None:
    program = "import os, sys; print(os.getcwd()); print('LANG' in os.environ, file=sys.stderr); sys.exit(3)"
    done = run_bound([sys.executable, "-c", program], environment={}, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (3, f"{tmp_path}\n", "False\n")
