"""A PostgreSQL server of the tests' own, on loopback, in a folder that goes with it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DATABASE = "postgres"


def installed() -> Path | None:
    """The folder of the server's programs, the newest version's; Debian keeps them out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    there = shutil.which("initdb")
    return found[-1].parent if found else Path(there).parent if there else None


@contextmanager
def running() -> Iterator[str]:
    """Its address. The server refuses to run as root, and then runs as the user that its package made."""
    programs = installed()
    assert programs is not None
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="seuil-postgresql-"))
    try:
        if user:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _run(
            *user, programs / "initdb", "-D", data, "-U", "seuil", "--auth=trust", "--locale=C.UTF-8", "--encoding=UTF8"
        )
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        control = [*user, programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w"]
        _run(*control, "-o", options, "start")
        try:
            yield f"postgresql://seuil@127.0.0.1:{port}/{DATABASE}"
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
