"""A tiny release in an archive of its own, for the tests of the store, the API and the exports.

`patients` (proved, two years, hidden values, rounded) and `reel-tarifs` (published elsewhere, quarters, missing values,
a label that every format has to quote). The rows are known here, so that tests can compute what an answer has to be.
"""

import atexit
import shutil
import tempfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.helpers.archives import Office

from seuil.catalogue.build import catalogue_of, entry_of, write_catalogue
from seuil.catalogue.entry import Entry
from seuil.model.dataset import read_dataset
from seuil.portal.api import router
from seuil.portal.store import Store
from seuil.publish.keys import create_keys
from seuil.publish.repository import create_archive

Row = dict[str, object]
DATASETS = "/api/explore/v2.1/catalog/datasets"
TRAP = 'Côtes; "d\'Armor"\n<b>'

PATIENTS = """\
id: patients
title: {fr: Patients pris en charge, en: Patients in care}
description: {fr: Patients par territoire et par pathologie, en: Patients by territory and condition}
purpose: {fr: Rendre possibles des études, en: To make studies possible}
fictitious: true
unit: patient
threshold: 11
rounding: 10
period: {name: annee, label: {fr: Année, en: Year}, values: [2022, 2023]}
dimensions:
  territoire: {label: {fr: Territoire, en: Territory}, codes: territoires.csv, role: territory}
  pathologie: {label: {fr: Pathologie, en: Condition}, codes: pathologies.csv, kind: overlapping}
measures:
  ntop: {kind: count, label: {fr: Patients, en: Patients}}
  npop: {kind: count, label: Population, at: {pathologie: ALL}}
  taux: {kind: ratio, label: Taux, of: ntop, to: npop, decimals: 2, unit_label: "%"}
tables: [{levels: {territoire: all, pathologie: all}}]
records:
  people: {file: p.csv, identifier: id, period: y, dimensions: {territoire: {column: d}}}
  memberships: {file: m.csv, identifier: id, period: y, dimension: pathologie, value: {column: c}}
publisher: {fr: Caisse d’essai, en: Test fund}
licence: Licence Ouverte 2.0
licence_url: https://example.org/licence?v=2
keywords: [{fr: santé, en: health}, diabète]
themes: [Santé]
"""
TARIFS = """\
id: reel-tarifs
title: {fr: Tarifs moyens, en: Mean fees}
source: published
unit: professional
threshold: 5
period: {name: trimestre, values: [20231, 20232]}
dimensions: {territoire: {label: Territoire, codes: territoires.csv, facet: false}}
measures: {tarif: {kind: given, label: Tarif, column: f, decimals: 1}}
published: {file: f.csv, period: y, columns: {territoire: {column: d}}}
publisher: Éditeur
licence: Ouverte
"""
CODES = {
    "territoires.csv": "code,parent,level,label_fr,label_en\n"
    "FR,,pays,France,France\n75,FR,departement,Paris,Paris\n"
    '22,FR,departement,"Côtes; ""d\'Armor""\n<b>",Coast\n2A,FR,departement,Corse-du-Sud,South Corsica\n',
    "pathologies.csv": "code,parent,level,label_fr,label_en\nALL,,total,Ensemble,All\n"
    "DIA,ALL,groupe,Diabète,Diabetes\nCAN,ALL,groupe,Cancers,Cancers\n",
}
TERRITORIES = (
    ("FR", "pays", "France"),
    ("75", "departement", "Paris"),
    ("22", "departement", TRAP),
    ("2A", "departement", "Corse-du-Sud"),
)
CONDITIONS = (("ALL", "total", "Ensemble"), ("DIA", "groupe", "Diabète"), ("CAN", "groupe", "Cancers"))
_TYPES = {"text": pa.string(), "int": pa.int64(), "double": pa.float64()}


def patients_rows() -> list[Row]:
    """Department 2A is hidden for each condition, in both years."""
    rows: list[Row] = []
    for year in (2022, 2023):
        for at, (code, level, label) in enumerate(TERRITORIES):
            for position, (condition, its_level, its_label) in enumerate(CONDITIONS):
                hidden = code == "2A" and condition != "ALL"
                count = 10 * (100 - 20 * at - 7 * position + year - 2022)
                people = 10_000 - 1_000 * at
                rows.append(
                    {
                        "annee": year,
                        "territoire": code, "territoire_niveau": level, "territoire_libelle": label,
                        "pathologie": condition, "pathologie_niveau": its_level, "pathologie_libelle": its_label,
                        "ntop": None if hidden else count, "ntop_statut": "NS" if hidden else None,
                        "npop": people, "npop_statut": None,
                        "taux": None if hidden else round(100 * count / people, 2),
                        "taux_statut": "NS" if hidden else None,
                    }
                )  # fmt: skip
    return rows


def tarifs_rows() -> list[Row]:
    """One figure is hidden, one is missing."""
    rows: list[Row] = []
    for quarter in (20231, 20232):
        for at, (code, level, label) in enumerate(TERRITORIES[1:]):
            status = {(20231, 1): "NS", (20232, 2): "ND"}.get((quarter, at))
            value = None if status else 20.5 + at
            rows.append(
                {
                    "trimestre": quarter,
                    "territoire": code, "territoire_niveau": level, "territoire_libelle": label,
                    "tarif": value, "tarif_statut": status,
                }
            )  # fmt: skip
    return rows


ROWS = {"patients": patients_rows, "reel-tarifs": tarifs_rows}


def table_of(entry: Entry, rows: list[Row]) -> pa.Table:
    """The released table of these rows."""
    first, *others = entry.fields
    columns = [pa.field(first.name, pa.int32()), *(pa.field(f.name, _TYPES[f.type]) for f in others)]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


class PortalOffice(Office):
    """An office that publishes now, as the store opens what holds now."""

    def start(self) -> "PortalOffice":
        create_archive(self.archive, create_keys(self.folder / "keys"), self.signer("root"), now=datetime.now(UTC))
        return self

    def contents(self, datasets: tuple[str, ...] = ("patients", "reel-tarifs")) -> dict[str, bytes]:
        """The files of a release by logical name."""
        files, entries = {}, []
        for dataset_id in datasets:
            entry, table = self._dataset(dataset_id)
            sink = pa.BufferOutputStream()
            pq.write_table(table, sink, compression="zstd", row_group_size=7)
            files[entry.data_file] = sink.getvalue().to_pybytes()
            entries.append(entry)
        return files | {"catalogue.json": write_catalogue(catalogue_of(entries))}

    def publish_now(self, contents: dict[str, bytes]) -> int:
        return self.release(contents, now=datetime.now(UTC))

    def _dataset(self, dataset_id: str) -> tuple[Entry, pa.Table]:
        folder: Path = self.folder / "definitions"
        folder.mkdir(exist_ok=True)
        for name, text in CODES.items():
            (folder / name).write_text(text, encoding="utf-8")
        path = folder / f"{dataset_id}.yaml"
        path.write_text({"patients": PATIENTS, "reel-tarifs": TARIFS}[dataset_id], encoding="utf-8")
        rows = ROWS[dataset_id]()
        hidden = sum(row[name] == "NS" for row in rows for name in row)
        entry = entry_of(
            read_dataset(path), rows=len(rows), modified=date(2026, 11, 25), hidden=hidden, cells=len(rows)
        )
        return entry, table_of(entry, rows)


@cache
def shared_office() -> PortalOffice:
    """An archive with one release, for all tests that only read it."""
    folder = Path(tempfile.mkdtemp(prefix="seuil-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    office = PortalOffice(folder).start()
    office.publish_now(office.contents())
    return office


@cache
def shared_store() -> Store:
    """The store of `shared_office`."""
    return Store.open(shared_office().archive)


def client_of(store: Store, **options: str) -> TestClient:
    """A reader of the API of a store, and of nothing else."""
    app = FastAPI()
    app.include_router(router(store, **options))
    return TestClient(app, base_url="http://portail.example")


class Reader:
    """Asks the API of `shared_store`."""

    def __init__(self) -> None:
        self.client = client_of(shared_store())

    def get(self, path: str, *, headers: dict[str, str] | None = None, **parameters: object) -> httpx.Response:
        """The answer for a path below `catalog/datasets`."""
        return self.client.get(f"{DATASETS}{path}", params=parameters, headers=headers)

    def json(self, path: str, **parameters: object) -> Any:
        """The JSON of an answer that is no error."""
        response = self.get(path, **parameters)
        assert response.status_code == 200, response.text
        return response.json()

    def error(self, path: str, **parameters: object) -> tuple[int, str, str]:
        """Status, code and message of an error."""
        response = self.get(path, **parameters)
        body = response.json()
        assert set(body) == {"error_code", "message"}
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        return response.status_code, body["error_code"], body["message"]


def api_row(row: Row) -> Row:
    """A row as the API shows it: the year is a text."""
    return {name: str(value) if name == "annee" else value for name, value in row.items()}
