"""Lines of a published table that no table of counts has: named with both their sides, and left out of the attack.

1. A line whose own figures, each anywhere within its rounding, can't add up. All such lines are left out at once.
2. Lines that can't hold together, though each could alone: fewest units by which they would have to be broken (an
   *elastic* linear programme, Chinneck, Feasibility and Infeasibility in Optimization, 2008); those that it breaks.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack, identity

from seuil.disclosure.arrays import Floats, Ints
from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.lp.highs import LinearProgram
from seuil.explain.facts import Facts, facts_of, unbounded
from seuil.model.errors import DataError

BROKEN = 1e-6
NAMED = 6
SWEEPS = 20
MOST_NEAR = 3_000


@dataclass(frozen=True)
class Contradiction:
    """A line that is left out. cells: coefficient by cell. beyond: units beyond rounding, 0 if only others break it.

    A sum of the cells would be 0 (equation), or 0 or more.
    """

    cells: tuple[tuple[int, int], ...]
    equation: bool
    beyond: int


def consistent(
    facts: Facts, name: str, before: tuple[Contradiction, ...] = (), *, thorough: bool = False
) -> tuple[Facts, tuple[Contradiction, ...]]:
    """The facts without the lines that contradict, and these lines.

    name: what messages call the table. before: lines that are left out already. thorough: look for lines that can't
    hold together also where bounds, line by line, don't show it. Raises DataError where a figure contradicts what is
    known of it by itself.
    """
    found = list(before)
    while True:
        beyond = _beyond(facts)
        rows = np.flatnonzero(beyond)
        if not len(rows):
            rows = _together(facts)
            if not len(rows) and (facts.tight[0] <= facts.tight[1]).all():
                rows = _broken(facts, np.arange(len(beyond))) if thorough else rows
                if not len(rows):
                    return facts, tuple(found)
        if not len(rows):
            cell = int(np.flatnonzero(facts.tight[0] > facts.tight[1])[0])
            words = facts.names.words(cell)
            raise DataError(
                f"{name}: the figures contradict each other: no number fits {words}; expected figures of one table"
            )
        for row in rows.tolist():
            members = tuple(facts.members_of_row(row))
            found.append(Contradiction(members, facts.is_equation(row), int(beyond[row])))
        left_out = facts.left_out.copy()
        left_out[rows] = True
        facts = facts_of(facts.figures, facts.names, facts.quotients, left_out)


def _beyond(facts: Facts) -> Ints:
    """(rows,) units by which a row can't hold whatever its cells are within their bounds."""
    rows = facts.problem.rows
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    plus = rows.coefficient > 0
    up = np.where(plus, facts.high[rows.cell], -facts.low[rows.cell])
    down = np.where(plus, facts.low[rows.cell], -facts.high[rows.cell])
    most, least = (np.zeros(len(rows), np.int64) for _ in range(2))
    np.add.at(most, line, up)
    np.add.at(least, line, down)
    return np.asarray(np.maximum(np.maximum(rows.low - most, least - rows.high), 0), np.int64)


def _together(facts: Facts) -> Ints:
    """Rows to be left out where bounds, carried from line to line, meet a cell that no number fits; none where not.

    Looked for near the cells that are the first to be met, and farther only where that is too near.
    """
    rows = facts.problem.rows
    for sweeps in range(1, SWEEPS):
        low, high = tighten(rows, facts.low, facts.high, sweeps)
        cells = np.flatnonzero(low > high).tolist()
        if cells:
            break
    else:
        low, high = facts.tight
        cells = np.flatnonzero(low > high).tolist()
        if not cells:
            return np.zeros(0, np.int64)
    for steps in (sweeps, 2 * sweeps, 4 * sweeps):
        near, whole = facts.near(cells, steps, MOST_NEAR)
        found = _broken(facts, np.array(sorted(near), np.int64))
        if len(found) or whole:
            return found
    return _broken(facts, np.arange(len(rows)))


def _broken(facts: Facts, chosen: Ints) -> Ints:
    """Of some rows those that have to be broken for the others to hold, by as few units as can be."""
    rows = facts.problem.rows
    whole = csr_array((rows.coefficient.astype(float), rows.cell, rows.start), shape=(len(rows), facts.size))[chosen]
    cells = np.unique(whole.indices)
    size, eye = len(chosen), identity(len(chosen), format="csr")
    program = LinearProgram(
        np.concatenate([np.zeros(len(cells)), np.ones(2 * size)]),
        csr_array(hstack([csr_array(whole[:, cells]), eye, -eye])),
        np.zeros(size),
        np.where(chosen < len(facts.problem.implied.lines), 0.0, np.inf),
        np.concatenate([facts.low[cells].astype(float), np.zeros(2 * size)]),
        np.concatenate([_open(facts.high[cells]), np.full(2 * size, np.inf)]),
    )
    x = program.solve().x
    if x is None:
        return np.zeros(0, np.int64)
    slack = x[len(cells) : len(cells) + size] + x[len(cells) + size :]
    # The worst ones first: without them the others may hold.
    return chosen[slack > max(BROKEN, float(slack.max(initial=0)) / 2)]


def fractional_table(facts: Facts) -> Floats | None:
    """(cells,) a table that fits the facts, with fractions; None where there is none."""
    rows = facts.problem.rows
    matrix = csr_array((rows.coefficient.astype(float), rows.cell, rows.start), shape=(len(rows), facts.size))
    limit = np.where(np.arange(len(rows)) < len(facts.problem.implied.lines), 0.0, np.inf)
    zero = np.zeros(len(rows))
    return (
        LinearProgram(np.zeros(facts.size), matrix, zero, limit, facts.low.astype(float), _open(facts.high)).solve().x
    )


def _open(high: Ints) -> Floats:
    """Upper bounds, infinite where there is none."""
    return np.array([np.inf if unbounded(int(h)) else float(h) for h in high])


def contradiction_words(facts: Facts, one: Contradiction) -> str:
    """A line with its two sides, and how far apart they are."""
    plus = [(c, k) for c, k in one.cells if k > 0]
    minus = [(c, -k) for c, k in one.cells if k < 0]
    relation = "is not" if one.equation else "is less than"
    apart = _difference(facts, one)
    told = f": {abs(apart):,} apart" if apart is not None else ""
    if not one.beyond:
        told += ", which no table has together with the other lines"
    elif facts.problem.rounded or apart is None:
        told += f", by {one.beyond:,} more than can be"
    return f"{_side(facts, plus)} {relation} {_side(facts, minus)}{told}"


def contradiction_json(facts: Facts, one: Contradiction) -> dict[str, object]:
    """The same for machines. figures: by cell, null where one is hidden or not published."""
    cells = [{"cell": facts.names.name(c), "times": k, "figure": _figure(facts, c)} for c, k in one.cells]
    return {"cells": cells, "difference": _difference(facts, one), "beyond_rounding": one.beyond}


def _side(facts: Facts, terms: list[tuple[int, int]]) -> str:
    told = [f"[{facts.names.words(c)}] {_shown(facts, c)}" for c, _ in terms]
    more = [f"{len(told) - NAMED} more"] if len(told) > NAMED else []
    figures = [_figure(facts, c) for c, _ in terms]
    known = sum(f for f in figures if f is not None)
    return " + ".join([*told[:NAMED], *more]) + (f" = {known:,}" if len(told) > 1 and None not in figures else "")


def _figure(facts: Facts, cell: int) -> int | None:
    grid, count = facts.figures.grid, facts.figures.count
    shown = bool(grid.published.flat[cell]) and not bool(count.hidden.flat[cell])
    return int(count.values.flat[cell]) if shown else None


def _shown(facts: Facts, cell: int) -> str:
    figure = _figure(facts, cell)
    if figure is not None:
        return f"{figure:,}"
    return "hidden" if facts.figures.grid.published.flat[cell] else "not published"


def _difference(facts: Facts, one: Contradiction) -> int | None:
    """One side minus the other, of published figures; None where one is not shown."""
    figures = [(_figure(facts, c), k) for c, k in one.cells]
    return None if any(f is None for f, _ in figures) else sum(k * f for f, k in figures if f is not None)
