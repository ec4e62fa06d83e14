"""Someone who has two publications of one year: what one hides, the other must not tell.

A late correction of one row (A 7, B 9 -> 11, C 30): the first shows C 30 and the total 46, the second would show B 11
and the total 48, and A = 48 - 11 - 30 = 7. Two builds of the same records under two secrets tell small cells as well.
"""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.helpers.tiny_chain import NOON, Chain, Records, open_office, set_secret, some_records, write_records
from tests.helpers.trees import bytes_of

from seuil.disclosure.audit import Audit, audit
from seuil.figures.periods import read_period
from seuil.model.dataset import Dataset
from seuil.model.errors import DisclosureError, UsageError
from seuil.publish.current import served_release
from seuil.workflow import release
from seuil.workflow.build import Source, build
from seuil.workflow.verify import verify_folder
from seuil.workflow.workspace import ARCHIVE, open_workspace


def audit_here(table: Path, dataset: Dataset, period: int, _: Path) -> Audit:
    """The audit in this process, of the same file."""
    return audit(read_period(dataset, period, table))


@pytest.fixture(autouse=True)
def _audits_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seuil.workflow.period.audit_apart", audit_here)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    chain = open_office(tmp_path_factory.mktemp("office") / "office")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seuil.workflow.period.audit_apart", audit_here)
        chain.build()
    chain.publish(chain.propose())
    return chain


@pytest.fixture
def published(published_once: Chain, tmp_path: Path) -> Chain:
    return published_once.copy(tmp_path / "office")


def figures(chain: Chain, name: str = "visits") -> dict[int, list[dict[str, object]]]:
    """The rows of every year in the release that is served."""
    rows = pq.read_table(served_release(chain.archive).files[f"jeux/{name}/data.parquet"]).to_pylist()
    return {year: [row for row in rows if row["year"] == year] for year in {row["year"] for row in rows}}


def forget(chain: Chain) -> None:
    """A workspace that knows of no archive, as if someone else built beside."""
    (chain.workspace / ARCHIVE).unlink()


def corrected(seed: int = 1) -> Records:
    """The same records, but for one person of 2022, who moves."""
    records = some_records(seed)
    row = next(k for k, row in enumerate(records["people"]) if row[1] == 2022 and row[2] == "b")
    records["people"][row] = (*records["people"][row][:2], "a", *records["people"][row][3:])
    return records


def reads_2024(chain: Chain) -> None:
    """The definition and the records of one more year; those of earlier years are not there any more."""
    definition = chain.definitions[0]
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("[2022, 2023]", "[2022, 2023, 2024]"), encoding="utf-8")
    records = some_records(5)
    later = [(row[0], 2024, *row[2:]) for row in records["people"] if row[1] == 2023]
    write_records(chain.records, {"people": later})


def test_late_correction_is_refused_with_the_number_of_changes_and_no_value(published: Chain) -> None:
    forget(published)
    write_records(published.records, corrected())
    published.build()
    before = bytes_of(published.archive)
    with pytest.raises(DisclosureError) as raised:
        published.propose()
    (line,) = [line for line in str(raised.value).splitlines() if "visits" in line]
    assert "visits, 2022, as published in release 1: " in line
    assert "figures shown with another value" in line
    assert "2023" not in line
    assert bytes_of(published.archive) == before


def test_same_records_under_another_secret_are_refused(published: Chain) -> None:
    shutil.rmtree(published.workspace)
    set_secret(published, b"t" * 32)
    built = {one.dataset: one for one in published.build()}
    assert "2022" in built["visits"].made
    with pytest.raises(DisclosureError, match=r"visits, 2022, .*(hidden now|shown now)"):
        published.propose()


def test_build_takes_published_years_under_any_secret_whatever_became_of_the_records(published: Chain) -> None:
    expected = {name: path.read_bytes() for name, path in served_release(published.archive).files.items()}
    shutil.rmtree(published.workspace)
    set_secret(published, b"t" * 32)
    write_records(published.records, corrected(7))
    sources = [Source(definition, published.records) for definition in published.definitions]
    build(sources, published.workspace, archive=published.archive, workers=1)
    proposal = published.propose()
    content = {path: data for path, data in bytes_of(proposal / "content").items() if path.startswith("jeux/")}
    assert content == {name: data for name, data in expected.items() if name.startswith("jeux/")}
    assert not open_workspace(published.workspace).leaves("visits", 2022).exists()


def test_workspace_remembers_its_archive(published: Chain) -> None:
    write_records(published.records, corrected())
    built = {one.dataset: one for one in published.build()}
    assert not any(name.startswith("leaves") for name in built["visits"].made)
    assert {one.dataset: one.reused for one in published.build()}["visits"] == ("2022", "2023", "proposal")
    published.propose()
    shutil.rmtree(published.archive)
    with pytest.raises(UsageError, match="name it with --archive"):
        published.build()


def test_new_year_beside_frozen_ones_touches_none_of_them(published: Chain) -> None:
    before = figures(published)
    old = served_release(published.archive)
    proofs = {n: p.read_bytes() for n, p in old.files.items() if "/proof/" in n}
    reads_2024(published)
    (built,) = build([Source(published.definitions[0], published.records)], published.workspace, workers=1)
    assert {"leaves 2024", "2024"} <= set(built.made)
    proposal = release.propose(published.archive, published.workspace, datasets=["visits"], now=NOON, workers=1).folder
    published.publish(proposal)
    after = figures(published)
    assert {year: after[year] for year in before} == before
    assert len(after[2024]) == len(before[2023])
    now = served_release(published.archive)
    assert {name: now.files[name].read_bytes() for name in proofs} == proofs
    assert verify_folder(published.archive, now=NOON, workers=1).ok


def test_year_that_was_left_out_comes_back_only_as_it_was(published: Chain) -> None:
    before, definition = figures(published), published.definitions[0]
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("[2022, 2023]", "[2023]"), encoding="utf-8")
    source = Source(definition, published.records)
    build([source], published.workspace, workers=1)
    published.publish(release.propose(published.archive, published.workspace, now=NOON, workers=1).folder)
    assert set(figures(published)) == {2023}
    definition.write_text(text, encoding="utf-8")
    write_records(published.records, corrected())
    remembered = (published.workspace / ARCHIVE).read_bytes()
    forget(published)
    build([source], published.workspace, workers=1)
    with pytest.raises(DisclosureError, match="visits, 2022, as published in release 1"):
        published.propose()
    (published.workspace / ARCHIVE).write_bytes(remembered)
    build([source], published.workspace, workers=1)
    published.publish(published.propose())
    assert figures(published) == before


def test_dataset_that_was_withdrawn_comes_back_only_as_it_was(published: Chain) -> None:
    published.publish(release.withdraw(published.archive, published.workspace, "visits", now=NOON).folder)
    forget(published)
    write_records(published.records, corrected())
    published.build()
    with pytest.raises(DisclosureError, match="visits, 2022, as published in release 1"):
        published.propose()


def test_labels_may_change_in_a_published_year_and_codes_may_not(published: Chain) -> None:
    before = figures(published)
    codes = published.definitions[0].parent / "codes" / "territories.csv"
    text = codes.read_text(encoding="utf-8")
    codes.write_text(text.replace("Caux", "Pays de Caux"), encoding="utf-8")
    published.build()
    published.publish(published.propose())
    after = figures(published)
    assert any(row["territory_libelle"] == "Pays de Caux" for row in after[2022])
    for year, rows in before.items():
        assert [{k: v for k, v in row.items() if not k.endswith("_libelle")} for row in after[year]] == [
            {k: v for k, v in row.items() if not k.endswith("_libelle")} for row in rows
        ]
    codes.write_text(text + "e,S,department,Eure\n", encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"2022: a published year stays.*valid_from"):
        published.build()


def test_other_threshold_is_refused_in_plain_words(published: Chain) -> None:
    definition = published.definitions[0]
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("threshold: 5", "threshold: 12"), encoding="utf-8")
    with pytest.raises(DisclosureError, match=r"its proof does not hold under the definition as it is now.*release 1"):
        published.build()


def test_reusing_what_the_workspace_made_keeps_its_summary(published: Chain) -> None:
    first = {one.dataset: one for one in published.build()}["visits"]
    assert any(summary.small.values() for summary in first.periods.values())


def test_archive_that_is_none_is_wrong_use(published: Chain, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no archive"):
        build([Source(published.definitions[0], published.records)], published.workspace, archive=tmp_path)
