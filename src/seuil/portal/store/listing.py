"""The catalogue as a table in each language, so that ODSQL can search, filter and sort datasets as it does rows."""

from datetime import datetime, time

from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.text import LANGUAGES, Language, Text
from seuil.odsql import Field, Schema
from seuil.portal.store.connection import identifier, literal

RELATIONS: dict[Language, str] = {"fr": "catalogue", "en": "catalogue_en"}
"""The tables by the language of their texts."""

_Value = str | int | datetime | list[str] | tuple[str, ...]

SCHEMA = Schema(
    (
        Field("dataset_id", "text"),
        Field("title", "text"),
        Field("description", "text"),
        Field("keyword", "text", facet=True, disjunctive=True, multivalued=True),
        Field("theme", "text", facet=True, disjunctive=True, multivalued=True),
        Field("publisher", "text", facet=True),
        Field("license", "text", facet=True),
        Field("license_url", "text"),
        Field("modified", "datetime", facet=True),
        Field("data_processed", "datetime"),
        Field("metadata_processed", "datetime"),
        Field("language", "text", facet=True),
        Field("records_count", "int"),
        Field("features", "text", facet=True, disjunctive=True, multivalued=True),
    )
)
LABELS = {
    "dataset_id": Text(fr="Identifiant", en="Identifier"),
    "title": Text(fr="Titre", en="Title"),
    "description": Text(fr="Description", en="Description"),
    "keyword": Text(fr="Mots clés", en="Keywords"),
    "theme": Text(fr="Thèmes", en="Themes"),
    "publisher": Text(fr="Producteur", en="Publisher"),
    "license": Text(fr="Licence", en="Licence"),
    "license_url": Text(fr="Adresse de la licence", en="Address of the licence"),
    "modified": Text(fr="Modifié le", en="Modified on"),
    "data_processed": Text(fr="Données publiées le", en="Data published on"),
    "metadata_processed": Text(fr="Métadonnées publiées le", en="Metadata published on"),
    "language": Text(fr="Langue", en="Language"),
    "records_count": Text(fr="Nombre d’enregistrements", en="Number of records"),
    "features": Text(fr="Possibilités", en="Features"),
}

_SQL_TYPES = {"text": "VARCHAR", "int": "BIGINT", "datetime": "TIMESTAMP"}


def features_of(entry: Entry) -> tuple[str, ...]:
    """What clients may do with a dataset, in the API's words."""
    yearly = any(field.type == "date" for field in entry.period_fields)
    return ("analyze", "timeserie") if yearly else ("analyze",)


def listing_statements(catalogue: Catalogue, published: datetime) -> tuple[str, ...]:
    """The SQL that makes the tables; a row's `_row` is its dataset's place in the catalogue. published: in UTC."""
    columns = ", ".join(
        f"{identifier(field.name)} {_SQL_TYPES[field.type]}{'[]' if field.multivalued else ''}"
        for field in SCHEMA.fields
    )
    statements = []
    for language, relation in RELATIONS.items():
        statements.append(f"CREATE TABLE {relation} ({columns}, _row BIGINT)")
        for at, entry in enumerate(catalogue.entries):
            statements.append(f"INSERT INTO {relation} VALUES ({_row(entry, published, at, language)})")
    return tuple(statements)


def _row(entry: Entry, published: datetime, position: int, language: Language) -> str:
    values: tuple[_Value, ...] = (
        entry.id,
        entry.title.in_(language),
        entry.description.in_(language),
        [word.in_(language) for word in entry.keywords],
        [theme.in_(language) for theme in entry.themes],
        entry.publisher.in_(language),
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
