"""Ratios out of the lines of JSON that the benchmarks print."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Line = Mapping[str, Any]
BESIDE_TABLES = ("GaussSuppression", "tau-Argus OPT", "tau-Argus MOD")


@dataclass(frozen=True)
class Ratio:
    """One of our figures beside another one: below 1 is less of it than there."""

    part: str
    what: str
    ours: float
    beside: str
    theirs: float

    @property
    def ratio(self) -> float | None:
        """None where there is nothing beside it."""
        return self.ours / self.theirs if self.theirs else None

    def texts(self) -> tuple[str, ...]:
        """For a row of a table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return self.part, self.what, _number(self.ours), self.beside, _number(self.theirs), ratio


def ratios_of(part: str, line: Line) -> Iterator[Ratio]:
    """The ratios that a line tells."""
    yield from _WAYS[part](line) if part in _WAYS else ()


def cpu_of(line: Line) -> float:
    """CPU seconds of protect, audit and verify."""
    return sum(float(step["cpu"]) for step in line["seconds"].values())


def _tables(line: Line) -> Iterator[Ratio]:
    level = "" if line["level"] == "justified" else f", {line['level']}"
    table, ours = f"{line['table']}{level}", line["secondaries"]
    bound = max(line["bound"], line["known_bound"] or 0)
    yield Ratio("tables", f"{table} secondaries", ours, "proved bound", bound)
    naive, peer = line["naive"], line["tau_argus"]
    yield Ratio(
        "tables", f"{table} secondaries", ours, f"lines alone, {naive['unsafe']:,} unsafe", naive["secondaries"]
    )
    if isinstance(peer, Mapping):
        beside = f"tau-Argus, this run, {peer['unsafe']:,} unsafe"
        yield Ratio("tables", f"{table} secondaries", ours, beside, peer["secondaries"])
        yield Ratio("tables", f"{table} CPU s, all steps", cpu_of(line), "tau-Argus, this run", peer["seconds"]["cpu"])
    for known in line["published"]:
        if known["tool"] in BESIDE_TABLES:
            beside = f"{known['tool']}, published, no guarantee"
            yield Ratio("tables", f"{table} secondaries", ours, beside, known["secondaries"])
            yield Ratio("tables", f"{table} CPU s, all steps", cpu_of(line), beside, known["seconds"])


def _small(line: Line) -> Iterator[Ratio]:
    if "tables" in line:
        yield Ratio("small", f"{line['table']} secondaries", line["secondaries"], "proved bound", line["bound"])
        yield Ratio("small", f"{line['table']} at the optimum", line["at_optimum"], "tables", line["tables"])


def _records(line: Line) -> Iterator[Ratio]:
    memory = line["peak_memory_mb"]
    for other, name in (("sql", "plain SQL"), ("checked", "SQL that looks for people who stand twice")):
        for kind in ("wall", "cpu"):
            ours, theirs = line["seconds"]["seuil"][kind], line["seconds"][other][kind]
            yield Ratio("records", f"{line['rows']:,} rows, {kind} s", ours, name, theirs)
        yield Ratio("records", "peak memory, MB", memory["seuil"], name, memory[other])


def _portal(line: Line) -> Iterator[Ratio]:
    for kind in ("wall", "cpu"):
        ours, theirs = line["portal_ms"][kind], line["duckdb_ms"][kind]
        yield Ratio("portal", f"{line['question']}, {kind} ms", ours, "DuckDB", theirs)


def _startup(line: Line) -> Iterator[Ratio]:
    for other, theirs in line.get("beside", {}).items():
        yield Ratio("startup", f"{line['what']}, CPU s", line["cpu_seconds"], other, theirs)


_WAYS: Mapping[str, Callable[[Line], Iterator[Ratio]]] = {
    "startup": _startup,
    "tables": _tables,
    "small": _small,
    "records": _records,
    "portal": _portal,
}


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
