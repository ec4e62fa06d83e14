"""`seuil serve` where its port is another program's."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from seuil.cli.serve import run_portal
from seuil.model.errors import UsageError


@pytest.fixture
def other() -> Iterator[socket.socket]:
    """Of another program, bound to a port that ours may be bound to as well."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound


def test_a_port_that_another_program_took_is_told(other: socket.socket, tmp_path: Path) -> None:
    other.listen()
    with pytest.raises(UsageError, match="is taken; choose another"):
        run_portal(tmp_path, other.getsockname()[1])


def test_the_port_is_ours_while_the_archive_is_opened(
    other: socket.socket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def opening(_settings: object) -> None:
        with pytest.raises(OSError, match="in use"):
            other.listen()
        raise UsageError("the archive was being opened")

    monkeypatch.setattr("seuil.portal.app.create_app", opening)
    with pytest.raises(UsageError, match="was being opened"):
        run_portal(tmp_path, other.getsockname()[1])
