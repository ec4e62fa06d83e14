"""A dataset with every kind of measure, and one that was published elsewhere."""

from pathlib import Path

import pytest

from seuil.model.dataset import Dataset, read_dataset

VISITS = """\
id: visits
title: {fr: Consultations, en: Visits}
purpose: {fr: Pour montrer, en: To show}
fictitious: true
unit: professional
threshold: 5
rounding: 10
zeros: shown
level: plausible
period: {name: annee, label: {fr: Année, en: Year}, values: [2023, 2022]}
dimensions:
  dept: {label: {fr: Territoire, en: Territory}, codes: depts.csv, role: territory}
  cond: {label: {fr: Pathologie, en: Condition}, codes: conds.csv, kind: overlapping, role: condition, facet: false}
measures:
  n: {kind: count, label: Patients}
  pop: {kind: count, label: People, at: {cond: ALL}}
  fees: {kind: sum, label: Fees, unit_label: euros}
  mean: {kind: mean, label: Mean, of: fees, by: n, decimals: 2}
  rate: {kind: ratio, label: {fr: Taux, en: Rate}, of: n, to: pop, decimals: 3}
tables:
  - levels: {dept: [dept]}
  - levels: {dept: [country], cond: [single]}
records:
  people:
    file: p.csv
    identifier: id
    period: y
    dimensions: {dept: {column: d}}
    amounts: {fees: {column: f}}
  memberships: {file: m.csv, identifier: id, period: y, dimension: cond, value: {column: c}}
publisher: Example
licence: Open
keywords: [a, {fr: b, en: c}]
"""

REEL = """\
id: reel
title: Fees
source: published
unit: patient
threshold: 11
period: {name: quarter, values: [20231, 20232]}
dimensions: {dept: {label: Department, codes: depts.csv}}
measures: {fees: {kind: given, label: Fees, column: f, decimals: 1}}
published: {file: f.csv, period: y, columns: {dept: {column: d}}}
"""

DEPTS = """\
code,parent,level,label_fr,label_en,valid_to
FR,,country,France,France,
R,FR,region,Région,Region,
01,R,dept,Ain,Ain,
02,R,dept,Aisne,Aisne,2022
03,R,dept,Allier,Allier,2021
XX,FR,unknown,Inconnu,Unknown,
"""

CONDS = "code,parent,level,label_fr,note_fr\nALL,,total,Ensemble,\nG,ALL,group,Groupe,\nA,G,single,A,Qui a A\n"


def read(folder: Path, definition: str) -> Dataset:
    (folder / "depts.csv").write_text(DEPTS, encoding="utf-8")
    (folder / "conds.csv").write_text(CONDS, encoding="utf-8")
    path = folder / "definition.yaml"
    path.write_text(definition, encoding="utf-8")
    return read_dataset(path)


@pytest.fixture
def visits(tmp_path: Path) -> Dataset:
    return read(tmp_path, VISITS)


@pytest.fixture
def reel(tmp_path: Path) -> Dataset:
    return read(tmp_path, REEL)
