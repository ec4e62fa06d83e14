"""A store for the tests of pages: a release of three small datasets, made here, the same every time.

`patients` (fictitious, proved, rounded, a map, ages, two years), `reel-honoraires` (published elsewhere, with `ND`
and a territory without a row), `visites` (no map, one year). Figures follow from their place,
so that tests can name them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from operator import itemgetter

from fastapi import FastAPI
from fastapi.testclient import TestClient

from seuil.archive.release import Signer
from seuil.catalogue.certificate import Certificate
from seuil.catalogue.entry import Catalogue, Dimension, Entry, FieldEntry, Guarantee, Measure, Node
from seuil.model.text import Text
from seuil.portal.app import assemble
from seuil.portal.charts.outlines import names
from seuil.portal.proofs.why import Witnessed
from seuil.portal.settings import Settings

Row = dict[str, object]
HIDDEN_DEPARTMENT = "48"
MISSING_DEPARTMENT = "23"
ABSENT_DEPARTMENT = "976"
TRAPS = '<script>alert("x")</script> & co'


@dataclass(frozen=True)
class FakeRelease:
    """The served release."""

    number: int = 3
    published: datetime = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    signers: tuple[Signer, ...] = (Signer("checker", "c" * 64), Signer("statistician", "d" * 64))
    signatures_needed: int = 2


@dataclass(frozen=True)
class FakePage:
    """Some rows, and how many there are."""

    total: int
    rows: list[Row]


class FakeStore:
    """Answers as the store does, from lists."""

    def __init__(self) -> None:
        self.release = FakeRelease()
        self._tables = {"patients": list(_patients()), "reel-honoraires": list(_fees()), "visites": list(_visits())}
        self.catalogue = Catalogue(
            entries=(
                _entry_patients(len(self._tables["patients"])),
                _entry_fees(len(self._tables["reel-honoraires"])),
                _entry_visits(len(self._tables["visites"])),
            )
        )

        self.certificate: Certificate | None = _certificate(self.catalogue)

    def why(self, *_: object) -> tuple[Witnessed, ...]:
        """There is no proof to show."""
        return ()

    def without(self, dataset_id: str, column: str, value: object) -> "FakeStore":
        """The same store, some rows of a dataset left out."""
        self._tables[dataset_id] = [row for row in self._tables[dataset_id] if row[column] != value]
        return self

    def add(self, entry: Entry, rows: list[Row]) -> "FakeStore":
        """The same store with another dataset, the last one."""
        self._tables[entry.id] = rows
        self.catalogue = Catalogue(entries=(*self.catalogue.entries, entry))
        return self

    def replace_rows(self, dataset_id: str, change: Callable[[Row], Row]) -> "FakeStore":
        """The same store, each row of a dataset changed."""
        self._tables[dataset_id] = [change(row) for row in self._tables[dataset_id]]
        return self

    def entry(self, dataset_id: str) -> Entry:
        """The dataset of that name."""
        return next(e for e in self.catalogue.entries if e.id == dataset_id)

    def size(self, dataset_id: str, fmt: str) -> int | None:
        """Made-up sizes; that of JSON is not known beforehand."""
        return {"csv": 1_234_567, "parquet": 98_765}.get(fmt) if dataset_id in self._tables else None

    def rows(
        self,
        dataset_id: str,
        *,
        equal: Mapping[str, str | int | tuple[str, ...]],
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> FakePage:
        """Rows whose columns have the given values."""
        wanted = {name: value if isinstance(value, tuple) else (value,) for name, value in equal.items()}
        found = [row for row in self._tables[dataset_id] if all(row[name] in of for name, of in wanted.items())]
        for name in reversed(order_by):
            falling = name.startswith("-")
            known = [row for row in found if row[name.removeprefix("-")] is not None]
            none = [row for row in found if row[name.removeprefix("-")] is None]
            found = sorted(known, key=itemgetter(name.removeprefix("-")), reverse=falling) + none
        shown = found[offset : offset + limit]
        return FakePage(len(found), [{name: row[name] for name in columns or row} for row in shown])


def _dimension(
    name: str, label: Text, role: str, kind: str, nodes: Sequence[tuple[str, str, str, str, str]]
) -> Dimension:
    return Dimension.model_validate(
        {
            "name": name,
            "label": label,
            "column": name,
            "level_column": f"{name}_niveau",
            "label_column": f"{name}_libelle",
            "kind": kind,
            "role": role,
            "facet": True,
            "total": nodes[0][0],
            "nodes": [
                Node(code=code, parent=parent, level=level, label=Text(fr=fr, en=en))
                for code, parent, level, fr, en in nodes
            ],
        }
    )


_DEPARTMENTS = [(code, "FR", "departement", name, name) for code, name in sorted(names().items())]
TERRITORY = _dimension(
    "territoire",
    Text(fr="Territoire", en="Territory"),
    "territory",
    "additive",
    [("FR", "", "france", "France", "France"), *_DEPARTMENTS],
)
AGE = _dimension(
    "age",
    Text(fr="Âge", en="Age"),
    "age",
    "additive",
    [("tous", "", "total", "Tous âges", "All ages")]
    + [(f"{a:02}-{a + 9:02}", "tous", "classe", f"{a} à {a + 9} ans", f"{a} to {a + 9}") for a in range(0, 80, 10)]
    + [("80+", "tous", "classe", "80 ans et plus", "80 and over")],
)
SEX = _dimension(
    "sexe",
    Text(fr="Sexe", en="Sex"),
    "sex",
    "additive",
    [
        ("9", "", "total", "Tous sexes", "Both sexes"),
        ("1", "9", "sexe", "Hommes", "Men"),
        ("2", "9", "sexe", "Femmes", "Women"),
    ],
)
CONDITION = _dimension(
    "pathologie",
    Text(fr="Pathologie", en="Condition"),
    "condition",
    "overlapping",
    [
        ("tout", "", "total", "Toutes pathologies", "All conditions"),
        ("dia", "tout", "niveau_1", "Diabète", "Diabetes"),
        ("rare", "tout", "niveau_1", TRAPS, TRAPS),
    ],
)
PROFESSION = _dimension(
    "profession",
    Text(fr="Profession", en="Profession"),
    "profession",
    "additive",
    [
        ("gen", "", "profession", "Médecins généralistes", "General practitioners"),
        ("inf", "", "profession", "Infirmiers", "Nurses"),
    ],
)
SITE = _dimension(
    "site",
    Text(fr="Site", en="Site"),
    "territory",
    "additive",
    [
        ("tous", "", "total", "Tous sites", "All sites"),
        ("day", "tous", "site", "Dayton", "Dayton"),
        ("sea", "tous", "site", "Seattle", "Seattle"),
    ],
)


def _measure(
    name: str, fr: str, en: str, kind: str, decimals: int = 0, unit: str = "", *, of: str = "", by: str = ""
) -> Measure:
    return Measure.model_validate(
        {
            "name": name,
            "label": Text(fr=fr, en=en),
            "kind": kind,
            "unit_label": Text(fr=unit, en=unit),
            "decimals": decimals,
            "status_column": f"{name}_statut",
            "of": of,
            "by": by,
            "times": 100 if by else 1,
        }
    )


def _coordinates(dimensions: Sequence[Dimension]) -> Iterator[list[Node]]:
    if not dimensions:
        yield []
        return
    for node in dimensions[0].nodes:
        for rest in _coordinates(dimensions[1:]):
            yield [node, *rest]


def _row(year: int, dimensions: Sequence[Dimension], nodes: Sequence[Node]) -> Row:
    row: Row = {"annee": year}
    for dimension, node in zip(dimensions, nodes, strict=True):
        row |= {
            dimension.column: node.code,
            dimension.level_column: node.level,
            dimension.label_column: node.label.fr,
        }
    return row


def _patients() -> Iterator[Row]:
    dimensions = (CONDITION, TERRITORY, AGE, SEX)
    order = {code: k for k, code in enumerate(n.code for n in TERRITORY.nodes)}
    for year in (2022, 2023):
        for nodes in _coordinates(dimensions):
            condition, territory, age, sex = nodes
            people = (
                26_000_000 if territory.code == "FR" else 90_000 + 7_130 * ((order[territory.code] * 37) % 101)
            ) // 10
            people = people * (10 if age.code == "tous" else 1) * (2 if sex.code == "9" else 1)
            share = (
                {"tout": 45, "dia": 11, "rare": 2}[condition.code]
                + 3 * ((order[territory.code] * 13) % 7)
                + 9 * max(AGE.nodes.index(age) - 3, 0)
            )
            count = people * share // 10_000 * 10 + (year - 2022) * 110
            hidden = territory.code == HIDDEN_DEPARTMENT or (condition.code == "rare" and age.code == "10-19")
            status = "NS" if hidden else None
            yield _row(year, dimensions, nodes) | {
                "ntop": None if hidden else count,
                "ntop_statut": status,
                "npop": people,
                "npop_statut": None,
                "prev": None if hidden else round(100 * count / people, 2),
                "prev_statut": status,
            }


def _fees() -> Iterator[Row]:
    dimensions = (PROFESSION, TERRITORY)
    for k, nodes in enumerate(_coordinates(dimensions)):
        code = nodes[1].code
        if code in (ABSENT_DEPARTMENT, "FR"):
            continue
        status = {HIDDEN_DEPARTMENT: "NS", MISSING_DEPARTMENT: "ND"}.get(code)
        yield _row(2021, dimensions, nodes) | {
            "honoraires": None if status else 90_000 + 1_113 * ((k * 29) % 83),
            "honoraires_statut": status,
        }


def _visits() -> Iterator[Row]:
    dimensions = (SITE, AGE, SEX)
    for k, nodes in enumerate(_coordinates(dimensions)):
        hidden = nodes[1].code == "80+" and nodes[0].code != "tous"
        empty = nodes[1].code == "00-09" and nodes[0].code == "sea"
        yield _row(1, dimensions, nodes) | {
            "visites": None if hidden or empty else 120 + k,
            "visites_statut": "NS" if hidden else None,
        }


def _entry(
    dataset_id: str,
    title: Text,
    rows: int,
    dimensions: tuple[Dimension, ...],
    measures: tuple[Measure, ...],
    periods: tuple[int, ...],
    guarantee: Guarantee,
    **texts: object,
) -> Entry:
    fields = [FieldEntry(name="annee", label=Text(fr="Année", en="Year"), type="date", facet=True, of="annee")]
    fields += [FieldEntry(name=d.column, label=d.label, type="text", facet=d.facet) for d in dimensions]
    fields += [FieldEntry(name=m.name, label=m.label, type="double", hidden_by=m.status_column) for m in measures]
    plain: dict[str, object] = {
        "id": dataset_id,
        "collection": dataset_id,
        "title": title,
        "source": "records",
        "fictitious": False,
        "publisher": Text(fr="Caisse nationale de démonstration", en="Demonstration national fund"),
        "licence": "Licence Ouverte 2.0",
        "licence_url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "keywords": (),
        "themes": (),
        "period": "annee",
        "period_label": Text(fr="Année", en="Year"),
        "periods": periods,
        "dimensions": dimensions,
        "measures": measures,
        "fields": tuple(fields),
        "rows": rows,
        "modified": date(2026, 11, 25),
        "guarantee": guarantee,
    }
    return Entry.model_validate(plain | texts)


def _guarantee(proved: bool, unit: str, units: str, en: str, threshold: int, rounding: int | None) -> Guarantee:
    return Guarantee(
        proved=proved,
        unit=Text(fr=unit, en=en),
        units=Text(fr=units, en=en + "s"),
        threshold=threshold,
        rounding=rounding,
        level="justified",
        zeros="hidden",
        cells=18_360,
        hidden=412,
    )


def _entry_patients(rows: int) -> Entry:
    measures = (
        _measure("ntop", "Patients pris en charge", "Patients in care", "count"),
        _measure("npop", "Population", "Population", "count"),
        _measure("prev", "Taux de patients", "Rate of patients", "ratio", 2, "%", of="ntop", by="npop"),
    )
    return _entry(
        "patients",
        Text(fr="Patients pris en charge par pathologie", en="Patients in care by condition"),
        rows,
        (CONDITION, TERRITORY, AGE, SEX),
        measures,
        (2022, 2023),
        _guarantee(True, "patient", "patients", "patient", 11, 10),
        fictitious=True,
        description=Text(
            fr="Nombre de patients pris en charge et part de la population, par pathologie, territoire, âge et sexe.",
            en="Patients in care and their share of the population, by condition, territory, age and sex.",
        ),
        purpose=Text(
            fr="Rendre possibles des études sur la santé et son financement.",
            en="To make studies of health and of its financing possible.",
        ),
        origin=Text(fr="Données inventées pour la démonstration.", en="Made up for demonstration."),
        keywords=(Text(fr="santé", en="health"), Text(fr="diabète", en="diabetes")),
    )


def _entry_fees(rows: int) -> Entry:
    return _entry(
        "reel-honoraires",
        Text(fr="Honoraires moyens des professionnels", en="Mean fees of professionals"),
        rows,
        (PROFESSION, TERRITORY),
        (_measure("honoraires", "Honoraires moyens", "Mean fees", "given", 0, "€"),),
        (2021,),
        _guarantee(False, "professionnel", "professionnels", "professional", 5, None),
        source="published",
        description=Text(
            fr="Honoraires moyens par profession et par département, tels que publiés par leur éditeur.",
            en="Mean fees by profession and department, as their publisher published them.",
        ),
        purpose=Text(fr="Comparer avec les tableaux publiés.", en="To compare with published tables."),
        origin=Text(fr="Tableaux publiés ailleurs.", en="Tables published elsewhere."),
    )


def _entry_visits(rows: int) -> Entry:
    return _entry(
        "visites",
        Text(fr="Visites médicales par site", en="Medical visits by site"),
        rows,
        (SITE, AGE, SEX),
        (_measure("visites", "Visites", "Visits", "sum"),),
        (1,),
        _guarantee(True, "personne", "personnes", "person", 11, None),
        description=Text(fr="Une expérience américaine.", en="An American experiment."),
        purpose=Text(fr="Étudier.", en="To study."),
        origin=Text(fr="Domaine public.", en="Public domain."),
    )


def _certificate(catalogue: Catalogue) -> Certificate:
    """With everything that a certificate can tell: two datasets of the release, and one that is gone."""
    limits = {"dominance": 85, "p_percent": 10, "level": "justified", "wishes": ["shown", "hidden", "cost"]}
    why = {"fr": "Secret statistique", "en": "Statistical secrecy"}
    amount = {"measure": "visites", "dominance": 85, "p_percent": 10, "p_percent_up_to": 50_000, "width": 1}
    amount["second_unit"] = "patient"
    datasets = [
        {
            "id": entry.id,
            "datasets": [entry.id],
            "title": entry.title.model_dump(),
            "proved": entry.guarantee.proved,
            "unit": "patient",
            "threshold": entry.guarantee.threshold,
            "rounding": entry.guarantee.rounding,
            "level": "justified",
            "zeros": "hidden",
            "amounts": [],
            "empty": [],
            "wishes": [],
            "known": [],
            "exceptions": [],
            "apart_from": [],
            "periods": [
                {"period": p, "figures": 9_180, "hidden": 206, "proved": 200, "legacy": 6} for p in entry.periods
            ],
        }
        for entry in catalogue.entries
    ]
    datasets[-1] |= {
        "amounts": [amount | {"second_unit_threshold": 11, "second_unit_dominance": 85}],
        "empty": [{"fr": "Vide par nature", "en": "Empty by nature"}],
        "wishes": [{"ask": "hidden", "cost": 1, "reason": {"fr": "Vœu public", "en": "Public wish"}}],
        "known": [{"file": "", "legacy": True, "reason": {"fr": "Recensement", "en": "Census"}}],
        "vintages": [
            {
                "period": 2022,
                "replaces": 1,
                "release": 2,
                "date": "2026-03-01",
                "reason": {"fr": "Données tardives", "en": "Late records"},
            }
        ],
        "exceptions": [
            {
                "field": "threshold",
                "found": 5,
                "allowed": 11,
                "reason": {"fr": "Données anciennes", "en": "Old data"},
                "written_in": "policy",
            },
            {
                "field": "measures.visites.p_percent_up_to",
                "found": 50_000,
                "allowed": "all totals",
                "reason": {"fr": "Au-delà, 5 000", "en": "Above, 5,000"},
                "written_in": "definition",
            },
        ],
    }
    return Certificate.model_validate(
        {
            "release": 3,
            "previous": 2,
            "proposed": "2026-11-25T11:00:00Z",
            "note": TRAPS,
            "policy": {
                "title": {"fr": "Règles d’essai", "en": "Test rules"},
                "sha256": "a" * 64,
                "since": "changed",
                "lowered": ["patient.threshold: 20 -> 11"],
                "limits": [
                    {"unit": "patient", "threshold": 11, "zeros": "hidden", "reason": why, **limits},
                    {"unit": "", "threshold": 12, "zeros": "shown", "reason": {}, **limits},
                ],
                "privacy_text_days": 366,
                "privacy_text_reviewed": None,
            },
            "datasets": datasets,
            "left_out": [{"dataset": "ancien", "periods": [2019, 2020], "dataset_gone": True}],
        }
    )


def portal(settings: Settings | None = None, store: FakeStore | None = None) -> FastAPI:
    """The pages over the fake release, without the API."""
    served = store or FakeStore()
    return assemble(settings or Settings(), lambda: served)


def reader(settings: Settings | None = None, store: FakeStore | None = None) -> TestClient:
    """Somebody who reads these pages; errors of the server come as answers."""
    if store is None:
        return _reader_of_fakes(settings or Settings())
    return TestClient(portal(settings, store), raise_server_exceptions=False)


@cache
def _reader_of_fakes(settings: Settings) -> TestClient:
    return TestClient(portal(settings), raise_server_exceptions=False)
