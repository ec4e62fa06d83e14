"""Delimited text (CSV): the one reader of records, tables by hand, code lists, published tables, earlier releases.

Rules, in the order in which they are checked:
 1. the file is text in UTF-8, with or without a byte order mark, unless one of the other `ENCODINGS` is said;
 2. its delimiter is said, or found: of `DELIMITERS` the one that makes most of the columns looked for, or most fields;
 3. the first line is the header, in which every column has a name of its own;
 4. every other line has as many fields as the header; empty lines are no records;
 5. spaces around names and values, of every kind, are no part of them.

Records are read by an engine of their own, which is told the verdict of `form_of` and nothing else; so all are read
alike. Messages name file, line and column. A text of the file stands in them only where it is `public`.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Literal

from seuil.model.compressed import BROKEN, opened
from seuil.model.errors import DataError

Encoding = Literal["utf-8", "windows-1252", "iso-8859-1"]
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "windows-1252", "iso-8859-1")
DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
FIRST_LINES = 20  # in which a header is looked for that doesn't stand in the first one
NAMED_COLUMNS = 30
SPACES = "".join(c for c in map(chr, range(0x3001)) if c.isspace())
"""Every character that is a space, for engines that have to be told."""

MAGIC = (
    (b"PK\x03\x04", "a spreadsheet (.xlsx) or another archive", "save it as CSV, UTF-8"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet (.xls)", "save it as CSV, UTF-8"),
    (b"PAR1", "a Parquet file", "give its name the ending .parquet"),
    (b"\x1f\x8b", "a compressed file (gzip)", "unpack it, or let its name end in .csv.gz"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)", "unpack it, or let its name end in .csv.zst"),
    (b"\xff\xfe", "text in UTF-16", "save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16", "save it as UTF-8"),
)


class DelimitedError(DataError):
    """What is wrong with a delimited text. line: 1 is the first; None where it isn't known or is that of no line."""

    def __init__(self, path: Path | str, line: int | None, column: str, found: str, expected: str) -> None:
        self.line, self.column, self.found, self.expected = line, column, found, expected
        place = f"{path}" if line is None else f"{path}:{line}"
        named = f"column {column}: " if column else ""
        super().__init__(f"{place}: {named}{found}; expected {expected}")


@dataclass(frozen=True)
class Form:
    """How a file is written. columns: the names in its header, each another one."""

    path: Path
    encoding: Encoding
    delimiter: str
    columns: tuple[str, ...]
    public: bool

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Every record: the line on which it ends, and its fields, as many as there are columns.

        Raises DelimitedError at the first line that can't be one.
        """
        wide = len(self.columns)
        with opened(self.path) as binary, TextIOWrapper(binary, _codec(self.encoding), newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                next(reader, None)
                for fields in reader:
                    if len(fields) != wide:
                        if fields:
                            raise self._ragged(reader.line_num, len(fields))
                        continue
                    yield reader.line_num, [text.strip() for text in fields]
            except csv.Error as problem:
                raise DelimitedError(
                    self.path, reader.line_num, "", f"not CSV ({problem})", "quotes around whole fields, doubled within"
                ) from None
            except UnicodeDecodeError:
                raise undecodable(self.path, self.encoding) from None
            except BROKEN:
                raise cut_off(self.path) from None

    def _ragged(self, line: int, found: int) -> DelimitedError:
        expected = f"{len(self.columns)}, as in the header"
        if len(self.columns) == 1:
            expected += " (which is the first line: no title above it)"
        return DelimitedError(self.path, line, "", f"{found} field{'' if found == 1 else 's'}", expected)


@dataclass(frozen=True)
class Line:
    """One record. number: the line of the file on which it ends. places: of the columns that were looked for."""

    path: Path
    number: int
    places: dict[str, int]
    fields: list[str]

    def __getitem__(self, column: str) -> str:
        return self.fields[self.places[column]]

    def __contains__(self, column: str) -> bool:
        return column in self.places

    def get(self, column: str, otherwise: str = "") -> str:
        """A field, or something else where there is no such column."""
        return self[column] if column in self.places else otherwise

    def error(self, column: str, problem: str) -> DataError:
        """What is wrong in a column of this line, and what is expected."""
        return DataError(f"{self.path}:{self.number}: column {column}: {problem}")


def read_lines(form: Form) -> Iterator[Line]:
    """The records of a file, one by one. Raises DelimitedError."""
    places = {name: k for k, name in enumerate(form.columns)}
    for number, fields in form.records():
        yield Line(form.path, number, places, fields)


def form_of(
    path: Path,
    wanted: Sequence[str] = (),
    *,
    required: bool = True,
    encoding: Encoding = "utf-8",
    delimiter: str | None = None,
    public: bool = True,
    role: str = "",
) -> Form:
    """How a file is written, from its first lines.

    wanted: columns that are looked for; required: and must be there. delimiter: the one that was said, None to find it.
    public: whether messages may show what stands in the file. role: what the file is for, in the message that it isn't
    there. Raises DelimitedError, or DataError where the file can't be opened.
    """
    first = _first_lines(path, encoding, role)
    if not first or not first[0].strip():
        raise DelimitedError(path, 1, "", "an empty line" if first else "nothing in it", "the header")
    delimiter = delimiter or max(DELIMITERS, key=lambda one: _merit(first, one, wanted))
    names = _fields(first, delimiter)
    form = Form(path, encoding, delimiter, tuple(names), public)
    _check_header(form, first, wanted, required)
    return form


def delimiter_of(said: str) -> str:
    """The delimiter that a person said: itself, or its name. Raises ValueError for what can be none."""
    found = DELIMITER_NAMES.get(said, said)
    if len(found) != 1 or found in '"\r\n' or found.isalnum():
        raise ValueError(f"one character, such as {', '.join(DELIMITER_NAMES)}")
    return found


def undecodable(path: Path, encoding: str) -> DelimitedError:
    """The error of bytes that aren't in the encoding, with the first line that they stand in."""
    name = "UTF-8" if encoding == "utf-8" else encoding
    others = " or ".join(one for one in ENCODINGS if one not in ("utf-8", encoding))
    return DelimitedError(
        path,
        _first_undecodable(path, encoding),
        "",
        f"bytes that are not {name}",
        f"{name}; save the file as UTF-8, or say its `encoding`" + (f" ({others})" if encoding == "utf-8" else ""),
    )


def _first_undecodable(path: Path, encoding: str) -> int | None:
    with opened(path) as file:
        for number, content in enumerate(file, start=1):
            try:
                content.decode(encoding)
            except UnicodeDecodeError:
                return number
    return None


def cut_off(path: Path) -> DataError:
    """What is said of a compressed file that is not whole."""
    return DataError(f"{path}: can't be unpacked; expected a whole file of the kind that its name ends in")


def _codec(encoding: Encoding) -> str:
    """Python's name of the encoding; a byte order mark is read over."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _first_lines(path: Path, encoding: Encoding, role: str) -> list[str]:
    try:
        with opened(path) as binary:
            start = binary.read(4096)
            for magic, found, right in MAGIC:
                if start.startswith(magic):
                    raise DelimitedError(path, None, "", found, f"delimited text: {right}")
            if b"\0" in start:
                raise DelimitedError(path, None, "", "bytes that are no text", "delimited text in UTF-8")
        with opened(path) as binary, TextIOWrapper(binary, _codec(encoding), newline="") as text:
            return list(islice(text, FIRST_LINES))
    except FileNotFoundError:
        raise DataError(f"{path}: no such file" + (f"; expected {role}" if role else "")) from None
    except UnicodeDecodeError:
        raise undecodable(path, encoding) from None
    except BROKEN:
        raise cut_off(path) from None
    except OSError as problem:
        raise DataError(f"{path}: {problem.strerror or 'can not be read'}; expected a file of delimited text") from None


def _fields(lines: Sequence[str], delimiter: str) -> list[str]:
    """The fields of the first record, without spaces around them; of quotes that don't fit, whatever can be made."""
    try:
        found = next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        found = lines[0].rstrip("\r\n").split(delimiter)
    return [name.strip() for name in found]


def _merit(first: Sequence[str], delimiter: str, wanted: Sequence[str]) -> tuple[int, int, int]:
    """How well a delimiter suits: columns looked for that the header has, its fields, those of the lines below."""
    names = _fields(first, delimiter)
    below = max((len(_fields([line], delimiter)) for line in first[1:]), default=0)
    return len(set(wanted) & set(names)), len(names), below


def _check_header(form: Form, first: Sequence[str], wanted: Sequence[str], required: bool) -> None:
    names = form.columns
    missing = [name for name in dict.fromkeys(wanted) if name not in names]
    below = _below(form, first, wanted) if missing else None
    if below is not None:
        raise DelimitedError(
            form.path, 1, "", "a title, or what else is no header", f"the header: it stands in line {below}"
        )
    for k, name in enumerate(names):
        if not name:
            raise DelimitedError(form.path, 1, str(k + 1), "no name", "a name for every column (no title above them)")
        if name in names[:k]:
            said = f" {name!r}" if form.public or name in wanted else ""
            other = names.index(name) + 1
            raise DelimitedError(form.path, 1, str(k + 1), f"the name{said} of column {other} again", "another name")
    nothing = len(missing) == len(set(wanted)) > 0
    if missing and (required or (nothing and not form.public)):
        raise DelimitedError(form.path, 1, ", ".join(missing), "no such column", _there(form, wanted))


def _there(form: Form, wanted: Sequence[str]) -> str:
    """What is told of the columns: of a confidential file only where the first line must be a header."""
    if not form.public and not set(wanted) & set(form.columns):
        return "the header in the first line, with the columns that the definition names (none of them is there)"
    more = ", ..." if len(form.columns) > NAMED_COLUMNS else ""
    return f"one of those in the header, {', '.join(form.columns[:NAMED_COLUMNS])}{more}"


def _below(form: Form, first: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The line that has more of the columns looked for than the first one."""
    there = len(set(wanted) & set(form.columns))
    for number, line in enumerate(first[1:], start=2):
        if any(len(set(wanted) & set(_fields([line], one))) > there for one in (form.delimiter, *DELIMITERS)):
            return number
    return None
