"""`seuil serve` where its port is another program's."""

import socket
from pathlib import Path

import pytest

from seuil.cli.serve import run_portal
from seuil.model.errors import UsageError


@pytest.mark.parametrize("first", [True, False])
def test_a_port_that_another_program_took_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: bool) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 0))
        if first:
            other.listen()
        # Else it is bound by both, and the other one listens while the archive is being opened.
        monkeypatch.setattr("seuil.portal.app.create_app", lambda _: other.listen())
        with pytest.raises(UsageError, match="is taken; choose another"):
            run_portal(tmp_path, other.getsockname()[1])
