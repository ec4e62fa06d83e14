"""A build that is cut off, at whatever step, and run again: the same bytes, and nothing half done in between."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.helpers.tiny_chain import NOON, Chain, make_unpublishable
from tests.helpers.trees import bytes_of

from seuil.model.errors import SeuilError
from seuil.publish.disk import PARTIAL
from seuil.workflow.verify import verify_folder
from seuil.workflow.workspace import ARCHIVE, STEP, open_workspace

STEPS = 8  # proposal of both datasets, leaves and figures of three periods


def proposals(chain: Chain) -> dict[str, bytes]:
    place = open_workspace(chain.workspace)
    return {
        f"{name}/{path}": content
        for name in place.proposals()
        for path, content in bytes_of(place.proposal(name) / "content").items()
    }


def cut_off_at(monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool) -> list[Path]:
    """Stop at the renaming of step `number`, before or after it. Gives the steps that were reached."""
    reached: list[Path] = []
    rename = Path.replace

    def stopping(self: Path, target: Path) -> Path:
        if self.name != PARTIAL + Path(target).name or not self.is_dir():
            return rename(self, target)  # of a file, or of an old step out of the way
        reached.append(target)
        if after:
            rename(self, target)
        if len(reached) == number:
            raise KeyboardInterrupt
        return target if after else rename(self, target)

    monkeypatch.setattr(Path, "replace", stopping)
    return reached


@pytest.mark.usefixtures("audits_here")
@pytest.mark.parametrize("after", [False, True])
def test_cut_off_at_every_step_and_resumed(
    office: Chain, released_once: Chain, monkeypatch: pytest.MonkeyPatch, after: bool, tmp_path: Path
) -> None:
    expected = proposals(released_once)
    for number in range(1, STEPS + 1):
        chain = office.copy(tmp_path / f"cut-{number}")
        with monkeypatch.context() as patch:
            reached = cut_off_at(patch, number, after=after)
            with pytest.raises(KeyboardInterrupt):
                chain.build()
        whole = len(reached) if after else len(reached) - 1
        folders = [path.parent for path in chain.workspace.rglob(STEP)]
        assert sorted(folders) == sorted(reached[:whole])
        resumed = chain.build()
        assert sum(len(b.reused) for b in resumed) == whole
        assert proposals(chain) == expected, number
    assert len(reached) == STEPS


@pytest.mark.usefixtures("audits_here")
def test_cut_off_between_removing_the_old_and_placing_the_new(released: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment in which a stale step is away and its successor not there yet."""
    (released.workspace / ARCHIVE).unlink()  # what is published would be taken from there, and not counted anew
    os.utime(released.records / "people.csv", (1, 1))
    expected = proposals(released)
    rename = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.parent.name == "leaves" and target.name == "2022":
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing)
        with pytest.raises(KeyboardInterrupt):
            released.build()
    assert not open_workspace(released.workspace).leaves("visits", 2022).exists()
    released.build()
    assert proposals(released) == expected


@pytest.mark.usefixtures("audits_here")
def test_failed_build_leaves_an_earlier_proposal_and_the_archive_as_they_were(released: Chain) -> None:
    expected, archive = proposals(released), bytes_of(released.archive)
    make_unpublishable(released)
    with pytest.raises(SeuilError):
        released.build()
    assert proposals(released) == expected
    assert bytes_of(released.archive) == archive
    assert verify_folder(released.archive, now=NOON, workers=1).ok


def listen_to_ctrl_c() -> None:
    """Where tests run in the background of a shell, the signal is ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_says_what_was_kept_and_the_same_command_goes_on(office: Chain, released_once: Chain) -> None:
    command = [sys.executable, "-m", "seuil", "build", *map(str, office.definitions)]
    command += ["--records", str(office.records), "--workspace", str(office.workspace)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=listen_to_ctrl_c
    )
    first = open_workspace(office.workspace).leaves("visits", 2022)
    deadline = time.monotonic() + 120
    while not first.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert (out, errors.strip()) == (
        "",
        "seuil: interrupted: steps that were finished are kept in the workspace; the same command goes on from there",
    )
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert proposals(office) == proposals(released_once)
