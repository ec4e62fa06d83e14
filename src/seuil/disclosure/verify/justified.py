"""Rule 7: whether every group of hidden cells of a table holds a small one (2e)."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seuil.disclosure.verify.bounds import Base
from seuil.disclosure.verify.groups import groups
from seuil.disclosure.verify.inputs import Bools, Ints
from seuil.disclosure.verify.system import System


@dataclass(frozen=True)
class Smallness:
    """members: the cells that may be small, numbered as in a proof. group: the group of each. rank: (rows,) which
    member a row is, -1 for none. A value is small from `least` to below `threshold`.
    """

    members: Ints
    group: Ints
    rank: Ints
    least: int
    threshold: int

    @classmethod
    def of(cls, base: Base, equations: System) -> "Smallness":
        """The hidden and open implied cells of a base. A shown 0 is no secret, so an implied 0 isn't small there.

        Groups with a cell that a published wish asks to be hidden need no small one, and are left out.
        """
        members = base.members
        group = groups(base.layout, members)
        wished = np.isin(members, np.flatnonzero(base.layout.wished))
        kept = ~np.isin(group, group[wished])
        members, group = members[kept], np.unique(group[kept], return_inverse=True)[1].astype(np.int64)
        rank = np.full(equations.rows, -1, dtype=np.int64)
        rank[equations.row_of(members)] = np.arange(len(members))
        return cls(members, group, rank, int(base.layout.zeros_shown), base.least)

    def small(self, value: Ints) -> Bools:
        """Whether values are small."""
        return (value >= self.least) & (value < self.threshold)


def unjustified(
    smallness: Smallness, start: Ints, change: sparse.csr_array | None, use: Bools | None = None
) -> tuple[Ints, Ints]:
    """Tables (by rank in `change`, 0 for the base) and groups of theirs without a small cell.

    start: (rows,) the base's values. change: (moves, rows) what moves add to them; None asks about the base itself.
    use: (moves,) which of them count.
    """
    count = int(smallness.group.max(initial=-1)) + 1
    member_rows = np.flatnonzero(smallness.rank >= 0)
    at_start = np.zeros(count, dtype=np.int64)
    np.add.at(at_start, smallness.group[smallness.rank[member_rows]], smallness.small(start[member_rows]))
    if change is None or use is None:
        bad = np.flatnonzero(at_start == 0)
        return np.zeros_like(bad), bad
    table = np.repeat(np.arange(change.shape[0]), np.diff(change.indptr))
    kept = np.flatnonzero((smallness.rank[change.indices] >= 0) & use[table])
    row, table = change.indices[kept], table[kept]
    step = smallness.small(start[row] + change.data[kept]).astype(np.int64) - smallness.small(start[row])
    keys, place = np.unique(table * count + smallness.group[smallness.rank[row]], return_inverse=True)
    steps = np.zeros(len(keys), dtype=np.int64)
    np.add.at(steps, place, step)
    tables, touched = keys // max(count, 1), keys % max(count, 1)
    bad = at_start[touched] + steps <= 0
    left_bad = _untouched(np.flatnonzero(use), np.flatnonzero(at_start == 0), keys, count)
    return np.concatenate([tables[bad], left_bad[0]]), np.concatenate([touched[bad], left_bad[1]])


def _untouched(tables: Ints, empty: Ints, keys: Ints, count: int) -> tuple[Ints, Ints]:
    """Groups without a small cell in the base that a table doesn't touch."""
    every = (tables[:, None] * count + empty[None, :]).reshape(-1)
    left = np.setdiff1d(every, keys)
    return left // max(count, 1), left % max(count, 1)
