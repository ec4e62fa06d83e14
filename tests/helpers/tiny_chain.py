"""Two tiny datasets from records, and the whole way from these to an archive in one folder.

`visits`: exact counts and a sum by territory, age and sex, two years. `illness`: rounded counts by an overlapping
dimension, territory and sex, one year.
"""

import csv
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from seuil.publish.keys import RELEASE_SIGNERS, create_keys, load_signer
from seuil.publish.repository import create_archive
from seuil.workflow import release
from seuil.workflow.build import Source, build
from seuil.workflow.progress import Tell, silent
from seuil.workflow.work import Built

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

TERRITORIES = """\
code,parent,level,label_fr
T,,total,Ensemble
N,T,region,Nord
a,N,department,Ain
b,N,department,Bray
S,T,region,Sud
c,S,department,Caux
d,S,department,Diois
X,T,unknown,Inconnu
"""
AGES = """\
code,parent,level,label_fr,low,high
all,,total,Tous,,
young,all,band,Jeunes,0,39
old,all,band,Vieux,40,120
"""
SEXES = "code,parent,level,label_fr\nboth,,total,Ensemble\n1,both,sex,Hommes\n2,both,sex,Femmes\n"
CONDITIONS = """\
code,parent,level,label_fr,complete
ALL,,total,Ensemble,no
G,ALL,group,Groupe,yes
A,G,condition,Affection A,
B,G,condition,Affection B,
H,ALL,group,Autre,
"""
VISITS = """\
id: visits
title: Visites
unit: professional
threshold: 5
period: {name: year, values: [2022, 2023]}
dimensions:
  territory: {label: Territoire, codes: codes/territories.csv, role: territory}
  age: {label: Age, codes: codes/ages.csv, role: age}
  sex: {label: Sexe, codes: codes/sexes.csv, role: sex}
measures:
  people: {kind: count, label: Personnes}
  fees: {kind: sum, label: Frais, width: 5}
  fees_mean: {kind: mean, label: Frais moyens, of: fees, by: people}
tables: [{levels: {territory: [total, region, department, unknown], age: all, sex: all}}]
records:
  people:
    file: people.csv
    identifier: id
    period: year
    dimensions: {territory: {column: dept}, age: {column: age}, sex: {column: sex}}
    amounts: {fees: {column: fees}}
"""
ILLNESS = """\
id: illness
title: Affections
unit: patient
threshold: 11
rounding: 10
period: {name: year, values: [2023]}
dimensions:
  condition: {label: Affection, codes: codes/conditions.csv, kind: overlapping}
  territory: {label: Territoire, codes: codes/territories.csv, role: territory}
  sex: {label: Sexe, codes: codes/sexes.csv, role: sex}
measures:
  ntop: {kind: count, label: Patients}
  npop: {kind: count, label: Population, at: {condition: ALL}}
  rate: {kind: ratio, label: Taux, of: ntop, to: npop}
tables: [{levels: {condition: all, territory: all, sex: all}}]
records:
  people:
    file: patients.csv
    identifier: id
    period: year
    dimensions: {territory: {column: dept}, sex: {column: sex}}
  memberships: {file: conditions.csv, identifier: id, period: year, dimension: condition, value: {column: code}}
"""
HEADS = {
    "people": ("id", "year", "dept", "age", "sex", "fees"),
    "patients": ("id", "year", "dept", "sex"),
    "conditions": ("id", "year", "code"),
}
Row = tuple[object, ...]
Records = dict[str, list[Row]]


@dataclass(frozen=True)
class Chain:
    """The folders of one office."""

    folder: Path

    @property
    def definitions(self) -> tuple[Path, Path]:
        return self.folder / "visits" / "visits.yaml", self.folder / "illness" / "illness.yaml"

    @property
    def records(self) -> Path:
        return self.folder / "records"

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    def build(self, workers: int = 1, tell: Tell = silent) -> tuple[Built, ...]:
        return build([Source(d, self.records) for d in self.definitions], self.workspace, workers=workers, tell=tell)

    def propose(self) -> Path:
        return release.propose(self.archive, self.workspace, now=NOON, workers=1).folder

    def publish(self, proposal: Path) -> int:
        for role in RELEASE_SIGNERS:
            release.sign_as(proposal, self.keys, role)
        return release.publish(self.archive, proposal, self.keys, now=NOON)

    def copy(self, folder: Path) -> "Chain":
        shutil.copytree(self.folder, folder)
        return Chain(folder)


def open_office(folder: Path, secret: bytes = b"s" * 32) -> Chain:
    """Definitions, records, keys, an empty archive, and a workspace that holds its secret alone."""
    chain = Chain(folder)
    for path, text in zip(chain.definitions, (VISITS, ILLNESS), strict=True):
        codes = path.parent / "codes"
        codes.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        lists = {"territories": TERRITORIES, "ages": AGES, "sexes": SEXES, "conditions": CONDITIONS}
        for name, rows in lists.items():
            if f"codes/{name}.csv" in text:
                (codes / f"{name}.csv").write_text(rows, encoding="utf-8")
    write_records(chain.records, some_records())
    create_archive(chain.archive, create_keys(chain.keys), load_signer(chain.keys, "root"), now=NOON)
    set_secret(chain, secret)
    return chain


def set_secret(chain: Chain, secret: bytes) -> None:
    chain.workspace.mkdir(mode=0o700)
    with os.fdopen(os.open(chain.workspace / "secret.key", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(secret)


def make_unpublishable(chain: Chain) -> None:
    """Let `visits` publish one cell alone, of three people: if it is hidden it must be small."""
    definition = chain.definitions[0]
    text, told = definition.read_text(), "territory: [total, region, department, unknown], age: all, sex: all"
    assert told in text
    definition.write_text(text.replace(told, "territory: [total]") + "  least_units: 0\n", encoding="utf-8")
    people = [(f"person-{k}", year, "a", 30, "1", 40) for k in range(3) for year in (2022, 2023)]
    write_records(chain.records, {"people": people})


def some_records(seed: int = 1) -> Records:
    """About 300 people a year, some in no department, and the conditions of many of them."""
    random = np.random.default_rng(seed)
    records: Records = {name: [] for name in HEADS}
    for year in (2022, 2023):
        for k in range(300):
            dept = random.choice(["a", "b", "c", "d", "?"], p=[0.4, 0.05, 0.3, 0.23, 0.02])
            sex = random.choice(["1", "2"], p=[0.4, 0.6])
            name = f"person-{k:04d}"
            records["people"].append((name, year, dept, int(random.integers(1, 90)), sex, int(random.integers(0, 60))))
            if year == 2023:
                records["patients"].append((name, year, dept, sex))
                having = [code for code, p in (("A", 0.2), ("B", 0.3), ("H", 0.1)) if random.random() < p]
                records["conditions"] += [(name, year, code) for code in having]
    return records


def write_records(folder: Path, records: Mapping[str, Sequence[Row]]) -> None:
    folder.mkdir(exist_ok=True)
    for name, rows in records.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([HEADS[name], *rows])
