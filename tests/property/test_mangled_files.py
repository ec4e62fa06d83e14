"""Mangled files of every kind that is read: an answer or one clear error, never anything else.

What a person's tools do to a CSV file: other encodings, delimiters, quotes, titles, blank columns, cut-off ends,
spaces, lost zeros, dates, numbers with remarks, bytes of other formats.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from seuil.figures.elsewhere import bring_in
from seuil.model.codelist import read_code_list
from seuil.model.dataset import read_dataset
from seuil.model.definition import Definition
from seuil.model.errors import SeuilError
from seuil.model.reading import read_yaml
from seuil.records.engines.engine import Limits
from seuil.records.engines.profiles import Database, connected
from seuil.tables.frame_input import read_given
from seuil.tables.leaves import read_leaves_of
from seuil.tables.published import read_published
from seuil.tables.spec import TableSpec, spec_of

TABLE = """\
unit: patient
threshold: 11
count: n
dimensions:
  dept: {levels: [dept]}
  age: {codes: ages.csv}
"""

DATASET = """\
id: fees
title: Fees
source: published
unit: professional
threshold: 5
period: {name: annee, values: [2021]}
dimensions:
  dept: {label: Department, codes: depts.csv}
measures:
  n: {kind: given, label: Fees, column: n}
published:
  file: t.csv
  period: age
  columns:
    dept: {column: dept}
"""

RECORDS = """\
id: visits
title: Visits
unit: patient
threshold: 11
period: {values: [2021]}
dimensions:
  dept: {label: Department, codes: depts.csv}
measures:
  n: {kind: count, label: Patients}
records:
  people: {file: t.csv, identifier: n, period: age, dimensions: {dept: {column: dept}}}
"""

KNOWN = RECORDS.replace(
    "records:\n", "known:\n  - {file: t.csv, threshold: 11, reason: An earlier table}\nrecords:\n"
).replace("t.csv, id", "r.csv, id")
AGES = "code,parent,level,label_fr\nT,,total,Tous\n00-04,T,age,0 à 4\n05-09,T,age,5 à 9\n10-14,T,age,10 à 14\n"
DEPTS = "code,parent,level,label_fr\nFR,,total,France\n01,FR,dept,Ain\n2A,FR,dept,Corse\n"
LEAVES = "dept,age,n\n01,00-04,40\n01,05-09,6\n01,10-14,30\n2A,00-04,20\n2A,05-09,25\n2A,10-14,33\n"
EARLIER = "dept,n\nTOTAL,1200\n01,NS\n2A,340\n"
ELSEWHERE = 'dept,age,n\nFR,2021,"1,5"\n01,2021,NS\n2A,2021,12\n'

INSERTED = (
    *("", " ", "\u00a0", "\u202f", "\ufeff", "\0", '"', '""', ",", ";", "\t", "|", "\n", "\r", "\r\n", "'", "\\"),
    *(
        "é",
        "٣",
        "nan",
        "inf",
        "-3",
        "1e9",
        "1,5",
        "1 234",
        "50 (p)",
        "94*",
        "9" * 30,
        "9" * 5000,
        "TOTAL",
        "Ensemble",
        "NS",
    ),
    *("05-sept", "oct-14", "1", "=A1", "#N/A", "dept", "n", "x" * 200_000),
)
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "latin-1", "windows-1252", "utf-16", "utf-32")
HEADS = (b"", b"", b"", b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"\xff\xfe", b"sep=;\n", b"Titre;;\n", b"\n")

Read = Callable[[], object]


def mangle(random_: random.Random, text: str) -> bytes:
    """One file that something has happened to."""
    for _ in range(random_.randint(1, 5)):
        at, what = random_.randrange(len(text) + 1), random_.randrange(5)
        if what == 0:
            text = text[:at] + random_.choice(INSERTED) + text[at:]
        elif what == 1:
            text = text[:at] + text[at + random_.randint(1, 9) :]
        elif what == 2:
            text = text.replace(",", random_.choice((";", "\t", "|", ", ", ",,")), random_.choice((1, 3, -1)))
        elif what == 3:
            lines = text.splitlines(keepends=True) or [""]
            random_.shuffle(lines)
            text = "".join(lines + lines[: random_.randint(0, 3)])
        else:
            start = text.rfind(",", 0, at) + 1
            text = text[:start] + random_.choice(INSERTED) + text[at:]
    content = bytearray(random_.choice(HEADS) + text.encode(random_.choice(ENCODINGS), errors="replace"))
    if content and random_.random() < 0.2:
        content[random_.randrange(len(content))] = random_.randrange(256)
    return bytes(content)


@pytest.fixture
def readers(tmp_path: Path) -> dict[str, tuple[str, Read]]:
    """By kind: a good file, and what reads `t.csv`."""
    for name, text in {"ages.csv": AGES, "depts.csv": DEPTS, "table.yaml": TABLE}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, text in {"published.yaml": DATASET, "records.yaml": RECORDS, "known.yaml": KNOWN}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    file = tmp_path / "t.csv"
    spec: TableSpec = spec_of(read_yaml(tmp_path / "table.yaml", Definition), tmp_path / "table.yaml")
    elsewhere, records = read_dataset(tmp_path / "published.yaml"), read_dataset(tmp_path / "records.yaml")

    def records_of() -> object:
        people = records.definition.records.people
        with connected(Database(), Limits(threads=1)) as engine:
            table = engine.open(tmp_path, people, ["n", "age", "dept"]).table
            with engine.no_values_in_errors(str(file), lambda: engine.find_fault(tmp_path, people)):
                return engine.fetch(table).num_rows

    return {
        "codes": (AGES, lambda: read_code_list(file)),
        "leaves": (LEAVES, lambda: read_leaves_of(read_given(file, spec.columns), spec)),
        "table": (LEAVES, lambda: read_published(read_given(file, spec.columns, public=True), spec, ["NS"])),
        "published": (ELSEWHERE, lambda: bring_in(elsewhere, tmp_path / "out.parquet")),
        "records": (LEAVES, records_of),
        "known": (EARLIER, lambda: read_dataset(tmp_path / "known.yaml")),
    }


def try_all(readers: dict[str, tuple[str, Read]], folder: Path, rounds: int, seed: int) -> dict[str, set[str]]:
    random_ = random.Random(seed)
    said: dict[str, set[str]] = {kind: set() for kind in readers}
    for _ in range(rounds):
        for kind, (good, read) in readers.items():
            content = mangle(random_, good)
            (folder / "t.csv").write_bytes(content)
            try:
                read()
                said[kind].add("read")
            except SeuilError as problem:
                assert "t.csv" in str(problem) or "ages.csv" in str(problem), problem
                said[kind].add(str(problem).partition("t.csv")[2][:12])
            except Exception as problem:
                raise AssertionError(f"{kind}: {type(problem).__name__}: {problem}: {content[:400]!r}") from problem
    return said


def test_mangled_files_of_every_kind_end_in_an_answer_or_one_clear_error(readers, tmp_path: Path) -> None:
    said = try_all(readers, tmp_path, 40, seed=23)
    assert all(len(found) > 4 for found in said.values()), said
    assert sum("read" in found for found in said.values()) > 1, said


@pytest.mark.soak
def test_five_thousand_mangled_files(readers, tmp_path: Path) -> None:
    try_all(readers, tmp_path, 1000, seed=24)
