"""Downloads: CSV, JSON, JSON Lines, XLSX, Parquet, GeoJSON, KML, Shapefile, GPX and FlatGeobuf, in bounded memory.

Empty, hidden and missing are three different things in each of them:

| | hidden | missing | empty |
|---|---|---|---|
| CSV, XLSX | `NS` in the measure's own cell, nothing with `hidden=empty` | `ND` in the measure's own cell | nothing |
| all others | null, and `NS` in the field `<measure>_statut` | null, and `ND` in that field | null |

With `hidden=columns` every measure and aggregate has its status beside it, and an aggregate its lowest and highest.
"""
