"""`seuil serve`: the portal on this machine."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")]


def serve(
    archive: Annotated[Path, typer.Option(help="The folder of the archive.")],
    port: Port = 8000,
) -> int:
    """Serve the portal: pages, API and exports of the release that an archive serves.

    It reads the archive and nothing else, and listens on 127.0.0.1 only. Ctrl-C or SIGTERM stops it.

    Example: seuil serve --archive demo/archive --port 8000
    """
    return run_portal(archive, port)


def run_portal(archive: Path, port: int) -> int:
    """Serve until stopped. Raises ReleaseError if the archive can't be opened, UsageError if the port is taken."""
    import socket

    import uvicorn

    from seuil.model.errors import UsageError
    from seuil.portal.app import create_app
    from seuil.portal.settings import Settings

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            raise UsageError(f"port {port} of 127.0.0.1 is taken; choose another with --port") from None
        app = create_app(Settings(archive=archive))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        print(f"\nopen {address}\nCtrl-C stops the portal", flush=True)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        with suppress(KeyboardInterrupt):  # the way to stop it
            server.run(sockets=[listener])
    return 0
