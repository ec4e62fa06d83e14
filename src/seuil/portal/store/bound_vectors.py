"""The bounds of a dataset's figures as arrays, beside its columns: what the view of `bounds.bounds_view` has."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from seuil.catalogue.entry import Entry
from seuil.odsql import Schema
from seuil.portal.store.bounds import ROW, bounded_fields, shown_bounds
from seuil.portal.store.vectors import Vectors, mapped


def with_bound_vectors(entry: Entry, schema: Schema, vectors: Vectors, hidden: pa.Table, folder: Path) -> Vectors:
    """The columns and their bounds. hidden: the bounds of hidden figures (`bounds.bounds_of`). folder: a new one."""
    folder.mkdir(mode=0o700, parents=True)
    columns = dict(vectors.columns)
    rows = hidden[ROW].to_numpy()
    for name, measure in bounded_fields(entry).items():
        field, vector = schema.field(name, clause="select"), vectors.columns.get(name)
        if vector is None:
            continue
        shown = shown_bounds(entry, measure, vector.data.astype(np.float64))
        for bound, told in zip((field.lower_bound, field.upper_bound), shown, strict=True):
            values = told if vector.there is None else np.where(vector.there, told, np.nan)
            of_hidden = hidden[bound].to_numpy()
            values[rows] = np.where(np.isnan(of_hidden), values[rows], of_hidden)
            columns[bound] = mapped(values, folder / f"{len(columns)}.npy")
    return Vectors(vectors.rows, columns)
