"""`seuil serve`: the portal on this machine."""

import gc
import hashlib
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

_WAITING = 2048
"""Connections that wait to be taken."""

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")]


def serve(
    archive: Annotated[Path, typer.Option(help="The folder of the archive.")],
    port: Port = 8000,
    root: Annotated[
        Path | None, typer.Option(help="A root of trust that you kept; by default what was seen first.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="Folder that remembers what was seen of the archive; by default the user's own.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer, each with memory of its own.")] = 1,
) -> int:
    """Serve the portal: pages, API and exports of the release that an archive serves.

    It reads the archive, serves from a verified copy of its own, and listens on 127.0.0.1 only. Ctrl-C or SIGTERM stops
    it. An archive under other keys than those of --root or of earlier starts, or an older one, is not served.

    Example: seuil serve --archive demo/archive --port 8000
    """
    return run_portal(archive, port, root=root, state=state or state_folder(archive), workers=workers)


def state_folder(archive: Path) -> Path:
    """Where the user's portals remember what was seen of an archive: a folder for each place that an archive lies in.

    The folder for state of the XDG base directory specification.
    """
    home = os.environ.get("XDG_STATE_HOME", "")
    base = Path(home) if Path(home).is_absolute() else Path.home() / ".local" / "state"
    place = hashlib.sha256(str(archive.resolve()).encode()).hexdigest()[:16]
    return base / "seuil" / "portal" / place


def run_portal(
    archive: Path, port: int, *, root: Path | None = None, state: Path | None = None, workers: int = 1
) -> int:
    """Serve until stopped. Raises ReleaseError if the archive can't be opened, UsageError if the port is taken."""
    from seuil.model.errors import UsageError

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            # At once, or another program could bind the port while the archive is opened. Who comes until then waits.
            listener.listen(_WAITING)
        except OSError:
            raise UsageError(f"port {port} of 127.0.0.1 is taken; choose another with --port") from None
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        if workers == 1:
            return _answer(archive, root, state, listener, lambda: _tell(address))
        from seuil.portal.workers import Worker, in_workers

        found = in_workers(workers, lambda: _tell(address))
        if not isinstance(found, Worker):
            return found
        return _answer(archive, root, state, listener, found.ready)


def _answer(
    archive: Path, root: Path | None, state: Path | None, listener: socket.socket, ready: Callable[[], None]
) -> int:
    from seuil.portal.allocators import give_back_memory
    from seuil.portal.app import create_app
    from seuil.portal.server import answer
    from seuil.portal.settings import Settings

    give_back_memory()
    settings = Settings(archive=archive, root=root, state=state)
    # What the portal begins with stays: without this Python looks through all of it for circles, again and again, a
    # tenth of a second each time, while it is made and while it answers.
    gc.disable()
    app = create_app(settings)
    gc.freeze()
    gc.enable()
    ready()
    with suppress(KeyboardInterrupt):  # the way to stop it
        answer(app, settings, listener)
    return 0


def _tell(address: str) -> None:
    print(f"\nopen {address}\nCtrl-C stops the portal", flush=True)
