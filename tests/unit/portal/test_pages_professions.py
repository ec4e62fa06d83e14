"""The page of professions: a tile for every measure that any dataset has of a profession in a place."""

import re
from html import unescape

import pytest
from tests.helpers.portal_fakes import PROFESSION, TERRITORY, FakeStore, Row, reader

from seuil.catalogue.entry import Dimension, Measure, Node
from seuil.model.text import Text

PAGE = "/pages/data-professionnels-sante-liberaux/"
SECTOR = Dimension.model_validate(
    {
        "name": "secteur",
        "label": Text(fr="Secteur", en="Sector"),
        "column": "secteur",
        "level_column": "secteur_niveau",
        "label_column": "secteur_libelle",
        "kind": "additive",
        "role": "other",
        "facet": True,
        "total": "tous",
        "nodes": [
            Node(code="tous", parent="", level="total", label=Text(fr="Tous secteurs", en="All sectors")),
            Node(code="s1", parent="tous", level="secteur", label=Text(fr="Secteur 1", en="Sector 1")),
            Node(code="s2", parent="tous", level="secteur", label=Text(fr="Secteur 2", en="Sector 2")),
        ],
    }
)


def with_density() -> FakeStore:
    """Beside the fees a dataset of head counts and densities, whose codes are others and whose names are the same."""
    store = FakeStore()
    entry = store.entry("reel-honoraires")
    nodes = (
        Node(code="T", parent="", level="total", label=Text(fr="Ensemble", en="All")),
        *(n.model_copy(update={"code": f"x-{n.code}", "parent": "T", "level": "profession"}) for n in PROFESSION.nodes),
    )
    profession = PROFESSION.model_copy(update={"nodes": nodes, "total": "T"})
    places = [("FR", 0)] + [(node.code, 1) for node in TERRITORY.nodes if node.code != "FR"]
    rows: list[Row] = []
    for year in (2022, 2023):
        for node in nodes:
            for k, (place, level) in enumerate(places):
                for sector in SECTOR.nodes:
                    count = (50 + 3 * k) * (5 if place == "FR" else 1) + (year - 2022) * 2
                    rows.append(
                        {
                            "annee": year,
                            "profession": node.code, "profession_niveau": node.level,
                            "territoire": place, "territoire_niveau": ("france", "departement")[level],
                            "secteur": sector.code, "secteur_niveau": sector.level,
                            "effectif": count, "effectif_statut": None,
                            "population": 100_000, "population_statut": None,
                            "densite": float(count), "densite_statut": None,
                        }
                    )  # fmt: skip
    measures = (
        Measure(name="effectif", label=Text(fr="Effectif", en="Number"), kind="count",
                unit_label=Text(fr="professionnels", en="professionals"), decimals=0, status_column="effectif_statut"),
        Measure(name="population", label=Text(fr="Population", en="Population"), kind="given",
                unit_label=Text(), decimals=0, status_column="population_statut"),
        Measure(name="densite", label=Text(fr="Densité", en="Density"), kind="ratio",
                unit_label=Text(fr="pour 100 000", en="per 100,000"), decimals=1, status_column="densite_statut",
                of="effectif", by="population", times=100_000),
    )  # fmt: skip
    guarantee = entry.guarantee.model_copy(update={"proved": True, "zeros": "shown"})
    added = entry.model_copy(
        update={
            "id": "densites",
            "collection": "densites",
            "source": "records",
            "dimensions": (profession, TERRITORY, SECTOR),
            "measures": measures,
            "periods": (2022, 2023),
            "rows": len(rows),
            "guarantee": guarantee,
        }
    )
    return store.add(added, rows)


def said(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))).replace("\xa0", " ").replace("\u202f", " ")


def test_there_is_a_tile_for_every_measure_of_every_dataset() -> None:
    html = reader(store=with_density()).get(PAGE, params={"territoire": "33"}).text
    assert re.findall(r'<p class="told-label">([^<]+)</p>', html) == [
        "Effectif",
        "Population",
        "Densité",
        "Honoraires moyens",
    ]


@pytest.mark.parametrize(("missing", "tiles"), [((2022,), 4), ((2022, 2023), 3)])
def test_a_measure_that_a_place_has_in_no_year_has_no_tile(missing: tuple[int, ...], tiles: int) -> None:
    def change(row: Row) -> Row:
        nothing = row["territoire"] != "FR" and row["annee"] in missing
        return row | {"densite": None, "densite_statut": "ND"} if nothing else row

    client = reader(store=with_density().replace_rows("densites", change))
    for place, expected in (("33", tiles), ("FR", 3)):  # of France there are no mean fees
        html = client.get(PAGE, params={"territoire": place}).text
        assert html.count('<p class="told-label">') == expected


@pytest.mark.parametrize("status", ["ND", "NS"])
def test_a_measure_that_no_department_has_is_offered_for_no_map(status: str) -> None:
    def change(row: Row) -> Row:
        return row | {"densite": None, "densite_statut": status} if row["territoire"] != "FR" else row

    html = reader(store=with_density().replace_rows("densites", change)).get(PAGE).text
    assert ("mesure=densites.densite" in html) == (status == "NS")


@pytest.mark.parametrize(("missing", "left"), [(("s2",), ["Secteur 1"]), (("s1", "s2"), [])])
def test_what_has_no_figure_here_is_no_part_of_a_breakdown(missing: tuple[str, ...], left: list[str]) -> None:
    def change(row: Row) -> Row:
        nothing = {f"{name}_statut": "ND" for name in ("effectif", "population", "densite")}
        return (
            row | dict.fromkeys(("effectif", "population", "densite")) | nothing if row["secteur"] in missing else row
        )

    html = reader(store=with_density().replace_rows("densites", change)).get(PAGE).text
    assert re.findall(r'<th scope="row">(Secteur \d)', html) == left


def test_the_page_never_opens_on_everything_together() -> None:
    html = reader(store=with_density()).get(PAGE).text
    assert '<h1 class="unseen">Médecins généralistes, Tous secteurs, en France, en 2023</h1>' in html
    assert html.index('<option value="T"') > html.index('<option value="x-inf"')


def test_the_country_stands_beside_a_density_and_not_beside_a_number() -> None:
    html = reader(store=with_density()).get(PAGE, params={"territoire": "33"}).text
    tiles = [said(tile) for tile in html.split('<div class="tile">')[1:]]
    assert "qu’en France" not in tiles[0]
    assert "qu’en France (252,0 pour 100 000)" in tiles[2]
    assert ">France</text>" in html.split('<div class="tile">')[3]


def test_departments_are_ranked_by_density_before_means() -> None:
    html = reader(store=with_density()).get(PAGE).text
    assert re.findall(r'aria-current="true">([^<]+)</a>', html) == ["Densité"]
    other = (
        reader(store=with_density()).get(PAGE, params={"territoire": "33", "mesure": "reel-honoraires.honoraires"}).text
    )
    assert re.findall(r'aria-current="true">([^<]+)</a>', other) == ["Honoraires moyens"]
    assert re.findall(r'<p class="told-label">([^<]+)</p>', other)[0] == "Honoraires moyens"
    assert "1 département n’a pas" in said(other) or "2 départements n’ont pas" in said(other)


def test_the_parts_of_other_dimensions_stand_in_detail() -> None:
    html = reader(store=with_density()).get(PAGE, params={"territoire": "33"}).text
    detail = html[html.index('id="detail"') : html.index('id="carte"')]
    assert "Secteur 1" in detail
    assert "Tous secteurs" not in detail


def test_another_dataset_can_be_asked_for() -> None:
    html = reader(store=with_density()).get(PAGE, params={"jeu": "reel-honoraires", "profession": "inf"}).text
    assert "Infirmiers, dans l’Ain, en 2021" in html or "Infirmiers, en France, en 2021" in html
    assert '<input type="hidden" name="jeu" value="reel-honoraires">' in html


def test_datasets_of_one_collection_tell_a_figure_once() -> None:
    store = with_density()
    entry = store.entry("densites")
    twin = entry.model_copy(update={"id": "secteurs", "measures": entry.measures[:1]})
    store.add(twin, store._tables["densites"])
    html = reader(store=store).get(PAGE, params={"territoire": "33"}).text
    assert re.findall(r'<p class="told-label">([^<]+)</p>', html).count("Effectif") == 1


def test_what_has_no_total_is_told_in_detail_only() -> None:
    store = with_density()
    entry = store.entry("densites")
    sector = SECTOR.model_copy(update={"nodes": SECTOR.nodes[1:]})
    parts = entry.model_copy(
        update={"id": "secteurs", "collection": "s", "dimensions": (*entry.dimensions[:2], sector)}
    )
    store.add(parts, [row for row in store._tables["densites"] if row["secteur"] != "tous"])
    html = reader(store=store).get(PAGE, params={"territoire": "33"}).text
    assert re.findall(r'<p class="told-label">([^<]+)</p>', html).count("Effectif") == 1
    assert html.count("Secteur 1") == 2 + 1  # in two tables, and in the sentence of the first dataset


def test_a_density_whose_population_is_not_told_is_only_as_sure_as_its_digits() -> None:
    store = with_density()
    entry = store.entry("densites")
    near = {"FR": 84.1, "33": 84.1, "40": 84.3}

    def density(row: Row) -> Row:
        return row | {"densite": near.get(str(row["territoire"]), 50.0)}

    store.catalogue = store.catalogue.model_copy(
        update={
            "entries": (
                *store.catalogue.entries[:-1],
                entry.model_copy(update={"measures": (entry.measures[0], entry.measures[2])}),
            )
        }
    )
    store.replace_rows("densites", density)
    tile = reader(store=store).get(PAGE, params={"territoire": "33"}).text.split('<div class="tile">')[2]
    assert "L’arrondi ne permet pas de dire s’il est plus ou moins élevé qu’en France" in said(tile)
    other = reader(store=store).get(PAGE, params={"territoire": "40"}).text.split('<div class="tile">')[2]
    assert "Plus élevé qu’en France (84,1 pour 100 000)" in said(other)


def test_the_dataset_that_was_asked_for_is_told_first() -> None:
    store = with_density()
    for dataset, label in (("reel-honoraires", "Honoraires moyens"), ("densites", "Effectif")):
        html = reader(store=store).get(f"{PAGE}?jeu={dataset}&profession=inf&territoire=33").text
        first = re.search(r'<p class="told-label">([^<]*)', html)
        assert first is not None
        assert unescape(first[1]).startswith(label)
