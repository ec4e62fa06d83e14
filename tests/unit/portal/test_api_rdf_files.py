"""RDF as files: the same bytes whatever the order of what is in them."""

import os
import subprocess
import sys

import pytest
import rdflib

from seuil.portal.api.rdf_files import FORMATS

SCRIPT = """
import sys
from rdflib import DCAT, DCTERMS, RDF, Literal, Namespace, URIRef
from seuil.portal.api.rdf_files import new_graph, rdf_file
graph, other = new_graph(), Namespace("http://other.example/")
for k in range(20):
    one = URIRef(f"http://site.example/{k}")
    graph.add((one, RDF.type, DCAT.Dataset))
    graph.add((one, other[f"term{k % 3}"], Literal(k)))
    for text, language in (("titre", "fr"), ("title", "en")):
        graph.add((one, DCTERMS.title, Literal(f"{text} {k}", lang=language)))
    graph.add((one, DCAT.distribution, URIRef(f"http://site.example/{k}/csv")))
    graph.add((URIRef(f"http://site.example/{k}/csv"), RDF.type, DCAT.Distribution))
sys.stdout.buffer.write(rdf_file(graph, sys.argv[1]))
"""


@pytest.mark.parametrize("fmt", FORMATS)
def test_each_process_writes_the_same(fmt: str) -> None:
    def written(hash_seed: str) -> bytes:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run(
            [sys.executable, "-c", SCRIPT, fmt], env=environment, capture_output=True, check=True
        ).stdout

    first = written("1")
    assert first == written("2")
    assert len(rdflib.Graph().parse(data=first, format=FORMATS[fmt])) == 6 * 20
