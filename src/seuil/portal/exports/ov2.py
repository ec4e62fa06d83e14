"""OV2, the points of interest of TomTom: for each row that has a place, that and a name; nothing else fits.

A record is a byte 2, its own length, longitude and latitude in 1/100,000 degrees, and the name with a zero at its end:
little-endian, in Latin-1.
"""

import struct
from collections.abc import Iterator, Sequence

import pyarrow as pa

from seuil.portal.exports.gpx import name_of, printable
from seuil.portal.exports.json_array import rows_of
from seuil.portal.exports.keys import Key

_HEAD = struct.Struct("<BIii")
_UNITS = 100_000


def ov2_chunks(batches: Iterator[pa.RecordBatch], keys: Sequence[Key]) -> Iterator[bytes]:
    """The file, a piece a batch."""
    place = next((key.name for key in keys if key.type == "geo_point_2d"), None)
    name = name_of([key for key in keys if key.name != place])
    for batch in batches:
        yield b"".join(
            _record(found, row.get(name))
            for row in rows_of(batch, keys)
            if isinstance(found := row.get(place or ""), dict)
        )


def _record(place: dict[str, object], name: object) -> bytes:
    text = b"" if name is None else printable(str(name)).encode("latin-1", "replace")
    lon, lat = (round(float(str(place[axis])) * _UNITS) for axis in ("lon", "lat"))
    return _HEAD.pack(2, _HEAD.size + len(text) + 1, lon, lat) + text + b"\0"
