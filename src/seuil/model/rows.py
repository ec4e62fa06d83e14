"""Rows of a CSV file that lies beside a definition."""

import csv
from pathlib import Path

from seuil.model.errors import DefinitionError


def read_rows(path: Path, field: str) -> "csv.DictReader[str]":
    """Rows by column, of a UTF-8 file with commas and a header.

    Raises DefinitionError in the field that names the file where it can't be read.
    """
    try:
        return csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    except FileNotFoundError:
        raise DefinitionError(path, None, field, "no such file", "name a CSV file beside the definition") from None
    except IsADirectoryError:
        raise DefinitionError(path, None, field, "a folder", "name the CSV file in it") from None
    except UnicodeDecodeError:
        raise DefinitionError(path, None, field, "bytes that are not UTF-8", "save the file as UTF-8") from None
