"""Figures as people read them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers.portal_fakes import FakeStore, reader

from seuil.catalogue.entry import Measure
from seuil.model.formulas import round_half_up
from seuil.portal.pages.locale import locales
from seuil.portal.pages.numbers import figure_text, meant

ENTRY = FakeStore().entry("patients")
COUNT = ENTRY.measures[0]
RATE = ENTRY.measures[2].model_copy(update={"decimals": 1, "of": "ntop"})
FRENCH, ENGLISH = locales()["fr"], locales()["en"]


@pytest.mark.parametrize(
    ("above", "value", "text"),
    [
        (20, 0.0, "< 0,1"),
        (0, 0.0, "0,0"),
        (20, 0.1, "0,1"),
        (20, 0.034, "0,034"),
        (20, 0.004, "0,004"),
        (20, 2.5, "2,5"),
        (20, 1e-12, "< 0,000000001"),
        (20, 1234.56, "1\u202f234,56"),
    ],
)
def test_a_rate_that_is_not_zero_never_reads_as_zero(above: int, value: float, text: str) -> None:
    assert figure_text({"ntop": above, "prev": value}, RATE, FRENCH) == text


def test_a_rate_whose_count_is_hidden_or_elsewhere_reads_as_it_is() -> None:
    assert figure_text({"prev": 0.0}, RATE, ENGLISH) == "0.0"
    assert figure_text({"prev": 0.0, "ntop": None}, RATE, ENGLISH) == "0.0"


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_no_part_of_a_whole_reads_as_zero(part: int, whole: int) -> None:
    text = figure_text({"ntop": part, "prev": round(100 * part / whole, 1)}, RATE, ENGLISH)
    assert text == "< 0.1" or any(digit in text for digit in "123456789")


@given(st.integers(11, 10**6))
def test_what_a_rounded_count_means_holds_the_count(count: int) -> None:
    found = meant(ENTRY, COUNT, round_half_up(count, 10))
    assert found is not None
    assert found[0] <= count <= found[1]
    assert {round_half_up(end, 10) for end in found} == {round_half_up(count, 10)}


def test_what_is_not_rounded_means_itself() -> None:
    assert meant(ENTRY, COUNT, 0) is None
    assert meant(ENTRY, RATE, 10) is None
    assert meant(FakeStore().entry("reel-honoraires"), COUNT, 10) is None


def _with_small_rates() -> FakeStore:
    store = FakeStore()
    [entry] = [e for e in store.catalogue.entries if e.id == "patients"]
    measures: tuple[Measure, ...] = (*entry.measures[:2], RATE)
    changed = entry.model_copy(update={"measures": measures})
    store.catalogue = store.catalogue.model_copy(update={"entries": (changed, *store.catalogue.entries[1:])})
    return store.replace_rows("patients", lambda row: row | {"prev": None if row["prev"] is None else 0.0})


@pytest.mark.parametrize("path", ["/jeux/patients", "/jeux/patients?territoire=33", "/?q=diabete gironde"])
def test_pages_read_less_than_the_last_digit(path: str) -> None:
    html = reader(store=_with_small_rates()).get(path).text
    assert "&lt; 0,1" in html
    assert ">0,0<" not in re.sub("(?s)<svg.*?</svg>", "", html)  # axes begin at nought
