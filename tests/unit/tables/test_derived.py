"""Rates and means beside hidden counts: what they give away is worked out, and nothing that they don't."""

from pathlib import Path

import pyarrow as pa
import pytest

from seuil.cli import run
from seuil.explain.table_audit import TableAudit
from seuil.model.errors import DataError, DefinitionError, UsageError
from seuil.tables.api import audit, protect

HEAD = """\
unit: patient
threshold: 11
level: plausible
count: n
dimensions:
  dept: {levels: [dept]}
measures:
  patients: {kind: count, label: Patients}
"""
RATE = """\
  pop: {kind: given, label: Population, column: pop}
  rate: {kind: ratio, label: Rate, of: patients, to: pop, times: 100, decimals: 3}
"""
MEAN = """\
  fees: {kind: sum, label: Fees}
  mean: {kind: mean, label: Mean, of: fees, by: patients, decimals: 1}
"""


def attacked(tmp_path: Path, measures: str, text: str, head: str = HEAD) -> TableAudit:
    (tmp_path / "t.yaml").write_text(head + measures, encoding="utf-8")
    names, *rows = (line.split(",") for line in text.strip().splitlines())
    table = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    return audit(table, definition=tmp_path / "t.yaml")


def words(found: TableAudit) -> dict[str, str]:
    return {found.layout.words(k): v for k, v in found.verdicts.items()}


def test_a_rate_and_its_population_give_the_hidden_count_away(tmp_path: Path) -> None:
    text = "dept,n,pop,rate\nTOTAL,300,9000,3.333\nA,NS,2000,0.350\nB,NS,3000,0.967\nC,264,4000,6.600\n"
    found = attacked(tmp_path, RATE, text)
    assert words(found) == {"dept A": "exposed", "dept B": "exposed"}
    assert {found.layout.words(k): (e.low, e.high) for k, e in found.exposed.items()} == {
        "dept A": (7, 7),
        "dept B": (29, 29),
    }
    assert "[dept A] is exactly 7: rate 0.350 is shown, and pop 2,000." in repr(found)
    assert found.as_json()["derived"] == {"exactly": 2, "closer": 0, "hidden": 2}
    without = text.replace("0.350", "NS").replace("0.967", "NS")
    assert attacked(tmp_path, RATE, without).is_safe, "36 for both is wide enough"


def test_a_rate_and_a_population_that_anybody_can_look_up_give_the_hidden_count_away(tmp_path: Path) -> None:
    """The population needs not stand in the table."""
    (tmp_path / "people.csv").write_text("dept,people\nTOTAL,9000\nA,2000\nB,\n", encoding="utf-8")
    public = RATE.replace("{kind: given, label: Population, column: pop}", "{kind: external, label: P, file: FILE}")
    text = "dept,n,rate\nTOTAL,300,3.333\nA,NS,0.350\nB,NS,NS\nC,200,6.600\n"
    with_file = public.replace("FILE", "people.csv, column: people")
    found = attacked(tmp_path, with_file, text)
    assert {found.layout.words(k): (e.low, e.high) for k, e in found.exposed.items()} == {
        "dept A": (7, 7),
        "dept B": (93, 93),
    }
    assert "[dept A] is exactly 7: rate 0.350 is shown, and pop 2,000." in repr(found)
    assert attacked(tmp_path, with_file, text.replace("0.350", "NS")).is_safe
    with pytest.raises(DefinitionError, match="leads out of the folder"):
        attacked(tmp_path, public.replace("FILE", "../people.csv"), text)


def test_a_rate_of_few_decimals_leaves_a_range(tmp_path: Path) -> None:
    text = "dept,n,pop,rate\nTOTAL,300,90000,0.3\nA,NS,20000,{0}\nB,NS,30000,NS\nC,150,40000,0.4\n"
    one = RATE.replace("decimals: 3", "decimals: 1")
    found = attacked(tmp_path, one, text.format("0.1"))
    low, high = next((t.low, t.high) for t in found.facts.told.values() if found.facts.problem.hidden[t.cell])
    assert (low, high) == (10, 30), "0.05 and 0.15 per cent of 20,000; halves may have gone either way"
    assert found.is_safe


def test_a_mean_and_its_total_give_the_count_away(tmp_path: Path) -> None:
    text = "dept,n,fees,mean\nTOTAL,300,90000,300.0\nA,NS,1234,246.8\nB,NS,25000,NS\nC,264,60000,227.3\n"
    found = attacked(tmp_path, MEAN, text)
    assert {found.layout.words(k): (e.low, e.high) for k, e in found.exposed.items()} == {
        "dept A": (5, 5),
        "dept B": (31, 31),
    }
    assert attacked(tmp_path, MEAN, text.replace("246.8", "NS")).is_safe


ROUNDED = HEAD.replace("level: plausible", "rounding: 10\nlevel: plausible")
BASE = RATE.replace("column: pop", "column: pop, rounding: 10")


def test_rates_of_exact_counts_tell_what_rounding_hides(tmp_path: Path) -> None:
    """104 of 3,000 is 3.467 %, 192 of 4,000 is 4.800 %: so A is what is left of 304, not of 295 to 304."""
    text = "dept,n,pop,rate\nTOTAL,300,9000,3.378\nA,NS,2000,NS\nB,100,3000,3.467\nC,190,4000,4.800\n"
    found = attacked(tmp_path, BASE, text, ROUNDED)
    ((low, high),) = [(e.low, e.high) for e in found.exposed.values()]
    assert (low, high) == (8, 8)
    assert "computed before rounding: they tell 3 counts exactly" in repr(found)
    assert "[dept B] is exactly 104: rate 3.467 is shown, and pop from 2,995 to 3,004." in repr(found)


def test_rates_of_rounded_counts_tell_nothing_more_of_them(tmp_path: Path) -> None:
    text = "dept,n,pop,rate\nTOTAL,300,9000,3.333\nA,NS,2000,NS\nB,100,3000,3.333\nC,190,4000,4.750\n"
    found = attacked(tmp_path, BASE, text, ROUNDED)
    assert "computed after rounding: they tell 0 counts exactly, 0 more closely" in repr(found)
    assert not found.exposed
    assert found.is_safe, "0 to 24"
    shown = attacked(tmp_path, BASE, text.replace("A,NS,2000,NS", "A,NS,2000,0.500"), ROUNDED)
    ((low, high),) = [(t.low, t.high) for t in shown.facts.told.values()]
    assert (low, high) == (5, 14), "0.5 % of 2,000 is a figure of 10"


def test_a_small_count_that_is_shown_rounded_is_seen(tmp_path: Path) -> None:
    text = "dept,n,pop,rate\nTOTAL,300,9000,3.378\nA,10,2000,0.400\nB,100,3000,3.467\nC,190,4000,4.800\n"
    found = attacked(tmp_path, BASE, text, ROUNDED)
    ((target, exposure),) = found.exposed.items()
    assert (found.layout.words(target), exposure.reason, exposure.low, exposure.high) == ("dept A", "shown", 8, 8)


def test_a_rate_that_does_not_fit_is_named_and_left_out(tmp_path: Path) -> None:
    text = "dept,n,pop,rate\nTOTAL,300,9000,3.333\nA,NS,2000,NS\nB,NS,3000,NS\nC,264,4000,7.600\n"
    found = attacked(tmp_path, RATE, text)
    assert not found.is_safe
    assert "left out: [dept C] 264: rate 7.600 is shown, and pop 4,000, which makes it exactly 304" in repr(found)
    assert found.lines()[-1].endswith(
        "1 derived figure that doesn't fit left out: NOT proved safe, for no table has these figures"
    )


def test_a_rate_of_nobody_fits_no_count(tmp_path: Path) -> None:
    text = "dept,n,pop,rate\nTOTAL,300,7000,4.286\nA,NS,0,0.350\nB,NS,3000,NS\nC,264,4000,6.600\n"
    found = attacked(tmp_path, RATE, text)
    assert "rate 0.350 is shown, and pop 0, which makes it no whole number" in repr(found)
    assert not found.exposed
    assert not found.is_safe


def test_a_rate_whose_population_is_hidden_is_not_called_safe(tmp_path: Path) -> None:
    text = "dept,n,pop,rate\nTOTAL,300,9000,3.333\nA,NS,NS,0.350\nB,NS,3000,NS\nC,264,4000,6.600\n"
    found = attacked(tmp_path, RATE, text)
    assert words(found) == {"dept A": "undecided", "dept B": "safe"}
    assert "undecided: dept A: rate 0.350 is shown, and pop is not" in repr(found)


def test_a_population_may_be_the_count_at_a_node(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "code,parent,level,label_fr,label_en,complete\nALL,,total,Tous,All,no\nX,ALL,condition,,,\nY,ALL,condition,,,\n"
    )
    head = HEAD.replace("dimensions:\n", "dimensions:\n  condition: {codes: c.csv, kind: overlapping}\n")
    measures = RATE.replace(
        "{kind: given, label: Population, column: pop}", "{kind: count, label: P, at: {condition: ALL}}"
    )
    rows = [("ALL", "TOTAL", 900, 900, "100.000"), ("ALL", "A", 400, 400, "100.000"), ("ALL", "B", 500, 500, "100.000")]
    rows += [("X", "TOTAL", 60, 900, "6.667"), ("X", "A", "NS", 400, "{0}"), ("X", "B", "NS", 500, "NS")]
    text = "condition,dept,n,pop,rate\n" + "\n".join(",".join(map(str, row)) for row in rows)
    found = attacked(tmp_path, measures, text.format("2.000"), head)
    cells = {found.layout.words(k): e.low for k, e in found.exposed.items() if k < found.facts.size}
    assert cells == {"condition X, dept A": 8, "condition X, dept B": 52}
    assert attacked(tmp_path, measures, text.format("NS"), head).is_safe


@pytest.mark.parametrize(
    ("value", "said"), [("nan", "'nan'"), ("6.6000001", "at most 3 decimals"), ("-1", "'-1'"), ("6,6 %", "'6,6 %'")]
)
def test_a_rate_that_is_no_number_is_told(tmp_path: Path, value: str, said: str) -> None:
    text = f"dept;n;pop;rate\nTOTAL;300;9000;3.333\nA;300;9000;{value}\n"
    (tmp_path / "t.yaml").write_text(HEAD + RATE)
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match="column rate: in row 2") as error:
        attacked(tmp_path, RATE, text.replace(",", ".").replace(";", ","))
    if "," not in value:
        assert said in str(error.value)


def test_a_decimal_comma_is_a_decimal_sign(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.yaml").write_text(HEAD + RATE)
    (tmp_path / "t.csv").write_text("dept;n;pop;rate\nTOTAL;300;9000;3,333\nA;NS;2000;0,35\nB;NS;7000;\n")
    assert run(["audit", str(tmp_path / "t.csv"), "--definition", str(tmp_path / "t.yaml")]) == 1
    assert "exposed: dept A: exactly 7" in capsys.readouterr().out


def test_rates_are_for_audits_and_made_of_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(HEAD + RATE)
    with pytest.raises(UsageError, match="the measures pop, rate can't be in a table given by hand"):
        protect(pa.table({"dept": ["A"], "n": [30]}), definition=tmp_path / "t.yaml")
    with pytest.raises(UsageError, match=r"measures\.rate\.to: found 'people'"):
        attacked(tmp_path, RATE.replace("to: pop", "to: people"), "dept,n,pop,rate\nA,30,90,33.333\n")


def test_a_ratio_at_another_node_gives_the_figure_of_that_row_away(tmp_path: Path) -> None:
    head = HEAD.replace("  dept: {levels: [dept]}\n", "  dept: {levels: [dept]}\n  sex: {levels: [sex]}\n")
    share = "  women: {kind: ratio, label: Women, of: {measure: patients, at: {sex: F}}, to: patients, decimals: 1}\n"
    text = "dept,sex,n,women\nTOTAL,TOTAL,300,NS\nTOTAL,F,NS,NS\nTOTAL,M,NS,NS\n"
    text += "A,TOTAL,100,7.0\nA,F,NS,NS\nA,M,NS,NS\nB,TOTAL,200,NS\nB,F,NS,NS\nB,M,NS,NS\n"
    found = attacked(tmp_path, share, text, head)
    told = {found.layout.words(k): (e.low, e.high) for k, e in found.exposed.items()}
    assert told["dept A, sex F"] == (7, 7) and told["dept A, sex M"] == (93, 93)
    assert "women 7.0 is shown, and patients 100" in repr(found)
    assert attacked(tmp_path, share, text.replace("7.0", "NS"), head).is_safe
    shown = text.replace("A,TOTAL,100,7.0", "A,TOTAL,100,NS").replace("B,TOTAL,200,NS", "B,TOTAL,200,60.0")
    shown = shown.replace("B,F,NS", "B,F,120").replace("B,M,NS", "B,M,80")
    assert attacked(tmp_path, share, shown, head).is_safe, "what a ratio tells is shown anyway"
