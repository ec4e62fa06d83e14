"""GPX 1.1: a waypoint for each row that has a place, as it is made. Degrees only; hidden values are left out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import pyarrow as pa

from seuil.portal.exports.json_array import rows_of
from seuil.portal.exports.keys import Key

_OURS = "urn:seuil:fields"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="seuil" '
    f'xmlns="http://www.topografix.com/GPX/1/1" xmlns:seuil="{_OURS}">\n'
)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LABEL = "_libelle"


@dataclass(frozen=True)
class Waypoints:
    """What a waypoint tells of a row. name: of the field that names it. description: fields of its text.

    extension: whether every field is told too, as an element `field` with its name.
    """

    name: str = ""
    description: tuple[str, ...] = ()
    extension: bool = False


def gpx_chunks(batches: Iterator[pa.RecordBatch], keys: Sequence[Key], waypoints: Waypoints) -> Iterator[bytes]:
    """The file, a piece a batch."""
    place = next((key.name for key in keys if key.type == "geo_point_2d"), None)
    told = [key for key in keys if key.name != place]
    name = name_of(told, waypoints.name)
    before = _HEAD
    for batch in batches:
        points = []
        for row in rows_of(batch, keys):
            found = row.pop(place) if place is not None else None
            if isinstance(found, dict):
                points.append(_waypoint(found, row, name, waypoints))
        yield (before + "".join(points)).encode()
        before = ""
    yield (before + "</gpx>\n").encode()


def name_of(keys: Sequence[Key], asked: str = "") -> str:
    """The field that names a row: the one asked for, else the first label, else the first text, else any."""
    names = [key.name for key in keys]
    labels = [name for name in names if name.endswith(_LABEL)]
    texts = [key.name for key in keys if key.type == "text"]
    return next(iter([*([asked] if asked in names else []), *labels, *texts, *names]), "")


def printable(text: str) -> str:
    """A text without the control characters that XML can't hold."""
    return _UNPRINTABLE.sub("", text)


def _waypoint(place: dict[str, object], row: dict[str, object], name: str, waypoints: Waypoints) -> str:
    described = [_text(row[field]) for field in waypoints.description if row.get(field) is not None]
    inside = f"<name>{_text(row[name])}</name>" if row.get(name) is not None else ""
    inside += f"<desc>{', '.join(described)}</desc>" if described else ""
    if waypoints.extension:
        fields = (
            f'<seuil:field name="{_text(field, quoted=True)}">{_text(value)}</seuil:field>'
            for field, value in row.items()
            if value is not None
        )
        inside += f"<extensions>{''.join(fields)}</extensions>"
    return f'<wpt lat="{place["lat"]}" lon="{place["lon"]}">{inside}</wpt>\n'


def _text(value: object, *, quoted: bool = False) -> str:
    """A value as XML can hold it: without control characters."""
    written = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return escape(printable(written), {'"': "&quot;"} if quoted else {})
