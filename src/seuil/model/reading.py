"""YAML files into models, with errors that name file, line, field, what was found and what would be right."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from seuil.model.errors import DefinitionError

M = TypeVar("M", bound=BaseModel)
Key = tuple[str, ...]


class _UniqueKeys(yaml.SafeLoader):
    """YAML's own rule, which PyYAML doesn't keep: a key stands once. And `on`, `no`, `2A` stay what they look like."""


_UniqueKeys.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path, model: type[M]) -> M:
    """Read one model. Raises DefinitionError at the first problem."""
    root = _compose(path)
    loader = _UniqueKeys("")
    try:
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as problem:
        raise _yaml_error(path, problem) from None
    if not isinstance(data, dict):
        raise DefinitionError(path, 1, "file", "no fields", "write `name: value` lines")
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        raise _first(path, problem) from None


def lines_of(path: Path) -> dict[Key, int]:
    """1-based line of every field, by its path of names and positions."""
    lines: dict[Key, int] = {(): 1}

    def walk(node: yaml.Node, key: Key) -> None:
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for name, value in node.value:
                if name.value in seen:
                    raise DefinitionError(path, name.start_mark.line + 1, name.value, "the field twice", "once")
                seen.add(name.value)
                lines[(*key, str(name.value))] = name.start_mark.line + 1
                walk(value, (*key, str(name.value)))
        elif isinstance(node, yaml.SequenceNode):
            for k, value in enumerate(node.value):
                lines[(*key, str(k))] = value.start_mark.line + 1
                walk(value, (*key, str(k)))

    root = _compose(path)
    if root is not None:
        walk(root, ())
    return lines


def _compose(path: Path) -> yaml.Node | None:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DefinitionError(path, None, "file", "no such file", "name a definition file") from None
    except IsADirectoryError:
        raise DefinitionError(path, None, "file", "a folder", "name the YAML file in it") from None
    except UnicodeDecodeError:
        raise DefinitionError(path, None, "file", "bytes that are not UTF-8", "save the file as UTF-8") from None
    try:
        return yaml.compose(text, Loader=_UniqueKeys)
    except yaml.MarkedYAMLError as problem:
        raise _yaml_error(path, problem) from None


def _yaml_error(path: Path, problem: yaml.MarkedYAMLError) -> DefinitionError:
    line = problem.problem_mark.line + 1 if problem.problem_mark else None
    return DefinitionError(path, line, "YAML", problem.problem or "what can't be read", "correct the YAML")


def _first(path: Path, problem: ValidationError) -> DefinitionError:
    """The first problem, at the line of the closest field that the file has."""
    lines = lines_of(path)
    error = problem.errors(include_url=False)[0]
    names = [str(x) for x in error["loc"]]
    present: list[str] = []
    for name in names:  # pydantic adds the tags of unions, which the file doesn't have
        if (*present, name) in lines:
            present.append(name)
    field = ".".join(present + ([names[-1]] if error["type"] == "missing" else [])) or "file"
    found = "nothing" if error["type"] == "missing" else repr(error["input"])[:80]
    return DefinitionError(path, lines.get(tuple(present)), field, found, error["msg"])
