"""Leaves from random records equal those of a counter that anyone can read, from CSV and from Parquet."""

import csv
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seuil.model.dataset import Dataset, read_dataset
from seuil.model.limits import PARTS
from seuil.records.count import count_leaves
from seuil.records.report import Report

TINY = read_dataset(Path(__file__).parents[1] / "unit" / "records" / "data" / "tiny" / "tiny.yaml")
KEY = b"a key of sixteen bytes or more"
PEOPLE = ("who", "year", "dept", "years", "cents", "visits")
ILL = ("person", "annee", "top")


class Person(NamedTuple):
    who: str | None
    year: str | None
    dept: str | None
    years: str | None
    cents: str | None
    visits: str | None


class Ill(NamedTuple):
    person: str | None
    annee: str | None
    top: str | None


WHO = st.sampled_from([*(f"p{k}" for k in range(12)), "é", None])
YEAR = st.sampled_from(["2022", "2022", "2022", "2022", "2023", "2021", "soon", None])
people = st.lists(
    st.builds(
        Person,
        WHO,
        YEAR,
        st.sampled_from(["A", "A", "a", "b", " b", "c", "99", "north", "zz", None]),
        st.sampled_from(
            ["0", "17", "17.99", "18", "64.5", "65", "101", "-1", "old", "young", "nan", "inf", "1_0", None]
        ),
        st.sampled_from(
            [
                "0",
                "49",
                "50",
                "149",
                "100",
                "123456",
                "1e3",
                "-1",
                "much",
                "nan",
                "1e30",
                "1,5",
                "1 000",
                "1\u202f0",
                None,
            ]
        ),
        st.sampled_from(["0", "1", "2", "3", "2.5", "-2", "", None]),
    ),
    min_size=12,
    max_size=40,
)
ill = st.lists(
    st.builds(Ill, WHO, YEAR, st.sampled_from(["g1", "g2", "g", "h", "all", "zz", None])), min_size=12, max_size=40
)


# The readable counter: no engine, one row after another.


def place_of(text: str | None, year: int) -> str:
    known = {"A": "a", "a": "b", "b": "b", "nowhere": "nowhere"} | ({"c": "c", "99": "c"} if year == 2022 else {})
    return known.get((text or "").strip(), "nowhere")


def age_of(text: str | None) -> str | None:
    if text in ("young", "old"):
        return text
    if text in (None, "nan", "inf", "1_0"):
        return None
    years = math.floor(float(text))
    return None if years < 0 else "young" if years < 18 else "adult" if years < 65 else "old"


WRONG = {"much": "no number", "nan": "no number", "1,5": "comma", "1 000": "spaces", "1\u202f0": "spaces"}


def amount_of(text: str | None, times: float) -> int | str:
    """Parts of a unit, or a word of the reason why there are none."""
    if not text or text in WRONG:
        return WRONG[text] if text else "given"
    scaled = float(text) * times
    return (
        "negative"
        if scaled < 0
        else "too large"
        if scaled > 10**12
        else max(math.floor(scaled * PARTS + 0.5), int(scaled > 0))
    )


def one_of(amounts: set[int | str]) -> int | str:
    """What all rows of a person say; nothing where they say several things."""
    return next(iter(amounts)) if len(amounts) == 1 else "several"


def persons_of(rows: list[Person], year: int) -> dict[str, tuple[str, str, int | str, int | str]]:
    """Who counts, with amounts or what is wrong with them."""
    seen = defaultdict(list)
    for row in rows:
        if row.who and row.year == str(year):
            place, age = place_of(row.dept, year), age_of(row.years)
            if age is not None and (place, age) != ("b", "old"):
                seen[row.who].append((place, age, amount_of(row.cents, 0.01), amount_of(row.visits, 1)))
    return {
        who: (*what[0][:2], one_of({w[2] for w in what}), one_of({w[3] for w in what}))
        for who, what in seen.items()
        if len({w[:2] for w in what}) == 1
    }


def people_of(rows: list[Person], year: int) -> dict[str, tuple[str, str, int, int]]:
    """Who counts; what is wrong adds nothing."""
    persons = persons_of(rows, year)
    return {who: (*what[:2], *(a if isinstance(a, int) else 0 for a in what[2:])) for who, what in persons.items()}


def left_out_of(rows: list[Person], k: int) -> Counter[str]:
    """How many persons of all years have no amount in place `k`, by a word of the reason."""
    found = [what[k] for year in (2022, 2023) for what in persons_of(rows, year).values()]
    return Counter(amount for amount in found if isinstance(amount, str))


def nodes_of(rows: list[Ill], counted: dict[str, tuple[str, str, int, int]], year: int) -> Iterator[tuple[str, str]]:
    """(unit, node), repeated rows included."""
    valid = {"g1", "g2", "g", "all"} | ({"h"} if year == 2023 else set())
    for row in rows:
        if row.person not in counted or row.annee != str(year) or row.top not in valid:
            continue
        if not (row.top == "g2" and counted[row.person][1] == "young"):
            yield row.person, row.top


def leaves_of(people: list[Person], ill: list[Ill], year: int) -> list[tuple[object, ...]]:
    counted = people_of(people, year)
    cells = defaultdict(set)
    for who, (place, age, _, _) in counted.items():
        cells["all", place, age].add(who)
    for who, top in nodes_of(ill, counted, year):
        place, age, _, _ = counted[who]
        for node in {"g1": ("g1", "g"), "g2": ("g2", "g"), "all": ()}.get(top, (top,)):
            cells[node, place, age].add(who)
    rows = []
    for cell, members in sorted(cells.items()):
        row = [*cell, len(members)]
        for k in (2, 3):
            amounts = sorted((counted[who][k] for who in members), reverse=True)
            row += [sum(amounts), sum(a > 0 for a in amounts), amounts[0], amounts[1] if len(amounts) > 1 else 0]
        rows.append(tuple(row))
    return rows


def write_csv(path: Path, columns: tuple[str, ...], rows: list[tuple[str | None, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([columns, *rows])


def write_parquet(path: Path, columns: tuple[str, ...], rows: list[tuple[str | None, ...]]) -> None:
    pq.write_table(pa.table({c: pa.array([r[k] for r in rows], pa.string()) for k, c in enumerate(columns)}), path)


def in_parquet(dataset: Dataset) -> Dataset:
    records = dataset.definition.records
    people = records.people.model_copy(update={"file": "people.parquet"})
    memberships = records.memberships.model_copy(update={"file": "ill.parquet"})
    both = records.model_copy(update={"people": people, "memberships": memberships})
    return replace(dataset, definition=dataset.definition.model_copy(update={"records": both}))


def without_amounts(dataset: Dataset) -> Dataset:
    definition, records = dataset.definition, dataset.definition.records
    people = records.people.model_copy(update={"amounts": {}})
    heads = {name: measure for name, measure in definition.measures.items() if name not in dataset.sums}
    update = {"measures": heads, "records": records.model_copy(update={"people": people})}
    return replace(dataset, definition=definition.model_copy(update=update))


def read(folder: Path, year: int) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in pq.read_table(folder / "leaves" / f"{year}.parquet").to_pylist()]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(people=people, ill=ill)
def test_leaves_equal_the_readable_counter(people: list[Person], ill: list[Ill]):
    agree(people, ill)


@pytest.mark.soak
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(people=people, ill=ill)
def test_leaves_equal_the_readable_counter_often(people: list[Person], ill: list[Ill]):
    agree(people, ill)


def agree(people: list[Person], ill: list[Ill]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_csv(folder / "people.csv", PEOPLE, people)
        write_csv(folder / "ill.csv", ILL, ill)
        report = count_leaves(TINY, folder, folder / "csv", key=KEY)
        write_parquet(folder / "people.parquet", PEOPLE, people)
        write_parquet(folder / "ill.parquet", ILL, ill)
        other = count_leaves(in_parquet(TINY), folder, folder / "parquet", key=KEY)
        heads = count_leaves(without_amounts(TINY), folder, folder / "heads", key=KEY)
        for year in (2022, 2023):
            assert read(folder / "csv", year) == leaves_of(people, ill, year)
            assert read(folder / "parquet", year) == leaves_of(people, ill, year)
            assert read(folder / "heads", year) == [row[:4] for row in leaves_of(people, ill, year)]
        adds_up(report, people, ill)
        assert [replace(f, left_out={}) for f in report.files] == list(heads.files)
        assert [replace(f, file="") for f in other.files] == [replace(f, file="") for f in report.files]


def adds_up(report: Report, people: list[Person], ill: list[Ill]) -> None:
    of_people, of_ill = report.files
    assert (of_people.rows, of_ill.rows) == (len(people), len(ill))
    for file in report.files:
        assert file.rows == file.counted + sum(file.set_aside.values())
        assert all(n > 0 for n in file.set_aside.values())
    counted = {year: people_of(people, year) for year in (2022, 2023)}
    assert report.units == {year: len(units) for year, units in counted.items()}
    members = {(y, *pair) for y in counted for pair in nodes_of(ill, counted[y], y)}
    assert of_ill.counted == len(members)
    for k, measure in ((2, "fees"), (3, "visits")):
        told = of_people.left_out.get(measure, {})
        expected = left_out_of(people, k)
        assert sum(told.values()) == expected.total()
        if not expected["several"]:  # rows that differ have the reason of one of them where one is wrong
            words = {word: sum(n for why, n in told.items() if word in why.partition(";")[0]) for word in expected}
            assert words == dict(expected)
    places = Counter(place for units in counted.values() for place, *_ in units.values())
    assert of_people.unknown.get("place", 0) == places["nowhere"]
