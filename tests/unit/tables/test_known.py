"""Earlier figures of a table given by hand: the commands take them from the definition, and name what is legacy."""

import json
from pathlib import Path

import pytest
from tests.unit.tables.conftest import DIMENSIONS, LEAVES, SHORT, arrow

from seuil.cli import run
from seuil.tables import api as by_hand

Files = tuple[Path, Path]
Capture = pytest.CaptureFixture[str]
SMALL = ("D1,dept,f,sex,3", "D4,dept,f,sex,1")


def full() -> str:
    """The whole table, as it is."""
    leaves = arrow(LEAVES).to_pylist()
    rows = ["territory,territory_level,sex,sex_level,n"]
    for territory, level in (
        ("TOTAL", "total"),
        ("R1", "region"),
        ("R2", "region"),
        *((f"D{k}", "dept") for k in "123456"),
    ):
        for sex, name in (("TOTAL", "total"), ("f", "sex"), ("m", "sex")):
            units = (
                r["n"] for r in leaves if territory in ("TOTAL", r["region"], r["dept"]) and sex in ("TOTAL", r["sex"])
            )
            rows.append(f"{territory},{level},{sex},{name},{sum(units)}")
    return "\n".join(rows) + "\n"


def only_small_hidden() -> str:
    """An earlier release in which nothing protects what is hidden."""
    text = full()
    for row in SMALL:
        assert row in text
        text = text.replace(row, row.rsplit(",", 1)[0] + ",NS")
    return text


@pytest.fixture
def known(files: Files) -> Files:
    """A definition that takes the file `earlier.csv` into account."""
    said = "known:\n  - {file: earlier.csv, threshold: 11, reason: It was published in 2020}\n"
    files[1].write_text(SHORT + said, encoding="utf-8")
    return files


def protect(files: Files, *more: str) -> tuple[int, Path]:
    out = files[0].parent / "protected.csv"
    return run(["protect", str(files[0]), "--definition", str(files[1]), "--out", str(out), *more]), out


def test_what_an_earlier_release_hides_stays_hidden(known: Files, tmp_path: Path, capsys: Capture) -> None:
    earlier, proof = tmp_path / "earlier.csv", tmp_path / "proof"
    (tmp_path / "plain.yaml").write_text(SHORT, encoding="utf-8")
    assert protect((known[0], tmp_path / "plain.yaml"))[0] == 0
    (tmp_path / "protected.csv").replace(earlier)
    code, out = protect(known, "--proof", str(proof))
    assert code == 0
    assert out.read_bytes() == earlier.read_bytes()
    assert run(["verify", str(out), "--definition", str(known[1]), "--proof", str(proof)]) == 0
    assert run(["audit", str(out), "--definition", str(known[1])]) == 0
    assert "legacy" not in capsys.readouterr().out


def test_what_is_disclosed_already_is_an_error_that_names_it(known: Files, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "earlier.csv").write_text(only_small_hidden(), encoding="utf-8")
    code, out = protect(known)
    told = capsys.readouterr().err
    assert (code, out.exists()) == (1, False)
    assert "what is known tells too much of hidden counts: D1, f; D4, f; expected" in told
    assert "`legacy: true`" in told


def test_legacy_is_named_everywhere(known: Files, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "earlier.csv").write_text(only_small_hidden(), encoding="utf-8")
    known[1].write_text(known[1].read_text().replace("threshold: 11, reason", "threshold: 11, legacy: true, reason"))
    report, proof = tmp_path / "report.html", tmp_path / "proof"
    code, out = protect(known, "--report", str(report), "--proof", str(proof))
    assert code == 0
    words = "all proved, but for 2 accepted as legacy (territory D1, sex f; territory D4, sex f)"
    assert words in capsys.readouterr().out
    assert "2 accepted as legacy" in report.read_text()
    assert sorted(out.read_text().splitlines()) == sorted(only_small_hidden().splitlines())
    assert run(["verify", str(out), "--definition", str(known[1]), "--proof", str(proof)]) == 0
    assert "but those accepted as legacy" in capsys.readouterr().out
    page = tmp_path / "audit.html"
    assert run(["audit", str(out), "--definition", str(known[1]), "--html", str(page)]) == 0
    told = capsys.readouterr().out
    assert "banner warn" in page.read_text()
    assert "which the definition accepts" in page.read_text()
    assert "legacy: territory D1, sex f" in told
    assert "2 disclosed by what is known and accepted (legacy): every other hidden figure is safe" in told
    assert run(["audit", str(out), "--definition", str(known[1]), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["safe"], found["legacy"], {c["verdict"] for c in found["cells"]}) == (True, 2, {"legacy"})


def test_the_python_functions_take_it_from_the_definition(known: Files, tmp_path: Path) -> None:
    (tmp_path / "earlier.csv").write_text(only_small_hidden(), encoding="utf-8")
    accepted = known[1].read_text().replace("threshold: 11, reason", "threshold: 11, legacy: true, reason")
    known[1].write_text(accepted, encoding="utf-8")
    table = by_hand.protect(arrow(LEAVES), definition=known[1])
    assert table.legacy == ("territory D1, sex f", "territory D4, sex f")
    assert (table.loss.hidden, table.loss.legacy) == (2, 2)
    assert "disclosed by what is known from elsewhere" in repr(table)
    assert by_hand.audit(table.frame(), definition=known[1]).is_safe
    assert by_hand.verify(table.frame(), table.proof, definition=known[1]) == ()
    assert not by_hand.audit(table.frame(), DIMENSIONS, "n").is_safe


def test_what_is_known_is_told_where_it_exposes(known: Files, tmp_path: Path, capsys: Capture) -> None:
    one = "  - {where: {territory: [D1], sex: [f]}, low: 2, high: 6, reason: It was in the paper}\n"
    (tmp_path / "table.yaml").write_text(SHORT + "known:\n" + one, encoding="utf-8")
    table = by_hand.protect(arrow(LEAVES), DIMENSIONS, "n")
    (tmp_path / "other.csv").write_bytes(table.csv())
    assert run(["audit", str(tmp_path / "other.csv"), "--definition", str(known[1])]) == 1
    assert "[territory D1, sex f] is known from elsewhere to be from 2 to 6." in capsys.readouterr().out
