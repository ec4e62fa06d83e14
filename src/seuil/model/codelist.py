"""Code lists: CSV files with one row a node.

Columns: `code`, `parent`, `level`, `label_fr`, `label_en`; optional `valid_from`, `valid_to` (periods), `low`, `high`
(a numeric band, both included), `complete` (no: the children don't cover the node), `exclusive` (yes: nobody in it is
in another child of its parent), `note_fr`, `note_en` (what the node counts). Any other column is an attribute, which
a dataset's column shows. UTF-8; the delimiter is found.
"""

import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path

from seuil.model.delimited import Line
from seuil.model.errors import DefinitionError, all_of
from seuil.model.formulas import whole_number
from seuil.model.hierarchy import Hierarchy, Kind, Node
from seuil.model.hints import date_of, did_you_mean
from seuil.model.rows import read_rows
from seuil.model.text import Text

REQUIRED = ("code", "parent", "level", "label_fr")
OPTIONAL = ("label_en", "valid_from", "valid_to", "low", "high", "complete", "exclusive", "note_fr", "note_en")
NUMBERS = ("valid_from", "valid_to", "low", "high")
YES_OR_NO = {"complete": "yes", "exclusive": "no"}
"""What each says where it is left out."""


def read_code_list(path: Path, kind: Kind = "additive", attributes: Collection[str] | None = ()) -> Hierarchy:
    """Read a code list. attributes: columns that are shown; None where it may have any, which are not looked at.

    Raises DefinitionError, which tells everything that is wrong with file, line and column.
    """
    rows, shown = read_rows(path, "codes", REQUIRED), attributes or ()
    wrong = list(_wrong_columns(path, rows.columns, attributes))
    if wrong:
        raise all_of(wrong)
    lines = list(rows)
    wrong = [*_wrong_fields(path, lines), *_spoilt(path, lines), *_misplaced(path, lines)]
    if not lines:
        wrong = [DefinitionError(path, 1, "code", "no code", "a line for each, the total first")]
    if wrong:
        raise all_of(sorted(wrong, key=lambda error: error.line or 0))
    return Hierarchy(tuple(_node(line, shown) for line in lines), kind)


def _wrong_columns(
    path: Path, columns: Collection[str], attributes: Collection[str] | None
) -> Iterator[DefinitionError]:
    """Columns that are missing, or that nothing shows."""
    for name in REQUIRED:
        if name not in columns:
            yield DefinitionError(path, 1, name, "no such column", f"the columns {', '.join(REQUIRED)}")
    for name in columns:
        if attributes is not None and name not in (*REQUIRED, *OPTIONAL, *attributes):
            expected = f"besides {', '.join(REQUIRED)} only {', '.join(OPTIONAL)}, and what a dataset's column shows"
            yield DefinitionError(path, 1, name, "an unknown column", expected)
    for name in sorted(attributes or ()):
        if name not in columns:
            yield DefinitionError(path, 1, name, "no such column", "the one that a column of the definition shows")


def _wrong_fields(path: Path, lines: list[Line]) -> Iterator[DefinitionError]:
    """What says nothing, or not what its column is for."""
    for line in lines:
        if not line["code"]:
            yield DefinitionError(path, line.number, "code", "nothing", "a code in every row")
        if not line["level"]:
            yield DefinitionError(path, line.number, "level", "nothing", "the level of the node")
        for name in NUMBERS:
            if line.get(name) and whole_number(line[name]) is None:
                yield DefinitionError(path, line.number, name, repr(line[name][:80]), "a whole number, or nothing")
        for name in YES_OR_NO:
            if line.get(name) and line[name].lower() not in ("yes", "no"):
                yield DefinitionError(path, line.number, name, repr(line[name].lower()), "yes or no")


def _spoilt(path: Path, lines: list[Line]) -> Iterator[DefinitionError]:
    """Codes that a spreadsheet made dates of, or took zeros from, and texts that can't be seen."""
    codes = {line["code"] for line in lines}
    for line in lines:
        date = date_of(line["code"], codes)
        if date is not None:
            expected = f"{date}, as text: a spreadsheet took it for a date"
            yield DefinitionError(path, line.number, "code", repr(line["code"]), expected)
        if any(unicodedata.category(c) == "Cc" for text in line.fields for c in text if c != "\n"):
            found = "a control character in " + repr(line["code"])
            yield DefinitionError(path, line.number, "code", found, "text that can be seen")


def _misplaced(path: Path, lines: list[Line]) -> Iterator[DefinitionError]:
    """Where codes are no tree, the total first and each code below its parent."""
    codes, above = {line["code"] for line in lines}, dict[str, int]()
    for k, line in enumerate(lines):
        code, parent = line["code"], line["parent"]
        if code in above:
            found = f"{code!r}, which stands in line {above[code]} too"
            yield DefinitionError(path, line.number, "code", found, "each code once")
        if k == 0 and parent:
            yield DefinitionError(path, line.number, "parent", repr(parent), "the total first, without a parent")
        if k > 0 and not parent:
            expected = "the code that this one is a part of; only the first code, the total, has none"
            yield DefinitionError(path, line.number, "parent", "nothing", expected)
        if k > 0 and parent and parent not in above:
            hint = did_you_mean(parent, codes - {code}) if parent not in codes else ""
            expected = f"a code that stands above this line{hint}"
            yield DefinitionError(path, line.number, "parent", repr(parent), expected)
        above.setdefault(code, line.number)


def _node(row: Line, attributes: Collection[str]) -> Node:
    """The node of a row in which nothing is wrong."""
    fr, note = row["label_fr"] or row["code"], row.get("note_fr") or ""
    number = {name: whole_number(row.get(name)) for name in NUMBERS}
    said = {name: (row.get(name) or otherwise).lower() == "yes" for name, otherwise in YES_OR_NO.items()}
    return Node(
        code=row["code"],
        parent=row["parent"],
        level=row["level"],
        label=Text(fr=fr, en=row.get("label_en") or fr),
        valid_from=number["valid_from"],
        valid_to=number["valid_to"],
        low=number["low"],
        high=number["high"],
        complete=said["complete"],
        exclusive=said["exclusive"],
        note=Text(fr=note, en=row.get("note_en") or note) if note else None,
        attributes={name: row[name] for name in sorted(attributes)},
    )
