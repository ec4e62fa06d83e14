"""schema.org's Dataset, for search engines: https://schema.org/Dataset."""

from seuil.model.text import LANGUAGES
from seuil.portal.exports.export import FORMATS, MEDIA_TYPES
from seuil.portal.metadata.dataset import Described

Json = dict[str, object]


def schema_org(described: Described) -> Json:
    """The dataset as JSON-LD."""
    entry = described.entry
    publisher: Json = {"@type": "Organization", "name": entry.publisher.fr, "url": f"{described.origin}/"}
    told: Json = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": described.page("fr"),
        "name": entry.title.fr,
        "alternateName": entry.title.en,
        "description": described.description,
        "url": described.page("fr"),
        "identifier": entry.id,
        "version": str(described.release),
        "keywords": [word.fr for word in entry.keywords],
        "license": entry.licence_url or entry.licence,
        "isAccessibleForFree": True,
        "inLanguage": list(LANGUAGES),
        "creator": publisher,
        "publisher": publisher,
        "dateModified": entry.modified.isoformat(),
        "datePublished": described.day,
        "spatialCoverage": {"@type": "Place", "name": "France"},
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Catalogue", "url": f"{described.origin}/"},
        "variableMeasured": [
            {"@type": "PropertyValue", "name": measure.name, "description": measure.label.fr}
            | ({"unitText": measure.unit_label.fr} if measure.unit_label.fr else {})
            for measure in entry.measures
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": fmt.upper(),
                "encodingFormat": MEDIA_TYPES[fmt].partition(";")[0],
                "contentUrl": described.file(fmt),
            }
            for fmt in FORMATS
        ],
    }
    if described.years is not None:
        told["temporalCoverage"] = "/".join(map(str, described.years))
    return told
