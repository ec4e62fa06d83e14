"""How records are counted: on which database, with how much memory and how many threads of this machine."""

from dataclasses import dataclass, field
from pathlib import Path

from seuil.records.engines.engine import Limits
from seuil.records.engines.profiles import Database, database_of


@dataclass(frozen=True)
class Counting:
    """engine: an address, or the name of a profile beside the definition; None for DuckDB in this process.

    limits: what DuckDB may use.
    """

    engine: str | None = None
    limits: Limits = field(default_factory=Limits)

    def database(self, definition: Path) -> Database:
        """The database that counts the records of a definition. Raises UsageError for what is none."""
        return database_of(self.engine, definition.parent)


def counting_of(engine: str | None = None, memory_mb: int | None = None, threads: int | None = None) -> Counting:
    """What a command was told; nothing said is the usual."""
    usual = Limits()
    return Counting(engine, Limits(memory_mb or usual.memory_mb, threads or usual.threads))
