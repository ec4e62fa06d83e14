"""Two vintages of one tiny year, judged by listing all pairs of tables that a reader of both can believe in.

The reader knows even which leaves have stayed as they were. Late records come in one leaf. Of every hidden cell of each
vintage there are pairs in which it differs by the threshold.
"""

import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import protect
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DisclosureError
from seuil.model.vintages import Vintage, told_name, vintage_facts, write_told
from seuil.workflow.new_vintage import told_rows
from seuil.workflow.vintages import vintage_faults

T, CAP = 3, 14
DEFINITION = f"""\
id: tiny
title: Tiny
unit: patient
threshold: {T}
period: {{name: year, values: [2022]}}
dimensions:
  place: {{label: Place, codes: places.csv}}
measures:
  n: {{kind: count, label: Patients}}
records:
  people: {{file: people.csv, identifier: id, period: year, dimensions: {{place: {{column: place}}}}}}
"""
PLACES = """\
code,parent,level,label_fr
T,,total,T
N,T,region,N
a,N,leaf,a
b,N,leaf,b
S,T,region,S
c,S,leaf,c
d,S,leaf,d
"""
UNDER = {"T": "abcd", "N": "ab", "S": "cd", "a": "a", "b": "b", "c": "c", "d": "d"}
Counts = tuple[int, int, int, int]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.yaml").write_text(DEFINITION, encoding="utf-8")
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    return read_dataset(folder / "tiny.yaml")


def cube(dataset: Dataset, counts: Counts) -> Cube:
    return cube_of(grid_of(dataset, 2022), Leaves(np.array([counts], np.int64), {}))


def first_vintage(dataset: Dataset, counts: Counts) -> Figures | None:
    try:
        found = protect(cube(dataset, counts), b"first")
    except DisclosureError:
        return None
    return found.figures if found.safe else None


def new_vintage(dataset: Dataset, counts: Counts, then: Figures) -> Figures | None:
    """The figures of a new vintage, None where it is refused, as `build --reissue` makes them."""
    vintage = Vintage(period=2022, replaces=1, told=told_name(2022, 1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / vintage.told
        path.parent.mkdir()
        write_told(path, ("place",), told_rows(cube(dataset, counts), then, then))
        facts = tuple(vintage_facts((vintage,), dataset.definition, dataset.hierarchies, Path(folder)))
    now = first_vintage(replace(dataset, known=facts), counts)
    return None if now is None or [*vintage_faults(now, then, then)] else now


def figures_by_code(figures: Figures) -> dict[str, int | None]:
    nodes = [node.code for node in figures.grid.axes[0].nodes]
    hidden, values = figures.count.hidden.ravel(), figures.count.values.ravel()
    return {code: None if hidden[k] else int(values[k]) for k, code in enumerate(nodes)}


def narrow(first: Figures, second: Figures, changed: str) -> list[str]:
    """Hidden cells of both vintages that a reader of both holds in a range below the threshold."""
    told = [figures_by_code(first), figures_by_code(second)]
    options = []
    for leaf in "abcd":
        was = [told[0][leaf]] if told[0][leaf] is not None else range(CAP)
        pairs = product(was, [told[1][leaf]] if told[1][leaf] is not None else range(CAP))
        options.append([pair for pair in pairs if leaf == changed or pair[0] == pair[1]])
    tables = np.array(list(product(*options)), np.int64).reshape(-1, 4, 2)
    values = {code: tables[:, ["abcd".index(leaf) for leaf in under]].sum(axis=1) for code, under in UNDER.items()}
    fits = np.ones(len(tables), np.bool_)
    for code, value in values.items():
        for k in (0, 1):
            if told[k][code] is not None:
                fits &= value[:, k] == told[k][code]
    assert fits.any(), "the truth fits"
    return [
        f"{code} of vintage {k + 1}"
        for code, value in values.items()
        for k in (0, 1)
        if told[k][code] is None and np.ptp(value[fits, k]) < T
    ]


def judge(dataset: Dataset, counts: Counts, changed: int, late: int) -> bool:
    """Whether a new vintage was let out, after having looked at it."""
    then = first_vintage(dataset, counts)
    after = tuple(n + late * (k == changed) for k, n in enumerate(counts))
    now = None if then is None else new_vintage(dataset, after, then)
    if then is None or now is None:
        return False
    assert (then.count.hidden <= now.count.hidden).all()
    assert narrow(then, now, "abcd"[changed]) == []
    return True


tables = st.tuples(*[st.integers(0, 8)] * 4)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck])


@quick
@given(counts=tables, changed=st.integers(0, 3), late=st.integers(1, 4))
def test_pairs_of_vintages_keep_every_hidden_cell_wide(tiny: Dataset, counts: Counts, changed: int, late: int) -> None:
    judge(tiny, counts, changed, late)


@pytest.mark.soak
@settings(quick, max_examples=400)
@given(counts=tables, changed=st.integers(0, 3), late=st.integers(1, 4))
def test_pairs_of_vintages_keep_every_hidden_cell_wide_often(
    tiny: Dataset, counts: Counts, changed: int, late: int
) -> None:
    judge(tiny, counts, changed, late)


def test_judge_finds_what_two_tables_tell_that_were_protected_one_by_one(tiny: Dataset) -> None:
    """a 1, b 2 -> 4: by itself the second vintage hides other cells than the first, and together they tell."""
    found = 0
    for a, b, c, d in product((0, 1, 2, 4, 7), repeat=4):
        then, now = first_vintage(tiny, (a, b, c, d)), first_vintage(tiny, (a, b + 2, c, d))
        if then is not None and now is not None and narrow(then, now, "b"):
            found += 1
            judge(tiny, (a, b, c, d), 1, 2)
        if found == 3:
            break
    assert found == 3


def test_new_vintages_are_let_out_where_late_records_leave_the_pattern_as_it_is(tiny: Dataset) -> None:
    assert judge(tiny, (1, 2, 6, 7), 1, 2)
    assert judge(tiny, (1, 2, 6, 7), 3, 4)
