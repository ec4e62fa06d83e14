"""Texts in two languages."""

import pytest
from pydantic import ValidationError

from seuil.model.text import Text


def test_a_plain_string_is_both_languages() -> None:
    assert Text.model_validate("Année") == Text(fr="Année", en="Année")


def test_english_falls_back_to_french() -> None:
    assert Text.model_validate({"fr": "Année"}).in_("en") == "Année"
    assert Text(fr="Année", en="").in_("en") == "Année"
    assert Text(fr="Année", en="Year").in_("en") == "Year"
    assert Text(fr="Année", en="Year").in_("fr") == "Année"


def test_other_languages_are_refused() -> None:
    with pytest.raises(ValidationError, match="de"):
        Text.model_validate({"fr": "Année", "de": "Jahr"})
