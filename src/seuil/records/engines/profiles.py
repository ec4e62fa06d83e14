"""Which database counts, and with which settings: an address, or the name of a profile.

Profiles stand in `profiles.yaml` beside the definition, which is never published:

    cluster:
      engine: spark://master.example:7077
      settings: {spark.executor.memory: 8g, spark.authenticate.secret: "${SPARK_SECRET}"}

A value `${NAME}` is that of an environment variable; what is secret stands nowhere else.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, RootModel

from seuil.model.errors import UsageError
from seuil.model.reading import read_yaml
from seuil.model.strict import Strict
from seuil.records.engines.engine import Engine, Limits

PROFILES = "profiles.yaml"
DUCKDB = "duckdb"
_SPARK = re.compile(r"spark://[^/\s]+|local\[(\d+|\*)\]")
_POSTGRESQL = re.compile(r"postgres(ql)?://\S*")
_ADDRESSES = f"{DUCKDB}, spark://HOST:PORT, local[CORES] or postgresql://USER@HOST/DATABASE"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET = re.compile(r"passw|secret|token", re.IGNORECASE)


class Profile(Strict):
    """A database and its settings, which are handed to it as they stand."""

    engine: str
    settings: dict[str, str] = Field(default_factory=dict)


class Profiles(RootModel[dict[str, Profile]]):
    """By name."""


@dataclass(frozen=True)
class Database:
    """Where records are counted. settings: of the connection, secrets included, so never shown."""

    address: str = DUCKDB
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def reads_files(self) -> bool:
        """Whether records are files, and not tables of its own."""
        return not _POSTGRESQL.fullmatch(self.address)


def database_of(asked: str | None, folder: Path) -> Database:
    """The database that a person asked for. folder: of the definition, where profiles may lie.

    Raises UsageError for what is neither an address nor a profile, DefinitionError where the profiles can't be read.
    """
    if asked is None or _is_address(asked):
        return _without_password(asked or DUCKDB)
    file = folder / PROFILES
    profiles = read_yaml(file, Profiles).root if file.is_file() else {}
    if asked not in profiles:
        there = f"a profile of {file} ({', '.join(profiles)})" if profiles else f"a profile; there is no {file}"
        raise UsageError(f"engine {asked}: neither an address nor a profile; expected {_ADDRESSES}, or {there}")
    profile = profiles[asked]
    if not _is_address(profile.engine):
        raise UsageError(f"{file}: {asked}.engine: {profile.engine!r} is no address; expected {_ADDRESSES}")
    found = _without_password(profile.engine)
    return Database(found.address, {name: _value(file, asked, name, text) for name, text in profile.settings.items()})


@contextmanager
def connected(database: Database, limits: Limits) -> Iterator[Engine]:
    """A connection, closed at the end. limits: of DuckDB, which counts in this process.

    Raises UsageError where the database can't be reached, or its library is not installed.
    """
    engine = _connect(database, limits)
    try:
        yield engine
    finally:
        engine.close()


def _connect(database: Database, limits: Limits) -> Engine:
    """Libraries are imported for the database that is asked for: most have only the first."""
    if _SPARK.fullmatch(database.address):
        try:
            from seuil.records.engines.spark import Spark
        except ImportError:
            raise _not_installed("Spark", "spark") from None
        return Spark(database.address, database.settings)
    if _POSTGRESQL.fullmatch(database.address):
        try:
            from seuil.records.engines.postgresql import PostgreSQL
        except ImportError:
            raise _not_installed("PostgreSQL", "postgresql") from None
        return PostgreSQL(database.address, database.settings)
    from seuil.records.engines.embedded import Embedded

    return Embedded(limits)


def _not_installed(what: str, extra: str) -> UsageError:
    return UsageError(f"counting on {what} needs the extra `{extra}`: pip install 'seuil[{extra}]'")


def _is_address(text: str) -> bool:
    return text == DUCKDB or any(known.fullmatch(text) for known in (_SPARK, _POSTGRESQL))


def _without_password(address: str) -> Database:
    if _POSTGRESQL.fullmatch(address) and (urlsplit(address).password or "password=" in address):
        shown = re.sub(r":[^:@/]*@", ":...@", address.partition("?")[0])
        raise UsageError(f"engine {shown}: an address with a password; expected it in PGPASSWORD or a password file")
    return Database(address)


def _value(file: Path, profile: str, name: str, text: str) -> str:
    place = f"{file}: {profile}.settings.{name}"
    variable = _VARIABLE.fullmatch(text)
    if variable is None:
        if _SECRET.search(name) and text.lower() not in ("true", "false"):
            raise UsageError(f"{place}: a secret in a file; expected ${{NAME}}, the variable that holds it")
        return text
    if variable[1] not in os.environ:
        raise UsageError(f"{place}: there is no environment variable {variable[1]}")
    return os.environ[variable[1]]
