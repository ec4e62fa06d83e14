"""From records to a verified release: what is built, reused, refused, and found."""

import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.tiny_chain import NOON, Chain, make_unpublishable, set_secret
from tests.helpers.trees import bytes_of

from seuil.catalogue.build import read_catalogue
from seuil.disclosure.audit import audit
from seuil.disclosure.constraints.outer import outer_bounds
from seuil.figures.bounds_files import write_bounds
from seuil.figures.periods import read_period
from seuil.figures.proof_files import proof_names, read_proof, write_proofs
from seuil.model.dataset import read_dataset
from seuil.model.errors import DataError, DefinitionError, DisclosureError, ProofError, UsageError
from seuil.publish.current import served_release
from seuil.publish.propose import propose as propose_files
from seuil.workflow import release
from seuil.workflow.build import Source, build
from seuil.workflow.verify import verify_folder
from seuil.workflow.workspace import ARCHIVE, open_workspace


def content(chain: Chain, dataset: str = "visits") -> Path:
    return open_workspace(chain.workspace).proposal(dataset) / "content" / dataset


def change(path: Path, column: str, change_values) -> None:
    """Rewrite a column of a Parquet file with the same schema."""
    table = pq.read_table(path)
    place = table.column_names.index(column)
    values = pa.array(change_values(table[column].to_pylist()), type=table.schema.field(column).type)
    pq.write_table(table.set_column(place, table.schema.field(column), values), path, compression="zstd")


def test_release_verifies_and_says_what_is_proved(released: Chain) -> None:
    verdict = verify_folder(released.archive, now=NOON, workers=1)
    assert verdict.problems == ()
    assert (verdict.release, verdict.proved) == (1, ("illness", "visits"))
    assert set(verdict.seconds) == {"illness", "visits"}


def test_something_is_hidden_and_everything_hidden_is_proved(released: Chain) -> None:
    for definition, periods in zip(released.definitions, ((2022, 2023), (2023,)), strict=True):
        dataset = read_dataset(definition)
        for period in periods:
            table = content(released, dataset.id) / "data.parquet"
            figures = read_period(dataset, period, table)
            folder = content(released, dataset.id) / "proof" / str(period)
            parts = {part: folder / name for part, name in proof_names("count").items()}
            cells = read_proof(parts).cells
            hidden = np.flatnonzero(figures.count.hidden)
            assert len(hidden) > 0
            assert np.isin(hidden, cells).all()


def test_audit_in_its_own_process_gives_what_audit_gives(released: Chain, tmp_path: Path) -> None:
    dataset = read_dataset(released.definitions[0])
    figures = read_period(dataset, 2023, content(released) / "data.parquet")
    write_proofs(tmp_path / "here", audit(figures).proofs)
    write_bounds(tmp_path / "here", outer_bounds(figures))
    assert bytes_of(tmp_path / "here") == bytes_of(content(released) / "proof" / "2023")


@pytest.mark.usefixtures("audits_here")
def test_unchanged_steps_are_reused_and_changed_ones_are_not(released: Chain) -> None:
    (released.workspace / ARCHIVE).unlink()  # as before its first release: nothing is published yet
    assert all(b.made == () for b in released.build())
    os.utime(released.records / "people.csv", (1, 1))
    touched = {b.dataset: b for b in released.build()}
    assert touched["visits"].made == ("leaves 2022", "leaves 2023")  # equal leaves are as good as before
    assert touched["visits"].reused == ("2022", "2023", "proposal")
    definition = released.definitions[1]
    definition.write_text(definition.read_text().replace("label: Taux", "label: Part"), encoding="utf-8")
    changed = {b.dataset: b for b in released.build()}
    assert changed["visits"].made == ()
    assert (changed["illness"].reused, changed["illness"].made) == (("leaves 2023", "2023"), ("proposal",))  # a text
    definition.write_text(definition.read_text().replace("rounding: 10", "rounding: 5"), encoding="utf-8")
    changed = {b.dataset: b for b in released.build()}
    assert (changed["illness"].reused, changed["illness"].made) == (("leaves 2023",), ("2023", "proposal"))


@pytest.mark.usefixtures("audits_here")
def test_a_new_year_and_new_texts_touch_no_year_before(office: Chain) -> None:
    definition = office.definitions[0]
    whole = definition.read_text()
    definition.write_text(whole.replace("values: [2022, 2023]", "values: [2022]"), encoding="utf-8")
    (first,) = build([Source(definition, office.records)], office.workspace, workers=1)
    assert first.made == ("leaves 2022", "2022", "proposal")
    place = open_workspace(office.workspace)
    before = bytes_of(place.period("visits", 2022))
    definition.write_text(whole.replace("title: Visites", "title: Consultations"), encoding="utf-8")
    (second,) = build([Source(definition, office.records)], office.workspace, workers=1)
    assert second.reused == ("leaves 2022", "2022")
    assert second.made == ("leaves 2023", "2023", "proposal")
    assert bytes_of(place.period("visits", 2022)) == before


@pytest.mark.usefixtures("audits_here")
def test_labels_and_rates_of_today_stand_in_tables_whose_figures_are_older(office: Chain) -> None:
    office.build()
    codes, definition = office.definitions[1].parent / "codes" / "conditions.csv", office.definitions[1]
    codes.write_text(codes.read_text().replace("Affection A", "Maladie A"), encoding="utf-8")
    definition.write_text(definition.read_text().replace("to: npop}", "to: npop, decimals: 3}"), encoding="utf-8")
    built = {b.dataset: b for b in office.build()}
    assert built["illness"].made == ("proposal",)
    rows = pq.read_table(content(office, "illness") / "data.parquet").to_pylist()
    assert {row["condition_libelle"] for row in rows if row["condition"] == "A"} == {"Maladie A"}
    assert any(row["rate"] is not None and round(row["rate"], 1) != row["rate"] for row in rows)
    office.publish(office.propose())
    assert verify_folder(office.archive, now=NOON, workers=1).ok


def test_same_inputs_secret_and_clock_give_the_same_archive(released: Chain, office: Chain) -> None:
    for place in ("keys", "archive"):
        shutil.rmtree(office.folder / place)
    shutil.copytree(released.keys, office.keys)
    shutil.copytree(released.archive, office.archive)
    for path in [*office.archive.glob("metadata/*"), *office.archive.glob("targets/*")]:
        if path.name != "1.root.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    office.build(workers=2)  # nor does it matter how many processes there are
    office.publish(office.propose())
    assert bytes_of(office.archive) == bytes_of(released.archive)


@pytest.mark.usefixtures("audits_here")
def test_another_secret_may_hide_other_cells_and_is_proved_too(office: Chain) -> None:
    shutil.rmtree(office.workspace)
    set_secret(office, b"another secret of 32 bytes or so")
    office.build()
    office.publish(office.propose())
    assert verify_folder(office.archive, now=NOON, workers=1).ok


@pytest.mark.parametrize("part", ["base", "moves", "cells"])
def test_altered_proof_is_not_proposed(released: Chain, part: str) -> None:
    column = {"base": "value", "moves": "change", "cells": "high"}[part]
    path = content(released) / "proof" / "2023" / f"count-{part}.parquet"
    change(path, column, {"high": lambda v: [0] * len(v)}.get(column, lambda v: [x + 1 for x in v]))
    with pytest.raises(ProofError, match=r"jeux/visits/proof/2023/count"):
        released.propose()
    assert not (open_workspace(released.workspace).releases / "release-2").exists()


def test_figure_that_was_hidden_and_is_shown_is_not_proposed(released: Chain) -> None:
    path = content(released) / "data.parquet"
    hidden = pq.read_table(path)["people_statut"].to_pylist().index("NS")
    change(path, "people", lambda v: [50 if k == hidden else x for k, x in enumerate(v)])
    change(path, "people_statut", lambda v: [None if k == hidden else x for k, x in enumerate(v)])
    with pytest.raises(ProofError, match="jeux/visits"):
        released.propose()


def test_other_figure_is_not_proposed(released: Chain) -> None:
    """The proof is of the figures as they were; a shown one that is another contradicts it."""
    path = content(released, "illness") / "data.parquet"
    shown = next(k for k, x in enumerate(pq.read_table(path)["npop"].to_pylist()) if x is not None)
    change(path, "npop", lambda v: [x + 10 if k == shown else x for k, x in enumerate(v)])
    with pytest.raises(ProofError, match=r"jeux/illness/data\.parquet"):
        released.propose()


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda files: files.pop("jeux/visits/proof/2022/fees-moves.parquet"), "is missing"),
        (lambda files: files.update({"jeux/visits/notes.txt": files["catalogue.json"]}), "is a file of no dataset"),
        (
            lambda files: files.update({"jeux/visits/data.parquet": files["jeux/illness/data.parquet"]}),
            "expected territory",
        ),
        (
            lambda files: files.update(
                {"jeux/visits/proof/2022/count-cells.parquet": files["jeux/visits/proof/2023/count-cells.parquet"]}
            ),
            "rule",
        ),
        (lambda files: files.update({"catalogue.json": files["jeux/visits/codes/ages.csv"]}), "catalogue.json"),
    ],
)
def test_verify_finds_what_two_people_have_signed_all_the_same(released: Chain, spoil, found: str) -> None:
    """Signatures and bytes are right; the content is not."""
    serving = served_release(released.archive)
    files = dict(serving.files)
    spoil(files)
    proposal = propose_files(released.archive, files, released.folder / "elsewhere", now=NOON)
    assert released.publish(proposal.folder) == 2
    verdict = verify_folder(released.archive, now=NOON, workers=1)
    assert not verdict.ok
    assert any(found in str(problem) for problem in verdict.problems), verdict.problems


@pytest.mark.usefixtures("audits_here")
def test_datasets_that_are_not_named_stay_as_they_are(released: Chain) -> None:
    """A new release of one dataset serves the other too; days of change follow the data."""
    definition = released.definitions[1]
    definition.write_text(definition.read_text().replace("label: Taux", "label: Part"), encoding="utf-8")
    released.build()
    later = NOON.replace(month=4)
    proposal = release.propose(released.archive, released.workspace, datasets=["illness"], now=later, workers=1)
    for role in ("statistician", "checker"):
        release.sign_as(proposal.folder, released.keys, role)
    release.publish(released.archive, proposal.folder, released.keys, now=later)
    serving = served_release(released.archive)
    catalogue = read_catalogue(serving.read_bytes("catalogue.json"))
    assert {e.id: e.modified.month for e in catalogue.entries} == {"illness": 4, "visits": 3}
    assert "jeux/visits/data.parquet" in serving.files


def test_withdrawn_dataset_is_gone_and_the_rest_verifies(released: Chain) -> None:
    proposal = release.withdraw(released.archive, released.workspace, "illness", now=NOON)
    assert released.publish(proposal.folder) == 2
    verdict = verify_folder(released.archive, now=NOON, workers=1)
    assert (verdict.problems, verdict.proved) == ((), ("visits",))


@pytest.mark.usefixtures("audits_here")
def test_what_cannot_be_proved_is_not_proposed_and_is_named(office: Chain) -> None:
    make_unpublishable(office)
    with pytest.raises(DisclosureError, match=r"visits, 2022: can't be published.*\n.*territory=T, age=all, sex=both"):
        office.build()
    assert open_workspace(office.workspace).proposals() == []


def test_dataset_without_records_and_two_of_one_name_are_wrong_use(office: Chain) -> None:
    with pytest.raises(UsageError, match="--records"):
        build([Source(office.definitions[0])], office.workspace)
    copy = office.folder / "other.yaml"
    copy.write_text(office.definitions[0].read_text().replace("codes/", "visits/codes/"), encoding="utf-8")
    with pytest.raises(UsageError, match="both have a dataset visits"):
        build([Source(office.definitions[0], office.records), Source(copy, office.records)], office.workspace)


def test_missing_records_are_named(office: Chain) -> None:
    (office.records / "people.csv").unlink()
    with pytest.raises(DataError, match=r"people\.csv"):
        office.build()


@pytest.mark.usefixtures("audits_here")
def test_an_earlier_release_is_taken_into_account_and_travels_along(released: Chain) -> None:
    table = pq.read_table(content(released) / "data.parquet", columns=["year", "territory", "age", "sex", "people"])
    rows = [",".join("NS" if v is None else str(v) for v in row.values()) for row in table.to_pylist()]
    definition = released.definitions[0]
    (definition.parent / "earlier").mkdir()
    file = definition.parent / "earlier" / "visits.csv"
    file.write_text("\n".join([",".join(table.column_names), *rows]) + "\n", encoding="utf-8")
    said = "known: [{file: earlier/visits.csv, count: people, threshold: 5, reason: It was released}]\n"
    definition.write_text(definition.read_text() + said, encoding="utf-8")
    shutil.rmtree(released.workspace)
    set_secret(released, b"t" * 32)  # other ties would be broken otherwise
    visits, _ = released.build()
    again = pq.read_table(content(released) / "data.parquet", columns=table.column_names)
    assert again.equals(table), "what was hidden is hidden, and what was shown can't be hidden any more"
    assert all(not summary.legacy for summary in visits.periods.values())
    assert (content(released) / "earlier" / "visits.csv").read_bytes() == file.read_bytes()
    assert released.publish(released.propose()) == 2
    verdict = verify_folder(released.archive, now=NOON, workers=1)
    assert (verdict.problems, verdict.proved) == ((), ("illness", "visits"))
    file.write_text(file.read_text().replace("\n2022,", "\nthen,", 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"visits.csv:2: year: found what is no period"):
        released.build()
