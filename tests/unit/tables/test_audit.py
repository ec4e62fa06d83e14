"""`seuil.audit` on tables with known answers, and on tables as other people write them."""

import json
import re
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest
from tests.unit.tables.conftest import DIMENSIONS, LEAVES, arrow

from seuil.explain.attack import TableAudit
from seuil.model.errors import DataError
from seuil.tables.api import audit, protect

Attack = Callable[..., TableAudit]


def verdicts(found: TableAudit) -> dict[str, str]:
    """Verdict by cell, in words without the names of dimensions."""
    return {re.sub(r"(row|column) ", "", found.layout.words(k)): v for k, v in found.verdicts.items()}


def held(found: TableAudit, words: str) -> tuple[int, int | None]:
    """The range that an exposed cell is held in."""
    (one,) = [e for k, e in found.exposed.items() if re.sub(r"(row|column) ", "", found.layout.words(k)) == words]
    return one.low, one.high


def test_a_single_hidden_figure_of_a_line_is_its_difference(attack: Attack) -> None:
    found = attack("""
              TOTAL x  y
        TOTAL 100   60 40
        a     45    NS 25
        b     55    40 15
        """)
    assert verdicts(found) == {"a, x": "exposed"}
    assert held(found, "a, x") == (20, 20)
    words = "\n".join(found.lines())
    assert "[row a, column x]\n      = [row a] 45 - [row a, column y] 25\n      = 20" in words
    assert "exactly 20" in words
    (entry,) = found.as_json()["cells"]
    assert entry["shortest"] is True
    (sum_, _) = entry["sums"]
    assert [f["value"] * f["times"] for f in sum_["figures"]] == [45, -25]


def test_two_hidden_figures_that_share_a_total_below_the_threshold_are_exposed(attack: Attack) -> None:
    found = attack("""
              TOTAL x  y
        TOTAL 112   50 62
        a     32    NS NS
        b     23    NS NS
        c     57    45 12
        """)
    # x: a + b = 50 - 45 = 5, so both are from 0 to 5, and the others follow from them
    assert verdicts(found) == dict.fromkeys(["a, x", "a, y", "b, x", "b, y"], "exposed")
    assert held(found, "a, x") == (0, 5)
    assert "[row a, column x] + [row b, column x]\n      = [column x] 50 - [row c, column x] 45\n      = 5" in repr(
        found
    )


def test_two_hidden_figures_with_a_large_enough_sum_are_safe(attack: Attack) -> None:
    found = attack("""
              TOTAL x  y
        TOTAL 133   60 73
        a     42    NS NS
        b     34    NS NS
        c     57    45 12
        """)
    assert set(verdicts(found).values()) == {"safe"}
    assert len(found.safe) == 4
    assert found.is_safe
    assert not found.exposed
    assert found.as_json()["guess"] == {"hidden": 4, "small": 2, "threshold": 11}
    assert "a guess by fitting to what is shown puts 2 of 4 hidden figures below 11" in found.lines()[-2]
    assert "puts 2 of 4 hidden figures below 11" in found.report.html


def test_three_hidden_figures_whose_sum_is_below_the_threshold(attack: Attack) -> None:
    found = attack("""
              TOTAL
        TOTAL 60
        a     NS
        b     NS
        c     NS
        d     50
        """)
    assert verdicts(found) == dict.fromkeys("abc", "exposed")
    assert held(found, "b") == (0, 10)


def test_a_line_hidden_up_to_its_top_leaves_only_one_to_be_small(attack: Attack) -> None:
    drawn = """
              TOTAL
        TOTAL NS
        a     NS
        b     40
        """
    justified, plausible = attack(drawn), attack(drawn, level="plausible")
    assert verdicts(justified) == {"the grand total": "exposed", "a": "exposed"}
    assert held(justified, "a") == (0, 10)
    assert held(justified, "the grand total") == (40, 50)
    assert "no other can be" in repr(justified)
    assert set(verdicts(plausible).values()) == {"safe"}


def test_rounded_figures_are_taken_as_ranges(attack: Attack) -> None:
    drawn = """
              TOTAL
        TOTAL {total}
        a     NS
        b     20
        c     20
        """
    near, far = (attack(drawn.format(total=t), rounding=10) for t in (40, 60))
    # 40 is 35 to 44, 20 is 15 to 24: a is no more than 44 - 15 - 15
    assert set(verdicts(near).values()) == {"exposed"}, "alone in its group it must be small"
    assert verdicts(attack(drawn.format(total=40), rounding=10, level="plausible")) == {"a": "safe"}
    assert verdicts(far) == {"a": "exposed"}
    with_other = attack("TOTAL\nTOTAL 50\na NS\nb NS\nc 30\nd 20\n", rounding=10, level="plausible", intervals=True)
    assert {(i.low, i.high) for i in with_other.intervals.values()} == {(0, 14)}


def test_a_small_figure_that_is_shown_is_exposed_as_it_stands(attack: Attack) -> None:
    found = attack("""
              TOTAL x  y
        TOTAL 104   60 44
        a     24    NS NS
        b     23    NS NS
        c     57    45 12
        d     0     0  0
        """)
    expected = {"d": "exposed", "d, x": "exposed", "d, y": "exposed"}
    assert expected.items() <= verdicts(found).items()
    assert {e.reason for k, e in found.exposed.items() if "d" in found.layout.words(k).split()[1]} == {"shown"}
    shown = attack("TOTAL\nTOTAL 104\na 24\nb 80\nd 0\n", zeros="shown")
    assert shown.is_safe


def test_a_small_figure_that_is_left_out_follows_from_the_others(attack: Attack) -> None:
    partial = "TOTAL x y\nTOTAL 100 {x} {y}\na 45 20 25\nb 55\n"
    assert attack(partial.format(x=64, y=36)).is_safe, "the others are 44 and 11"
    found = attack(partial.format(x=25, y=75))
    assert {found.layout.words(k): (e.reason, e.low, e.high) for k, e in found.exposed.items()} == {
        "row b, column x": ("follows", 5, 5)
    }
    rows = arrow("row,n\nTOTAL,100\na,45\nb,50\n")
    with_code = audit(rows, ["row"], codes=arrow("row\na\nb\nc\n"))
    assert {with_code.layout.words(k): (e.reason, e.low, e.high) for k, e in with_code.exposed.items()} == {
        "row c": ("follows", 5, 5)
    }


def test_figures_that_contradict_each_other_are_told(attack: Attack) -> None:
    found = attack("""
              TOTAL x  y
        TOTAL 143   60 73
        a     42    NS NS
        b     34    NS NS
        c     57    45 12
        """)
    assert not found.is_safe
    assert [one.beyond for one in found.left_out] == [10, 10]
    assert set(verdicts(found).values()) == {"safe"}, "by the other lines"
    assert "left out: [the grand total] 143 is not [row a] 42 + [row b] 34 + [row c] 57 = 133: 10 apart\n" in repr(
        found
    )
    assert found.lines()[-1].endswith(
        "4 safe, 0 exposed, 0 undecided; 2 lines that don't add up left out: NOT proved safe, for no table has these "
        "figures"
    )
    assert found.proof == {}
    told = found.as_json()["left_out"][0]
    assert (told["difference"], told["beyond_rounding"]) == (10, 10)
    assert [c["figure"] for c in told["cells"]] == [143, 42, 34, 57]
    assert "Lines that don&#x27;t add up" in found.report.html or "Lines that don't add up" in found.report.html


def test_a_hidden_figure_is_exposed_though_other_lines_contradict(attack: Attack) -> None:
    drawn = "TOTAL x y\nTOTAL 143 60 73\na 42 NS NS\nb 34 12 NS\nc 57 45 12\n"
    for level in ("justified", "plausible"):
        found = attack(drawn, level=level)
        assert held(found, "a, x") == (3, 3), "60 - 12 - 45"
        assert held(found, "b, y") == (22, 22)
        assert len(found.left_out) == 2


def test_lines_that_only_together_contradict_are_told(attack: Attack) -> None:
    found = attack("""
              TOTAL x  y
        TOTAL NS    60 50
        a     45    NS NS
        b     55    NS NS
        """)
    assert found.left_out
    assert {one.beyond for one in found.left_out} == {0}
    assert "which no table has together with the other lines" in repr(found)
    assert not found.is_safe


def test_rounding_may_explain_what_does_not_add_up(attack: Attack) -> None:
    """Halves up: 20 is 15 to 24, so that three of them are 45 to 72."""

    def drawn(total: int) -> TableAudit:
        return attack(f"TOTAL\nTOTAL {total}\na 20\nb 20\nc 20\n", rounding=10)

    assert [len(drawn(total).left_out) for total in (30, 40, 50, 60, 70, 80, 90)] == [1, 1, 0, 0, 0, 1, 1]
    assert "[the grand total] 90 is not [row a] 20 + [row b] 20 + [row c] 20 = 60: 30 apart, by 13 more than" in repr(
        drawn(90)
    )


def published(leaves: pa.Table) -> pd.DataFrame:
    """A protected table in which one secondary is shown again, so that something is exposed."""
    table = protect(leaves, DIMENSIONS, "n")
    frame = table.frame(reveal=True).to_pandas()
    true = {(d, s): int(n) for _, d, s, n in (line.split(",") for line in LEAVES.splitlines()[1:])}
    first = frame.index[frame["status"] == "secondary"][0]
    frame.loc[first, "n"] = true[frame.loc[first, "territory"], frame.loc[first, "sex"]]
    return frame.drop(columns="status")


def as_known(found: TableAudit) -> dict[tuple[str, ...], str]:
    return {tuple(found.layout.name(k).values()): v for k, v in found.verdicts.items()}


def test_all_ways_to_write_a_hidden_figure_are_the_same(leaves: pa.Table) -> None:
    frame = published(leaves)
    known = as_known(audit(frame, DIMENSIONS))
    assert "exposed" in known.values()
    text = frame.assign(n=[("NS" if pd.isna(v) else str(int(v))) for v in frame["n"]])
    assert as_known(audit(text, DIMENSIONS)) == known
    assert as_known(audit(text.replace("NS", ""), DIMENSIONS)) == known
    assert as_known(audit(text.replace("NS", "x"), DIMENSIONS, hidden="x")) == known
    flagged = frame.assign(n=frame["n"].fillna(-9), gone=["yes" if pd.isna(v) else "no" for v in frame["n"]])
    assert as_known(audit(flagged, DIMENSIONS, flag="gone")) == known
    flagged["gone"] = frame["n"].isna()
    assert as_known(audit(flagged, DIMENSIONS, flag="gone")) == known
    with pytest.raises(DataError, match=r"column n: in row .* a negative number"):
        audit(flagged, DIMENSIONS)


def test_both_layouts_and_codes_tell_the_same_tree(leaves: pa.Table) -> None:
    frame = published(leaves)
    known = as_known(audit(frame, DIMENSIONS))
    region = {row["dept"]: row["region"] for row in leaves.to_pylist()}
    wide = frame.assign(
        region=[region.get(t, t) for t in frame["territory"]],
        dept=[t if t in region else "TOTAL" for t in frame["territory"]],
    ).drop(columns=["territory", "territory_level", "sex_level"])
    assert as_known(audit(wide, DIMENSIONS, "n")) == known
    mixed = frame.sort_values("territory_level", kind="stable")
    with pytest.raises(DataError, match="the order of rows doesn't tell"):
        audit(mixed, DIMENSIONS)
    assert as_known(audit(mixed, DIMENSIONS, codes=leaves)) == known


def test_a_partial_table_tells_no_more_than_its_rows(leaves: pa.Table) -> None:
    frame = published(leaves)
    regions = frame[frame["territory_level"] != "dept"]
    assert audit(regions, DIMENSIONS).is_safe
    departments = frame[frame["territory_level"] == "dept"]
    assert {len(k) for k in as_known(audit(departments, DIMENSIONS))} == {2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("row,n\nTOTAL,100\na,50\na,50\n", "in row 3 a cell that stands in a row above"),
        ("row,row_level,n\nTOTAL,total,100\na,day,50\n", "in row 2 a code \\(at that level\\) that there isn't"),
    ],
)
def test_rows_that_cannot_stand_are_told(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        audit(arrow(text), ["row"])


@pytest.mark.parametrize("drawn", ["TOTAL\nTOTAL 50\na NS\nb 20\n", "TOTAL\nTOTAL 60\na NS\nb 20\nc 10\n"])
def test_a_hidden_figure_that_can_not_be_small_is_safe_if_plausible_and_else_unexplained(
    attack: Attack, drawn: str
) -> None:
    """50 is 45 to 54, and 20 is 15 to 24: a is 21 to 39, or so, which the rule would have shown."""
    assert verdicts(attack(drawn, rounding=10, level="plausible", intervals=True)) == {"a": "safe"}
    found = attack(drawn, rounding=10, intervals=True)
    assert verdicts(found) == {"a": "undecided"}
    assert "undecided: row a: no rule explains why it is hidden: nothing that hangs together" in repr(found)


def test_a_figure_that_is_not_rounded_is_told(attack: Attack) -> None:
    with pytest.raises(DataError, match="in row 1 a figure that is not rounded"):
        attack("TOTAL\nTOTAL 101\na NS\nb NS\n", rounding=10)


def test_the_report_is_one_file_with_the_sums(leaves: pa.Table) -> None:
    found = audit(published(leaves), DIMENSIONS, intervals=True)
    page = found.report.html
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", page)
    assert "NOT safe" in page
    for target in found.exposed:
        assert f"<h3>{found.layout.words(target)}</h3>" in page
    assert page.count('<tr class="bad">') == len(found.exposed)
    told = json.loads(json.dumps(found.as_json()))
    assert told["exposed"] == len(found.exposed) == sum(c["verdict"] == "exposed" for c in told["cells"])
    assert all("bounds" in c for c in told["cells"])
    assert {c["bounds"]["by"] for c in told["cells"]} == {"whole numbers"}


def test_codes_are_escaped_in_reports() -> None:
    rows = arrow("row,n\nTOTAL,60\n<b>&,5\nb,55\n")
    assert "<b>&" not in audit(rows, ["row"]).report.html
    assert "&lt;b&gt;&amp;" in audit(rows, ["row"]).report.html


def test_a_table_without_rows_has_no_verdict() -> None:
    with pytest.raises(DataError, match="no rows; expected one for each published figure"):
        audit(pa.table({"area": pa.array([], pa.string()), "n": pa.array([], pa.int64())}), ["area"])


def test_what_would_follow_from_hidden_figures_is_told_apart_from_them() -> None:
    frame = pa.table({"area": ["a", "a", "b", "b"], "sex": ["f", "m"] * 2, "n": ["NS", "40", "NS", "50"]})
    found = audit(frame, ["area", "sex"])
    assert found.lines()[-1].startswith("2 hidden figures, and 4 that would follow from them: ")


def test_decimals_are_read_where_they_are_whole() -> None:
    exact = pa.array([30, 50, 160, 41]).cast(pa.decimal128(19, 0))
    codes = {"area": ["a", "a", "b", "b"], "sex": ["f", "m"] * 2}
    assert audit(pa.table(codes | {"n": exact}), ["area", "sex"]).is_safe
    broken = pa.array(["30.5", "50.0", "160.0", "41.0"]).cast(pa.decimal128(10, 1))
    with pytest.raises(DataError, match="a number that is not whole"):
        audit(pa.table(codes | {"n": broken}), ["area", "sex"])
