"""A release whose dataset has columns of its own, like the fund's, drawn at random and with the truth in hand.

Territories and sexes add up; conditions overlap; one counts women only, so beside it stands the population of women.
"""

import random
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.helpers.portal_release import PortalOffice

from seuil.catalogue.build import catalogue_of, entry_of, write_catalogue
from seuil.catalogue.entry import Entry
from seuil.model.dataset import read_dataset
from seuil.model.formulas import round_half_up

THRESHOLD, ROUNDING = 11, 10
CODES = {
    "territoires.csv": "code,parent,level,label_fr,insee\nFR,,france,France,\nR1,FR,region,Nord,1\nR2,FR,region,Sud,2\n"
    "75,R1,departement,Paris,75\n22,R1,departement,Côtes,22\n2A,R2,departement,Corse,2A\n2B,R2,departement,Haute,2B\n",
    "sexes.csv": "code,parent,level,label_fr\n9,,tous,tous sexes\n1,9,sexe,hommes\n2,9,sexe,femmes\n",
    "pathologies.csv": "code,parent,level,label_fr,top\nALL,,total,Ensemble,TOT\nDIA,ALL,groupe,Diabète,\n"
    "SEI,ALL,groupe,Cancer du sein,SEI\n",
}
DEFINITION = """\
id: effectifs
title: {{fr: Effectifs, en: Patients}}
unit: patient
threshold: 11
rounding: 10
period: {{name: annee, values: [2022, 2023]}}
dimensions:
  condition: {{label: Pathologie, codes: pathologies.csv, kind: overlapping}}
  sexe: {{label: Sexe, codes: sexes.csv, role: sex}}
  territoire: {{label: Territoire, codes: territoires.csv, role: territory}}
measures:
  ntop: {{kind: count, label: Patients}}
  npop:
    kind: count
    label: Population
    at: {{condition: ALL}}
    instead: [{{where: {{condition: [SEI], sexe: ["9"]}}, at: {{sexe: "2"}}}}]
empty: [{{where: {{condition: [SEI], sexe: ["1"]}}, reason: Femmes}}]
empty_rows: {empty_rows}
tables: [{{levels: {{condition: all, sexe: all, territoire: all}}}}]
columns:
  - {{name: an, period: year}}
  - {{name: patho, dimension: condition, show: label, level: groupe, total: null}}
  - {{name: top, dimension: condition, show: top}}
  - {{name: sexe, dimension: sexe}}
  - {{name: region, dimension: territoire, level: region, show: insee, total: "99"}}
  - {{name: dept, dimension: territoire, level: departement, show: insee, total: "999"}}
  - {{name: ntop, measure: ntop}}
  - {{name: npop, measure: npop}}
records:
  people: {{file: p.csv, identifier: id, period: y, dimensions: {{sexe: {{column: s}}, territoire: {{column: d}}}}}}
  memberships: {{file: m.csv, identifier: id, period: y, dimension: condition, value: {{column: c}}}}
"""
YEARS, CONDITIONS, SEXES = (2022, 2023), ("ALL", "DIA", "SEI"), ("9", "1", "2")
BELOW = {"FR": ("R1", "R2"), "R1": ("75", "22"), "R2": ("2A", "2B")}
TERRITORIES = ("FR", "R1", "R2", "75", "22", "2A", "2B")
_LEAVES = ("75", "22", "2A", "2B")
Cell = tuple[int, str, str, str]
"""Year, condition, sex, territory."""


@dataclass(frozen=True)
class OwnRow:
    """A row of the dataset: its cell, what stands in its columns, and the true figures."""

    cell: Cell
    columns: dict[str, object]
    true: dict[str, int]


@dataclass(frozen=True)
class OwnRelease:
    """The archive, and the rows of its dataset `effectifs` in their order."""

    archive: Path
    entry: Entry
    rows: list[OwnRow]


def release_with_own_columns(folder: Path, seed: int, *, empty_rows: str = "left_out") -> OwnRelease:
    """Draw a table, hide what is small and more, publish it."""
    office = PortalOffice(folder).start()
    (folder / "definition").mkdir()
    for name, text in CODES.items():
        (folder / "definition" / name).write_text(text, encoding="utf-8")
    path = folder / "definition" / "effectifs.yaml"
    path.write_text(DEFINITION.format(empty_rows=empty_rows), encoding="utf-8")
    figures = _figures(_draw(random.Random(seed)), random.Random(seed))
    shown = [row for row in figures if empty_rows == "shown" or (row["condition"], row["sexe"]) != ("SEI", "1")]
    entry = entry_of(read_dataset(path), rows=len(shown), modified=date(2026, 11, 25), hidden=0, cells=len(shown))
    rows = [OwnRow(_cell(row), _columns(entry, row), row["true"]) for row in shown]
    files = {
        entry.figures_file: _parquet([{name: v for name, v in row.items() if name != "true"} for row in figures]),
        entry.data_file: _parquet([row.columns for row in rows], entry),
        "catalogue.json": write_catalogue(catalogue_of([entry])),
    }
    office.publish_now(files)
    return OwnRelease(office.archive, entry, rows)


def _draw(chance: random.Random) -> dict[Cell, int]:
    truth: dict[Cell, int] = {}
    for year in YEARS:
        for sex, leaf in product(SEXES[1:], _LEAVES):
            top = chance.choice([8, 40, 400])
            parts = {"DIA": chance.randrange(top), "SEI": 0 if sex == "1" else chance.randrange(top)}
            total = chance.randint(max(parts.values()), sum(parts.values())) + chance.choice([0, 0, 50])
            truth |= {(year, name, sex, leaf): count for name, count in {**parts, "ALL": total}.items()}
        for condition, sex in product(CONDITIONS, SEXES[1:]):
            for node in ("R1", "R2", "FR"):
                truth[year, condition, sex, node] = sum(truth[year, condition, sex, part] for part in BELOW[node])
        for condition, node in product(CONDITIONS, TERRITORIES):
            truth[year, condition, "9", node] = sum(truth[year, condition, sex, node] for sex in SEXES[1:])
    return truth


def _figures(truth: dict[Cell, int], chance: random.Random) -> list[dict]:
    hidden = {cell for cell, count in truth.items() if count < THRESHOLD or chance.random() < 0.2}
    rows = []
    for year, condition, sex, node in product(YEARS, CONDITIONS, SEXES, TERRITORIES):
        people = (year, "ALL", "2" if (condition, sex) == ("SEI", "9") else sex, node)
        row = {"annee": year, "condition": condition, "sexe": sex, "territoire": node, "true": {}}
        row |= {f"{name}_niveau": level for name, level in _levels(condition, sex, node).items()}
        for name, cell in (("ntop", (year, condition, sex, node)), ("npop", people)):
            empty = cell[1:3] == ("SEI", "1")
            told = cell not in hidden or empty
            row[name] = round_half_up(truth[cell], ROUNDING) if told else None
            row[f"{name}_statut"] = None if told else "NS"
            row["true"][name] = truth[cell]
        rows.append(row)
    return rows


def _levels(condition: str, sex: str, node: str) -> dict[str, str]:
    return {
        "condition": "total" if condition == "ALL" else "groupe",
        "sexe": "tous" if sex == "9" else "sexe",
        "territoire": "france" if node == "FR" else "region" if node in BELOW else "departement",
    }


def _cell(row: dict) -> Cell:
    return row["annee"], row["condition"], row["sexe"], row["territoire"]


def _columns(entry: Entry, row: dict) -> dict[str, object]:
    told: dict[str, object] = {"an": row["annee"], "ntop": row["ntop"], "npop": row["npop"]}
    for dimension in entry.dimensions:
        node = next(node for node in dimension.nodes if node.code == row[dimension.column])
        told |= dict(zip(dimension.fields, node.values, strict=True))
    return {field.name: told[field.name] for field in entry.fields}


def _parquet(rows: list[dict[str, object]], entry: Entry | None = None) -> bytes:
    kinds = {"annee": pa.int32(), "an": pa.int32(), "ntop": pa.int64(), "npop": pa.int64()}
    names = [field.name for field in entry.fields] if entry else list(rows[0])
    if entry is None:
        names += [f"{dimension}_libelle" for dimension in ("condition", "sexe", "territoire")]
        rows = [row | dict.fromkeys(names[-3:], "") for row in rows]
    table = pa.Table.from_pylist(rows, schema=pa.schema([(name, kinds.get(name, pa.string())) for name in names]))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=17)
    return sink.getvalue().to_pybytes()
