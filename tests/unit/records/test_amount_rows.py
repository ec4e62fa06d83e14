"""Counting amounts of several kinds a unit: node by node, each unit once, and what becomes of every row."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.helpers.fees_by_kind import write_definition, write_fees

from seuil.disclosure.cube.cube import cube_of
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.figures.leaf_files import read_leaves
from seuil.figures.table import write_table
from seuil.model.dataset import read_dataset
from seuil.model.errors import DefinitionError
from seuil.model.limits import PARTS
from seuil.records.check import check
from seuil.records.count import count_leaves

KEY = bytes(range(32))
PEOPLE = [("u1", 2023, "a"), ("u2", 2023, "a"), ("u3", 2023, "c")]
GOOD = ("u1", 2023, "1", 60, 5, 30)
AMOUNTS = ("fees", "fees_largest", "fees_second", "fees_second_unit_largest")


def counted(tmp_path: Path, fees, people=PEOPLE):
    """The report of the rows of amounts, and the leaves by place and kind, in whole units."""
    write_fees(tmp_path / "records", people, fees)
    dataset = read_dataset(write_definition(tmp_path / "fees"))
    report = count_leaves(dataset, tmp_path / "records", tmp_path / "ws", key=KEY)
    rows = pq.read_table(tmp_path / "ws" / "leaves" / "2023-fees.parquet").to_pylist()
    found = {(r.pop("territory"), r.pop("kind")): r for r in rows}
    for row in found.values():
        row.update({name: row[name] / PARTS for name in AMOUNTS})
    return report.files[1], found


def test_a_unit_of_two_kinds_contributes_once_to_what_both_are_part_of(tmp_path: Path) -> None:
    fees = [GOOD, ("u1", 2023, "q", 30, 7, 10), ("u2", 2023, "p", 50, 2, 25.5), ("u2", 2023, "r", 1, 1, 1)]
    _, found = counted(tmp_path, fees)
    columns = "fees", "_contributors", "_largest", "_second", "_second_unit", "_second_unit_largest"
    names = [name if name == "fees" else f"fees{name}" for name in columns]
    assert {kind: [row[name] for name in names] for (_, kind), row in found.items()} == {
        "p": [110, 2, 60, 50, 7, 30],
        "q": [30, 1, 30, 0, 7, 10],
        "G": [140, 2, 90, 50, 9, 40],  # of u1 the 7 patients of one kind, and at most 30 and 10 from one of them
        "r": [1, 1, 1, 0, 1, 1],
        "ALL": [141, 2, 90, 51, 9, 40],
    }
    first = {kind: row["fees_largest_by"] for (_, kind), row in found.items()}
    assert first["p"] == first["q"] == first["G"] == first["ALL"] != first["r"]
    assert set(first.values()) == {1, 2}


def test_rows_of_one_kind_add_up(tmp_path: Path) -> None:
    report, found = counted(tmp_path, [GOOD, ("u1", 2023, "p", 40, 9, 5)])
    assert (report.rows, report.counted, report.set_aside) == (2, 2, {})
    row = found["a", "p"]
    assert [row[name] for name in ("fees", "fees_contributors", "fees_largest", "fees_second")] == [100, 1, 100, 0]
    assert [row["fees_second_unit"], row["fees_second_unit_largest"]] == [9, 35]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("u1", 2023, "z", 1, 1, 1), "value of kind that fits no code"),
        (("u1", 2023, "G", 1, 1, 1), "value of kind that fits no code"),
        (("u1", 2023, "", 1, 1, 1), "no value of kind"),
        (("u9", 2023, "p", 1, 1, 1), "unit that is not among the counted people of its period"),
        (("u3", 2023, "q", 1, 1, 1), "in a combination that is declared empty"),
        (("u1", 1999, "p", 1, 1, 1), "period that is not the definition's"),
        (("", 2023, "p", 1, 1, 1), "no identifier"),
    ],
)
def test_a_row_that_does_not_count(tmp_path: Path, row, reason: str) -> None:
    report, found = counted(tmp_path, [GOOD, row])
    assert (report.rows, report.counted, report.set_aside, report.left_out) == (2, 1, {reason: 1}, {})
    assert {place for place, _ in found} == {"a"} and found["a", "ALL"]["fees"] == 60


def test_a_unit_one_of_whose_amounts_is_none_is_left_out_with_all_of_them(tmp_path: Path) -> None:
    rows = [GOOD, ("u1", 2023, "r", -1, 1, 1), ("u2", 2023, "p", 50, 2, "many")]
    report, found = counted(tmp_path, rows)
    assert found == {} and report.counted == 3
    wrong = report.left_out["fees"]
    assert sum(wrong.values()) == 3 and len(wrong) == 3
    assert any("is negative" in reason for reason in wrong) and any("largest by patient" in reason for reason in wrong)


def test_the_cube_has_what_the_records_have(tmp_path: Path) -> None:
    people = [(f"u{k}", 2023, "ab"[k % 2]) for k in range(9)]
    fees = [(f"u{k}", 2023, kind, 10.4 + k, 2, 3) for k in range(9) for kind in "pqr" if (k + ord(kind)) % 3]
    counted(tmp_path, fees, people)
    dataset = read_dataset(tmp_path / "fees" / "fees.yaml")
    grid = grid_of(dataset, 2023)
    cube = cube_of(grid, read_leaves(tmp_path / "ws" / "leaves" / "2023.parquet", grid))
    own, amounts = grid.grids["fees"], cube.sums["fees"]
    place_of = {who: place for who, _, place in people}
    where = {"T": "ab", "N": "ab", "a": "a", "b": "b"}
    for cell in np.ndindex(own.shape):
        place, kind = (axis.nodes[k].code for axis, k in zip(own.axes, cell[1:], strict=True))
        kinds = {"ALL": "pqr", "G": "pq"}.get(kind, kind)
        by_unit: dict[str, float] = {}
        for who, _, what, euros, *_ in fees:
            if place_of[who] in where.get(place, "") and what in kinds:
                by_unit[who] = by_unit.get(who, 0) + euros
        most = [*sorted(by_unit.values(), reverse=True), 0, 0]
        assert amounts.contributors[cell] == len(by_unit)
        assert [amounts.largest[cell], amounts.second[cell]] == [round(x * PARTS) for x in most[:2]]
        assert amounts.in_parts[cell] == round(sum(by_unit.values()) * PARTS)
    # Totals are rounded in the leaves, and add up from there.
    axis = own.axes[1]
    assert (amounts.total[0, :, axis.index["ALL"]] == amounts.total[0][:, list(axis.leaves)].sum(axis=1)).all()


def test_a_sum_that_is_there_twice_is_told_of(tmp_path: Path) -> None:
    changes = (
        ("  mean:", "  all: {kind: sum, label: All}\n  mean:"),
        ("measures: [people]", "measures: [people, all]"),
        ("{territory: {column: dept}}", "{territory: {column: dept}}\n    amounts: {all: {column: year}}"),
    )
    write_fees(tmp_path / "records", PEOPLE, [GOOD, ("u3", 2023, "p", 5, 9, 1), ("u2", 2023, "p", 5, 9, 1)])
    dataset = read_dataset(write_definition(tmp_path / "fees", *changes))
    said = [finding.what for finding in check(dataset, tmp_path / "records") if finding.kind == "notice"]
    assert any("all is never smaller than fees" in what and "one dimension of amounts" in what for what in said)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kinds: kind, ", "", "no sum that is split by it"),
        ("kinds: kind, ", "kinds: territory, ", "'territory'; expected one of kind"),
        ("kind: all}\n    measures: [fees]", "kind: all}", "all measures at nodes of kind"),
        ("kind: all}\n    measures: [fees]", "kind: all}\n    measures: [fees, people]", "people at nodes of kind"),
        ("of: amounts}", "of: amounts, kind: overlapping}", "for a dimension of amounts"),
        ("of: [{measure: fees, at: {kind: G}}]", "of: [{measure: fees, at: {kind: G}}, {measure: fees, at: {kind: p}}]",
         "several sums, or one figure at other nodes"),
        ("measures:\n", "measures:\n  two: {kind: total, label: Both, of: [group, fees]}\n", "a sum twice"),
        ("measures:\n", "measures:\n  two: {kind: total, label: Both, of: [group, part]}\n"
         "  part: {kind: total, label: Part, of: [{measure: fees, at: {kind: p}}]}\n", "none at a node above"),
        ("measures:\n", "measures:\n  two: {kind: total, label: Both, of: [group, more]}\n"
         "  more: {kind: total, label: More, of: [fees, group]}\n", "found 'more'; expected the name of a sum, or of"),
        ("of: amounts}", "of: amounts, own_total: false}", "fees at level total of kind; expected levels below it"),
        ("label: Territoire, ", "label: Territoire, own_total: false, ", "but for a dimension of amounts"),
        ("amounts:\n    fees:", "amounts:\n    other:", "nothing for fees"),
        (", second_unit: {count: patients, largest: most}", "", "only one of measure and records has one"),
        ("file: fees.csv", "file: ../fees.csv", "a path that leads out of the folder"),
    ],
)  # fmt: skip
def test_what_can_not_stand_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        read_dataset(write_definition(tmp_path, (old, new)))


def test_a_total_may_add_up_figures_at_nodes_that_have_nothing_in_common(tmp_path: Path) -> None:
    """What stands below a total that is no figure: the total of a row adds up what is shown of its parts."""
    changes = (
        ("of: amounts}", "of: amounts, own_total: false}"),
        ("measures:\n", "measures:\n  two: {kind: total, label: Both, of: [group, rest]}\n"
         "  rest: {kind: total, label: Rest, of: [{measure: fees, at: {kind: r}}]}\n"),
        ("kind: all}\n", "kind: [group, kind]}\n"),
    )  # fmt: skip
    dataset = read_dataset(write_definition(tmp_path, *changes))
    assert list(dataset.derived) == ["rest", "group", "two", "mean"]
    grid = grid_of(dataset, 2023)
    own = grid.grids["fees"]
    values = np.arange(own.published.size).reshape(own.shape)
    hidden = np.zeros(own.shape, np.bool_)
    hidden[0, 1, own.axes[1].index["r"]] = True
    count = Column(np.ones(grid.shape, np.int64), np.zeros(grid.shape, np.bool_))
    write_table(
        dataset, {2023: Figures(grid, count, {"fees": Column(np.where(hidden, 0, values), hidden)})}, tmp_path / "t"
    )
    rows = [row for row in pq.read_table(tmp_path / "t").to_pylist() if row["kind"] == "ALL"]
    assert len(rows) == own.shape[1]
    for place, row in enumerate(rows):
        group, rest = (int(values[0, place, own.axes[1].index[kind]]) for kind in ("G", "r"))
        expected = (group, None, None) if place == 1 else (group, rest, group + rest)
        assert (row["group"], row["rest"], row["two"]) == expected
