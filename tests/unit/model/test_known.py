"""What is known from elsewhere: cells and earlier releases as they are written, and errors that name file and line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seuil.model.dataset import Dataset
from seuil.model.errors import DefinitionError
from seuil.model.known import Fact

Read = Callable[..., Dataset]

EARLIER = """\
annee,site,condition,n,remark
2022,T,ALL,40,
2022,N,G,NS,
2023,TOTAL,A,,not published
2023,S,A,15,
2021,S,A,15,before there was a south
"""


def known(read: Read, said: str, **more: str) -> tuple[Fact, ...]:
    return read(("tables:\n", f"known:\n  - {{{said}, reason: It was in the paper}}\ntables:\n"), **more).known


@pytest.fixture
def earlier(tmp_path: Path) -> Callable[[str], None]:
    """Write the earlier release."""
    return lambda text: (tmp_path / "earlier.csv").write_text(text, encoding="utf-8") and None


def test_cells_are_known_exactly_or_within_bounds(read: Read) -> None:
    assert known(read, "where: {site: [N, S]}, value: 12") == (
        Fact({"site": ("N", "S")}, None, 12, 12, hidden=False, legacy=False),
    )
    assert known(read, "where: {}, period: 2023, low: 12, legacy: true") == (
        Fact({}, 2023, 12, None, hidden=False, legacy=True),
    )
    assert known(read, "where: {}, high: 12") == (Fact({}, None, 0, 12, hidden=False, legacy=False),)


def test_an_earlier_release_is_read_as_it_was_published(read: Read, earlier: Callable[[str], None]) -> None:
    earlier(EARLIER)
    found = known(read, "file: earlier.csv, rounding: 5, threshold: 15")
    assert [(*(c[0] for c in f.where.values()), f.period, f.low, f.high, f.hidden) for f in found] == [
        ("T", "ALL", 2022, 38, 42, False),
        ("N", "G", 2022, 0, None, True),
        ("T", "A", 2023, 0, None, True),
        ("S", "A", 2023, 15, 17, False),
    ]


def test_a_0_that_is_shown_above_a_threshold_stands_for_nobody(read: Read, earlier: Callable[[str], None]) -> None:
    earlier("annee,site,condition,n\n2022,T,A,0\n")
    assert [(f.low, f.high) for f in known(read, "file: earlier.csv, rounding: 10, threshold: 11")] == [(0, 0)]
    assert [(f.low, f.high) for f in known(read, "file: earlier.csv, rounding: 10")] == [(0, 4)]


def test_levels_tell_codes_apart(read: Read, earlier: Callable[[str], None]) -> None:
    earlier("annee,site,site_level,condition,n\n2023,S,site,A,15\n2023,TOTAL,total,A,15\n")
    assert [f.where["site"] for f in known(read, "file: earlier.csv")] == [("S",), ("T",)]
    earlier("annee,site,site_level,condition,n\n2023,S,region,A,15\n")
    with pytest.raises(
        DefinitionError, match=r"earlier.csv:2: site: found 'S'; expected a code of that dimension \(and level\)"
    ):
        known(read, "file: earlier.csv")


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("value: 3", "either `where`, cells, or `file`"),
        ("where: {}, file: x.csv", "either `where`, cells, or `file`"),
        ("where: {}", "either `value`, or `low` and `high`"),
        ("where: {}, value: 3, low: 1", "either `value`, or `low` and `high`"),
        ("where: {}, low: 3, high: 1", "expected `low` at most as high as `high`"),
        ("where: {}, value: 3, rounding: 5", "expected no `rounding`, which says nothing of cells"),
        ("file: x.csv, value: 3", "expected no `value`, which says nothing of a file"),
        ("where: {}, value: -3", "expected 0 or more"),
        ("where: {place: [N]}, value: 3", "found 'place'; expected one of site, condition"),
        ("where: {site: [Z]}, value: 3", "found 'Z'; expected a code of that dimension"),
        ("where: {}, value: 3, period: 2021", "found 2021; expected one of 2022, 2023"),
        ("file: nowhere.csv", "known.0.file: found 'nowhere.csv', no such file"),
    ],
)
def test_an_entry_that_can_not_stand(read: Read, said: str, line: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        known(read, said)
    assert line in str(caught.value)
    assert "visits.yaml:" in str(caught.value) or "nowhere" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("annee,", "year,", ":1: annee: no such column"),
        ("n,remark", "count,remark", ":1: n: no such column"),
        ("2022,T", "then,T", ":2: annee: found what is no period"),
        ("2022,T", "2022,Z", ":2: site: found 'Z'; expected a code of that dimension"),
        ("2022,T", "2022,S", ":2: site: found 'S'; expected a code of that dimension"),  # not in that year
        ("ALL,40", "ALL,40.5", ":2: n: found what is no whole number; expected a count, or NS, nothing"),
        ("ALL,40", f"ALL,{'9' * 5000}", ":2: n: found what is no whole number; expected a count, or NS, nothing"),
        ("ALL,40", "ALL,41", ":2: n: found a figure not so rounded; expected multiples of 5"),
        ("ALL,40", "ALL,5", ":2: n: found a figure below the threshold; expected at least 15"),
        ("2023,S,A,15", "2023,T,A,15", ":5: row: found a cell that stands in a row above"),
    ],
)
def test_a_row_that_can_not_stand(read: Read, earlier: Callable[[str], None], old: str, new: str, said: str) -> None:
    assert old in EARLIER
    earlier(EARLIER.replace(old, new, 1))
    with pytest.raises(DefinitionError) as caught:
        known(read, "file: earlier.csv, rounding: 5, threshold: 15")
    assert f"earlier.csv{said}" in str(caught.value)


def test_rows_of_no_period_are_an_error(read: Read, earlier: Callable[[str], None]) -> None:
    earlier("annee,site,condition,n\n1999,T,A,20\n")
    with pytest.raises(DefinitionError, match=r"earlier.csv:1: rows: found none of a period of the dataset"):
        known(read, "file: earlier.csv")
