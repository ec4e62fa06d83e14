"""Files of records: Parquet and CSV by suffix, checked for the columns that the definition names."""

import csv
from collections.abc import Sequence
from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend
from pyarrow import ArrowException

from seuil.model.errors import DataError
from seuil.records.engine import no_values_in_errors

DELIMITERS = ",;\t|"


def open_records(connection: Backend, folder: Path, file: str, columns: Sequence[str]) -> ir.Table:
    """The table of a file. A CSV's columns are texts.

    Raises DataError where the file, its format or a column is not there.
    """
    path = folder / file
    if not path.is_file():
        raise DataError(f"{path}: no such file; the definition names {file}")
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise DataError(f"{path}: {suffix or 'no suffix'}; records are .csv or .parquet files")
    with no_values_in_errors(str(path)):
        present, delimiter = _csv_header(path) if suffix == ".csv" else (_parquet_columns(path), "")
    _require(path, columns, present)
    with no_values_in_errors(str(path)):
        if suffix == ".parquet":
            return connection.read_parquet(str(path))
        return connection.read_csv(
            str(path),
            header=True,
            delim=delimiter,
            quote='"',
            escape='"',
            auto_detect=False,
            columns=dict.fromkeys(present, "VARCHAR"),
        )


def _require(path: Path, columns: Sequence[str], present: Sequence[str]) -> None:
    missing = [name for name in dict.fromkeys(columns) if name not in present]
    if missing:
        names = ", ".join(missing)
        raise DataError(f"{path}: no column {names}; the file has {', '.join(present) or 'none'}")
    twice = sorted({name for name in present if present.count(name) > 1})
    if twice:
        raise DataError(f"{path}: column {', '.join(twice)} stands twice; every column has a name of its own")


def _parquet_columns(path: Path) -> list[str]:
    try:
        return list(pq.read_schema(path).names)
    except ArrowException:
        raise DataError(f"{path}: can't be read; expected a whole Parquet file") from None


def _csv_header(path: Path) -> tuple[list[str], str]:
    """Names of the columns, and which of DELIMITERS parts the most of them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = file.readline()
    except UnicodeDecodeError:
        raise DataError(f"{path}: bytes that are not UTF-8; save the file as UTF-8") from None
    delimiter = max(DELIMITERS, key=line.count)
    return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), []), delimiter
