"""Files of records: Parquet and CSV by suffix, checked for the columns that the definition names."""

from collections.abc import Sequence
from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend
from pyarrow import ArrowException

from seuil.model.definition import Memberships, People
from seuil.model.delimited import DelimitedError, Form, form_of
from seuil.model.errors import DataError
from seuil.records.engine import no_values_in_errors

ENGINE_ENCODINGS = {"utf-8": "utf-8", "windows-1252": "latin-1", "iso-8859-1": "latin-1"}
"""DuckDB's names. It refuses the few characters in which windows-1252 goes beyond ISO 8859-1."""


def open_records(connection: Backend, folder: Path, spec: People | Memberships, columns: Sequence[str]) -> ir.Table:
    """The table of a file. A CSV's columns are texts.

    Raises DataError where the file, its format or a column is not there.
    """
    path = folder / spec.file
    if not path.is_file():
        raise DataError(f"{path}: no such file; the definition names {spec.file}")
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise DataError(f"{path}: {suffix or 'no suffix'}; records are .csv or .parquet files")
    if suffix == ".parquet":
        with no_values_in_errors(str(path)):
            _require(path, columns, _parquet_columns(path))
            return connection.read_parquet(str(path))
    form = _form(folder, spec, columns)
    with no_values_in_errors(str(path)):
        return connection.read_csv(
            str(path),
            header=True,
            delim=form.delimiter,
            quote='"',
            escape='"',
            encoding=ENGINE_ENCODINGS[form.encoding],
            auto_detect=False,
            columns=dict.fromkeys(form.columns, "VARCHAR"),
        )


def find_fault(folder: Path, spec: People | Memberships) -> None:
    """Raise DataError for the first line of a CSV file that can't be a record; for use where the engine found one.

    The engine says less of it, and in words that quote values.
    """
    if Path(spec.file).suffix.lower() != ".csv":
        return
    for _ in _form(folder, spec, ()).records():
        pass


def _form(folder: Path, spec: People | Memberships, columns: Sequence[str]) -> Form:
    return form_of(folder / spec.file, columns, encoding=spec.encoding, delimiter=spec.delimiter, public=False)


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
    except ArrowException:
        raise DataError(f"{path}: can't be read; expected a whole Parquet file") from None
