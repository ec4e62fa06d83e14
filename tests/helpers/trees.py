"""Folders as bytes, to be compared and searched."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def texts_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Everything below a folder that could be read: names and raw bytes, and the values of Parquet files."""
    for name, content in bytes_of(folder).items():
        yield name, name + "\n" + content.decode("latin-1")
        if name.endswith(".parquet"):
            table = pq.read_table(folder / name)
            yield name, "\n".join(str(value) for column in table.itercolumns() for value in column.to_pylist())
