"""Made-up records beside the published extracts that their rates come from.

usage: synthetic.py [--scale 0.1] [--plot FILE.svg]

Scale is the share of the country's people; professionals are all made. The extracts are those of definitions/reel-*:
rates of some lines of 2020 by sex and age, mean fees and patients by profession and department of 2021. Two lines are
checks, not copies, since no rate of theirs is drawn: POP_TOT_ABS is what all others leave, TPS_CAT_EXC the union of
four treatments. Prints a line of JSON for what writing took, for every line and every measure.
"""

import argparse
import csv
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

import duckdb
from generate.make_fees import HONORAIRES, PATIENTELE, read_means
from kit.apart import apart
from kit.measure import load, size_of

from seuil.synthetic.illness import NOTHING_ELSE
from seuil.synthetic.patients import MEMBERSHIPS_FILE, PEOPLE_FILE, write_patients
from seuil.synthetic.professionals import FILE, write_professionals
from seuil.synthetic.risk import conditions

DEFINITIONS = Path(__file__).parent.parent / "definitions"
EXTRACT = DEFINITIONS / "reel-effectifs-2020" / "effectifs_2020_extrait.csv"
PATIENTS_YEAR, PROFESSIONALS_YEAR = 2020, 2021
BLANK = 4  # people in a cell that is blank, somewhere from 0 to 10
THRESHOLD = 5
MEN_AND_WOMEN = {"1": "men", "2": "women"}
Cell = tuple[str, str, str]  # line, sex, age band

RATES = """
WITH people AS (
  SELECT id, sexe, CASE WHEN age >= 95 THEN '95et+' ELSE printf('%02d-%02d', age // 5 * 5, age // 5 * 5 + 4) END AS band
  FROM read_parquet('{folder}/{people}') WHERE sexe <> '0'
), everybody AS (SELECT sexe, band, count(*) AS npop FROM people GROUP BY ALL)
SELECT ancestor, sexe, band, count(DISTINCT id) AS ntop, any_value(npop) AS npop
FROM read_parquet('{folder}/{memberships}')
  JOIN lines ON top = leaf JOIN people USING (id) JOIN everybody USING (sexe, band)
GROUP BY ALL
"""
MEANS = """
SELECT profession, avg(fees) AS fees, avg(excess) AS excess, avg(patients) AS patients, count(*) AS shown FROM (
  SELECT profession, dept,
    avg(sans_depassement) / 100 AS fees, avg(depassements) / 100 AS excess, avg(patients) AS patients
  FROM read_parquet('{folder}/{professionals}') WHERE dept IS NOT NULL GROUP BY ALL HAVING count(*) >= {threshold}
) GROUP BY ALL
"""


@dataclass(frozen=True)
class Pair:
    """A published figure and the one of the made-up records, with the texts that say what it is."""

    what: Mapping[str, Any]
    extract: float
    made: float


def published_rates() -> dict[Cell, float]:
    """Per cent of people, over all territories that the extract has."""
    sums: dict[Cell, list[float]] = defaultdict(lambda: [0, 0])
    with EXTRACT.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["sexe"] in MEN_AND_WOMEN and row["cla_age_5"] != "tsage" and row["top"] != "POP_TOT_IND":
                cell = sums[row["top"], row["sexe"], row["cla_age_5"]]
                cell[0] += float(row["ntop"] or BLANK)
                cell[1] += float(row["npop"])
    return {cell: 100 * ill / people for cell, (ill, people) in sums.items()}


def made_rates(folder: Path) -> dict[Cell, float]:
    """Per cent of people, lines of groups included."""
    above = [(c.code, line) for c in conditions() for line in {c.code, c.group or c.code, c.family}]
    above.append((NOTHING_ELSE, NOTHING_ELSE))
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE lines (leaf VARCHAR, ancestor VARCHAR)")
        connection.executemany("INSERT INTO lines VALUES (?, ?)", above)
        found = connection.execute(RATES.format(folder=folder, people=PEOPLE_FILE, memberships=MEMBERSHIPS_FILE))
        return {(line, sex, band): 100 * ill / people for line, sex, band, ill, people in found.fetchall()}


def rate_pairs(folder: Path) -> list[Pair]:
    """Of each line, sex and age band of the extract."""
    made = made_rates(folder)
    return [
        Pair({"line": line, "sex": MEN_AND_WOMEN[sex], "band": band, "age": int(band[:2]) + 2}, rate, made.get(cell, 0))
        for cell, rate in sorted(published_rates().items())
        for line, sex, band in [cell]
    ]


def mean_pairs(folder: Path) -> list[Pair]:
    """Of each profession: mean fees, excess and patients over departments, and departments that show fees."""
    fees = read_means(
        DEFINITIONS / HONORAIRES, {"hono_sans_depassement_moyens": "fees", "depassements_moyens": "excess"}
    )
    patients = read_means(DEFINITIONS / PATIENTELE, {"nombre_patients_uniques": "patients"})
    with (DEFINITIONS / "professionnels" / "codes" / "professions.csv").open(encoding="utf-8") as file:
        labels = {row["code"]: row["label_fr"] for row in csv.DictReader(file)}
    with duckdb.connect(":memory:") as connection:
        query = MEANS.format(folder=folder, professionals=FILE, threshold=THRESHOLD)
        rows = connection.execute(query).fetchall()
    pairs = []
    for profession, *made in sorted(rows):
        key = labels[profession], str(PROFESSIONALS_YEAR)
        published = {**patients.get(key, {}), **fees.get(key, {})}
        for measure, value in zip(("fees", "excess", "patients", "shown"), made, strict=True):
            if published.get(measure):
                pairs.append(Pair({"profession": profession, "measure": measure}, published[measure], value))
    return pairs


def summaries(pairs: Sequence[Pair], by: str) -> Iterator[dict[str, Any]]:
    """How far made-up figures are from published ones, by line or measure: per cent of the published one."""
    for name in sorted({pair.what[by] for pair in pairs}):
        some = [pair for pair in pairs if pair.what[by] == name]
        off = [100 * abs(pair.made / pair.extract - 1) for pair in some]
        whole = 100 * (sum(pair.made for pair in some) / sum(pair.extract for pair in some) - 1)
        yield {by: name, "figures": len(some), "median_off": round(median(off), 1), "sum_off": round(whole, 1)}


def plot(rates: Sequence[Pair], amounts: Sequence[Pair], out: Path) -> None:
    """Rates by age, and means by profession, on one sheet."""
    import altair as alt
    import pyarrow as pa

    ages = alt.Chart(pa.Table.from_pylist([{**p.what, "extract": p.extract, "made": p.made} for p in rates])).encode(
        alt.X("age:Q", title=None), alt.Color("sex:N", title=None)
    )
    lines = alt.layer(
        ages.mark_line().encode(alt.Y("made:Q", title="% (line: made up, point: extract)")),
        ages.mark_point(size=18, filled=True).encode(alt.Y("extract:Q")),
    ).properties(width=170, height=110)
    by_line = lines.facet(alt.Facet("line:N", title=None), columns=4).resolve_scale(y="independent")
    panels = []
    for measure, title in (
        ("fees", "mean fees, €"),
        ("excess", "mean excess, €"),
        ("patients", "mean patients"),
        ("shown", "departments shown"),
    ):
        rows = [{"extract": p.extract, "made up": p.made} for p in amounts if p.what["measure"] == measure]
        kind: Literal["linear", "log"] = "linear" if measure == "shown" else "log"
        domain = [min(min(row.values()) for row in rows) * 0.9, max(max(row.values()) for row in rows) * 1.1]
        scale = alt.Scale(type=kind, domain=domain, nice=False)
        points = alt.Chart(pa.Table.from_pylist(rows)).mark_point(size=18, filled=True)
        points = points.encode(
            alt.X("extract:Q", scale=scale, axis=alt.Axis(tickCount=4)),
            alt.Y("made up:Q", scale=scale, axis=alt.Axis(tickCount=4)),
        )
        ends = pa.Table.from_pylist([{"extract": x, "made up": x} for x in domain])
        equal = alt.Chart(ends).mark_line(color="grey", strokeWidth=0.5).encode(alt.X("extract:Q"), alt.Y("made up:Q"))
        panels.append((equal + points).properties(width=160, height=160, title=title))
    alt.vconcat(by_line, alt.hconcat(*panels)).save(out)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the records of a year, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        patients = apart(write_patients, folder, scale=asked.scale, years=(PATIENTS_YEAR,))
        professionals = apart(write_professionals, folder, years=(PROFESSIONALS_YEAR,))
        for part, scale in ((patients, asked.scale), (professionals, 1.0)):
            told = {"scale": scale, "rows": part.result.rows, "seconds": part.seconds.as_dict()}
            print(json.dumps({**told, "peak_memory_mb": part.peak_memory_mb, "load": load()}), flush=True)
        print(json.dumps({"megabytes": round(size_of(folder) / 1e6)}), flush=True)
        rates, amounts = rate_pairs(folder), mean_pairs(folder)
    for line in (*summaries(rates, "line"), *summaries(amounts, "measure")):
        print(json.dumps(line), flush=True)
    if asked.plot is not None:
        plot(rates, amounts, asked.plot)


if __name__ == "__main__":
    main()
