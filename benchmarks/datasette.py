"""The portal beside Datasette: the same table, over HTTP, eight connections at a time.

usage: datasette.py [--seconds 5] [--warm 8] [--only page,group,facets,csv,again] [--workers 1] [--years 2]

A release of random figures, shaped like the dataset of patients (98,280 rows a year), is signed, published and served
by the portal as it comes; the same rows are served by Datasette from SQLite, with an index on each column that is
filtered, in one process too. Both are asked with wrk, in turn: different pages of 100 rows, sums by territory, counts
of four facets and CSV files of nearly all, no question twice, files one after another; then one page again and again.
Prints a line of JSON for each, and one of what it takes to start: processor time up to the first answer, memory then
and at the end.

cpu_ms is the processor time of the server for an answer, which others on the machine hardly change; ratio_cpu and
ratio_rate say how many times as good the portal is as Datasette.

Needed: wrk (`apt-get install wrk`). Datasette is fetched into a cache of its own by uv and leaves .venv as it is.
"""

import argparse
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import duckdb
from kit.measure import load
from kit.office import open_archive

from seuil.model.dataset import Dataset, read_dataset

HERE = Path(__file__).parent
DEFINITION = HERE / "definitions" / "patients" / "patients.yaml"
API = "/api/explore/v2.1/catalog/datasets/patients"
TABLE = "/patients/patients"
CONNECTIONS = 8
QUESTIONS = 20_000
FACETS = ("condition", "age", "sexe", "territoire")
SETTINGS = {
    "default_page_size": 100, "max_csv_mb": 0, "sql_time_limit_ms": 60_000, "facet_time_limit_ms": 60_000,
    "suggest_facets": "off", "max_returned_rows": 20_000,
}  # fmt: skip
LUA = """
local paths, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
end
function request()
  at = at + 1
  return wrk.format("GET", paths[(at - 1) % #paths + 1])
end
"""


@dataclass(frozen=True)
class Question:
    """name, and for one of many: the path for the portal and for Datasette."""

    name: str
    portal: str
    datasette: str


def questions(name: str, conditions: Sequence[str]) -> Iterator[Question]:
    """Different questions of a kind, without end but for the last kind, which is one again and again."""
    for number in range(QUESTIONS):
        condition, least = conditions[number % len(conditions)], 10 + number // len(conditions)
        where = f'condition = "{condition}" and ntop > {least}'
        plain = {"condition": condition, "ntop__gt": str(least)}
        sql = (
            "select territoire, count(*) as n, sum(ntop) as total from patients "
            f"where condition = :c and ntop > {least} group by territoire order by territoire"
        )
        match name:
            case "page" | "again":
                ours, theirs = {"where": where, "limit": 100}, plain | {"_size": "100", "_shape": "objects"}
                found = f"{API}/records?{urlencode(ours)}", f"{TABLE}.json?{urlencode(theirs)}"
            case "group":
                ours = {"select": "count(*) as n, sum(ntop) as total", "where": where, "group_by": "territoire"}
                found = f"{API}/records?{urlencode(ours)}", f"/patients.json?{urlencode({'sql': sql, 'c': condition})}"
            case "facets":
                asked = [("where", where), *(("facet", facet) for facet in FACETS)]
                counted = [*plain.items(), ("_size", "0"), *(("_facet", facet) for facet in FACETS)]
                found = f"{API}/facets?{urlencode(asked)}", f"{TABLE}.json?{urlencode(counted)}"
            case _:
                nearly, streamed = {"where": f"ntop > {number}"}, {"ntop__gt": str(number), "_stream": "on"}
                found = f"{API}/exports/csv?{urlencode(nearly)}", f"{TABLE}.csv?{urlencode(streamed)}"
        yield Question(name, *found)
        if name == "again":
            return


@dataclass(frozen=True)
class Server:
    """A server that runs. cold: processor seconds up to its first answer."""

    port: int
    process: subprocess.Popen[bytes]
    cold: float

    def memory_mb(self) -> float:
        """Resident memory of its processes, in units of 1,000,000 bytes; what several share counts for each."""
        told = "\n".join(Path(f"/proc/{one}/status").read_text() for one in _family(self.process.pid))
        return round(sum(map(int, re.findall(r"VmRSS:\s+(\d+)", told))) * 1024 / 1e6, 1)

    def cpu(self) -> float:
        """Processor seconds of its processes."""
        return sum(map(_cpu, _family(self.process.pid)))


@contextmanager
def serving(
    command: Sequence[str], first: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run a server; `{port}` stands for a free port. first: a path that it answers once it is there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with (folder / "servers.log").open("ab") as log:
        asked = [part.format(port=port) for part in command]
        process = subprocess.Popen(asked, stdout=log, stderr=log, env=os.environ | (environment or {}))
    try:
        while not _answers(port, first):
            if process.poll() is not None:
                raise SystemExit(f"a server ended: {(folder / 'servers.log').read_text()[-500:]}")
            time.sleep(0.02)
        yield Server(port, process, sum(map(_cpu, _family(process.pid))))
    finally:
        process.kill()  # one that is asked to end would first answer what it was asked last
        process.wait()


def _family(process: int) -> list[int]:
    """A process and those that it has started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(one for child in children for one in _family(int(child)))]


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def downloads(server: Server, paths: Path, seconds: int, _: Path) -> dict[str, object]:
    """How many files a second, one after another: one may take longer than all the time that there is."""
    begun, done, size = time.perf_counter(), 0, 0
    for path in paths.read_text().splitlines():
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}") as answer:
            while piece := answer.read(1 << 20):
                size += len(piece)
        done += 1
        if time.perf_counter() - begun > seconds:
            break
    return {"per_second": round(done / (time.perf_counter() - begun), 3), "asked": done, "bytes": size // done}


def load_of(server: Server, paths: Path, seconds: int, script: Path) -> dict[str, object]:
    """What wrk tells: answers a second, milliseconds of the slowest hundredth, answers that were errors."""
    address = f"http://127.0.0.1:{server.port}"
    options = [f"-c{CONNECTIONS}", "-t1", f"-d{seconds}s", "--timeout", "60s", "--latency", "-s", str(script)]
    told = subprocess.run(
        ["wrk", *options, address, "--", str(paths)], capture_output=True, text=True, check=True
    ).stdout
    rate, slow = re.search(r"Requests/sec:\s+([\d.]+)", told), re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    total = re.search(r"(\d+) requests in", told)
    if rate is None or slow is None or total is None:
        raise SystemExit(f"wrk says something else than expected:\n{told}")
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}[slow[2]]
    return {
        "per_second": float(rate[1]), "p99_ms": round(float(slow[1]) * scale, 1),
        "asked": int(total[1]), "errors": int(bad[1]) if bad else 0,
    }  # fmt: skip


def dataset_of(years: int, folder: Path) -> Dataset:
    """The dataset of patients with so many years, the last of them 2023."""
    shutil.copytree(DEFINITION.parent, folder / "definition")
    path = folder / "definition" / DEFINITION.name
    values = ", ".join(map(str, range(2024 - years, 2024)))
    path.write_text(re.sub(r"(?m)^  values: .*", f"  values: [{values}]", path.read_text(), count=1))
    return read_dataset(path)


def sqlite_of(parquet: Path, path: Path) -> None:
    """The same table in SQLite, with an index on each column that is filtered, and on what is filtered together."""
    rows = duckdb.sql(f"SELECT * FROM read_parquet('{parquet}')")
    names = ", ".join(f'"{name}"' for name in rows.columns)
    with sqlite3.connect(path) as database:
        database.execute(f"CREATE TABLE patients ({names})")
        marks = ", ".join("?" * len(rows.columns))
        while some := rows.fetchmany(50_000):
            database.executemany(f"INSERT INTO patients VALUES ({marks})", some)
        for name in (*FACETS, "annee", "ntop", "condition, ntop"):
            database.execute(f'CREATE INDEX "by {name}" ON patients ({name})')
        database.execute("ANALYZE")


def warm(question: Question, portal: Server, datasette: Server) -> None:
    """Ask both once: what is made at the first question is made then."""
    for server, path in ((portal, question.portal), (datasette, question.datasette)):
        if not _answers(server.port, path):
            raise SystemExit(f"no answer to {path}")


def _ratio(told: dict[str, dict[str, object]], what: str) -> float:
    ours, theirs = (float(str(told[who][what])) for who in ("portal", "datasette"))
    return round(ours / max(theirs, 0.001), 3)


def datasette_python(binaries: Path) -> str:
    """The Python that has Datasette: the program itself, not uv, which would stand between it and a signal."""
    command = [str(binaries / "uv"), "tool", "run", "--from", "datasette", "python"]
    cache = {"UV_CACHE_DIR": str(binaries.parent / ".cache" / "uv")}
    told = subprocess.run(
        [*command, "-c", "import sys; print(sys.executable)"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | cache,
    )
    return told.stdout.strip()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve both and ask them in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5, help="of each question and server")
    parser.add_argument("--warm", type=float, default=8, help="seconds after a first question of each kind")
    parser.add_argument("--only", default="page,group,facets,csv,again")
    parser.add_argument(
        "--years", type=int, default=2, help="of the table: with 12 1.2 million rows, with 59 5.8 million"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes of the portal; Datasette has one")
    asked = parser.parse_args(arguments)
    if shutil.which("wrk") is None:
        raise SystemExit("there is no wrk; on Debian or Ubuntu: apt-get install wrk")
    binaries = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # What the portal's own environment doesn't have, and Arrow takes in wherever it is.
        (folder / "without").mkdir()
        (folder / "without" / "pandas.py").write_text("raise ImportError\n")
        archive = open_archive(folder, dataset_of(asked.years, folder))
        sqlite_of(folder / "data.parquet", folder / "patients.db")
        found = duckdb.sql(f"SELECT DISTINCT condition FROM read_parquet('{folder / 'data.parquet'}') ORDER BY 1")
        conditions = [str(row[0]) for row in found.fetchall()]
        script = folder / "questions.lua"
        script.write_text(LUA)
        state = str(folder / "state")
        ours = [str(binaries / "seuil"), "serve", "--archive", str(archive), "--state", state, "--port", "{port}"]
        ours += ["--workers", str(asked.workers)]
        alone = {"PYTHONPATH": str(folder / "without")}
        options = [part for key, value in SETTINGS.items() for part in ("--setting", key, str(value))]
        theirs = [
            datasette_python(binaries),
            "-m",
            "datasette",
            "serve",
            str(folder / "patients.db"),
            "-p",
            "{port}",
            *options,
        ]
        first = next(questions("page", conditions))
        with (
            serving(ours, first.portal, folder, alone) as portal,
            serving(theirs, first.datasette, folder) as datasette,
        ):
            begin = {"portal": portal.memory_mb(), "datasette": datasette.memory_mb()}
            for kind in asked.only.split(","):
                warm(next(questions(kind, conditions)), portal, datasette)
            time.sleep(asked.warm)
            for kind in asked.only.split(","):
                many = list(questions(kind, conditions))
                told: dict[str, dict[str, object]] = {}
                for who, server in (("portal", portal), ("datasette", datasette)):
                    paths = folder / f"{kind}-{who}.txt"
                    paths.write_text("\n".join(one.portal if who == "portal" else one.datasette for one in many))
                    measure = downloads if kind == "csv" else load_of
                    before = server.cpu()
                    measured = measure(server, paths, asked.seconds, script)
                    spent = 1000 * (server.cpu() - before) / max(1, int(str(measured["asked"])))
                    told[who] = measured | {"cpu_ms": round(spent, 2)}
                rate, cpu = (_ratio(told, what) for what in ("per_second", "cpu_ms"))
                line = {
                    "question": kind,
                    **told,
                    "ratio_rate": rate,
                    "ratio_cpu": round(1 / max(cpu, 0.001), 2),
                    "load": load(),
                }
                print(json.dumps(line), flush=True)
            end = {"portal": portal.memory_mb(), "datasette": datasette.memory_mb()}
            cold = {"portal": round(portal.cold, 2), "datasette": round(datasette.cold, 2)}
            print(json.dumps({"cold_start_cpu_s": cold, "memory_mb_at_start": begin, "memory_mb_at_end": end}))


if __name__ == "__main__":
    main()
