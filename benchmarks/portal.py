"""What an answer of the API costs beside the query that it needs, without a network.

usage: portal.py [--rounds 20]

A release of random figures, shaped like the dataset of patients (196,560 rows), is signed and published into an
archive, and the portal asked in its own process. Beside it the same rows from the same Parquet file by DuckDB alone:
for a page the rows and their number, for a group its rows, for an export a file written by COPY. Every question is
asked several times, after a first time that doesn't count; the portal keeps no answer meanwhile. Prints a line of JSON
for every question, medians in milliseconds.
"""

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from kit.asgi import Reader
from kit.measure import load, peak_memory_mb, timed
from kit.office import open_archive

from seuil.model.dataset import read_dataset
from seuil.portal.app import create_app
from seuil.portal.settings import Settings

DEFINITION = Path(__file__).parent / "definitions" / "patients" / "patients.yaml"
DATASET = "/api/explore/v2.1/catalog/datasets/patients"
CONDITION, SEX = "DIA_CAT_CAT", "9"
ONE_CONDITION = f"condition = '{CONDITION}' AND sexe = '{SEX}'"
WHERE = f'condition = "{CONDITION}" and sexe = "{SEX}"'


@dataclass(frozen=True)
class Question:
    """A question to the API, and the SQL that gives the same rows. `{rows}` is the file, `{out}` a file to write.

    export: answered in pieces, of any length.
    """

    name: str
    path: str
    query: dict[str, str]
    sql: tuple[str, ...]
    export: bool = False


QUESTIONS = (
    Question(
        "page of 20 rows",
        f"{DATASET}/records",
        {"where": WHERE, "limit": "20"},
        (
            f"SELECT * FROM {{rows}} WHERE {ONE_CONDITION} LIMIT 20",
            f"SELECT count(*) FROM {{rows}} WHERE {ONE_CONDITION}",
        ),
    ),
    Question(
        "page of 100 rows, sorted",
        f"{DATASET}/records",
        {"where": WHERE, "order_by": "ntop desc", "limit": "100"},
        (
            f"SELECT * FROM {{rows}} WHERE {ONE_CONDITION} ORDER BY ntop DESC NULLS LAST LIMIT 100",
            f"SELECT count(*) FROM {{rows}} WHERE {ONE_CONDITION}",
        ),
    ),
    Question(
        "groups of departments",
        f"{DATASET}/records",
        {"select": "count(*) as n, max(ntop) as most", "group_by": "territoire", "limit": "100"},
        ("SELECT territoire, count(*) AS n, max(ntop) AS most FROM {rows} GROUP BY territoire LIMIT 100",),
    ),
    Question(
        "CSV of one condition",
        f"{DATASET}/exports/csv",
        {"where": WHERE},
        (f"COPY (SELECT * FROM {{rows}} WHERE {ONE_CONDITION}) TO '{{out}}' (FORMAT csv, DELIMITER ';')",),
        export=True,
    ),
    Question(
        "CSV of all", f"{DATASET}/exports/csv", {}, ("COPY {rows} TO '{out}' (FORMAT csv, DELIMITER ';')",), export=True
    ),
    Question(
        "JSON of all", f"{DATASET}/exports/json", {}, ("COPY {rows} TO '{out}' (FORMAT json, ARRAY true)",), export=True
    ),
    Question(
        "Parquet of one condition",
        f"{DATASET}/exports/parquet",
        {"where": WHERE},
        (f"COPY (SELECT * FROM {{rows}} WHERE {ONE_CONDITION}) TO '{{out}}' (FORMAT parquet, COMPRESSION zstd)",),
        export=True,
    ),
)


def median_of(rounds: int, work: Callable[[], object]) -> tuple[float, float]:
    """Median wall and CPU milliseconds, after a first time."""
    work()
    taken = [timed(work)[1] for _ in range(rounds)]
    wall, cpu = (statistics.median(times) for times in ([s.wall for s in taken], [s.cpu for s in taken]))
    return round(1000 * wall, 2), round(1000 * cpu, 2)


def compare(question: Question, reader: Reader, plain: duckdb.DuckDBPyConnection, folder: Path, rounds: int) -> None:
    """Ask both, and print what it took."""
    answer = reader.get(question.path, **question.query)
    if answer.status != 200:
        raise SystemExit(f"{question.name}: status {answer.status}: {answer.start.decode()}")
    rounds = max(3, rounds // 4) if question.export else rounds
    ours = median_of(rounds, lambda: reader.get(question.path, **question.query))
    statements = [sql.format(rows="patients", out=folder / "export") for sql in question.sql]
    theirs = median_of(rounds, lambda: [plain.execute(sql).fetchall() for sql in statements])
    told = {
        "question": question.name,
        "bytes": answer.length,
        "portal_ms": {"wall": ours[0], "cpu": ours[1]},
        "duckdb_ms": {"wall": theirs[0], "cpu": theirs[1]},
        "ratio_wall": round(ours[0] / theirs[0], 2),
        "ratio_cpu": round(ours[1] / max(theirs[1], 0.01), 2),
        "peak_memory_mb": peak_memory_mb(),
        "load": load(),
    }
    print(json.dumps(told), flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Publish a release and ask all questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = open_archive(folder, read_dataset(DEFINITION))
        os.environ |= {f"SEUIL_{kept}_CACHE_MB": "0" for kept in ("ANSWER", "EXPORT", "PAGE")}
        reader = Reader(create_app(Settings(archive=archive)))
        with duckdb.connect(":memory:", config={"threads": 2}) as plain:
            plain.execute(f"CREATE VIEW patients AS SELECT * FROM read_parquet('{folder / 'data.parquet'}')")
            for question in QUESTIONS:
                compare(question, reader, plain, folder, asked.rounds)
        reader.close()


if __name__ == "__main__":
    main()
