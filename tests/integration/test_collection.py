"""Several datasets of the same people: refused as two collections, proved together as one of two datasets."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.collections_office import Office
from tests.helpers.tiny_chain import NOON, set_secret

from seuil.archive.layout import DATASETS
from seuil.catalogue.build import read_catalogue
from seuil.model.errors import DisclosureError, ProofError, UsageError
from seuil.publish.current import served_release
from seuil.publish.keys import create_keys, load_signer
from seuil.publish.propose import propose as propose_files
from seuil.publish.repository import create_archive
from seuil.workflow import release
from seuil.workflow.verify import verify_folder
from seuil.workflow.workspace import open_workspace

ALONE = """\
id: {id}
title: {{fr: Visites, en: Visits}}
unit: professional
threshold: 5
period: {{name: year, values: [2022]}}
dimensions:
  territory: {{label: Territoire, codes: codes/territories.csv, role: territory}}
  {name}: {{label: {name}, codes: codes/{name}.csv}}
measures:
  people: {{kind: count, label: Personnes}}
tables: [{{levels: {{territory: all, {name}: all}}}}]
records:
  people:
    file: people.csv
    identifier: id
    period: year
    dimensions: {{territory: {{column: dept}}, {name}: {{column: {name}}}}}
"""
TOGETHER = """\
id: visits
title: {fr: Visites, en: Visits}
unit: professional
threshold: 5
period: {name: year, values: [2022]}
dimensions:
  territory: {label: Territoire, codes: codes/territories.csv, role: territory}
  age: {label: Âge, codes: codes/age.csv}
  sex: {label: Sexe, codes: codes/sex.csv}
measures:
  people: {kind: count, label: Personnes}
datasets:
  - id: by-age
    title: {fr: Par âge, en: By age}
    tables: [{levels: {territory: all, age: all}}]
    columns:
      - {name: annee, period: year}
      - {name: region, dimension: territory, level: region, total: "99"}
      - {name: dept, dimension: territory, level: department, total: "999"}
      - {name: age, dimension: age, show: label}
      - {name: effectif, measure: people, form: text}
      - {name: effectif_integer, measure: people}
  - id: by-sex
    title: {fr: Par sexe, en: By sex}
    tables: [{levels: {territory: all, sex: all}}]
records:
  people:
    file: people.csv
    identifier: id
    period: year
    dimensions: {territory: {column: dept}, age: {column: age}, sex: {column: sex}}
"""


def alone(office: Office, name: str, *more: str) -> Path:
    return office.define(f"by-{name}", ALONE.format(id=f"by-{name}", name=name) + "".join(more))


@pytest.mark.usefixtures("audits_here")
class TestTwoCollections:
    """Of one unit, in one archive."""

    def test_they_are_not_built_together(self, place: Office) -> None:
        with pytest.raises(DisclosureError, match="by-age and by-sex both count units called professional"):
            place.make(alone(place, "age"), alone(place, "sex"))
        assert not open_workspace(place.workspace).proposals()

    def test_they_are_not_proposed_together(self, place: Office) -> None:
        place.make(alone(place, "age"))
        place.make(alone(place, "sex"))
        with pytest.raises(DisclosureError, match=r"(?s)by-age and by-sex both.*expected one collection"):
            place.propose()

    def test_the_second_one_is_neither_built_nor_proposed_beside_what_was_published(self, place: Office) -> None:
        place.make(alone(place, "sex"))
        place.make(alone(place, "age"))
        place.publish(release.propose(place.archive, place.workspace, datasets=["by-age"], now=NOON).folder)
        for ask in (
            lambda: place.make(alone(place, "sex"), archive=place.archive),
            lambda: release.propose(place.archive, place.workspace, datasets=["by-sex"], now=NOON),
        ):
            with pytest.raises(DisclosureError, match="both count units called professional"):
                ask()

    def test_one_that_was_withdrawn_is_still_known(self, place: Office) -> None:
        place.make(alone(place, "age"))
        place.publish(place.propose())
        place.publish(release.withdraw(place.archive, place.workspace, "by-age", now=NOON).folder)
        with pytest.raises(DisclosureError, match="by-sex and by-age"):
            place.make(alone(place, "sex"))

    def test_verify_finds_what_two_people_have_signed_all_the_same(self, place: Office) -> None:
        place.make(alone(place, "age"))
        place.publish(place.propose())
        first = dict(served_release(place.archive).files)
        other = Office(place.folder / "other")
        shutil.copytree(place.records, other.records)
        create_archive(other.archive, create_keys(other.keys), load_signer(other.keys, "root"), now=NOON)
        set_secret(other, b"t" * 32)
        other.make(alone(other, "sex"))
        other.publish(other.propose())
        files = {n: p for n, p in served_release(other.archive).files.items() if n.startswith(DATASETS)} | {
            n: p for n, p in first.items() if not n.startswith(DATASETS)
        }
        catalogue = served_release(other.archive).files["catalogue.json"]
        proposal = propose_files(place.archive, files | {"catalogue.json": catalogue}, place.folder / "x", now=NOON)
        place.publish(proposal.folder)
        verdict = verify_folder(place.archive, now=NOON, workers=1)
        assert any("by-sex and by-age both count" in str(problem) for problem in verdict.problems)

    @pytest.mark.parametrize("both", [True, False])
    def test_they_stand_side_by_side_where_both_say_that_they_count_other_people(
        self, place: Office, both: bool
    ) -> None:
        said = "apart_from: [{{collection: {}, reason: Autres personnes}}]\n"
        first = alone(place, "age", said.format("by-sex"))
        second = alone(place, "sex", said.format("by-age") if both else "")
        if not both:
            with pytest.raises(DisclosureError, match="by-age and by-sex"):
                place.make(first, second)
            return
        place.make(first, second)
        place.publish(place.propose())
        verdict = verify_folder(place.archive, now=NOON, workers=1)
        assert verdict.ok
        assert verdict.certificate is not None
        (one, _) = verdict.certificate.datasets
        assert [(apart.collection, apart.reason.fr) for apart in one.apart_from] == [("by-sex", "Autres personnes")]


def figures(rows: pa.Table, keys: list[str], column: str) -> dict[tuple[object, ...], object]:
    return {tuple(row[k] for k in keys): row[column] for row in rows.to_pylist()}


@pytest.mark.usefixtures("audits_here")
class TestOneCollection:
    """Of two datasets."""

    @pytest.fixture
    def released(self, place: Office) -> Office:
        place.make(place.define("visits", TOGETHER))
        place.publish(place.propose())
        return place

    def test_its_datasets_are_proved_together_and_agree(self, released: Office) -> None:
        verdict = verify_folder(released.archive, now=NOON, workers=1)
        assert verdict.ok, verdict.problems
        assert verdict.proved == ("visits",)
        served = served_release(released.archive)
        ages, sexes = (pq.read_table(served.files[f"jeux/{name}/data.parquet"]) for name in ("by-age", "by-sex"))
        assert ages.schema.names == ["annee", "region", "dept", "age", "effectif", "effectif_integer"]
        totals = {
            (region if dept == "999" else dept): n
            for (region, dept, age), n in figures(ages, ["region", "dept", "age"], "effectif_integer").items()
            if age == "Tous"
        }
        assert {
            {"T": "99"}.get(str(t), t): n
            for (t, sex), n in figures(sexes, ["territory", "sex"], "people").items()
            if sex == "both"
        } == totals
        hidden = [row for row in ages.to_pylist() if row["effectif_integer"] is None]
        assert hidden
        assert {row["effectif"] for row in hidden} == {"NS"}

    def test_the_catalogue_and_the_certificate_name_both(self, released: Office) -> None:
        served = served_release(released.archive)
        entries = read_catalogue(served.read_bytes("catalogue.json")).entries
        assert [(e.id, e.collection, e.rows) for e in entries] == [("by-age", "visits", 21), ("by-sex", "visits", 21)]
        certificate = verify_folder(released.archive, now=NOON, workers=1).certificate
        assert certificate is not None
        (one,) = certificate.datasets
        assert (one.id, one.datasets) == ("visits", ("by-age", "by-sex"))
        assert one.periods[0].hidden == one.periods[0].proved > 0

    def test_a_dataset_that_is_not_as_its_figures_is_not_proposed(self, released: Office) -> None:
        path = open_workspace(released.workspace).proposal("visits") / "content" / "by-age" / "data.parquet"
        table = pq.read_table(path)
        shown = np.flatnonzero([v is not None for v in table["effectif_integer"].to_pylist()])[0]
        values = [v if k != shown else 99 for k, v in enumerate(table["effectif_integer"].to_pylist())]
        place = table.schema.get_field_index("effectif_integer")
        field = table.schema.field(place)
        pq.write_table(table.set_column(place, field, pa.array(values, field.type)), path, compression="zstd")
        with pytest.raises(ProofError, match=r"jeux/by-age/data\.parquet.*rendered from the figures"):
            released.propose()

    def test_the_table_of_all_figures_is_the_one_that_is_made_of_them_to_the_byte(self, released: Office) -> None:
        """Else something could be said in how it is written."""
        path = open_workspace(released.workspace).proposal("visits") / "content" / "visits" / "figures.parquet"
        pq.write_table(pq.read_table(path), path, compression="snappy")
        with pytest.raises(ProofError, match=r"jeux/visits/figures\.parquet.*rendered from the figures"):
            released.propose()

    def test_one_of_them_can_not_be_withdrawn_but_the_collection_can(self, released: Office) -> None:
        with pytest.raises(UsageError, match="by-age is proved in visits"):
            release.withdraw(released.archive, released.workspace, "by-age", now=NOON)
        illness = released.define("alone", ALONE.format(id="alone", name="age").replace("professional", "patient"))
        illness.write_text(illness.read_text().replace("threshold: 5", "threshold: 11"), encoding="utf-8")
        released.make(illness)
        released.publish(release.propose(released.archive, released.workspace, datasets=["alone"], now=NOON).folder)
        released.publish(release.withdraw(released.archive, released.workspace, "visits", now=NOON).folder)
        names = served_release(released.archive).files
        assert {name.split("/")[1] for name in names if name.startswith("jeux/")} == {"alone"}

    def test_a_dataset_can_not_have_the_name_of_another_collection(self, released: Office) -> None:
        other = ALONE.format(id="by-age", name="age").replace("professional", "patient")
        released.make(released.define("other", other.replace("threshold: 5", "threshold: 11")))
        with pytest.raises(UsageError, match="by-age: a dataset of by-age and one of visits"):
            release.propose(released.archive, released.workspace, datasets=["by-age"], now=NOON)


POPULATION = "territory,people\nT,5000\nN,3000\na,2000\nb,1000\nS,2000\nc,1500\n"
WITH_DENSITY = TOGETHER.replace(
    "datasets:\n",
    """\
  population: {kind: external, label: Population, file: population.csv, column: people}
  density: {kind: ratio, label: Densité, of: people, to: population, times: 100000, decimals: 1}
datasets:
""",
).replace(
    "      - {name: effectif_integer, measure: people}\n",
    "      - {name: effectif_integer, measure: people}\n      - {name: densite, measure: density, form: text}\n",
)


@pytest.mark.usefixtures("audits_here")
class TestPublicFigures:
    """A density by a population from elsewhere."""

    @pytest.fixture
    def density(self, place: Office) -> Path:
        path = place.define("visits", WITH_DENSITY)
        (path.parent / "population.csv").write_text(POPULATION, encoding="utf-8")
        return path

    def test_it_is_hidden_where_the_head_count_is_and_released_with_its_file(
        self, place: Office, density: Path
    ) -> None:
        place.make(density)
        place.publish(place.propose())
        verdict = verify_folder(place.archive, now=NOON, workers=1)
        assert verdict.ok, verdict.problems
        served = served_release(place.archive)
        assert served.files["jeux/visits/population.csv"].read_text(encoding="utf-8") == POPULATION
        rows = pq.read_table(served.files["jeux/by-age/data.parquet"]).to_pylist()
        hidden = [row for row in rows if row["effectif"] == "NS"]
        assert hidden
        assert {row["densite"] for row in hidden if row["dept"] != "d"} == {"NS"}
        (france,) = [row for row in rows if row["region"] == "99" and row["age"] == "Tous"]
        assert (france["effectif_integer"], france["densite"]) == (300, "6 000,0")
        shown = [row for row in rows if row["dept"] == "d" and row["effectif"] != "NS"]
        assert {row["densite"] for row in shown} == {"ND"}, "the file has no population of d"

    def test_a_revised_population_is_rendered_anew_and_nothing_is_proved_again(
        self, place: Office, density: Path
    ) -> None:
        place.make(density)
        (density.parent / "population.csv").write_text(POPULATION.replace("T,5000", "T,6000"), encoding="utf-8")
        (built,) = place.make(density)
        assert (built.reused, built.made) == (("leaves 2022", "2022"), ("proposal",))
        rows = pq.read_table(built.folder / "content" / "by-age" / "data.parquet").to_pylist()
        (france,) = [row for row in rows if row["region"] == "99" and row["age"] == "Tous"]
        assert france["densite"] == "5 000,0"

    def test_figures_that_are_not_those_of_the_file_are_not_proposed(self, place: Office, density: Path) -> None:
        place.make(density)
        path = open_workspace(place.workspace).proposal("visits") / "content" / "visits" / "population.csv"
        path.write_text(POPULATION.replace("T,5000", "T,5001"), encoding="utf-8")
        with pytest.raises(ProofError, match=r"column population: is not the figure of population\.csv"):
            place.propose()


SHARES = """\
  young: {kind: ratio, label: Jeunes, of: {measure: people, at: {age: young}}, to: people}
  women: {kind: ratio, label: Femmes, of: {measure: people, at: {sex: "2"}}, to: people}
tables: [{levels: {age: all}}, {levels: {sex: all}}]
datasets:
  - {id: shares, title: {fr: Parts, en: Shares}, tables: [{levels: {}}], measures: [young, women]}
"""


@pytest.mark.usefixtures("audits_here")
def test_a_table_of_no_dataset_is_published_with_all_figures_alone(place: Office) -> None:
    """What ratios of a dataset are made of; it has no rows of it."""
    head, _, rest = TOGETHER.partition("datasets:\n")
    (built,) = place.make(place.define("visits", head + SHARES + rest[rest.index("records:\n") :]))
    (row,) = pq.read_table(built.folder / "content" / "shares" / "data.parquet").to_pylist()
    whole = pq.read_table(built.folder / "content" / "visits" / "figures.parquet").to_pylist()
    people = {(r["age"], r["sex"]): r["people"] for r in whole}
    assert len(people) == 5
    assert row["young"] == round(100 * people["young", "both"] / people["all", "both"], 1)
    assert row["women"] == round(100 * people["all", "2"] / people["all", "both"], 1)
    assert (built.tables.datasets["shares"].cells, built.tables.datasets["shares"].hidden) == (1, 0)
    place.publish(place.propose())
    assert verify_folder(place.archive, now=NOON, workers=1).ok
