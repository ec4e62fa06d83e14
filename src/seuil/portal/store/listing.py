"""The catalogue as a table, so that ODSQL can search, filter and sort datasets as it does rows."""

from datetime import datetime, time

from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.text import LANGUAGES, Text
from seuil.odsql import Field, Schema
from seuil.portal.store.connection import identifier, literal

RELATION = "catalogue"

_Value = str | int | datetime | list[str] | tuple[str, ...]

SCHEMA = Schema(
    (
        Field("dataset_id", "text", "Identifiant"),
        Field("title", "text", "Titre"),
        Field("description", "text", "Description"),
        Field("keyword", "text", "Mots clés", facet=True, disjunctive=True, multivalued=True),
        Field("theme", "text", "Thèmes", facet=True, disjunctive=True, multivalued=True),
        Field("publisher", "text", "Producteur", facet=True),
        Field("license", "text", "Licence", facet=True),
        Field("license_url", "text", "Adresse de la licence"),
        Field("modified", "datetime", "Modifié le", facet=True),
        Field("data_processed", "datetime", "Données publiées le"),
        Field("metadata_processed", "datetime", "Métadonnées publiées le"),
        Field("language", "text", "Langue", facet=True),
        Field("records_count", "int", "Nombre d’enregistrements"),
        Field("features", "text", "Possibilités", facet=True, disjunctive=True, multivalued=True),
    )
)

_SQL_TYPES = {"text": "VARCHAR", "int": "BIGINT", "datetime": "TIMESTAMP"}


def features_of(entry: Entry) -> tuple[str, ...]:
    """What clients may do with a dataset, in the API's words."""
    yearly = any(field.type == "date" for field in entry.period_fields)
    return ("analyze", "timeserie") if yearly else ("analyze",)


def words(texts: tuple[Text, ...]) -> list[str]:
    """Keywords and themes as the API lists them: in French."""
    return [text.fr for text in texts]


def listing_statements(catalogue: Catalogue, published: datetime) -> tuple[str, ...]:
    """The SQL that makes the table; a row's `_row` is its dataset's place in the catalogue. published: in UTC."""
    columns = ", ".join(
        f"{identifier(field.name)} {_SQL_TYPES[field.type]}{'[]' if field.multivalued else ''}"
        for field in SCHEMA.fields
    )
    create = f"CREATE TABLE {RELATION} ({columns}, _row BIGINT)"
    rows = [
        f"INSERT INTO {RELATION} VALUES ({_row(entry, published, at)})" for at, entry in enumerate(catalogue.entries)
    ]
    return (create, *rows)


def _row(entry: Entry, published: datetime, position: int) -> str:
    values: tuple[_Value, ...] = (
        entry.id,
        entry.title.fr,
        entry.description.fr,
        words(entry.keywords),
        words(entry.themes),
        entry.publisher.fr,
        entry.licence,
        entry.licence_url,
        datetime.combine(entry.modified, time()),
        published,
        published,
        LANGUAGES[0],
        entry.rows,
        features_of(entry),
        position,
    )
    return ", ".join(_written(value) for value in values)


def _written(value: _Value) -> str:
    if isinstance(value, datetime):
        return f"TIMESTAMP {literal(value.replace(tzinfo=None, microsecond=0).isoformat(sep=' '))}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return literal(value)
    return f"CAST([{', '.join(literal(text) for text in value)}] AS VARCHAR[])"
