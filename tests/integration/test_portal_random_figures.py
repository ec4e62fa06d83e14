"""Figures that pages tell, at random, are those of the release's files, read apart from the portal's own store.

A release from records is served; of a sample of its rows the page of each measure has the figure that the Parquet file
has there, or NS or ND as its status says, and so has the row of the dataset's table.
"""

import random
import re
from html import unescape

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from tests.helpers.small_release import small_store

from seuil.catalogue.entry import Entry, Measure
from seuil.portal.app import assemble
from seuil.portal.pages.figure_address import figure_address
from seuil.portal.pages.locale import locales
from seuil.portal.settings import Settings

Row = dict[str, object]


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(assemble(Settings(requests_per_minute=0), small_store().served))


def rows_of(entry: Entry) -> list[Row]:
    """The rows of the released file, by its columns."""
    return [dict(row) for row in pq.read_table(small_store().served().file(entry.id)).to_pylist()]


def text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u202f", ""))


def told(page: str) -> str:
    """What a figure's page tells first."""
    found = re.search(r'class="figure-value[^"]*">(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return text(found[1]).strip()


def agrees(said: str, row: Row, measure: Measure) -> bool:
    """Whether a text tells the measure of the row, and nothing of what its status hides."""
    status, value = row[measure.status_column], row[measure.name]
    if status is not None:
        return value is None and said.startswith(("NS", "ND")[status == "ND"]) and not re.search(r"\d", said)
    assert isinstance(value, (int, float))
    number = re.match(r"< ?[\d,]+|[\d,]+", said)
    if number is None:
        return value == 0 and "personne" in said
    figure = number[0].replace(",", ".")
    return value < float(figure.lstrip("< ")) if figure.startswith("<") else float(figure) == value


def differing(client: TestClient, count: int, seed: int) -> list[str]:
    """Where a page of `count` random figures says otherwise than the file."""
    chance, wrong = random.Random(seed), []
    entries = small_store().catalogue.entries
    rows = {entry.id: rows_of(entry) for entry in entries}
    for _ in range(count):
        entry = chance.choice(entries)
        row, measure = chance.choice(rows[entry.id]), chance.choice(entry.measures)
        address = figure_address(entry, row, measure, locales()["fr"])
        answer = client.get(address)
        if answer.status_code != 200 or not agrees(told(answer.text), row, measure):
            wrong.append(f"{address}: {row[measure.name]} {row[measure.status_column]}, {answer.status_code}")
    return wrong


def test_sixty_figures_at_random_are_the_files(client: TestClient) -> None:
    assert differing(client, 60, 27) == []


@pytest.mark.soak
def test_two_thousand_figures_at_random_are_the_files(client: TestClient) -> None:
    assert differing(client, 2000, 28) == []


def test_a_figure_that_is_not_the_files_is_seen() -> None:
    entry = small_store().catalogue.entries[0]
    measure = next(m for m in entry.measures if m.kind == "count")
    row = next(row for row in rows_of(entry) if row[measure.name])
    said = str(row[measure.name])
    assert agrees(said, row, measure)
    assert not agrees(f"{said}0", row, measure)
    assert not agrees("NS", row, measure)
    hidden = row | {measure.status_column: "NS"}
    assert not agrees(said, hidden, measure)
    assert not agrees("NS", hidden, measure)
    assert agrees("NS non significatif", hidden | {measure.name: None}, measure)
