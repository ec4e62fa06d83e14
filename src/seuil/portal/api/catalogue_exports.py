"""The catalogue as a file: for spreadsheets and programs, for readers of feeds, and for harvesters (DCAT).

| format | what it is |
|---|---|
| `json`, `csv`, `xlsx` | the datasets, as `catalog/datasets` has them; a row each |
| `rss` | a feed of the datasets |
| `data.json` | the catalogue of Project Open Data |
| `ttl`, `rdf`, `jsonld` | DCAT in Turtle, RDF/XML and JSON-LD; `dcat` is `rdf` |
| `dublin_core` | the datasets in the terms of Dublin Core, as RDF/XML |
"""

from collections.abc import Sequence
from dataclasses import replace
from email.utils import format_datetime
from typing import Literal
from xml.etree import ElementTree

import orjson

from seuil.catalogue.entry import Entry
from seuil.model.text import Language
from seuil.odsql import Compiled, InvalidParameterError, compile_export
from seuil.portal.api.asked import Asked
from seuil.portal.api.catalogue import chosen, listing_of, plain_select, short_name, short_names
from seuil.portal.api.parameters import read_form, read_language, read_query, read_truth
from seuil.portal.exports.csv_text import csv_chunks
from seuil.portal.exports.export import FORMATS, MEDIA_TYPES
from seuil.portal.exports.keys import json_rows, keys_of
from seuil.portal.exports.xlsx import xlsx_chunks
from seuil.portal.store import listing

CatalogueFormat = Literal["json", "csv", "xlsx", "rss", "data.json", "ttl", "rdf", "jsonld", "dcat", "dublin_core"]
CATALOGUE_MEDIA_TYPES: dict[CatalogueFormat, str] = {
    "json": MEDIA_TYPES["json"],
    "csv": MEDIA_TYPES["csv"],
    "xlsx": MEDIA_TYPES["xlsx"],
    "rss": "application/rss+xml; charset=utf-8",
    "data.json": MEDIA_TYPES["json"],
    "ttl": "text/turtle; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "jsonld": "application/ld+json; charset=utf-8",
    "dcat": "application/rdf+xml; charset=utf-8",
    "dublin_core": "application/rdf+xml; charset=utf-8",
}
OF_ROWS: tuple[CatalogueFormat, ...] = ("json", "csv", "xlsx")
"""Formats of rows, of which `select` and `group_by` say what they tell; others describe whole datasets."""
WITH_BOM = ("/api/explore/v2.1",)
"""Versions whose CSV begins with a byte order mark unless the URL says otherwise."""


def catalogue_file(asked: Asked, fmt: CatalogueFormat) -> bytes:
    """The catalogue in a format. Raises RefusedQueryError."""
    request, language = read_query(asked.query), read_language(asked.query)
    if fmt in ("csv", "xlsx"):
        return _table(asked, fmt)
    plain = plain_select(asked.served, request)
    whole = plain is not None or fmt != "json"
    compiled = compiled_listing(asked, fmt, of_ids=whole)
    rows = asked.served.fetch(compiled)
    if not whole:
        return orjson.dumps(json_rows(keys_of(compiled), rows))
    entries = [asked.served.entry(str(row[0])) for row in rows]
    match fmt:
        case "json":
            return orjson.dumps([chosen(asked, entry.id, plain or ()) for entry in entries])
        case "rss":
            return _rss(asked, entries, language)
        case "data.json":
            return orjson.dumps(_data_json(asked, entries, language))
        case "dublin_core":
            from seuil.portal.api.dublin_core import dublin_core_graph
            from seuil.portal.api.rdf_files import rdf_file

            return rdf_file(dublin_core_graph(asked, entries, language), fmt)
        case _:
            # Takes a third of a second to import: only harvesters ask for it.
            from seuil.portal.api.dcat import dcat_graph
            from seuil.portal.api.rdf_files import rdf_file

            labels = read_truth(asked.query, "use_labels_in_exports", True)
            return rdf_file(dcat_graph(asked, entries, _formats(asked), labels=labels), fmt)


def compiled_listing(asked: Asked, fmt: CatalogueFormat, *, of_ids: bool = False) -> Compiled:
    """The query for the datasets of a file. of_ids: for their identifiers alone. Raises RefusedQueryError."""
    as_written = read_query(asked.query)
    request = short_names(as_written)
    # What says how the file is to be is refused before anything is made.
    read_truth(asked.query, "use_labels_in_exports", True)
    _formats(asked)
    if fmt not in OF_ROWS:
        for name, said in (("select", request.select), ("group_by", request.group_by)):
            if (said or "*").strip() != "*":
                expected = f"nothing, for {fmt} describes whole datasets ({', '.join(OF_ROWS)} have rows)"
                raise InvalidParameterError(name, said or "", expected)
    if of_ids or plain_select(asked.served, as_written) is not None:
        # Parts of a description that the listing has no column for are taken from the description itself.
        parts = [name.strip() for name in (as_written.select or "").split(",")]
        listed = replace(request, select=", ".join(name for name in parts if short_name(name) in listing.SCHEMA))
        select = "dataset_id" if of_ids else short_names(listed).select or None
        request = replace(request, select=select, group_by=None if of_ids else request.group_by)
    return compile_export(request, listing.SCHEMA, listing_of(asked))


def _formats(asked: Asked) -> tuple[str, ...]:
    """The formats that distributions are listed for: all, or those that `include_exports` names."""
    said = [name.strip() for name in asked.query.get("include_exports", "").split(",") if name.strip()]
    for name in said:
        if name not in FORMATS:
            raise InvalidParameterError("include_exports", name, f"some of {', '.join(FORMATS)}")
    return tuple(fmt for fmt in FORMATS if not said or fmt in said)


def _table(asked: Asked, fmt: CatalogueFormat) -> bytes:
    form = read_form(asked.query, "csv", with_bom=asked.base in WITH_BOM)
    compiled = compiled_listing(asked, fmt)
    keys = keys_of(compiled, form.csv.hidden)
    labels = {name: text.in_(form.labels) for name, text in listing.LABELS.items()} if form.labels else {}
    header = [labels.get(key.name, key.name) for key in keys]
    batches = asked.served.stream(compiled, None)
    try:
        if fmt == "csv":
            return b"".join(csv_chunks(batches, keys, header, form.csv))
        return b"".join(
            xlsx_chunks(
                batches,
                keys,
                header,
                title="Catalogue",
                comments=asked.origin,
                folder=asked.served.folder,
                list_separator=form.csv.list_separator,
            )
        )
    finally:
        batches.close()


def _page(asked: Asked, entry: Entry, language: Language) -> str:
    return f"{asked.origin}{'/en' if language == 'en' else ''}/jeux/{entry.id}"


def _rss(asked: Asked, entries: Sequence[Entry], language: Language) -> bytes:
    feed = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(feed, "channel")
    published = format_datetime(asked.served.release.published, usegmt=True)
    for name, content in (
        ("title", "Catalogue"),
        ("link", f"{asked.origin}/"),
        ("description", "Jeux de données" if language == "fr" else "Datasets"),
        ("language", language),
        ("pubDate", published),
    ):
        ElementTree.SubElement(channel, name).text = content
    for entry in entries:
        item = ElementTree.SubElement(channel, "item")
        for name, content in (
            ("title", entry.title.in_(language)),
            ("link", _page(asked, entry, language)),
            ("description", entry.description.in_(language)),
            ("pubDate", published),
        ):
            ElementTree.SubElement(item, name).text = _printable(content)
        ElementTree.SubElement(item, "guid", isPermaLink="true").text = asked.dataset(entry.id)
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _printable(text: str) -> str:
    """A text without the control characters that XML can't hold."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


def _data_json(asked: Asked, entries: Sequence[Entry], language: Language) -> dict[str, object]:
    return {
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "dataset": [
            {
                "@type": "dcat:Dataset",
                "identifier": entry.id,
                "title": entry.title.in_(language),
                "description": entry.description.in_(language),
                "keyword": [word.in_(language) for word in entry.keywords],
                "theme": [theme.in_(language) for theme in entry.themes],
                "modified": entry.modified.isoformat(),
                "publisher": {"@type": "org:Organization", "name": entry.publisher.in_(language)},
                "accessLevel": "public",
                "license": entry.licence_url or entry.licence,
                "landingPage": _page(asked, entry, language),
                "distribution": [
                    {
                        "@type": "dcat:Distribution",
                        "title": fmt,
                        "mediaType": MEDIA_TYPES[fmt].partition(";")[0],
                        "downloadURL": f"{asked.dataset(entry.id)}/exports/{fmt}",
                    }
                    for fmt in FORMATS
                ],
            }
            for entry in entries
        ],
    }
