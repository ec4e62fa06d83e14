"""A canary identifier and a canary row, planted in the records, appear nowhere outside the workspace.

Looked for in: the archive (raw, and every value of its Parquet files), the output of every command, plain and as JSON,
errors on records and files that are spoiled, log records, and warnings. The identifier is not even in the workspace.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.helpers.tiny_chain import Chain, make_unpublishable, open_office, set_secret, some_records, write_records
from tests.helpers.trees import texts_in

from seuil.cli import run
from seuil.model.errors import DisclosureError

IDENTIFIER = "CANARY-7c41e09b"
AGE, FEES = 113, 987654321  # an age that nobody else has, alone in its department with its sex; fees unlike any other's
CANARY = re.compile(f"{IDENTIFIER}|{FEES}|{FEES:,}", re.IGNORECASE)
EPOCH = str(int(time.time()))
JSON_AND_PLAIN = pytest.mark.parametrize("form", [[], ["--json"]], ids=["plain", "json"])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    chain = open_office(tmp_path_factory.mktemp("canary") / "office")
    records = some_records()
    for year in (2022, 2023):
        records["people"].append((IDENTIFIER, year, "b", AGE, "1", FEES))
    records["patients"].append((IDENTIFIER, 2023, "b", "1"))
    records["conditions"] += [(IDENTIFIER, 2023, "H"), (IDENTIFIER, 2023, "no such code")]
    write_records(chain.records, records)
    return chain


@pytest.fixture(autouse=True)
def same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)


class Spoken:
    """All that commands have said so far."""

    def __init__(self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
        self.capfd, self.caplog = capfd, caplog

    def run(self, *arguments: object, form: list[str], code: int = 0) -> str:
        """Run a command; its output holds no canary and has the form that was asked for."""
        self.caplog.set_level(logging.DEBUG)
        assert run([*map(str, arguments), *form]) == code
        out, errors = self.capfd.readouterr()
        if form:
            json.loads(out)
        assert out or errors
        for text in (out, errors, self.caplog.text):
            assert not CANARY.search(text), arguments
        return out + errors


@pytest.fixture
def spoken(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Spoken:
    return Spoken(capfd, caplog)


def chain_arguments(chain: Chain) -> list[object]:
    return [*chain.definitions, "--records", chain.records, "--workspace", chain.workspace]


@JSON_AND_PLAIN
def test_whole_way_by_commands(office: Chain, spoken: Spoken, form: list[str], tmp_path: Path) -> None:
    chain = office.copy(tmp_path / "office")
    for definition in chain.definitions:
        # A row that is set aside is a problem to be told; here the membership with a code that doesn't exist
        spoken.run("check", definition, "--records", chain.records, form=form, code=int("illness" in str(definition)))
    spoken.run("build", *chain_arguments(chain), "--workers", 1, form=form)
    spoken.run("release", "propose", *places(chain), "--workers", 1, form=form)
    proposal = chain.workspace / "releases" / "release-1"
    for role in ("statistician", "checker"):
        spoken.run("release", "sign", proposal, "--keys", chain.keys, "--role", role, form=form)
    spoken.run("release", "status", proposal, form=form)
    spoken.run("release", "publish", proposal, "--archive", chain.archive, "--keys", chain.keys, form=form)
    spoken.run("verify", chain.archive, "--workers", 1, form=form)
    data = chain.workspace / "datasets" / "visits" / "proposal" / "content" / "visits" / "data.parquet"
    spoken.run("audit", data, "--definition", chain.definitions[0], "--out", tmp_path / "proof", form=form)
    protect = [
        chain.workspace / "datasets" / "visits" / "leaves" / "2023" / "leaves.parquet",
        "--definition",
        chain.definitions[0],
    ]
    protect += ["--period", 2023, "--out", tmp_path / "out", "--secret", chain.workspace / "secret.key"]
    spoken.run("protect", *protect, form=form)
    assert_nowhere(chain.archive)
    assert_nowhere(tmp_path / "proof")
    assert_nowhere(tmp_path / "out")
    assert_only_leaves_hold_it(chain.workspace)


def places(chain: Chain) -> list[object]:
    return ["--workspace", chain.workspace, "--archive", chain.archive]


def assert_nowhere(folder: Path) -> None:
    looked_at = 0
    for name, text in texts_in(folder):
        assert not CANARY.search(text), name
        looked_at += 1
    assert looked_at > 3


def assert_only_leaves_hold_it(workspace: Path) -> None:
    """And there it is: the search can find it."""
    holding = {name for name, text in texts_in(workspace) if CANARY.search(text)}
    assert holding == {f"datasets/visits/leaves/{year}/leaves.parquet" for year in (2022, 2023)}
    assert not any(IDENTIFIER.lower() in text.lower() for _, text in texts_in(workspace))


def append(name: str, line: str) -> Callable[[Chain], None]:
    def spoil(chain: Chain) -> None:
        with (chain.records / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(line)

    return spoil


def rewrite(name: str, old: str, new: str) -> Callable[[Chain], None]:
    def spoil(chain: Chain) -> None:
        path = chain.records / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


SPOILED = {
    "amount that is no number": rewrite("people", f",1,{FEES}", f",1,{IDENTIFIER}"),
    "line with a field too many": append("people", f"{IDENTIFIER},2023,b,{AGE},1,{FEES},{FEES}\n"),
    "open quote": append("people", f'"{IDENTIFIER},2023,b,{AGE},1,{FEES}\n'),
    "bytes that are not UTF-8": lambda chain: (chain.records / "people.csv").write_bytes(
        b"id,year,dept,age,sex,fees\n" + IDENTIFIER.encode() + b",2023,\xff\xfe,1,1,1\n"
    ),
    "person twice": append("people", f"{IDENTIFIER},2023,b,{AGE},1,{FEES}\n"),
    "period that is no number": rewrite("people", f"{IDENTIFIER},2023", f"{IDENTIFIER},{IDENTIFIER}"),
    "negative amount": rewrite("people", f",1,{FEES}", f",1,-{FEES}"),
    "amount beyond every bound": rewrite("people", f",1,{FEES}", f",1,{FEES}{FEES}{FEES}"),
}


@JSON_AND_PLAIN
@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_spoiled_records(office: Chain, spoken: Spoken, form: list[str], spoil, tmp_path: Path, monkeypatch) -> None:
    """Whether they are set aside or an error, nothing of them is quoted; what can't be proved is named by its codes."""
    chain = office.copy(tmp_path / "office")
    spoil(chain)
    monkeypatch.setattr("seuil.workflow.period.protect", stop_here)
    spoken.run("build", chain.definitions[0], *chain_arguments(chain)[2:], "--workers", 1, form=form, code=1)
    assert run(["check", str(chain.definitions[0]), "--records", str(chain.records), *form]) in (0, 1)
    assert not CANARY.search("".join(spoken.capfd.readouterr()))


def stop_here(*_: object, **__: object) -> None:
    raise DisclosureError("far enough: the records were read")


@JSON_AND_PLAIN
def test_spoiled_leaves(office: Chain, spoken: Spoken, form: list[str], tmp_path: Path) -> None:
    leaves = tmp_path / "leaves.csv"
    head = "territory,age,sex,n,fees,fees_contributors,fees_largest,fees_second\n"
    chain = office.copy(tmp_path / "office")
    options = ["--definition", chain.definitions[0], "--period", 2023, "--out", tmp_path / "out"]
    options += ["--secret", chain.workspace / "secret.key"]
    for row in (
        f"{IDENTIFIER},old,1,1,{FEES},1,{FEES},0",
        f"b,old,1,{IDENTIFIER},{FEES},1,{FEES},0",
        f"b,old,1,1,-{FEES},1,{FEES},0",
        f"b,old,1,1,{FEES}",
    ):
        leaves.write_text(head + row + "\n", encoding="utf-8")
        spoken.run("protect", leaves, *options, form=form, code=1)
    leaves.write_bytes(b"PAR1" + IDENTIFIER.encode())
    spoken.run("protect", leaves.rename(tmp_path / "leaves.parquet"), *options, form=form, code=1)
    assert not (tmp_path / "out").exists()


@JSON_AND_PLAIN
def test_what_cannot_be_published_is_named_without_counts(
    office: Chain, spoken: Spoken, form: list[str], tmp_path: Path
) -> None:
    chain = office.copy(tmp_path / "office")
    make_unpublishable(chain)
    said = spoken.run("build", chain.definitions[0], *chain_arguments(chain)[2:], "--workers", 1, form=form, code=1)
    assert "territory=T, age=all, sex=both" in said
    words = json.loads(said.splitlines()[0])["error"] if form else said
    reasons = re.findall(r"^  count, .*: (.*)$", words, re.MULTILINE)
    assert reasons
    assert not any(re.search(r"\d", reason) for reason in reasons)


@JSON_AND_PLAIN
def test_another_secret_is_never_shown(office: Chain, spoken: Spoken, form: list[str], tmp_path: Path) -> None:
    chain = office.copy(tmp_path / "office")
    secret = b"CANARY-7c41e09b is this secret!!"
    (chain.workspace / "secret.key").unlink()
    chain.workspace.rmdir()
    set_secret(chain, secret)
    spoken.run("build", chain.definitions[1], *chain_arguments(chain)[2:], "--workers", 1, form=form)
    assert not any(secret.decode() in text for name, text in texts_in(chain.workspace) if name != "secret.key")
