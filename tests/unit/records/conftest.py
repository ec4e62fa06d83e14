"""A tiny dataset and a way to write its records."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from seuil.model.dataset import Dataset, read_dataset

Write = Callable[..., Path]
PEOPLE = ("who", "year", "dept", "years", "cents", "visits")
ILL = ("person", "annee", "top")


@pytest.fixture(scope="session")
def tiny() -> Dataset:
    return read_dataset(Path(__file__).parent / "data" / "tiny" / "tiny.yaml")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write people and memberships; gives the folder."""

    def files(people: Sequence[Sequence[object]], ill: Sequence[Sequence[object]] = (), delimiter: str = ",") -> Path:
        folder = tmp_path / "records"
        folder.mkdir(exist_ok=True)
        for name, columns, rows in (("people.csv", PEOPLE, people), ("ill.csv", ILL, ill)):
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, delimiter=delimiter).writerows([columns, *rows])
        return folder

    return files


@pytest.fixture
def key() -> bytes:
    return bytes(range(32))
