"""The documents say what there is: indexes are whole, links lead somewhere, versions and commands agree."""

import re
import tomllib
from pathlib import Path

import pytest

import seuil

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
RECORD = re.compile(r"# (\d+)\. .+\n\n## Context\n[\s\S]+\n## Decision\n[\s\S]+\n## Consequence\n[\s\S]+")


@pytest.fixture(scope="module")
def documents(tracked: dict[str, str]) -> dict[str, str]:
    """Markdown for people who work with the checkout."""
    return {name: text for name, text in tracked.items() if name.endswith(".md") and not name.startswith("src/")}


def test_links_between_documents_lead_somewhere(root: Path, documents: dict[str, str]):
    links = [(name, target) for name, text in documents.items() for target in LINK.findall(text) if ":" not in target]
    assert len(links) > 20
    assert [(name, target) for name, target in links if not (root / name).parent.joinpath(target).exists()] == []


def test_the_index_has_every_document(documents: dict[str, str]):
    listed = set(LINK.findall(documents["docs/README.md"]))
    there = {name.removeprefix("docs/") for name in documents if name.startswith("docs/")} - {"README.md"}
    assert there <= listed


def test_decisions_are_numbered_and_have_their_three_parts(documents: dict[str, str]):
    records = sorted(name for name in documents if name.startswith("docs/decisions/"))
    numbers = []
    for name in records:
        found = RECORD.fullmatch(documents[name])
        assert found, f"{name}: expected '# number. Title', then Context, Decision, Consequence"
        assert Path(name).name.startswith(f"{int(found[1]):04}-")
        numbers.append(int(found[1]))
    assert numbers == list(range(1, len(records) + 1))


def test_the_change_log_has_this_version(root: Path, documents: dict[str, str]):
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version == seuil.__version__
    assert re.findall(r"^## (\d+\.\d+\.\d+)", documents["CHANGELOG.md"], re.MULTILINE)[0] == version


def test_package_says_that_it_is_typed(root: Path):
    assert (root / "src/seuil/py.typed").is_file()


def test_readers_are_led_to_how_a_fault_in_security_is_reported(documents: dict[str, str]):
    assert "](SECURITY.md)" in documents["README.md"]
    assert {"What is supported", "How to report"} <= set(
        re.findall(r"^## (.+)$", documents["SECURITY.md"], re.MULTILINE)
    )


def test_every_kind_of_test_has_a_command_that_is_explained(root: Path, documents: dict[str, str]):
    kinds = {path.name for path in (root / "tests").iterdir() if any(path.rglob("test_*.py"))}
    commands = set(re.findall(r"^test-([a-z]+):.*## ", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    explained = set(re.findall(r"`make test-([a-z]+)`", documents["CONTRIBUTING.md"]))
    assert kinds == commands == explained


def test_every_command_that_documents_name_is_there(root: Path, documents: dict[str, str]):
    commands = set(re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {word for text in documents.values() for word in re.findall(r"`make ([a-z-]+)", text)}
    assert {"demo", "test"} <= named
    assert named <= commands
