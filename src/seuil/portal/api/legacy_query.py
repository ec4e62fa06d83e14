"""The query language of the first API: words, `field:value`, `field>=value`, `field:[a TO b]`, AND, OR, NOT, brackets;
`#exact(field, "text")`, `#startswith(field, "text")`, `#search(field, "text")`, `#null(field)`, `field<#now(days=-7)`.

It is read into a filter of ODSQL, so that both have one meaning. What can't be read as a field and a value is searched
as words.
"""

import json
import re

from seuil.odsql import Field, Schema

_TOKEN = re.compile(
    r"""(?P<bracket>[()])
      | (?P<word>(?:AND|OR|NOT)\b)
      | (?P<field>[^\W\d]\w*)\s*(?P<operator>:|==|=|<=|>=|<|>)\s*
        (?:\[(?P<low>[^\]]*?)\s+TO\s+(?P<high>[^\]]*?)\]|"(?P<quoted>(?:[^"\\]|\\.)*)"
          |\#(?P<moment>now\([^()]*\))|(?P<value>[^\s()]+))
      | \#(?P<function>exact|startswith|search|null)\(\s*(?P<of>[^\W\d]\w*)\s*
        (?:,\s*(?:"(?P<argument>(?:[^"\\]|\\.)*)"|(?P<bare>[^()",]+?))\s*)?\)
      | "(?P<phrase>(?:[^"\\]|\\.)*)"
      | (?P<text>[^\s()"]+)""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}([-/][0-9]{1,2}([-/][0-9]{1,2})?)?")
_NEEDS_LEFT = ("and", "or")


def filter_of(query: str, schema: Schema) -> str:
    """A query of the first API as a filter of ODSQL; blank where it asks for nothing."""
    parts: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(query):
        found = _part(match, schema)
        if found == ")" and (depth == 0 or not _ends(parts)):
            continue
        if found in _NEEDS_LEFT and not _ends(parts):
            continue
        if found not in (")", *_NEEDS_LEFT) and _ends(parts):
            parts.append("and")
        depth += (found == "(") - (found == ")")
        parts.append(found)
    # What is left open at the end asks for nothing.
    while parts and not _ends(parts):
        depth -= parts.pop() == "("
    return " ".join(parts) + " )" * depth


def _ends(parts: list[str]) -> bool:
    """Whether the parts so far end with a whole condition."""
    return bool(parts) and parts[-1] not in ("(", "and", "or", "not")


def _part(match: re.Match[str], schema: Schema) -> str:
    if match["bracket"]:
        return match["bracket"]
    if match["word"]:
        return match["word"].lower()
    if match["function"] and match["of"] in schema:
        return _called(match, schema.field(match["of"], clause="q"))
    if match["field"] is None or match["field"] not in schema:
        return json.dumps(match["phrase"] if match["phrase"] is not None else match[0], ensure_ascii=False)
    field = schema.field(match["field"], clause="q")
    if match["low"] is not None:
        return f"{_name(field)} in [{_literal(field, match['low'])} .. {_literal(field, match['high'])}]"
    operator = match["operator"]
    if match["moment"] is not None:
        return f"{_name(field)} {'=' if operator in (':', '==') else operator} {match['moment']}"
    value = match["value"] if match["quoted"] is None else match["quoted"]
    if field.type == "text" and operator == ":":
        # The colon looks for words, the sign of equality for the whole value.
        return f"{_name(field)} like {json.dumps(value, ensure_ascii=False)}"
    return f"{_name(field)} {'=' if operator in (':', '==') else operator} {_literal(field, value)}"


def _called(match: re.Match[str], field: Field) -> str:
    """What a function asks of a field; without a text, all but `#null` ask for the empty one."""
    if match["function"] == "null":
        return f"{_name(field)} is null"
    said = match["bare"] or "" if match["argument"] is None else match["argument"]
    if match["function"] == "exact":
        return f"{_name(field)} = {_literal(field, said)}"
    return f"{match['function']}({_name(field)}, {json.dumps(said, ensure_ascii=False)})"


def _name(field: Field) -> str:
    return f"`{field.name}`"


def _literal(field: Field, value: str) -> str:
    """A value as ODSQL writes it; what doesn't fit the field stays a text, which is then refused by its type."""
    said = value.strip().strip('"')
    if field.type in ("int", "double") and _NUMBER.fullmatch(said):
        return said
    if field.type in ("date", "datetime") and _DATE.fullmatch(said):
        return f"date'{said}'"
    if field.type == "boolean" and said.lower() in ("true", "false"):
        return said.lower()
    return json.dumps(said, ensure_ascii=False)
