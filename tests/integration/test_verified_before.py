"""A proposal doesn't verify again what was verified in its workspace; whatever has changed is verified."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.tiny_chain import NOON, Chain

from seuil.archive.collection import dataset_of
from seuil.archive.open import open_release
from seuil.disclosure.verify import verify
from seuil.workflow import release_check, verified
from seuil.workflow.progress import silent
from seuil.workflow.release_check import Checked, check_files
from seuil.workflow.review import review
from seuil.workflow.verified import Verified, verdict_key
from seuil.workflow.verify import verify_folder
from seuil.workflow.workspace import open_workspace

PERIODS = 3  # two of visits, one of illness
TABLE, PROOF = "jeux/visits/data.parquet", "jeux/visits/proof/2022"
Files = dict[str, Path]


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The periods that were verified, in order."""
    seen: list[int] = []

    def noting(figures, proofs, bounds=None):  # type: ignore[no-untyped-def]
        seen.append(figures.grid.period)
        return verify(figures, proofs, bounds)

    monkeypatch.setattr(release_check, "verify", noting)
    return seen


@pytest.fixture
def files(released: Chain, tmp_path: Path) -> Files:
    """Those of the release, each in a copy that a test may spoil."""
    found = {}
    for name, path in open_release(released.archive, now=NOON).files.items():
        found[name] = tmp_path / "copy" / name
        found[name].parent.mkdir(parents=True, exist_ok=True)
        found[name].write_bytes(path.read_bytes())
    return found


def check(chain: Chain, files: Files) -> Checked:
    return check_files(files, workers=1, tell=silent, memory=Verified(open_workspace(chain.workspace).verified))


def test_nothing_is_verified_twice_in_a_workspace_and_everything_without_it(
    released: Chain, files: Files, verifications: list[int]
) -> None:
    anew = check_files(files, workers=1, tell=silent)
    assert len(verifications) == PERIODS
    remembered = check(released, files)
    assert len(verifications) == PERIODS
    assert (remembered.problems, remembered.proved, remembered.periods) == (anew.problems, anew.proved, anew.periods)
    assert verify_folder(released.archive, now=NOON, workers=1).ok
    assert len(verifications) == 2 * PERIODS


def test_a_proposal_takes_the_word_of_the_build_and_who_signs_does_not(office: Chain, verifications: list[int]) -> None:
    office.build()
    proposal = office.propose()
    assert not verifications
    review(proposal, office.archive, workers=1)
    assert len(verifications) == PERIODS


def show_a_hidden_figure(files: Files) -> None:
    table = pq.read_table(files[TABLE])
    status = table["people_statut"].to_pylist()
    place = status.index("NS")
    status[place] = None
    people = table["people"].to_pylist()
    people[place] = 7
    for name, values in (("people_statut", status), ("people", people)):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))
    pq.write_table(table, files[TABLE])


def spoil(part: str) -> Callable[[Files], None]:
    def spoiling(files: Files) -> None:
        name = next(name for name in sorted(files) if name.startswith(PROOF) and part in name)
        files[name].write_bytes(files[name].read_bytes()[:-9])

    return spoiling


def other_policy_only(files: Files) -> None:
    """What the other rules look at is not remembered."""
    path = files["policy.yaml"]
    path.write_text(path.read_text() + "nonsense: 1\n")


@pytest.mark.parametrize(
    "change",
    [show_a_hidden_figure, spoil("count"), spoil("fees"), spoil("bounds"), other_policy_only],
)
def test_what_has_changed_is_found(released: Chain, files: Files, change: Callable[[Files], None]) -> None:
    change(files)
    for _ in range(2):  # what was found wrong is not kept
        assert check(released, files).problems


def test_a_year_whose_figures_have_changed_is_verified(released: Chain, files: Files, verifications: list[int]) -> None:
    show_a_hidden_figure(files)
    check(released, files)
    assert verifications == [2022]  # and no other


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("threshold: 5", "threshold: 6", False),
        ("width: 5", "width: 6", False),
        ("title: Visites", "title: Venues", True),
    ],
)
def test_a_verdict_is_one_under_its_rules_whatever_the_texts(files: Files, old: str, new: str, same: bool) -> None:
    def key() -> str | None:
        evidence = {name: path for name, path in files.items() if name.startswith(PROOF)}
        with dataset_of(files, "visits") as dataset:
            return verdict_key(dataset, 2022, files[TABLE], evidence)

    path, before = files["jeux/visits/definition.yaml"], key()
    assert before is not None and old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert (key() == before) is same


def test_another_program_verifies_anew(
    released: Chain, files: Files, verifications: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verified, "program_hash", lambda *_: "another")
    assert not check(released, files).problems
    assert len(verifications) == PERIODS


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b'{"fingerprint": 1, "written": {}}'])
def test_a_memory_that_cannot_be_read_is_none(
    released: Chain, files: Files, verifications: list[int], content: bytes
) -> None:
    for path in open_workspace(released.workspace).verified.rglob("*.json"):
        path.write_bytes(content)
    assert not check(released, files).problems
    assert len(verifications) == PERIODS
