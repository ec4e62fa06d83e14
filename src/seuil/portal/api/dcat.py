"""The catalogue in DCAT, for harvesters: https://www.w3.org/TR/vocab-dcat-3/."""

from collections.abc import Sequence
from urllib.parse import quote

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

from seuil.catalogue.entry import Entry
from seuil.model.text import LANGUAGES, Text
from seuil.portal.api.asked import Asked
from seuil.portal.api.rdf_files import new_graph
from seuil.portal.exports.export import FORMATS, MEDIA_TYPES, Format

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_RIGHTS = f"{_AUTHORITY}access-right/PUBLIC"
_HEALTH = f"{_AUTHORITY}data-theme/HEAL"
_FRANCE = f"{_AUTHORITY}country/FRA"
_AVAILABLE = f"{_AUTHORITY}planned-availability/AVAILABLE"
_LANGUAGES = {"fr": f"{_AUTHORITY}language/FRA", "en": f"{_AUTHORITY}language/ENG"}
_FILE_TYPES: dict[str, str] = {
    "csv": "CSV", "json": "JSON", "jsonl": "JSON", "xlsx": "XLSX", "parquet": "PARQUET", "geojson": "GEOJSON",
    "kml": "KML", "shp": "SHP", "gpx": "GPX", "fgb": "BIN", "ov2": "BIN",
    "turtle": "RDF_TURTLE", "n3": "N3", "rdfxml": "RDF_XML", "jsonld": "JSON_LD",
}  # fmt: skip
_PUBLISHERS = "http://purl.org/adms/publishertype/"
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_DCATAP = Namespace("http://data.europa.eu/r5r/")
_VERSION = URIRef("http://www.w3.org/ns/dcat#version")  # of DCAT 3, which the library has no name for yet
_SPDX = Namespace("http://spdx.org/rdf/terms#")
_YEARS = range(1000, 10000)


def dcat_graph(asked: Asked, entries: Sequence[Entry], formats: Sequence[str], *, labels: bool = True) -> Graph:
    """The graph of the catalogue with these datasets. formats: those that distributions are listed for. labels: whether
    their tables have labels as headings, instead of names.

    Valid against the SHACL shapes of DCAT-AP 3.0.1, which a test has.
    """
    graph = new_graph()
    graph.bind("dcat", DCAT)
    graph.bind("dct", DCTERMS)
    catalogue = URIRef(f"{asked.catalogue}/datasets")
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    _texts(graph, catalogue, DCTERMS.title, Text(fr="Catalogue", en="Catalogue"))
    _texts(graph, catalogue, DCTERMS.description, Text(fr="Jeux de données ouvertes", en="Open datasets"))
    _refer(graph, catalogue, FOAF.homepage, f"{asked.origin}/", FOAF.Document)
    _refer(graph, catalogue, DCAT.themeTaxonomy, f"{_AUTHORITY}data-theme", SKOS.ConceptScheme)
    graph.add((URIRef(f"{_AUTHORITY}data-theme"), DCTERMS.title, Literal("Data theme", lang="en")))
    _languages(graph, catalogue)
    _refer(graph, catalogue, DCTERMS.spatial, _FRANCE, DCTERMS.Location)
    published = asked.served.release.published.isoformat()
    _when(graph, catalogue, DCTERMS.issued, published, "dateTime")
    _when(graph, catalogue, DCTERMS.modified, published, "dateTime")
    for entry in entries:
        dataset = _dataset(graph, asked, entry, formats, labels)
        graph.add((catalogue, DCAT.dataset, dataset))
    if entries:
        graph.add((catalogue, DCTERMS.publisher, _publisher(graph, asked, entries[0])))
        _licence(graph, catalogue, entries[0])
    return graph


def _dataset(graph: Graph, asked: Asked, entry: Entry, formats: Sequence[str], labels: bool) -> URIRef:
    dataset = URIRef(asked.dataset(entry.id))
    graph.add((dataset, RDF.type, DCAT.Dataset))
    graph.add((dataset, DCTERMS.identifier, Literal(entry.id)))
    _texts(graph, dataset, DCTERMS.title, entry.title)
    _texts(graph, dataset, DCTERMS.description, entry.description if entry.description.fr else entry.title)
    for word in entry.keywords:
        _texts(graph, dataset, DCAT.keyword, word)
    _refer(graph, dataset, DCAT.theme, _HEALTH, SKOS.Concept)
    graph.add((URIRef(_HEALTH), SKOS.prefLabel, Literal("Health", lang="en")))
    _refer(graph, dataset, DCAT.landingPage, f"{asked.origin}/jeux/{quote(entry.id)}", FOAF.Document)
    _refer(graph, dataset, DCTERMS.accessRights, _RIGHTS, DCTERMS.RightsStatement)
    graph.add((dataset, DCTERMS.publisher, _publisher(graph, asked, entry)))
    graph.add((dataset, DCAT.contactPoint, _contact(graph, asked, entry)))
    _when(graph, dataset, DCTERMS.modified, entry.modified.isoformat(), "date")
    graph.add((dataset, _VERSION, Literal(str(asked.served.number))))
    _languages(graph, dataset)
    _refer(graph, dataset, DCTERMS.spatial, _FRANCE, DCTERMS.Location)
    if all(period in _YEARS for period in entry.periods):
        time = URIRef(f"{dataset}#periods")
        graph.add((time, RDF.type, DCTERMS.PeriodOfTime))
        _when(graph, time, DCAT.startDate, f"{min(entry.periods)}-01-01", "date")
        _when(graph, time, DCAT.endDate, f"{max(entry.periods)}-12-31", "date")
        graph.add((dataset, DCTERMS.temporal, time))
    for fmt in FORMATS:
        if fmt in formats:
            graph.add((dataset, DCAT.distribution, _distribution(graph, asked, entry, fmt, labels)))
    return dataset


def _distribution(graph: Graph, asked: Asked, entry: Entry, fmt: Format, labels: bool) -> URIRef:
    distribution = URIRef(f"{asked.dataset(entry.id)}/exports/{fmt}")
    graph.add((distribution, RDF.type, DCAT.Distribution))
    graph.add((distribution, DCTERMS.title, Literal(fmt.upper())))
    text = Text(fr=f"{entry.title.fr}, en {fmt.upper()}", en=f"{entry.title.en}, as {fmt.upper()}")
    _texts(graph, distribution, DCTERMS.description, text)
    _refer(graph, distribution, DCAT.accessURL, str(distribution), RDFS.Resource)
    headed = "?use_labels=true" if labels and fmt in ("csv", "xlsx") else ""
    _refer(graph, distribution, DCAT.downloadURL, f"{distribution}{headed}", RDFS.Resource)
    kind = URIRef(_MEDIA_TYPES + MEDIA_TYPES[fmt].partition(";")[0])
    _refer(graph, distribution, DCAT.mediaType, str(kind), DCTERMS.MediaType)
    file_type = f"{_AUTHORITY}file-type/{_FILE_TYPES[fmt]}"
    _refer(graph, distribution, DCTERMS.format, file_type, DCTERMS.MediaTypeOrExtent)
    _refer(graph, distribution, _DCATAP.availability, _AVAILABLE, SKOS.Concept)
    graph.add((URIRef(_AVAILABLE), SKOS.prefLabel, Literal("Available", lang="en")))
    _languages(graph, distribution)
    _licence(graph, distribution, entry)
    if fmt == "parquet":
        # The very file that was signed: anybody can compare.
        checksum = URIRef(f"{distribution}#sha256")
        graph.add((checksum, RDF.type, _SPDX.Checksum))
        _refer(graph, checksum, _SPDX.algorithm, str(_SPDX.checksumAlgorithm_sha256), _SPDX.ChecksumAlgorithm)
        value = Literal(asked.served.sha256(entry.id), datatype=XSD.hexBinary)
        graph.add((checksum, _SPDX.checksumValue, value))
        graph.add((distribution, _SPDX.checksum, checksum))
    return distribution


def _publisher(graph: Graph, asked: Asked, entry: Entry) -> URIRef:
    publisher = URIRef(f"{asked.origin}/mentions-legales#{quote(entry.publisher.fr, safe='')}")
    graph.add((publisher, RDF.type, FOAF.Agent))
    _texts(graph, publisher, FOAF.name, entry.publisher)
    kind = f"{_PUBLISHERS}NationalAuthority"
    _refer(graph, publisher, DCTERMS.type, kind, SKOS.Concept)
    graph.add((URIRef(kind), SKOS.prefLabel, Literal("National authority", lang="en")))
    return publisher


def _contact(graph: Graph, asked: Asked, entry: Entry) -> URIRef:
    contact = URIRef(f"{asked.origin}/mentions-legales#contact-{quote(entry.publisher.fr, safe='')}")
    graph.add((contact, RDF.type, _VCARD.Organization))
    graph.add((contact, RDF.type, _VCARD.Kind))
    graph.add((contact, _VCARD.fn, Literal(entry.publisher.fr, lang="fr")))
    graph.add((contact, _VCARD.hasURL, URIRef(f"{asked.origin}/mentions-legales")))
    return contact


def _licence(graph: Graph, subject: URIRef, entry: Entry) -> None:
    if entry.licence_url:
        _refer(graph, subject, DCTERMS.license, entry.licence_url, DCTERMS.LicenseDocument)
    elif entry.licence:
        statement = URIRef(f"{subject}#rights")  # a node without a name would have another one in each process
        graph.add((statement, RDF.type, DCTERMS.RightsStatement))
        graph.add((statement, DCTERMS.description, Literal(entry.licence)))
        graph.add((subject, DCTERMS.rights, statement))


def _languages(graph: Graph, subject: URIRef) -> None:
    for language in LANGUAGES:
        _refer(graph, subject, DCTERMS.language, _LANGUAGES[language], DCTERMS.LinguisticSystem)


def _refer(graph: Graph, subject: URIRef, predicate: URIRef, address: str, kind: URIRef) -> None:
    """Refer to something, and say what it is: harvesters don't look it up."""
    graph.add((subject, predicate, URIRef(address)))
    graph.add((URIRef(address), RDF.type, kind))


def _texts(graph: Graph, subject: URIRef, predicate: URIRef, text: Text) -> None:
    for language in LANGUAGES:
        if text.in_(language):
            graph.add((subject, predicate, Literal(text.in_(language), lang=language)))


def _when(graph: Graph, subject: URIRef, predicate: URIRef, moment: str, kind: str) -> None:
    graph.add((subject, predicate, Literal(moment, datatype=XSD[kind])))
