"""Files of records: what a definition's name stands for, checked for the columns that the definition names.

A name stands for a file, or for a folder of files that are read as one, which may lie in folders named `column=value`
(as `annee=2024`): the value is a column of theirs. Parquet, or CSV, which may be compressed (`.csv.gz`, `.csv.zst`).

The folder of records may be a link, and a file in it a link to another place: records are large, and lie where their
operator has put them. What a definition names is a plain name in that folder (`model.paths`): the operator made the
link, not whoever wrote the definition. One that leads nowhere, or to what is no file, is an error that says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from pyarrow import ArrowException

from seuil.model.compressed import BROKEN, COMPRESSED, check_whole
from seuil.model.delimited import DelimitedError, Form, cut_off, form_of
from seuil.model.errors import DataError
from seuil.model.record_files import RecordFile

PARQUET = ".parquet"
CSV = (".csv", *(f".csv{ending}" for ending in COMPRESSED))


@dataclass(frozen=True)
class Files:
    """What is read as one table. form: of a CSV, whose columns are texts; None for Parquet.

    partitions: columns that stand in the names of folders below `root`, the same for every file.
    """

    root: Path
    paths: tuple[Path, ...]
    form: Form | None
    partitions: tuple[str, ...]


def files_of(folder: Path, spec: RecordFile, columns: Sequence[str]) -> Files:
    """The files that hold the records of a definition, and have its columns.

    Raises DataError where there is none, where one can't be read, or has not the columns.
    """
    root = folder / spec.file
    paths = tuple(_paths(root, spec.file))
    kinds = {_suffix(path) for path in paths}
    if len(kinds) > 1:
        raise DataError(f"{root}: files that end in {' and in '.join(sorted(kinds))}; expected one kind in a folder")
    partitions = _partitions(root, paths)
    looked_for = [name for name in columns if name not in partitions]
    if kinds == {PARQUET}:
        for path in paths:
            _require(path, looked_for, _parquet_columns(path))
        return Files(root, paths, None, partitions)
    forms = [_form(path, spec, looked_for) for path in paths]
    first = forms[0]
    for form in forms:
        if (form.columns, form.delimiter) != (first.columns, first.delimiter):
            raise DelimitedError(form.path, 1, "", "another header", f"that of {first.path}: {', '.join(columns)}")
    return Files(root, paths, first, partitions)


def find_fault(folder: Path, spec: RecordFile) -> None:
    """Raise DataError for the first line of a CSV file that can't be a record; for use where the engine found one.

    The engine says less of it, and in words that quote values.
    """
    for path in _paths(folder / spec.file, spec.file):
        if _suffix(path) != PARQUET:
            for _ in _form(path, spec, ()).records():
                pass


def refuse_cut_off(paths: Sequence[Path]) -> None:
    """Raise DataError for a compressed file that ends too soon; for engines that would count what there is of it."""
    for path in paths:
        try:
            check_whole(path)
        except BROKEN:
            raise cut_off(path) from None


def _paths(root: Path, named: str) -> Iterator[Path]:
    """The files of a table, by name; those that begin with a point or an underscore are no records."""
    if root.is_file():
        if not _suffix(root):
            raise DataError(f"{root}: {root.suffix or 'no suffix'}; expected files in {', '.join((*CSV, PARQUET))}")
        yield root
        return
    if not root.is_dir():
        missing = "a link that leads to no file" if root.is_symlink() else "no such file"
        raise DataError(
            f"{root}: {missing if not root.exists() else 'no file'}; expected {named}, which the definition names"
        )
    found = sorted(_below(root))
    if not found:
        what = "a link that leads to no file" if root.is_symlink() else "no file of records in it"
        raise DataError(f"{root}: {what}; expected files in {', '.join((*CSV, PARQUET))}, or {named} to be one")
    yield from found


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir() and "=" in path.name:
            yield from _below(path)
        elif path.is_file() and _suffix(path):
            yield path


def _suffix(path: Path) -> str:
    """The ending by which the kind of a file is known, nothing where it is of none."""
    name = path.name.lower()
    return next((ending for ending in (PARQUET, *CSV) if name.endswith(ending)), "")


def _partitions(root: Path, paths: Sequence[Path]) -> tuple[str, ...]:
    """The columns of the folders' names. Raises DataError where files lie in other ones."""
    found = {
        path: tuple(part.partition("=")[0] for part in path.relative_to(root).parts[:-1])
        for path in paths
        if root.is_dir()
    }
    for path, columns in found.items():
        if columns != found[paths[0]]:
            raise DataError(f"{path}: not in folders of the columns that {paths[0]} lies in; expected the same for all")
    return found[paths[0]] if found else ()


def _form(path: Path, spec: RecordFile, columns: Sequence[str]) -> Form:
    return form_of(path, columns, encoding=spec.encoding, delimiter=spec.delimiter, public=False)


def _require(path: Path, columns: Sequence[str], present: Sequence[str]) -> None:
    missing = [name for name in dict.fromkeys(columns) if name not in present]
    if missing:
        raise DelimitedError(
            path, None, ", ".join(missing), "no such column", f"it; the file has {', '.join(present) or 'none'}"
        )
    twice = sorted({name for name in present if present.count(name) > 1})
    if twice:
        raise DelimitedError(path, None, ", ".join(twice), "the name twice", "a name of its own for every column")


def _parquet_columns(path: Path) -> list[str]:
    try:
        return list(pq.read_schema(path).names)
    except (ArrowException, OSError):
        raise DataError(f"{path}: can't be read; expected a whole Parquet file") from None
