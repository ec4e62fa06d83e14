"""Reading what a reader chose from the address."""

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st
from tests.helpers.portal_fakes import FakeStore

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
    assert view.equal == {"annee": 2022, "pathologie": "tout", "territoire_niveau": "departement", "sexe": "2"}
