"""A portal under a mixed load while releases are published: no error, no answer of two releases, no growing memory."""

import csv
import io
import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.helpers.portal_release import DATASETS, PortalOffice, patients_rows

PATIENTS = f"{DATASETS}/patients"
READERS = 4
GROWTH_MB = 60
"""Allowed from the half of the time to its end: what is kept of answers, and what the allocator leaves unused."""

Check = Callable[[httpx.Response], int | None]
"""Of which release an answer is, None where it doesn't tell."""


def contents(office: PortalOffice, number: int) -> dict[str, bytes]:
    """The files of a release whose numbers of people are those of the rows times its number."""
    files = office.contents()
    name = next(name for name in files if name.endswith("patients/data.parquet"))
    table = pq.read_table(io.BytesIO(files[name]))
    for column in ("ntop", "npop"):
        place = table.schema.get_field_index(column)
        table = table.set_column(place, table.schema.field(place), pc.multiply(table[column], number))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return files | {name: sink.getvalue().to_pybytes()}


def factor(found: Sequence[object], expected: Sequence[int | None]) -> int:
    """By what the numbers of an answer are greater than those of the rows; it has to be one for all."""
    assert [value is None for value in found] == [value is None for value in expected]
    factors = {
        one / other for one, other in zip(found, expected, strict=True) if isinstance(one, int | float) and other
    }
    assert len(factors) == 1, f"an answer of several releases: {found}"
    return int(factors.pop())


ROWS = patients_rows()
NTOP = [None if row["ntop"] is None else int(str(row["ntop"])) for row in ROWS]


def by_territory() -> dict[object, int]:
    sums: Counter[object] = Counter()
    for row in ROWS:
        sums[row["territoire"]] += int(str(row["npop"]))
    return dict(sums)


def of_page(answer: httpx.Response) -> int:
    return factor([row["ntop"] for row in answer.json()["results"]], NTOP)


def of_sums(answer: httpx.Response) -> int:
    told, expected = {row["territoire"]: row["n"] for row in answer.json()["results"]}, by_territory()
    return factor([told[key] for key in expected], list(expected.values()))


def of_csv(answer: httpx.Response) -> int:
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    found = factor([int(row["ntop"]) if row["ntop"] else None for row in rows], NTOP)
    assert str(found) == answer.headers["Seuil-Release"]
    return found


def of_parquet(answer: httpx.Response) -> int:
    return factor(pq.read_table(io.BytesIO(answer.content))["ntop"].to_pylist(), NTOP)


def untold(_: httpx.Response) -> None:
    return None


def questions(reader: int) -> Iterator[tuple[str, Check]]:
    """What a reader asks, without end; some of it never asked before."""
    for turn in itertools.count():
        new = f"ntop > -{reader}{turn} or ntop_statut is not null"
        yield f"{PATIENTS}/records?limit=100&where={new}", of_page
        yield f"{PATIENTS}/records?select=sum(npop) as n&group_by=territoire&where={new}", of_sums
        yield f"{PATIENTS}/facets?facet=territoire&facet=annee", untold
        yield f"{PATIENTS}/exports/csv?hidden=empty", of_csv
        yield f"{PATIENTS}/exports/parquet", of_parquet
        yield f"{PATIENTS}/exports/xlsx?where={new}", untold
        yield f"/jeux/patients?annee=202{2 + turn % 2}", untold
        yield "/api/explore/v2.1/catalog/datasets", untold
        yield f"/?q=diabete{turn % 7}", untold


@contextmanager
def serving(office: PortalOffice) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "seuil", "serve", "--archive", str(office.archive), "--port", "0"]
    command += ["--state", str(office.folder / "state")]
    environment = {**os.environ, "SEUIL_RELOAD_SECONDS": "0.5"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield process, next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def resident_mb(process: int) -> float:
    told = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", told)[0]) / 1024


def under_load(office: PortalOffice, *, seconds: float, publish_every: float) -> None:
    office.start().publish_now(contents(office, 1))
    seen: Counter[int] = Counter()
    faults: list[str] = []
    with serving(office) as (process, address):
        until = time.monotonic() + seconds

        def read(reader: int) -> None:
            last = 0
            with httpx.Client(base_url=address, timeout=60) as client:
                for path, check in questions(reader):
                    if time.monotonic() > until or faults:
                        return
                    try:
                        answer = client.get(path)
                        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:200]}"
                        number = check(answer)
                        if number is not None:
                            seen[number] += 1
                            assert number >= last, f"release {number} after {last}"
                            last = number
                    except Exception as fault:  # whatever it is, it is told with the question
                        faults.append(f"{path}: {fault!r}")

        readers = [threading.Thread(target=read, args=(k,)) for k in range(READERS)]
        for reader in readers:
            reader.start()
        published, middle = 1, 0.0
        while time.monotonic() < until and not faults:
            time.sleep(publish_every)
            published = office.publish_now(contents(office, published + 1))
            if not middle and time.monotonic() > until - seconds / 2:
                middle = resident_mb(process.pid)
        for reader in readers:
            reader.join()
        end = resident_mb(process.pid)
    print(
        f"{seen.total()} answers of {len(seen)} of {published} releases, {middle:.0f} MB at half time, {end:.0f} then"
    )
    assert not faults, faults
    assert len(seen) > published / 2, "most releases were never served"
    assert end < middle + GROWTH_MB


def test_a_minute_of_mixed_load_while_releases_are_published(tmp_path: Path) -> None:
    office = PortalOffice(tmp_path / "office")
    office.folder.mkdir()
    under_load(office, seconds=60, publish_every=5)


@pytest.mark.soak
def test_an_hour_of_mixed_load_while_releases_are_published(tmp_path: Path) -> None:
    office = PortalOffice(tmp_path / "office")
    office.folder.mkdir()
    under_load(office, seconds=3600, publish_every=60)
