"""Which database a person asks for: an address or a profile, secrets from the environment alone."""

from pathlib import Path

import pytest

from seuil.model.errors import DefinitionError, UsageError
from seuil.records.engines.profiles import Database, database_of

PROFILES = """\
cluster:
  engine: spark://master.example:7077
  settings: {spark.executor.memory: 8g, spark.authenticate: "true", spark.authenticate.secret: "${SPARK_SECRET}"}
typo:
  engine: sparks://master.example
open:
  engine: postgresql://me@db.example/claims
  settings: {password: hunter2}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "profiles.yaml").write_text(PROFILES, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "address", ["spark://h:7077", "local[2]", "local[*]", "postgresql://me@db.example:5432/claims"]
)
def test_an_address_is_one(address: str, tmp_path: Path):
    assert database_of(address, tmp_path) == Database(address)


def test_nothing_said_is_this_process(tmp_path: Path):
    assert database_of(None, tmp_path) == Database("duckdb")


def test_a_profile_takes_its_secrets_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SPARK_SECRET", "hunter2")
    found = database_of("cluster", folder)
    assert found.address == "spark://master.example:7077"
    assert found.settings["spark.authenticate.secret"] == "hunter2"
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("cluster", "cluster.settings.spark.authenticate.secret: there is no environment variable SPARK_SECRET"),
        ("typo", "typo.engine: 'sparks://master.example' is no address; expected duckdb, spark://"),
        ("open", "open.settings.password: a secret in a file; expected ${NAME}"),
        ("other", "neither an address nor a profile; expected duckdb"),
        ("postgresql://me:hunter2@db.example/claims", "an address with a password; expected it in PGPASSWORD"),
    ],
)
def test_what_is_wrong_is_told_without_a_secret(asked: str, says: str, folder: Path):
    with pytest.raises(UsageError) as problem:
        database_of(asked, folder)
    assert says in str(problem.value)
    assert "hunter2" not in str(problem.value)


def test_a_profile_that_is_none_is_told_with_its_line(folder: Path):
    (folder / "profiles.yaml").write_text("cluster:\n  address: spark://h:1\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"profiles\.yaml:[12]"):
        database_of("cluster", folder)
