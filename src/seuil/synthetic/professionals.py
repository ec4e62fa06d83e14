"""Health professionals: one row a professional-year, one a kind of fees, one an item of prescriptions.

Professions are spread over departments by population, specialists more than by population, so that many departments
have few or none. Fees are skewed; a few professionals have none, and a few have so much that they dominate their cell.
The patient who brings most of a professional's fees brings up to thirty times the mean (practice.py).
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from seuil.model.errors import UsageError
from seuil.synthetic import reference
from seuil.synthetic.draw import Ids, uniform
from seuil.synthetic.patients import SEX_CODES, Made, known_years
from seuil.synthetic.practice import PRACTICES, SECTORS, Practices, practices
from seuil.synthetic.professions import EXCESS, Profession, items, kinds, mix, professions
from seuil.synthetic.writer import DICTIONARY, ChunkedWriter, chunked, coded, letters, texts

FILE, DETAIL_FILE, PRESCRIPTIONS_FILE = "professionnels.parquet", "honoraires_detail.parquet", "prescriptions.parquet"
PART = {"id": pa.string(), "annee": pa.int32()}
AMOUNT = {"cents": pa.int64(), "patients": pa.int32(), "cents_patient": pa.int64()}
SCHEMAS = {
    FILE: pa.schema(
        {
            **PART,
            "profession": DICTIONARY,
            "dept": DICTIONARY,
            "age": pa.int32(),
            "sexe": DICTIONARY,
            "secteur": DICTIONARY,
            "exercice": DICTIONARY,
            "honoraires": pa.int64(),
            "patients": pa.int32(),
            "honoraires_patient": pa.int64(),
            "sans_depassement": pa.int64(),
            "sans_depassement_patient": pa.int64(),
            "depassements": pa.int64(),
            "depassements_patient": pa.int64(),
            "patients_medecin_traitant": pa.int32(),
        }
    ),
    DETAIL_FILE: pa.schema({**PART, "kind": DICTIONARY, **AMOUNT}),
    PRESCRIPTIONS_FILE: pa.schema({**PART, "poste": DICTIONARY, **AMOUNT}),
}
FILES = tuple(SCHEMAS)
UNKNOWN_DEPARTMENT, UNKNOWN_SEX, UNKNOWN_AGE = 0.003, 0.0005, 0.001
Writers = dict[str, ChunkedWriter]


@dataclass(frozen=True)
class PlantedProfessional:
    """A professional that a test puts among the others, as the file shall have it.

    fees, largest_patient: euros, without excess. details, prescriptions: kind or item, and cents.
    """

    identifier: str
    year: int
    profession: str
    department: str | None
    fees: int
    age: int = 45
    sex: str = "2"
    patients: int = 0
    largest_patient: int = 0
    details: tuple[tuple[str, int], ...] = ()
    prescriptions: tuple[tuple[str, int], ...] = ()


def write_professionals(
    folder: Path,
    *,
    scale: float = 1.0,
    seed: int = 1,
    years: Sequence[int] = (2022, 2023),
    only: Sequence[str] | None = None,
    files: Sequence[str] = FILES,
    planted: Sequence[PlantedProfessional] = (),
    progress: Callable[[str], None] | None = None,
) -> Made:
    """Write `files` for `scale` of the country's professionals. The same seed gives the same bytes.

    only: codes; without them all. Those of a profession are the same beside any others. Raises UsageError.
    """
    chosen = _chosen(years, only)
    with ExitStack() as stack:
        writers = {name: stack.enter_context(chunked(folder / name, SCHEMAS[name])) for name in FILES if name in files}
        for year in years:
            heads = 0
            for profession in chosen:
                here = practices(profession, year, scale, seed)
                heads += len(here.ids)
                _write(writers, here)
            if progress:
                progress(f"{year}: {heads:,} professionals")
        _write_planted(writers, planted)
        return Made({name: writer.rows for name, writer in writers.items()})


def _chosen(years: Sequence[int], codes: Sequence[str] | None) -> list[Profession]:
    if unknown := sorted(set(years) - set(reference.YEARS)):
        raise UsageError(f"no records can be made of {unknown[0]}; expected years {known_years()}")
    if strangers := sorted(set(codes or ()) - {p.code for p in professions()}):
        raise UsageError(f"no profession {strangers[0]!r}; expected codes such as {professions()[0].code}")
    return [p for p in professions() if codes is None or p.code in codes]


def _write(writers: Writers, here: Practices) -> None:
    identifiers = letters("S", here.ids)
    if FILE in writers:
        writers[FILE].write({"id": texts(identifiers), **_people(here)})
    if DETAIL_FILE in writers:
        names, shares = mix(here.profession, here.year)
        cents = np.column_stack([here.parts(here.fees, shares, "kind"), here.excess])
        positions = [kinds().index(name) for name in (*names, EXCESS)]
        _write_parts(writers[DETAIL_FILE], "kind", kinds(), positions, cents, here, identifiers)
    if PRESCRIPTIONS_FILE in writers:
        every = list(range(len(items())))
        _write_parts(writers[PRESCRIPTIONS_FILE], "poste", items(), every, here.prescriptions(), here, identifiers)


def _people(here: Practices) -> dict[str, Any]:
    """Columns of the file of professionals, but for the identifier."""
    count, ids, seed = len(here.ids), here.ids, here.seed
    sex = np.where(uniform(ids, seed, "sex unknown") < UNKNOWN_SEX, len(SEX_CODES) - 1, here.woman)
    total = here.fees + here.excess
    return {
        "annee": np.full(count, here.year, dtype=np.int32),
        "profession": coded(np.zeros(count), (here.profession.code,)),
        "dept": coded(
            here.department, reference.departments(), uniform(ids, seed, "department unknown") < UNKNOWN_DEPARTMENT
        ),
        "age": pa.array(here.age.astype(np.int32), mask=uniform(ids, seed, "age unknown") < UNKNOWN_AGE),
        "sexe": coded(sex, SEX_CODES),
        "secteur": coded(here.sector, SECTORS),
        "exercice": coded(here.mixed, PRACTICES),
        "honoraires": np.rint(total / 100).astype(np.int64),
        "patients": here.patients.astype(np.int32),
        "honoraires_patient": np.rint(_of_largest(total, here) / 100).astype(np.int64),
        "sans_depassement": here.fees,
        "sans_depassement_patient": _of_largest(here.fees, here),
        "depassements": here.excess,
        "depassements_patient": _of_largest(here.excess, here),
        "patients_medecin_traitant": here.attending.astype(np.int32),
    }


def _of_largest(cents: Ids, here: Practices) -> Ids:
    """What the patient brings who brings most; of these made-up practices it is the same share of everything."""
    return np.rint(cents * here.largest_share).astype(np.int64)


def _write_parts(
    writer: ChunkedWriter,
    column: str,
    codes: tuple[str, ...],
    positions: Sequence[int],
    cents: Ids,
    here: Practices,
    identifiers: NDArray[np.uint8],
) -> None:
    """A row for every part above zero. cents: (professionals, parts); positions: of each part in `codes`."""
    who, part = np.nonzero(cents)
    amount, total = cents[who, part], np.maximum(cents.sum(axis=1), 1)[who]
    # The larger a part, the more of the patients it concerns: made up, at least one of them.
    patients = np.maximum(np.rint(here.patients[who] * np.sqrt(amount / total)), 1)
    share = np.minimum(1, here.largest_share[who] * here.patients[who] / patients)
    writer.write(
        {
            "id": texts(identifiers[who]),
            "annee": np.full(len(who), here.year, dtype=np.int32),
            column: coded(np.array(positions)[part], codes),
            "cents": amount,
            "patients": patients.astype(np.int32),
            "cents_patient": np.rint(amount * share).astype(np.int64),
        }
    )


def _write_planted(writers: Writers, planted: Sequence[PlantedProfessional]) -> None:
    if FILE in writers:
        rows = [_planted_row(p) for p in planted]
        schema = pa.schema([pa.field(f.name, pa.string() if f.type == DICTIONARY else f.type) for f in SCHEMAS[FILE]])
        table = pa.Table.from_pylist(rows, schema)
        writers[FILE].write({name: table[name] for name in table.column_names})
    for name, column in ((DETAIL_FILE, "kind"), (PRESCRIPTIONS_FILE, "poste")):
        if name in writers:
            parts = [
                (p, code, cents)
                for p in planted
                for code, cents in (p.details if name == DETAIL_FILE else p.prescriptions)
            ]
            writers[name].write(
                {
                    "id": pa.array([p.identifier for p, _, _ in parts], pa.string()),
                    "annee": pa.array([p.year for p, _, _ in parts], pa.int32()),
                    column: pa.array([code for _, code, _ in parts], pa.string()),
                    "cents": pa.array([cents for _, _, cents in parts], pa.int64()),
                    "patients": pa.array([p.patients for p, _, _ in parts], pa.int32()),
                    "cents_patient": pa.array([cents for _, _, cents in parts], pa.int64()),
                }
            )


def _planted_row(planted: PlantedProfessional) -> dict[str, object]:
    return {
        "id": planted.identifier,
        "annee": planted.year,
        "profession": planted.profession,
        "dept": planted.department,
        "age": planted.age,
        "sexe": planted.sex,
        "secteur": SECTORS[0],
        "exercice": PRACTICES[0],
        "honoraires": planted.fees,
        "patients": planted.patients,
        "honoraires_patient": planted.largest_patient,
        "sans_depassement": 100 * planted.fees,
        "sans_depassement_patient": 100 * planted.largest_patient,
        "depassements": 0,
        "depassements_patient": 0,
        "patients_medecin_traitant": 0,
    }
