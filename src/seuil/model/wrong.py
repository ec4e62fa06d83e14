"""What pydantic finds wrong with a field, in the words of definitions: what was found, and what is expected."""

import types
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

LONGEST = 80  # characters of a value that is quoted
NAMED = 12  # fields that a message names
_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "a text; in quotes where it would be read as a number, true, false or null",
    "string_too_short": "a text",
    "dict_type": "`name: value` lines",
    "mapping_type": "`name: value` lines",
    "model_type": "`name: value` lines",
    "model_attributes_type": "`name: value` lines",
    "tuple_type": "a list: [a, b]",
    "list_type": "a list: [a, b]",
    "union_tag_not_found": "a field `kind`",
    "missing": "this field",
}
_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "small letters without accents, digits and _, a letter first",
    r"^[a-z][a-z0-9-]*$": "small letters without accents, digits and -, a letter first",
    r"^(https?://[^\s\"<>]+)?$": "an address that begins with http:// or https://",
}


def found_words(error: Mapping[str, Any]) -> str:
    """What stood in the field, as YAML writes it."""
    if error["type"] == "missing":
        return "nothing"
    value = error["input"]
    words = {None: "nothing", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    told = repr(value)[:LONGEST]
    return f"{told}; no such field" if error["type"] == "extra_forbidden" else told


def expected_words(error: Mapping[str, Any], model: type[BaseModel]) -> str:
    """What is expected of the field. model: of the whole file."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return _known_field(error["loc"], model)
    return _plain(kind, context, str(error["msg"]))


def _plain(kind: str, context: Mapping[str, Any], otherwise: str) -> str:
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        least = {"greater_than_equal": "ge", "greater_than": "gt", "less_than_equal": "le", "less_than": "lt"}[kind]
        words = {"ge": "{} or more", "gt": "more than {}", "le": "at most {}", "lt": "less than {}"}[least]
        limit = context[least]
        return words.format(f"{limit:,}" if isinstance(limit, int) else limit)
    if kind in ("literal_error", "enum"):
        return str(context["expected"]).replace("'", "")
    if kind == "union_tag_invalid":
        return "as `kind` one of " + str(context["expected_tags"]).replace("'", "")
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(context["pattern"]), f"a text that fits {context['pattern']}")
    if kind == "too_short":
        return f"at least {context['min_length']}"
    return otherwise[:1].lower() + otherwise[1:]


def _known_field(loc: Sequence[int | str], model: type[BaseModel]) -> str:
    """The field that was probably meant, or those that there are."""
    names = sorted({name for one in _models_at(loc[:-1], model) for name in one.model_fields})
    near = get_close_matches(str(loc[-1]), names, 1)
    if near:
        return f"one that there is (did you mean {near[0]}?)"
    return f"one of {', '.join(names)}" if 0 < len(names) <= NAMED else "a field of the reference of definitions"


def _models_at(loc: Sequence[int | str], model: type[BaseModel]) -> list[type[BaseModel]]:
    """The models that may stand at a place: those of a tag where it names one."""
    here: list[type[BaseModel]] = [model]
    for step in loc:
        fields = [one.model_fields[step].annotation for one in here if step in one.model_fields]
        if fields:
            here = [found for annotation in fields for found in _models_in(annotation)]
        else:  # a key, a place in a list, or the tag of a union
            tagged = [one for one in here if step in _tags(one)]
            here = tagged or here
    return here


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if isinstance(annotation, (types.GenericAlias, types.UnionType)) or get_origin(annotation) is not None:
        return [found for part in get_args(annotation) for found in _models_in(part)]
    return []


def _tags(model: type[BaseModel]) -> tuple[object, ...]:
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field is not None and get_origin(field.annotation) is Literal else ()
