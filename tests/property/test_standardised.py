"""An age-standardised rate lies in the range that is told of it, whatever rounding and hidden ages leave open."""

import re
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers.portal_fakes import CONDITION, SEX, TERRITORY, FakeStore

from seuil.catalogue.entry import Dimension, Node
from seuil.model.formulas import round_half_up
from seuil.model.text import Text
from seuil.portal.pages.locale import locales
from seuil.portal.pages.subjects.standard import WEIGHTS, standard_bands, standardised
from seuil.portal.pages.subjects.subject import Subject

LOCALE = locales()["fr"]
LABELS = [f"de {a} à {a + 4} ans" for a in range(0, 95, 5)] + ["plus de 95 ans"]
AGE = Dimension(
    name="age", label=Text(fr="Âge"), column="age", level_column="age_niveau", label_column="age_libelle",
    kind="additive", role="age", facet=True, total="tous",
    nodes=(
        Node(code="tous", parent="", level="total", label=Text(fr="Tous âges")),
        *(Node(code=str(k), parent="tous", level="classe", label=Text(fr=text)) for k, text in enumerate(LABELS)),
    ),
)  # fmt: skip
ENTRY = FakeStore().entry("patients").model_copy(update={"dimensions": (CONDITION, TERRITORY, AGE, SEX)})
SUBJECT = Subject(ENTRY, "condition")


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[int], list[int], list[bool], int]:
    """Patients and people of each age, which counts are hidden, and how many patients are of unknown age."""
    people = [draw(st.integers(200, 50_000)) for _ in WEIGHTS]
    patients = [draw(st.integers(0, n // draw(st.sampled_from([1, 20, 500])))) for n in people]
    hidden = [x < 11 or draw(st.integers(0, 9)) == 0 for x in patients]
    return patients, people, hidden, draw(st.integers(0, 30))


def row(patients: int | None, people: int) -> dict[str, object]:
    return {
        "annee": 2023,
        "ntop": None if patients is None else round_half_up(patients, 10),
        "ntop_statut": "NS" if patients is None else None,
        "npop": round_half_up(people, 10),
        "npop_statut": None,
        "prev": None,
        "prev_statut": "NS",
    }


def test_the_weights_are_the_standard_populations() -> None:
    assert sum(WEIGHTS) == 100_000
    assert len(WEIGHTS) == len(LABELS)
    assert [node.code for node in standard_bands(SUBJECT)] == [str(k) for k in range(20)]


def test_other_bands_have_no_standardised_rate() -> None:
    assert standard_bands(Subject(FakeStore().entry("patients"), "condition")) == ()


@settings(max_examples=300)
@given(tables())
def test_the_true_rate_lies_in_the_range(table: tuple[list[int], list[int], list[bool], int]) -> None:
    patients, people, hidden, unknown = table
    true = sum((w * Fraction(x, n) for w, x, n in zip(WEIGHTS, patients, people, strict=True)), Fraction(0)) / 1000
    total = sum(patients) + unknown
    rows = {
        str(k): row(None if hide else x, n) for k, (x, n, hide) in enumerate(zip(patients, people, hidden, strict=True))
    }
    rows["tous"] = row(total if total >= 11 else None, sum(people))
    found = standardised(SUBJECT, standard_bands(SUBJECT), rows, LOCALE)
    assert found is not None
    if found.range is None:
        assert not found.shown
        return
    assert found.range.high is not None
    assert found.range.low <= true <= found.range.high
    low, high = (Fraction(text.replace(",", ".")) for text in re.findall(r"\d+,\d+", found.text))
    assert low <= true <= high


def test_too_many_hidden_ages_are_told() -> None:
    rows = {str(k): row(None if k % 2 else 1000, 10_000) for k in range(20)} | {"tous": row(20_000, 200_000)}
    found = standardised(SUBJECT, standard_bands(SUBJECT), rows, LOCALE)
    assert found is not None
    assert not found.shown
    assert found.text == "non calculable\u00a0: trop d’âges sont NS"


def test_a_hidden_population_leaves_nothing_to_compute() -> None:
    rows = {str(k): row(1000, 10_000) for k in range(20)} | {"tous": row(20_000, 200_000)}
    rows["3"] |= {"npop": None, "npop_statut": "NS"}
    found = standardised(SUBJECT, standard_bands(SUBJECT), rows, LOCALE)
    assert found is not None
    assert not found.shown
