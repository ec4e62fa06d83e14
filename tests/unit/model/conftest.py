"""The definition of visits, read with something changed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tests.helpers.visits import visits

from seuil.model.dataset import Dataset

Read = Callable[..., Dataset]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the definition with pieces of text replaced, each of which must be there."""
    return partial(visits, tmp_path)
