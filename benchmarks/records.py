"""Counting made-up patients into leaves, beside the same grouping in plain SQL on DuckDB.

usage: records.py [--scale 0.1]

Scale is the share of the country's people; two years are counted. What is counted beside what:
 - seuil: `count_leaves`, which replaces identifiers by pseudonyms, checks every row, finds people who stand twice,
   counts every unit once a node, and writes the leaves;
 - sql: one statement a person would write who trusts the files: join, distinct, group by, written as Parquet.
Both have the same memory and threads, and processes of their own. The counts must be the same. Prints one line of JSON.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
from kit.apart import apart
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


def by_seuil(records: Path, workspace: Path) -> dict[str, int]:
    """Count by this program. Gives units and leaves of all periods, and the sum of their counts."""
    dataset = read_dataset(DEFINITION)
    count_leaves(dataset, records, workspace, key=KEY, limits=LIMITS)
    tables = [pq.read_table(path) for path in sorted((workspace / "leaves").glob("*.parquet"))]
    return {"leaves": sum(len(t) for t in tables), "counted": sum(pc.sum(t["n"]).as_py() for t in tables)}


def by_sql(records: Path, out: Path) -> dict[str, int]:
    """Count by one statement."""
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
        connection.execute(SQL.format(records=records, root=tree.root.code, out=out))
    table = pq.read_table(out)
    return {"leaves": len(table), "counted": pc.sum(table["n"]).as_py()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the records, and count them both ways. The exit code is 1 if the counts differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.1)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        records = Path(name) / "records"
        records.mkdir()
        nodes = [node.code for node in read_dataset(DEFINITION).hierarchies[DIMENSION].nodes]
        rows = write_patients(records, scale=asked.scale, nodes=nodes).rows
        ours = apart(by_seuil, records, Path(name) / "workspace")
        plain = apart(by_sql, records, Path(name) / "plain.parquet")
    same = ours.result == plain.result
    told = {
        "scale": asked.scale,
        "rows": sum(rows.values()),
        **ours.result,
        "same_counts": same,
        "seconds": {"seuil": ours.seconds.as_dict(), "sql": plain.seconds.as_dict()},
        "ratio_wall": round(ours.seconds.wall / plain.seconds.wall, 2),
        "ratio_cpu": round(ours.seconds.cpu / plain.seconds.cpu, 2),
        "peak_memory_mb": {"seuil": ours.peak_memory_mb, "sql": plain.peak_memory_mb},
        "load": load(),
    }
    print(json.dumps(told), flush=True)
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
