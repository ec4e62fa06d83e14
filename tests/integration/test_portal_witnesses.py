"""The two tables that the portal shows of a hidden figure are those of the proof, and give what is published."""

from collections.abc import Iterator

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.helpers.small_release import small_store

from seuil.catalogue.entry import Entry
from seuil.disclosure.verify.cells import add_up, lay_out
from seuil.figures.proof_files import PARTS, proof_names, read_proof
from seuil.model.formulas import round_half_up
from seuil.portal.proofs.excerpt import Excerpt, Square
from seuil.portal.store.served import ServedRelease

BASES = [("visits", 2022, "people"), ("visits", 2023, "people"), ("visits", 2023, "fees"), ("illness", 2023, "ntop")]


@pytest.fixture(scope="module")
def served() -> ServedRelease:
    return small_store().served()


def _hidden(served: ServedRelease, entry: Entry, period: int, measure: str) -> Iterator[dict[str, str]]:
    """The codes of every row in which a measure reads NS."""
    for row in pq.read_table(served.file(entry.id)).to_pylist():
        if row[entry.period] == period and row[f"{measure}_statut"] == "NS":
            yield {dimension.name: row[dimension.column] for dimension in entry.dimensions}


def _squares(excerpt: Excerpt) -> list[Square]:
    return [square for line in excerpt.squares for square in line]


@pytest.mark.parametrize(("name", "period", "measure"), BASES)
def test_every_hidden_figure_has_its_two_tables(served: ServedRelease, name: str, period: int, measure: str) -> None:
    entry = served.entry(name)
    hidden = list(_hidden(served, entry, period, measure))
    assert hidden
    for codes in hidden:
        (found,) = served.why(name, period, codes, measure)
        own = found.excerpt.own
        assert own.told == "NS"
        assert own.low != own.high
        assert abs(own.high - own.low) >= found.gap == (5 if measure == "fees" else entry.guarantee.threshold)
        assert found.p_percent == (10 if measure == "fees" else None)


@pytest.mark.parametrize(("name", "period", "measure"), BASES)
def test_its_values_are_those_of_the_proof(served: ServedRelease, name: str, period: int, measure: str) -> None:
    """Against another reader of the files, and another way to add leaves up."""
    entry = served.entry(name)
    dataset = served._evidence.dataset(name)
    layout = lay_out(dataset, period)
    base = measure if measure in dataset.sums else "count"
    folder = f"jeux/{name}/proof/{period}"
    proof = read_proof({part: served.release.files[f"{folder}/{proof_names(base)[part]}"] for part in PARTS})
    shape = (layout.shape[0], *(len(axis.leaves) for axis in layout.axes))
    for codes in _hidden(served, entry, period, measure):
        names = [*([dataset.overlapping] if dataset.overlapping else []), *dataset.additive]
        hierarchies = [*([layout.overlapping] if layout.overlapping else []), *layout.axes]
        place = tuple(h.index[codes[n]] for n, h in zip(names, hierarchies, strict=True))
        at = place if layout.overlapping else (0, *place)
        row = np.flatnonzero(proof.cells == np.ravel_multi_index(at, layout.shape))[0]
        values = [add_up(proof.table(int(k[row])).reshape(shape), layout.axes)[at] for k in (proof.low, proof.high)]
        (found,) = served.why(name, period, codes, measure)
        assert [found.excerpt.own.low, found.excerpt.own.high] == values


@pytest.mark.parametrize(("name", "period", "measure"), BASES)
def test_both_add_up_and_give_the_published_figures(
    served: ServedRelease, name: str, period: int, measure: str
) -> None:
    entry = served.entry(name)
    base = None if measure == "fees" else entry.guarantee.rounding
    compared = 0
    for codes in _hidden(served, entry, period, measure):
        excerpt = served.why(name, period, codes, measure)[0].excerpt
        for high in (False, True):
            table = [[s.high if high else s.low for s in line] for line in excerpt.squares]
            assert all(sum(column[:-1]) == column[-1] for column in zip(*table, strict=True))
            if excerpt.columns:
                assert all(sum(line[:-1]) == line[-1] for line in table)
        squares = _squares(excerpt) + ([excerpt.cap.square] if excerpt.cap else [])
        for square in squares:
            if isinstance(square.told, int):
                compared += 1
                assert {round_half_up(square.low, base), round_half_up(square.high, base)} == {square.told}
                assert min(square.low, square.high) >= (0 if measure == "fees" else entry.guarantee.threshold)
    assert compared


def test_what_it_says_of_a_square_is_what_the_release_says(served: ServedRelease) -> None:
    entry = served.entry("visits")
    rows = {
        tuple(row[d.column] for d in entry.dimensions): row
        for row in pq.read_table(served.file("visits")).to_pylist()
        if row["year"] == 2023
    }
    for codes in _hidden(served, entry, 2023, "people"):
        excerpt = served.why("visits", 2023, codes, "people")[0].excerpt
        row = rows[tuple(codes.values())]
        assert row["people_statut"] == excerpt.own.told == "NS"
        for title, line in zip(excerpt.rows, excerpt.squares, strict=True):
            assert (title.kind == "others") <= all(square.told == "several" for square in line)


def test_a_cell_is_at_most_what_it_lies_in(served: ServedRelease) -> None:
    entry = served.entry("illness")
    caps = [
        (found.excerpt.own, found.excerpt.cap)
        for codes in _hidden(served, entry, 2023, "ntop")
        for found in served.why("illness", 2023, codes, "ntop")
    ]
    assert any(cap is not None for _, cap in caps)
    for own, cap in caps:
        assert cap is None or (own.low <= cap.square.low and own.high <= cap.square.high)


def test_a_rate_is_hidden_because_of_the_count_that_it_is_made_of(served: ServedRelease) -> None:
    entry = served.entry("illness")
    for codes in _hidden(served, entry, 2023, "rate"):
        assert {one.basis.measure for one in served.why("illness", 2023, codes, "rate")} == {"ntop"}


def test_a_mean_is_hidden_because_of_its_count_and_its_sum(served: ServedRelease) -> None:
    entry = served.entry("visits")
    for codes in _hidden(served, entry, 2023, "fees_mean"):
        assert [one.basis.base for one in served.why("visits", 2023, codes, "fees_mean")] in (
            ["fees", "count"],
            ["fees"],
        )


def test_a_shown_figure_has_no_such_tables(served: ServedRelease) -> None:
    everybody = {d.name: d.total for d in served.entry("visits").dimensions}
    assert served.why("visits", 2023, everybody, "people") == ()
