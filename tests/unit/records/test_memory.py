"""Memory: what doesn't fit is counted in parts or refused, and nothing is written but leaves and the report."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DataError
from seuil.records.count import count_leaves
from seuil.records.engines.embedded import Embedded
from seuil.records.engines.engine import Limits

KEY = bytes(range(32))
NODES = 100
ROWS = 120_000
DEFINITION = """\
id: many
title: Many nodes
unit: patient
threshold: 11
period: {name: year, values: [2022]}
dimensions:
  condition: {label: Condition, codes: codes/conditions.csv, kind: overlapping}
  place: {label: Place, codes: codes/places.csv}
measures:
  heads: {kind: count, label: Heads}
empty:
  - where: {condition: [n70], place: [b]}
    reason: a made-up reason
records:
  people:
    file: people.parquet
    identifier: who
    period: year
    dimensions: {place: {column: dept}}
  memberships:
    file: ill.parquet
    identifier: who
    period: year
    dimension: condition
    value: {column: top}
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dimension with more nodes than a whole number has bits: every tenth one is a group of the nine after it."""
    folder = tmp_path_factory.mktemp("many") / "many"
    (folder / "codes").mkdir(parents=True)
    above = ["all" if k % 10 == 0 else f"n{k - k % 10}" for k in range(NODES)]
    nodes = "".join(f"n{k},{parent},x,N,no\n" for k, parent in enumerate(above))
    (folder / "codes" / "conditions.csv").write_text(f"code,parent,level,label_fr,complete\nall,,total,T,no\n{nodes}")
    (folder / "codes" / "places.csv").write_text("code,parent,level,label_fr\nall,,total,T\na,all,x,A\nb,all,x,B\n")
    (folder / "many.yaml").write_text(DEFINITION)
    return read_dataset(folder / "many.yaml")


def write(folder: Path, people: list[tuple[str, str]], ill: list[tuple[str, str]]) -> Path:
    folder.mkdir()
    for name, columns, rows in (("people", ("who", "dept"), people), ("ill", ("who", "top"), ill)):
        texts = {column: [row[k] for row in rows] for k, column in enumerate(columns)}
        pq.write_table(pa.table({**texts, "year": [2022] * len(rows)}), folder / f"{name}.parquet")
    return folder


def group(node: str) -> str:
    return f"n{int(node[1:]) // 10 * 10}"


def test_units_are_counted_once_in_every_node_in_parts_as_at_once(
    many: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside sets; some stand twice, some against themselves, some in what is declared empty, twice too."""
    where = {f"p{k}": "ab"[k % 3 % 2] for k in range(300)}
    people = [*where.items(), *(("p0", where["p0"]),) * 2, ("p1", "a"), ("p1", "b"), ("p2", "?"), ("p2", where["p2"])]
    ill = [(f"p{k % 310}", f"n{k * k % NODES}") for k in range(1200)] + [("p3", "n70"), ("p4", "n70"), ("p4", "n70")]
    del where["p1"]
    counted: dict[str, set[tuple[str, str]]] = {"all": set(where.items())}
    own = {(who, node) for who, node in ill if who in where and (where[who], group(node)) != ("b", "n70")}
    for who, node in own:
        for reached in {node, group(node)}:
            counted.setdefault(reached, set()).add((who, where[who]))
    expected = {
        (node, place): n
        for node, units in counted.items()
        for place in "ab"
        if (n := sum(at == place for _, at in units))
    }
    empty = [(who, node) for who, node in ill if (where.get(who), group(node)) == ("b", "n70")]
    assert len(empty) > len(set(empty)), "none stands there twice"

    records, reports = write(tmp_path / "records", people, ill), []
    for name in ("whole", "parts"):
        if name == "parts":
            monkeypatch.setattr(Embedded, "part_bytes", property(lambda _: 4000, lambda _, _value: None))
        report = count_leaves(many, records, tmp_path / name, key=KEY)
        rows = pq.read_table(tmp_path / name / "leaves" / "2022.parquet").to_pylist()
        assert {(row["condition"], row["place"]): row["n"] for row in rows} == expected
        assert report.files[0].set_aside == {
            "repeats a row that counts": 3,
            "unit with several rows in a period that differ in a dimension: none of them counts": 3,
            "value of place that fits no code": 1,
        }
        assert report.files[1].counted == len(own)
        assert report.files[1].set_aside["in a combination that is declared empty"] == len(empty)
        assert sum(report.files[1].set_aside.values()) + len(own) == len(ill)
        reports.append(report.files)
    assert reports[0] == reports[1]


def test_nothing_is_spilled_where_memory_is_short(
    many: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default DuckDB spills into the folder that it is started in; there this would be counted."""
    monkeypatch.chdir(tmp_path)
    ids = [f"person-{k * 7919 % ROWS:032}" for k in range(ROWS)]
    records = write(tmp_path / "records", [(who, "a") for who in ids], [(who, "n5") for who in ids])
    with pytest.raises(DataError, match=r"more than the 8 MB that it may use; allow it more \(--memory\)"):
        count_leaves(many, records, tmp_path / "ws", key=KEY, limits=Limits(memory_mb=8, threads=1))
    assert [path for path in tmp_path.rglob("*") if path.is_file() and records not in path.parents] == []
    with Embedded(Limits()).connection.raw_sql("SELECT current_setting('temp_directory')") as setting:
        assert setting.fetchall() == [("",)]


def test_an_error_amid_the_rows_is_told_without_what_stands_in_them() -> None:
    """Fingerprints leave DuckDB while it still reads: its errors come as Arrow's then, with its own words."""
    engine = Embedded(Limits(threads=1))
    texts = engine.lookup(pa.table({"text": ["1"] * ROWS * 4 + ["a secret"]}))
    with (
        pytest.raises(DataError, match="people: can't be read; expected") as told,
        engine.no_values_in_errors("people"),
    ):
        engine.repeated("again", texts.select(_short=texts["text"].cast("int64")))
    assert "secret" not in str(told.value)
    with pytest.raises(DataError, match=r"allow it more \(--memory\)"), engine.no_values_in_errors("people"):
        raise OSError("Out of Memory Error: could not allocate block of size 256.0 KiB")
    engine.close()


@pytest.mark.parametrize(
    ("numbers", "repeated"),
    [
        ([], []),
        ([7], []),
        ([7, 8], []),
        ([8, 7, 8], [8]),
        ([1, 1, 1, 1], [1]),
        ([3, 2, 3, 1, 1, 3, 1, 2**63, 5], [1, 3]),
    ],
)
def test_what_stands_in_several_rows_is_found(numbers: list[int], repeated: list[int]) -> None:
    engine = Embedded(Limits(threads=1))
    table = engine.repeated("again", engine.lookup(pa.table({"_short": pa.array(numbers, pa.uint64())})))
    found = [] if table is None else sorted(engine.fetch(table)["_short"].to_pylist())
    assert (found, table is None) == (repeated, not repeated)
    engine.close()


def test_what_is_kept_of_parts_does_not_grow_with_the_records(
    many: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hardly two of the people have the same nodes, so that only leaves are fewer than they are."""
    units, at_once = 3000, 300
    ill = [(f"p{k}", f"n{k * step % NODES}") for k in range(units) for step in (1, 3, 7, k // NODES + 11)]
    records = write(tmp_path / "records", [(f"p{k}", "ab"[k % 2]) for k in range(units)], ill)
    kept: dict[str, int] = {}
    forget = Embedded.forget

    def forget_told(engine: Embedded) -> None:
        names = [name for name in engine.connection.list_tables() if name.startswith("seuil_")]
        kept.update({name: engine.connection.table(name).count().execute() for name in names})
        forget(engine)

    monkeypatch.setattr(Embedded, "forget", forget_told)
    count_leaves(many, records, tmp_path / "whole", key=KEY)
    assert max(kept.values()) > 2 * at_once, "at once there are as many rows as people"
    kept.clear()
    monkeypatch.setattr(Embedded, "part_bytes", property(lambda _: 142 * 4 * at_once // 2, lambda _, _value: None))
    count_leaves(many, records, tmp_path / "parts", key=KEY)
    assert max(kept.values()) <= at_once
    assert {name for name in kept if "reached" in name} == {"seuil_reached_0", "seuil_reached_1"}
