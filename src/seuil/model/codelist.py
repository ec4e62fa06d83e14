"""Code lists: CSV files with one row a node.

Columns: `code`, `parent`, `level`, `label_fr`, `label_en`; optional `valid_from`, `valid_to` (periods), `low`, `high`
(a numeric band, both included), `complete` (no: the children don't cover the node), `exclusive` (yes: nobody in it is
in another child of its parent), `note_fr`, `note_en` (what the node counts). Any other column is an attribute, which
a dataset's column shows. UTF-8; the delimiter is found.
"""

import unicodedata
from collections.abc import Collection
from pathlib import Path

from seuil.model.delimited import Line
from seuil.model.errors import DefinitionError
from seuil.model.formulas import whole_number
from seuil.model.hierarchy import Hierarchy, Kind, Node
from seuil.model.hints import date_of, did_you_mean
from seuil.model.rows import read_rows
from seuil.model.text import Text

REQUIRED = ("code", "parent", "level", "label_fr")
OPTIONAL = ("label_en", "valid_from", "valid_to", "low", "high", "complete", "exclusive", "note_fr", "note_en")


def read_code_list(path: Path, kind: Kind = "additive", attributes: Collection[str] | None = ()) -> Hierarchy:
    """Read a code list. attributes: columns that are shown; None where it may have any, which are not looked at.

    Raises DefinitionError with file, line and column.
    """
    rows = read_rows(path, "codes", REQUIRED)
    for name in REQUIRED:
        if name not in rows.columns:
            raise DefinitionError(path, 1, name, "no such column", f"a code list has {', '.join(REQUIRED)}")
    for name in rows.columns:
        if attributes is not None and name not in (*REQUIRED, *OPTIONAL, *attributes):
            expected = f"besides the required ones: {', '.join(OPTIONAL)}, and what a column of the definition shows"
            raise DefinitionError(path, 1, name, "an unknown column", expected)
    shown = attributes or ()
    for name in sorted(shown):
        if name not in rows.columns:
            raise DefinitionError(path, 1, name, "no such column", "the one that a column of the definition shows")
    lines = list(rows)
    nodes = tuple(_node(path, line, shown) for line in lines)
    _refuse_spoilt(path, lines)
    _refuse_misplaced(path, lines)
    try:
        return Hierarchy(nodes, kind)
    except ValueError as problem:
        raise DefinitionError(path, None, "code", str(problem), "expected one tree, the total first") from None


def _refuse_spoilt(path: Path, lines: list[Line]) -> None:
    """Raise DefinitionError for a code that a spreadsheet made a date of, or took a zero from."""
    codes = {line["code"] for line in lines}
    for line in lines:
        date = date_of(line["code"], codes)
        if date is not None:
            expected = f"a spreadsheet took it for a date: write {date} back, as text"
            raise DefinitionError(path, line.number, "code", repr(line["code"]), expected)
        hint = did_you_mean(line["parent"], codes - {line["code"]}) if line["parent"] not in codes | {""} else ""
        if hint:
            raise DefinitionError(path, line.number, "parent", repr(line["parent"]), f"a code of this list{hint}")


def _refuse_misplaced(path: Path, lines: list[Line]) -> None:
    """Raise DefinitionError where codes are no tree, the total first and each code below its parent."""
    above: dict[str, int] = {}
    for k, line in enumerate(lines):
        code, parent = line["code"], line["parent"]
        if any(unicodedata.category(c) == "Cc" for text in line.fields for c in text if c != "\n"):
            found = "a control character in " + repr(code)
            raise DefinitionError(path, line.number, "code", found, "expected text that can be seen")
        if code in above:
            found = f"{code!r}, which stands in line {above[code]} too"
            raise DefinitionError(path, line.number, "code", found, "expected each code once")
        if k == 0 and parent:
            raise DefinitionError(
                path, line.number, "parent", repr(parent), "expected the total first, without a parent"
            )
        if k > 0 and not parent:
            expected = "expected the code that this one is a part of; only the first code, the total, has none"
            raise DefinitionError(path, line.number, "parent", "nothing", expected)
        if k > 0 and parent not in above:
            raise DefinitionError(
                path, line.number, "parent", repr(parent), "expected a code that stands above this line"
            )
        above[code] = line.number


def _node(path: Path, row: Line, attributes: Collection[str]) -> Node:
    line = row.number
    if not row["code"]:
        raise DefinitionError(path, line, "code", "nothing", "every row has a code")
    if not row["level"]:
        raise DefinitionError(path, line, "level", "nothing", "every row names its level")

    def whole(name: str) -> int | None:
        value = row.get(name)
        if not value:
            return None
        number = whole_number(value)
        if number is None:
            raise DefinitionError(path, line, name, repr(value[:80]), "a whole number or nothing")
        return number

    def said(field: str, otherwise: str) -> bool:
        word = (row.get(field) or otherwise).lower()
        if word not in ("yes", "no"):
            raise DefinitionError(path, line, field, repr(word), "yes or no")
        return word == "yes"

    fr, note = row["label_fr"] or row["code"], row.get("note_fr") or ""
    return Node(
        code=row["code"],
        parent=row["parent"],
        level=row["level"],
        label=Text(fr=fr, en=row.get("label_en") or fr),
        valid_from=whole("valid_from"),
        valid_to=whole("valid_to"),
        low=whole("low"),
        high=whole("high"),
        complete=said("complete", "yes"),
        exclusive=said("exclusive", "no"),
        note=Text(fr=note, en=row.get("note_en") or note) if note else None,
        attributes={name: row[name] for name in sorted(attributes)},
    )
