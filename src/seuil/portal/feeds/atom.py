"""`/publications.atom`: a feed of the releases, the newest first (RFC 4287).

It is made from the signed lists of files of all releases, which hold each one's note and the day it was proposed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from seuil.archive.layout import METADATA

_ATOM = "http://www.w3.org/2005/Atom"
_LIST = ".targets.json"


@dataclass(frozen=True)
class Published:
    """A release: its number, when it was proposed (RFC 3339), and what its signers say of it."""

    number: int
    proposed: str
    note: str


def releases(metadata: Mapping[str, bytes]) -> list[Published]:
    """The releases of an archive, the newest first. metadata: its files by path below the archive."""
    found = []
    for path, content in metadata.items():
        if path.startswith(f"{METADATA}/") and path.endswith(_LIST):
            signed = json.loads(content)["signed"]
            told = signed.get("seuil", {})
            found.append(Published(int(signed["version"]), str(told.get("proposed", "")), str(told.get("note", ""))))
    return sorted((one for one in found if one.proposed), key=lambda one: -one.number)


def atom(found: list[Published], origin: str, title: str, author: str) -> bytes:
    """The feed. origin: scheme and host of the portal. author: the controller."""
    ElementTree.register_namespace("", _ATOM)
    address = f"{origin}/publications.atom"
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _add(feed, "id", address)
    _add(feed, "title", title)
    _add(feed, "updated", found[0].proposed if found else "1970-01-01T00:00:00Z")
    _add(_add(feed, "author"), "name", author)
    _add(feed, "link", rel="self", href=address, type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=f"{origin}/", type="text/html")
    for one in found:
        entry = _add(feed, "entry")
        _add(entry, "id", f"{origin}/archive/{METADATA}/{one.number}{_LIST}")
        _add(entry, "title", f"Publication {one.number}")
        _add(entry, "updated", one.proposed)
        _add(
            entry,
            "link",
            rel="alternate",
            href=f"{origin}/archive/{METADATA}/{one.number}{_LIST}",
            type="application/json",
        )
        _add(entry, "summary", one.note or f"Publication {one.number}")
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    found = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    found.text = text
    return found
