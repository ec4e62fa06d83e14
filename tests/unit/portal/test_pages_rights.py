"""Whom to write to, and the letter: of the reader nothing is asked, sent or kept."""

import re
from html import unescape

import pytest
from tests.helpers.portal_fakes import reader

from seuil.portal.charts import outlines
from seuil.portal.pages.rights import RIGHTS, caisses

PAGE = "/vos-droits"


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def letter_of(address: str) -> str:
    found = re.search(r'<article class="letter".*?</article>', reader().get(address).text, re.DOTALL)
    assert found
    return text_of(found[0])


def test_every_department_has_a_caisse() -> None:
    assert {caisse.department for caisse in caisses()} == set(outlines.names())


def test_the_caisse_of_a_department_is_named_with_the_date_of_the_list() -> None:
    page = text_of(reader().get(f"{PAGE}?departement=33").text)
    assert "CPAM Bordeaux" in page
    assert "décembre 2020" in page
    assert "Elle ne donne pas d’adresse" in page


def test_of_several_caisses_one_is_chosen() -> None:
    page = reader().get(f"{PAGE}?departement=76&droit=acces").text
    offered = re.findall(r'<option value="(01C\d+)"', page)
    assert len(offered) > 1
    assert "de ma caisse" in letter_of(f"{PAGE}?departement=76&droit=acces")
    name = next(caisse.name for caisse in caisses() if caisse.code == offered[0])
    assert name in letter_of(f"{PAGE}?departement=76&caisse={offered[0]}&droit=acces")


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.name)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_letter_asks_for_the_right_that_was_chosen(right, prefix: str) -> None:
    letter = letter_of(f"{prefix}{PAGE}?departement=33&droit={right.name}")
    assert f"article {right.article} " in letter.casefold()
    assert (right.request.fr if not prefix else right.request.en) in letter
    assert "CPAM Bordeaux" in letter


@pytest.mark.parametrize(
    "query", ["", "?departement=XX", "?droit=rien", "?departement=33&caisse=01C011", "?departement="]
)
def test_what_is_no_choice_is_none(query: str) -> None:
    answer = reader().get(PAGE + query)
    assert answer.status_code == 200
    assert 'class="letter"' not in answer.text


def test_what_a_reader_types_has_no_name_under_which_it_could_be_sent() -> None:
    page = reader().get(f"{PAGE}?departement=33&droit=effacement").text
    inputs = re.findall(r"<input[^>]*>", page)
    assert len(inputs) == 3
    assert not any(" name=" in found for found in inputs)
    assert "fetch(" not in (script := reader().get(re.findall(r'src="([^"]*letter[^"]*)"', page)[0]).text)
    assert "localStorage" not in script
