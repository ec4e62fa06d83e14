"""A dataset with an overlapping dimension and a sum, and its grid."""

from pathlib import Path

import pytest
from tests.helpers.tiny_chain import Chain, open_office

from seuil.model.dataset import Dataset, read_dataset


@pytest.fixture
def office(tmp_path: Path) -> Chain:
    return open_office(tmp_path / "office")


@pytest.fixture
def visits(office: Chain) -> Dataset:
    return read_dataset(office.definitions[0])


@pytest.fixture
def illness(office: Chain) -> Dataset:
    return read_dataset(office.definitions[1])
