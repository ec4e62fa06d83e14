"""The screen of commands: help, documentation, exit codes, errors in plain words, JSON."""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from tests.helpers.tiny_chain import Chain, open_office

import seuil
from seuil.cli import run
from seuil.cli.app import app
from seuil.model.errors import DataError

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "command-line.md"
COMMANDS = ("demo", "check", "build", "protect", "explain", "audit", "release", "archive", "verify", "serve")


def commands() -> Iterator[tuple[str, object]]:
    """Every command that can be run, by its words."""

    def walk(group: object, words: str) -> Iterator[tuple[str, object]]:
        for name, command in group.commands.items():
            path = f"{words} {name}".strip()
            yield from walk(command, path) if hasattr(command, "commands") else [(path, command)]

    return walk(typer.main.get_command(app), "")


ALL = dict(commands())


def options(command: object) -> set[str]:
    return {name for p in command.params for name in [*p.opts, *p.secondary_opts] if name.startswith("--")} - {"--help"}


def sections() -> dict[str, str]:
    found = {}
    for section in REFERENCE.read_text(encoding="utf-8").split("\n## seuil ")[1:]:
        head, _, text = section.partition("\n")
        words = [w for w in head.split() if w.islower() and not w.startswith("[")]
        found[" ".join(words)] = text
    return found


def test_commands_are_those_of_the_design() -> None:
    assert {words.split()[0] for words in ALL} == set(COMMANDS)


def test_reference_has_every_command_and_no_other() -> None:
    assert sections().keys() == ALL.keys()


@pytest.mark.parametrize("words", ALL)
def test_reference_has_every_option_and_no_other(words: str) -> None:
    documented = {
        name.strip("`").split()[0]
        for name in sections()[words].replace("|", " ").replace(",", " ").split()
        if name.startswith("`--")
    }
    assert documented - {"--help"} == options(ALL[words])


@pytest.mark.parametrize("words", ALL)
def test_help_says_what_and_shows_an_example(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words.split(), "--help"]) == 0
    out, errors = capsys.readouterr()
    assert "Example: seuil" in " ".join(out.split())
    assert errors == ""


@pytest.mark.parametrize("words", [w for w in ALL if w != "serve"])
def test_every_result_is_there_for_machines(words: str) -> None:
    assert "--json" in options(ALL[words])


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr() == (f"seuil {seuil.__version__}\n", "")
    assert "`seuil --version`" in REFERENCE.read_text(encoding="utf-8")


def test_help_is_quick_since_nothing_heavy_is_imported() -> None:
    heavy = "{'numba', 'ibis', 'duckdb', 'pyarrow', 'scipy', 'fastapi', 'tuf', 'numpy', 'altair', 'uvicorn'}"
    code = f"import sys, seuil.cli as c; c.run(['build', '--help']); sys.exit(len({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["verify"],
        ["verify", "no such folder"],
        ["verify", ".", "--nothing"],
        ["audit", "table.parquet"],
        ["release", "nothing"],
        ["release", "sign", "folder", "--keys", "no such keys", "--role", "cook"],
        ["demo", "--scale", "7"],
        ["demo", "--years", "few"],
        ["demo", "--years", "0"],
        ["build", "d.yaml", "--workspace", "w", "--workers", "0"],
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["plain", "json"])
def test_wrong_use_is_2_in_plain_words(
    arguments: list[str], form: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*arguments, *form]) == 2
    out, errors = capsys.readouterr()
    assert errors.startswith("seuil: ")
    assert "Traceback" not in errors
    if form:
        assert json.loads(out)["exit_code"] == 2
        assert json.loads(out)["error"]
    else:
        assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_problem_with_the_data_is_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    definition = tmp_path / "d.yaml"
    definition.write_text("id: Wrong Id\n", encoding="utf-8")
    assert run(["check", str(definition), "--json"]) == 1
    out, errors = capsys.readouterr()
    assert "d.yaml:1: id" in json.loads(out)["error"]
    assert "d.yaml:1: id" in errors


def test_error_for_people_has_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DataError("what was found; what would be right")

    monkeypatch.setattr("seuil.workflow.dataset_check.check_dataset", fail)
    assert run(["check", "d.yaml"]) == 1
    assert capsys.readouterr() == ("", "seuil: what was found; what would be right\n")


def test_full_disk_is_called_that(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Writing to a file fails without its name: /dev/full is a disk that is."""

    def fail(*_: object, **__: object) -> None:
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")

    monkeypatch.setattr("seuil.workflow.dataset_check.check_dataset", fail)
    assert run(["check", "d.yaml"]) == 2
    assert "the disk is full" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "words"), [("check", "nothing was left half done"), ("build", "goes on from there")]
)
def test_interruption_is_130_and_says_what_was_kept(
    command: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("seuil.workflow.dataset_check.check_dataset", interrupt)
    monkeypatch.setattr("seuil.workflow.build.build", interrupt)
    more = ["--workspace", str(tmp_path)] if command == "build" else []
    assert run([command, "d.yaml", *more]) == 130
    assert words in capsys.readouterr().err


def test_check_tells_rows_that_do_not_count(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    chain: Chain = open_office(tmp_path / "office")
    arguments = ["check", str(chain.definitions[0]), "--records", str(chain.records), "--json"]
    assert run(arguments) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["cells"] == {"2022": 72, "2023": 72}
    assert [f["kind"] for f in content["findings"]] == ["notice"]  # people in no department
    with (chain.records / "people.csv").open("a", encoding="utf-8") as file:
        file.write("one-more,2023,a,130,1,5\n")
    assert run(arguments) == 1
    content = json.loads(capsys.readouterr().out)
    assert "problem" in {f["kind"] for f in content["findings"]}
    assert "one-more" not in json.dumps(content)


def test_check_tells_how_many_figures_will_be_hidden_at_least(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    chain: Chain = open_office(tmp_path / "office")
    assert run(["check", str(chain.definitions[0])]) == 0
    assert "hidden" not in capsys.readouterr().out  # a definition alone tells nothing of counts
    assert run(["check", str(chain.definitions[0]), "--records", str(chain.records)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    heads = [line for line in lines if "hidden if below" in " ".join(line)]
    columns = "figures hidden if below 5 (the threshold) hidden if below 11 hidden if below 20"
    assert [" ".join(head) for head in heads] == [f"count {columns}", f"fees {columns}"]
    years = [line[:2] for line in lines if line and line[0] in ("2022", "2023")]
    assert years == [["2022", "72"], ["2023", "72"]] * 2
    assert ["territory", "department"] in [line[:2] for line in lines]


@pytest.mark.parametrize("epoch", ["soon", "-5", "1.5"])
def test_clock_that_is_none_is_wrong_use(
    epoch: str, monkeypatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run(["release", "withdraw", "d", "--workspace", str(tmp_path), "--archive", str(tmp_path)]) == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


def told() -> Iterator[tuple[str, str]]:
    """Every command that the tutorial and the guides tell people to run."""
    for folder in ("tutorial", "how-to"):
        for page in sorted((REFERENCE.parents[1] / folder).glob("*.md")):
            for line in page.read_text(encoding="utf-8").splitlines():
                if line.startswith("    ") and line.strip().startswith("seuil "):
                    yield page.name, line.strip()


@pytest.mark.parametrize(("page", "line"), list(told()))
def test_commands_in_tutorial_and_guides_exist(page: str, line: str) -> None:
    words = shlex.split(line)[1:]
    name = " ".join(words[:2]) if words[0] in ("release", "archive") else words[0]
    assert name in ALL, page
    assert {word for word in words if word.startswith("--")} <= options(ALL[name]), page


def test_every_command_but_the_demo_and_protect_is_in_a_guide() -> None:
    shown = {name for _, line in told() for name in ALL if line.startswith(f"seuil {name}")}
    assert shown >= ALL.keys() - {"demo", "protect"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--memory", "3"], "'--memory': expected 100 or more"),
        (["--memory", "much"], "'--memory': expected a whole number"),
    ],
)
def test_wrong_options_are_told_in_plain_words(options: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    assert run(["check", "d.yaml", *options]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Input should" not in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["release", "init", "--archive", "FILE", "--keys", "KEYS"],
        ["release", "key", "root", "--keys", "FILE", "--no-passphrase"],
        ["release", "propose", "--workspace", "NONE", "--archive", "ARCHIVE"],
        ["build", "d.yaml", "--records", ".", "--workspace", "FILE"],
        ["demo", "--folder", "FILE", "--no-serve"],
    ],
    ids=lambda arguments: arguments[0] + " " + arguments[1],
)
def test_a_file_where_a_folder_is_expected_is_told(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "FILE").write_text("kept")
    named = [str(tmp_path / word) if word.isupper() else word for word in arguments]
    assert run(named) in (1, 2)
    assert capsys.readouterr().err.startswith("seuil: ")
    assert [path.name for path in tmp_path.iterdir() if path.name in ("FILE", "NONE")] == ["FILE"]
    assert (tmp_path / "FILE").read_text() == "kept"
