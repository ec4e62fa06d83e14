"""What became of every row. Confidential: it stays in the workspace."""

import dataclasses
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPORT_FILE = "records.json"


@dataclass(frozen=True)
class FileReport:
    """Rows of one file: rows = counted + all that were set aside.

    set_aside: rows by the first reason that applies. unknown: counted rows in the unknown leaf, by dimension. left_out:
    counted rows that are left out of a sum, by sum and reason.
    """

    file: str
    rows: int
    counted: int
    set_aside: Mapping[str, int]
    unknown: Mapping[str, int]
    left_out: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Report:
    """One run. units and leaves: units counted and combinations with anybody in them, by period."""

    dataset: str
    units: Mapping[int, int]
    leaves: Mapping[int, int]
    files: tuple[FileReport, ...]
    seconds: float

    def write(self, workspace: Path) -> Path:
        """Write it as JSON, for its owner alone."""
        path = workspace / REPORT_FILE
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2) + "\n"
        replace_privately(path, text.encode("utf-8"))
        return path


def replace_privately(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 that is there whole or not at all, in a folder of mode 0700."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mkstemp's mode is 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    finally:
        Path(partial).unlink(missing_ok=True)
