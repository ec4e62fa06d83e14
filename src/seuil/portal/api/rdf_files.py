"""RDF as files: the same graph gives the same bytes in every process, as its `ETag` promises."""

from typing import TYPE_CHECKING

import orjson
from rdflib import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.graph import _TriplePatternType, _TripleType

FORMATS = {"ttl": "turtle", "rdf": "xml", "dcat": "xml", "jsonld": "json-ld", "dublin_core": "xml"}
"""The library's name of each. Its prettier XML names namespaces in the order of their hashes."""


class SortedGraph(Graph):
    """A graph that tells its triples in order; the library's own tells them by their hashes."""

    def triples(self, triple: "_TriplePatternType") -> "Iterator[_TripleType]":  # type: ignore[override]
        """Those that fit a pattern."""
        return iter(sorted(super().triples(triple)))


def rdf_file(graph: SortedGraph, fmt: str) -> bytes:
    """A graph in one of `FORMATS`."""
    written = graph.serialize(format=FORMATS[fmt]).encode()
    # Lists of JSON-LD have no order, unless they say that they have one: ours don't.
    return orjson.dumps(_sorted(orjson.loads(written)), option=orjson.OPT_SORT_KEYS) if fmt == "jsonld" else written


def _sorted(part: object) -> object:
    if isinstance(part, list):
        return sorted(map(_sorted, part), key=lambda one: orjson.dumps(one, option=orjson.OPT_SORT_KEYS))
    return {name: _sorted(one) for name, one in part.items()} if isinstance(part, dict) else part
