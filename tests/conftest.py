"""What every test needs: user data of its own, so that none depends on the secret of whoever runs it; no deadlines."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

SECRET = bytes(range(32))

settings.register_profile("any machine", deadline=None)  # a busy one is slow now and then: that is no failure
settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def user_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The place, with a secret that is the same in every run; commands that tests start see it too."""
    before = os.environ.get("XDG_DATA_HOME")
    home = tmp_path_factory.mktemp("data")
    folder = home / "seuil"
    folder.mkdir(mode=0o700)
    (folder / "secret.key").write_bytes(SECRET)
    (folder / "secret.key").chmod(0o600)
    os.environ["XDG_DATA_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["XDG_DATA_HOME"]
    else:
        os.environ["XDG_DATA_HOME"] = before
