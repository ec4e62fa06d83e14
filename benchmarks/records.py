"""Counting made-up patients into leaves, beside the same grouping in plain SQL on DuckDB.

usage: records.py [--scale 0.1] [--rounds 3]

Scale is the share of the country's people; two years are counted. What is counted beside what:
 - seuil: `count_leaves`, which checks every row, finds people who stand twice, counts every unit once a node, writes
   nothing of a person, and writes the leaves;
 - sql: one statement a person would write who trusts the files: join, distinct, group by, written as Parquet;
 - checked: the same by a person who first looks whether anybody stands twice in a year.
All have the same memory and threads, and processes of their own; `sql` and `checked` may spill. They take turns, and of
each the least of all rounds counts. The counts must be the same. Prints one line of JSON.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
from kit.apart import Apart, apart
from kit.measure import load

from seuil.model.dataset import read_dataset
from seuil.records.count import count_leaves
from seuil.records.engines.engine import Limits
from seuil.synthetic.patients import write_patients

DEFINITION = Path(__file__).parent / "definitions" / "patients" / "patients.yaml"
DIMENSION = "condition"
LIMITS = Limits()
KEY = b"the benchmarks' secret key"

SQL = """
COPY (
  WITH people AS (
    SELECT annee, id, dept, sexe, least(age // 5, 19) AS band FROM read_parquet('{records}/personnes.parquet')
  ), reached AS (
    SELECT DISTINCT annee, id, ancestor
    FROM read_parquet('{records}/affections.parquet') JOIN lines ON top = node
  )
  SELECT annee, ancestor, dept, band, sexe, count(*) AS n FROM reached JOIN people USING (annee, id) GROUP BY ALL
  UNION ALL
  SELECT annee, '{root}', dept, band, sexe, count(*) FROM people GROUP BY ALL
) TO '{out}' (FORMAT parquet, COMPRESSION zstd)
"""

TWICE = """
SELECT count(*) FROM (
  SELECT 1 FROM read_parquet('{records}/personnes.parquet') GROUP BY annee, id HAVING count(*) > 1
)
"""


def by_seuil(records: Path, workspace: Path) -> dict[str, int]:
    """Count by this program. Gives units and leaves of all periods, and the sum of their counts."""
    dataset = read_dataset(DEFINITION)
    count_leaves(dataset, records, workspace, key=KEY, limits=LIMITS)
    tables = [pq.read_table(path) for path in sorted((workspace / "leaves").glob("*.parquet"))]
    return {"leaves": sum(len(t) for t in tables), "counted": sum(pc.sum(t["n"]).as_py() for t in tables)}


def by_sql(records: Path, out: Path, *, checked: bool = False) -> dict[str, int]:
    """Count by one statement. checked: whether another one is run before."""
    tree = read_dataset(DEFINITION).hierarchies[DIMENSION]
    lines = []
    for place, node in enumerate(tree.nodes):
        above = place
        while above > 0:
            lines.append((node.code, tree.nodes[above].code))
            above = tree.parents[above]
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"SET memory_limit='{LIMITS.memory_mb}MB'")
        connection.execute(f"SET temp_directory='{out.parent}'")
        connection.execute("SET preserve_insertion_order=false")
        connection.execute("SET enable_progress_bar=false")
        connection.execute("CREATE TABLE lines (node VARCHAR, ancestor VARCHAR)")
        connection.executemany("INSERT INTO lines VALUES (?, ?)", lines)
        if checked and connection.execute(TWICE.format(records=records)).fetchall() != [(0,)]:
            raise ValueError("somebody stands twice")
        connection.execute(SQL.format(records=records, root=tree.root.code, out=out))
    table = pq.read_table(out)
    return {"leaves": len(table), "counted": pc.sum(table["n"]).as_py()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the records, and count them both ways. The exit code is 1 if the counts differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        records = Path(name) / "records"
        records.mkdir()
        nodes = [node.code for node in read_dataset(DEFINITION).hierarchies[DIMENSION].nodes]
        rows = write_patients(records, scale=asked.scale, nodes=nodes).rows
        ways: dict[str, Callable[[], Apart[dict[str, int]]]] = {
            "seuil": lambda: apart(by_seuil, records, Path(name) / "workspace"),
            "sql": lambda: apart(by_sql, records, Path(name) / "plain.parquet"),
            "checked": lambda: apart(by_sql, records, Path(name) / "plain.parquet", checked=True),
        }
        found = [{way: run() for way, run in ways.items()} for _ in range(asked.rounds)]
    wall, cpu = (
        {way: min(getattr(turn[way].seconds, clock) for turn in found) for way in ways} for clock in ("wall", "cpu")
    )
    results = [run.result for turn in found for run in turn.values()]
    same = all(result == results[0] for result in results)
    told = {
        "scale": asked.scale,
        "rows": sum(rows.values()),
        **results[0],
        "same_counts": same,
        "seconds": {way: {"wall": round(wall[way], 3), "cpu": round(cpu[way], 3)} for way in ways},
        "ratio_wall": {way: round(wall["seuil"] / wall[way], 2) for way in ("sql", "checked")},
        "ratio_cpu": {way: round(cpu["seuil"] / cpu[way], 2) for way in ("sql", "checked")},
        "peak_memory_mb": {way: max(turn[way].peak_memory_mb for turn in found) for way in ways},
        "load": load(),
    }
    print(json.dumps(told), flush=True)
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
