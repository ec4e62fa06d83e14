"""Someone who has two publications of one year, the second of them a new vintage: together they tell no more than each.

The case: A 7, B 9 -> 11 by a late correction, C 30. The first hides A and B and shows C 30 and the total 46. By itself
the second would show B 11 and the total 48, and A = 48 - 11 - 30 = 7. A new vintage keeps A and B hidden.
"""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.helpers.tiny_chain import NOON, Chain, open_office

from seuil.catalogue.certificate import read_certificate
from seuil.cli import run
from seuil.cli.certificate import certificate_lines
from seuil.disclosure.audit import Audit, audit
from seuil.figures.periods import read_period
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DefinitionError, DisclosureError, UsageError
from seuil.publish.current import served_release
from seuil.workflow import release
from seuil.workflow.build import Source, build
from seuil.workflow.verify import verify_folder
from seuil.workflow.workspace import open_workspace

DEFINITION = """\
id: cases
title: Cases
unit: patient
threshold: 11
period: {name: year, values: [2022]}
dimensions:
  dept: {label: Dept, codes: dept.csv}
measures:
  n: {kind: count, label: Patients}
records:
  people: {file: people.csv, identifier: id, period: year, dimensions: {dept: {column: dept}}}
"""
AMOUNTS = (
    (
        "  n: {kind: count, label: Patients}\n",
        "  n: {kind: count, label: Patients}\n  fees: {kind: sum, label: Fees}\n",
    ),
    ("dimensions: {dept: {column: dept}}}", "dimensions: {dept: {column: dept}}, amounts: {fees: {column: fees}}}"),
)
CODES = "code,parent,level,label_fr\nT,,total,Ensemble\nA,T,dept,A\nB,T,dept,B\nC,T,dept,C\nD,T,dept,D\n"
LATE = "late records of department B"


def audit_here(table: Path, dataset: Dataset, period: int, _: Path) -> Audit:
    """The audit in this process, of the same file."""
    return audit(read_period(dataset, period, table))


def people(fees: int = 10, **counts: int) -> list[tuple[object, ...]]:
    """Rows of so many people by department, each with the same amount."""
    return [(f"{d}{k}", 2022, d, fees) for d, n in counts.items() for k in range(n)]


class Office(Chain):
    """An office with one dataset: counts by department of one year, and amounts if asked for."""

    @property
    def definition(self) -> Path:
        return self.folder / "cases" / "cases.yaml"

    def counts(self, fees: int = 10, **counts: int) -> None:
        """Records of so many people by department, each with the same amount."""
        self.rows(people(fees, **counts))

    def rows(self, rows: list[tuple[object, ...]]) -> None:
        with (self.records / "people.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([("id", "year", "dept", "fees"), *rows])

    def make(self, *reissue: int) -> None:
        source = Source(self.definition, self.records)
        build([source], self.workspace, archive=self.archive, reissue=reissue, workers=1)

    def put_out(self, reason: str | None = None) -> int:
        proposal = release.propose(self.archive, self.workspace, new_vintage=reason, now=NOON, workers=1)
        return self.publish(proposal.folder)

    def told(self) -> dict[str, str]:
        """Counts by department in the release that is served."""
        rows = pq.read_table(served_release(self.archive).files["jeux/cases/data.parquet"]).to_pylist()
        return {row["dept"]: "NS" if row["n"] is None else str(row["n"]) for row in rows}


@pytest.fixture(autouse=True)
def _audits_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seuil.workflow.period.audit_apart", audit_here)


@pytest.fixture(scope="module")
def empty_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "office"
    open_office(folder)
    (folder / "cases").mkdir()
    (folder / "cases" / "cases.yaml").write_text(DEFINITION, encoding="utf-8")
    (folder / "cases" / "dept.csv").write_text(CODES, encoding="utf-8")
    return folder


@pytest.fixture
def office(empty_office: Path, tmp_path: Path) -> Office:
    Chain(empty_office).copy(tmp_path / "office")
    return Office(tmp_path / "office")


def with_amounts(office: Office) -> None:
    text = office.definition.read_text(encoding="utf-8")
    for old, new in AMOUNTS:
        assert old in text
        text = text.replace(old, new)
    office.definition.write_text(text, encoding="utf-8")


def first(office: Office, **counts: int) -> None:
    office.counts(**counts)
    office.make()
    office.put_out()


def test_what_was_hidden_stays_hidden_after_a_late_correction(office: Office) -> None:
    first(office, A=7, B=9, C=30, D=40)
    assert office.told() == {"T": "86", "A": "NS", "B": "NS", "C": "30", "D": "40"}
    office.counts(A=7, B=11, C=30, D=40)
    office.make(2022)
    assert office.put_out(LATE) == 2
    assert office.told() == {"T": "88", "A": "NS", "B": "NS", "C": "30", "D": "40"}
    assert verify_folder(office.archive, now=NOON, workers=1).problems == ()


def test_certificate_lists_the_vintage_with_its_reason(office: Office) -> None:
    first(office, A=7, B=9, C=30, D=40)
    office.counts(A=7, B=11, C=30, D=40)
    office.make(2022)
    office.put_out(LATE)
    (entry,) = read_certificate(served_release(office.archive).read_bytes("certificate.json")).datasets
    (vintage,) = entry.vintages
    found = json.loads(vintage.model_dump_json())
    assert found == {
        "period": 2022,
        "replaces": 1,
        "release": 2,
        "date": "2026-03-01",
        "reason": {"fr": LATE, "en": LATE},
    }


def test_new_vintage_without_a_reason_is_refused_and_a_reason_without_one_too(office: Office) -> None:
    first(office, A=7, B=9, C=30, D=40)
    with pytest.raises(UsageError, match="no year was built as a new vintage"):
        office.put_out(LATE)
    office.counts(A=7, B=11, C=30, D=40)
    office.make(2022)
    for reason in (None, "", "  "):
        with pytest.raises(UsageError, match="new vintages of cases 2022: say the public reason"):
            office.put_out(reason)


def test_change_that_was_not_built_as_a_new_vintage_is_refused_whatever_the_reason(office: Office) -> None:
    first(office, A=7, B=9, C=30, D=40)
    office.counts(A=7, B=11, C=30, D=40)
    (office.workspace / "archive.json").unlink()
    build([Source(office.definition, office.records)], office.workspace, workers=1)
    for reason in (None, LATE):
        with pytest.raises(DisclosureError, match=r"(?s)cases, 2022, as published in release 1: .*--reissue YEAR"):
            office.put_out(reason)


def test_cell_that_falls_below_the_threshold_is_refused(office: Office) -> None:
    """C 12 was shown and is 10 now: hidden now, it is 10 to whoever thinks that the others have stayed as they were."""
    first(office, A=7, B=9, C=12, D=40)
    office.counts(A=7, B=9, C=10, D=40)
    with pytest.raises(DisclosureError, match=r"against release 1: count, C: hidden now, shown before with a figure"):
        office.make(2022)
    assert release.propose(office.archive, office.workspace, now=NOON, workers=1).release == 2  # the first, as it was
    assert office.told()["C"] == "12"


def test_hidden_cells_that_need_another_one_now_are_refused(office: Office) -> None:
    """A and B were 16 together and are 9: another cell would have to go, and readers remember what it was."""
    first(office, A=7, B=9, C=30, D=40)
    office.counts(A=4, B=5, C=30, D=40)
    with pytest.raises(DisclosureError):
        office.make(2022)


def test_same_records_are_nothing_to_reissue(office: Office) -> None:
    first(office, A=7, B=9, C=30, D=40)
    with pytest.raises(UsageError, match="nothing to reissue"):
        office.make(2022)


def test_year_that_was_never_published_can_not_be_reissued(office: Office) -> None:
    office.counts(A=7, B=9, C=30, D=40)
    with pytest.raises(UsageError, match="--reissue 2022: expected a year that was published and proved"):
        office.make(2022)


def test_third_vintage_keeps_what_any_earlier_one_hid(office: Office) -> None:
    first(office, A=7, B=9, C=30, D=40)
    for number, b in ((2, 11), (3, 25)):
        office.counts(A=7, B=b, C=30, D=40)
        office.make(2022)
        assert office.put_out(f"{LATE}, {number}") == number
        assert office.told() == {"T": str(77 + b), "A": "NS", "B": "NS", "C": "30", "D": "40"}
    (entry,) = read_certificate(served_release(office.archive).read_bytes("certificate.json")).datasets
    assert [(v.replaces, v.release, v.reason.en) for v in entry.vintages] == [
        (1, 2, f"{LATE}, 2"),
        (2, 3, f"{LATE}, 3"),
    ]
    assert verify_folder(office.archive, now=NOON, workers=1).ok


def test_later_build_takes_the_new_vintage_and_what_it_carries(office: Office) -> None:
    first(office, A=7, B=9, C=30, D=40)
    office.counts(A=7, B=11, C=30, D=40)
    office.make(2022)
    office.put_out(LATE)
    served = {n: t.sha256 for n, t in served_release(office.archive).targets.items() if n.startswith("jeux/")}
    assert (
        release.propose(office.archive, office.workspace, now=NOON, workers=1).release == 3
    )  # nothing was built since
    office.make()
    office.put_out()
    again = {n: t.sha256 for n, t in served_release(office.archive).targets.items() if n.startswith("jeux/")}
    assert again == served
    assert verify_folder(office.archive, now=NOON, workers=1).ok


def test_amount_of_fewer_new_contributors_than_the_threshold_is_refused(office: Office) -> None:
    with_amounts(office)
    first(office, A=20, B=30, C=30, D=40)
    office.counts(A=20, B=31, C=30, D=40)
    with pytest.raises(DisclosureError, match=r"fees, .*fewer than 11 contributors may be what has changed"):
        office.make(2022)


def test_amount_of_as_many_new_contributors_as_the_threshold_may_change(office: Office) -> None:
    with_amounts(office)
    first(office, A=20, B=30, C=30, D=40)
    office.counts(A=20, B=41, C=30, D=40)
    office.make(2022)
    office.put_out(LATE)
    assert office.told()["B"] == "41"
    assert verify_folder(office.archive, now=NOON, workers=1).ok


def test_amount_of_one_that_is_corrected_is_refused(office: Office) -> None:
    with_amounts(office)
    first(office, A=20, B=30, C=30, D=40)
    rows = people(A=20, B=30, C=30, D=40)
    office.rows([(*rows[0][:3], 99), *rows[1:]])
    with pytest.raises(DisclosureError, match=r"fees, T; A: .*fewer than 11 contributors"):
        office.make(2022)


def test_change_beside_a_hidden_amount_tells_of_a_few_and_is_refused(office: Office) -> None:
    """The total and B grow by eleven people and more, and their difference is what one person of A spends."""
    with_amounts(office)
    first(office, A=7, B=30, C=9, D=40)
    office.counts(A=8, B=41, C=9, D=40)
    with pytest.raises(DisclosureError, match=r"fees, .*fewer than 11 contributors"):
        office.make(2022)


def test_amounts_stay_hidden_and_others_as_they_were(office: Office) -> None:
    """A late patient without fees: counts may change where amounts don't."""
    with_amounts(office)
    first(office, A=7, B=30, C=9, D=40)
    office.rows([*people(A=7, B=30, C=9, D=40), ("late", 2022, "B", 0)])
    office.make(2022)
    office.put_out(LATE)
    assert office.told() == {"T": "87", "A": "NS", "B": "31", "C": "NS", "D": "40"}
    assert verify_folder(office.archive, now=NOON, workers=1).ok


def test_commands_make_propose_and_tell_of_a_new_vintage(
    office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seuil.cli.clock.now", lambda: NOON)
    first(office, A=7, B=9, C=30, D=40)
    office.counts(A=7, B=11, C=30, D=40)
    place = ["--workspace", str(office.workspace), "--archive", str(office.archive), "--workers", "1"]
    build_ = ["build", str(office.definition), "--records", str(office.records), *place, "--reissue", "2022"]
    assert run(build_) == 0
    said = capsys.readouterr().out
    assert "2022: a new vintage, to be proposed with a public reason" in said
    assert "--new-vintage REASON" in said
    assert run(["release", "propose", *place]) == 2
    assert "say the public reason with --new-vintage REASON" in capsys.readouterr().err
    assert run(["release", "propose", *place, "--new-vintage", LATE]) == 0
    office.publish(office.workspace / "releases" / "release-2")
    capsys.readouterr()
    verdict = verify_folder(office.archive, now=NOON, workers=1)
    assert verdict.certificate is not None
    lines = certificate_lines(verdict.certificate, verdict.served)
    assert f"cases: NEW VINTAGE, 2022 published again in release 2 (2026-03-01) in place of release 1: {LATE}" in lines


def publish_unchecked(office: Office, monkeypatch: pytest.MonkeyPatch, reason: str | None) -> None:
    """Two people sign what `propose` would have refused."""
    with monkeypatch.context() as patch:
        patch.setattr("seuil.workflow.release.refuse_changes", lambda *_: None)
        office.put_out(reason)


def test_verify_finds_a_year_that_was_published_again_without_being_a_new_vintage(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first(office, A=7, B=9, C=30, D=40)
    office.counts(A=7, B=11, C=30, D=40)
    (office.workspace / "archive.json").unlink()
    build([Source(office.definition, office.records)], office.workspace, workers=1)
    publish_unchecked(office, monkeypatch, None)
    (problem,) = verify_folder(office.archive, now=NOON, workers=1).problems
    assert problem.file == "jeux/cases/data.parquet"
    assert "2022 was published in release 1 with other figures: 1 figure shown with another value" in problem.found


def test_verify_finds_a_new_vintage_that_shows_what_was_hidden(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """`vintages.yaml` is there, but what it says was told is not what release 1 told."""
    first(office, A=7, B=9, C=30, D=40)
    office.counts(A=20, B=20, C=30, D=40)
    with monkeypatch.context() as patch:
        patch.setattr("seuil.workflow.new_vintage.told_rows", lambda *_: iter([("D", "40", "40", "")]))
        patch.setattr("seuil.workflow.work.check_new_vintage", lambda *_: None)
        office.make(2022)
    with pytest.raises(DisclosureError, match=r"cases, 2022, as published in release 1: count, A; B: hidden before"):
        office.put_out(LATE)
    publish_unchecked(office, monkeypatch, LATE)
    problems = verify_folder(office.archive, now=NOON, workers=1).problems
    assert any("count, A; B: hidden before and shown now" in problem.found for problem in problems)


def test_altered_files_of_vintages_are_no_definition(office: Office) -> None:
    first(office, A=7, B=9, C=30, D=40)
    office.counts(A=7, B=11, C=30, D=40)
    office.make(2022)
    folder = open_workspace(office.workspace).definition("cases")
    told = folder / "vintages" / "2022-1.csv"
    assert told.read_text(encoding="utf-8") == "dept,low,high,hidden\nA,,,count\nB,,,count\nC,30,30,\nD,40,40,\n"
    text = told.read_text(encoding="utf-8")
    for old, new, found in (
        ("C,30", "E,30", r"2022-1\.csv:4: dept: found 'E'"),
        ("C,30", "C,-3", r"2022-1\.csv:4: low"),
        ("dept,low", "low,dept", r"2022-1\.csv:1: columns"),
    ):
        told.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(DefinitionError, match=found):
            read_dataset(folder / "definition.yaml")
    (folder / "vintages.yaml").write_text(
        (folder / "vintages.yaml").read_text(encoding="utf-8").replace("2022-1.csv", "../../secret.key"),
        encoding="utf-8",
    )
    with pytest.raises(DefinitionError, match=r"vintages\.0\.told.*expected vintages/2022-1\.csv"):
        read_dataset(folder / "definition.yaml")
