"""A collection whose tables hold different measures, from records to a release that is verified."""

import shutil

import pyarrow.parquet as pq
from tests.helpers.collections_office import Office
from tests.helpers.tiny_chain import NOON, set_secret

from seuil.archive.layout import DATASETS
from seuil.publish.current import served_release
from seuil.workflow.isolated_audit import audit_table
from seuil.workflow.verify import verify_folder

PROFESSIONALS = """\
id: professionals
title: {fr: Professionnels, en: Professionals}
unit: professional
threshold: 5
zeros: shown
period: {name: year, values: [2022]}
dimensions:
  territory: {label: Territoire, codes: codes/territories.csv, role: territory}
  age: {label: Âge, codes: codes/age.csv}
  sex: {label: Sexe, codes: codes/sex.csv}
measures:
  people: {kind: count, label: Effectif}
  fees: {kind: sum, label: Honoraires, width: 5}
  fees_mean: {kind: mean, label: Honoraires moyens, of: fees, by: people}
  young: {kind: ratio, label: Part des jeunes, of: {measure: people, at: {age: young}}, to: people}
datasets:
  - id: heads
    title: {fr: Effectifs, en: Heads}
    tables: [{levels: {territory: all, age: all, sex: all}, measures: [people]}]
    measures: [people, young]
  - id: fees
    title: {fr: Honoraires, en: Fees}
    tables: [{levels: {territory: [total, region, department]}, measures: [people, fees]}]
    measures: [people, fees, fees_mean]
    columns:
      - {name: annee, period: year}
      - {name: dept, dimension: territory}
      - {name: effectif, measure: people, form: text}
      - {name: honoraires, measure: fees, form: text}
      - {name: honoraires_moyens, measure: fees_mean, form: text}
records:
  people:
    file: people.csv
    identifier: id
    period: year
    dimensions: {territory: {column: dept}, age: {column: age}, sex: {column: sex}}
    amounts: {fees: {column: fees}}
"""


def test_from_records_to_a_verified_release(place: Office) -> None:
    definition = place.define("professionals", PROFESSIONALS)
    place.make(definition)
    place.publish(place.propose())
    verdict = verify_folder(place.archive, now=NOON, workers=1)
    assert verdict.ok, verdict.problems
    files = served_release(place.archive).files
    whole = files[f"{DATASETS}/professionals/figures.parquet"]
    rows = {(r["territory"], r["age"], r["sex"]): r for r in pq.read_table(whole).to_pylist()}
    held = {key for key, row in rows.items() if row["fees_statut"] != "ND"}
    assert held and {(age, sex) for _, age, sex in held} == {("all", "both")}, "fees in no cell of an age or a sex"
    assert all(rows[key]["people_statut"] is None for key in held if rows[key]["fees_statut"] is None)
    # The certificate counts the figures of each base in its own cells.
    assert verdict.certificate is not None
    (period,) = verdict.certificate.datasets[0].periods
    assert period.figures == len(rows) + len(held)
    hidden = sum((row["people_statut"] == "NS") + (row["fees_statut"] == "NS") for row in rows.values())
    assert period.hidden == period.proved == hidden > 0
    # A dataset shows what stands in its rows, whichever table holds it.
    fees = pq.read_table(files[f"{DATASETS}/fees/data.parquet"]).to_pylist()
    assert len(fees) == len(held) and {row["honoraires"] == "ND" for row in fees} == {False}
    # Its audit from the public file alone proves the same figures, and names the cells of each base.
    (found,) = audit_table(whole, definition).values()
    assert found.as_json()["safe"]
    assert found.as_json()["bases"]["fees"]["figures"] == len(held)
    assert found.grids["fees"].base.additive == ("territory",)


def test_a_published_year_is_taken_as_it_is(place: Office) -> None:
    place.make(place.define("professionals", PROFESSIONALS))
    place.publish(place.propose())
    before = served_release(place.archive).files[f"{DATASETS}/professionals/figures.parquet"].read_bytes()
    shutil.rmtree(place.workspace)
    set_secret(place, b"t" * 32)
    place.make(
        place.define("professionals", PROFESSIONALS.replace("Honoraires moyens", "Moyenne")), archive=place.archive
    )
    place.publish(place.propose())
    after = served_release(place.archive).files[f"{DATASETS}/professionals/figures.parquet"].read_bytes()
    assert before == after
    assert verify_folder(place.archive, now=NOON, workers=1).ok
