"""How the API describes a dataset: the documented shape, made from its entry in the catalogue."""

import hashlib
from datetime import datetime, time

from seuil.archive.release import Release
from seuil.catalogue.entry import Entry, FieldEntry
from seuil.model.columns import HIDDEN, MISSING
from seuil.model.text import LANGUAGES, Language
from seuil.portal.api.asked import Json
from seuil.portal.exports.keys import in_zone
from seuil.portal.exports.notice import disclaimer
from seuil.portal.store.listing import features_of

_ABSENT = (
    "references",
    "geographic_reference_auto",
    "geographic_area",
    "geographic_area_mode",
    "source_domain",
    "source_domain_title",
    "source_domain_address",
    "source_dataset",
    "parent_domain",
    "oauth_scope",
)


def describe(entry: Entry, release: Release, language: Language, zone: str = "UTC") -> Json:
    """A dataset as `catalog/datasets/{id}` answers it. zone: of its times."""
    return {
        "dataset_id": entry.id,
        "dataset_uid": f"da_{hashlib.sha256(entry.id.encode()).hexdigest()[:6]}",
        "attachments": [],
        "alternative_exports": [],
        "has_records": True,
        "data_visible": True,
        "visibility": "domain",
        "features": list(features_of(entry)),
        "metas": {
            "default": default_metas(entry, release, language, zone),
            "custom": _custom(entry, release, language),
        },
        "fields": [_field(field, entry, language) for field in entry.fields],
    }


def default_metas(entry: Entry, release: Release, language: Language, zone: str = "UTC") -> Json:
    """The template `default`, whose names a query of the catalogue may use. zone: of its times."""
    published = in_zone(release.published, zone).isoformat()
    return {
        "title": entry.title.in_(language),
        "description": entry.description.in_(language),
        "keyword": [text.in_(language) for text in entry.keywords] or None,
        "theme": [text.in_(language) for text in entry.themes] or None,
        "publisher": entry.publisher.in_(language),
        "license": entry.licence,
        "license_url": entry.licence_url,
        "language": LANGUAGES[0],
        "metadata_languages": list(LANGUAGES),
        "modified": in_zone(datetime.combine(entry.modified, time()), zone).isoformat(),
        "data_processed": published,
        "metadata_processed": published,
        "records_count": entry.rows,
        "territory": None,
        "geographic_reference": None,
        "timezone": None,
        "attributions": [disclaimer(entry).in_(language)],
        "shared_catalog": False,
        "federated": False,
        "modified_updates_on_data_change": False,
        "modified_updates_on_metadata_change": False,
        **dict.fromkeys(_ABSENT),
    }


def _custom(entry: Entry, release: Release, language: Language) -> Json:
    """What the vendor's templates have no name for."""
    guarantee = entry.guarantee
    return {
        "purpose": entry.purpose.in_(language),
        "disclaimer": disclaimer(entry).in_(language),
        "origin": entry.origin.in_(language),
        "fictitious": entry.fictitious,
        "release": release.number,
        "unit": guarantee.unit.in_(language),
        "threshold": guarantee.threshold,
        "rounding": guarantee.rounding,
        "proved": guarantee.proved,
        "level": guarantee.level,
        "zeros": guarantee.zeros,
    }


def _field(field: FieldEntry, entry: Entry, language: Language) -> Json:
    return {
        "name": field.name,
        "label": field.label.in_(language),
        "type": field.type,
        "description": _field_description(field, entry, language),
        "annotations": _annotations(field, entry),
    }


def _field_description(field: FieldEntry, entry: Entry, language: Language) -> str | None:
    if not any(measure.hidden_by == field.name for measure in entry.fields):
        return None
    if language == "en":
        return f"{HIDDEN}: not significant, the figure is hidden; {MISSING}: there is no figure; null: it is shown."
    return f"{HIDDEN} : non significatif, le chiffre est masqué ; {MISSING} : il n’y en a pas ; null : il est montré."


def _annotations(field: FieldEntry, entry: Entry) -> Json:
    annotations: Json = {}
    if field.facet:
        annotations["facet"] = []
    if field.multivalued:
        annotations["multivalued"] = [","]
    elif field.type == "text":
        annotations["sortable"] = []
    if field.type == "date":
        annotations["timeserie_precision"] = ["year"]
    for measure in entry.measures:
        if measure.name == field.of and field.type in ("int", "double"):
            annotations["decimals"] = [str(measure.decimals)]
            if measure.unit_label.fr:
                annotations["unit"] = [measure.unit_label.fr]
    return annotations
