"""What a definition may say of columns and datasets, and what it is told where that can't be."""

import pytest
from tests.helpers.visits import CONDITIONS
from tests.unit.model.conftest import Read

from seuil.model.errors import DefinitionError
from seuil.model.layout import MeasureColumn, NodeColumn, PeriodColumn
from seuil.model.views import View

KEYS = "{name: annee, period: year}, {name: s, dimension: site}"
END = "records:\n"


def columns(text: str) -> tuple[str, str]:
    return END, f"columns: [{text}]\nrecords:\n"


def datasets(text: str) -> tuple[str, str]:
    return END, f"datasets:\n{text}records:\n"


def view_of(read: Read, *changes: tuple[str, str]) -> View:
    (view,) = read(*changes).views
    return view


def test_one_dataset_without_columns_is_the_whole(read: Read) -> None:
    dataset = read()
    assert dataset.is_one_table
    assert dataset.views == (dataset.whole,)


def test_columns_say_which_measures_a_dataset_has(read: Read) -> None:
    view = view_of(read, columns(f"{KEYS}, {{name: n, measure: ntop}}"))
    assert view.measures == ("ntop",)
    assert [type(column) for column in view.columns] == [PeriodColumn, NodeColumn, MeasureColumn]


def test_a_dimension_at_one_node_needs_no_column(read: Read) -> None:
    assert view_of(read, columns(KEYS)).columns[1].name == "s"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("{name: s, dimension: site}", r"columns: found no column of the period"),
        ("{name: annee, period: year}", r"columns: found no column that tells 'N' from 'S' of site"),
        (f"{KEYS}, {{name: s, text: a}}", r"columns\.2\.name: found two columns 's'"),
        (
            f"{KEYS}, {{name: a, dimension: sites}}",
            r"columns\.2\.dimension: found 'sites'; expected one of site, condition",
        ),
        (
            f"{KEYS}, {{name: a, dimension: site, level: total}}",
            r"columns\.2\.level: found 'total'; expected a level below",
        ),
        (f"{KEYS}, {{name: a, dimension: site, total: all}}", r"columns\.2: found `total` or `above` without a"),
        (f"{KEYS}, {{name: a, dimension: site, type: integer}}", r"columns\.2\.type: found integer, where 'T' stands"),
        (f"{KEYS}, {{name: a, dimension: site, show: insee}}", r"sites\.csv:1: insee: no such column"),
        (f"{KEYS}, {{name: a, measure: n}}", r"columns\.2\.measure: found 'n'; expected one of"),
        (
            f"{KEYS}, {{name: a}}",
            r"columns\.2: .*expected a column of a `period`, a `dimension`, a `measure` or a fixed",
        ),
        (f"{KEYS}, {{name: a, measure: ntop, as: text}}", r"columns\.2\.as"),
    ],
)
def test_columns_that_can_not_be(read: Read, said: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        read(columns(said))


def test_a_code_list_has_no_columns_that_nothing_shows(read: Read) -> None:
    listed = CONDITIONS.replace("complete\n", "complete,tri\n", 1).replace(",\n", ",,\n").replace("no\n", "no,\n")
    with pytest.raises(DefinitionError, match=r"tri: found an unknown column"):
        read(conditions=listed)
    assert read(columns(f"{KEYS}, {{name: t, dimension: condition, show: tri}}"), conditions=listed).views


def test_the_tables_of_a_collection_are_those_of_its_datasets_each_once(read: Read) -> None:
    two = "  - {id: a, title: A, tables: [{levels: {site: all}}]}\n  - {id: b, title: B, measures: [ntop]}\n"
    dataset = read(datasets(two + "  - {id: c, title: C, tables: [{levels: {site: all}}]}\n"))
    assert [view.id for view in dataset.views] == ["a", "b", "c"]
    assert [table.levels for table in dataset.tables] == [{"site": ("site",)}, {"site": "all"}]
    assert dataset.views[1].measures == ("ntop",)
    assert {c.measure for c in dataset.views[1].columns if isinstance(c, MeasureColumn)} == {"ntop"}
    assert dataset.views[0].title.fr == "A"
    assert not dataset.is_one_table


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("  - {id: a, title: A}\n  - {id: a, title: B}\n", r"datasets\.1\.id: found 'a' twice"),
        ("  - {id: a, title: A, measures: [n]}\n", r"datasets\.0\.measures\.0: found 'n'"),
        (
            "  - {id: a, title: A, tables: [{levels: {site: [x]}}]}\n",
            r"datasets\.0\.tables\.0\.levels\.site: found 'x'",
        ),
        ("  - {id: a, title: A, columns: [{name: y, period: year}]}\n", r"datasets\.0\.columns: found no column that"),
        ("  - {id: a, title: A}\nempty_rows: shown\n", r"empty_rows: found said of a collection of several datasets"),
    ],
)
def test_datasets_that_can_not_be(read: Read, said: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        read(datasets(said))
