"""Files for maps: KML, Shapefile (zipped) and FlatGeobuf, written by GDAL through pyogrio.

A row is a feature whose geometry is the row's area, where it is selected, or else its place. GDAL writes into a
temporary file, batch by batch, which is sent when it is whole. Values have types here: a hidden one is empty, and its
status stands beside it where it is selected.

| format | what GDAL makes of it |
|---|---|
| Shapefile | names of fields are cut to ten letters, texts end at 254; UTF-8 |
| KML | the field that names the row, a label, is its `name`; everything is in `ExtendedData`; degrees only |
| FlatGeobuf | without a spatial index, so that it needn't be held in memory |
"""

import struct
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.model.errors import SeuilError
from seuil.portal.exports.csv_text import cell_text
from seuil.portal.exports.gpx import name_of
from seuil.portal.exports.keys import Key
from seuil.portal.exports.projection import area, point, projected
from seuil.portal.store.abort import current_abort
from seuil.portal.store.errors import QueryTooCostlyError

OgrFormat = Literal["kml", "shp", "fgb"]
_DRIVERS: dict[OgrFormat, str] = {"kml": "KML", "shp": "ESRI Shapefile", "fgb": "FlatGeobuf"}
_GEOMETRY = "geometry"
_WKB_POINT, _WKB_POLYGON, _WKB_MULTIPOLYGON = 1, 3, 6
_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])  # well-known binary
_PIECE = 1 << 18
_NAME = 10
_DAY = (2000, 1, 1, 0, 0, 0)  # a fixed date: the same rows give the same bytes


def ogr_chunks(
    batches: Iterator[pa.RecordBatch],
    schema: pa.Schema,
    keys: Sequence[Key],
    fmt: OgrFormat,
    *,
    title: str,
    epsg: int,
    folder: Path,
    most_bytes: int,
) -> Iterator[bytes]:
    """The file. schema: of the batches. title: of its layer. folder: for what is being written.

    Raises QueryTooCostlyError where the file takes up more than `most_bytes`.
    """
    from pyogrio.raw import write_arrow

    placed_by = (key for kind in ("geo_shape", "geo_point_2d") for key in keys if key.type == kind)
    place = next(placed_by, None)
    told = [key for key in keys if key is not place]
    empty = pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
    failed: list[SeuilError] = []
    with TemporaryDirectory(dir=folder) as work:
        path = Path(work) / f"{title}.{fmt}"

        def features() -> Iterator[pa.RecordBatch]:
            try:
                for batch in batches:
                    _check_size(Path(work), most_bytes)
                    yield _features(batch, told, place, fmt, epsg)
            except SeuilError as error:
                # Arrow would tell of it in its own words.
                failed.append(error)
                raise

        layout = _features(empty, told, place, fmt, epsg).schema
        try:
            write_arrow(
                pa.RecordBatchReader.from_batches(layout, features()),
                str(path),
                layer=title.replace("-", "_"),  # a name in XML, and so that GDAL has nothing to remark
                driver=_DRIVERS[fmt],
                geometry_name=_GEOMETRY,
                geometry_type="Point" if place is None or place.type == "geo_point_2d" else "MultiPolygon",
                crs=f"EPSG:{epsg}",
                **_options(fmt),
            )
        except Exception as error:
            current_abort().check()
            if failed:
                raise failed[0] from error
            raise
        found = _zipped(Path(work), path.stem) if fmt == "shp" else path
        with found.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _options(fmt: OgrFormat) -> dict[str, str]:
    match fmt:
        case "kml":
            return {}
        case "shp":
            return {"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": "2000-01-01"}
        case "fgb":
            return {"SPATIAL_INDEX": "NO"}


def _features(
    batch: pa.RecordBatch, keys: Sequence[Key], place: Key | None, fmt: OgrFormat, epsg: int
) -> pa.RecordBatch:
    geometry = _geometries(batch, place, epsg)
    columns = {key.name: _values(batch, key) for key in keys}
    if fmt == "kml" and (name := name_of(keys)) and "Name" not in columns:
        columns = {"Name": pc.cast(columns[name], pa.string())} | columns
    names = short_names(list(columns)) if fmt == "shp" else list(columns)
    fields = [pa.field(name, values.type) for name, values in zip(names, columns.values(), strict=True)]
    known = pa.field(_GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    return pa.RecordBatch.from_arrays([*columns.values(), geometry], schema=pa.schema([*fields, known]))


def short_names(names: Sequence[str]) -> list[str]:
    """The names as a Shapefile can have them: ten letters without accents, no two alike: `territoire`, `territoi_2`."""
    found: list[str] = []
    for name in names:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or "field"
        short, number = plain[:_NAME], 1
        while short.casefold() in found:
            number += 1
            end = f"_{number}"
            short = plain[: _NAME - len(end)] + end
        found.append(short.casefold())
    return found


def _values(batch: pa.RecordBatch, key: Key) -> pa.Array:
    values = batch.column(key.position)
    if key.multivalued:
        return pc.binary_join(values, ",")
    if key.type in ("geo_point_2d", "geo_shape", "geo_cluster", "datetime"):
        return pa.array([cell_text(key, value) for value in values.to_pylist()], pa.string())
    if pa.types.is_dictionary(values.type):
        return values.dictionary_decode()
    return values


def _geometries(batch: pa.RecordBatch, place: Key | None, epsg: int) -> pa.Array:
    """The places or areas as well-known binary; a missing one where there is none in the reference system."""
    if place is None:
        return pa.nulls(batch.num_rows, pa.binary())
    values = batch.column(place.position)
    if place.type == "geo_shape":
        return pa.array([_area(value, epsg) for value in values.to_pylist()], pa.binary())
    lon, lat = (pc.struct_field(values, axis).to_numpy(zero_copy_only=False) for axis in ("lon", "lat"))
    points = np.zeros(batch.num_rows, _POINT)
    points["order"], points["type"] = 1, _WKB_POINT
    points["x"], points["y"] = projected(lon, lat, epsg)
    binary = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(_POINT.itemsize), batch.num_rows, [None, pa.py_buffer(points.tobytes())]
    )
    return pc.if_else(pa.array(~np.isnan(points["x"])), pc.cast(binary, pa.binary()), pa.scalar(None, pa.binary()))


def _area(value: object, epsg: int) -> bytes | None:
    """An area by its name, or the box of an envelope."""
    if isinstance(value, str):
        return _named_area(value, epsg)
    if not isinstance(value, list) or value[0] is None:
        return None
    west, south, east, north = value
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    line = [placed for lon, lat in corners if (placed := point(lon, lat, epsg)) is not None]
    return _multipolygon([[line]]) if len(line) == len(corners) else None


@lru_cache(maxsize=512)
def _named_area(name: str, epsg: int) -> bytes | None:
    polygons = area(name, epsg)
    return None if polygons is None else _multipolygon(polygons)


def _multipolygon(polygons: Sequence[Sequence[Sequence[tuple[float, float]]]]) -> bytes:
    parts = [struct.pack("<BII", 1, _WKB_MULTIPOLYGON, len(polygons))]
    for polygon in polygons:
        parts.append(struct.pack("<BII", 1, _WKB_POLYGON, len(polygon)))
        parts.extend(struct.pack("<I", len(ring)) + np.array(ring, "<f8").tobytes() for ring in polygon)
    return b"".join(parts)


def _check_size(folder: Path, most: int) -> None:
    if sum(file.stat().st_size for file in folder.iterdir()) > most:
        raise QueryTooCostlyError(f"The file would take more than {most >> 20} MB; ask for fewer rows, or for Parquet.")


def _zipped(folder: Path, stem: str) -> Path:
    """The files of a Shapefile as one."""
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob(f"{stem}.*")):
            if part != path:
                with part.open("rb") as source, archive.open(zipfile.ZipInfo(part.name, _DAY), "w") as target:
                    while piece := source.read(_PIECE):
                        target.write(piece)
    return path
