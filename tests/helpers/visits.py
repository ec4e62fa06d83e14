"""The definition of a small dataset as text, to change one thing at a time: visits to sites, of people with conditions.

It has all that a definition can say of records: an overlapping dimension, a sum, a ratio, a mean, declared zeros.
"""

from pathlib import Path

from seuil.model.dataset import Dataset, read_dataset

DEFINITION = """\
id: visits
title: {fr: Consultations, en: Visits}
unit: patient
threshold: 11
rounding: 10
period:
  name: annee
  values: [2022, 2023]
dimensions:
  site:
    label: Site
    codes: codes/sites.csv
  condition:
    label: Condition
    codes: codes/conditions.csv
    kind: overlapping
measures:
  ntop: {kind: count, label: Patients}
  npop:
    kind: count
    label: People
    at: {condition: ALL}
  fees: {kind: sum, label: Fees}
  rate: {kind: ratio, label: Rate, of: ntop, to: npop}
  mean: {kind: mean, label: Mean, of: fees, by: ntop}
empty:
  - where: {condition: [G], site: [N]}
    reason: Nobody can be there
tables:
  - levels: {site: [site]}
records:
  people:
    file: people.csv
    identifier: id
    period: annee
    dimensions:
      site: {column: site}
    amounts:
      fees: {column: fees, times: 100}
  memberships:
    file: conditions.csv
    identifier: id
    period: annee
    dimension: condition
    value: {column: code}
"""

SITES = """\
code,parent,level,label_fr,label_en,valid_from
T,,total,Total,Total,
N,T,site,Nord,North,
S,T,site,Sud,,2023
X,T,unknown,Inconnu,Unknown,
"""

CONDITIONS = """\
code,parent,level,label_fr,complete
ALL,,total,Ensemble,no
G,ALL,group,Groupe,
A,G,single,A,
B,G,single,B,
"""


def visits(
    folder: Path, *changes: tuple[str, str], sites: str = SITES, conditions: str = CONDITIONS, name: str = "visits.yaml"
) -> Dataset:
    """Write the definition, with pieces of text replaced, each of which must be there, and its code lists; read it."""
    text = DEFINITION
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "codes").mkdir(exist_ok=True)
    (folder / "codes" / "sites.csv").write_text(sites, encoding="utf-8")
    (folder / "codes" / "conditions.csv").write_text(conditions, encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    return read_dataset(folder / name)
