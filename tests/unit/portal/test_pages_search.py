"""The search on the home page: over the code lists of the shipped definitions, and its answers as a page shows them."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from tests.helpers.portal_fakes import HIDDEN_DEPARTMENT, FakePage, FakeStore, reader

from seuil.catalogue.build import catalogue_of, entry_of
from seuil.catalogue.entry import Catalogue
from seuil.model.dataset import read_dataset
from seuil.portal.pages.answers import Answer, answers
from seuil.portal.pages.guides import guides
from seuil.portal.pages.locale import locales
from seuil.portal.pages.phrases import Phrases
from seuil.portal.pages.subjects.intents import read_intent
from seuil.portal.pages.subjects.links import addressed, comparison
from seuil.portal.pages.view import read_view

DEFINITIONS = Path(__file__).parents[3] / "definitions"
NAMES = ("effectifs", "professionals", "reel-honoraires", "reel-effectifs-2020")


class Everything(FakeStore):
    """A row for every question, each figure of it 20."""

    def rows(self, dataset_id: str, *, equal: Mapping[str, str | int], **_: object) -> FakePage:
        measures = next(e.measures for e in shipped().entries if e.id == dataset_id)
        return FakePage(1, [{m.name: 20 for m in measures} | {m.status_column: None for m in measures} | dict(equal)])


@cache
def shipped() -> Catalogue:
    datasets = [read_dataset(DEFINITIONS / name / f"{name}.yaml") for name in NAMES]
    return catalogue_of(entry_of(d, rows=1, modified=date(2026, 11, 25), hidden=0, cells=1) for d in datasets)


@cache
def index() -> Phrases:
    return Phrases(shipped())


@cache
def everything() -> Everything:
    return Everything()


def found(asked: str) -> tuple[Answer, ...]:
    return answers(index(), everything(), asked, locales()["fr"])


def chosen(asked: str) -> tuple[str, dict[str, str]]:
    """The dataset of the first answer, and what it fixes."""
    answer = found(asked)[0]
    return answer.entry.id, {c.dimension.name: c.code for c in answer.view.choices}


def cards(html: str) -> list[str]:
    texts = re.findall(r'<li class="answer">(.*?)</li>', html, re.DOTALL)
    return [re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip() for text in texts]


@pytest.mark.parametrize(
    ("asked", "dataset", "codes"),
    [
        ("diabète gironde femmes", "effectifs", {"condition": "DIA_CAT_CAT", "territoire": "33", "sexe": "2"}),
        ("DIABETE, en Gironde, chez les femmes ?", "effectifs", {"condition": "DIA_CAT_CAT", "territoire": "33"}),
        ("diabette girond femme", "effectifs", {"condition": "DIA_CAT_CAT", "territoire": "33", "sexe": "2"}),
        ("combien de femmes de 70 à 74 ans ont un diabète en Gironde en 2023", "effectifs",
         {"condition": "DIA_CAT_CAT", "territoire": "33", "sexe": "2", "age": "70-74"}),
        ("diabète 72 ans paris", "effectifs", {"condition": "DIA_CAT_CAT", "territoire": "75", "age": "70-74"}),
        ("33 diabete 72 ans", "effectifs", {"condition": "DIA_CAT_CAT", "territoire": "33", "age": "70-74"}),
        ("cancer", "effectifs", {"condition": "CAN_CAT_CAT", "territoire": "FR", "sexe": "9"}),
        ("cancer du sein", "effectifs", {"condition": "CAN_SEI_CAT", "sexe": "9"}),
        ("femmes diabétiques", "effectifs", {"condition": "DIA_CAT_CAT", "sexe": "2"}),
        ("mucoviscidose", "effectifs", {"condition": "RAR_MUC_IND"}),
        ("asthme gironde", "reel-effectifs-2020", {"condition": "RES_CAT_EXC", "territoire": "33"}),
        ("hypertension haute-vienne", "reel-effectifs-2020", {"condition": "TFC_HTA_EXC", "territoire": "87"}),
        ("diabetes women corse du sud", "effectifs", {"condition": "DIA_CAT_CAT", "territoire": "2A", "sexe": "2"}),
        ("diabète val d'oise", "effectifs", {"territoire": "95"}),
        ("diabète oise", "effectifs", {"territoire": "60"}),
        ("dermatologue", "professionals", {"profession": "dermatologues", "territoire": "FR"}),
        ("dermatologe paris", "professionals", {"profession": "dermatologues", "territoire": "75"}),
        ("kiné guadeloupe", "professionals", {"profession": "masseurs-kinesitherapeutes", "territoire": "971"}),
        ("infirmieres mayotte", "professionals", {"profession": "infirmiers", "territoire": "976"}),
        ("kiné lyon", "professionals", {"profession": "masseurs-kinesitherapeutes", "territoire": "69"}),
        ("dermato paris honoraires", "reel-honoraires", {"profession": "dermatologues", "territoire": "75"}),
        ("combien d'asthmatiques", "reel-effectifs-2020", {"condition": "RES_CAT_EXC"}),
        ("psychiatres lozère", "professionals", {"profession": "psychiatres", "territoire": "48"}),
        ("gps in paris", "professionals", {"territoire": "75"}),
        ("honoraires des ophtalmos en Île-de-France", "professionals",
         {"profession": "ophtalmologues", "territoire": "R11"}),
    ],
)  # fmt: skip
def test_words_of_code_lists_lead_to_the_view(asked: str, dataset: str, codes: dict[str, str]) -> None:
    entry, fixed = chosen(asked)
    assert entry == dataset
    assert {name: fixed[name] for name in codes} == codes


def test_a_year_and_a_measure_are_understood() -> None:
    view = found("diabète 2022 population")[0].view
    assert (view.period, view.measure.name) == (2022, "npop")


def test_a_name_that_several_have_gives_each_of_them() -> None:
    names = {answer.about[0] for answer in found("alpes")}
    assert {"Hautes-Alpes", "Alpes-Maritimes"} <= names


def test_two_places_give_a_figure_each() -> None:
    both = [answer for answer in found("diabète gironde landes") if answer.entry.id == "effectifs"]
    assert [{c.dimension.name: c.code for c in a.view.choices}["territoire"] for a in both] == ["33", "40"]
    assert all(answer.figures and not answer.left for answer in both)


def test_real_figures_come_before_fictitious_ones() -> None:
    assert [answer.entry.id for answer in found("asthme gironde")] == ["reel-effectifs-2020", "effectifs"]


def test_how_many_come_before_how_much_where_no_measure_is_named() -> None:
    assert [a.entry.id for a in found("dermatologue paris")][:2] == ["professionals", "reel-honoraires"]
    assert found("honoraires dermatologue paris")[0].entry.id == "reel-honoraires"


def test_a_name_with_much_else_in_it_comes_last() -> None:
    assert [answer.entry.id for answer in found("hospitalisation")] == ["effectifs", "reel-effectifs-2020"]


def test_without_a_condition_there_is_a_view_and_no_figure() -> None:
    answer = next(a for a in found("gironde femmes") if a.entry.id == "effectifs")
    assert answer.figures == ()
    assert {c.dimension.name: c.code for c in answer.view.choices}["sexe"] == "2"


def test_no_figure_stands_for_a_total_that_is_not_published() -> None:
    answer = next(answer for answer in found("dermatologue") if answer.entry.id == "reel-honoraires")
    assert answer.figures == ()
    assert "Ain" not in answer.about


def test_a_territory_alone_leads_to_its_page() -> None:
    answered = addressed(found("gironde"), shipped(), locales()["fr"], "reponse")
    assert [address for _, address in answered] == ["/territoires/33-gironde"]
    assert all(answer.place is None for answer in found("diabète gironde"))


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("pourquoi NS", "/secret"), ("comment citer", "#cite"), ("mes données personnelles", "/vos-droits"),
        ("à qui écrire à ma caisse", "/vos-droits"), ("licence", "/mentions-legales"), ("api python", "#api"),
        ("comment vérifier la preuve", "/preuve"), ("qu'est-ce qui a changé", "/publications"),
        ("what changed in the last release", "/publications"), ("my personal data", "/vos-droits"),
        ("quoi de neuf", "/publications"), ("what's new?", "/publications"), ("comment citer un chiffre", "#cite"),
        ("télécharger tout", "#downloads"), ("download everything", "#downloads"), ("mes droits", "/vos-droits"),
        ("qu'est-ce qui a changé dans la dernière publication", "/publications"), ("intégrer une carte", "#pictures"),
        ("méthodologie", "#about"), ("data dictionary", "#about"), ("flux rss", "/publications"),
        ("qu'est-ce que la prévalence", "/glossaire"),
    ],
)  # fmt: skip
def test_questions_that_no_figure_answers_lead_to_a_page(asked: str, path: str) -> None:
    assert any(path in guide.address for guide in guides(asked, shipped(), locales()["fr"]))


def test_of_pages_of_datasets_there_is_one_each_by_its_title() -> None:
    entries, french = shipped().entries, locales()["fr"]
    offered = guides("télécharger", shipped(), french)
    assert [guide.address for guide in offered] == [f"/jeux/{entry.id}#downloads" for entry in entries][:12]
    assert all(entry.title.fr in guide.title for guide, entry in zip(offered, entries, strict=False))


def test_a_page_that_answers_most_of_the_words_comes_before_figures_of_the_rest() -> None:
    html = reader().get("/?q=politique du 33 novembre").text
    assert 0 < html.index('href="/protection-des-donnees">') < html.index('href="/territoires/33-gironde">')
    html = reader().get("/?q=diabète gironde source").text
    assert 0 < html.index("Diabète · Gironde") < html.index("#cite")


@pytest.mark.parametrize("asked", ["top 10 départements diabète", "les 5 départements avec le plus de diabète"])
def test_how_many_are_wanted_is_no_department(asked: str) -> None:
    part, looked_for = read_intent(asked)
    assert part == "classement"
    assert "territoire" not in found(looked_for)[0].words


def test_a_department_by_its_code_is_still_one() -> None:
    part, looked_for = read_intent("classement diabète 33")
    assert part == "classement"
    assert "33" in looked_for.split()


def test_what_one_word_may_mean_is_no_comparison() -> None:
    catalogue, french = shipped(), locales()["fr"]
    assert comparison(found("maladie"), catalogue, french) is None
    side_by_side = comparison(found("diabète gironde landes"), catalogue, french)
    assert side_by_side is not None
    assert side_by_side.names == ("Gironde", "Landes")


@pytest.mark.parametrize(
    "asked", ["revenus infirmiers paris", "nurses earnings paris", "combien gagnent les infirmiers"]
)
def test_measures_have_other_names_too(asked: str) -> None:
    answer = found(asked)[0]
    assert answer.left == ()
    assert "honoraires" in answer.view.measure.label.fr.casefold()


def test_per_is_no_place() -> None:
    assert "territoire" not in found("nurses per inhabitant")[0].words


def test_little_words_that_end_in_s_are_no_names() -> None:
    assert found("dans les") == ()
    assert found("dans la gironde")[0].left == ()


def test_a_year_that_the_dataset_has_not_is_told_apart_from_unknown_words() -> None:
    answer = found("diabète gironde 1999 zzzzz")[0]
    assert (answer.left_years, answer.left_words) == (("1999",), ("zzzzz",))
    html = unescape(reader().get("/?q=diabète gironde 1999").text)
    assert "Pas de chiffres de 1999 ici" in html
    assert "absent des nomenclatures" not in html


def test_a_question_of_figures_leads_to_no_guide() -> None:
    for asked in ("diabète gironde femmes", "honoraires dermatologues paris", "zzz", ""):
        assert guides(asked, shipped(), locales()["fr"]) == ()


def test_words_that_mean_nothing_are_named() -> None:
    assert found("diabète zzzzz")[0].left == ("zzzzz",)
    assert found("zzzzz") == ()
    assert found("") == ()


@pytest.mark.parametrize("asked", ["<script>", "'; drop table x; --", "%", "a" * 300, "²²² ½", "-1", "\x00", "é" * 50])
def test_no_words_break_it(asked: str) -> None:
    assert isinstance(found(asked), tuple)
    assert reader().get("/", params={"q": asked}).status_code == 200


def test_the_answer_is_the_figure_and_its_page() -> None:
    store = FakeStore()
    where = {"annee": 2023, "pathologie": "dia", "territoire": "33", "age": "tous", "sexe": "2"}
    row = store.rows("patients", equal=where).rows[0]
    html = reader(store=store).get("/?q=diabete gironde femmes").text
    [card] = cards(html)
    assert f"{row['ntop']:,}".replace(",", "\u202f") in card
    assert f"arrondi\u00a0: de {int(str(row['ntop'])) - 5:,}".replace(",", "\u202f") in card
    assert f"{row['prev']:.2f}".replace(".", ",") in card
    address = re.search(r'<h3><a href="(/pages/data-pathologies/\?[^"]*)">Diabète · Gironde · Femmes', html)
    assert address is not None
    page = reader(store=store).get(unescape(address[1])).text
    assert f"{row['ntop']:,}".replace(",", "\u202f") in page


def test_a_hidden_figure_of_an_answer_stays_hidden() -> None:
    store = FakeStore()
    name = store.rows("patients", equal={"territoire": HIDDEN_DEPARTMENT}).rows[0]["territoire_libelle"]
    [card] = cards(reader(store=store).get(f"/?q=diabete {name}").text)
    assert "Taux de patients NS" in card
    assert "Patients pris en charge NS" in card


def test_an_answer_without_a_row_is_none() -> None:
    assert (
        cards(
            reader(store=FakeStore().without("reel-honoraires", "territoire", "33")).get("/?q=infirmier gironde").text
        )
        == []
    )


@pytest.mark.parametrize(
    ("asked", "part"),
    [("évolution diabète gironde", "evolution"), ("évolution infirmiers gironde", "reponse"),
     ("classement infirmiers", "classement"), ("carte diabète", "carte"), ("diabète gironde", "reponse")],
)  # fmt: skip
def test_an_answer_leads_to_a_part_that_its_page_has(asked: str, part: str) -> None:
    html = reader().get("/", params={"q": asked}).text
    address = re.search(r'<h3><a href="(/pages/[^"#]*)#(\w+)">', html)
    assert address is not None
    assert address[2] == part
    assert f'id="{part}"' in reader().get(unescape(address[1])).text


def test_a_page_that_is_not_there_searches() -> None:
    html = reader().get("/nulle-part").text
    assert '<form class="search" role="search" action="/" method="get">' in html
    assert 'action="/en/"' in reader().get("/en/nulle-part").text


def test_no_shipped_dataset_opens_on_everybody_or_on_all_professions() -> None:
    for entry in shipped().entries:
        opened = [c.node for c in read_view(entry, {}).choices if c.dimension.name in ("condition", "profession")]
        assert [node.code for node in opened if node.parent == "" or node.code == "ensemble-des-medecins"] == []
