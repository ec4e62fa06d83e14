"""YAML of a definition: numbers of version 1.2, one value a key, and an error with a line for all else."""

from pathlib import Path

import pytest

from seuil.model.definition import Definition
from seuil.model.errors import DefinitionError
from seuil.model.reading import read_yaml
from seuil.model.yaml12 import LARGEST_FILE, compose, value_of


def read(tmp_path: Path, text: str | bytes) -> object:
    path = tmp_path / "d.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    node = compose(path)
    assert node is not None
    return value_of(path, node)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("011", 11), ("0o11", 9), ("0x1f", 31), ("-7", -7), ("+7", 7), ("1.50", 1.5), (".5", 0.5), ("1e3", 1000.0),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("true", True), ("FALSE", False), ("null", None), ("~", None),
        ("2A", "2A"), ("2021-01-01", "2021-01-01"), ("'011'", "011"), ('"1_000"', "1_000"), ("'1:30'", "1:30"),
        ("dept:01", "dept:01"), ("=", "="), ("<<", "<<"), ("!!str 011", "011"), ("'true'", "true"), ('""', ""),
    ],
)  # fmt: skip
def test_scalar_is_what_version_1_2_says(text: str, value: object, tmp_path: Path) -> None:
    found = read(tmp_path, f"a: {text}\n")
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1_000", "a: found 1_000"), ("1:30", "a: found 1:30"), ("1:30:00", "a: found 1:30:00"),
        ("0b11", "a: found 0b11"), ("0x_f", "a: found 0x_f"), ("1_0.5", "a: found 1_0.5"),
        (".inf", "a: found .inf; expected a finite number"), ("-.INF", "a: found -.INF"), (".nan", "a: found .nan"),
        ("9" * 5000, "a: found a number of 5000 digits"), ("&x 1", "the anchor or alias x"), ("*x", "anchor or alias"),
        ("!!python/object:os.system x", "the tag"), ("!x 1", "the tag"), ("!!int x", "'x' as int"),
        ("!!bool yes", "'yes' as bool"), ("!!binary aGk=", "the tag"), ("[" * 5000, "more levels"),
        ("{? [a] : b}", "a key that is no text"), ("{? {a: b} : c}", "a key that is no text"), ("'", "YAML: found"),
        ("\x00", "the character U+0000"), ("\x08", "the character U+0008"),
    ],
)  # fmt: skip
def test_what_programs_read_differently_or_can_not_read_is_an_error_with_its_line(
    text: str, found: str, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError) as raised:
        read(tmp_path, f"# a comment\na: {text}\n")
    assert found in str(raised.value)
    assert raised.value.line in (2, 3)


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "b: {a: 1, a: 1}\n", "a: 1\n'a': 1\n"])
def test_key_stands_once(text: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="a: found the field twice; expected each field once"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"a: \xff\n", "bytes that are not UTF-8"), (b"a: 1\n---\nb: 2\n", "document"),
        (b"#" * (LARGEST_FILE + 1), "a file too long"),
    ],
)  # fmt: skip
def test_file_that_is_no_definition(content: bytes, found: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=found):
        read(tmp_path, content)


@pytest.mark.parametrize("text", ["", "[]", "1: x", "true: x", "null: x", "x", "{[a]: 1}", "threshold: 1_000"])
def test_definition_of_odd_yaml_ends_in_one_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text(text)
    with pytest.raises(DefinitionError):
        read_yaml(tmp_path / "d.yaml", Definition)


def test_aliases_that_multiply_end_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 20)]
    with pytest.raises(DefinitionError, match=r"d\.yaml:1: YAML: found the anchor"):
        read(tmp_path, "\n".join(lines))


def test_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(DefinitionError, match="a file too long"):
        compose(Path("/dev/zero"))


def test_text_that_begins_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\n") == {"a": 1}
