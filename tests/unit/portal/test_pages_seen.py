"""The file of what a page shows, as the API of a real store sends it: the same rows, in the same order."""

import csv
from io import StringIO

import pytest
from tests.helpers.portal_release import client_of, shared_store

from seuil.portal.pages.links import seen_as
from seuil.portal.pages.locale import locales
from seuil.portal.pages.table import read_table
from seuil.portal.pages.view import read_view


@pytest.mark.parametrize(
    ("dataset", "asked"),
    [
        ("patients", {}),
        ("patients", {"_tri": "-ntop", "territoire": "*departement", "pathologie": "*"}),
        ("patients", {"_tri": "taux", "annee": "*", "pathologie": "DIA", "territoire": "*"}),
        ("reel-tarifs", {"_tri": "-tarif"}),
    ],
)
def test_the_file_has_the_rows_of_the_table_in_its_order(dataset: str, asked: dict[str, str]) -> None:
    store, locale = shared_store(), locales()["fr"]
    entry = store.entry(dataset)
    view = read_view(entry, asked)
    table = read_table(store.served(), view, locale, 100)
    sent = client_of(store).get(seen_as(view, "csv", "fr"))
    assert sent.status_code == 200, sent.text
    header, *rows = csv.reader(StringIO(sent.content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert len(rows) == table.total
    for measure in entry.measures:
        seen = [row[len(row) - len(entry.measures) + entry.measures.index(measure)].text for row in table.rows]
        column = header.index(measure.label.fr)
        assert [_number(row[column]) for row in rows] == [_number(text) for text in seen]


def _number(text: str) -> float | str:
    plain = text.replace("\u202f", "").replace(",", ".")
    return float(plain) if plain.replace(".", "").isdigit() else text
