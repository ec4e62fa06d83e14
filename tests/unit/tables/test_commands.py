"""The commands for tables given by hand: files in and out, exit codes, what is confidential."""

import json
import re
import stat
from pathlib import Path

import pytest
from tests.unit.tables.conftest import DIMENSIONS, LEAVES, SHORT, arrow

from seuil.cli import run
from seuil.cli.by_hand import write_whole
from seuil.model.errors import UsageError
from seuil.tables import api as by_hand

Files = tuple[Path, Path]
Capture = pytest.CaptureFixture[str]


def protect(files: Files, *more: str) -> Path:
    out = files[0].parent / "protected.csv"
    assert run(["protect", str(files[0]), "--definition", str(files[1]), "--out", str(out), *more]) == 0
    return out


def test_protected_csv_is_as_it_is_said(files: Files) -> None:
    out = protect(files)
    text = out.read_bytes().decode()
    head, *rows = text.split("\n")
    assert head == "territory,territory_level,sex,sex_level,n"
    assert rows[0] == "TOTAL,total,TOTAL,total,483"
    assert rows[3] == "R1,region,TOTAL,total,185"
    assert rows[-2] == "D6,dept,m,sex,66" or rows[-2] == "D6,dept,m,sex,NS"
    assert rows[-1] == "", "it ends with a line end"
    assert len(rows) == 27 + 1
    assert all(re.fullmatch(r"\w+,(total|region|dept),\w+,(total|sex),(\d+|NS)", row) for row in rows[:-1])
    assert "D1,dept,f,sex,NS" in rows
    again = protect(files)
    assert again.read_bytes().decode() == text


def test_order_of_rows_does_not_matter(files: Files) -> None:
    before = protect(files).read_bytes()
    head, *rows = LEAVES.strip().split("\n")
    files[0].write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    assert protect(files).read_bytes() == before


def test_revealed_files_are_private(files: Files, capsys: Capture) -> None:
    report = files[0].parent / "report.html"
    out = protect(files, "--reveal", "--report", str(report))
    assert out.read_text().splitlines()[0].endswith(",n,status")
    assert {line.rsplit(",", 1)[1] for line in out.read_text().splitlines()[1:]} == {
        "published",
        "primary",
        "secondary",
    }
    assert stat.S_IMODE(out.stat().st_mode) == stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "confidential" in capsys.readouterr().out
    assert stat.S_IMODE(protect(files).stat().st_mode) == 0o644


def test_output_does_not_tell_how_many_are_small(files: Files, capsys: Capture) -> None:
    protect(files, "--json")
    assert set(json.loads(capsys.readouterr().out)) == {"read", "out", "cells", "hidden", "seconds", "gap"}


def test_the_proof_verifies_and_an_altered_table_does_not(files: Files, capsys: Capture) -> None:
    proof = files[0].parent / "proof"
    out = protect(files, "--proof", str(proof))
    verify = ["verify", str(out), "--definition", str(files[1]), "--proof", str(proof), "--json"]
    capsys.readouterr()
    assert run(verify) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "problems": []}
    out.write_text(out.read_text().replace("TOTAL,total,f,sex,144", "TOTAL,total,f,sex,145"))
    assert run(verify) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["rule"] == 4


def test_audit_says_yes_and_no_by_its_exit_code(files: Files, capsys: Capture) -> None:
    out = protect(files)
    html = files[0].parent / "audit.html"
    audit = ["audit", str(out), "--definition", str(files[1])]
    assert run(audit) == 0
    assert "every hidden figure is safe" in capsys.readouterr().out
    hidden = re.findall(r"^(D\d),dept,([fm]),sex,NS$", out.read_text(), re.MULTILINE)
    true = {(d, s): n for _, d, s, n in (line.split(",") for line in LEAVES.splitlines()[1:])}
    department, sex = next(k for k in hidden if int(true[k]) > 11)
    line = f"{department},dept,{sex},sex,"
    out.write_text(out.read_text().replace(f"{line}NS", f"{line}{true[department, sex]}"))
    assert run([*audit, "--html", str(html), "--intervals", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["safe"]
    exposed = [c for c in told["cells"] if c["verdict"] == "exposed"]
    assert exposed
    assert all(c["sums"] for c in exposed if c["reason"] == "sum")
    assert "NOT safe" in html.read_text()


def test_explain_tells_the_rule_and_whom_a_secondary_protects(files: Files, capsys: Capture) -> None:
    more = ["--leaves", str(files[0]), "--definition", str(files[1]), "--json"]

    def explain(cell: str) -> dict:
        assert run(["explain", cell, *more]) == 0
        return json.loads(capsys.readouterr().out)

    assert explain("territory=D1,sex=f")["status"] == "primary"
    assert explain("territory=R1")["status"] == "published"
    assert explain("territory=dept:D1, sex=f")["status"] == "primary"
    found = explain("territory=D1,sex=m")
    assert found["status"] == "secondary"
    assert found["needs"][0] == "territory D1, sex f", "small ones first"
    assert any("= [territory D1] 23 - [territory D1, sex m] 20" in line for line in found["lines"])
    assert run(["explain", "territory=D9", *more[:-1]]) == 1
    assert "territory=D9: no such code" in capsys.readouterr().err


def test_choices_are_compared(files: Files, capsys: Capture) -> None:
    arguments = ["protect", str(files[0]), "--definition", str(files[1]), "--try"]
    assert run([*arguments, "--json"]) == 0
    found = {c["choice"]: c for c in json.loads(capsys.readouterr().out)}
    assert list(found) == [
        "as defined",
        "rounded to 10",
        "plausible",
        "rounded to 10, plausible",
        "territory without dept",
    ]
    assert found["as defined"]["cells"] == 27
    assert found["territory without dept"]["hidden"] == 0
    table = by_hand.protect(arrow(LEAVES), definition=files[1])
    assert found["as defined"]["secondary"] == table.loss.secondary
    assert found["as defined"]["loss"] == round(100 * table.loss.secondary / 27, 2)
    rounded = by_hand.protect(arrow(LEAVES), DIMENSIONS, "n", rounding=10)
    assert found["rounded to 10"]["secondary"] == rounded.loss.secondary
    assert run(arguments) == 0
    assert "territory without dept" in capsys.readouterr().out
    assert not (files[0].parent / "protected.csv").exists()


def test_neighbouring_codes_are_tried_in_pairs(tmp_path: Path, capsys: Capture) -> None:
    rows = [f"{low}-{low + 4},{n}" for low, n in zip(range(0, 40, 5), [3, 20, 30, 5, 40, 50, 8, 60], strict=True)]
    (tmp_path / "leaves.csv").write_text("age,n\n" + "\n".join(rows) + "\n")
    (tmp_path / "t.yaml").write_text("unit: patient\nthreshold: 11\ncount: n\ndimensions:\n  age: {levels: [age]}\n")
    assert (
        run(["protect", str(tmp_path / "leaves.csv"), "--definition", str(tmp_path / "t.yaml"), "--try", "--json"]) == 0
    )
    found = {c["choice"]: c for c in json.loads(capsys.readouterr().out)}
    assert found["as defined"]["cells"] == 9
    assert found["age in pairs"]["cells"] == 5
    assert found["age in pairs"]["primary"] == 0


def test_open_says_what_it_costs(files: Files, capsys: Capture) -> None:
    protect(files)
    assert "anybody can repeat" not in capsys.readouterr().out
    protect(files, "--open")
    assert "anybody can repeat this choice" in capsys.readouterr().out


def test_what_cannot_be_protected_is_not_written(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "leaves.csv").write_text("age,n\na,3\n")
    (tmp_path / "t.yaml").write_text("unit: patient\nthreshold: 11\ncount: n\ndimensions:\n  age: {levels: [age]}\n")
    out = tmp_path / "protected.csv"
    arguments = ["protect", str(tmp_path / "leaves.csv"), "--definition", str(tmp_path / "t.yaml"), "--out", str(out)]
    assert run([*arguments, "--proof", str(tmp_path / "proof")]) == 1
    assert "can't be published under the guarantee" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["leaves.csv", "t.yaml"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["protect", "LEAVES", "--definition", "TABLE"], 2, "--out: missing"),
        (["protect", "LEAVES", "--definition", "TABLE", "--out", "x/y.csv"], 2, "--out x/y.csv: x: no such folder"),
        (["protect", "LEAVES", "--definition", "TABLE", "--out", "o.csv", "--secret", "none"], 2, "none: No such file"),
        (["protect", "LEAVES", "--definition", "TABLE", "--out", "o.csv", "--secret", "s", "--open"], 2, "one of them"),
        (["protect", "none.csv", "--definition", "TABLE", "--out", "o.csv"], 1, "none.csv"),
        (["verify", "LEAVES", "--definition", "TABLE"], 2, "--proof: missing"),
        (["verify", ".", "--proof", "p"], 2, "--proof: not for an archive"),
        (["verify", "LEAVES", "--definition", "TABLE", "--root", "r"], 2, "--root: not for a protected table"),
        (["check", "TABLE"], 1, "dimensions.territory.levels: found columns of a table"),
    ],
)
def test_wrong_use_is_told(
    files: Files, arguments: list[str], code: int, said: str, capsys: Capture, monkeypatch
) -> None:
    monkeypatch.chdir(files[0].parent)
    names = {"LEAVES": str(files[0]), "TABLE": str(files[1])}
    assert run([names.get(a, a) for a in arguments]) == code
    errors = capsys.readouterr().err
    assert said in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("threshold: 11", "threshold: 1"), 2, "threshold"),
        (("count: n", "count: n\ncounts: m"), 4, "counts"),
        (("levels: [region, dept]", "levels: [region, region]"), 5, "dimensions.territory"),
        (("levels: [sex]", "levels: [sex], codes: sex.csv"), 6, "either `codes`, a file, or `levels`"),
        (("levels: [sex]", "kind: overlapping, levels: [sex]"), 6, "`codes` for an overlapping dimension"),
    ],
)
def test_short_definitions_name_the_line(
    files: Files, change: tuple[str, str], line: int, said: str, capsys: Capture
) -> None:
    assert change[0] in SHORT
    files[1].write_text(SHORT.replace(*change), encoding="utf-8")
    assert run(["protect", str(files[0]), "--definition", str(files[1]), "--out", "o.csv"]) == 1
    errors = capsys.readouterr().err
    assert f"table.yaml:{line}: " in errors
    assert said in errors


def test_codes_with_leading_zeros_and_commas_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "leaves.csv").write_text('dept,n\n01,40\n2A,50\n"Ain, le",60\n010,70\n')
    (tmp_path / "t.yaml").write_text("unit: patient\nthreshold: 11\ncount: n\ndimensions:\n  dept: {levels: [dept]}\n")
    out = tmp_path / "o.csv"
    assert (
        run(["protect", str(tmp_path / "leaves.csv"), "--definition", str(tmp_path / "t.yaml"), "--out", str(out)]) == 0
    )
    assert out.read_text().splitlines()[1:] == [
        "TOTAL,total,220",
        "01,dept,40",
        "2A,dept,50",
        "010,dept,70",
        '"Ain, le",dept,60',
    ]
    assert run(["audit", str(out), "--definition", str(tmp_path / "t.yaml")]) == 0


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("01", "1"), "'01' in row 1 (line 2) and '1' in row 2 (line 3), which look like one code"),
        (("2A", "2A\u200b"), "which look like one code; expected one way to write each code"),
        (("2A", "2\x07A"), "in row 2 (line 3) a code with a control character"),
        (("00-04", "05/09/2026"), "'05/09/2026'; expected a range of numbers, which a spreadsheet took for a date"),
    ],
)
def test_codes_that_people_would_not_write_so_are_refused(tmp_path: Path, capsys, codes: tuple[str, str], said: str):
    (tmp_path / "t.yaml").write_text("unit: patient\nthreshold: 11\ncount: n\ndimensions:\n  dept: {levels: [dept]}\n")
    (tmp_path / "t.csv").write_text(f"dept,n\n{codes[0]},40\n{codes[1]},50\n")
    for command in (["protect", "--out", str(tmp_path / "o.csv")], ["audit"]):
        table = [str(tmp_path / "t.csv"), "--definition", str(tmp_path / "t.yaml")]
        assert run([command[0], *table, *command[1:]]) == 1
        assert said in capsys.readouterr().err
    assert not (tmp_path / "o.csv").exists()


def test_files_that_are_read_are_never_written_over(files: Files, capsys: Capture) -> None:
    table, definition = map(str, files[:2])
    before = files[0].read_bytes(), files[1].read_bytes()
    asked = ["protect", table, "--definition", definition, "--open"]
    for more in (["--out", table], ["--out", definition], ["--out", f"{table}.o", "--report", table]):
        assert run([*asked, *more]) == 2
        assert "a file that is read here" in capsys.readouterr().err
    assert run([*asked, "--out", f"{table}.o", "--report", f"{table}.o"]) == 2
    assert "the same file" in capsys.readouterr().err
    assert run(["audit", table, "--definition", definition, "--html", table]) == 2
    assert (files[0].read_bytes(), files[1].read_bytes()) == before


def test_where_results_can_not_be_written_nothing_is(files: Files, capsys: Capture) -> None:
    folder = files[0].parent
    (folder / "file").write_text("kept")
    (folder / "folder").mkdir()
    table, out = [str(files[0]), "--definition", str(files[1])], str(folder / "out.csv")
    for more, said in (
        (["--out", out, "--proof", str(folder / "file")], "a file; expected a folder"),
        (["--out", out, "--report", str(folder / "folder")], "a folder; expected a file"),
        (["--out", str(folder / "folder")], "a folder; expected a file"),
        (["--out", str(folder / "none" / "o.csv")], "no such folder"),
    ):
        before = sorted(folder.rglob("*"))
        assert run(["protect", *table, "--open", *more]) == 2
        assert said in capsys.readouterr().err
        assert sorted(folder.rglob("*")) == before
    assert (folder / "file").read_text() == "kept"


def test_a_file_that_can_not_be_replaced_leaves_no_part_of_another(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(UsageError, match="expected a file that can be written"):
        write_whole(tmp_path / "taken", b"confidential")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
