"""Whom to write to, and for which right: the caisses of a department, and what the letter asks for."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.datastructures import QueryParams

from seuil.model.text import Text
from seuil.portal.charts import outlines

LIST_OF = 2020, 12
"""Year and month of the list of caisses: it is dated, and the page says so."""


@dataclass(frozen=True)
class Caisse:
    """A local fund of the general scheme."""

    code: str
    name: str
    department: str


@dataclass(frozen=True)
class Right:
    """A right of the GDPR: its article, its name, and what the letter asks for."""

    name: str
    article: int
    label: Text
    request: Text


RIGHTS = (
    Right(
        "acces",
        15,
        Text(fr="accéder à mes données", en="see my data"),
        Text(
            fr="je vous demande l’accès aux données personnelles que vous détenez à mon sujet, leur copie, et de "
            "m’indiquer à quelles fins elles sont utilisées et à qui elles sont communiquées",
            en="I ask for access to the personal data that you hold about me, for a copy of them, and to be told what "
            "they are used for and to whom they are passed on",
        ),
    ),
    Right(
        "rectification",
        16,
        Text(fr="faire corriger mes données", en="have my data corrected"),
        Text(
            fr="je vous demande de rectifier ou de compléter les données personnelles inexactes ou incomplètes que "
            "vous détenez à mon sujet, à savoir",
            en="I ask you to correct or complete the personal data about me that you hold and that are inaccurate or "
            "incomplete, namely",
        ),
    ),
    Right(
        "effacement",
        17,
        Text(fr="faire effacer mes données", en="have my data erased"),
        Text(
            fr="je vous demande d’effacer les données personnelles suivantes que vous détenez à mon sujet",
            en="I ask you to erase the following personal data that you hold about me",
        ),
    ),
    Right(
        "limitation",
        18,
        Text(fr="faire limiter leur utilisation", en="have their use restricted"),
        Text(
            fr="je vous demande de limiter le traitement des données personnelles suivantes que vous détenez à mon "
            "sujet",
            en="I ask you to restrict the processing of the following personal data that you hold about me",
        ),
    ),
    Right(
        "opposition",
        21,
        Text(fr="m’opposer à leur utilisation", en="object to their use"),
        Text(
            fr="je m’oppose, pour des raisons tenant à ma situation particulière, au traitement suivant de mes données "
            "personnelles",
            en="on grounds relating to my particular situation, I object to the following processing of my personal "
            "data",
        ),
    ),
)


@dataclass(frozen=True)
class Letter:
    """What a reader has chosen, as far as they have: nothing of it tells who they are."""

    department: str
    caisses: tuple[Caisse, ...]
    caisse: Caisse | None
    right: Right | None


@cache
def caisses() -> tuple[Caisse, ...]:
    """All caisses of the general scheme, by department."""
    text = files("seuil.portal.pages").joinpath("caisses", "caisses.csv").read_text(encoding="utf-8")
    return tuple(Caisse(row["code"], row["name"], row["department"]) for row in csv.DictReader(text.splitlines()))


def read_letter(query: QueryParams) -> Letter:
    """The choices of an address; what it doesn't know is no choice. A department's only caisse needs none."""
    department = query.get("departement", "")
    if department not in outlines.names():
        department = ""
    there = tuple(caisse for caisse in caisses() if caisse.department == department)
    chosen = next((caisse for caisse in there if caisse.code == query.get("caisse")), None)
    right = next((right for right in RIGHTS if right.name == query.get("droit")), None)
    return Letter(department, there, there[0] if len(there) == 1 else chosen, right)
