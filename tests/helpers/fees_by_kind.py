"""A small collection whose fees are split by kinds, and its office: people by territory, fees by territory and kind."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.helpers.tiny_chain import TERRITORIES, Chain, open_office

from seuil.workflow.build import Source, build
from seuil.workflow.progress import Tell, silent
from seuil.workflow.work import Built

KINDS = """\
code,parent,level,label_fr
ALL,,total,Tous
G,ALL,group,Groupe
p,G,kind,P
q,G,kind,Q
r,ALL,kind,R
"""
DEFINITION = """\
id: fees
title: Honoraires par nature
unit: professional
threshold: 5
zeros: shown
period: {name: year, values: [2023]}
dimensions:
  territory: {label: Territoire, codes: codes/territories.csv, role: territory}
  kind: {label: Nature, codes: codes/kinds.csv, of: amounts}
measures:
  people: {kind: count, label: Personnes}
  fees: {kind: sum, label: Honoraires, width: 5, kinds: kind, second_unit: {unit: patient, threshold: 11}}
  mean: {kind: mean, label: Moyenne, of: fees, by: {measure: people, at: {kind: ALL}}}
  group: {kind: total, label: Groupe, of: [{measure: fees, at: {kind: G}}]}
empty:
  - where: {territory: [c], kind: [q]}
    reason: no such fees there
tables:
  - levels: {territory: [total, region, department, unknown]}
    measures: [people]
  - levels: {territory: [total, region, department, unknown], kind: all}
    measures: [fees]
records:
  people:
    file: people.csv
    identifier: id
    period: year
    dimensions: {territory: {column: dept}}
  amounts:
    fees:
      file: fees.csv
      identifier: who
      period: year
      value: {column: what, values: {"1": p}}
      amount: {column: euros, second_unit: {count: patients, largest: most}}
"""
Row = Sequence[object]
HEADS = {"people": ("id", "year", "dept"), "fees": ("who", "year", "what", "euros", "patients", "most")}


@dataclass(frozen=True)
class FeesOffice(Chain):
    """The folders of one office."""

    @property
    def definition(self) -> Path:
        return self.folder / "fees" / "fees.yaml"

    def build(self, workers: int = 1, tell: Tell = silent) -> tuple[Built, ...]:
        return build([Source(self.definition, self.records)], self.workspace, workers=workers, tell=tell)


def fees_office(folder: Path, people: Sequence[Row], fees: Sequence[Row]) -> FeesOffice:
    """Definition, records, keys, an empty archive, and a workspace that holds its secret alone."""
    office = FeesOffice(open_office(folder).folder)
    shutil.rmtree(office.records)
    write_definition(office.definition.parent)
    write_fees(office.records, people, fees)
    return office


def write_definition(folder: Path, *changes: tuple[str, str]) -> Path:
    """The definition, with pieces of text replaced, each of which must be there, and its code lists."""
    text = DEFINITION
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "codes").mkdir(parents=True, exist_ok=True)
    for name, rows in (("territories", TERRITORIES), ("kinds", KINDS)):
        (folder / "codes" / f"{name}.csv").write_text(rows, encoding="utf-8")
    (folder / "fees.yaml").write_text(text, encoding="utf-8")
    return folder / "fees.yaml"


def write_fees(folder: Path, people: Sequence[Row], fees: Sequence[Row]) -> None:
    """The two files of records."""
    folder.mkdir(exist_ok=True)
    for name, rows in (("people", people), ("fees", fees)):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([HEADS[name], *rows])


def some_fees(seed: int = 1) -> tuple[list[Row], list[Row]]:
    """About 120 people, and their fees of one to three kinds; of one kind few have any."""
    random = np.random.default_rng(seed)
    people: list[Row] = []
    fees: list[Row] = []
    for k in range(120):
        dept = str(random.choice(["a", "b", "c", "d", "?"], p=[0.4, 0.08, 0.3, 0.16, 0.06]))
        people.append((f"person-{k:03d}", 2023, dept))
        for code, share in (("1", 0.9), ("q", 0.25), ("r", 0.5)):
            if random.random() < share and not (code == "q" and dept == "c"):
                fees.append((f"person-{k:03d}", 2023, code, int(random.integers(20, 60)), 4, 9))
    return people, fees
