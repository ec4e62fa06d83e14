"""Rows of a delimited file that lies beside a definition, with errors in the definition's own form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seuil.model.delimited import DelimitedError, Form, Line, form_of, read_lines
from seuil.model.errors import DefinitionError


@dataclass(frozen=True)
class Rows:
    """The rows of a file. field: of the definition, which names it."""

    form: Form
    field: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Names in the header."""
        return self.form.columns

    def __iter__(self) -> Iterator[Line]:
        try:
            yield from read_lines(self.form)
        except DelimitedError as problem:
            raise _of_definition(self.form.path, self.field, problem) from None


def read_rows(path: Path, field: str, likely: Sequence[str]) -> Rows:
    """The rows of a UTF-8 file with a header. likely: columns that are looked for.

    Raises DefinitionError in the field that names the file where it can't be read.
    """
    if not path.exists():
        raise DefinitionError(path, None, field, "no such file", "a CSV file beside the definition")
    if path.is_dir():
        raise DefinitionError(path, None, field, "a folder", "the CSV file in it")
    try:
        return Rows(form_of(path, likely, required=False), field)
    except DelimitedError as problem:
        raise _of_definition(path, field, problem) from None


def _of_definition(path: Path, field: str, problem: DelimitedError) -> DefinitionError:
    column = f"column {problem.column}" if problem.column else field
    return DefinitionError(path, problem.line, column, problem.found, problem.expected)
