"""YAML as its version 1.2 has it (core schema), and no more of it than a definition needs.

PyYAML reads version 1.1, where `011` is nine, `1:30` is ninety and `no` is false. Rules here:
 1. numbers are decimal (`011` is eleven), `0o7` or `0x1f`; `true`, `false`, `null` are what they say; whatever else is
    not quoted is a text, but for what version 1.1 takes for a number of another value: that is an error;
 2. a key stands once; there are no anchors and aliases, no tags but those of the core schema, one document;
 3. sizes are bounded: bytes of a file, depth, digits of a number. So nothing makes reading slow or endless.
"""

import re
from pathlib import Path

import yaml

from seuil.model.errors import DefinitionError

LARGEST_FILE = 1_000_000
"""Bytes of a definition."""
DEEPEST = 30
MOST_DIGITS = 18

_PREFIX = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULL = ("", "~", "null", "Null", "NULL")
_OLD_NUMBER = re.compile(  # of YAML 1.1, which 1.2 reads as a text
    r"[-+]?0b[01_]+|[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[-+]0x[0-9a-fA-F_]+|0x[0-9a-fA-F_]*_[0-9a-fA-F_]*"
)
_TAGS = frozenset(_PREFIX + name for name in ("map", "seq", "str", "int", "float", "bool", "null"))


_PLAIN = "plain"  # the tag of scalars that have none and are not quoted


class _Untyped:
    """Leaves it to `value_of` what a plain scalar is."""

    def resolve(self, kind: type[yaml.Node], _value: object, implicit: object) -> str:
        """The tag of a node without one. implicit: of a scalar, whether it is plain, and whether it is quoted."""
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit == (True, False) else _PREFIX + "str"
        return _PREFIX + ("map" if kind is yaml.MappingNode else "seq")


class _Fast(_Untyped, yaml.CSafeLoader):
    """Ten times as fast: a release reads its definitions hundreds of times."""


class _Loader(_Untyped, yaml.SafeLoader):
    """Says more exactly what is wrong."""


def compose(path: Path) -> yaml.Node | None:
    """The nodes of a YAML file, None for an empty one. Raises DefinitionError with the line of the first problem."""
    text = _text(path)
    try:
        return _checked(path, text, _Fast)
    except yaml.YAMLError:
        return _read_again(path, text)


def _read_again(path: Path, text: str) -> yaml.Node | None:
    """What the fast parser refused, read by the one that has the better words for it."""
    try:
        return _checked(path, text, _Loader)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else None
        found = (problem.problem or "what can't be read").removeprefix("found ").removeprefix("but found ")
        raise DefinitionError(path, line, "YAML", found, "`name: value` lines, indented by spaces") from None
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, problem.position) + 1
        found = f"the character U+{int(problem.character):04X}"
        raise DefinitionError(path, line, "YAML", found, "text without control characters") from None


def value_of(path: Path, node: yaml.Node, field: str = "file") -> object:
    """What a node says: dictionaries, lists, texts, numbers, truth values. Raises DefinitionError as `compose` does."""
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[object, object] = {}
        for name, value in node.value:
            key = value_of(path, name, field)
            if isinstance(key, (dict, list)):
                raise DefinitionError(path, name.start_mark.line + 1, "YAML", "a key that is no text", "a name")
            if key in found:
                raise DefinitionError(path, name.start_mark.line + 1, str(key), "the field twice", "each field once")
            found[key] = value_of(path, value, str(key))
        return found
    if isinstance(node, yaml.SequenceNode):
        return [value_of(path, value, field) for value in node.value]
    tag = node.tag.removeprefix(_PREFIX)
    if tag == "str":
        return str(node.value)
    return _plain(path, line, field, str(node.value), tag)


def _plain(path: Path, line: int, field: str, text: str, tag: str) -> object:
    """What a scalar says that is not quoted, or has one of the core schema's tags."""
    if len(text) > MOST_DIGITS and _INT.fullmatch(text):
        found = f"a number of {len(text)} digits"
        raise DefinitionError(path, line, field, found, f"at most {MOST_DIGITS}, or quotes around a text")
    if tag in (_PLAIN, "int") and _INT.fullmatch(text):
        return int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10)
    if tag in (_PLAIN, "int", "float") and _NOT_FINITE.fullmatch(text):
        raise DefinitionError(path, line, field, text, "a finite number, or quotes around a text")
    if tag in (_PLAIN, "float") and _FLOAT.fullmatch(text):
        return float(text)
    if tag in (_PLAIN, "bool") and text in _BOOL:
        return _BOOL[text]
    if tag in (_PLAIN, "null") and text in _NULL:
        return None
    if tag == _PLAIN and _OLD_NUMBER.fullmatch(text):
        expected = "digits alone (1000), or quotes around a text: as it stands programs read it differently"
        raise DefinitionError(path, line, field, text, expected)
    if tag != _PLAIN:
        raise DefinitionError(path, line, field, f"{text[:80]!r} as {tag}", "the value without a tag")
    return text


def _text(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            expected = f"at most {LARGEST_FILE:,} bytes"
            raise DefinitionError(path, None, "file", "a file too long for a definition", expected)
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        raise DefinitionError(path, None, "file", "no such file", "a YAML file") from None
    except IsADirectoryError:
        raise DefinitionError(path, None, "file", "a folder", "the YAML file in it") from None
    except UnicodeDecodeError:
        raise DefinitionError(path, None, "file", "bytes that are not UTF-8", "a file saved as UTF-8") from None
    except (OSError, ValueError) as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else "what is no file"
        raise DefinitionError(path, None, "file", found, "a file that can be read") from None


def _checked(path: Path, text: str, loader: type[_Fast | _Loader]) -> yaml.Node | None:
    _check_events(path, text, loader)
    return yaml.compose(text, Loader=loader)


def _check_events(path: Path, text: str, loader: type[_Fast | _Loader]) -> None:
    """Rules 2 and 3 before anything is made of it. The parser keeps its own stack: only composing would recurse."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        line = event.start_mark.line + 1 if event.start_mark else None
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise DefinitionError(path, line, "YAML", "more levels than a definition has", f"at most {DEEPEST}")
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            raise DefinitionError(path, line, "YAML", f"the anchor or alias {anchor}", "the value itself")
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _TAGS:
            raise DefinitionError(path, line, "YAML", f"the tag {tag}", "the value without a tag")
