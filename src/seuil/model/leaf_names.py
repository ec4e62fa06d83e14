"""Names of the files of leaves: one of all units of a period, and one beside it of each sum that is split by kinds."""

from pathlib import Path


def amounts_file(leaves: Path, measure: str) -> Path:
    """The file of a sum that is split by kinds. leaves: the file of all units of the period."""
    return leaves.with_name(f"{leaves.stem}-{measure}{leaves.suffix}")
