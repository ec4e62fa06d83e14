"""YAML files into models, with errors that name file, line, field, what was found and what is expected."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from seuil.model.errors import DefinitionError, all_of
from seuil.model.wrong import expected_words, found_words
from seuil.model.yaml12 import compose, value_of

M = TypeVar("M", bound=BaseModel)
Key = tuple[str, ...]


def read_yaml(path: Path, model: type[M]) -> M:
    """Read one model. Raises DefinitionError, which tells everything that is wrong with its fields."""
    root = compose(path)
    data = value_of(path, root) if root is not None else None
    if not isinstance(data, dict):
        raise DefinitionError(path, 1, "file", "no fields", "`name: value` lines")
    for name in data:
        if not isinstance(name, str):
            raise DefinitionError(path, 1, str(name), "a field whose name is no text", "names of fields")
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        raise _all(path, problem, model) from None


def lines_of(path: Path) -> dict[Key, int]:
    """1-based line of every field, by its path of names and positions."""
    lines: dict[Key, int] = {(): 1}

    def walk(node: yaml.Node, key: Key) -> None:
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                lines[(*key, str(name.value))] = name.start_mark.line + 1
                walk(value, (*key, str(name.value)))
        elif isinstance(node, yaml.SequenceNode):
            for k, value in enumerate(node.value):
                lines[(*key, str(k))] = value.start_mark.line + 1
                walk(value, (*key, str(k)))

    root = compose(path)
    if root is not None:
        walk(root, ())
    return lines


def _all(path: Path, problem: ValidationError, model: type[BaseModel]) -> DefinitionError:
    """The problems, each at the line of the closest field that the file has; one a field."""
    lines, found = lines_of(path), dict[tuple[str, ...], DefinitionError]()
    for error in problem.errors(include_url=False):
        names = [str(x) for x in error["loc"]]
        present: list[str] = []
        for name in names:  # pydantic adds the tags of unions, which the file doesn't have
            if (*present, name) in lines:
                present.append(name)
        key = tuple(present + ([names[-1]] if error["type"] == "missing" else []))
        line, field = lines.get(tuple(present)), ".".join(key) or "file"
        told = DefinitionError(path, line, field, found_words(error), expected_words(error, model))
        found.setdefault(key, told)
    return all_of(tuple(found.values()))
