"""Reading what a reader chose from the address."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers.portal_fakes import FakeStore

from seuil.catalogue.entry import Measure
from seuil.portal.pages.numbers import decimals_of
from seuil.portal.pages.view import read_view, read_width

ENTRY = FakeStore().entry("patients")
NAMES = ["annee", "pathologie", "territoire", "age", "sexe", "_mesure", "_page", "other"]
VALUES = st.sampled_from(["", "*", "*departement", "*x", "FR", "75", "2", "9", "2022", "0", "12", "ntop", "²", "-1"])


@given(st.dictionaries(st.sampled_from(NAMES), VALUES | st.text(max_size=12)))
def test_any_address_gives_a_view_that_writes_itself_back(asked: dict[str, str]) -> None:
    view = read_view(ENTRY, asked)
    again = read_view(ENTRY, dict(parse_qsl(view.query())))
    assert again.ignored == ()
    assert (again.period, again.choices, again.measure, again.page) == (
        view.period, view.choices, view.measure, view.page,
    )  # fmt: skip


@given(st.text(max_size=8))
def test_a_picture_is_never_too_small_or_too_large(text: str) -> None:
    assert 260 <= read_width({"_largeur": text}) <= 1200


def test_filters_follow_from_codes_and_levels() -> None:
    view = read_view(ENTRY, {"annee": "2022", "territoire": "*departement", "sexe": "2", "age": "*"})
    assert view.equal == {"annee": 2022, "pathologie": "dia", "territoire_niveau": "departement", "sexe": "2"}


def test_a_definition_names_what_the_page_opens_on() -> None:
    dimensions = [
        d.model_copy(update={"first": {"age": "80+", "territoire": "75"}.get(d.name, "")}) for d in ENTRY.dimensions
    ]
    entry = ENTRY.model_copy(update={"dimensions": tuple(dimensions)})
    assert read_view(entry, {}).equal == {
        "annee": 2023, "pathologie": "dia", "territoire": "75", "age": "80+", "sexe": "9",
    }  # fmt: skip
    gone = tuple(d.model_copy(update={"first": "gone"}) for d in ENTRY.dimensions)
    assert read_view(ENTRY.model_copy(update={"dimensions": gone}), {}).equal == read_view(ENTRY, {}).equal


@pytest.mark.parametrize(
    ("value", "kind", "decimals"),
    [
        (0.042, "ratio", 3),
        (0.00037, "ratio", 5),
        (7.0, "ratio", 3),
        (0.00037, "given", 5),
        (0.0423, "ratio", 4),
        (1.23456, "given", 3),
    ],
)
def test_a_rate_shows_the_significant_digits_that_it_keeps(value: float, kind: str, decimals: int) -> None:
    measure = Measure.model_validate(
        {"name": "r", "label": "r", "kind": kind, "unit_label": "%", "decimals": 3, "status_column": "r_statut"}
    )
    assert decimals_of(value, measure) == decimals
