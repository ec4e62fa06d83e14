"""The columns of a dataset: as a query may name them, and as its file has to hold them."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from seuil.catalogue.entry import Entry, FieldEntry
from seuil.model.errors import ReleaseError
from seuil.odsql import Field, Schema
from seuil.odsql.schema import Texts
from seuil.portal.store.bounds import bounded_fields
from seuil.portal.store.paths import path_fields
from seuil.portal.store.places import PLACE, SHAPE, shapes_of
from seuil.portal.store.shapes import Areas


def _is_text(kind: pa.DataType) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


_STORED: dict[str, Callable[[pa.DataType], bool]] = {
    "text": _is_text,
    "int": pa.types.is_integer,
    "date": lambda kind: pa.types.is_integer(kind) or pa.types.is_date32(kind),  # a whole year, or its first day
    "double": pa.types.is_floating,
    "boolean": pa.types.is_boolean,
}


def schema_of(entry: Entry, texts: Callable[[str], Texts] | None = None) -> Schema:
    """What queries may name. texts: what knows the values of a column of texts.

    Raises ReleaseError where the catalogue says what can't be queried.
    """
    bounded = bounded_fields(entry)
    try:
        return Schema(
            tuple(
                Field(
                    field.name,
                    field.type,
                    field.label.fr,
                    facet=field.facet,
                    multivalued=field.multivalued,
                    hidden_by=field.hidden_by,
                    blank_hides=_blank_hides(entry, field),
                    adds_up=_is_measure(entry, field),
                    bounded=field.name in bounded,
                    texts=texts(field.name) if texts and field.type == "text" and not field.multivalued else None,
                )
                for field in entry.fields
            ),
            implicit=(*_places(entry), *path_fields(entry)),
        )
    except ValueError as error:
        raise ReleaseError(f"catalogue.json: {entry.id}: {error}; rebuild the release") from error


def _places(entry: Entry) -> tuple[Field, ...]:
    areas = tuple(dict.fromkeys(shapes_of(entry).values()))
    if not areas:
        return ()
    return Field(PLACE, "geo_point_2d", "Lieu"), Field(SHAPE, "geo_shape", "Contour", shapes=Areas(areas))


def _blank_hides(entry: Entry, field: FieldEntry) -> bool:
    """Whether the field is a proved measure that has no status beside it: what it hides is blank."""
    return _is_measure(entry, field) and field.hidden_by is None and entry.source == "records"


def _is_measure(entry: Entry, field: FieldEntry) -> bool:
    """Whether the field has the figures of a measure, as numbers."""
    measures = {measure.name for measure in entry.measures}
    return field.of in measures and field.type in ("int", "double")


def check_columns(entry: Entry, path: Path) -> None:
    """Compare a Parquet file with the catalogue. Raises ReleaseError that names the column at fault."""
    try:
        stored = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise ReleaseError(f"{entry.data_file}: is no Parquet file; rebuild the release") from error
    found = list(stored.names)
    expected = [field.name for field in entry.fields]
    if found != expected:
        raise ReleaseError(
            f"{entry.data_file}: has the columns {', '.join(found)}; the catalogue says {', '.join(expected)}"
        )
    for field in entry.fields:
        _check_type(entry, field, stored.field(field.name).type)


def dates_of(path: Path) -> tuple[str, ...]:
    """The columns of a checked file that hold dates, of which queries see the year."""
    return tuple(field.name for field in pq.read_schema(path) if pa.types.is_date(field.type))


def _check_type(entry: Entry, field: FieldEntry, found: pa.DataType) -> None:
    of_one = found.value_type if field.multivalued and pa.types.is_list(found) else found
    if field.multivalued != pa.types.is_list(found) or not _STORED[field.type](of_one):
        said = f"lists of {field.type}" if field.multivalued else field.type
        raise ReleaseError(f"{entry.data_file}: column {field.name} holds {found}; the catalogue says {said}")
