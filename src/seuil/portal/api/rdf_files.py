"""RDF as files: the same graph gives the same bytes in every process, as its `ETag` promises."""

from collections.abc import Generator
from typing import Any

import orjson
from rdflib import Graph
from rdflib.plugins.stores.memory import Memory

FORMATS = {"ttl": "turtle", "rdf": "xml", "dcat": "xml", "jsonld": "json-ld", "dublin_core": "xml"}
"""The library's name of each. Its prettier XML names namespaces in the order of their hashes."""


class _SortedMemory(Memory):
    """A store that tells triples in order; the library's own tells them by their hashes, which each process draws."""

    def triples(self, triple_pattern: tuple[Any, Any, Any], context: Graph | None = None) -> Generator[Any, None, None]:
        yield from sorted(super().triples(triple_pattern, context), key=lambda found: found[0])


def new_graph() -> Graph:
    """An empty graph for `rdf_file`."""
    return Graph(store=_SortedMemory())


def rdf_file(graph: Graph, fmt: str) -> bytes:
    """A graph that `new_graph` gave, in one of `FORMATS`."""
    written = graph.serialize(format=FORMATS[fmt]).encode()
    # Lists of JSON-LD have no order, unless they say that they have one: ours don't.
    return orjson.dumps(_sorted(orjson.loads(written)), option=orjson.OPT_SORT_KEYS) if fmt == "jsonld" else written


def _sorted(part: object) -> object:
    if isinstance(part, list):
        return sorted(map(_sorted, part), key=lambda one: orjson.dumps(one, option=orjson.OPT_SORT_KEYS))
    return {name: _sorted(one) for name, one in part.items()} if isinstance(part, dict) else part
