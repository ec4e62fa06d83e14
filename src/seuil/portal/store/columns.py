"""The columns of a dataset: as a query may name them, and as its file has to hold them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from seuil.catalogue.entry import Entry, FieldType
from seuil.model.errors import ReleaseError
from seuil.odsql import Field, Schema


def _is_text(kind: pa.DataType) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


_STORED = {
    "text": _is_text,
    "int": pa.types.is_integer,
    "date": pa.types.is_integer,  # a whole year
    "double": pa.types.is_floating,
    "boolean": pa.types.is_boolean,
}


def schema_of(entry: Entry) -> Schema:
    """What queries may name. Raises ReleaseError where the catalogue says what can't be queried."""
    try:
        return Schema(
            tuple(
                Field(field.name, field.type, field.label.fr, facet=field.facet, hidden_by=field.hidden_by)
                for field in entry.fields
            )
        )
    except ValueError as error:
        raise ReleaseError(f"catalogue.json: {entry.id}: {error}; build the release anew") from error


def check_columns(entry: Entry, path: Path) -> None:
    """Compare a Parquet file with the catalogue. Raises ReleaseError that names the column at fault."""
    try:
        stored = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise ReleaseError(f"{entry.data_file}: is no Parquet file; build the release anew") from error
    found = list(stored.names)
    expected = [field.name for field in entry.fields]
    if found != expected:
        raise ReleaseError(
            f"{entry.data_file}: has the columns {', '.join(found)}; the catalogue says {', '.join(expected)}"
        )
    for field in entry.fields:
        _check_type(entry, field.name, field.type, stored.field(field.name).type)


def _check_type(entry: Entry, name: str, expected: FieldType, found: pa.DataType) -> None:
    if not _STORED[expected](found):
        raise ReleaseError(f"{entry.data_file}: column {name} holds {found}; the catalogue says {expected}")
