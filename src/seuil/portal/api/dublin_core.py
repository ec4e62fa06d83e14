"""The catalogue in the terms of Dublin Core."""

from collections.abc import Sequence

from rdflib import DCTERMS, RDF, Graph, Literal, URIRef

from seuil.catalogue.entry import Entry
from seuil.model.text import Language
from seuil.portal.api.asked import Asked
from seuil.portal.api.rdf_files import new_graph

_DATASET = URIRef("http://purl.org/dc/dcmitype/Dataset")


def dublin_core_graph(asked: Asked, entries: Sequence[Entry], language: Language) -> Graph:
    """A resource for each dataset, with its texts in one language."""
    graph = new_graph()
    graph.bind("dct", DCTERMS)
    for entry in entries:
        dataset = URIRef(asked.dataset(entry.id))
        graph.add((dataset, RDF.type, _DATASET))
        graph.add((dataset, DCTERMS.type, _DATASET))
        told = [
            (DCTERMS.title, entry.title),
            (DCTERMS.description, entry.description),
            (DCTERMS.publisher, entry.publisher),
            *((DCTERMS.subject, text) for text in (*entry.keywords, *entry.themes)),
        ]
        for term, text in told:
            graph.add((dataset, term, Literal(text.in_(language), lang=language)))
        graph.add((dataset, DCTERMS.identifier, Literal(entry.id)))
        graph.add((dataset, DCTERMS.language, Literal(language)))
        graph.add((dataset, DCTERMS.modified, Literal(entry.modified)))
        graph.add((dataset, DCTERMS.rights, Literal(entry.licence)))
        if entry.licence_url:
            graph.add((dataset, DCTERMS.license, URIRef(entry.licence_url)))
    return graph
