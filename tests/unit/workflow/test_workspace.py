"""The workspace: private, whole or not at all."""

import stat
from pathlib import Path

import pytest

from seuil.model.errors import ReleaseError, UsageError
from seuil.publish.disk import PARTIAL
from seuil.workflow.workspace import busy, is_current, open_workspace, step


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_workspace_and_secret_are_their_owner_s_alone(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "w")
    assert (mode(tmp_path / "w"), mode(tmp_path / "w" / "secret.key")) == (0o700, 0o600)
    assert len(workspace.secret) == 32
    assert open_workspace(tmp_path / "w").secret == workspace.secret
    assert open_workspace(tmp_path / "other").secret != workspace.secret


def test_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir(mode=0o755)
    with pytest.raises(UsageError, match="0700"):
        open_workspace(tmp_path / "w")


def test_step_appears_whole_with_its_fingerprint_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "steps" / "one"
    with step(folder, "print") as partial:
        (partial / "below").mkdir(mode=0o755)
        (partial / "below" / "file").write_text("x")
        (partial / "below" / "file").chmod(0o644)
        assert not folder.exists()
    assert is_current(folder, "print")
    assert not is_current(folder, "another")
    assert (mode(folder), mode(folder / "below"), mode(folder / "below" / "file")) == (0o700, 0o700, 0o600)
    assert [p.name for p in folder.parent.iterdir()] == ["one"]


def test_step_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    with step(folder, "first") as partial:
        (partial / "file").write_text("first")
    with pytest.raises(KeyboardInterrupt), step(folder, "second") as partial:
        (partial / "file").write_text("sec")
        raise KeyboardInterrupt
    assert is_current(folder, "first")
    assert (folder / "file").read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["one"]


def test_step_replaces_the_earlier_one_whole(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    with step(folder, "first") as partial:
        (partial / "old").write_text("old")
    with step(folder, "second") as partial:
        (partial / "new").write_text("new")
    assert sorted(p.name for p in folder.iterdir()) == ["new", "step.json"]


def test_one_run_at_a_time_and_leftovers_are_removed(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "w")
    left = workspace.dataset("d") / "periods" / f"{PARTIAL}2023"
    left.mkdir(parents=True)
    (left / "half").write_text("half")
    with busy(workspace):
        assert not left.exists()
        with pytest.raises(ReleaseError, match="another run"), busy(workspace):
            pass


def test_proposals_are_those_that_are_whole(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "w")
    with step(workspace.proposal("b"), "p"), step(workspace.proposal("a"), "p"):
        assert workspace.proposals() == []
    workspace.proposal("c").mkdir(parents=True)
    assert workspace.proposals() == ["a", "b"]
