"""Lines of a CSV file, each knowing where it stands, so that an error can say so."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seuil.model.errors import DataError


@dataclass(frozen=True)
class Line:
    """One record. number: 1-based, the line of the file on which it ends."""

    path: Path
    number: int
    places: dict[str, int]
    fields: list[str]

    def __getitem__(self, column: str) -> str:
        return self.fields[self.places[column]]

    def error(self, column: str, problem: str) -> DataError:
        """What is wrong in a column of this line, and what would be right."""
        return DataError(f"{self.path}:{self.number}: column {column}: {problem}")


def read_lines(path: Path, delimiter: str, wanted: Sequence[str]) -> Iterator[Line]:
    """The records of a UTF-8 file with a header that has the columns `wanted`, one by one; empty lines are no records.

    Raises DataError with file, line and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            try:
                header = next(reader, [])
                places = _places(path, header, wanted)
                for fields in reader:
                    if len(fields) == len(header):
                        yield Line(path, reader.line_num, places, fields)
                    elif fields:
                        problem = f"{len(fields)} fields; expected {len(header)}, as in the header"
                        raise DataError(f"{path}:{reader.line_num}: {problem}")
            except csv.Error as problem:
                raise DataError(f"{path}:{reader.line_num}: not CSV ({problem}); correct the line") from None
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; the definition names it as the published table") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: bytes that are not UTF-8; save the file as UTF-8") from None


def _places(path: Path, header: list[str], wanted: Sequence[str]) -> dict[str, int]:
    for column in wanted:
        times = header.count(column)
        if times != 1:
            found = "no such column" if times == 0 else f"{times} columns of that name"
            raise DataError(f"{path}:1: column {column}: {found}; the header is {', '.join(header) or 'empty'}")
    return {column: header.index(column) for column in wanted}
