"""The definition of visits, read with something changed; and what every error of a definition must say."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.helpers.visits import visits
from tests.helpers.wording import INSTRUCTIONS

from seuil.model.dataset import Dataset
from seuil.model.errors import DefinitionError

Read = Callable[..., Dataset]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the definition with pieces of text replaced, each of which must be there."""
    return partial(visits, tmp_path)


@pytest.fixture(autouse=True)
def _errors_say_where_what_and_what_is_expected(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Holds every error that a test of this folder brings about to one form, whoever made it."""
    made, init = list[DefinitionError](), DefinitionError.__init__

    def noted(self: DefinitionError, *args: object, **named: object) -> None:
        init(self, *args, **named)
        made.append(self)

    monkeypatch.setattr(DefinitionError, "__init__", noted)
    yield
    for error in made:
        assert error.found, error
        assert error.field, error
        assert error.expected.split()[0] not in INSTRUCTIONS, error
        assert error.line is not None or not _is_text(Path(error.file)), error


def _is_text(path: Path) -> bool:
    """Whether a file has lines that an error could name."""
    try:
        return path.is_file() and path.stat().st_size < 1_000_000 and bool(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return False
