"""What the commands for tables given by hand have in common: which are meant, and files written whole or not at all."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seuil.model.delimited import ENCODINGS, delimiter_of
from seuil.model.delimited import Encoding as FileEncoding
from seuil.model.errors import UsageError

if TYPE_CHECKING:
    from seuil.tables.frame_input import InputTable
    from seuil.tables.spec import TableSpec


def _delimiter(said: str) -> str:
    try:
        return delimiter_of(said)
    except ValueError as problem:
        raise typer.BadParameter(f"{said!r}; expected {problem}") from None


Encoding = Annotated[FileEncoding, typer.Option(help=f"Of a CSV file: {', '.join(ENCODINGS)}.")]
Delimiter = Annotated[
    str | None, typer.Option(help="Of a CSV file: a character or `tab`; found by default.", parser=_delimiter)
]

Secret = Annotated[
    Path | None, typer.Option(help="A file of 32 random bytes, mode 0600, that breaks ties; your own by default.")
]
Open = Annotated[
    bool, typer.Option("--open", help="Break ties without a secret, so that anybody can repeat the choice.")
]


def chosen_secret(secret: Path | None, open_: bool) -> bytes | None:
    """The bytes that break ties: those of a file, none (empty), or, None, the user's own. Raises UsageError."""
    from seuil.workflow.secret import read_secret

    if secret is not None and open_:
        raise UsageError("--secret and --open: expected one of them")
    return read_secret(secret) if secret is not None else b"" if open_ else None


AddUp = Annotated[bool, typer.Option("--add-up", help="Rows of the same leaf are parts of it: add them up.")]


def is_by_hand(definition: Path, *files: Path | None) -> bool:
    """Whether a definition, or a CSV file that is read or written, is that of a table given by hand."""
    from seuil.model.definition import Definition
    from seuil.model.reading import read_yaml

    if any(file is not None and file.suffix.lower() == ".csv" for file in files):
        return True
    read = read_yaml(definition, Definition)
    return read.count is not None or any(d.levels for d in read.dimensions.values())


def is_released(definition: Path, table: Path) -> bool:
    """Whether a CSV file has the columns of a dataset's released table, as the portal gives it."""
    from seuil.model.columns import level_column
    from seuil.model.definition import Definition
    from seuil.model.delimited import form_of
    from seuil.model.reading import read_yaml

    read = read_yaml(definition, Definition)
    if table.suffix.lower() != ".csv" or read.count is not None or any(d.levels for d in read.dimensions.values()):
        return False
    wanted = (read.period.name, *read.dimensions, *read.measures)
    there = set(form_of(table, wanted, required=False).columns)
    return set(wanted) <= there and not any(f"{d}_level" in there and level_column(d) not in there for d in wanted)


def read_table(
    path: Path, spec: "TableSpec", encoding: FileEncoding, delimiter: str | None, *, public: bool
) -> "InputTable":
    """A table given by hand, from its file. public: whether messages may show its figures."""
    from seuil.tables.frame_input import read_given

    return read_given(path, spec.columns, encoding=encoding, delimiter=delimiter, public=public)


def check_outputs(
    inputs: Sequence[Path | None], files: dict[str, Path | None], folders: dict[str, Path | None]
) -> None:
    """Raise UsageError where results can't be written, or would take the place of what is read: before any work.

    files, folders: that are to be written, by option.
    """
    outputs = files | folders
    for option, path in outputs.items():
        if path is None:
            continue
        if option in files and path.is_dir():
            raise UsageError(f"{option} {path}: a folder; expected a file that can be written")
        if option in folders and path.exists() and not path.is_dir():
            raise UsageError(f"{option} {path}: a file; expected a folder")
        above = path.parent if option in files else next(p for p in (path, *path.parents) if p.exists())
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            found = "a folder that can't be written" if above.is_dir() else "no such folder"
            raise UsageError(f"{option} {path}: {above}: {found}; expected one that can be")
    read = {path.resolve() for path in inputs if path is not None}
    written: dict[Path, str] = {}
    for option, path in outputs.items():
        if path is None:
            continue
        if path.resolve() in read:
            raise UsageError(f"{option} {path}: a file that is read here; expected another one, so that it is kept")
        other = written.setdefault(path.resolve(), option)
        if other != option:
            raise UsageError(f"{other} and {option} {path}: the same file; expected two")


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file, whole or not at all. private: for its owner only. Raises UsageError where it can't be written."""
    partial: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        partial = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        partial.chmod(0o600 if private else 0o644)
        partial.replace(path)
    except OSError as error:
        if partial is not None:
            partial.unlink(missing_ok=True)
        raise UsageError(f"{path}: {error.strerror}; expected a file that can be written") from None


def forbid(options: dict[str, object], where: str) -> None:
    """Raise UsageError if one of some options was given."""
    given = [name for name, value in options.items() if value]
    if given:
        raise UsageError(f"{', '.join(given)}: not for {where}")


def require(options: dict[str, object], where: str) -> None:
    """Raise UsageError if one of some options is missing."""
    missing = [name for name, value in options.items() if value is None]
    if missing:
        raise UsageError(f"{', '.join(missing)}: missing; {where} needs it")


def box(head: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> list[str]:
    """A table drawn by Rich, as lines: the first column to the left, the others to the right."""
    import io

    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for k, name in enumerate(head):
        table.add_column(name, justify="left" if k == 0 else "right")
    for row in rows:
        table.add_row(*row)
    out = io.StringIO()
    Console(file=out, width=110).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines()]
