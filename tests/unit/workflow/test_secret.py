"""The secret that breaks ties: of a file, or the user's own."""

import os
from pathlib import Path

import pytest

from seuil.model.errors import UsageError
from seuil.workflow import secret as module
from seuil.workflow.secret import read_secret, secret_of_user


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "seuil"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_users_secret_is_made_once_for_its_owner_alone(home: Path) -> None:
    os.umask(before := os.umask(0))
    first = secret_of_user()
    assert os.umask(before) == before, "the modes don't come from the umask"
    assert (len(first), mode(home), mode(home / "secret.key")) == (32, 0o700, 0o600)
    assert [path.name for path in home.iterdir()] == ["secret.key"]
    assert secret_of_user() == first


def test_two_users_have_two_secrets(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = secret_of_user()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    assert secret_of_user() != first
    assert home.exists()


def test_of_two_runs_that_begin_at_once_both_go_on_with_the_first_secret(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = bytes(32)

    def while_another_run_makes_one() -> bytes:
        (home / "secret.key").write_bytes(other)
        (home / "secret.key").chmod(0o600)
        return b"x" * 32

    monkeypatch.setattr(module, "new_secret", while_another_run_makes_one)
    assert secret_of_user() == other
    assert [path.name for path in home.iterdir()] == ["secret.key"]


def test_place_that_cant_be_written_is_named_with_the_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seuil").write_text("a file where a folder has to be")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match=r"seuil/secret.key: .*; expected a place .*--secret FILE, --open"):
        secret_of_user()


def test_secret_that_others_can_read_is_refused(home: Path) -> None:
    secret_of_user()
    (home / "secret.key").chmod(0o644)
    with pytest.raises(UsageError, match="others can read this secret; expected the mode 0600"):
        secret_of_user()


@pytest.mark.parametrize(
    ("content", "rights", "words"),
    [(b"x" * 32, 0o644, "others can read this secret"), (b"x" * 31, 0o600, "31 bytes; expected 32 random ones")],
)
def test_file_that_is_no_secret_is_refused(tmp_path: Path, content: bytes, rights: int, words: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(rights)
    with pytest.raises(UsageError, match=words):
        read_secret(path)
    with pytest.raises(UsageError, match="No such file"):
        read_secret(tmp_path / "nothing")
